//! The story of `seal`: apply the set to a scratch database, one migration after the other, and
//! keep the bytes of each and the schema that it makes. Must never rewrite what is sealed.

use crate::config::Settings;
use crate::core::digest::Digest;
use crate::core::failure::{StatementFailure, locate};
use crate::core::finding::Explain;
use crate::core::policy::inspect;
use crate::core::schema::canonical::{fingerprint, render};
use crate::core::schema::difference::{Difference, compare as compare_schemas};
use crate::core::schema::model::Schema;
use crate::core::seal::{Seal, SealFault, text};
use crate::core::set::{Migration, MigrationSet};
use crate::core::version::Version;
use crate::files;
use crate::host::clock::Stopwatch;
use crate::host::identity;
use crate::ops::content;
use crate::ops::failure::Failure;
use crate::ops::lint::terms;
use crate::ops::reach::{read_seal, read_set};
use crate::ops::scratch::Scratch;
use crate::store::fault::StoreFault;
use crate::store::{Entry, Run, Session, Store, Transaction};
use std::path::{Path, PathBuf};

/// What `seal` did, or found.
#[derive(Debug)]
pub struct Sealing {
    /// The seal as it is now.
    pub seal: Seal,
    /// What was added to it.
    pub added: Vec<Version>,
    /// Where it stands.
    pub path: PathBuf,
    /// Whether every migration was applied and every schema compared.
    pub replayed: bool,
}

/// A sealed schema.
#[derive(Debug)]
pub struct SealedSchema {
    /// Of which version.
    pub version: Version,
    /// Its fingerprint.
    pub fingerprint: Digest,
    /// Its canonical text.
    pub text: String,
}

/// A released migration makes another schema now than when it was sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayFault {
    /// The migration.
    pub version: Version,
    /// What differs.
    pub differences: Vec<Difference>,
}

/// Seals what is not sealed yet. An environment's settings lend their names, search path and
/// policy to the scratch database.
///
/// # Errors
/// When files contradict the seal, a migration fails, or a sealed one makes another schema.
pub async fn seal(directory: &Path, settings: Option<&Settings>) -> Result<Sealing, Failure> {
    let (set, old) = consistent(directory)?;
    let old = old.unwrap_or_default();
    let made = replay(directory, settings, &set, &old).await?;
    let fresh = made.entries().iter().skip(old.entries().len());
    let added: Vec<Version> = fresh.clone().map(|entry| entry.version.clone()).collect();
    let entries = old.entries().iter().chain(fresh).cloned().collect();
    let seal = Seal::of(entries)?;
    let path = if added.is_empty() {
        directory.join(files::seal::NAME)
    } else {
        files::seal::replace(directory, &text::render(&seal))?
    };
    Ok(Sealing { seal, added, path, replayed: true })
}

/// Proves that files and seal belong together and that nothing is missing; with `replayed`, also
/// that the migrations still make the sealed schemas.
///
/// # Errors
/// As [`seal`], and for every migration that is not sealed.
pub async fn check_seal(
    directory: &Path,
    settings: Option<&Settings>,
    replayed: bool,
) -> Result<Sealing, Failure> {
    let (set, seal) = consistent(directory)?;
    let Some(seal) = seal else {
        let directory = directory.display().to_string();
        return Err(SealFault::NoSeal { directory }.into());
    };
    let unsealed = seal.unsealed(&set).into_iter();
    let stale: Vec<SealFault> =
        unsealed.map(|it| SealFault::Unsealed { version: it.version.to_string() }).collect();
    if !stale.is_empty() {
        return Err(Failure::Seal(stale));
    }
    if replayed {
        let _same = replay(directory, settings, &set, &seal).await?;
    }
    let path = directory.join(files::seal::NAME);
    Ok(Sealing { seal, added: Vec::new(), path, replayed })
}

/// The sealed schema of a version, of the newest without one, as canonical text.
///
/// # Errors
/// When there is no seal, or it does not know the version.
pub fn sealed_schema(directory: &Path, version: Option<&Version>) -> Result<SealedSchema, Failure> {
    let seal = read_seal(directory)?;
    // A seal that could be read has a newest entry.
    let newest = seal.as_ref().and_then(Seal::newest).map(|entry| &entry.version);
    let (Some(seal), Some(version)) = (&seal, version.or(newest)) else {
        let directory = directory.display().to_string();
        return Err(SealFault::NoSeal { directory }.into());
    };
    let schema = seal.schema_at(version.as_str())?;
    let version = version.clone();
    Ok(SealedSchema { version, fingerprint: fingerprint(&schema), text: render(&schema) })
}

