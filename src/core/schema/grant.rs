//! Owns what privileges become: one attribute for each role of the environment, and notes for
//! the rest. Must never know the name of a role that has a function here.

use super::key::Key;
use std::collections::BTreeMap;

/// Attributes of privileges written as `WHO PRIVILEGE`, where `WHO` is `PUBLIC`, `owner`,
/// `migrator`, `runtime` or `role NAME`, and `*` after the privilege says that it may be passed on.
pub(super) fn attributes(grants: &[impl AsRef<str>]) -> Vec<(Key, Box<str>)> {
    let mut found: BTreeMap<Key, Vec<&str>> = BTreeMap::new();
    for grant in grants.iter().map(AsRef::as_ref) {
        let (who, privilege) = grant.rsplit_once(' ').unwrap_or((grant, ""));
        // Servers before 17 do not know it, so that GRANT ALL would not mean the same everywhere.
        let (key, value) = if privilege.trim_end_matches('*') == "MAINTAIN" {
            (Key::GrantMaintain, grant)
        } else {
            match who {
                "PUBLIC" => (Key::GrantPublic, privilege),
                "owner" => (Key::GrantOwner, privilege),
                "migrator" => (Key::GrantMigrator, privilege),
                "runtime" => (Key::GrantRuntime, privilege),
                _ => (Key::GrantOther, grant),
            }
        };
        found.entry(key).or_default().push(value);
    }
    let join = |mut values: Vec<&str>| {
        values.sort_unstable();
        values.dedup();
        values.join(", ").into_boxed_str()
    };
    found.into_iter().map(|(key, values)| (key, join(values))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_of_the_environment_count_and_the_others_are_noted() {
        let grants = [
            "runtime SELECT",
            "role o'dd one SELECT",
            "runtime INSERT*",
            "PUBLIC USAGE",
            "owner MAINTAIN",
        ];
        let found = attributes(&grants);
        let found: Vec<(Key, &str)> = found.iter().map(|(key, value)| (*key, &**value)).collect();
        let expected = [
            (Key::GrantPublic, "USAGE"),
            (Key::GrantRuntime, "INSERT*, SELECT"),
            (Key::GrantOther, "role o'dd one SELECT"),
            (Key::GrantMaintain, "owner MAINTAIN"),
        ];
        assert_eq!(found, expected);
    }
}
