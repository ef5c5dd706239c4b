//! The story of `check`, which is the gate's and the probe's question: may this release run
//! on this schema? Writes nothing, locks nothing.

use crate::core::requirement::Range;
use crate::core::structure::{Terms, demanded, examine, needs_schema};
use crate::core::verdict::{ObservedSchema, Verdict, judge};
use crate::files;
use crate::ops::context::Context;
use crate::ops::facts::{Gathered, gather};
use crate::ops::failure::Failure;
use crate::ops::plan::compared;
use crate::ops::requirement::{Asked, Demand, Origin};
use std::time::Duration;

/// The verdict, and what it was judged by.
#[derive(Debug)]
pub struct Checked {
    /// The answer.
    pub verdict: Verdict,
    /// The range that was judged; of an installed set it is its newest migration.
    pub range: Option<Range>,
    /// Where it comes from.
    pub origin: Origin,
}

/// Judges the schema of the environment's database.
///
/// `deadline` lets the gate wait at boot for a server that is still starting; without it
/// there is one attempt.
///
/// # Errors
/// When a fact for the verdict cannot be had: what could not be checked is never passed.
pub async fn check(
    context: &Context,
    asked: Asked,
    deadline: Option<Duration>,
) -> Result<Checked, Failure> {
    let settings = &context.settings;
    let demand = Demand::find(asked, settings.requirement.as_deref())?;
    let requirement = &demand.requirement;
    let depth = settings.gate.depth;
    let has_seal = files::seal::exists(&settings.migrations);
    let wanted = needs_schema(depth, has_seal, requirement);
    let Gathered { set, seal, facts } = gather(context, wanted, deadline).await?;
    let history = &facts.history;
    demand.refuse_strangers(&set, history)?;
    let terms = Terms { depth, rules: &settings.gate.rules, seal: seal.as_ref() };
    let (newest, live) = (history.newest(), facts.schema.as_ref());
    let comparison = compared(context, &set, history);
    let observed = ObservedSchema {
        structure: examine(&terms, newest, comparison.has_gap(), live)?,
        demanded: demanded(requirement, &terms, newest, live),
        excesses: &facts.excesses,
    };
    let verdict = judge(&set, history, &comparison, requirement, observed);
    Ok(Checked { verdict, range: demand.range(&set), origin: demand.origin })
}
