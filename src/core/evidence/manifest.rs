//! Owns the manifest of an evidence directory: a digest for each file, in the form that
//! `sha256sum -c` reads. Must never list itself.

use crate::core::digest::Digest;
use std::collections::BTreeMap;

/// Its name.
pub const NAME: &str = "SHA256SUMS";

/// The files of an evidence directory, by name.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The text of the manifest of these files.
#[must_use]
pub fn text(files: &Files) -> String {
    let listed = files.iter().filter(|(name, _)| *name != NAME);
    listed.map(|(name, bytes)| format!("{}  {name}\n", Digest::of(bytes).hex())).collect()
}

/// What is wrong between a manifest and the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ManifestFault {
    /// There is none.
    Absent,
    /// A line is none of a manifest.
    Line(usize),
    /// A file is listed and not there.
    Missing(String),
    /// A file is there and not listed.
    Extra(String),
    /// A file has other bytes.
    Changed(String),
}

/// Compares the manifest with the files: all of them, and each byte.
#[must_use]
pub fn compare(files: &Files) -> Vec<ManifestFault> {
    let Some(text) = files.get(NAME) else { return vec![ManifestFault::Absent] };
    let text = String::from_utf8_lossy(text);
    let mut faults = Vec::new();
    let mut listed = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        match line.split_once("  ").and_then(|(sum, name)| Some((Digest::parse(sum)?, name))) {
            None => faults.push(ManifestFault::Line(number)),
            Some((sum, name)) => {
                listed.push(name.to_owned());
                match files.get(name) {
                    None => faults.push(ManifestFault::Missing(name.to_owned())),
                    Some(bytes) if Digest::of(bytes) != sum => {
                        faults.push(ManifestFault::Changed(name.to_owned()));
                    }
                    Some(_) => {}
                }
            }
        }
    }
    let extra = files.keys().filter(|name| *name != NAME && !listed.contains(name));
    faults.extend(extra.cloned().map(ManifestFault::Extra));
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(pairs: &[(&str, &str)]) -> Files {
        let mut files: Files = pairs
            .iter()
            .map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()))
            .collect();
        let text = text(&files);
        files.insert(NAME.to_owned(), text.into_bytes());
        files
    }

    #[test]
    fn what_is_as_it_was_written_has_no_fault() {
        let all = files(&[("b", "2"), ("a", "1")]);
        assert_eq!(compare(&all), []);
        let text = String::from_utf8(all[NAME].clone()).unwrap();
        assert_eq!(
            text.lines().map(|it| it.to_owned().split_off(64)).collect::<Vec<_>>(),
            ["  a", "  b"]
        );
    }

    #[test]
    fn every_change_is_found() {
        let base = files(&[("a", "1"), ("b", "2")]);
        let with = |change: &dyn Fn(&mut Files)| {
            let mut changed = base.clone();
            change(&mut changed);
            compare(&changed)
        };
        assert_eq!(with(&|it| drop(it.remove("a"))), [ManifestFault::Missing("a".to_owned())]);
        let extra = ManifestFault::Extra("c".to_owned());
        assert_eq!(with(&|it| drop(it.insert("c".to_owned(), Vec::new()))), [extra]);
        let changed = ManifestFault::Changed("b".to_owned());
        assert_eq!(with(&|it| drop(it.insert("b".to_owned(), b"3".to_vec()))), [changed]);
        assert_eq!(with(&|it| drop(it.remove(NAME))), [ManifestFault::Absent]);
        let broken = with(&|it| drop(it.insert(NAME.to_owned(), b"x  a\n".to_vec())));
        assert_eq!(broken.first(), Some(&ManifestFault::Line(1)));
        assert_eq!(broken.len(), 3, "{broken:?}");
    }
}
