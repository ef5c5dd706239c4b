//! Owns how plans and approvals are shown, to people and in JSON: what is approved, by whom, and what is to
//! be done next. Must never judge one.

use super::lint::write_remarks;
use super::paint::Paint;
use super::rehearsal::seal;
use crate::core::finding::{Explain, Finding};
use crate::core::rehearsal::Rehearsal;
use crate::core::report::UsedApproval;
use crate::core::review::approval::NAMESPACE;
use crate::core::review::plan_file::{PlanFile, Planner};
use crate::host::ssh_keygen::typed;
use crate::ops::approval::Standing;
use crate::ops::approve::{Belongs, Given};
use crate::ops::plan::Planned;
use serde_json::{Map, Value, json};

/// Why a plan is not approved; nothing where it is, or need not be.
fn objections(standing: &Standing) -> Vec<Finding> {
    match standing {
        Standing::NotNeeded | Standing::Approved(_) => Vec::new(),
        Standing::Refused(wanted, refused) => wanted.findings(refused),
        Standing::Unknown(fault) => vec![fault.finding()],
    }
}

/// How a plan stands under the environment's rule.
pub(super) fn standing(standing: &Standing) -> Value {
    let objections: Vec<Value> = objections(standing).iter().map(super::finding::written).collect();
    let approved = match standing {
        Standing::Approved(approved) => used(&approved.used()),
        _ => Value::Null,
    };
    json!({
        "required": !matches!(standing, Standing::NotNeeded),
        "given": approved,
        "objections": objections,
    })
}

/// The approval that lets a plan run.
pub(super) fn used(approval: &UsedApproval) -> Value {
    json!({
        "reference": approval.reference,
        "approver": approval.approver,
        "statement": approval.statement.to_string(),
        "expires_at": approval.expires_at,
        "path": approval.path,
    })
}

/// The members of the answer of `approve`.
pub(super) fn given(given: &Given) -> Map<String, Value> {
    let approval = &given.approval;
    let pending = given.plan.as_ref().map(|plan| -> Vec<Value> {
        let file = |it: &crate::core::review::plan_file::PendingFile| {
            json!({ "version": it.version, "sha256": it.sha256.hex(), "bytes": it.size })
        };
        plan.pending.iter().map(file).collect()
    });
    let members = [
        ("plan", json!(approval.plan.to_string())),
        ("plan_file", json!(approval.plan_file.map(|digest| digest.hex()))),
        ("database", json!(approval.database)),
        ("pending", json!(pending)),
        ("lint", json!(given.plan.as_ref().and_then(|plan| plan.lint.as_ref()))),
        ("rehearsal", json!(given.plan.as_ref().and_then(|plan| plan.rehearsal.as_ref()))),
        ("reference", json!(approval.reference)),
        ("approver", json!(approval.approver)),
        ("approved_at", json!(approval.approved_at)),
        ("expires_at", json!(approval.expires_at)),
        ("statement", json!(given.statement.to_string())),
        ("path", json!(given.path.display().to_string())),
        ("signature", json!(given.signature.as_ref().map(|path| path.display().to_string()))),
        ("sign_with", json!(sign_with(given))),
        ("verified", json!(given.verified)),
        ("notes", json!(given.notes)),
    ];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The command that signs what is not signed yet.
fn sign_with(given: &Given) -> Option<String> {
    given.signature.is_none().then(|| typed("KEY", NAMESPACE, &given.path))
}

pub(super) fn write_approval(out: &mut String, given: &Given, paint: Paint) {
    let approval = &given.approval;
    let mut line = |label: &str, text: &str| out.push_str(&format!("{label:<9} {text}\n"));
    line("for", &format!("{}, database {}", approval.environment, shown(&approval.database)));
    if let Some(plan) = &given.plan {
        for file in &plan.pending {
            line("pending", &format!("{:<50} {:>8} bytes", file.version, file.size));
            line("", &file.sha256.to_string());
        }
        line("planned", &format!("{} by {}", plan.planned_at, planner(&plan.planned_by)));
        for (label, text) in reports(plan) {
            line(label, &shown(&text));
        }
    }
    line("plan", &approval.plan.to_string());
    line("reference", &approval.reference);
    line("approver", &approval.approver);
    line("until", &approval.expires_at);
    line("statement", &given.path.display().to_string());
    match &given.signature {
        Some(path) => {
            let checked = if given.verified { ", checked" } else { "" };
            line("signature", &format!("{}{checked}", path.display()));
        }
        None => line("signature", "none yet"),
    }
    for note in &given.notes {
        out.push_str(&format!("{} {note}\n", paint.open("note:")));
    }
    let carry = match &given.belongs {
        Belongs::Here => None,
        Belongs::In(directory) => Some(format!("copy both files to '{}'", directory.display())),
        Belongs::OnItsHost => {
            Some("copy both files to the approvals of the environment, on its host".to_owned())
        }
    };
    let steps = [sign_with(given), carry, Some("apply".to_owned())];
    let next = steps.into_iter().flatten().collect::<Vec<_>>().join("; then ");
    out.push_str(&format!("{} {next}\n", paint.faint("next:")));
}

/// What policy and rehearsal say of the plan, a line for each finding.
fn reports(plan: &PlanFile) -> Vec<(&'static str, String)> {
    let mut out = Vec::new();
    let lint = plan.lint.as_ref();
    for it in lint.into_iter().flat_map(|lint| &lint.findings) {
        let text = format!("{}:{}: {}: {}", it.file, it.line, it.rule, it.message);
        out.push((it.level.word(), text));
    }
    for it in lint.into_iter().flat_map(|lint| &lint.waivers) {
        out.push(("waived", format!("{}:{}: {}: {}", it.file, it.line, it.rule, it.reason)));
    }
    if lint.is_some_and(|lint| lint.findings.is_empty() && lint.waivers.is_empty()) {
        out.push(("lint", "no warning, nothing waived".to_owned()));
    }
    let rehearsed = plan.rehearsal.as_ref().map(|it| {
        let (count, slowest) = (it.migrations.len(), slowest(it));
        format!("{}: {count} ended '{}', {}{slowest}", it.finished_at, it.end.code, seal(it.seal))
    });
    out.push(("rehearsed", rehearsed.unwrap_or_else(|| "no rehearsal of this plan".to_owned())));
    out
}

/// The migration of a rehearsal that took longest.
fn slowest(rehearsal: &Rehearsal) -> String {
    let timed = rehearsal.migrations.iter().filter_map(|it| Some((it.duration_ms?, &it.version)));
    timed.max_by(|a, b| a.0.total_cmp(&b.0)).map_or_else(String::new, |(duration, version)| {
        format!(", the longest '{version}' with {duration:.1} ms")
    })
}

fn planner(planner: &Planner) -> String {
    let sudo = planner.sudo_user.as_ref().map(|user| format!(" for {}", shown(user)));
    format!("{}{} on {}", shown(&planner.os_user), sudo.unwrap_or_default(), shown(&planner.host))
}

/// A text of a file that somebody else may have written, without what a terminal would obey.
fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\'' | '"' | '\\' => out.push(character),
            other => out.extend(other.escape_debug()),
        }
    }
    out
}

