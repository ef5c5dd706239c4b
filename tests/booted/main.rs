//! The proofs on a booted system: real systemd and journald, a real PostgreSQL, the package
//! installed by apt. Each test has a machine of its own and starts from a clean state. Run by
//! `scripts/with-machines cargo test --test booted`.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on has failed, and tells the machine's journal"
)]

mod closed;
mod hardening;
mod host;
mod machine;
mod operations;
mod running;
mod stopping;
