//! The integration tests: the real binary on a real PostgreSQL. They need a server, which
//! `scripts/with-postgres cargo test` starts; without one they fail and say so.

mod apply;
mod evidence;
mod failures;
mod layering;
mod notices;
mod proxy;
mod refusals;
mod session_state;
mod status;
mod support;
mod transaction_control;
