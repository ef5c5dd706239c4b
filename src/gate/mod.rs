//! The gate's question for a service that is written in Rust: may this release work on this
//! schema? It asks over the service's own connection, with the requirement that the release was
//! built with, and answers with the same verdict as `dreichor-migrate check`. Must never write,
//! and never leave anything behind in the session that it is lent.
//!
//! The unit `dreichor-migrate-gate@` is the first line, and it knows more: the installed
//! migration set and the other environments. This is the second: it also holds where somebody
//! starts the service by hand, and it can be asked again while the service runs.
//!
//! ```no_run
//! # async fn start(client: &mut tokio_postgres::Client) -> Result<(), Box<dyn std::error::Error>> {
//! use dreichor_migrate::gate::Gate;
//!
//! // Both files are made where the release is built: 'requirement init' and 'seal'.
//! # let requirement = "requires = '001_init.sql'";
//! # let seal = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/seal.toml"));
//! let gate = Gate::new(requirement)?.with_seal(seal)?;
//! let answer = gate.ask(client).await?;
//! if !answer.is_compatible() {
//!     return Err(answer.reason().into());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! An error is not a yes: whoever could not ask does not start. And whoever stops waiting for the
//! answer closes the connection: the transaction in which it was asked is still open on it.

mod fault;

use crate::config::RequirementFile;
use crate::core::code::Code;
use crate::core::comparison::compare;
use crate::core::finding::{Explain, Finding};
use crate::core::requirement::{Range, Requirement};
use crate::core::schema::roles::RoleNames;
use crate::core::seal::{Seal, text};
use crate::core::set::MigrationSet;
use crate::core::structure::{Terms, demanded, examine, needs_schema};
use crate::core::verdict::{ObservedSchema, Verdict, judge};
use crate::store::postgres::lent;
use crate::store::{Inquiry, PrivilegeQuestion};
use std::path::Path;
use tokio_postgres::Client;

pub use fault::GateFault;

/// What a requirement that has no file is called in faults.
const NAME: &str = "requirement";

/// What a release needs of the schema, ready to be asked for.
#[derive(Debug, Clone)]
pub struct Gate {
    range: Range,
    seal: Option<Seal>,
    roles: Option<RoleNames>,
}

/// What the gate answers.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer(Verdict);

impl Gate {
    /// A gate for the text of a requirement file (design section 7).
    ///
    /// # Errors
    /// [`GateFault::Requirement`] with everything that is wrong with it.
    pub fn new(requirement: &str) -> Result<Self, GateFault> {
        let file =
            RequirementFile::parse(requirement, Path::new(NAME)).map_err(GateFault::Requirement)?;
        Ok(Self { range: file.range().clone(), seal: None, roles: None })
    }

    /// Compares history and structure with the text of the release's `seal.toml` too. Without it
    /// only names are compared, and the fingerprint where the requirement has one.
    ///
    /// # Errors
    /// [`GateFault::Seal`] when it is not a seal.
    pub fn with_seal(self, seal: &str) -> Result<Self, GateFault> {
        let seal = text::parse(seal.to_owned()).map_err(GateFault::Seal)?;
        Ok(Self { seal: Some(seal), ..self })
    }

    /// The names of the environment's roles, where they are not the database's name followed by
    /// `_owner`, `_migrator` and `_runtime`.
    #[must_use]
    pub fn with_roles(self, roles: RoleNames) -> Self {
        Self { roles: Some(roles), ..self }
    }

    /// Asks, in one read-only transaction, which ends before the answer is given.
    ///
    /// It takes no lock that anybody waits for, and waits for locks at most five seconds.
    ///
    /// An `ask` that is dropped before it is done, as a timeout around it does, leaves the
    /// connection inside that transaction: close the connection, and ask over another one.
    ///
    /// # Errors
    /// [`GateFault::Store`] when a fact cannot be had, and [`GateFault::InTransaction`] when a
    /// transaction is open on the connection: it would see the past, and be ended.
    pub async fn ask(&self, client: &mut Client) -> Result<Answer, GateFault> {
        let requirement = Requirement::Range(self.range.clone());
        let wanted = needs_schema(None, self.seal.is_some(), &requirement);
        let facts = lent::facts(client, |database| self.inquiry(database, wanted)).await?;
        let set = self.seal.as_ref().map(MigrationSet::of_seal).unwrap_or_default();
        let history = &facts.history;
        let comparison = compare(&set, history);
        let terms = Terms { depth: None, rules: &[], seal: self.seal.as_ref() };
        let (newest, live) = (history.newest(), facts.schema.as_ref());
        let structure = examine(&terms, newest, comparison.has_gap(), live);
        let observed = ObservedSchema {
            structure: structure.map_err(GateFault::Seal)?,
            demanded: demanded(&requirement, &terms, newest, live),
            excesses: &facts.excesses,
        };
        Ok(Answer(judge(&set, history, &comparison, &requirement, observed)))
    }

    fn inquiry(&self, database: &str, wanted: bool) -> Inquiry {
        let named = |function: &str| format!("{database}_{function}");
        let roles = self.roles.clone().unwrap_or_else(|| RoleNames {
            owner: named("owner"),
            migrator: named("migrator"),
            runtime: named("runtime"),
        });
        Inquiry {
            privileges: PrivilegeQuestion::of(&roles, Vec::new()),
            schema: wanted.then_some(roles),
        }
    }
}

impl Answer {
    /// Whether the release may work on this schema.
    #[must_use]
    pub fn is_compatible(&self) -> bool {
        self.code() == Code::Ok
    }

    /// The exit code with which `dreichor-migrate check` would end.
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.exit_code()
    }

    /// Everything that is wrong, the gravest first, each with the next safe act.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        self.0.objections().iter().map(Explain::finding).collect()
    }

    /// The gravest of them as one sentence.
    #[must_use]
    pub fn reason(&self) -> String {
        match self.0.objections().first() {
            None => "the schema is compatible".to_owned(),
            Some(objection) => format!("{}; {}", objection.message(), objection.remedy()),
        }
    }
}
