//! The ground floor: pure values and functions.
//!
//! No I/O, no async, no clock, no environment, no logging, no panic on data. Everything here
//! is decided from its arguments alone and can be tested in microseconds. Time and bytes are
//! handed in as values by the floors above.

pub mod backup;
pub mod code;
pub mod comparison;
pub mod digest;
pub mod drift;
pub mod event;
pub mod evidence;
pub mod failure;
pub mod finding;
pub mod history;
pub mod instant;
pub mod log;
pub mod place;
pub mod plan;
pub mod policy;
pub mod privilege;
pub mod rehearsal;
pub mod report;
pub mod requirement;
pub mod review;
pub mod schema;
pub mod seal;
pub mod set;
pub mod spelling;
pub mod structure;
pub mod verdict;
pub mod version;
