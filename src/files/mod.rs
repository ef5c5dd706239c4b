//! The migration directory: listing, bytes, kinds of files. It never parses what it reads,
//! never follows a link out of the directory, and never decides what a name means.

pub mod backups;
pub mod evidence;
pub mod papers;
pub mod seal;

use crate::core::digest::Digest;
use crate::core::finding::Explain;
use crate::core::set::{Found, FoundFile};
use crate::core::version::Version;
use nix::fcntl::{OFlag, openat};
use nix::sys::stat::Mode;
use sha2::{Digest as _, Sha256};
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::{panic, thread};

/// Bytes read at once; a file of any size is digested in this much memory.
const CHUNK: usize = 64 * 1024;

/// Why the directory, or a file that was already listed, cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilesFault {
    /// The directory cannot be listed.
    Directory {
        /// The directory.
        path: PathBuf,
        /// What the operating system said.
        reason: String,
    },
    /// A file that was listed cannot be read again.
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        reason: String,
    },
    /// A file has other bytes than those that were planned.
    Changed {
        /// The file.
        path: PathBuf,
    },
}

/// Lists a directory and digests every file in it that is not plainly something else.
///
/// The order is the listing's; nothing may depend on it (design rule 9).
///
/// # Errors
/// Only when the directory itself cannot be listed; what is wrong with a file is said in its
/// place, so that all offenders can be named at once.
pub fn list(directory: &Path) -> Result<Vec<FoundFile>, FilesFault> {
    let failed = |error: io::Error| FilesFault::Directory {
        path: directory.to_owned(),
        reason: error.to_string(),
    };
    let home = fs::canonicalize(directory).map_err(failed)?;
    let root = File::open(&home).map_err(failed)?;
    let mut entries = Vec::new();
    for entry in fs::read_dir(&home).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let kind = match entry.file_type() {
            Ok(kind) if kind.is_file() => Kind::File,
            Ok(kind) if kind.is_symlink() => Kind::Link,
            Ok(_) => Kind::Other,
            Err(error) => Kind::Unknown(error.to_string()),
        };
        let raw = entry.file_name();
        if !raw.to_str().is_some_and(crate::core::set::is_bystander) {
            entries.push((raw, kind));
        }
    }
    Ok(examine_all(&root, &home, entries))
}

/// What the listing says of a name.
enum Kind {
    File,
    Link,
    Other,
    Unknown(String),
}

/// Files that one thread reads; below it, starting another costs more than it saves.
const SHARE: usize = 128;

/// Opening thousands of small files takes the kernel longer than everything else that a check
/// does, so the work is shared between the cores.
fn examine_all(root: &File, home: &Path, entries: Vec<(OsString, Kind)>) -> Vec<FoundFile> {
    let workers = match entries.len() / SHARE {
        0 | 1 => 1,
        shares => shares.min(thread::available_parallelism().map_or(1, usize::from)),
    };
    let examine = |entries: &mut dyn Iterator<Item = (OsString, Kind)>| -> Vec<FoundFile> {
        let mut buffer = vec![0; CHUNK];
        entries.map(|(name, kind)| examine(root, home, name, kind, &mut buffer)).collect()
    };
    if workers == 1 {
        return examine(&mut entries.into_iter());
    }
    let share = entries.len().div_ceil(workers);
    let mut entries = entries.into_iter();
    thread::scope(|scope| {
        let tasks: Vec<_> = (1..workers)
            .map(|_| {
                let theirs: Vec<_> = entries.by_ref().take(share).collect();
                scope.spawn(move || examine(&mut theirs.into_iter()))
            })
            .collect();
        let mut found = examine(&mut entries);
        // A worker that panicked is a bug; it is passed on and told as one.
        let theirs = tasks
            .into_iter()
            .flat_map(|task| task.join().unwrap_or_else(|bug| panic::resume_unwind(bug)));
        found.extend(theirs);
        found
    })
}

fn examine(root: &File, home: &Path, raw: OsString, kind: Kind, buffer: &mut [u8]) -> FoundFile {
    let content = match kind {
        // The listing has told its kind; whoever puts something else in its place meanwhile
        // changes the digest, and that is compared with the planned one before it is sent.
        Kind::File => settle(digest(root, &raw, OFlag::O_NOFOLLOW, false, buffer)),
        Kind::Link => follow(root, home, &raw, buffer),
        Kind::Other => Found::NotAFile,
        Kind::Unknown(reason) => Found::Unreadable(reason),
    };
    let name = match raw.into_string() {
        Ok(name) => name,
        Err(raw) => raw.as_bytes().escape_ascii().to_string(),
    };
    FoundFile { name, content }
}

/// Reads a listed file again and proves that it still has the bytes that were planned.
///
/// # Errors
/// When it cannot be read, or was changed since.
pub fn read_planned(
    directory: &Path,
    version: &Version,
    planned: &Digest,
) -> Result<String, FilesFault> {
    let path = directory.join(version.as_str());
    let bytes = read(directory, version)?;
    if Digest::of(&bytes) != *planned {
        return Err(FilesFault::Changed { path });
    }
    // A set holds only UTF-8; other bytes would have another digest.
    String::from_utf8(bytes).map_err(|_| FilesFault::Changed { path })
}

