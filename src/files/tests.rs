//! Owns the cases of the migration directory. Must never need more than a temporary one.

use super::*;
use proptest::prelude::*;

fn listed(directory: &Path) -> Vec<(String, Found)> {
    let mut found: Vec<_> =
        list(directory).unwrap().into_iter().map(|file| (file.name, file.content)).collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

#[test]
fn kinds_are_told_apart_and_nothing_is_waited_for() {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name);
    fs::write(path("001_a.sql"), "select 1;").unwrap();
    fs::create_dir(path("002_d.sql")).unwrap();
    nix::unistd::mkfifo(&path("003_f.sql"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", path("004_out.sql")).unwrap();
    std::os::unix::fs::symlink("001_a.sql", path("005_in.sql")).unwrap();
    std::os::unix::fs::symlink("nowhere", path("006_gone.sql")).unwrap();
    fs::write(path("007_bom.sql"), b"\xef\xbb\xbfselect 1;").unwrap();
    fs::write(path("README.md"), "read").unwrap();
    let found = listed(home.path());
    let digest = Digest::of(b"select 1;");
    let whole = Found::File { digest, size: 9, not_utf8_at: None, byte_order_mark: false };
    assert_eq!(found[0], ("001_a.sql".into(), whole.clone()));
    assert_eq!(found[1].1, Found::NotAFile);
    assert_eq!(found[2].1, Found::NotAFile);
    assert_eq!(found[3].1, Found::LinkOut);
    assert_eq!(found[4].1, whole);
    assert!(matches!(found[5].1, Found::Unreadable(_)));
    assert!(matches!(found[6].1, Found::File { byte_order_mark: true, .. }));
    assert_eq!(found.len(), 7);
}

#[test]
fn a_changed_file_is_not_read_as_the_planned_one() {
    let home = tempfile::tempdir().unwrap();
    let version = Version::parse("001_a.sql").unwrap();
    create(home.path(), &version, "select 1;").unwrap();
    let planned = Digest::of(b"select 1;");
    assert_eq!(read_planned(home.path(), &version, &planned).unwrap(), "select 1;");
    fs::write(home.path().join("001_a.sql"), "select 2;").unwrap();
    let fault = read_planned(home.path(), &version, &planned).unwrap_err();
    assert_eq!(fault.code(), "file-changed");
}

#[test]
fn a_new_migration_never_overwrites() {
    let home = tempfile::tempdir().unwrap();
    let version = Version::parse("001_a.sql").unwrap();
    create(home.path(), &version, "select 1;").unwrap();
    assert!(create(home.path(), &version, "select 2;").is_err());
    assert_eq!(read(home.path(), &version).unwrap(), b"select 1;");
}

proptest! {
    #[test]
    fn text_is_checked_the_same_in_pieces_as_whole(
        bytes in proptest::collection::vec(prop_oneof![any::<u8>(), Just(0xe2), Just(0x98), Just(0x83), Just(b'a')], 0..40),
        cuts in proptest::collection::vec(1usize..7, 1..12),
    ) {
        let whole = std::str::from_utf8(&bytes).err().map(|error| error.valid_up_to() as u64);
        let mut check = TextCheck::default();
        let (mut at, mut turn) = (0, 0);
        while at < bytes.len() {
            let end = (at + cuts[turn % cuts.len()]).min(bytes.len());
            check.take(&bytes[at..end], at as u64);
            (at, turn) = (end, turn + 1);
        }
        prop_assert_eq!(check.finish(bytes.len() as u64), whole);
    }
}
