//! The story of `plan`: what apply would do, and the digest that pins it. Writes nothing
//! but the plan file that was asked for.

use crate::core::comparison::{Comparison, compare};
use crate::core::history::History;
use crate::core::plan::{Plan, Target, make_plan};
use crate::core::policy::New;
use crate::core::set::MigrationSet;
use crate::files;
use crate::ops::approval::{Standing, standing};
use crate::ops::content;
use crate::ops::context::Context;
use crate::ops::failure::Failure;
use crate::ops::lint::terms_of;
use crate::ops::reach::{Current, read_seal, set_and_store};
use crate::ops::review::{Output, paper, write_plan};
use crate::store::Store;
use std::path::PathBuf;

/// What `plan` answers.
#[derive(Debug)]
pub struct Planned {
    /// What apply would do now.
    pub plan: Plan,
    /// Whether it is approved, where the environment demands that.
    pub approval: Standing,
    /// The plan file, where one was asked for.
    pub written: Option<PathBuf>,
}

/// What apply would do now, and the plan file of it where one is asked for.
///
/// # Errors
/// Whatever would make apply refuse before it touched anything.
pub async fn plan(context: &Context, output: Option<Output>) -> Result<Planned, Failure> {
    let (set, mut store) = set_and_store(context, &Current::default()).await?;
    let history = store.history().await?;
    let plan = decide(context, &set, &history)?;
    let paper = paper(context, &plan, &history);
    if let Some(output) = &output {
        write_plan(context, output, paper.clone())?;
    }
    let approval = standing(&context.settings, paper).await?;
    Ok(Planned { plan, approval, written: output.map(|output| output.path) })
}

/// Compares, plans, and looks into the pending files.
pub(super) fn decide(
    context: &Context,
    set: &MigrationSet,
    history: &History,
) -> Result<Plan, Failure> {
    let settings = &context.settings;
    let target = Target { environment: &settings.environment, database: &settings.database };
    let comparison = compared(context, set, history);
    let plan = make_plan(target, history, comparison).map_err(Failure::Contradiction)?;
    // What was released and sealed is applied as it was released, or not at all.
    if let Some(seal) = read_seal(&settings.migrations)? {
        let faults = seal.contradictions(set);
        if !faults.is_empty() {
            return Err(Failure::Seal(faults));
        }
    }
    // Pending migrations follow those that are applied: the comparison has said so.
    let applied = set.migrations().len().saturating_sub(plan.pending.len());
    let before = set.migrations().get(..applied).unwrap_or_default();
    let terms = terms_of(settings, New::InPlan);
    let judged = content::judge(&settings.migrations, before, &plan.pending, &terms)?;
    Ok(plan.judged(judged.accepted()?))
}

/// The comparison, with edits told from line endings.
pub(super) fn compared(context: &Context, set: &MigrationSet, history: &History) -> Comparison {
    let mut comparison = compare(set, history);
    let directory = &context.settings.migrations;
    comparison.examine_line_endings(|version| files::read(directory, version).ok());
    comparison
}
