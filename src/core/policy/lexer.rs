//! Owns the reading of SQL into tokens exactly as PostgreSQL's own scanner does, so that the
//! rules see the commands which the server will see. Must never judge what it reads, nor
//! rely on a parser.
//!
//! Source: PostgreSQL manual, "Lexical Structure", and the flex rules of the server's
//! scanner in versions 14 to 18. Where versions differ, the text which the stricter version
//! refuses is read as the laxer one does: nothing that any of them would run stays hidden.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::core) enum Kind {
    /// An identifier or keyword without quotes.
    Word,
    /// `"…"`.
    Name,
    /// `U&"…"`.
    UnicodeName,
    /// `'…'` and `N'…'` (whose `N` is part of the token).
    Text,
    /// `E'…'`, or `'…'` where backslashes escape.
    EscapeText,
    /// `U&'…'`.
    UnicodeText,
    /// `$tag$…$tag$`.
    DollarText,
    /// `B'…'` and `X'…'`.
    BitText,
    /// A number.
    Number,
    /// `$1`.
    Parameter,
    /// One other character: punctuation, part of an operator, a stray character.
    Symbol,
    /// `-- …` up to its line ending.
    LineComment,
    /// `/* … */`, nested.
    BlockComment,
}

/// A piece of the text, in byte offsets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::core) struct Token {
    /// What it is.
    pub(in crate::core) kind: Kind,
    /// Offset of its first byte.
    pub(in crate::core) start: usize,
    /// Offset past its last byte.
    pub(in crate::core) end: usize,
    /// False where a quote or comment reaches the end of the text without its end mark.
    pub(in crate::core) closed: bool,
}

impl Token {
    /// True for the five forms of a string constant that may hold any text.
    pub(super) fn is_text(self) -> bool {
        matches!(self.kind, Kind::Text | Kind::EscapeText | Kind::UnicodeText | Kind::DollarText)
    }

    /// True for comments.
    pub(super) fn is_comment(self) -> bool {
        matches!(self.kind, Kind::LineComment | Kind::BlockComment)
    }
}

/// Reads a text from its start, one token at a time, white space left out.
#[derive(Debug, Clone)]
pub(in crate::core) struct Lexer<'a> {
    text: &'a str,
    at: usize,
    backslash_escapes: bool,
}

impl<'a> Lexer<'a> {
    /// A lexer for a session with `standard_conforming_strings = on`.
    pub(in crate::core) fn new(text: &'a str) -> Self {
        Self { text, at: 0, backslash_escapes: false }
    }

    /// The same for a session with `standard_conforming_strings = off`.
    pub(super) fn with_backslash_escapes(text: &'a str) -> Self {
        Self { text, at: 0, backslash_escapes: true }
    }

    /// Goes on reading at a later offset.
    pub(super) fn skip_to(&mut self, offset: usize) {
        self.at = self.at.max(offset);
    }

    /// Offset of the next byte to read.
    pub(super) fn offset(&self) -> usize {
        self.at
    }

    fn peek(&self, ahead: usize) -> u8 {
        byte(self.text, self.at + ahead)
    }

    fn eat_while(&mut self, accept: fn(u8) -> bool) {
        while self.at < self.text.len() && accept(self.peek(0)) {
            self.at += 1;
        }
    }

    fn word_or_prefixed(&mut self, first: u8) -> (Kind, bool) {
        let next = self.peek(1);
        let prefixed = match (first.to_ascii_lowercase(), next) {
            (b'e', b'\'') => Some((Kind::EscapeText, 1)),
            (b'b' | b'x', b'\'') => Some((Kind::BitText, 1)),
            (b'n', b'\'') => Some((self.plain_text(), 1)),
            (b'u', b'&') if self.peek(2) == b'\'' => Some((Kind::UnicodeText, 2)),
            (b'u', b'&') if self.peek(2) == b'"' => Some((Kind::UnicodeName, 2)),
            _ => None,
        };
        let Some((kind, prefix)) = prefixed else {
            self.eat_while(continues_word);
            return (Kind::Word, true);
        };
        self.at += prefix;
        if kind == Kind::UnicodeName {
            (kind, self.quoted_name())
        } else {
            (kind, self.quoted_text(kind == Kind::EscapeText))
        }
    }

    fn plain_text(&self) -> Kind {
        if self.backslash_escapes { Kind::EscapeText } else { Kind::Text }
    }

    /// From the opening quote past the closing one, and on through the pieces that SQL
    /// joins when a line ending stands between them.
    fn quoted_text(&mut self, escapes: bool) -> bool {
        self.at += 1;
        loop {
            if self.at >= self.text.len() {
                return false;
            }
            match self.peek(0) {
                b'\\' if escapes => self.at = (self.at + 2).min(self.text.len()),
                b'\'' if self.peek(1) == b'\'' => self.at += 2,
                b'\'' => {
                    self.at += 1;
                    match continuation(self.text, self.at) {
                        Some(opening) => self.at = opening + 1,
                        None => return true,
                    }
                }
                _ => self.at += 1,
            }
        }
    }

