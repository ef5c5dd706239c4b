//! Owns the cutting of a file into statements, as the server cuts the text of a simple
//! query: at each `;`, except inside round brackets and inside `BEGIN ATOMIC … END`. Must
//! never judge a statement.

use std::borrow::Cow;

use super::body;
use super::lexer::{Kind, Lexer, Token, byte, is_space};
use super::rules::copy_stdin;
use super::script::{Origin, Run, Script};
use super::waiver;

/// One statement of a file, or one psql meta-command, which is a statement of nothing but
/// itself.
#[derive(Debug)]
pub(super) struct Statement<'a> {
    /// Its tokens, in the text of the whole file.
    pub(super) script: Script<'a>,
    /// The comments above and inside it that speak to this program.
    pub(super) directives: Vec<Token>,
    /// A comment above or inside it that never ends.
    pub(super) open_comment: Option<Token>,
    /// Whether it holds a `BEGIN ATOMIC` body.
    pub(super) atomic: bool,
}

impl Statement<'_> {
    /// Its tokens.
    pub(super) fn run(&self) -> Run<'_> {
        self.script.whole()
    }

    /// Its first and past-the-last byte in the file; `None` for a remainder of comments.
    pub(super) fn bounds(&self) -> Option<(usize, usize)> {
        let first = self.script.tokens.first()?;
        let last = self.script.tokens.last()?;
        Some((first.start, last.end))
    }

    /// Its commands: itself, and what follows a `;` inside it.
    pub(super) fn commands(&self) -> Vec<Run<'_>> {
        let mut commands = self.run().commands();
        if self.atomic {
            commands.retain(|command| !(command.len() == 1 && command.is(0, "end")));
        }
        commands
    }
}

/// Yields the statements of a file in order; the last one may be comments only.
#[derive(Debug)]
pub(super) struct Statements<'a> {
    text: &'a str,
    lexer: Lexer<'a>,
    copy_data_may_follow: bool,
}

/// What the cutting remembers between the tokens of one statement.
#[derive(Debug, Default)]
struct Nesting {
    brackets: usize,
    in_atomic: bool,
}

impl<'a> Statements<'a> {
    /// The statements of a text.
    pub(super) fn of(text: &'a str) -> Self {
        Self { text, lexer: Lexer::new(text), copy_data_may_follow: true }
    }

    fn written(&self, token: Option<Token>) -> &'a str {
        token.and_then(|token| self.text.get(token.start..token.end)).unwrap_or_default()
    }

    fn is_word(&self, token: Option<Token>, word: &str) -> bool {
        token.is_some_and(|token| token.kind == Kind::Word)
            && self.written(token).eq_ignore_ascii_case(word)
    }

    /// Takes one token in; false if it ends the statement.
    fn take(&mut self, token: Token, nesting: &mut Nesting, statement: &mut Statement<'a>) -> bool {
        let last = statement.script.tokens.last().copied();
        let symbol = if token.kind == Kind::Symbol { byte(self.text, token.start) } else { 0 };
        match symbol {
            b'(' => nesting.brackets += 1,
            b')' => nesting.brackets = nesting.brackets.saturating_sub(1),
            b';' if nesting.brackets == 0 && !nesting.in_atomic => return false,
            b'\\' => {
                statement.script.tokens.push(token);
                self.take_meta_command(statement);
                return false;
            }
            // Only a routine has such a body: a view may read a table named `begin`, and
            // call it `atomic`.
            _ if self.is_word(Some(token), "atomic") => {
                let opens = nesting.brackets == 0
                    && self.is_word(last, "begin")
                    && body::is_routine(statement.run());
                nesting.in_atomic |= opens;
                statement.atomic |= opens;
            }
            // PostgreSQL's grammar wants a `;` after each statement of the body, so the
            // `END` of a `CASE`, or a column called so, never stands right after one.
            _ if nesting.in_atomic && nesting.brackets == 0 && self.is_word(Some(token), "end") => {
                let closes = self.written(last) == ";" || self.is_word(last, "atomic");
                nesting.in_atomic = !closes;
            }
            _ => {}
        }
        statement.script.tokens.push(token);
        true
    }

    /// A backslash outside quotes speaks to psql, up to the end of its line.
    fn take_meta_command(&mut self, statement: &mut Statement<'a>) {
        let at = self.lexer.offset();
        if !is_space(byte(self.text, at)) {
            let mut ahead = self.lexer.clone();
            let name = ahead.next().filter(|token| token.kind == Kind::Word);
            statement.script.tokens.extend(name);
        }
        self.lexer.skip_to(self.line_end(at));
    }

    fn line_end(&self, from: usize) -> usize {
        let rest = self.text.get(from..).unwrap_or_default();
        rest.find('\n').map_or(self.text.len(), |found| from + found)
    }

    /// The data lines that psql would send after `COPY … FROM STDIN;` are no SQL. The file
    /// is refused for the `COPY`; reading data as SQL would only bury that under noise.
    fn pass_copy_data(&mut self, statement: &Statement<'a>) {
        if !self.copy_data_may_follow || !copy_stdin::expects_data(statement.run()) {
            return;
        }
        let from = self.line_end(self.lexer.offset());
        let rest = self.text.get(from..).unwrap_or_default();
        let end = rest.find("\n\\.").filter(|found| {
            matches!(byte(rest, found + 3), b'\n' | b'\r') || found + 3 == rest.len()
        });
        match end {
            Some(found) => self.lexer.skip_to(from + found + 3),
            None => self.copy_data_may_follow = false,
        }
    }
}

impl<'a> Iterator for Statements<'a> {
    type Item = Statement<'a>;

    fn next(&mut self) -> Option<Statement<'a>> {
        let mut statement = Statement {
            script: Script {
                text: Cow::Borrowed(self.text),
                tokens: Vec::new(),
                origin: Origin::default(),
            },
            directives: Vec::new(),
            open_comment: None,
            atomic: false,
        };
        let mut nesting = Nesting::default();
        while let Some(token) = self.lexer.next() {
            if token.is_comment() {
                if !token.closed {
                    statement.open_comment = Some(token);
                }
                if waiver::is_directive(self.text, token) {
                    statement.directives.push(token);
                }
            } else if !self.take(token, &mut nesting, &mut statement)
                && !statement.script.tokens.is_empty()
            {
                self.pass_copy_data(&statement);
                return Some(statement);
            }
        }
        let said = !statement.script.tokens.is_empty()
            || !statement.directives.is_empty()
            || statement.open_comment.is_some();
        said.then_some(statement)
    }
}
