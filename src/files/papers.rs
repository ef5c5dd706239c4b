//! The papers of a review, of backups and of runs: reading one without trusting where it lies,
//! writing one so that nobody ever sees half of it. It never knows what a paper says.

use crate::core::finding::Explain;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// The most bytes of a paper: that of a plan with thousands of files and its rehearsal is smaller.
pub const LONGEST: u64 = 64 * 1024 * 1024;

/// Who may read what is written; who writes is always its owner alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Its owner: 0600, and 0700 of a directory.
    Owner,
    /// Everybody: 0644, and 0755 of a directory. An approval holds nothing secret, and whoever
    /// runs the plan is another user than who approved it.
    All,
}

/// Whether a file that exists may be put away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It is kept, and nothing is written.
    Keep,
    /// It is replaced: whoever reads meanwhile reads the old one or the new one.
    Replace,
}

/// Why a paper cannot be read or written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaperFileFault {
    /// There is none.
    Missing(PathBuf),
    /// There is one already.
    Exists(PathBuf),
    /// It is a link, a directory, a device, a socket or a FIFO.
    NotAFile(PathBuf),
    /// Others than its owner, and for some papers its group, may write it.
    Writable {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// It is longer than such a paper is.
    TooLong {
        /// The file.
        path: PathBuf,
        /// The most bytes that are read.
        limit: u64,
    },
    /// The operating system refuses.
    System {
        /// The file or directory.
        path: PathBuf,
        /// What it said.
        reason: String,
    },
}

impl PaperFileFault {
    fn of(path: &Path, error: &io::Error) -> Self {
        let path = path.to_owned();
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing(path),
            io::ErrorKind::AlreadyExists => Self::Exists(path),
            _ if error.raw_os_error() == Some(nix::libc::ELOOP) => Self::NotAFile(path),
            _ => Self::System { path, reason: error.to_string() },
        }
    }

    /// The file or directory.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::Missing(path) | Self::Exists(path) | Self::NotAFile(path) => path,
            Self::Writable { path, .. }
            | Self::TooLong { path, .. }
            | Self::System { path, .. } => path,
        }
    }
}

/// Reads a paper of at most so many bytes. A link is not followed, and nothing is waited for.
///
/// # Errors
/// When it is not a regular file that only its owner, or its group, may write.
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>, PaperFileFault> {
    let failed = |error: io::Error| PaperFileFault::of(path, &error);
    let file = open(path, nix::libc::O_NOFOLLOW)?;
    let found = inspect(path, &file, 0o002)?;
    if found.len() > limit {
        return Err(PaperFileFault::TooLong { path: path.to_owned(), limit });
    }
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
    // It may have grown since.
    if bytes.len() as u64 > limit {
        return Err(PaperFileFault::TooLong { path: path.to_owned(), limit });
    }
    Ok(bytes)
}

/// Whether a file that decides what is trusted can be: a regular one, perhaps behind a link, that
/// only its owner may write.
///
/// # Errors
/// When it is none.
pub fn require_trusted(path: &Path) -> Result<(), PaperFileFault> {
    inspect(path, &open(path, 0)?, 0o022).map(drop)
}

fn open(path: &Path, more: i32) -> Result<File, PaperFileFault> {
    OpenOptions::new()
        .read(true)
        .custom_flags(nix::libc::O_NONBLOCK | nix::libc::O_NOCTTY | more)
        .open(path)
        .map_err(|error| PaperFileFault::of(path, &error))
}

fn inspect(path: &Path, file: &File, forbidden: u32) -> Result<fs::Metadata, PaperFileFault> {
    let found = file.metadata().map_err(|error| PaperFileFault::of(path, &error))?;
    if !found.is_file() {
        return Err(PaperFileFault::NotAFile(path.to_owned()));
    }
    let mode = found.mode() & 0o7777;
    if mode & forbidden != 0 {
        return Err(PaperFileFault::Writable { path: path.to_owned(), mode });
    }
    Ok(found)
}

