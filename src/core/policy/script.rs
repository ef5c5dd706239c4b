//! Owns a text that is run as SQL, with its tokens and with the way back to the place in the
//! file where each of its bytes was written. Must never judge.

use std::borrow::Cow;

use super::lexer::{Kind, Lexer, Token};
use super::literal;

/// Where the bytes of a decoded text come from: marks `(in the text, in the file)`, each
/// good up to the next. Without marks the text is the file.
#[derive(Debug, Default)]
pub(super) struct Origin {
    marks: Vec<(usize, usize)>,
}

impl Origin {
    /// Notes that from `inner` on, bytes come from `outer` on.
    pub(super) fn mark(&mut self, inner: usize, outer: usize) {
        self.marks.push((inner, outer));
    }

    /// The offset in the file.
    pub(super) fn resolve(&self, offset: usize) -> usize {
        let after = self.marks.partition_point(|(inner, _)| *inner <= offset);
        match after.checked_sub(1).and_then(|at| self.marks.get(at)) {
            Some((inner, outer)) => outer + (offset - inner),
            None => offset,
        }
    }
}

/// A text and its significant tokens.
#[derive(Debug)]
pub(super) struct Script<'a> {
    /// The text: the file, or what a string constant of it stands for.
    pub(super) text: Cow<'a, str>,
    /// Tokens without comments.
    pub(super) tokens: Vec<Token>,
    /// The way back to the file.
    pub(super) origin: Origin,
}

impl Script<'_> {
    /// Reads what a string constant stands for.
    pub(super) fn of_body(text: String, origin: Origin, backslash_escapes: bool) -> Self {
        let lexer = if backslash_escapes {
            Lexer::with_backslash_escapes(&text)
        } else {
            Lexer::new(&text)
        };
        let tokens = lexer.filter(|token| !token.is_comment()).collect();
        Self { text: Cow::Owned(text), tokens, origin }
    }

    /// All tokens as one run.
    pub(super) fn whole(&self) -> Run<'_> {
        Run { script: self, from: 0, to: self.tokens.len() }
    }
}

/// Consecutive tokens of a script: a statement, or a command within one. Positions are
/// counted from the run's first token; one past its end is nothing, never an error.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run<'s> {
    script: &'s Script<'s>,
    from: usize,
    to: usize,
}

impl<'s> Run<'s> {
    /// Number of tokens.
    pub(super) fn len(self) -> usize {
        self.to - self.from
    }

    /// The script it is part of.
    pub(super) fn script(self) -> &'s Script<'s> {
        self.script
    }

    /// The token at a position.
    pub(super) fn token(self, at: usize) -> Option<Token> {
        let index = self.from + at;
        if index < self.to { self.script.tokens.get(index).copied() } else { None }
    }

    /// True if a `;` or nothing follows the run in its script.
    pub(super) fn ends_at_semicolon(self) -> bool {
        let rest = Self { script: self.script, from: self.to, to: self.script.tokens.len() };
        rest.len() == 0 || rest.is_symbol(0, ';')
    }

    /// The tokens from one position up to another.
    pub(super) fn part(self, from: usize, to: usize) -> Self {
        let start = (self.from + from).min(self.to);
        Self { script: self.script, from: start, to: (self.from + to).clamp(start, self.to) }
    }

