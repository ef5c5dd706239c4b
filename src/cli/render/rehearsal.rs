//! Owns the text of a rehearsal for people: each statement with its time and its worst lock, what
//! the plan changes, and whether that is what is sealed. Must never show an estimate, or the time
//! of empty tables, as a measurement of production.

use super::paint::Paint;
use super::run::write_end;
use crate::core::rehearsal::{
    Data, Ground, Rehearsal, RehearsedMigration, RehearsedStatement, SealAnswer, Source,
};
use crate::core::report::RunEnd;
use crate::ops::rehearse::{Found, Rehearsed};

/// Columns of a terminal.
const WIDTH: usize = 80;

/// The end of a migration is told where it takes longer than this.
const NOTABLE: f64 = 10.0;

/// Before what is told of a statement.
const MARGIN: &str = "       ";

/// So many lines of one list are shown; the report has all.
const SHOWN: usize = 20;

pub(super) fn write_rehearsal(
    out: &mut String,
    rehearsed: &Rehearsed,
    environment: &str,
    paint: Paint,
) {
    let Some(found) = &rehearsed.found else {
        out.push_str("nothing is pending, so there is nothing to rehearse\n");
        out.push_str(&format!("plan     {}\n", rehearsed.plan.digest));
        return;
    };
    let paper = &found.paper;
    wrapped(out, "", &format!("{} on {}", what(paper), ground(paper)));
    wrapped(out, "", &durations(paper.data));
    listed(out, "the twin differs from the environment", &paper.twin_differs, paint);
    for migration in &paper.migrations {
        out.push('\n');
        write_migration(out, migration, paint);
    }
    out.push('\n');
    listed(out, "one by one the statements came to another end", &paper.statements_differ, paint);
    write_outcome(out, found, environment, paint);
    for path in &rehearsed.written {
        out.push_str(&format!("report   {}\n", path.display()));
    }
    out.push_str(&format!("plan     {}\n", paper.plan));
}

/// One sentence for the log.
pub(super) fn summary_of_rehearsal(rehearsed: &Rehearsed) -> String {
    match &rehearsed.found {
        None => "nothing is pending".to_owned(),
        Some(found) => format!(
            "{} rehearsed, {}, plan {}",
            found.paper.migrations.len(),
            seal(found.paper.seal),
            found.paper.plan
        ),
    }
}

fn what(paper: &Rehearsal) -> String {
    let made = match paper.twin {
        Source::Dump => "a dump of its structure",
        Source::Seal => "its applied migrations, as sealed",
        Source::Set => "its applied migrations",
        Source::Copy => "the copy that was provided",
    };
    format!("rehearsed on a twin of '{}', made of {made},", paper.database)
}

fn ground(paper: &Rehearsal) -> String {
    let server = &paper.server;
    match paper.scratch {
        Ground::Throwaway => format!("a throwaway PostgreSQL {server}"),
        Ground::Named => format!("the named server, for a PostgreSQL {server}"),
    }
}

fn durations(data: Data) -> String {
    match data {
        Data::None => "durations are those of empty tables".to_owned(),
        Data::Full => "durations are those of a copy with all rows".to_owned(),
        Data::Fraction(part) => format!(
            "durations are those of a copy with {part} of the rows; '~' is an estimate for all of them"
        ),
    }
}

fn write_migration(out: &mut String, migration: &RehearsedMigration, paint: Paint) {
    let took = match migration.duration_ms {
        Some(took) => milliseconds(took),
        None => paint.bad("not applied"),
    };
    out.push_str(&format!("{}  {took}\n", paint.open(&migration.version)));
    for statement in &migration.statements {
        write_statement(out, statement, paint);
    }
    if let Some(took) = migration.ending_ms.filter(|took| *took >= NOTABLE) {
        let text = "its end: deferred constraints and the commit";
        out.push_str(&format!("       {text:<60}{:>13}\n", milliseconds(took)));
    }
    if let Some(why) = &migration.failure {
        wrapped(out, "  ", &format!("{} {why}", paint.bad("failed:")));
    }
}

