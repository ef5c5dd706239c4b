//! The story of `verify`: is the live schema, object by object, the one that is sealed for the
//! version that the database is at? Writes nothing, locks nothing.

use crate::core::drift::{Drift, describe};
use crate::core::schema::model::Schema;
use crate::core::schema::roles::RoleNames;
use crate::core::structure::{Depth, Structure, Terms, examine};
use crate::core::verdict::{Verdict, survey};
use crate::ops::context::Context;
use crate::ops::facts::{Gathered, gather, role_names};
use crate::ops::failure::Failure;
use crate::ops::plan::compared;

/// What was found.
#[derive(Debug)]
pub struct Verification {
    /// Everything that is wrong, and what was compared.
    pub verdict: Verdict,
    /// Every difference of the structure, with both sides of it.
    pub drifts: Vec<Drift>,
}

/// Compares everything, whatever the configuration says of the gate.
///
/// # Errors
/// When a fact cannot be had: what could not be compared is never passed.
pub async fn verify(context: &Context) -> Result<Verification, Failure> {
    let settings = &context.settings;
    let Gathered { set, seal, facts } = gather(context, true, None).await?;
    let rules = &settings.gate.rules;
    let terms = Terms { depth: Some(Depth::Full), rules, seal: seal.as_ref() };
    let comparison = compared(context, &set, &facts.history);
    let (newest, gap) = (facts.history.newest(), comparison.has_gap());
    let structure = examine(&terms, newest, gap, facts.schema.as_ref())?;
    let live = facts.schema.unwrap_or_default();
    let drifts = drifts(&structure, &live, &role_names(settings));
    let verdict = survey(&facts.history, &comparison, structure, &facts.excesses);
    Ok(Verification { verdict, drifts })
}

fn drifts(structure: &Structure, live: &Schema, roles: &RoleNames) -> Vec<Drift> {
    match structure {
        Structure::Compared(compared) => describe(compared, live, roles),
        _ => Vec::new(),
    }
}