/// The files of a directory whose names end so, in the byte order of their names; none where
/// there is no such directory.
///
/// # Errors
/// When the directory cannot be listed.
pub fn list(directory: &Path, ending: &str) -> Result<Vec<PathBuf>, PaperFileFault> {
    let failed = |error: io::Error| PaperFileFault::of(directory, &error);
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        // A name that begins with a dot is a draft of ours, or an editor's.
        if name.to_str().is_some_and(|name| name.ends_with(ending) && !name.starts_with('.')) {
            found.push(entry.path());
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// Makes a directory and those above it, where they are missing.
///
/// # Errors
/// What the operating system says.
pub fn make_directory(path: &Path, readers: Readers) -> Result<(), PaperFileFault> {
    let mode = if readers == Readers::All { 0o755 } else { 0o700 };
    DirBuilder::new()
        .recursive(true)
        .mode(mode)
        .create(path)
        .map_err(|error| PaperFileFault::of(path, &error))
}

/// Writes a paper whole and durably: under another name first, then by its own.
///
/// # Errors
/// When it cannot be written, or exists and is to be kept; what was there is then still there.
pub fn write(
    path: &Path,
    bytes: &[u8],
    readers: Readers,
    existing: Existing,
) -> Result<(), PaperFileFault> {
    let failed = |error: io::Error| PaperFileFault::of(path, &error);
    let directory = match path.parent() {
        Some(directory) if !directory.as_os_str().is_empty() => directory,
        _ => Path::new("."),
    };
    let Some(name) = path.file_name() else {
        return Err(PaperFileFault::NotAFile(path.to_owned()));
    };
    let draft = directory.join(format!(".{}.{}.new", name.to_string_lossy(), std::process::id()));
    let mode = if readers == Readers::All { 0o644 } else { 0o600 };
    let written = write_draft(&draft, bytes, mode).and_then(|()| match existing {
        Existing::Replace => fs::rename(&draft, path),
        // A second name of the same file is refused where the name is taken; a rename is not.
        Existing::Keep => fs::hard_link(&draft, path).and_then(|()| fs::remove_file(&draft)),
    });
    if written.is_err() {
        let _the_first_error_is_told = fs::remove_file(&draft);
    }
    written.and_then(|()| File::open(directory)?.sync_all()).map_err(failed)
}

/// Lets everybody read a file that another program wrote.
///
/// # Errors
/// What the operating system says.
pub fn share(path: &Path) -> Result<(), PaperFileFault> {
    let failed = |error: io::Error| PaperFileFault::of(path, &error);
    let file = File::open(path).map_err(failed)?;
    file.set_permissions(Permissions::from_mode(0o644)).map_err(failed)?;
    file.sync_all().map_err(failed)
}

/// Whether anything has this name.
#[must_use]
pub fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Takes back a paper that was just written and does not count.
pub fn remove(path: &Path) {
    let _there_may_be_none = fs::remove_file(path);
}

/// Makes a private directory for what lives a moment.
///
/// # Errors
/// What the operating system says.
pub fn make_temporary(name: &str) -> Result<PathBuf, PaperFileFault> {
    let path = std::env::temp_dir().join(format!("dreichor-migrate-{name}"));
    // Not recursive: a directory that somebody else made before is refused.
    let made = DirBuilder::new().mode(0o700).create(&path);
    made.map(|()| path.clone()).map_err(|error| PaperFileFault::of(&path, &error))
}

/// Removes it, and all that is in it.
pub fn remove_temporary(path: &Path) {
    let _it_lies_among_temporary_files = fs::remove_dir_all(path);
}

fn write_draft(draft: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    // What a killed process of this number left behind.
    match fs::remove_file(draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(draft)?;
    file.write_all(bytes)?;
    // Said outright: whoever may read it does not hang on the umask of who wrote it.
    file.set_permissions(Permissions::from_mode(mode))?;
    file.sync_all()
}

impl Explain for PaperFileFault {
    fn code(&self) -> &'static str {
        match self {
            Self::Missing(_) => "no-such-file",
            Self::Exists(_) => "output-exists",
            Self::NotAFile(_) => "not-a-file",
            Self::Writable { .. } => "writable-by-others",
            Self::TooLong { .. } => "too-long",
            Self::System { .. } => "unreadable-file",
        }
    }

    fn subject(&self) -> String {
        self.path().display().to_string()
    }

    fn message(&self) -> String {
        let path = self.path().display();
        match self {
            Self::Missing(_) => format!("there is no '{path}'"),
            Self::Exists(_) => format!("'{path}' exists, and is not overwritten"),
            Self::NotAFile(_) => format!("'{path}' is not a regular file"),
            Self::Writable { mode, .. } => {
                format!("'{path}' can be written by others than its owner (mode {mode:04o})")
            }
            Self::TooLong { limit, .. } => format!("'{path}' has more than {limit} bytes"),
            Self::System { reason, .. } => format!("'{path}': {reason}"),
        }
    }

    fn remedy(&self) -> String {
        let path = self.path().display();
        match self {
            Self::Missing(_) => {
                "see that the name is right, and that the file was copied".to_owned()
            }
            Self::Exists(_) => "name another file, or move this one away first".to_owned(),
            Self::NotAFile(_) => "put the file itself there, not a link to it".to_owned(),
            Self::Writable { .. } => {
                format!("see what it holds now, then take the right away: chmod go-w '{path}'")
            }
            Self::TooLong { .. } => "see that it is the right file".to_owned(),
            Self::System { .. } => {
                "see the permissions of the file and of the directories above it".to_owned()
            }
        }
    }
}

#[cfg(test)]
#[path = "papers_tests.rs"]
mod tests;
