//! The story of `evidence --verify`: a directory or an archive, checked where it lies, with no
//! configuration, no database and no network. Writes nothing.

use super::EvidenceFault;
use crate::core::code::Code;
use crate::core::digest::Digest;
use crate::core::evidence::index::names;
use crate::core::evidence::manifest::{self, Files};
use crate::core::evidence::verification::{Contradiction, Verified, verify};
use crate::core::finding::{Explain, Finding};
use crate::core::review::approval::{Approval, NAMESPACE};
use crate::files::evidence::{read_archive, read_directory};
use crate::files::papers::{self, Existing, PaperFileFault, Readers};
use crate::host::identity::random_id;
use crate::host::ssh_keygen::{self, Judgement};
use crate::ops::failure::Failure;
use std::env;
use std::path::{Path, PathBuf};

/// What was found.
#[derive(Debug)]
pub struct Checked {
    /// What it says of itself, what contradicts, what was checked.
    pub verified: Verified,
    /// The digest of the manifest; none where there is none.
    pub manifest: Option<Digest>,
    /// What could not be checked, and why.
    pub unchecked: Vec<Unchecked>,
}

/// One thing that could not be checked, and is not taken for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unchecked {
    /// What.
    pub subject: String,
    /// Why.
    pub why: String,
}

impl Checked {
    /// Whatever contradicts itself is *diverged*; an approval whose signature could not be
    /// checked is none.
    #[must_use]
    pub fn exit_code(&self) -> Code {
        if !self.verified.contradictions.is_empty() {
            Code::Diverged
        } else if !self.unchecked.is_empty() {
            Code::NotApproved
        } else {
            Code::Ok
        }
    }

    /// Everything that is wrong, then what could not be checked.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let wrong = self.verified.contradictions.iter().map(Contradiction::finding);
        wrong.chain(self.unchecked.iter().map(Unchecked::finding)).collect()
    }
}

/// Checks a directory, or an archive of one.
///
/// # Errors
/// When it cannot be read at all.
pub fn check(path: &Path) -> Result<Checked, Failure> {
    let read = if path.is_dir() { read_directory(path) } else { read_archive(path) };
    let (files, strange) = read.map_err(EvidenceFault::Input)?;
    let mut verified = verify(&files);
    verified.contradictions.extend(strange.iter().map(|name| Contradiction::strange(name)));
    let mut checked = Checked {
        manifest: files.get(manifest::NAME).map(|bytes| Digest::of(bytes)),
        unchecked: Vec::new(),
        verified,
    };
    checked.signature(&files);
    Ok(checked)
}

/// Files that `ssh-keygen` reads, for as long as it takes. Dropped, they are gone.
struct Bench(PathBuf);

impl Bench {
    fn make() -> Result<Self, PaperFileFault> {
        let bench = Self(env::temp_dir().join(format!("dreichor-migrate.{}", random_id())));
        papers::make_directory(&bench.0, Readers::Owner)?;
        Ok(bench)
    }

    fn put(&self, name: &str, bytes: &[u8]) -> Result<PathBuf, PaperFileFault> {
        let path = self.0.join(name);
        papers::write(&path, bytes, Readers::Owner, Existing::Keep)?;
        Ok(path)
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _nobody_is_left_to_tell = std::fs::remove_dir_all(&self.0);
    }
}

impl Checked {
    /// Whether the signature is that of the approver, by the keys that were exported with it.
    fn signature(&mut self, files: &Files) {
        let Some(statement) = files.get(names::APPROVAL) else { return };
        let Ok(approval) = Approval::parse(statement) else { return };
        let (Some(signature), Some(signers)) =
            (files.get(names::SIGNATURE), files.get(names::SIGNERS))
        else {
            let why = "the signature, or the keys that may sign for its approver, are not there";
            return self.leave(why.to_owned());
        };
        let judged = Bench::make().and_then(|bench| {
            let signature = bench.put(names::SIGNATURE, signature)?;
            let signers = bench.put(names::SIGNERS, signers)?;
            let approver = &approval.approver;
            Ok(ssh_keygen::verify(&signers, approver, NAMESPACE, statement, &signature))
        });
        match judged {
            Ok(Ok(Judgement::Good)) => {
                let what = "the signature is the approver's, by the keys that are with it";
                self.verified.checked.push(what.to_owned());
            }
            Ok(Ok(Judgement::NotAllowed { .. })) => {
                self.verified.contradictions.push(Contradiction::signature(
                    "it is right, but no key that may sign for the approver now made it",
                ));
            }
            Ok(Ok(Judgement::Wrong { .. })) => {
                self.verified
                    .contradictions
                    .push(Contradiction::signature("it is not over these bytes"));
            }
            Ok(Err(fault)) => self.leave(fault.message()),
            Err(fault) => self.leave(fault.message()),
        }
    }

    fn leave(&mut self, why: String) {
        self.unchecked.push(Unchecked { subject: names::SIGNATURE.to_owned(), why });
    }
}

impl Explain for Unchecked {
    fn code(&self) -> &'static str {
        "not-checked"
    }

    fn subject(&self) -> String {
        self.subject.clone()
    }

    fn message(&self) -> String {
        format!("'{}' could not be checked: {}", self.subject, self.why)
    }

    fn remedy(&self) -> String {
        "check it by hand, with the command in README.txt; until then it proves nothing".to_owned()
    }
}
