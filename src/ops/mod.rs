//! The stories: each command as a few sentences, top to bottom. They fetch facts from the
//! floors below, let the core decide, and carry out what it decided. No SQL, no formatting.

pub mod apply;
pub mod approval;
pub mod approve;
pub mod backup;
pub mod baseline;
pub mod check;
pub mod context;
pub mod create;
pub mod evidence;
pub mod failure;
pub mod history;
pub mod interruption;
pub mod lint;
pub mod plan;
pub mod probe;
pub mod rehearse;
pub mod requirement;
pub mod review;
pub mod seal;
pub mod status;
pub mod verify;

mod content;
mod facts;
mod reach;
mod record;
mod scratch;
mod watch;
