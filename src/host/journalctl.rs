//! Owns asking journalctl(1) for the entries of one run. Must never keep a field that no reader of
//! evidence needs: what else an entry has of its process stays where it is.

use serde_json::{Map, Value};
use std::env;
use std::process::{Command, Stdio};

/// Fields beside our own that say who wrote an entry and when.
const KEPT: [&str; 8] = [
    "MESSAGE",
    "MESSAGE_ID",
    "PRIORITY",
    "SYSLOG_IDENTIFIER",
    "_HOSTNAME",
    "_PID",
    "_SYSTEMD_UNIT",
    "__REALTIME_TIMESTAMP",
];

/// The entries of a run, in the order of the journal.
///
/// # Errors
/// Why there are none.
pub fn entries(run_id: &str) -> Result<Vec<Map<String, Value>>, String> {
    let mut command = Command::new("journalctl");
    command
        .args(["--no-pager", "--quiet", "-o", "json"])
        .arg(format!("DREICHOR_RUN_ID={run_id}"))
        .env_clear()
        .envs(env::var_os("PATH").map(|path| ("PATH", path)))
        .env("LC_ALL", "C")
        .stdin(Stdio::null());
    let output = command.output().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => "journalctl is not installed here".to_owned(),
        _ => format!("journalctl cannot be started: {error}"),
    })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(format!("journalctl failed: {said}"));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let parsed: Option<Vec<Map<String, Value>>> =
        text.lines().map(|line| serde_json::from_str(line).ok()).collect();
    let Some(entries) = parsed else {
        return Err("journalctl did not write JSON".to_owned());
    };
    if entries.is_empty() {
        return Err(
            "the journal of this host has no entry of this run, or shows none to this user"
                .to_owned(),
        );
    }
    Ok(entries.into_iter().map(kept).collect())
}

fn kept(entry: Map<String, Value>) -> Map<String, Value> {
    let wanted = |name: &str| name.starts_with("DREICHOR_") || KEPT.contains(&name);
    entry.into_iter().filter(|(name, _)| wanted(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_reader_needs_is_kept() {
        let entry = serde_json::json!({
            "MESSAGE": "m", "_CMDLINE": "secret", "DREICHOR_PLAN": "p", "_EXE": "/x",
        });
        let Value::Object(entry) = entry else { return };
        let names: Vec<String> = kept(entry).keys().cloned().collect();
        assert_eq!(names, ["DREICHOR_PLAN", "MESSAGE"]);
    }
}