pub(super) fn write_plan(out: &mut String, planned: &Planned, environment: &str, paint: Paint) {
    let plan = &planned.plan;
    out.push_str(&format!("{} applied, {} pending\n", plan.applied, plan.pending.len()));
    for migration in &plan.pending {
        let name = paint.open(&format!("{:<50}", migration.version.as_str()));
        out.push_str(&format!("  pending  {name} {:>8} bytes\n", migration.size));
    }
    write_remarks(out, &plan.lint, paint);
    out.push_str(&format!("plan     {}\n", plan.digest));
    if let Some(path) = &planned.written {
        out.push_str(&format!("written  {}\n", path.display()));
    }
    if write_standing(out, planned, environment, paint) {
        out.push_str(&paint.faint(&format!(
            "next:    dreichor-migrate apply --env {environment} --plan {}",
            plan.digest
        )));
        out.push('\n');
    }
}

/// How the plan stands under the environment's rule; says whether it could be applied.
fn write_standing(out: &mut String, planned: &Planned, environment: &str, paint: Paint) -> bool {
    if let Standing::Approved(approved) = &planned.approval {
        out.push_str(&format!("approved {}\n", approved.used().line));
        return true;
    }
    let objections = objections(&planned.approval);
    if objections.is_empty() {
        return !planned.plan.pending.is_empty();
    }
    out.push_str(&format!("approved {}\n", paint.open("not yet")));
    let mut told: Vec<&str> = Vec::new();
    for finding in &objections {
        out.push_str(&format!(
            "  {} {}\n",
            paint.open(&format!("{}:", finding.code)),
            finding.message
        ));
        if !told.contains(&finding.remedy.as_str()) {
            told.push(&finding.remedy);
        }
    }
    match &planned.written {
        // The plan file is there already: what is left is to approve it.
        Some(path) => out.push_str(&paint.faint(&format!(
            "next:    dreichor-migrate approve --env {environment} --plan '{}' --reference TEXT --key KEY\n",
            path.display()
        ))),
        None => {
            for remedy in told {
                out.push_str(&paint.faint(&format!("next:    {remedy}\n")));
            }
        }
    }
    false
}
