//! Owns making SQL text that PostgreSQL deparsed comparable across its majors, and across dump
//! and restore: white space, casts of lists, and the qualifiers that 16 and later leave out. Must
//! never drop what changes the meaning.
//!
//! Where a view reads one relation alone, PostgreSQL before 16 writes `t.a` and later ones `a`.
//! There, and outside subqueries, where all of them qualify, the qualifier is dropped: with one
//! relation it can name nothing else.

use crate::core::policy::lexer::{Kind, Lexer};

/// A token and how deep in parentheses, and in subqueries, it stands.
#[derive(Debug, Clone, Copy)]
struct Piece<'a> {
    text: &'a str,
    kind: Kind,
    depth: usize,
    nested: bool,
    /// Whether white space stands before it.
    spaced: bool,
}

impl Piece<'_> {
    fn is(self, text: &str) -> bool {
        self.text == text
    }

    fn is_name(self) -> bool {
        matches!(self.kind, Kind::Word | Kind::Name)
    }

    fn is_outermost_word(self, words: &[&str]) -> bool {
        self.depth == 0 && self.kind == Kind::Word && words.contains(&self.text)
    }
}

/// A statement as every server writes it.
#[must_use]
pub fn normalise_statement(text: &str) -> String {
    let pieces = read(text);
    let pieces = match only_relation(&pieces) {
        Some(alias) => without_qualifier(&pieces, alias),
        None => pieces,
    };
    join(&distributed(&pieces))
}

/// An expression as every server writes it, also after it was dumped and restored.
#[must_use]
pub fn normalise_expression(text: &str) -> String {
    join(&distributed(&read(text)))
}

fn join(pieces: &[Piece<'_>]) -> String {
    let mut out = String::new();
    let mut before: Option<&str> = None;
    for piece in pieces {
        if before.is_some_and(|before| are_apart(before, *piece)) {
            out.push(' ');
        }
        out.push_str(piece.text);
        before = Some(piece.text);
    }
    out
}

/// Leaves out the qualifier of the only relation, outside subqueries and its own list.
fn without_qualifier<'a>(pieces: &[Piece<'a>], alias: &str) -> Vec<Piece<'a>> {
    let mut kept = Vec::with_capacity(pieces.len());
    let mut skip = 0;
    let mut in_from = false;
    for (at, piece) in pieces.iter().enumerate() {
        if skip > 0 {
            skip -= 1;
            continue;
        }
        if piece.is_outermost_word(&["FROM"]) {
            in_from = true;
        } else if piece.is_outermost_word(AFTER_FROM) {
            in_from = false;
        }
        let qualifies = piece.is(alias) && !piece.nested && !in_from;
        if qualifies && qualifies_column(pieces, at) {
            skip = 1;
        } else {
            kept.push(*piece);
        }
    }
    kept
}

/// Writes `(ARRAY[a, b])::t[]` as `ARRAY[(a)::t, (b)::t]`: the first is what `IN` is stored as,
/// the second what it becomes when its own text is read again.
fn distributed<'a>(pieces: &[Piece<'a>]) -> Vec<Piece<'a>> {
    let mut out = Vec::with_capacity(pieces.len());
    let mut at = 0;
    while let Some(piece) = pieces.get(at) {
        match cast_array(pieces, at) {
            Some(CastArray { items, element, end }) => {
                let symbol = |text: &'static str| Piece {
                    text,
                    kind: Kind::Symbol,
                    spaced: false,
                    ..*piece
                };
                out.push(Piece { text: "ARRAY", kind: Kind::Word, ..*piece });
                out.push(symbol("["));
                for (number, item) in items.iter().enumerate() {
                    if number > 0 {
                        out.push(symbol(","));
                    }
                    out.push(symbol("("));
                    out.extend_from_slice(item);
                    out.extend([symbol(")"), symbol(":"), symbol(":")]);
                    out.extend_from_slice(element);
                }
                out.push(symbol("]"));
                at = end;
            }
            None => {
                out.push(*piece);
                at += 1;
            }
        }
    }
    out
}

/// `(ARRAY[…])::type[]`: its items, the type's name, and where it ends.
struct CastArray<'p, 'a> {
    items: Vec<&'p [Piece<'a>]>,
    element: &'p [Piece<'a>],
    end: usize,
}

