//! The story of `approve`: read what is to be approved, write the statement, have `ssh-keygen`
//! sign it, and check what was signed. Needs no database; must never touch a key itself.

mod fault;

pub use fault::ApproveFault;

use crate::config::{Approval as Demand, Settings};
use crate::core::digest::Digest;
use crate::core::finding::Explain;
use crate::core::instant::utc;
use crate::core::review::approval::{Approval, NAMESPACE, is_principal, is_reference};
use crate::core::review::plan_file::PlanFile;
use crate::core::review::{self, FORM};
use crate::files::papers::{self, Existing, PaperFileFault, Readers};
use crate::host::identity;
use crate::host::ssh_keygen::{self, Judgement, SshKeygenFault};
use crate::ops::approval::signature_of;
use crate::ops::failure::Failure;
use crate::ops::review::read_plan;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// What is approved: a plan file, or a digest alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// The file that `plan --out` wrote.
    File(PathBuf),
    /// The digest that `plan` showed.
    Digest(Digest),
}

/// What an approver asks for.
#[derive(Debug, Clone)]
pub struct Request {
    /// The plan.
    pub plan: Named,
    /// What the approval refers to.
    pub reference: String,
    /// How long it counts.
    pub expires: Duration,
    /// Who approves; by default whose key it is.
    pub approver: Option<String>,
    /// The key that signs; none where the approver signs by hand.
    pub key: Option<PathBuf>,
    /// The directory for what is written.
    pub directory: Option<PathBuf>,
}

/// The approval that was written.
#[derive(Debug)]
pub struct Given {
    /// What it says.
    pub approval: Approval,
    /// The digest of the statement.
    pub statement: Digest,
    /// Where the statement lies.
    pub path: PathBuf,
    /// Where its signature lies; none where it is not signed yet.
    pub signature: Option<PathBuf>,
    /// The plan, where a file of it was read.
    pub plan: Option<PlanFile>,
    /// Whether the signature was checked against the allowed signers.
    pub verified: bool,
    /// What the approver should know besides.
    pub notes: Vec<String>,
    /// Where `apply` looks for it, as far as this machine's configuration says.
    pub belongs: Belongs,
}

/// Where an approval is found by `apply`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Belongs {
    /// Where it was written, as far as this machine's configuration says.
    Here,
    /// In this directory, by this machine's configuration.
    In(PathBuf),
    /// Among the approvals of a host that this machine does not know.
    OnItsHost,
}

/// Approves a plan for an environment. Without settings, the plan file says all there is to know.
///
/// # Errors
/// Whatever keeps the approval from counting; nothing is then left behind.
pub fn approve(
    settings: Option<&Settings>,
    environment: &str,
    database: Option<&str>,
    request: &Request,
) -> Result<Given, Failure> {
    let read = match &request.plan {
        Named::File(path) => Some((path, read_plan(path).map_err(Failure::Review)?)),
        Named::Digest(_) => None,
    };
    if let Some((path, (file, _))) = &read {
        require_target(path, file, environment, database)?;
    }
    if !is_reference(&request.reference) {
        return Err(ApproveFault::Reference.into());
    }
    let approver = approver(settings, request)?;
    let plan = read.as_ref().map(|(_, (file, _))| file);
    let now = SystemTime::now();
    let approval = Approval {
        form: FORM,
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        environment: environment.to_owned(),
        database: plan
            .map(|it| it.database.clone())
            .or(database.map(str::to_owned))
            .unwrap_or_default(),
        plan: match &request.plan {
            Named::Digest(digest) => *digest,
            Named::File(_) => plan.map_or_else(|| Digest::of(b""), |it| it.digest),
        },
        plan_file: read.as_ref().map(|(_, (_, digest))| *digest),
        reference: request.reference.clone(),
        approver,
        planned_by: plan.map(|it| it.planned_by.clone()),
        approved_at: utc(now),
        expires_at: utc(now + request.expires),
    };
    let text = review::write(&approval).map_err(|fault| Failure::System(fault.to_string()))?;
    let path = write_somewhere(settings, environment, request, &approval, &text)?;
    let mut notes = Vec::new();
    let signed = sign(settings, request, &approval, &path, text.as_bytes(), &mut notes);
    let verified = match signed {
        Ok(verified) => verified,
        Err(fault) => {
            papers::remove(&path);
            papers::remove(&signature_of(&path));
            return Err(fault.into());
        }
    };
    if let (Some((named, _)), Some(digest)) = (&read, approval.plan_file) {
        keep_plan(named, &path, &approval, digest, &mut notes);
    }
    notes.extend(doubts(settings, &approval));
    Ok(Given {
        statement: Digest::of(text.as_bytes()),
        signature: request.key.as_ref().map(|_| signature_of(&path)),
        belongs: belongs(settings, &path),
        path,
        verified,
        notes,
        plan: read.map(|(_, (file, _))| file),
        approval,
    })
}

