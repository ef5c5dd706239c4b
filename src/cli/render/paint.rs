//! Owns colours: whether there are any, and which mean what. Must never carry a meaning that
//! the text alone does not have.

use crate::cli::args::ColorChoice;
use std::env;

/// Colours, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Paint(bool);

impl Paint {
    /// Decides for one stream (<https://no-color.org>: set and not empty means none).
    pub(super) fn choose(choice: ColorChoice, terminal: bool) -> Self {
        let refused = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self(match choice {
            ColorChoice::Always => !refused,
            ColorChoice::Never => false,
            ColorChoice::Auto => terminal && !refused,
        })
    }

    /// No colours.
    #[cfg(test)]
    pub(super) fn none() -> Self {
        Self(false)
    }

    fn wrap(self, start: &str, text: &str) -> String {
        if self.0 { format!("\x1b[{start}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// What is as it should be.
    pub(super) fn good(self, text: &str) -> String {
        self.wrap("32", text)
    }

    /// What is not.
    pub(super) fn bad(self, text: &str) -> String {
        self.wrap("1;31", text)
    }

    /// What is still to come.
    pub(super) fn open(self, text: &str) -> String {
        self.wrap("33", text)
    }

    /// What helps and does not matter.
    pub(super) fn faint(self, text: &str) -> String {
        self.wrap("2", text)
    }
}
