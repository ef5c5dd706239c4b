//! Owns finding the approval of the plan that is about to run: every one that lies where it may
//! lie is looked at, and of each that does not fit it is said why. Must never let a plan run of
//! which it could not be told.

use crate::config::{Approval as Demand, Settings};
use crate::core::digest::Digest;
use crate::core::finding::Explain;
use crate::core::log::Actor;
use crate::core::report::UsedApproval;
use crate::core::review::PaperFault;
use crate::core::review::approval::{Approval, NAMESPACE, Question, Unfit};
use crate::core::review::objection::{Objection, Refused, Wanted};
use crate::core::review::plan_file::PlanFile;
use crate::files::papers::{self, PaperFileFault};
use crate::host::identity;
use crate::host::ssh_keygen::{self, Judgement, SshKeygenFault};
use crate::ops::failure::Failure;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use tokio::task::spawn_blocking;

/// The most bytes of a signature, or of a statement.
const LONGEST: u64 = 64 * 1024;

/// The approval that lets a plan run, with its papers as they were when they were checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approved {
    /// What it says.
    pub approval: Approval,
    /// The digest of the statement's exact bytes.
    pub statement: Digest,
    /// Where the statement lies; its signature lies beside it.
    pub path: PathBuf,
    /// The statement.
    pub bytes: Vec<u8>,
    /// The signature.
    pub signature: Vec<u8>,
    /// The plan file that was approved, where it lies beside the statement.
    pub plan_file: Option<Vec<u8>>,
}

impl Approved {
    /// What a run's report and its rows keep of it.
    #[must_use]
    pub fn used(&self) -> UsedApproval {
        UsedApproval {
            reference: self.approval.reference.clone(),
            approver: self.approval.approver.clone(),
            statement: self.statement,
            expires_at: self.approval.expires_at.clone(),
            path: self.path.display().to_string(),
            line: self.approval.line(&self.statement),
        }
    }
}

/// How a plan stands under the environment's rule.
#[derive(Debug)]
pub enum Standing {
    /// No approval is needed.
    NotNeeded,
    /// It is approved.
    Approved(Box<Approved>),
    /// It is not.
    Refused(Wanted, Vec<Refused>),
    /// Whether it is could not be told: what signatures are checked against, or with, is not
    /// there.
    Unknown(Uncheckable),
}

/// Why no signature can be checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Uncheckable {
    /// The allowed signers cannot be used.
    AllowedSigners(PaperFileFault),
    /// `ssh-keygen` cannot be asked.
    SshKeygen(SshKeygenFault),
}

/// How the plan of a paper stands now, on another thread: a program is waited for.
pub(super) async fn standing(settings: &Settings, paper: PlanFile) -> Result<Standing, Failure> {
    let settings = settings.clone();
    let judged = spawn_blocking(move || {
        let Demand::Required { distinct_approver } = settings.approval else {
            return Standing::NotNeeded;
        };
        if paper.pending.is_empty() {
            return Standing::NotNeeded;
        }
        let actor = identity::actor();
        let distinct = distinct_approver.then_some(&actor);
        Search { settings: &settings, paper: &paper, distinct, now: SystemTime::now() }.run()
    });
    judged.await.map_err(|_| Failure::System("a thread was lost".to_owned()))
}

struct Search<'a> {
    settings: &'a Settings,
    /// The plan that is about to run.
    paper: &'a PlanFile,
    /// Who runs, where the approver must be another.
    distinct: Option<&'a Actor>,
    now: SystemTime,
}

/// What one file turned out to be.
enum Found {
    Statement { path: PathBuf, bytes: Vec<u8>, approval: Box<Approval> },
    Plan { bytes: Vec<u8> },
    Neither(Refused),
}