/// Where the statement belongs, unless it lies already where `apply` of this host looks.
fn belongs(settings: Option<&Settings>, path: &Path) -> Belongs {
    let Some(settings) = settings else { return Belongs::OnItsHost };
    let lies_in = |directory: &PathBuf| path.parent() == Some(directory);
    match settings.approvals.first() {
        _ if settings.approvals.iter().any(lies_in) => Belongs::Here,
        Some(directory) => Belongs::In(directory.clone()),
        None => Belongs::OnItsHost,
    }
}

fn require_target(
    path: &Path,
    file: &PlanFile,
    environment: &str,
    database: Option<&str>,
) -> Result<(), ApproveFault> {
    let elsewhere = |what, found: &str, wanted: &str| ApproveFault::Elsewhere {
        path: path.to_owned(),
        what,
        found: found.to_owned(),
        wanted: wanted.to_owned(),
    };
    if file.environment != environment {
        return Err(elsewhere("environment", &file.environment, environment));
    }
    match database {
        Some(database) if database != file.database => {
            Err(elsewhere("database", &file.database, database))
        }
        _ if file.pending.is_empty() => Err(ApproveFault::NothingPending(path.to_owned())),
        _ => Ok(()),
    }
}

/// Who approves: as named, or the one principal for whom the key may sign.
fn approver(settings: Option<&Settings>, request: &Request) -> Result<String, ApproveFault> {
    if let Some(approver) = &request.approver {
        let fits = is_principal(approver);
        return if fits { Ok(approver.clone()) } else { Err(ApproveFault::Principal) };
    }
    let nobody = |reason: String| ApproveFault::NoApprover { reason };
    let Some(key) = &request.key else {
        return Err(nobody("no key is named that would tell".to_owned()));
    };
    let Some(settings) = settings else {
        return Err(nobody("there is no configuration that names the allowed signers".to_owned()));
    };
    let allowed = &settings.allowed_signers;
    papers::require_trusted(allowed).map_err(|fault| nobody(fault.message()))?;
    let found = principals_of(key, allowed).map_err(ApproveFault::Sign)?;
    let named: Vec<&String> = found.iter().filter(|name| is_principal(name)).collect();
    match (&found[..], &named[..]) {
        ([_], [one]) => Ok((*one).clone()),
        ([], _) => Err(nobody(format!("'{}' has no line with this key", allowed.display()))),
        _ => Err(nobody(format!(
            "'{}' lets this key sign for more than one name",
            allowed.display()
        ))),
    }
}

/// `ssh-keygen` finds principals by a signature: one is made that is good for nothing else.
fn principals_of(key: &Path, allowed: &Path) -> Result<Vec<String>, SshKeygenFault> {
    let unusable = |reason: String| SshKeygenFault::Unusable { reason };
    let home = papers::make_temporary(&identity::random_id())
        .map_err(|fault| unusable(fault.message()))?;
    let asked = home.join("question");
    let answered = papers::write(&asked, b"whose key is this\n", Readers::Owner, Existing::Keep)
        .map_err(|fault| unusable(fault.message()))
        .and_then(|()| ssh_keygen::sign(key, "dreichor-migrate-question", &asked))
        .and_then(|()| ssh_keygen::principals(allowed, &signature_of(&asked)));
    papers::remove_temporary(&home);
    answered
}

/// Writes the statement to the directory that was named; or to the environment's approvals in the
/// state directory, where this user may; or else here.
fn write_somewhere(
    settings: Option<&Settings>,
    environment: &str,
    request: &Request,
    approval: &Approval,
    text: &str,
) -> Result<PathBuf, Failure> {
    let output = |fault| Failure::Review(crate::ops::review::ReviewFault::Output(fault));
    if let Some(directory) = &request.directory {
        papers::make_directory(directory, Readers::All).map_err(output)?;
        return write_statement(directory, approval, text).map_err(output);
    }
    let state = settings.and_then(|it| it.state.as_ref()).filter(|state| state.is_dir());
    if let Some(state) = state {
        let directory = state.join("approvals").join(environment);
        let written = papers::make_directory(&directory, Readers::All)
            .and_then(|()| write_statement(&directory, approval, text));
        if let Ok(path) = written {
            return Ok(path);
        }
    }
    write_statement(Path::new("."), approval, text).map_err(output)
}

