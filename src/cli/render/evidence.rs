//! Owns how evidence is told, for people and as JSON. Must never leave out what is missing.

use super::paint::Paint;
use crate::ops::evidence::{Checked, Exported};
use serde_json::{Map, Value, json};

/// What was written, and what is not in it.
pub(super) fn write_exported(out: &mut String, exported: &Exported, paint: Paint) {
    let good = paint.good("exported");
    out.push_str(&format!("{good}: {} files of run {}\n", exported.files, exported.run_id));
    out.push_str(&format!("into     {}\n", exported.directory.display()));
    if let Some(archive) = &exported.archive {
        out.push_str(&format!("and      {}\n", archive.display()));
    }
    out.push_str(&format!("manifest {}\n", exported.manifest));
    if !exported.absent.is_empty() {
        out.push_str("not in it:\n");
        for absent in &exported.absent {
            out.push_str(&format!("  {:<20} {}\n", absent.name, absent.why));
        }
    }
    let next =
        format!("next:    dreichor-migrate evidence --verify {}", exported.directory.display());
    out.push_str(&format!("{}\n", paint.faint(&next)));
}

/// What was checked; what is wrong is told by the findings.
pub(super) fn write_checked(out: &mut String, checked: &Checked, paint: Paint) {
    if let Some(index) = &checked.verified.index {
        out.push_str(&format!(
            "run {} on {} ({})\n",
            index.run_id, index.environment, index.database
        ));
    }
    for what in &checked.verified.checked {
        out.push_str(&format!("  {} {what}\n", paint.good("so:")));
    }
    for absent in checked.verified.index.iter().flat_map(|index| &index.absent) {
        out.push_str(&format!("  {} {}: {}\n", paint.open("not in it:"), absent.name, absent.why));
    }
    if let Some(manifest) = &checked.manifest {
        out.push_str(&format!("manifest {manifest}\n"));
    }
    if checked.findings().is_empty() {
        out.push_str(&format!("{}: nothing contradicts\n", paint.good("verified")));
    }
}

/// The members of what was written.
pub(super) fn exported(exported: &Exported) -> Map<String, Value> {
    let absent: Vec<Value> = exported
        .absent
        .iter()
        .map(|it| json!({ "name": it.name, "what": it.what, "why": it.why }))
        .collect();
    let members = [
        ("run_id", json!(exported.run_id)),
        ("path", json!(exported.directory.display().to_string())),
        ("archive", json!(exported.archive.as_ref().map(|it| it.display().to_string()))),
        ("files", json!(exported.files)),
        ("manifest", json!(exported.manifest.to_string())),
        ("absent", Value::from(absent)),
    ];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The members of what was checked.
pub(super) fn checked(checked: &Checked) -> Map<String, Value> {
    let index = checked.verified.index.as_ref();
    let absent = index.map(|it| {
        it.absent
            .iter()
            .map(|it| json!({ "name": it.name, "what": it.what, "why": it.why }))
            .collect::<Vec<Value>>()
    });
    let members = [
        ("run_id", json!(index.map(|it| &it.run_id))),
        ("checked", json!(checked.verified.checked)),
        ("manifest", json!(checked.manifest.map(|it| it.to_string()))),
        ("absent", Value::from(absent.unwrap_or_default())),
    ];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
