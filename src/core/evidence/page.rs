//! Owns the page that shows a run at a glance: one file, without script, without a network, to be
//! read on a screen or on paper. Must never let a text of a paper become markup.

use super::index::{Index, names};
use super::log_paper::PaperRow;
use super::manifest::Files;
use super::markup::{HEAD, Page, STYLE, escape};
use super::papers::Papers;
use super::run_record::RunRecord;
use serde_json::Value;
use std::fmt::Write as _;

/// The whole page.
#[must_use]
pub fn html(papers: &Papers, files: &Files) -> String {
    let mut page = Page(String::from(HEAD));
    let index = papers.index.clone().unwrap_or_else(|| Index::new("", "", ""));
    let title = format!("Run {} on {}", index.run_id, index.environment);
    page.raw(&format!(
        "<title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n",
        escape(&title)
    ));
    page.head(papers, &index);
    page.glance(papers, &index);
    page.timeline(papers);
    page.locks(papers);
    page.findings(papers);
    page.approval(papers);
    page.schema(files);
    page.log(papers);
    page.list(&index);
    page.raw("</body>\n</html>\n");
    page.0
}

/// A duration in milliseconds, of microseconds.
fn milliseconds(microseconds: i64) -> String {
    let whole = u64::try_from(microseconds).unwrap_or(0);
    format!("{}.{:03} ms", whole / 1000, whole % 1000)
}

impl Page {
    fn head(&mut self, papers: &Papers, index: &Index) {
        self.raw(&format!(
            "<h1>Migrations of {} <span class=\"faint\">{}</span></h1>\n",
            escape(&index.environment),
            escape(&index.database)
        ));
        let (class, verdict) = match &papers.run {
            None => ("bad", "no record of this run was kept".to_owned()),
            Some(RunRecord { finished: false, .. }) => {
                ("bad", "unfinished: its end was not seen".to_owned())
            }
            Some(run) => {
                let class = if run.exit_code == Some(0) { "good" } else { "bad" };
                let code = run.code.as_deref().unwrap_or("unknown");
                let number = run.exit_code.map(|it| format!(", exit {it}")).unwrap_or_default();
                (class, format!("{code}{number}"))
            }
        };
        let what = papers.run.as_ref().map(|run| {
            format!("{} applied, {} not applied", run.applied.len(), run.remaining.len())
        });
        self.raw(&format!(
            "<p><span class=\"verdict {class}\">{}</span> {}</p>\n",
            escape(&verdict),
            escape(&what.unwrap_or_default())
        ));
        if let Some(failed) = papers.run.as_ref().and_then(|run| run.failed.as_ref()) {
            let told = format!("{} ({}): {}", failed.finding, failed.subject, failed.message);
            self.raw(&format!("<pre class=\"bad\">{}</pre>\n", escape(&told)));
        }
        for trouble in papers.run.iter().flat_map(|run| &run.troubles) {
            self.raw(&format!("<p class=\"bad\">{}</p>\n", escape(trouble)));
        }
    }

    fn glance(&mut self, papers: &Papers, index: &Index) {
        self.section("At a glance");
        let run = papers.run.as_ref();
        let row = papers.log.as_ref().and_then(|log| log.rows.first());
        let backup = run.and_then(|run| run.backup.as_ref()).map(|it| {
            format!(
                "{}, {} bytes, {} tables, sha256:{}, by {}",
                it.path,
                it.bytes,
                it.tables,
                it.sha256.hex(),
                it.program
            )
        });
        let chain = papers.log.as_ref().map(|log| {
            let whole = if log.chain.whole { "whole" } else { "BROKEN" };
            format!("{whole}, {} rows when it was read at {}", log.chain.rows, log.read_at)
        });
        let plan = papers.plan.as_ref().map(|it| it.digest.to_string());
        self.facts(&[
            ("run", Some(index.run_id.clone())),
            ("plan", plan.or_else(|| run.map(|it| it.plan.to_string()))),
            ("who", run.map(who).or_else(|| row.map(who_of_row))),
            ("host", run.map(|it| it.actor.host.clone()).or_else(|| row.map(|it| it.host.clone()))),
            ("started", run.map(|it| it.started_at.clone())),
            ("finished", run.and_then(|it| it.finished_at.clone())),
            ("program", run.map(|it| format!("dreichor-migrate {}", it.tool_version))),
            (
                "server",
                run.and_then(|it| it.server_version.as_ref()).map(|it| format!("PostgreSQL {it}")),
            ),
            (
                "one transaction",
                run.map(|it| match it.asked.atomic.as_str() {
                    "plan" => "all migrations together".to_owned(),
                    _ => "each migration".to_owned(),
                }),
            ),
            (
                "approval",
                run.map(|it| {
                    it.approval.clone().unwrap_or_else(|| format!("none ({})", it.asked.approval))
                }),
            ),
            ("backup", backup.or_else(|| run.map(|it| format!("none ({})", it.asked.backup)))),
            ("chain of the log", chain),
        ]);
    }