impl Search<'_> {
    fn run(&self) -> Standing {
        let mut refused = Vec::new();
        let mut fitting = Vec::new();
        for directory in &self.settings.approvals {
            let found = look(directory, &mut refused);
            for (path, bytes, approval) in found.statements {
                match approval.answer(&self.question()) {
                    Ok(()) => {
                        let plan_file = found.plans.iter().find(|bytes| is_of(&approval, bytes));
                        fitting.push((path, bytes, approval, plan_file.cloned()));
                    }
                    Err(unfit) => {
                        let differences = match unfit {
                            Unfit::Plan => self.differences(&approval, &found.plans),
                            _ => Vec::new(),
                        };
                        let objection = Objection::Unfit { unfit, differences };
                        refused.push(refuse(&path, objection, Some(approval)));
                    }
                }
            }
        }
        if !fitting.is_empty()
            && let Err(fault) = papers::require_trusted(&self.settings.allowed_signers)
        {
            return Standing::Unknown(Uncheckable::AllowedSigners(fault));
        }
        // The newest first: of two that are right, one has to be named in the log.
        fitting.sort_by(|a, b| (&b.2.approved_at, &a.0).cmp(&(&a.2.approved_at, &b.0)));
        for (path, bytes, approval, plan_file) in fitting {
            match self.judge(&path, &bytes, &approval) {
                Ok(Ok(signature)) => {
                    return Standing::Approved(Box::new(Approved {
                        statement: Digest::of(&bytes),
                        approval: *approval,
                        path,
                        bytes,
                        signature,
                        plan_file,
                    }));
                }
                Ok(Err(objection)) => refused.push(refuse(&path, objection, Some(approval))),
                Err(fault) => return Standing::Unknown(Uncheckable::SshKeygen(fault)),
            }
        }
        if refused.is_empty() {
            let places: Vec<String> =
                self.settings.approvals.iter().map(|it| it.display().to_string()).collect();
            refused.push(Refused {
                path: places.join("' or '"),
                objection: Objection::None,
                approval: None,
            });
        }
        Standing::Refused(self.wanted(), refused)
    }

    fn question(&self) -> Question<'_> {
        Question {
            environment: &self.settings.environment,
            database: &self.settings.database,
            plan: self.paper.digest,
            now: self.now,
        }
    }

    fn wanted(&self) -> Wanted {
        Wanted {
            environment: self.settings.environment.clone(),
            database: self.settings.database.clone(),
            plan: self.paper.digest,
            directory: self
                .settings
                .approvals
                .first()
                .map(|it| it.display().to_string())
                .unwrap_or_default(),
        }
    }

    /// The signature, when it is the approver's and the approver may.
    fn judge(
        &self,
        path: &Path,
        bytes: &[u8],
        approval: &Approval,
    ) -> Result<Result<Vec<u8>, Objection>, SshKeygenFault> {
        let beside = signature_of(path);
        let signature = match papers::read(&beside, LONGEST) {
            Ok(signature) => signature,
            Err(PaperFileFault::Missing(path)) => {
                return Ok(Err(Objection::Unsigned { signature: path.display().to_string() }));
            }
            Err(fault) => return Ok(Err(unreadable(&fault))),
        };
        let allowed = &self.settings.allowed_signers;
        match ssh_keygen::verify(allowed, &approval.approver, NAMESPACE, bytes, &beside)? {
            Judgement::Good => {}
            Judgement::NotAllowed { reason } => {
                let allowed = allowed.display().to_string();
                return Ok(Err(Objection::NotAllowed { reason, allowed }));
            }
            Judgement::Wrong { reason } => return Ok(Err(Objection::WrongSignature { reason })),
        }
        Ok(match self.distinct {
            None => Ok(signature),
            Some(_) if approval.planned_by.is_none() => Err(Objection::PlannerUnknown),
            Some(actor) => match approval.same_person(actor) {
                Some(user) => Err(Objection::SamePerson { user }),
                None => Ok(signature),
            },
        })
    }

    /// What is otherwise now than in the plan file that was approved, where that is at hand.
    fn differences(&self, approval: &Approval, plans: &[Vec<u8>]) -> Vec<String> {
        let file = plans.iter().find(|bytes| is_of(approval, bytes));
        let file = file.and_then(|bytes| PlanFile::parse(bytes).ok());
        file.map(|file| file.differences(self.paper)).unwrap_or_default()
    }
}

