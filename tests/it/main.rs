//! The integration tests: the real binary on a real PostgreSQL. They need a server, which
//! `scripts/with-postgres cargo test` starts; without one they fail and say so.

mod baseline;
mod check;
mod concurrency;
mod exit_codes;
mod layering;
mod pooler;
mod provision;
mod signals;
mod status;
mod support;
mod timeouts;
mod unknown;
mod url;