    /// Bars by start and duration, drawn, because a background is not printed.
    fn timeline(&mut self, papers: &Papers) {
        self.section("Timeline");
        let rows: Vec<&PaperRow> = papers.log.iter().flat_map(|log| &log.rows).collect();
        let start = rows.iter().map(|row| row.started_at_us).min().unwrap_or(0);
        let end = rows.iter().map(|row| row.started_at_us.saturating_add(row.duration_us)).max();
        let Some(end) = end else { return self.note("nothing of this run is in the log") };
        let span = i128::from(end.saturating_sub(start).max(1));
        let place = |at: i64| i128::from(at.max(0)) * 560 / span;
        let mut drawn = String::new();
        for (number, row) in (0..).zip(&rows) {
            let top = number * 24;
            let left = place(row.started_at_us.saturating_sub(start));
            let width = place(row.duration_us).max(2);
            let (color, word) = match row.event.as_str() {
                "applied" => ("#2f7d43", "applied"),
                "baselined" => ("#456", "baselined"),
                other => ("#b23434", other),
            };
            let _infallible = writeln!(
                drawn,
                "<text x=\"0\" y=\"{}\">{}</text><rect x=\"{}\" y=\"{}\" width=\"{width}\" height=\"12\" fill=\"{color}\"/><text x=\"985\" y=\"{}\" text-anchor=\"end\">{} {}</text>",
                top + 14,
                escape(&short(&row.version)),
                260 + left,
                top + 4,
                top + 14,
                escape(word),
                milliseconds(row.duration_us)
            );
        }
        let height = rows.len() * 24 + 4;
        self.raw(&format!(
            "<svg viewBox=\"0 0 990 {height}\" role=\"img\" aria-label=\"migrations by start and duration\">\n{drawn}</svg>\n"
        ));
        let whole = milliseconds(end.saturating_sub(start));
        self.note(&format!("from the first start to the last end: {whole}"));
    }

    fn locks(&mut self, papers: &Papers) {
        self.section("Locks, as rehearsed");
        let Some(rehearsal) = papers.plan.as_ref().and_then(|plan| value(plan.rehearsal.as_ref()))
        else {
            return self.note("no rehearsal of this plan was kept");
        };
        let mut rows = Vec::new();
        for migration in list(&rehearsal, "migrations") {
            for statement in list(migration, "statements") {
                for lock in list(statement, "locks") {
                    let blocks: Vec<&str> =
                        list(lock, "blocks").iter().filter_map(Value::as_str).collect();
                    rows.push(vec![
                        format!("{}:{}", text(migration, "version"), text(statement, "line")),
                        text(lock, "mode"),
                        text(lock, "relation"),
                        blocks.join(", "),
                        format!("{} ms", text(statement, "duration_ms")),
                    ]);
                }
            }
        }
        if rows.is_empty() {
            self.note("no statement took a lock on a relation that was there before");
        } else {
            let head = ["statement", "lock", "on", "what waits for it", "on the twin"];
            self.table(&head, &rows);
        }
        self.note(
            "measured on a twin, not in this run; a lock is held until its migration commits",
        );
    }

    fn findings(&mut self, papers: &Papers) {
        self.section("Findings and waivers");
        let Some(lint) = papers.plan.as_ref().and_then(|plan| value(plan.lint.as_ref())) else {
            return self.note("what the policy found was not kept");
        };
        let row = |it: &Value, words: &str| {
            let at = format!("{}:{}", text(it, "file"), text(it, "line"));
            vec![at, text(it, "rule"), words.to_owned()]
        };
        let mut rows: Vec<Vec<String>> = list(&lint, "findings")
            .iter()
            .map(|it| row(it, &format!("{}: {}", text(it, "level"), text(it, "message"))))
            .collect();
        let waived = list(&lint, "waivers");
        rows.extend(waived.iter().map(|it| row(it, &format!("waived: {}", text(it, "reason")))));
        if rows.is_empty() {
            return self.note("nothing was found, and nothing was waived");
        }
        self.table(&["where", "rule", "what"], &rows);
    }

    fn approval(&mut self, papers: &Papers) {
        self.section("Approval");
        let Some((approval, statement)) = &papers.approval else {
            return self.note("there is no approval among these papers");
        };
        let planned = approval.planned_by.as_ref().map(|it| {
            let sudo = it.sudo_user.as_ref().map(|name| format!(" ({name} by sudo)"));
            format!("{}{} on {}", it.os_user, sudo.unwrap_or_default(), it.host)
        });
        self.facts(&[
            ("reference", Some(approval.reference.clone())),
            ("approved by", Some(approval.approver.clone())),
            ("from", Some(approval.approved_at.clone())),
            ("until", Some(approval.expires_at.clone())),
            ("planned by", planned),
            ("of the plan", Some(approval.plan.to_string())),
            ("statement", Some(statement.to_string())),
        ]);
        self.note("whether the signature is right is not shown here: the last section says how it is asked");
    }

