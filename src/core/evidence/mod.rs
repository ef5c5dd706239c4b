//! What a run leaves for those who look at it later: the record of it, the rows of the log, the
//! manifest of a directory, what is checked offline, and the page that shows it at a glance.

pub mod index;
pub mod log_paper;
pub mod manifest;
mod markup;
pub mod page;
pub mod papers;
pub mod run_record;
pub mod verification;
