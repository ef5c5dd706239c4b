//! Owns what an environment asks of its migrations beside the rules themselves. Must never be read
//! from a file here: the configuration is a floor above.

use super::profile::Profile;

/// By what a set is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// The profile.
    pub profile: Profile,
    /// Tables that nothing may destroy or reinterpret, with their schema or without.
    pub protected_tables: Vec<String>,
    /// Where names without a schema are looked for; new objects go to the first.
    pub search_path: Vec<String>,
    /// Which tables hold no rows yet.
    pub new: New,
}

/// Which tables are empty by construction, so that locks and rewrites of them cost nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum New {
    /// Those that the same file made: all that is certain where no database is asked.
    InFile,
    /// Those that a pending file made: a plan creates them.
    InPlan,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            profile: Profile::Strict,
            protected_tables: vec!["audit_events".to_owned(), "snapshots".to_owned()],
            search_path: vec!["public".to_owned()],
            new: New::InFile,
        }
    }
}