/// Writes it under a name that no statement and no signature has.
fn write_statement(
    directory: &Path,
    approval: &Approval,
    text: &str,
) -> Result<PathBuf, PaperFileFault> {
    const ATTEMPTS: u32 = 99;
    let mut number = 1;
    loop {
        let path = directory.join(file_name(approval, number));
        let written = match papers::exists(&signature_of(&path)) {
            true => Err(PaperFileFault::Exists(signature_of(&path))),
            false => papers::write(&path, text.as_bytes(), Readers::All, Existing::Keep),
        };
        match written {
            Ok(()) => return Ok(path),
            Err(PaperFileFault::Exists(_)) if number < ATTEMPTS => number += 1,
            Err(fault) => return Err(fault),
        }
    }
}

/// The plan's first twelve digits and the approver; a later approval by the same has a number.
fn file_name(approval: &Approval, number: u32) -> String {
    let safe = |it: char| {
        if it.is_ascii_alphanumeric() || "@.-_+".contains(it) { it } else { '_' }
    };
    let approver: String = approval.approver.chars().map(safe).take(100).collect();
    let more = if number == 1 { String::new() } else { format!("-{number}") };
    format!("{}-{approver}{more}.json", short(&approval.plan))
}

fn short(digest: &Digest) -> String {
    digest.hex().chars().take(12).collect()
}

/// Signs, and checks what was signed where this machine knows who may; says whether it did.
fn sign(
    settings: Option<&Settings>,
    request: &Request,
    approval: &Approval,
    path: &Path,
    bytes: &[u8],
    notes: &mut Vec<String>,
) -> Result<bool, ApproveFault> {
    let Some(key) = &request.key else { return Ok(false) };
    ssh_keygen::sign(key, NAMESPACE, path).map_err(ApproveFault::Sign)?;
    let signature = signature_of(path);
    if let Err(fault) = papers::share(&signature) {
        notes.push(format!("others may not be able to read the signature: {}", fault.message()));
    }
    let unchecked = "the signature was not checked against the allowed signers";
    let Some(settings) = settings else {
        notes.push(format!("{unchecked}: there is no configuration that names them"));
        return Ok(false);
    };
    let allowed = &settings.allowed_signers;
    if let Err(fault) = papers::require_trusted(allowed) {
        notes.push(format!("{unchecked}: {}", fault.message()));
        return Ok(false);
    }
    let judged = ssh_keygen::verify(allowed, &approval.approver, NAMESPACE, bytes, &signature);
    match judged.map_err(ApproveFault::Sign)? {
        Judgement::Good => Ok(true),
        Judgement::NotAllowed { reason } | Judgement::Wrong { reason } => {
            let approver = approval.approver.clone();
            Err(ApproveFault::Signed { approver, allowed: allowed.clone(), reason })
        }
    }
}

/// The plan file goes along: by it, a later refusal tells what changed since.
fn keep_plan(
    named: &Path,
    statement: &Path,
    approval: &Approval,
    digest: Digest,
    notes: &mut Vec<String>,
) {
    let name = format!("{}-plan-{}.json", short(&approval.plan), short(&digest));
    let path = statement.with_file_name(name);
    let kept = papers::read(named, papers::LONGEST)
        .and_then(|bytes| papers::write(&path, &bytes, Readers::All, Existing::Keep));
    match kept {
        Ok(()) | Err(PaperFileFault::Exists(_)) => {}
        Err(fault) => {
            notes.push(format!("the plan file was not put beside it: {}", fault.message()));
        }
    }
}

/// What `apply` will say to it on this configuration, as far as that is known already.
fn doubts(settings: Option<&Settings>, approval: &Approval) -> Vec<String> {
    let Some(settings) = settings else { return Vec::new() };
    let distinct = match settings.approval {
        Demand::Off => {
            let environment = &approval.environment;
            return vec![format!("environment '{environment}' needs no approval")];
        }
        Demand::Required { distinct_approver } => distinct_approver,
    };
    if !distinct {
        return Vec::new();
    }
    match (&approval.planned_by, approval.planner_is_approver()) {
        (None, _) => vec![
            "'apply' will refuse it: who planned is not known, and the approver must be another; approve the plan file".to_owned(),
        ],
        (Some(_), Some(user)) => vec![format!(
            "'apply' will refuse it: '{user}' planned, and the approver must be another"
        )],
        (Some(_), None) => Vec::new(),
    }
}
