//! Owns the bound on how deeply a statement may nest before the parser sees it: the parser
//! recurses, and a stack that overflows ends the process. Must never judge anything else.

use super::lexer::{Kind, Token, byte};

/// What one bracket, `CASE` or leading word counts.
const LEVEL: usize = 8;
/// What the parser is given at most: some 150 brackets, or a chain of 1,200 operators.
const MOST: usize = 1_200;

/// Words that may open a statement or an expression inside another one.
const OPENERS: [&str; 16] = [
    "select", "with", "explain", "prepare", "declare", "create", "values", "insert", "update",
    "delete", "not", "array", "row", "exists", "when", "table",
];
/// Words that continue an expression or a query, so that the tree leans to one side.
const LINKS: [&str; 19] = [
    "and",
    "or",
    "union",
    "intersect",
    "except",
    "join",
    "collate",
    "is",
    "isnull",
    "notnull",
    "in",
    "like",
    "ilike",
    "similar",
    "between",
    "at",
    "then",
    "operator",
    "overlaps",
];

/// The first token at which a text nests too deeply for the parser.
pub(super) fn too_deep(text: &str, tokens: &[Token]) -> Option<Token> {
    let mut open: Vec<usize> = Vec::new();
    let (mut below, mut here) = (0_usize, 0_usize);
    for token in tokens {
        let written = text.get(token.start..token.end).unwrap_or_default();
        let symbol = if token.kind == Kind::Symbol { byte(text, token.start) } else { 0 };
        let is_word = |word: &str| token.kind == Kind::Word && written.eq_ignore_ascii_case(word);
        if matches!(symbol, b'(' | b'[' | b'{') || is_word("case") {
            open.push(here);
            below += here + LEVEL;
            here = 0;
        } else if matches!(symbol, b')' | b']' | b'}') || is_word("end") {
            if let Some(outer) = open.pop() {
                below = below.saturating_sub(outer + LEVEL);
                // What was closed is one link of the level around it.
                here = outer + 1;
            }
        } else if matches!(symbol, b',' | b';') {
            here = 0;
        } else if OPENERS.iter().any(|word| is_word(word)) {
            here += LEVEL / 2;
        } else if symbol != 0 || LINKS.iter().any(|word| is_word(word)) {
            here += 1;
        }
        if below + here > MOST {
            return Some(*token);
        }
    }
    None
}
