//! Owns looking into the pending files before anything is sent. Must never look into a file
//! that is already applied: what was accepted once is not judged again by a newer rule.

use crate::core::plan::Plan;
use crate::core::policy::{FileOffence, Profile, inspect};
use crate::core::set::Migration;
use crate::files;
use crate::ops::failure::Failure;
use std::path::Path;
use std::{panic, thread};

/// Files that one thread looks into; below it, starting another costs more than it saves.
const SHARE: usize = 32;

/// Reads, parses and judges every pending file; the bytes must be those that were planned.
/// Parsing is most of the work before the first statement, so the cores share it.
pub(super) fn examine(directory: &Path, plan: &Plan, profile: Profile) -> Result<(), Failure> {
    judge_all(directory, &plan.pending, profile)
}

/// The same for migrations that nobody has planned.
pub(super) fn judge_all(
    directory: &Path,
    migrations: &[Migration],
    profile: Profile,
) -> Result<(), Failure> {
    let workers = match migrations.len() / SHARE {
        0 | 1 => 1,
        shares => shares.min(thread::available_parallelism().map_or(1, usize::from)),
    };
    let share = migrations.len().div_ceil(workers).max(1);
    let mut offences = Vec::new();
    thread::scope(|scope| {
        let tasks: Vec<_> = migrations
            .chunks(share)
            .skip(1)
            .map(|theirs| scope.spawn(|| judge(directory, theirs, profile)))
            .collect();
        let mine = migrations.chunks(share).next().unwrap_or_default();
        offences.extend(judge(directory, mine, profile)?);
        for task in tasks {
            // A thread that panicked is a bug; it is passed on and told as one.
            offences.extend(task.join().unwrap_or_else(|bug| panic::resume_unwind(bug))?);
        }
        Ok::<(), Failure>(())
    })?;
    if offences.is_empty() { Ok(()) } else { Err(Failure::Content(offences)) }
}

fn judge(
    directory: &Path,
    migrations: &[Migration],
    profile: Profile,
) -> Result<Vec<FileOffence>, Failure> {
    let mut offences = Vec::new();
    for migration in migrations {
        let text = files::read_planned(directory, &migration.version, &migration.digest)?;
        let refused =
            inspect(&text).offences.into_iter().filter(|it| it.rule.is_refused_in(profile));
        offences.extend(
            refused.map(|offence| FileOffence { file: migration.version.to_string(), offence }),
        );
    }
    Ok(offences)
}
