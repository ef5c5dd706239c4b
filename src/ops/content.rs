//! Owns looking into migrations before anything is sent. Must never judge a file that is already
//! applied or released: what was accepted once is not judged again by a newer rule. Such files are
//! read for what they made alone.

use crate::core::policy::lint::LintReport;
use crate::core::policy::{
    FileOffence, FileWaiver, Inspection, Judge, Level, Profile, Reading, Terms,
};
use crate::core::set::Migration;
use crate::files;
use crate::ops::failure::Failure;
use std::path::Path;
use std::{panic, thread};

/// Files that one thread looks into; below it, starting another costs more than it saves.
const SHARE: usize = 32;

/// Files that are held in memory at once: what they said is kept, their text is not.
const BATCH: usize = 512;

/// What was found in migrations.
#[derive(Debug)]
pub(super) struct Judged {
    /// Every breach, in the order of the set.
    pub(super) offences: Vec<FileOffence>,
    /// What was waived, in the order of the set.
    pub(super) waivers: Vec<FileWaiver>,
    /// The profile.
    profile: Profile,
}

/// Reads and judges migrations in the light of those before them; the bytes must be those that
/// were listed. Reading is most of the work before the first statement, so the cores share it.
pub(super) fn judge(
    directory: &Path,
    before: &[Migration],
    migrations: &[Migration],
    terms: &Terms,
) -> Result<Judged, Failure> {
    let mut judge = Judge::new(terms.clone());
    let before = if migrations.is_empty() { &[] } else { before };
    for batch in before.chunks(BATCH) {
        for sketch in read_all(directory, batch, |text| Reading::sketch(&text))? {
            judge.learn(&sketch);
        }
    }
    let profile = terms.profile;
    let mut judged = Judged { offences: Vec::new(), waivers: Vec::new(), profile };
    for batch in migrations.chunks(BATCH) {
        let readings = read_all(directory, batch, Reading::of)?;
        for (migration, reading) in batch.iter().zip(readings) {
            judged.add(migration, judge.judge(&reading));
        }
    }
    Ok(judged)
}

impl Judged {
    fn add(&mut self, migration: &Migration, inspection: Inspection) {
        let file = || migration.version.to_string();
        let offences = inspection.offences.into_iter();
        self.offences.extend(offences.map(|offence| FileOffence { file: file(), offence }));
        let waivers = inspection.waivers.into_iter();
        self.waivers.extend(waivers.map(|waiver| FileWaiver { file: file(), waiver }));
    }

    /// The report about all of it.
    pub(super) fn report(&self) -> LintReport {
        LintReport::of(self.profile, &self.offences, &self.waivers)
    }

    /// The report, unless something is refused.
    pub(super) fn accepted(self) -> Result<LintReport, Failure> {
        let report = self.report();
        let is_refused = |it: &FileOffence| it.offence.level == Level::Refused;
        let refused: Vec<_> = self.offences.into_iter().filter(is_refused).collect();
        if refused.is_empty() { Ok(report) } else { Err(Failure::Content(refused)) }
    }
}

/// Reads files on as many threads as are worth it, and gives them back in their order.
fn read_all(
    directory: &Path,
    migrations: &[Migration],
    read: fn(String) -> Reading,
) -> Result<Vec<Reading>, Failure> {
    let workers = match migrations.len() / SHARE {
        0 | 1 => 1,
        shares => shares.min(thread::available_parallelism().map_or(1, usize::from)),
    };
    let share = migrations.len().div_ceil(workers).max(1);
    let mut readings = Vec::with_capacity(migrations.len());
    thread::scope(|scope| {
        let tasks: Vec<_> = migrations
            .chunks(share)
            .skip(1)
            .map(|theirs| scope.spawn(move || read_some(directory, theirs, read)))
            .collect();
        let mine = migrations.chunks(share).next().unwrap_or_default();
        readings.extend(read_some(directory, mine, read)?);
        for task in tasks {
            // A thread that panicked is a bug; it is passed on and told as one.
            readings.extend(task.join().unwrap_or_else(|bug| panic::resume_unwind(bug))?);
        }
        Ok::<(), Failure>(())
    })?;
    Ok(readings)
}

fn read_some(
    directory: &Path,
    migrations: &[Migration],
    read: fn(String) -> Reading,
) -> Result<Vec<Reading>, Failure> {
    let read = |it: &Migration| Ok(read(files::read_planned(directory, &it.version, &it.digest)?));
    migrations.iter().map(read).collect()
}