    fn schema(&mut self, files: &Files) {
        self.section("What changed in the schema");
        match files.get(names::CHANGES) {
            None => self.note("the schema before and after was not kept"),
            Some(text) => {
                let lines: Vec<String> =
                    String::from_utf8_lossy(text).lines().map(str::to_owned).collect();
                if lines.is_empty() {
                    self.note("nothing that is compared: before and after are the same");
                } else {
                    self.items(&lines);
                }
            }
        }
    }

    fn log(&mut self, papers: &Papers) {
        self.section("Rows of the history log");
        let Some(log) = &papers.log else { return self.note("the log was not read") };
        let rows: Vec<Vec<String>> = log
            .rows
            .iter()
            .map(|row| {
                let failure = row.sqlstate.iter().chain(&row.message).cloned();
                vec![
                    row.sequence.to_string(),
                    row.event.clone(),
                    row.version.clone(),
                    row.started_at.clone(),
                    milliseconds(row.duration_us),
                    failure.collect::<Vec<String>>().join(" "),
                    row.row_hash.chars().take(16).collect(),
                ]
            })
            .collect();
        if rows.is_empty() {
            return self.note("this run left no row");
        }
        self.table(&["row", "event", "migration", "started", "took", "failure", "hash"], &rows);
    }

    fn list(&mut self, index: &Index) {
        self.section("Papers");
        let rows: Vec<Vec<String>> =
            index.files.iter().map(|it| vec![it.name.clone(), it.what.clone()]).collect();
        self.table(&["file", "what it is"], &rows);
        if !index.absent.is_empty() {
            self.section("Not here");
            let rows: Vec<Vec<String>> = index
                .absent
                .iter()
                .map(|it| vec![it.name.clone(), it.what.clone(), it.why.clone()])
                .collect();
            self.table(&["file", "what it would be", "why"], &rows);
        }
        self.section("Checked by hand");
        for command in &index.commands {
            let (shows, typed) = (escape(&command.shows), escape(&command.typed));
            self.raw(&format!("<p>{shows}</p>\n<pre>{typed}</pre>\n"));
        }
        self.note(&format!(
            "put together at {} by {} on {}, dreichor-migrate {}",
            index.exported_at, index.exported_by, index.exported_on, index.tool_version
        ));
    }
}

fn who(run: &RunRecord) -> String {
    let actor = &run.actor;
    let sudo = actor.sudo_user.as_ref().map(|it| format!(", called by {it}"));
    let unit = actor.unit.as_ref().map(|it| format!(", in {it}"));
    let role = &actor.database_role;
    format!(
        "{}{}{}, as {role} in the database",
        actor.os_user,
        sudo.unwrap_or_default(),
        unit.unwrap_or_default()
    )
}

fn who_of_row(row: &PaperRow) -> String {
    format!("{}, as {} in the database", row.os_user, row.database_role)
}

/// A name that fits beside the bars.
fn short(name: &str) -> String {
    const MOST: usize = 36;
    if name.chars().count() <= MOST {
        return name.to_owned();
    }
    let mut cut: String = name.chars().take(MOST - 1).collect();
    cut.push('…');
    cut
}

/// A paper inside another one, to be walked through.
fn value(paper: Option<&impl serde::Serialize>) -> Option<Value> {
    serde_json::to_value(paper?).ok()
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn text(value: &Value, name: &str) -> String {
    match value.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_markup() {
        assert_eq!(escape("<b a='\"'>&\n"), "&lt;b a=&#39;&quot;&#39;&gt;&amp;\n");
        assert_eq!(escape("a\u{202e}b\u{1b}"), "a\\u{202e}b\\u{1b}");
        assert_eq!(escape("größe"), "größe");
    }

    #[test]
    fn a_page_of_nothing_says_so() {
        let page = html(&Papers::default(), &Files::new());
        for told in ["no record of this run was kept", "nothing of this run is in the log"] {
            assert!(page.contains(told), "{told}");
        }
        assert!(
            !page.contains("<script") && !page.contains("http://") && !page.contains("https://")
        );
    }

    #[test]
    fn durations_are_told_in_milliseconds() {
        assert_eq!(milliseconds(1_234_567), "1234.567 ms");
        assert_eq!((milliseconds(0), milliseconds(-5)), ("0.000 ms".into(), "0.000 ms".into()));
    }
}
