//! The schema model on a real server: what is read, what is compared, what is not. No command
//! uses it yet, so it is asked through the library's own doors.

mod case;
mod cases;
mod coverage;
mod reader;
mod stability;
mod unchanged;
mod waiting;
