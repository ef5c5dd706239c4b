//! The seal's file beside the migrations: its bytes, and putting a new one in its place. It never
//! parses them, and never leaves half a seal.

use super::FilesFault;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Its name (design section 4).
pub const NAME: &str = "seal.toml";

/// Whether the directory has one.
#[must_use]
pub fn exists(directory: &Path) -> bool {
    // What cannot be told is found out when it is read.
    fs::symlink_metadata(directory.join(NAME)).is_ok()
}

/// Its text; none where the directory has none.
///
/// # Errors
/// When it cannot be read, or is not UTF-8.
pub fn read(directory: &Path) -> Result<Option<String>, FilesFault> {
    let path = directory.join(NAME);
    let failed =
        |path: PathBuf, error: &io::Error| FilesFault::File { path, reason: error.to_string() };
    let file = match super::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(path, &error)),
    };
    io::read_to_string(file).map(Some).map_err(|error| failed(path, &error))
}

/// Puts a text in its place: whoever reads meanwhile reads the old one or the new one.
///
/// # Errors
/// When it cannot be written; the old one is then still there.
pub fn replace(directory: &Path, text: &str) -> Result<PathBuf, FilesFault> {
    let path = directory.join(NAME);
    let draft = directory.join(format!("{NAME}.new"));
    let written = File::create(&draft)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&draft, &path))
        .and_then(|()| File::open(directory)?.sync_all());
    match written {
        Ok(()) => Ok(path),
        Err(error) => {
            let _the_first_error_is_told = fs::remove_file(&draft);
            Err(FilesFault::File { path, reason: error.to_string() })
        }
    }
}
