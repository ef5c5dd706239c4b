//! Owns the plan: the pending migrations in order and the digest that pins them to one
//! environment, one database and one history. Must never run anything.

use crate::core::comparison::{Comparison, Difference};
use crate::core::digest::Digest;
use crate::core::history::History;
use crate::core::policy::lint::LintReport;
use crate::core::set::Migration;

/// What apply would do, in order, and its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The digest that `apply --plan` demands.
    pub digest: Digest,
    /// The pending migrations, in order.
    pub pending: Vec<Migration>,
    /// How many migrations the history already has.
    pub applied: usize,
    /// What the policy says of the pending ones; their bytes are in the digest.
    pub lint: LintReport,
}

/// A plan at whose files the policy has not looked yet; nothing can be done with it but that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnjudgedPlan {
    /// As in [`Plan`].
    pub digest: Digest,
    /// As in [`Plan`].
    pub pending: Vec<Migration>,
    /// As in [`Plan`].
    pub applied: usize,
}

impl UnjudgedPlan {
    /// The plan, with what the policy says of its pending files.
    #[must_use]
    pub fn judged(self, lint: LintReport) -> Plan {
        Plan { digest: self.digest, pending: self.pending, applied: self.applied, lint }
    }
}

/// The environment and the database that a plan is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target<'a> {
    /// The environment's name, for example `prod`.
    pub environment: &'a str,
    /// The database's name, for example `dreichor_prod`.
    pub database: &'a str,
}

/// Makes the plan, or says why there is none.
///
/// The digest covers the environment, the database, the applied history with its checksums
/// in order, and each pending name with the digest of its exact bytes: whatever of these
/// changes, the digest changes.
///
/// # Errors
/// Every contradiction between set and history; nothing can be planned over one.
pub fn make_plan(
    target: Target<'_>,
    history: &History,
    comparison: Comparison,
) -> Result<UnjudgedPlan, Vec<Difference>> {
    if !comparison.differences.is_empty() {
        return Err(comparison.differences);
    }
    let pending = comparison.pending;
    let digest = digest(target, history, &pending);
    Ok(UnjudgedPlan { digest, pending, applied: history.applied.len() })
}

fn digest(target: Target<'_>, history: &History, pending: &[Migration]) -> Digest {
    pin(
        target,
        history.applied.iter().map(|it| (&*it.version, it.digest)),
        pending.iter().map(|it| (it.version.as_str(), it.digest)),
    )
}

/// The digest of a plan whose facts stand somewhere else, for example in a plan file.
#[must_use]
pub fn pin<'a>(
    target: Target<'_>,
    applied: impl Iterator<Item = (&'a str, Option<Digest>)>,
    pending: impl Iterator<Item = (&'a str, Digest)>,
) -> Digest {
    // One line for each fact; names are quoted so that no name can pretend to be a line.
    let mut text = format!(
        "dreichor-migrate plan 1\nenvironment {:?}\ndatabase {:?}\n",
        target.environment, target.database
    );
    for (version, digest) in applied {
        let checksum = digest.map_or("none".to_owned(), |digest| digest.to_string());
        text.push_str(&format!("applied {version:?} {checksum}\n"));
    }
    for (version, digest) in pending {
        text.push_str(&format!("pending {version:?} {digest}\n"));
    }
    Digest::of(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::history::AppliedMigration;
    use crate::core::version::Version;

    const PROD: Target<'_> = Target { environment: "prod", database: "dreichor_prod" };

    fn plan(target: Target<'_>, rows: &[(&str, &str)], files: &[(&str, &str)]) -> Digest {
        let history = History {
            table_exists: true,
            log_exists: true,
            applied: rows
                .iter()
                .map(|(name, text)| AppliedMigration {
                    version: (*name).into(),
                    digest: Some(Digest::of(text.as_bytes())),
                })
                .collect(),
            ..History::default()
        };
        let pending = files
            .iter()
            .map(|(name, text)| Migration {
                version: Version::parse(name).unwrap(),
                digest: Digest::of(text.as_bytes()),
                size: 1,
            })
            .collect();
        make_plan(target, &history, Comparison { pending, differences: Vec::new() }).unwrap().digest
    }

    #[test]
    fn every_fact_is_in_the_digest() {
        let rows = [("001_a.sql", "a")];
        let files = [("002_b.sql", "b"), ("003_c.sql", "c")];
        let base = plan(PROD, &rows, &files);
        assert_eq!(base, plan(PROD, &rows, &files));
        let others = [
            plan(Target { environment: "dev", ..PROD }, &rows, &files),
            plan(Target { database: "dreichor_dev", ..PROD }, &rows, &files),
            plan(PROD, &[], &files),
            plan(PROD, &[("001_a.sql", "x")], &files),
            plan(PROD, &[("001_z.sql", "a")], &files),
            plan(PROD, &rows, &files[..1]),
            plan(PROD, &rows, &[("002_b.sql", "b"), ("003_c.sql", "c ")]),
            plan(PROD, &rows, &[("002_b.sql", "b"), ("003_d.sql", "c")]),
        ];
        for (at, other) in others.iter().enumerate() {
            assert_ne!(&base, other, "case {at}");
        }
    }

    #[test]
    fn no_plan_is_made_over_a_contradiction() {
        let differences = vec![Difference::Missing("001_a.sql".to_owned())];
        let comparison = Comparison { pending: Vec::new(), differences: differences.clone() };
        assert_eq!(make_plan(PROD, &History::default(), comparison), Err(differences));
    }
}