    /// The token as written.
    pub(super) fn written(self, at: usize) -> &'s str {
        self.token(at)
            .map_or("", |token| self.script.text.get(token.start..token.end).unwrap_or_default())
    }

    /// True if the token is this word (lower case here) without quotes.
    pub(super) fn is(self, at: usize, word: &str) -> bool {
        self.token(at).is_some_and(|token| token.kind == Kind::Word)
            && self.written(at).eq_ignore_ascii_case(word)
    }

    /// True if the token is one of these words.
    pub(super) fn is_any(self, at: usize, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(at, word))
    }

    /// True if these words follow one another from a position on.
    pub(super) fn follows(self, at: usize, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(step, word)| self.is(at + step, word))
    }

    /// True if the token is this one character.
    pub(super) fn is_symbol(self, at: usize, symbol: char) -> bool {
        self.token(at).is_some_and(|token| token.kind == Kind::Symbol)
            && self.written(at).starts_with(symbol)
    }

    /// The identifier as PostgreSQL stores it: folded, or without its quotes.
    pub(super) fn name(self, at: usize) -> Option<Cow<'s, str>> {
        let written = self.written(at);
        match self.token(at)?.kind {
            Kind::Word => Some(Cow::Owned(written.to_ascii_lowercase())),
            Kind::Name => Some(Cow::Owned(literal::unquote_name(written))),
            Kind::UnicodeName => {
                let escape = self.unicode_escape(at);
                Some(Cow::Owned(literal::unquote_unicode_name(written, escape)))
            }
            Kind::Text
            | Kind::EscapeText
            | Kind::UnicodeText
            | Kind::DollarText
            | Kind::BitText
            | Kind::Number
            | Kind::Parameter
            | Kind::Symbol
            | Kind::LineComment
            | Kind::BlockComment => None,
        }
    }

    /// What the string constant at a position stands for, and where its bytes come from.
    pub(super) fn text(self, at: usize) -> Option<(String, Origin)> {
        let token = self.token(at).filter(|token| token.is_text())?;
        let escape = self.unicode_escape(at);
        let decoded = literal::decode(&self.script.text, token, escape);
        let mut origin = Origin::default();
        for (inner, outer) in decoded.marks {
            origin.mark(inner, self.script.origin.resolve(outer));
        }
        Some((decoded.text, origin))
    }

    /// The character named by `UESCAPE` after the token, or the backslash.
    fn unicode_escape(self, at: usize) -> char {
        if !self.is(at + 1, "uescape") {
            return '\\';
        }
        self.written(at + 2).trim_matches('\'').chars().next().unwrap_or('\\')
    }

    /// Offset in the file of the token at a position.
    pub(super) fn offset(self, at: usize) -> usize {
        self.token(at).map_or(0, |token| self.script.origin.resolve(token.start))
    }

    /// The first tokens as written, one space between words.
    pub(super) fn excerpt(self, count: usize) -> String {
        let mut excerpt = String::new();
        for at in 0..count.min(self.len()) {
            let tight = self.is_symbol(at, '.') || (at > 0 && self.is_symbol(at - 1, '.'));
            if at > 0 && !tight {
                excerpt.push(' ');
            }
            excerpt.push_str(self.written(at));
        }
        excerpt
    }

    /// The position past the bracket that closes the one at `at`, or the end of the run.
    pub(super) fn past_brackets(self, at: usize) -> usize {
        let mut depth = 0_usize;
        for here in at..self.len() {
            if self.is_symbol(here, '(') {
                depth += 1;
            } else if self.is_symbol(here, ')') {
                depth = depth.saturating_sub(1);
            }
            if depth == 0 {
                return here + 1;
            }
        }
        self.len()
    }

    /// Positions of tokens outside round brackets.
    pub(super) fn outside_brackets(self) -> impl Iterator<Item = usize> + 's {
        let mut depth = 0_usize;
        (0..self.len()).filter(move |at| {
            if self.is_symbol(*at, '(') {
                depth += 1;
            } else if self.is_symbol(*at, ')') {
                depth = depth.saturating_sub(1);
            }
            depth == 0
        })
    }

    /// The run cut at every `;`, empty pieces left out.
    pub(super) fn commands(self) -> Vec<Self> {
        let mut commands = Vec::new();
        let mut from = 0;
        for at in 0..=self.len() {
            if at == self.len() || self.is_symbol(at, ';') {
                if at > from {
                    commands.push(self.part(from, at));
                }
                from = at + 1;
            }
        }
        commands
    }

    /// The run cut at every `,` outside brackets, round and square.
    pub(super) fn pieces(self) -> Vec<Self> {
        let mut pieces = Vec::new();
        let (mut from, mut depth) = (0, 0_usize);
        for at in 0..self.len() {
            if self.is_symbol(at, '(') || self.is_symbol(at, '[') {
                depth += 1;
            } else if self.is_symbol(at, ')') || self.is_symbol(at, ']') {
                depth = depth.saturating_sub(1);
            } else if depth == 0 && self.is_symbol(at, ',') {
                pieces.push(self.part(from, at));
                from = at + 1;
            }
        }
        pieces.push(self.part(from, self.len()));
        pieces
    }
}
