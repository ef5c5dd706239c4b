//! The proofs on a booted system: real systemd and journald, a real PostgreSQL, the package
//! installed by apt. Each test has a machine of its own and starts from a clean state. Run by
//! `scripts/with-machines cargo test --test booted`.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on has failed, and tells the machine's journal"
)]

mod agent;
mod by_operator;
mod closed;
mod credential;
mod deploying;
mod drifted;
mod failing;
mod hardening;
mod held;
mod host;
mod incompatible;
mod install;
mod journal;
mod machine;
mod operations;
mod page;
mod provision;
mod review;
mod running;
mod secret;
mod stopping;
mod surroundings;
mod upgrade;