/// The list with a cast that begins at this place.
fn cast_array<'p, 'a>(pieces: &'p [Piece<'a>], at: usize) -> Option<CastArray<'p, 'a>> {
    let is = |at: usize, text: &str| pieces.get(at).is_some_and(|it| it.is(text));
    if !(is(at, "(") && is(at + 1, "ARRAY") && is(at + 2, "[")) {
        return None;
    }
    let mut items = Vec::new();
    let (mut open, mut start, mut end) = (0_usize, at + 3, at + 3);
    loop {
        match pieces.get(end)?.text {
            "(" | "[" => open += 1,
            ")" | "]" if open > 0 => open -= 1,
            "]" => break,
            "," if open == 0 => {
                items.push(pieces.get(start..end)?);
                start = end + 1;
            }
            _ => {}
        }
        end += 1;
    }
    items.push(pieces.get(start..end)?);
    if !(is(end + 1, ")") && is(end + 2, ":") && is(end + 3, ":")) {
        return None;
    }
    let element = end + 4;
    let mut bracket = element;
    while pieces.get(bracket).is_some_and(|it| it.is_name() || it.is(".")) {
        bracket += 1;
    }
    if bracket == element || !is(bracket, "[") || !is(bracket + 1, "]") {
        return None;
    }
    Some(CastArray { items, element: pieces.get(element..bracket)?, end: bracket + 2 })
}

fn read(text: &str) -> Vec<Piece<'_>> {
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    // For each open parenthesis, whether a query stands in it.
    let mut open: Vec<bool> = Vec::new();
    let mut end = 0;
    for token in Lexer::new(text) {
        let Some(word) = text.get(token.start..token.end) else { continue };
        if pieces.last().is_some_and(|last| last.is("("))
            && matches!(word, "SELECT" | "WITH" | "VALUES")
            && let Some(innermost) = open.last_mut()
        {
            *innermost = true;
        }
        if word == ")" {
            open.pop();
        }
        let (nested, spaced) = (open.contains(&true), token.start > end);
        end = token.end;
        pieces.push(Piece { text: word, kind: token.kind, depth: open.len(), nested, spaced });
        if word == "(" {
            open.push(false);
        }
    }
    while pieces.last().is_some_and(|last| last.is(";")) {
        pieces.pop();
    }
    pieces
}

/// What ends the list of relations of the outermost query.
const AFTER_FROM: &[&str] =
    &["WHERE", "GROUP", "HAVING", "WINDOW", "ORDER", "LIMIT", "OFFSET", "FETCH", "FOR"];

/// The name by which the outermost query knows its relation, where it has exactly one.
fn only_relation<'a>(pieces: &[Piece<'a>]) -> Option<&'a str> {
    let outermost = |words: &[&str]| pieces.iter().any(|it| it.is_outermost_word(words));
    if outermost(&["UNION", "INTERSECT", "EXCEPT", "TABLESAMPLE"]) {
        return None;
    }
    let from = pieces.iter().position(|it| it.is_outermost_word(&["FROM"]))?;
    let list = || {
        let after = pieces.iter().skip(from + 1);
        after.take_while(|it| !it.is_outermost_word(AFTER_FROM))
    };
    // A join stands in parentheses of its own, several relations between commas.
    let is_join = |it: &Piece<'_>| !it.nested && it.kind == Kind::Word && it.is("JOIN");
    if list().any(|it| is_join(it) || (it.depth == 0 && it.is(","))) {
        return None;
    }
    list().filter(|it| it.depth == 0 && it.is_name()).last().map(|it| it.text)
}

