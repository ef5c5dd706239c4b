//! The story of `lint`: what the policy says of a migration set, without any database. Writes
//! nothing.

use crate::config::Settings;
use crate::core::code::Code;
use crate::core::policy::lint::LintReport;
use crate::core::policy::{FileOffence, FileWaiver, Level, New, Profile, Terms};
use crate::core::version::Version;
use crate::files;
use crate::ops::content;
use crate::ops::failure::Failure;
use crate::ops::reach::read_set;
use crate::ops::requirement::DraftFault;
use std::path::{Path, PathBuf};

/// What the policy says of a set.
#[derive(Debug)]
pub struct Linted {
    /// The report.
    pub report: LintReport,
    /// Its findings, with the lines that they stand on.
    pub offences: Vec<FileOffence>,
    /// Its waivers.
    pub waivers: Vec<FileWaiver>,
    /// How many files were judged.
    pub judged: usize,
    /// How many were read for what they make alone.
    pub before: usize,
    /// The directory, as it was named.
    pub directory: PathBuf,
}

impl Linted {
    /// 20 where something is refused; warnings alone are none.
    #[must_use]
    pub fn exit_code(&self) -> Code {
        if self.report.count(Level::Refused) == 0 { Code::Ok } else { Code::SetInvalid }
    }
}

/// The terms of an environment.
#[must_use]
pub fn terms_of(settings: &Settings, new: New) -> Terms {
    Terms {
        profile: settings.profile,
        protected_tables: settings.protected_tables.clone(),
        search_path: settings.search_path.clone(),
        new,
    }
}

/// The terms where no environment is named, or where a profile is put in place of its own.
#[must_use]
pub fn terms(settings: Option<&Settings>, profile: Option<Profile>) -> Terms {
    let terms = settings.map_or_else(Terms::default, |it| terms_of(it, New::InFile));
    Terms { profile: profile.unwrap_or(terms.profile), ..terms }
}

/// Judges every migration of a directory, or those behind a version, in the light of all before.
///
/// # Errors
/// When the directory is no migration set; what the policy refuses is an answer.
pub fn lint(directory: &Path, terms: &Terms, since: Option<&Version>) -> Result<Linted, Failure> {
    let set = read_set(directory)?;
    let migrations = set.migrations();
    let known = since.map_or(0, |since| migrations.partition_point(|it| it.version <= *since));
    let (before, judged) = migrations.split_at_checked(known).unwrap_or((migrations, &[]));
    let found = content::judge(directory, before, judged, terms)?;
    Ok(Linted {
        report: found.report(),
        judged: judged.len(),
        before: before.len(),
        directory: directory.to_owned(),
        offences: found.offences,
        waivers: found.waivers,
    })
}

/// Keeps another form of the answer in a file; one that is there is overwritten.
///
/// # Errors
/// When it cannot be written.
pub fn keep(path: &Path, text: &str) -> Result<(), Failure> {
    files::overwrite(path, text).map_err(|error| Failure::Draft(vec![DraftFault::of(path, &error)]))
}
