//! `dreichor-migrate`: explicit, forward-only PostgreSQL migrations and a read-only gate.
//!
//! The house has floors; an arrow never points up and never to a neighbour:
//!
//! ```text
//! main → { cli → ops, gate } → { config, files, store, host } → core
//! ```
//!
//! - [`core`] is pure: names, digests, the set, history, plan, verdict, policy, the log's chain.
//! - [`config`] turns what was written into settings; [`files`] reads the migration directory;
//!   [`store`] is a database behind two traits, the second of which comes with the run lock;
//!   [`host`] is the machine: clock, identity, signals, journal.
//! - [`ops`] tells each command as a story; [`cli`] is the door, and [`gate`] the one for a service
//!   that asks its question itself.
//!
//! One run goes down once and comes up once: arguments become settings, files become a
//! migration set, rows become a history, the two become a plan or a refusal, the plan is
//! carried out step by step, and the report becomes a document and an exit code.

pub mod cli;
pub mod config;
pub mod core;
pub mod files;
pub mod gate;
pub mod host;
pub mod ops;
pub mod store;
