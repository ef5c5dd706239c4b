//! The directory of an environment's backups: room, a draft that becomes a backup only when it is
//! whole, its digest, removing old ones. It never decides which of them may go, and never
//! leaves a draft behind.

use crate::core::digest::Digest;
use nix::sys::statvfs::statvfs;
use sha2::{Digest as _, Sha256};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// Bytes read at once.
const CHUNK: usize = 1 << 20;

/// What stands at the end of a draft's name.
const DRAFT: &str = ".partial";

/// Makes the directory where it is missing, for nobody but this user.
///
/// # Errors
/// What the operating system said.
pub fn prepare(directory: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(directory)
}

/// Free bytes on the disk that a directory is on, for who is not root.
///
/// # Errors
/// What the operating system said.
pub fn free(directory: &Path) -> io::Result<u64> {
    let disk = statvfs(directory)?;
    Ok(disk.blocks_available().saturating_mul(disk.fragment_size()))
}

/// The names of the plain files of the directory.
///
/// # Errors
/// What the operating system said.
pub fn names(directory: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if let Ok(name) = entry.file_name().into_string()
            && entry.file_type()?.is_file()
        {
            names.push(name);
        }
    }
    Ok(names)
}

/// Removes a backup.
///
/// # Errors
/// What the operating system said.
pub fn remove(directory: &Path, name: &str) -> io::Result<()> {
    fs::remove_file(directory.join(name))
}

/// Removes the drafts that killed runs left: files whose name, without what marks a draft, is
/// `wanted`.
///
/// # Errors
/// What the operating system said.
pub fn remove_drafts(directory: &Path, wanted: impl Fn(&str) -> bool) -> io::Result<()> {
    for name in names(directory)? {
        let of_backup = name.strip_prefix('.').and_then(|name| name.strip_suffix(DRAFT));
        if of_backup.is_some_and(&wanted) {
            remove(directory, &name)?;
        }
    }
    Ok(())
}

/// A backup in the making. Dropped before it is finished, its file is removed.
#[derive(Debug)]
pub struct Draft {
    directory: PathBuf,
    name: String,
    file: PathBuf,
    kept: bool,
}

impl Draft {
    /// Makes an empty file that nobody else can read; what is written into it is written here.
    ///
    /// # Errors
    /// What the operating system said.
    pub fn begin(directory: &Path, name: &str) -> io::Result<(Self, File)> {
        let file = directory.join(format!(".{name}{DRAFT}"));
        let open = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file)?;
        let (directory, name) = (directory.to_owned(), name.to_owned());
        Ok((Self { directory, name, file, kept: false }, open))
    }

    /// Its file, as long as it is a draft.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.file
    }

    /// How many bytes it has by now.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        fs::metadata(&self.file).map_or(0, |about| about.len())
    }

    /// Waits until it is on the disk.
    ///
    /// # Errors
    /// What the operating system said.
    pub fn sync(path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }

    /// Gives it its name, on the disk.
    ///
    /// # Errors
    /// What the operating system said.
    pub fn finish(mut self) -> io::Result<PathBuf> {
        let path = self.directory.join(&self.name);
        fs::rename(&self.file, &path)?;
        self.kept = true;
        File::open(&self.directory)?.sync_all()?;
        Ok(path)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.kept {
            // The next backup removes what could not be removed now.
            let _left_to_the_next = fs::remove_file(&self.file);
        }
    }
}

/// The digest of a file in the making, a piece at a time, so that whoever waits can be
/// interrupted.
pub struct Digesting {
    file: File,
    hasher: Sha256,
    buffer: Vec<u8>,
    bytes: u64,
}

impl Digesting {
    /// Opens the file.
    ///
    /// # Errors
    /// What the operating system said.
    pub fn begin(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        Ok(Self { file, hasher: Sha256::new(), buffer: vec![0; CHUNK], bytes: 0 })
    }

    /// Reads the next piece; false at the end.
    ///
    /// # Errors
    /// What the operating system said.
    pub fn step(&mut self) -> io::Result<bool> {
        let length = self.file.read(&mut self.buffer)?;
        self.hasher.update(self.buffer.get(..length).unwrap_or_default());
        self.bytes += length as u64;
        Ok(length > 0)
    }

    /// How many bytes it has, and their digest.
    #[must_use]
    pub fn finish(self) -> (u64, Digest) {
        (self.bytes, Digest::from_bytes(self.hasher.finalize().into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_draft_is_a_backup_only_when_it_is_finished() {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("backups/prod");
        prepare(&directory).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&directory), 0o700);
        let (draft, mut file) = Draft::begin(&directory, "a.dump").unwrap();
        file.write_all(b"abc").unwrap();
        assert_eq!((draft.bytes(), mode(draft.path())), (3, 0o600));
        drop(draft);
        assert!(names(&directory).unwrap().is_empty());
        let (draft, mut file) = Draft::begin(&directory, "a.dump").unwrap();
        file.write_all(b"abc").unwrap();
        Draft::sync(draft.path()).unwrap();
        let path = draft.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"abc");
        assert_eq!(names(&directory).unwrap(), ["a.dump"]);
        let mut digesting = Digesting::begin(&path).unwrap();
        while digesting.step().unwrap() {}
        assert_eq!(digesting.finish(), (3, Digest::of(b"abc")));
    }

    #[test]
    fn only_drafts_of_the_wanted_names_are_removed() {
        let home = tempfile::tempdir().unwrap();
        let kept = ["a.dump", ".b.dump.partial", "c.partial", ".a.dump"];
        for name in kept.iter().chain(&[".a.dump.partial"]) {
            fs::write(home.path().join(name), "").unwrap();
        }
        remove_drafts(home.path(), |name| name == "a.dump").unwrap();
        let mut left = names(home.path()).unwrap();
        left.sort();
        let mut kept = kept;
        kept.sort_unstable();
        assert_eq!(left, kept);
    }

    #[test]
    fn free_room_is_asked_of_the_disk() {
        assert!(free(Path::new("/")).is_ok());
        assert!(free(Path::new("/nowhere")).is_err());
    }
}
