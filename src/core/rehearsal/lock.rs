//! Owns PostgreSQL's eight table-level lock modes: which of them wait for each other, and which
//! statements wait while one is held (PostgreSQL manual, "Table-Level Locks"). Must never say of a
//! mode what the manual's conflict table does not.

use serde::{Deserialize, Serialize};

/// A mode, from the weakest to the strongest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Mode {
    /// What a `SELECT` takes.
    #[serde(rename = "ACCESS SHARE")]
    AccessShare,
    /// What `SELECT … FOR UPDATE` and the check of a foreign key take.
    #[serde(rename = "ROW SHARE")]
    RowShare,
    /// What `INSERT`, `UPDATE` and `DELETE` take.
    #[serde(rename = "ROW EXCLUSIVE")]
    RowExclusive,
    /// What `VACUUM`, `ANALYZE` and `VALIDATE CONSTRAINT` take.
    #[serde(rename = "SHARE UPDATE EXCLUSIVE")]
    ShareUpdateExclusive,
    /// What `CREATE INDEX` takes.
    #[serde(rename = "SHARE")]
    Share,
    /// What `CREATE TRIGGER` and a new foreign key take.
    #[serde(rename = "SHARE ROW EXCLUSIVE")]
    ShareRowExclusive,
    /// What `REFRESH MATERIALIZED VIEW CONCURRENTLY` takes.
    #[serde(rename = "EXCLUSIVE")]
    Exclusive,
    /// What `DROP`, `TRUNCATE` and most forms of `ALTER TABLE` take.
    #[serde(rename = "ACCESS EXCLUSIVE")]
    AccessExclusive,
}

use Mode::{
    AccessExclusive, AccessShare, Exclusive, RowExclusive, RowShare, Share, ShareRowExclusive,
    ShareUpdateExclusive,
};

/// What other sessions do to a relation, by the mode that it takes.
const DEEDS: [(Mode, &str); 8] = [
    (AccessShare, "reads"),
    (RowShare, "row locks"),
    (RowExclusive, "writes"),
    (ShareUpdateExclusive, "maintenance"),
    (Share, "index builds"),
    (ShareRowExclusive, "new triggers and foreign keys"),
    (Exclusive, "concurrent refreshes"),
    (AccessExclusive, "other DDL"),
];

impl Mode {
    /// All of them, from the weakest to the strongest.
    pub const ALL: [Self; 8] = [
        AccessShare,
        RowShare,
        RowExclusive,
        ShareUpdateExclusive,
        Share,
        ShareRowExclusive,
        Exclusive,
        AccessExclusive,
    ];

    /// The mode that `pg_locks` calls so, for example `AccessShareLock`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name.strip_suffix("Lock")? {
            "AccessShare" => AccessShare,
            "RowShare" => RowShare,
            "RowExclusive" => RowExclusive,
            "ShareUpdateExclusive" => ShareUpdateExclusive,
            "Share" => Share,
            "ShareRowExclusive" => ShareRowExclusive,
            "Exclusive" => Exclusive,
            "AccessExclusive" => AccessExclusive,
            _ => return None,
        })
    }

    /// As `LOCK TABLE` has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            AccessShare => "ACCESS SHARE",
            RowShare => "ROW SHARE",
            RowExclusive => "ROW EXCLUSIVE",
            ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            Share => "SHARE",
            ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            Exclusive => "EXCLUSIVE",
            AccessExclusive => "ACCESS EXCLUSIVE",
        }
    }

    /// Whether one session that wants the other mode waits for another one that has this.
    #[must_use]
    pub fn conflicts_with(self, other: Self) -> bool {
        // From one mode on all stronger ones wait, but that index builds let each other be.
        match (self, other) {
            (Share, Share) => false,
            (AccessShare, other) => other >= AccessExclusive,
            (RowShare, other) => other >= Exclusive,
            (RowExclusive, other) => other >= Share,
            (ShareUpdateExclusive, other) => other >= ShareUpdateExclusive,
            (Share | ShareRowExclusive, other) => other >= RowExclusive,
            (Exclusive, other) => other >= RowShare,
            (AccessExclusive, _) => true,
        }
    }

    /// What of other sessions waits while this mode is held.
    #[must_use]
    pub fn blocks(self) -> Vec<String> {
        let waiting = DEEDS.iter().filter(|(mode, _)| self.conflicts_with(*mode));
        waiting.map(|(_, deed)| (*deed).to_owned()).collect()
    }

    /// The same in few words: what a service notices first.
    #[must_use]
    pub fn blocks_shortly(self) -> &'static str {
        match self {
            AccessExclusive => "reads and writes",
            Exclusive => "writes and row locks",
            ShareRowExclusive | Share => "writes",
            ShareUpdateExclusive => "maintenance and DDL",
            RowExclusive => "index builds and DDL",
            RowShare | AccessShare => "DDL",
        }
    }
}
