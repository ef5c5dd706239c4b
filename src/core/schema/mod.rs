//! The schema as facts: objects with attributes, their canonical text, its fingerprint, and what
//! differs between two of them. What is compared and what is only noted is said in one place,
//! [`key`] and [`kind`]. Must never know how a schema was read.

pub mod canonical;
mod cloned;
mod consequence;
pub mod definition;
pub mod difference;
mod grant;
pub mod ignore;
pub mod key;
pub mod kind;
pub mod mend;
pub mod model;
pub mod name;
pub mod object;
mod quoting;
pub mod roles;
mod sentence;
