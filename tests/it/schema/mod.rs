//! The schema model on a real server: what is read, what is compared, what is not. It is asked
//! through the library's own doors.

mod case;
mod cases;
mod coverage;
mod mending;
mod reader;
mod stability;
mod unchanged;
mod waiting;
