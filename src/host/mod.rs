//! The machine that the program runs on: clock, identity, credentials, signals, the service
//! manager, the log's sinks. Each is a thin skin; none decides anything.

pub mod clock;
pub mod credential;
pub mod identity;
pub mod journal;
pub mod journalctl;
pub mod log;
pub mod notify;
pub mod programs;
mod server_fault;
pub mod signals;
pub mod ssh_keygen;
pub mod throwaway;
