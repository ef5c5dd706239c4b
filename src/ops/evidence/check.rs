//! The story of `evidence --verify`: a directory or an archive, checked where it lies, with no
//! configuration, no database and no network. Writes nothing.

use super::EvidenceFault;
use crate::core::code::Code;
use crate::core::digest::Digest;
use crate::core::evidence::index::names;
use crate::core::evidence::manifest::{self, Files};
use crate::core::evidence::verification::{Contradiction, Verified, verify};
use crate::core::finding::{Explain, Finding};
use crate::files::evidence::{read_archive, read_directory};
use crate::ops::failure::Failure;
use std::path::Path;

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

impl Checked {
    fn signature(&mut self, files: &Files) {
        if files.contains_key(names::APPROVAL) {
            self.unchecked.push(Unchecked {
                subject: names::SIGNATURE.to_owned(),
                why: "it is not checked yet".to_owned(),
            });
        }
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
