//! Owns the way from what was written (`migrate.toml`, `DATABASE_URL`, a requirement) to values that
//! the rest of the program may trust. Must never touch a file, the environment or the network:
//! texts come in, values or faults go out. Every fault of this floor ends with exit code 78.

mod configuration;
mod database_url;
pub mod duration;
mod environment;
mod fault;
mod gate;
mod judge;
mod name;
mod parameters;
mod percent;
mod requirement_file;
mod secret;
mod settings;
mod source;
mod url_fault;
mod written;

pub use configuration::Configuration;
pub use database_url::{DatabaseUrl, Host};
pub use fault::{ConfigFault, Problem};
pub use gate::Gate;
pub use name::NameFault;
pub use parameters::Reason;
pub use percent::EncodingFault;
pub use requirement_file::{RequirementFile, RequirementProblem, write as write_requirement};
pub use secret::Secret;
pub use settings::{Approval, Atomicity, Backup, Overrides, Roles, Settings};
pub use source::{CREDENTIAL, ENVIRONMENT_VARIABLE, SCRATCH_VARIABLE, Source, choose};
pub use url_fault::{HostFault, Part, SchemeFault, UrlFault, UrlRule};
pub use written::{ENVIRONMENT_KEYS, FILE_KEYS, GATE_KEYS, IGNORE_KEYS, REQUIREMENT_KEYS};