    fn quoted_name(&mut self) -> bool {
        self.at += 1;
        while self.at < self.text.len() {
            match self.peek(0) {
                b'"' if self.peek(1) == b'"' => self.at += 2,
                b'"' => {
                    self.at += 1;
                    return true;
                }
                _ => self.at += 1,
            }
        }
        false
    }

    fn dollar(&mut self) -> (Kind, bool) {
        if self.peek(1).is_ascii_digit() {
            self.at += 1;
            self.eat_while(|b| b.is_ascii_digit());
            return (Kind::Parameter, true);
        }
        let Some(delimiter) = dollar_delimiter(self.text, self.at) else {
            self.at += 1;
            return (Kind::Symbol, true);
        };
        self.at += delimiter.len();
        let rest = self.text.get(self.at..).unwrap_or_default();
        match rest.find(delimiter) {
            Some(found) => {
                self.at += found + delimiter.len();
                (Kind::DollarText, true)
            }
            None => {
                self.at = self.text.len();
                (Kind::DollarText, false)
            }
        }
    }

    fn block_comment(&mut self) -> bool {
        let mut depth = 0_usize;
        while self.at < self.text.len() {
            match (self.peek(0), self.peek(1)) {
                (b'/', b'*') => {
                    depth += 1;
                    self.at += 2;
                }
                (b'*', b'/') => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        return true;
                    }
                }
                _ => self.at += 1,
            }
        }
        false
    }

    fn number(&mut self) {
        let based = self.peek(0) == b'0'
            && match self.peek(1).to_ascii_lowercase() {
                b'x' => self.peek(2).is_ascii_hexdigit(),
                b'o' | b'b' => self.peek(2).is_ascii_digit(),
                _ => false,
            };
        if based {
            self.at += 2;
            self.eat_while(|b| b.is_ascii_hexdigit() || b == b'_');
            return;
        }
        let digits = |b: u8| b.is_ascii_digit() || b == b'_';
        self.eat_while(digits);
        if self.peek(0) == b'.' && self.peek(1) != b'.' {
            self.at += 1;
            self.eat_while(digits);
        }
        if self.peek(0).eq_ignore_ascii_case(&b'e') {
            let sign = usize::from(matches!(self.peek(1), b'+' | b'-'));
            if self.peek(1 + sign).is_ascii_digit() {
                self.at += 1 + sign;
                self.eat_while(digits);
            }
        }
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        self.eat_while(is_space);
        let start = self.at;
        if start >= self.text.len() {
            return None;
        }
        let (kind, closed) = match self.peek(0) {
            b'-' if self.peek(1) == b'-' => {
                self.eat_while(|b| !is_newline(b));
                (Kind::LineComment, true)
            }
            b'/' if self.peek(1) == b'*' => (Kind::BlockComment, self.block_comment()),
            b'\'' => (self.plain_text(), self.quoted_text(self.backslash_escapes)),
            b'"' => (Kind::Name, self.quoted_name()),
            b'$' => self.dollar(),
            b'.' if self.peek(1).is_ascii_digit() => {
                self.number();
                (Kind::Number, true)
            }
            b'0'..=b'9' => {
                self.number();
                (Kind::Number, true)
            }
            first if starts_word(first) => self.word_or_prefixed(first),
            _ => {
                self.at += 1;
                (Kind::Symbol, true)
            }
        };
        Some(Token { kind, start, end: self.at, closed })
    }
}

/// The byte at an offset; NUL, which no rule of the scanner accepts, past the end.
pub(super) fn byte(text: &str, at: usize) -> u8 {
    text.as_bytes().get(at).copied().unwrap_or(0)
}

/// White space to the scanner; the vertical tab is so since PostgreSQL 16.
pub(super) fn is_space(b: u8) -> bool {
    matches!(b, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

fn is_newline(b: u8) -> bool {
    matches!(b, b'\n' | b'\r')
}

fn starts_word(b: u8) -> bool {
    b.is_ascii_alphabetic() || b == b'_' || b >= 0x80
}

fn continues_word(b: u8) -> bool {
    starts_word(b) || b.is_ascii_digit() || b == b'$'
}

/// Where the next piece of a string constant opens, if white space with a line ending, and
/// perhaps line comments, are all that stands between (manual, "String Constants").
pub(super) fn continuation(text: &str, after_quote: usize) -> Option<usize> {
    let mut at = after_quote;
    let mut line_ended = false;
    loop {
        match byte(text, at) {
            b'\'' if line_ended => return Some(at),
            b if is_space(b) => {
                line_ended |= is_newline(b);
                at += 1;
            }
            b'-' if byte(text, at + 1) == b'-' => {
                while at < text.len() && !is_newline(byte(text, at)) {
                    at += 1;
                }
            }
            _ => return None,
        }
    }
}

/// The delimiter `$$` or `$tag$` that stands at an offset.
pub(super) fn dollar_delimiter(text: &str, at: usize) -> Option<&str> {
    let mut end = at + 1;
    if byte(text, end) != b'$' {
        if !starts_word(byte(text, end)) {
            return None;
        }
        while starts_word(byte(text, end)) || byte(text, end).is_ascii_digit() {
            end += 1;
        }
        if byte(text, end) != b'$' {
            return None;
        }
    }
    text.get(at..=end)
}
