//! A paper is read only from a plain file, and is written whole or not at all.

use super::*;
use std::os::unix::fs::symlink;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

fn entries(directory: &Path) -> usize {
    fs::read_dir(directory).unwrap().count()
}

#[test]
fn a_paper_is_written_whole_with_its_mode_and_kept() {
    let home = tempfile::tempdir().unwrap();
    let deep = home.path().join("a/b");
    make_directory(&deep, Readers::Owner).unwrap();
    make_directory(&deep, Readers::Owner).unwrap();
    assert_eq!((mode(&deep), mode(&home.path().join("a"))), (0o700, 0o700));
    let path = deep.join("paper.json");
    write(&path, b"one", Readers::Owner, Existing::Keep).unwrap();
    assert_eq!((mode(&path), entries(&deep)), (0o600, 1));
    let fault = write(&path, b"two", Readers::Owner, Existing::Keep).unwrap_err();
    assert_eq!((fault, entries(&deep)), (PaperFileFault::Exists(path.clone()), 1));
    assert_eq!(read(&path, 3).unwrap(), b"one");
    write(&path, b"two", Readers::All, Existing::Replace).unwrap();
    assert_eq!((read(&path, 3).unwrap(), mode(&path), entries(&deep)), (b"two".into(), 0o644, 1));
    let nowhere = home.path().join("nowhere/paper.json");
    let fault = write(&nowhere, b"x", Readers::All, Existing::Keep).unwrap_err();
    assert_eq!(fault, PaperFileFault::Missing(nowhere));
}

#[test]
fn only_a_plain_file_that_others_cannot_write_is_read() {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name);
    fs::write(path("good"), "four").unwrap();
    assert_eq!(read(&path("good"), 4).unwrap(), b"four");
    assert_eq!(read(&path("good"), 3).unwrap_err().code(), "too-long");
    assert_eq!(read(&path("none"), 4).unwrap_err(), PaperFileFault::Missing(path("none")));
    symlink("good", path("link")).unwrap();
    assert_eq!(read(&path("link"), 4).unwrap_err(), PaperFileFault::NotAFile(path("link")));
    assert_eq!(read(home.path(), 4).unwrap_err().code(), "not-a-file");
    nix::unistd::mkfifo(&path("fifo"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    assert_eq!(read(&path("fifo"), 4).unwrap_err().code(), "not-a-file");
    for (bits, read_it, trusted) in
        [(0o644, true, true), (0o664, true, false), (0o646, false, false), (0o600, true, true)]
    {
        fs::set_permissions(path("good"), Permissions::from_mode(bits)).unwrap();
        assert_eq!(read(&path("good"), 4).is_ok(), read_it, "{bits:o}");
        assert_eq!(require_trusted(&path("good")).is_ok(), trusted, "{bits:o}");
        assert_eq!(require_trusted(&path("link")).is_ok(), trusted, "{bits:o}");
    }
}

#[test]
fn papers_are_listed_in_the_order_of_their_names() {
    let home = tempfile::tempdir().unwrap();
    for name in ["b.json", "a.json", "a.json.sig", ".a.json", "c.txt"] {
        fs::write(home.path().join(name), "").unwrap();
    }
    let found = list(home.path(), ".json").unwrap();
    assert_eq!(found, [home.path().join("a.json"), home.path().join("b.json")]);
    assert_eq!(list(&home.path().join("none"), ".json").unwrap(), Vec::<PathBuf>::new());
    assert_eq!(list(&found[0], ".json").unwrap_err().code(), "unreadable-file");
}