/// Whether what stands here is followed by a dot and a column, and is no part of a longer name,
/// a type, an operator or a function call.
fn qualifies_column(pieces: &[Piece<'_>], at: usize) -> bool {
    let text = |at: usize| pieces.get(at).map_or("", |it| it.text);
    let before = at.checked_sub(1).map_or("", text);
    let column = pieces.get(at + 2).is_some_and(|it| it.is_name());
    column
        && text(at + 1) == "."
        && !matches!(text(at + 3), "." | "(")
        && !matches!(before, "." | ":" | "COLLATE" | "OPERATOR")
}

/// Whether a space stands between two tokens. Operators are read a character at a time, and one
/// is never followed by another without a space or a parenthesis between them. Before a
/// parenthesis it is as it was: there it tells a call from a keyword.
fn are_apart(before: &str, after: Piece<'_>) -> bool {
    let is_operator =
        |it: &str| it.len() == 1 && it.chars().all(|c| "+-*/<>=~!@#%^&|`?:".contains(c));
    if matches!(before, "." | "(" | "[" | ":")
        || matches!(after.text, "." | ")" | "]" | "[" | "," | ":")
    {
        return false;
    }
    match after.text {
        "(" => after.spaced || before == ",",
        text => !(is_operator(before) && is_operator(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::{normalise_expression, normalise_statement as normalise};
    use proptest::prelude::*;

    #[test]
    fn one_relation_is_told_alike_by_all_majors() {
        for (before, since) in [
            (
                " SELECT t.a,\n    count(*) AS n\n   FROM public.t\n  WHERE (t.a > 1)\n  GROUP BY t.a;",
                " SELECT a,\n    count(*) AS n\n   FROM public.t\n  WHERE (a > 1)\n  GROUP BY a;",
            ),
            (
                "SELECT EXTRACT(year FROM x.g) AS y, lag(x.g) OVER (ORDER BY x.g) FROM f(now()) x(g)",
                "SELECT EXTRACT(year FROM g) AS y, lag(g) OVER (ORDER BY x.g) FROM f(now()) x(g)",
            ),
            (
                "WITH w AS ( SELECT t.a FROM public.t ) SELECT w.a FROM w WHERE (EXISTS ( SELECT 1 FROM z WHERE (z.a = w.a)))",
                "WITH w AS ( SELECT t.a FROM public.t ) SELECT a FROM w WHERE (EXISTS ( SELECT 1 FROM z WHERE (z.a = w.a)))",
            ),
        ] {
            assert_eq!(normalise(before), normalise(since));
        }
    }

    #[test]
    fn what_a_qualifier_tells_is_kept() {
        for (one, other) in [
            (
                "SELECT a.x FROM (t a JOIN t b ON (true))",
                "SELECT b.x FROM (t a JOIN t b ON (true))",
            ),
            ("SELECT a.x FROM t a, t b", "SELECT b.x FROM t a, t b"),
            ("SELECT a.x FROM s.a", "SELECT a.x FROM r.a"),
            ("SELECT a.x(1) FROM a", "SELECT x(1) FROM a"),
            ("SELECT 1::a.x FROM a", "SELECT 1::x FROM a"),
            (
                "SELECT 1 FROM a WHERE (EXISTS ( SELECT 1 FROM b WHERE (b.x = a.x)))",
                "SELECT 1 FROM a WHERE (EXISTS ( SELECT 1 FROM b WHERE (b.x = x)))",
            ),
            (
                "SELECT a.x FROM a UNION SELECT b.x FROM b",
                "SELECT a.x FROM a UNION SELECT x FROM b",
            ),
        ] {
            assert_ne!(normalise(one), normalise(other));
        }
    }

    #[test]
    fn a_list_is_told_alike_before_and_after_it_was_restored() {
        let before = "((a)::text = ANY ((ARRAY['A'::character varying, f(1, 2)])::text[]))";
        let after = "((a)::text = ANY (ARRAY[('A'::character varying)::text, (f(1, 2))::text]))";
        assert_eq!(normalise_expression(before), after);
        assert_eq!(normalise_expression(after), after);
        for other in
            ["(ARRAY[1, 2])", "(ARRAY[1, 2])::text", "(ARRAY[1, 2", "(ARRAY[1])::", "(a).b"]
        {
            assert_eq!(normalise_expression(other), other);
        }
    }

    #[test]
    fn space_and_the_last_stop_mean_nothing_and_text_is_kept() {
        assert_eq!(
            normalise(" SELECT  a ,\n b::text <> ALL ( c [ 1 ] ) ; "),
            "SELECT a, b::text <> ALL (c[1])"
        );
        assert_eq!(normalise("SELECT 'a  b' \"c  d\""), "SELECT 'a  b' \"c  d\"");
    }

    proptest! {
        #[test]
        fn it_is_done_once(text in "[ ()a.,;'\"SELECT|FROM|JOIN]{0,60}") {
            let once = normalise_expression(&text);
            prop_assert_eq!(normalise_expression(&once), once);
        }

        #[test]
        fn no_text_is_too_strange(text in any::<String>()) {
            let words = |text: &str| text.split_whitespace().count();
            prop_assert!(words(&normalise(&text)) <= 2 * text.len());
        }
    }
}
