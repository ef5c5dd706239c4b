//! Owns the finding of code inside string constants: bodies of `DO`, of functions and
//! procedures, and the text of `EXECUTE` within them. Must never judge it.
//!
//! Source: PostgreSQL manual, "DO", "CREATE FUNCTION", "PL/pgSQL: Executing Dynamic
//! Commands".

use super::lexer::Kind;
use super::script::{Run, Script};

/// How deep `EXECUTE` inside `EXECUTE` is followed.
const DEEPEST: usize = 8;

/// When the code of a body runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// With the migration.
    Now,
    /// When somebody calls it.
    Later,
}

/// What language a body is in, as far as the rules can tell languages apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    /// Commands between block words.
    Plpgsql,
    /// Commands one after another.
    Sql,
    /// Anything else: its words can be seen, its structure cannot.
    Foreign,
}

/// Code in a string constant.
#[derive(Debug)]
pub(super) struct Body<'a> {
    /// When it runs.
    pub(super) when: When,
    /// Its language.
    pub(super) language: Language,
    /// Its text, outermost quotes taken off.
    pub(super) script: Script<'a>,
}

impl Body<'_> {
    /// Its commands in order.
    pub(super) fn commands(&self) -> Vec<Run<'_>> {
        match self.language {
            Language::Plpgsql => block_commands(self.script.whole()),
            Language::Sql => self.script.whole().commands(),
            Language::Foreign => Vec::new(),
        }
    }
}

/// All bodies that a statement holds.
pub(super) fn bodies(statement: Run<'_>) -> Vec<Body<'static>> {
    let mut bodies = Vec::new();
    if statement.is(0, "do") {
        let language = language(statement, Language::Plpgsql);
        for at in 1..statement.len() {
            if !statement.is(at - 1, "language") {
                take(statement, at, When::Now, language, 0, &mut bodies);
            }
        }
    } else if is_routine(statement) {
        let language = language(statement, Language::Sql);
        let body = statement.outside_brackets().find(|at| statement.is(*at, "as"));
        if let Some(at) = body {
            take(statement, at + 1, When::Later, language, 0, &mut bodies);
        }
    }
    bodies
}

/// True for `CREATE [OR REPLACE] FUNCTION` and `… PROCEDURE`.
pub(super) fn is_routine(statement: Run<'_>) -> bool {
    let at = if statement.follows(1, &["or", "replace"]) { 3 } else { 1 };
    statement.is(0, "create") && statement.is_any(at, &["function", "procedure"])
}

/// The name after `LANGUAGE`, outside brackets.
fn language(statement: Run<'_>, default: Language) -> Language {
    let Some(at) = statement.outside_brackets().find(|at| statement.is(*at, "language")) else {
        return default;
    };
    let text = statement.text(at + 1).map(|(text, _)| text);
    match text.or_else(|| statement.name(at + 1).map(std::borrow::Cow::into_owned)) {
        Some(name) if name == "plpgsql" => Language::Plpgsql,
        Some(name) if name == "sql" => Language::Sql,
        _ => Language::Foreign,
    }
}

/// Takes the string constant at a position, if it is one, and what it executes in turn.
fn take(
    run: Run<'_>,
    at: usize,
    when: When,
    language: Language,
    depth: usize,
    bodies: &mut Vec<Body<'static>>,
) {
    let Some((text, origin)) = run.text(at) else { return };
    let script = Script::of_body(text, origin, false);
    // A statement before may have set standard_conforming_strings to off: where that makes
    // a difference, the body is judged in both readings.
    let other_reading = script.tokens.iter().any(|token| {
        token.kind == Kind::Text
            && script.text.get(token.start..token.end).unwrap_or_default().contains('\\')
    });
    if other_reading && let Some((text, origin)) = run.text(at) {
        keep(Body { when, language, script: Script::of_body(text, origin, true) }, depth, bodies);
    }
    keep(Body { when, language, script }, depth, bodies);
}

fn keep(body: Body<'static>, depth: usize, bodies: &mut Vec<Body<'static>>) {
    if depth < DEEPEST && body.language == Language::Plpgsql {
        let run = body.script.whole();
        for at in (0..run.len()).filter(|at| run.is(*at, "execute")) {
            let mut constant = at + 1;
            while run.is_symbol(constant, '(') || run.is(constant, "format") {
                constant += 1;
            }
            take(run, constant, body.when, Language::Sql, depth + 1, bodies);
        }
    }
    if depth < DEEPEST && body.language != Language::Foreign {
        for command in body.commands().into_iter().filter(|command| command.is(0, "do")) {
            for at in (1..command.len()).filter(|at| !command.is(at - 1, "language")) {
                let language = language(command, Language::Plpgsql);
                take(command, at, body.when, language, depth + 1, bodies);
            }
        }
    }
    bodies.push(body);
}

/// Cuts a PL/pgSQL body where a command may begin: after `;`, after the words that open a
/// list of statements, and after a `<<label>>`.
fn block_commands(run: Run<'_>) -> Vec<Run<'_>> {
    let mut commands = Vec::new();
    let mut from = 0;
    for at in 0..run.len() {
        let ends = run.is_symbol(at, ';');
        let opens = run.is_any(at, &["begin", "then", "else", "loop"])
            || (at > 0 && run.is_symbol(at, '>') && run.is_symbol(at - 1, '>'));
        if ends || opens {
            if at > from {
                commands.push(run.part(from, at));
            }
            from = at + 1;
        }
    }
    if run.len() > from {
        commands.push(run.part(from, run.len()));
    }
    commands
}