/// Where the signature of a statement lies, as `ssh-keygen -Y sign` puts it.
pub(super) fn signature_of(statement: &Path) -> PathBuf {
    let mut name = statement.as_os_str().to_owned();
    name.push(".sig");
    PathBuf::from(name)
}

/// What lies in one directory.
#[derive(Default)]
struct Directory {
    statements: Vec<(PathBuf, Vec<u8>, Box<Approval>)>,
    plans: Vec<Vec<u8>>,
}

fn look(directory: &Path, refused: &mut Vec<Refused>) -> Directory {
    let mut all = Directory::default();
    let paths = match papers::list(directory, ".json") {
        Ok(paths) => paths,
        Err(fault) => {
            refused.push(refuse(directory, unreadable(&fault), None));
            return all;
        }
    };
    for path in paths {
        match take(path) {
            Found::Statement { path, bytes, approval } => {
                all.statements.push((path, bytes, approval));
            }
            Found::Plan { bytes } => all.plans.push(bytes),
            Found::Neither(it) => refused.push(it),
        }
    }
    all
}

/// Plan files may lie beside the approvals that were given for them.
fn take(path: PathBuf) -> Found {
    let bytes = match papers::read(&path, papers::LONGEST) {
        Ok(bytes) => bytes,
        Err(fault) => return Found::Neither(refuse(&path, unreadable(&fault), None)),
    };
    let shape: Option<Value> = serde_json::from_slice(&bytes).ok();
    if shape.is_some_and(|it| it.get("pending").is_some() && it.get("approver").is_none()) {
        return Found::Plan { bytes };
    }
    match Approval::parse(&bytes) {
        Ok(approval) if bytes.len() as u64 <= LONGEST => {
            Found::Statement { path, bytes, approval: Box::new(approval) }
        }
        Ok(_) => {
            let fault = PaperFileFault::TooLong { path: path.clone(), limit: LONGEST };
            Found::Neither(refuse(&path, unreadable(&fault), None))
        }
        Err(fault) => Found::Neither(refuse(&path, unlike(&fault), None)),
    }
}

fn is_of(approval: &Approval, plan_file: &[u8]) -> bool {
    approval.plan_file.is_some_and(|digest| digest == Digest::of(plan_file))
}

fn refuse(path: &Path, objection: Objection, approval: Option<Box<Approval>>) -> Refused {
    Refused { path: path.display().to_string(), objection, approval }
}

fn unreadable(fault: &PaperFileFault) -> Objection {
    let reason = match fault {
        // The file is named already.
        PaperFileFault::System { reason, .. } => reason.clone(),
        other => other.message(),
    };
    Objection::Unreadable { reason, remedy: fault.remedy() }
}

fn unlike(fault: &PaperFault) -> Objection {
    let remedy =
        "put there what 'dreichor-migrate approve' writes, byte for byte, and nothing else";
    Objection::Unreadable { reason: fault.to_string(), remedy: remedy.to_owned() }
}

impl Explain for Uncheckable {
    fn code(&self) -> &'static str {
        match self {
            Self::AllowedSigners(_) => "allowed-signers",
            Self::SshKeygen(fault) => fault.code(),
        }
    }

    fn subject(&self) -> String {
        match self {
            Self::AllowedSigners(fault) => fault.subject(),
            Self::SshKeygen(fault) => fault.subject(),
        }
    }

    fn message(&self) -> String {
        match self {
            Self::AllowedSigners(fault) => {
                format!("whose keys may approve cannot be told: {}", fault.message())
            }
            Self::SshKeygen(fault) => fault.message(),
        }
    }

    fn remedy(&self) -> String {
        match self {
            Self::AllowedSigners(PaperFileFault::Missing(path)) => format!(
                "write '{}', owned by root and readable for all: a line 'NAME namespaces=\"{NAMESPACE}\" ssh-ed25519 …' for each approver, as ssh-keygen(1) says under ALLOWED SIGNERS",
                path.display()
            ),
            Self::AllowedSigners(fault) => fault.remedy(),
            Self::SshKeygen(fault) => fault.remedy(),
        }
    }
}