fn write_statement(out: &mut String, statement: &RehearsedStatement, paint: Paint) {
    let mut took = milliseconds(statement.duration_ms);
    if let Some(estimate) = statement.estimated_ms {
        took = format!("{took} ~{}", milliseconds(estimate));
    }
    let line = format!("{:>5}  ", statement.line);
    let room = WIDTH.saturating_sub(line.chars().count() + took.chars().count() + 2);
    let text = shortened(&statement.text, room);
    out.push_str(&format!("{line}{text:<room$}  {took}\n"));
    let worst = statement.worst_locks();
    if let Some(first) = worst.first() {
        let relations: Vec<&str> = worst.iter().map(|it| it.relation.as_str()).collect();
        let blocks = paint.open(&format!("blocks {}", first.mode.blocks_shortly()));
        wrapped(out, MARGIN, &format!("{blocks} of {}", relations.join(", ")));
    }
    for (word, names) in [
        ("rewrote", &statement.rewrote),
        ("scanned", &statement.scanned),
        ("made", &statement.made),
        ("changed", &statement.changed),
        ("dropped", &statement.dropped),
    ] {
        if !names.is_empty() {
            wrapped(out, MARGIN, &format!("{word} {}", names.join(", ")));
        }
    }
}

fn write_outcome(out: &mut String, found: &Found, environment: &str, paint: Paint) {
    let paper = &found.paper;
    let mut next = None;
    if found.run.end == RunEnd::Completed {
        listed(out, "the plan changes", &paper.changes, paint);
        if paper.changes.is_empty() {
            out.push_str("the plan changes nothing of the schema\n");
        }
    } else {
        let _of_apply = write_end(out, &found.run.end, paint);
        next = Some(match found.run.end {
            RunEnd::Failed(_) => "correct the file, which was never applied, then rehearse again",
            _ => "see what ended it, then rehearse again",
        });
        wrapped(
            out,
            "",
            &format!("that was the rehearsal: nothing in '{environment}' was touched"),
        );
    }
    let word = match paper.seal {
        SealAnswer::Equal => paint.good(seal(paper.seal)),
        SealAnswer::Differs => paint.bad(seal(paper.seal)),
        SealAnswer::NotSealed | SealAnswer::NotReached => seal(paper.seal).to_owned(),
    };
    out.push_str(&format!("seal     {word}\n"));
    listed(
        out,
        "expected is what is sealed, found what the plan makes",
        &paper.seal_differs,
        paint,
    );
    if paper.seal == SealAnswer::Differs {
        next = Some(
            "find out what the environment has besides: dreichor-migrate verify; or seal again if the set was not released",
        );
    }
    if let Some(next) = next {
        wrapped(out, "", &format!("next:    {next}"));
    }
}

pub(super) fn seal(answer: SealAnswer) -> &'static str {
    match answer {
        SealAnswer::Equal => "the schema is the sealed one",
        SealAnswer::Differs => "the schema is not the sealed one",
        SealAnswer::NotSealed => "the newest version is not sealed",
        SealAnswer::NotReached => "the plan did not come to its end",
    }
}

fn listed(out: &mut String, title: &str, lines: &[String], paint: Paint) {
    if lines.is_empty() {
        return;
    }
    out.push_str(&format!("{}:\n", paint.open(title)));
    for line in lines.iter().take(SHOWN) {
        wrapped(out, "  ", line);
    }
    if lines.len() > SHOWN {
        out.push_str(&format!("  and {} more, which the report has\n", lines.len() - SHOWN));
    }
}

/// Words in lines of a terminal's width, each after the same margin. Colours take no columns.
fn wrapped(out: &mut String, margin: &str, text: &str) {
    let mut width = margin.len();
    out.push_str(margin);
    for (at, word) in text.split(' ').enumerate() {
        let columns = visible(word);
        if at > 0 && width + 1 + columns > WIDTH {
            out.push_str(&format!("\n{margin}  "));
            width = margin.len() + 2;
        } else if at > 0 {
            out.push(' ');
            width += 1;
        }
        out.push_str(word);
        width += columns;
    }
    out.push('\n');
}

/// Characters without the escape sequences of colours.
fn visible(word: &str) -> usize {
    let mut count = 0;
    let mut hidden = false;
    for character in word.chars() {
        match (hidden, character) {
            (false, '\x1b') => hidden = true,
            (true, 'm') => hidden = false,
            (true, _) => {}
            (false, _) => count += 1,
        }
    }
    count
}

fn shortened(text: &str, room: usize) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    if text.chars().count() <= room {
        return text.chars().map(plain).collect();
    }
    let kept = room.saturating_sub(1);
    text.chars().map(plain).take(kept).chain(['…']).collect()
}

fn milliseconds(value: f64) -> String {
    if value >= 10_000.0 { format!("{:.1} s", value / 1000.0) } else { format!("{value:.1} ms") }
}
