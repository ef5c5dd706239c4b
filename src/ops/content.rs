//! Owns looking into the pending files before anything is sent. Must never look into a file
//! that is already applied: what was accepted once is not judged again by a newer rule.

use crate::core::plan::Plan;
use crate::core::policy::{FileOffence, Profile, inspect};
use crate::files;
use crate::ops::failure::Failure;
use std::path::Path;

/// Reads, parses and judges every pending file; the bytes must be those that were planned.
pub(super) fn examine(directory: &Path, plan: &Plan, profile: Profile) -> Result<(), Failure> {
    let mut offences = Vec::new();
    for migration in &plan.pending {
        let text = files::read_planned(directory, &migration.version, &migration.digest)?;
        let refused =
            inspect(&text).offences.into_iter().filter(|it| it.rule.is_refused_in(profile));
        offences.extend(
            refused.map(|offence| FileOffence { file: migration.version.to_string(), offence }),
        );
    }
    if offences.is_empty() { Ok(()) } else { Err(Failure::Content(offences)) }
}
