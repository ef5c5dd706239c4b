//! Owns the parser's second opinion on a statement. Must never be asked for what only the
//! server's own scanner decides. This file and its neighbour are the only ones that know which
//! parser it is.

mod linter;

use super::body::{Language, bodies};
use super::depth;
use super::lexer::{Kind, Token, byte};
use super::statement::Statement;
use squawk_syntax::ast::AstNode;
use squawk_syntax::{Parse, SourceFile};
use std::panic::{AssertUnwindSafe, catch_unwind};

pub(super) use linter::{Hint, hints};

/// A statement as the parser understands it.
#[derive(Debug)]
pub(super) struct Tree {
    parse: Parse<SourceFile>,
}

/// What the parser did not understand, and where in the file.
#[derive(Debug)]
pub(super) struct Trouble {
    pub(super) offset: usize,
    pub(super) what: String,
}

/// The tree of a statement, none where there is no statement; or the first thing in it that the
/// parser does not understand, or understands otherwise than PostgreSQL's scanner.
pub(super) fn tree(statement: &Statement<'_>) -> Result<Option<Tree>, Trouble> {
    let Some((start, end)) = statement.bounds() else { return Ok(None) };
    let file = statement.script.text.as_ref();
    let Some(text) = file.get(start..end) else { return Ok(None) };
    if let Some(token) = too_deep(statement) {
        let what = "it nests too deeply for the parser".to_owned();
        return Err(Trouble { offset: token, what });
    }
    // The parser asserts what it believes of itself; where it errs, it has not understood.
    // That this was not seen in 300,000 mutated statements is no promise.
    let parsed = catch_unwind(AssertUnwindSafe(|| {
        let parse = SourceFile::parse(text);
        let error = parse
            .errors()
            .into_iter()
            .next()
            .map(|error| (usize::from(error.range().start()), said(error.message())));
        let error = error.or_else(|| other_reading(&parse, text, start, &statement.script.tokens));
        (parse, error)
    }));
    match parsed {
        Ok((parse, None)) => Ok(Some(Tree { parse })),
        Ok((_, Some((offset, what)))) => {
            let mut offset = (start + offset).min(end);
            while !file.is_char_boundary(offset) {
                offset -= 1;
            }
            Err(Trouble { offset, what })
        }
        Err(_) => Err(Trouble { offset: start, what: "the parser failed on it".to_owned() }),
    }
}

/// The parser also reads the bodies of SQL functions.
fn too_deep(statement: &Statement<'_>) -> Option<usize> {
    let script = &statement.script;
    depth::too_deep(&script.text, &script.tokens).map(|token| token.start).or_else(|| {
        bodies(statement.run()).iter().filter(|body| body.language == Language::Sql).find_map(
            |body| {
                let token = depth::too_deep(&body.script.text, &body.script.tokens)?;
                Some(body.script.origin.resolve(token.start))
            },
        )
    })
}

/// The parser's message in the style of ours: lower case, no trailing stop, keywords as
/// they are written.
fn said(message: &str) -> String {
    let message = message.trim_end_matches('.').replace("_KW", "");
    let mut letters = message.chars();
    match letters.next() {
        Some(first) if letters.clone().next().is_some_and(char::is_lowercase) => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => message,
    }
}

/// Compares where words and quotes begin and end with our own reading, which is that of
/// PostgreSQL's scanner; the parser must also see exactly one statement.
fn other_reading(
    parse: &Parse<SourceFile>,
    text: &str,
    start: usize,
    ours: &[Token],
) -> Option<(usize, String)> {
    let differs = |offset| {
        Some((offset, "the parser and PostgreSQL disagree on where quotes end here".to_owned()))
    };
    let tree = parse.tree();
    let mut theirs = tree
        .syntax()
        .descendants_with_tokens()
        .filter_map(squawk_syntax::SyntaxElement::into_token)
        .filter(|token| !is_blank_or_comment(token.text()))
        .map(|token| {
            (usize::from(token.text_range().start()), usize::from(token.text_range().end()))
        })
        .filter(|(from, _)| !is_loose(byte(text, *from), byte(text, *from + 1)));
    for token in ours {
        if matches!(token.kind, Kind::Symbol | Kind::Number | Kind::Parameter) {
            continue;
        }
        let (from, to) = (token.start - start, token.end - start);
        let Some((first, mut last)) = theirs.next() else { return differs(from) };
        if first != from {
            return differs(from.min(first));
        }
        // A constant in pieces is one token to us and several to the parser.
        while last < to && token.is_text() {
            let Some((_, next)) = theirs.next() else { return differs(from) };
            last = next;
        }
        if last != to {
            return differs(from);
        }
    }
    if let Some((more, _)) = theirs.next() {
        return differs(more);
    }
    (tree.stmts().count() != 1).then(|| (0, "the parser sees more than one statement".to_owned()))
}

fn is_blank_or_comment(text: &str) -> bool {
    text.starts_with("--") || text.starts_with("/*") || text.bytes().all(super::lexer::is_space)
}

/// Numbers and operators may be cut otherwise without harm.
fn is_loose(first: u8, second: u8) -> bool {
    match first {
        b'$' => second.is_ascii_digit() || second == 0,
        b'\'' | b'"' | b'_' => false,
        _ => first.is_ascii_punctuation() || first.is_ascii_digit(),
    }
}