/// The set and its seal, which contradict neither each other nor themselves.
fn consistent(directory: &Path) -> Result<(MigrationSet, Option<Seal>), Failure> {
    let set = read_set(directory)?;
    let Some(seal) = read_seal(directory)? else { return Ok((set, None)) };
    let faults = seal.contradictions(&set);
    if !faults.is_empty() {
        return Err(Failure::Seal(faults));
    }
    if let Some(newest) = seal.newest() {
        let _whole = seal.schema_at(newest.version.as_str())?;
    }
    Ok((set, Some(seal)))
}

/// Applies the whole set to a scratch database, and seals what each migration makes; what was
/// sealed before must be made again.
async fn replay(
    directory: &Path,
    settings: Option<&Settings>,
    set: &MigrationSet,
    old: &Seal,
) -> Result<Seal, Failure> {
    // What was released is not judged again by a newer rule.
    let fresh: Vec<Migration> = old.unsealed(set).into_iter().cloned().collect();
    let sealed = set.migrations().len().saturating_sub(fresh.len());
    let sealed = set.migrations().get(..sealed).unwrap_or_default();
    let _accepted =
        content::judge(directory, sealed, &fresh, &terms(settings, None))?.accepted()?;
    let scratch = Scratch::open(settings)?;
    let roles = scratch.roles();
    let mut reader = scratch.connect().await?;
    // A connection begins with a snapshot, and the first reading ends it.
    let _provisioned = reader.schema(&roles).await?;
    let run = Run { run_id: identity::random_id(), actor: identity::actor() };
    let mut session = scratch.connect().await?.lock(run, None, &|_holder| {}).await?;
    session.prepare().await?;
    let _empty = session.history().await?;
    let mut seal = Seal::default();
    let mut before = Schema::default();
    for migration in set.migrations() {
        apply(directory, &mut session, migration).await?;
        let after = reader.schema(&roles).await?;
        seal.append(migration, &before, &after)?;
        require_same(old, &seal, &migration.version, &after)?;
        before = after;
    }
    session.release().await;
    Ok(seal)
}

pub(super) async fn apply<S: Session>(
    directory: &Path,
    session: &mut S,
    migration: &Migration,
) -> Result<(), Failure> {
    let version = &migration.version;
    let text = files::read_planned(directory, version, &migration.digest)?;
    let started = Stopwatch::start();
    let mut transaction = session.begin();
    let ran = transaction.run(version, &text).await.map_err(|it| failed(version, &text, it))?;
    let entry = Entry {
        version,
        digest: migration.digest,
        plan: None,
        approval: None,
        started_at: started.started_at(),
        finished_at: started.finished_at(),
        duration: started.elapsed(),
        failure: None,
    };
    transaction.record(ran, &entry).await?;
    transaction.commit().await.map_err(|it| failed(version, &text, it))
}

/// A statement that fails is told with its place in the file.
fn failed(version: &Version, text: &str, fault: StoreFault) -> Failure {
    let (completed, error) = match fault {
        StoreFault::Statement { completed, error } => (completed, error),
        StoreFault::Server(error) => (None, error),
        other => return other.into(),
    };
    let located = locate(text, &inspect(text).statements, &error, completed);
    Failure::Scratch(Box::new(StatementFailure {
        version: version.clone(),
        statement: located.statement,
        place: located.place,
        line: located.line,
        error,
        blockers: Vec::new(),
    }))
}

/// What was sealed before must be what is made now, object by object.
fn require_same(
    old: &Seal,
    made: &Seal,
    version: &Version,
    schema: &Schema,
) -> Result<(), Failure> {
    let sealed = |seal: &Seal| seal.get(version.as_str()).map(|entry| entry.schema);
    if sealed(old).is_none() || sealed(old) == sealed(made) {
        return Ok(());
    }
    let expected = old.schema_at(version.as_str())?;
    let differences = compare_schemas(&expected, schema);
    Err(Failure::Replay(ReplayFault { version: version.clone(), differences }))
}

impl Explain for ReplayFault {
    fn code(&self) -> &'static str {
        "sealed-schema-differs"
    }

    fn subject(&self) -> String {
        self.version.to_string()
    }

    fn message(&self) -> String {
        format!("'{}' makes another schema here than the sealed one", self.version)
    }

    fn remedy(&self) -> String {
        "seal with the PostgreSQL and the extensions that production has; what is sealed is never rewritten"
            .to_owned()
    }
}