/// Reads a listed file again, whatever it holds now.
///
/// # Errors
/// When it cannot be read.
pub fn read(directory: &Path, version: &Version) -> Result<Vec<u8>, FilesFault> {
    let path = directory.join(version.as_str());
    let failed =
        |error: io::Error| FilesFault::File { path: path.clone(), reason: error.to_string() };
    let mut file = open(&path).map_err(failed)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// Writes a new migration; an existing file is never overwritten.
///
/// # Errors
/// When it exists already, or cannot be written.
pub fn create(directory: &Path, version: &Version, text: &str) -> Result<PathBuf, FilesFault> {
    let path = directory.join(version.as_str());
    let failed =
        |error: io::Error| FilesFault::File { path: path.clone(), reason: error.to_string() };
    write_new(&path, text).map_err(failed)?;
    Ok(path)
}

/// Writes a new file; an existing one is never overwritten, and half a one is not left.
///
/// # Errors
/// When it exists already, or cannot be written.
pub fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if written.is_err() {
        let _the_first_error_is_told = fs::remove_file(path);
    }
    written
}

/// Writes a file in place of the one that may be there.
///
/// # Errors
/// When it cannot be written.
pub fn overwrite(path: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(text.as_bytes())
}

/// Opens without waiting for a FIFO's writer.
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .custom_flags(nix::libc::O_NONBLOCK | nix::libc::O_NOCTTY)
        .open(path)
}

/// A link may lead to another file of the same directory, and nowhere else.
fn follow(root: &File, home: &Path, name: &OsStr, buffer: &mut [u8]) -> Found {
    match fs::canonicalize(home.join(name)) {
        Ok(target) if target.parent() == Some(home) => {
            settle(digest(root, name, OFlag::empty(), true, buffer))
        }
        Ok(_) => Found::LinkOut,
        Err(error) => Found::Unreadable(error.to_string()),
    }
}

fn settle(digested: io::Result<Found>) -> Found {
    digested.unwrap_or_else(|error| Found::Unreadable(error.to_string()))
}

/// Opens without waiting for a FIFO's writer, and below the directory that was listed.
fn digest(
    root: &File,
    name: &OsStr,
    more: OFlag,
    of_unknown_kind: bool,
    buffer: &mut [u8],
) -> io::Result<Found> {
    let flags = OFlag::O_RDONLY | OFlag::O_CLOEXEC | OFlag::O_NONBLOCK | OFlag::O_NOCTTY | more;
    let mut file = File::from(openat(root, name, flags, Mode::empty())?);
    if of_unknown_kind && !file.metadata()?.is_file() {
        return Ok(Found::NotAFile);
    }
    let mut hasher = Sha256::new();
    let mut text = TextCheck::default();
    let mut size = 0_u64;
    loop {
        let length = match file.read(buffer) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let bytes = buffer.get(..length).unwrap_or_default();
        text.take(bytes, size);
        hasher.update(bytes);
        size += length as u64;
    }
    Ok(Found::File {
        digest: Digest::from_bytes(hasher.finalize().into()),
        size,
        not_utf8_at: text.finish(size),
        byte_order_mark: text.byte_order_mark,
    })
}

/// Checks a text that comes in pieces, which may end inside a character.
#[derive(Default)]
struct TextCheck {
    open: Vec<u8>,
    wrong_at: Option<u64>,
    byte_order_mark: bool,
}

impl TextCheck {
    fn take(&mut self, bytes: &[u8], offset: u64) {
        if offset == 0 {
            self.byte_order_mark = bytes.starts_with(b"\xef\xbb\xbf");
        }
        if self.wrong_at.is_some() {
            return;
        }
        let start = offset - self.open.len() as u64;
        let joined: Vec<u8>;
        let piece = if self.open.is_empty() {
            bytes
        } else {
            self.open.extend_from_slice(bytes);
            joined = std::mem::take(&mut self.open);
            &joined
        };
        if let Err(error) = std::str::from_utf8(piece) {
            match error.error_len() {
                Some(_) => self.wrong_at = Some(start + error.valid_up_to() as u64),
                None => self.open = piece.get(error.valid_up_to()..).unwrap_or_default().to_vec(),
            }
        }
    }

    fn finish(&self, size: u64) -> Option<u64> {
        let cut = (!self.open.is_empty()).then(|| size - self.open.len() as u64);
        self.wrong_at.or(cut)
    }
}

impl Explain for FilesFault {
    fn code(&self) -> &'static str {
        match self {
            Self::Directory { .. } => "unreadable-directory",
            Self::File { .. } => "unreadable-file",
            Self::Changed { .. } => "file-changed",
        }
    }

    fn subject(&self) -> String {
        match self {
            Self::Directory { path, .. } | Self::File { path, .. } | Self::Changed { path } => {
                path.display().to_string()
            }
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Directory { path, reason } => {
                format!("the migration directory '{}' cannot be listed: {reason}", path.display())
            }
            Self::File { path, reason } => format!("'{}': {reason}", path.display()),
            Self::Changed { path } => {
                format!("'{}' was changed after it was planned", path.display())
            }
        }
    }

    fn remedy(&self) -> String {
        match self {
            Self::Directory { .. } => {
                "see 'migrations' in the configuration, or name it with --migrations"
            }
            Self::File { .. } => "see the file's permissions and the disk",
            Self::Changed { .. } => "see who writes there, then plan again",
        }
        .to_owned()
    }
}

#[cfg(test)]
mod tests;
