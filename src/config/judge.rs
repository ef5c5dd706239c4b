//! Owns how single values of `migrate.toml` are judged: paths, words, limits. Must never read a
//! file.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::duration;
use super::fault::Problem;
use super::name::NameFault;
use super::written::{Field, Misplaced, Placed};
use crate::core::place::Place;

/// Goes over what was written and collects what cannot be accepted. A value that it reports
/// is replaced by a harmless one so that judging can go on; nothing of it is ever given out.
pub(super) struct Judge<'p> {
    /// Where relative paths start.
    pub(super) home: &'p Path,
    pub(super) problems: Vec<Misplaced>,
}

impl Judge<'_> {
    pub(super) fn report(&mut self, place: Place, problem: Problem) {
        self.problems.push(Placed { value: problem, place });
    }

    pub(super) fn path(&mut self, key: String, field: Field<String>) -> Option<PathBuf> {
        let Field::Given(Placed { value, place }) = field else { return None };
        let fault = if value.is_empty() {
            Some(NameFault::Empty)
        } else if value.contains(char::is_control) {
            Some(NameFault::Control)
        } else if value.contains("://") {
            Some(NameFault::Url)
        } else {
            None
        };
        if let Some(fault) = fault {
            self.report(place, Problem::Name { key, fault });
        }
        Some(self.home.join(value))
    }

    pub(super) fn choice<T: Copy>(
        &mut self,
        key: String,
        field: Field<String>,
        (words, meanings): (&'static [&'static str], &[T]),
        default: T,
    ) -> T {
        let Field::Given(Placed { value, place }) = field else { return default };
        match words.iter().zip(meanings).find(|(word, _)| **word == value) {
            Some((_, meaning)) => *meaning,
            None => {
                self.report(place, Problem::Choice { key, allowed: words });
                default
            }
        }
    }

    pub(super) fn limit(
        &mut self,
        key: String,
        field: Field<String>,
        default: Option<Duration>,
    ) -> Option<Duration> {
        let Field::Given(Placed { value, place }) = field else { return default };
        match duration::parse(&value) {
            Ok(limit) => Some(limit).filter(|limit| !limit.is_zero()),
            Err(fault) => {
                self.report(place, Problem::Duration { key, fault });
                default
            }
        }
    }
}
