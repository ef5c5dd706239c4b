//! The integration tests: the real binary on a real PostgreSQL. They need a server, which
//! `scripts/with-postgres cargo test` starts; without one they fail and say so.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::type_complexity,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod apply;
mod approval;
mod backup;
mod baseline;
mod check;
mod concurrency;
mod documents;
mod drift;
mod events;
mod evidence;
mod evidence_export;
mod exit_codes;
mod failures;
mod gate;
mod hook;
mod large;
mod layering;
mod lint;
mod notices;
mod output_schema;
mod pooler;
mod privileges;
mod probe;
mod provision;
mod proxy;
mod refusals;
mod rehearse;
mod requirement;
mod schema;
mod sealing;
mod session_state;
mod signals;
mod status;
mod support;
mod timeouts;
mod transaction_control;
mod unknown;
mod url;
