//! Owns the identity of bytes: SHA-256 of exactly what was read, and the question whether
//! only line endings differ. Must never normalise what it hashes.

use sha2::{Digest as _, Sha256};
use std::fmt;

/// SHA-256 of exact bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

const PREFIX: &str = "sha256:";

impl Digest {
    /// The digest of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The digest of bytes that come in pieces, none of which has to be kept: `write` is given
    /// what takes them.
    #[must_use]
    pub fn of_pieces(write: impl FnOnce(&mut dyn FnMut(&[u8]))) -> Self {
        let mut hasher = Sha256::new();
        write(&mut |piece| hasher.update(piece));
        Self(hasher.finalize().into())
    }

    /// The digest that somebody else computed of bytes that came in pieces.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Sixty-four lower-case hexadecimal digits, as the history log stores it.
    #[must_use]
    pub fn hex(&self) -> String {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let digit = |value: u8| char::from(DIGITS.get(usize::from(value)).copied().unwrap_or(b'0'));
        self.0.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
    }

    /// Reads sixty-four hexadecimal digits, with or without `sha256:` before them.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let hex = text.strip_prefix(PREFIX).unwrap_or(text).as_bytes();
        if hex.len() != 64 {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
            let mut value = 0;
            for &digit in pair {
                let nibble = match digit {
                    b'0'..=b'9' => digit - b'0',
                    b'a'..=b'f' => digit - b'a' + 10,
                    _ => return None,
                };
                value = value * 16 + nibble;
            }
            *byte = value;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{PREFIX}{}", self.hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

/// Whether these bytes, with their line endings written the other way, are what was recorded.
///
/// A checkout with `core.autocrlf` changes every line ending of a file: the operator is told
/// so instead of being told that the file was edited (design section 4).
#[must_use]
pub fn only_line_endings_differ(bytes: &[u8], recorded: &Digest) -> bool {
    let mut unix = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        if byte == b'\r' && rest.peek() == Some(&b'\n') {
            continue;
        }
        unix.push(byte);
    }
    if Digest::of(&unix) == *recorded {
        return true;
    }
    let mut windows = Vec::with_capacity(unix.len());
    for byte in unix {
        if byte == b'\n' {
            windows.push(b'\r');
        }
        windows.push(byte);
    }
    Digest::of(&windows) == *recorded
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_digest_of_nothing_is_the_known_one() {
        let known = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Digest::of(b"").hex(), known);
        assert_eq!(Digest::parse(known), Some(Digest::of(b"")));
        assert_eq!(Digest::parse(&format!("sha256:{known}")), Some(Digest::of(b"")));
    }

    #[test]
    fn anything_else_is_not_a_digest() {
        let known = Digest::of(b"x").hex();
        for text in [
            "",
            "sha256:",
            &known.chars().skip(1).collect::<String>(),
            &known.to_uppercase(),
            &format!("{known}0"),
        ] {
            assert_eq!(Digest::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn text_form_round_trips(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let digest = Digest::of(&bytes);
            prop_assert_eq!(Digest::parse(&digest.to_string()), Some(digest));
        }

        #[test]
        fn line_endings_are_recognised_both_ways(text in "[a-z;\n ]{0,40}") {
            let windows = text.replace('\n', "\r\n");
            prop_assert!(only_line_endings_differ(windows.as_bytes(), &Digest::of(text.as_bytes())));
            prop_assert!(only_line_endings_differ(text.as_bytes(), &Digest::of(windows.as_bytes())));
            let other = format!("{text}x");
            prop_assert!(!only_line_endings_differ(other.as_bytes(), &Digest::of(text.as_bytes())));
        }
    }
}
