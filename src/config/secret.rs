//! Owns the one type that may hold a password or a database URL. Must never print, compare,
//! copy or serialize what it holds; only [`Secret::expose`] gives it away, by name.

use std::fmt;
use std::hint::black_box;
use std::mem::take;

/// A text that no output may show (design section 2, rule 10).
///
/// `Debug` and `Display` show only that something is hidden, not even its length. When
/// dropped, the bytes are overwritten as well as safe code can promise: copies made by the
/// allocator or by whoever called [`Secret::expose`] are out of its reach.
pub struct Secret(String);

impl Secret {
    /// Takes the text over; the caller keeps no copy.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The hidden text, for the one place that needs it: the handshake with the server or
    /// the parser of the URL.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(not shown)")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("(not shown)")
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        let mut bytes = take(&mut self.0).into_bytes();
        bytes.fill(0);
        // Without this the compiler may leave out writes that nobody reads.
        black_box(&bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_shows_nothing_of_itself() {
        let secret = Secret::new("hunter2".to_owned());
        assert_eq!(format!("{secret}"), "(not shown)");
        assert_eq!(format!("{secret:?}"), "Secret(not shown)");
        assert_eq!(format!("{secret:#?}"), "Secret(not shown)");
        assert_eq!(format!("{:#?}", Some(&secret)).matches("hunter2").count(), 0);
        assert_eq!(secret.expose(), "hunter2");
    }

    #[test]
    fn a_short_and_a_long_secret_look_alike() {
        let short = Secret::new(String::new());
        let long = Secret::new("x".repeat(500));
        assert_eq!(format!("{short}{short:?}"), format!("{long}{long:?}"));
    }
}
