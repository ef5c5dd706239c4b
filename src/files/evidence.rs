//! Evidence as a directory, and as one file: plain files by name, nothing below them. It never
//! reads what leads elsewhere, and never writes over what is there.

use super::papers::{self, Existing, PaperFileFault, Readers};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};

/// Files by name.
type Files = BTreeMap<String, Vec<u8>>;

/// The most bytes of an archive.
const LONGEST: u64 = 512 * 1024 * 1024;

/// Makes a directory, which must not exist, with these files.
///
/// # Errors
/// When it exists, or cannot be written; what was written by then stays.
pub fn write_directory(path: &Path, files: &Files) -> Result<(), PaperFileFault> {
    if fs::symlink_metadata(path).is_ok() {
        return Err(PaperFileFault::Exists(path.to_owned()));
    }
    papers::make_directory(path, Readers::Owner)?;
    for (name, bytes) in files {
        papers::write(&path.join(name), bytes, Readers::Owner, Existing::Keep)?;
    }
    Ok(())
}

/// Reads a directory; the names of what is in it and is no plain file come beside.
///
/// # Errors
/// When it, or a file in it, cannot be read.
pub fn read_directory(path: &Path) -> Result<(Files, Vec<String>), PaperFileFault> {
    let failed = |error: io::Error| system(path, &error);
    let (mut files, mut strange) = (Files::new(), Vec::new());
    for entry in fs::read_dir(path).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type().map_err(failed)?.is_file() {
            files.insert(name, read_any(&entry.path())?);
        } else {
            strange.push(name);
        }
    }
    strange.sort_unstable();
    Ok((files, strange))
}

/// What is exported may be handed around with whatever permissions: its digests are what counts.
fn read_any(path: &Path) -> Result<Vec<u8>, PaperFileFault> {
    let failed = |error: io::Error| system(path, &error);
    let mut bytes = Vec::new();
    let limit = papers::LONGEST;
    let file = fs::File::open(path).map_err(failed)?;
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > limit {
        return Err(PaperFileFault::TooLong { path: path.to_owned(), limit });
    }
    Ok(bytes)
}

/// Writes one file, which must not exist, with these files in a directory of this name. Equal files
/// make equal bytes: sorted, of no time and of nobody.
///
/// # Errors
/// When it exists or cannot be written.
pub fn write_archive(path: &Path, directory: &str, files: &Files) -> Result<(), PaperFileFault> {
    let failed = |error: io::Error| system(path, &error);
    let mut archive = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_path(PathBuf::from(directory).join(name)).map_err(failed)?;
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(0);
        header.set_uid(0);
        header.set_gid(0);
        header.set_cksum();
        archive.append(&header, bytes.as_slice()).map_err(failed)?;
    }
    let bytes = archive.into_inner().map_err(failed)?;
    papers::write(path, &bytes, Readers::Owner, Existing::Keep)
}

/// Reads such a file; the names of what is in it and is no plain file come beside.
///
/// # Errors
/// When it cannot be read, or is no archive.
pub fn read_archive(path: &Path) -> Result<(Files, Vec<String>), PaperFileFault> {
    let failed = |error: io::Error| system(path, &error);
    let (mut files, mut strange) = (Files::new(), Vec::new());
    let file = fs::File::open(path).map_err(failed)?;
    let mut archive = tar::Archive::new(file.take(LONGEST));
    for entry in archive.entries().map_err(failed)? {
        let mut entry = entry.map_err(failed)?;
        let inside = entry.path().map_err(failed)?.into_owned();
        let parts: Vec<Component<'_>> = inside.components().collect();
        let name = match parts.as_slice() {
            [Component::Normal(_), Component::Normal(name)] => name.to_str(),
            _ => None,
        };
        match name {
            Some(name) if entry.header().entry_type().is_file() => {
                let mut bytes = Vec::new();
                entry.read_to_end(&mut bytes).map_err(failed)?;
                if files.insert(name.to_owned(), bytes).is_some() {
                    strange.push(format!("{name}, twice"));
                }
            }
            _ => strange.push(inside.display().to_string()),
        }
    }
    Ok((files, strange))
}

fn system(path: &Path, error: &io::Error) -> PaperFileFault {
    match error.kind() {
        io::ErrorKind::NotFound => PaperFileFault::Missing(path.to_owned()),
        _ => PaperFileFault::System { path: path.to_owned(), reason: error.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Files {
        [("b.txt", "2"), ("a.json", "1")].map(|(n, t)| (n.to_owned(), t.into())).into()
    }

    #[test]
    fn what_is_written_is_read_both_ways_and_nothing_is_overwritten() {
        let home = tempfile::tempdir().unwrap();
        let (directory, archive) = (home.path().join("out/e"), home.path().join("e.tar"));
        write_directory(&directory, &files()).unwrap();
        assert_eq!(read_directory(&directory).unwrap(), (files(), Vec::new()));
        write_archive(&archive, "e", &files()).unwrap();
        assert_eq!(read_archive(&archive).unwrap(), (files(), Vec::new()));
        let again = home.path().join("again.tar");
        write_archive(&again, "e", &files()).unwrap();
        assert_eq!(fs::read(&archive).unwrap(), fs::read(&again).unwrap());
        assert!(matches!(write_directory(&directory, &files()), Err(PaperFileFault::Exists(_))));
        assert!(matches!(write_archive(&archive, "e", &files()), Err(PaperFileFault::Exists(_))));
    }

    #[test]
    fn what_leads_elsewhere_is_not_read() {
        let home = tempfile::tempdir().unwrap();
        write_directory(&home.path().join("e"), &files()).unwrap();
        std::os::unix::fs::symlink("/etc/hostname", home.path().join("e/link")).unwrap();
        fs::create_dir(home.path().join("e/below")).unwrap();
        let (read, strange) = read_directory(&home.path().join("e")).unwrap();
        assert_eq!((read, strange), (files(), vec!["below".to_owned(), "link".to_owned()]));
        assert!(read_archive(&home.path().join("e/a.json")).is_err());
    }
}
