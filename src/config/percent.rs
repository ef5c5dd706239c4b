//! Owns percent-decoding of one part of a URL (RFC 3986, section 2.1). Must never decode a
//! whole URL, and never turn `+` into a space: that is a rule of HTML forms.

use std::fmt;

/// Why a part cannot be decoded. Holds nothing of the part itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EncodingFault {
    /// A `%` is not followed by two hexadecimal digits.
    Malformed,
    /// The decoded bytes are not UTF-8.
    NotUtf8,
    /// The decoded text holds NUL or another control character.
    Control,
}

impl fmt::Display for EncodingFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Malformed => "has a '%' that is not followed by two hexadecimal digits",
            Self::NotUtf8 => "does not decode to UTF-8",
            Self::Control => "decodes to a text with a control character",
        })
    }
}

/// Decodes `%XX` and leaves every other character as it is.
///
/// # Errors
///
/// An [`EncodingFault`] for what no name and no password may be.
pub(super) fn decode(part: &str) -> Result<String, EncodingFault> {
    let mut decoded = Vec::with_capacity(part.len());
    let mut bytes = part.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let high = bytes.next().and_then(digit).ok_or(EncodingFault::Malformed)?;
            let low = bytes.next().and_then(digit).ok_or(EncodingFault::Malformed)?;
            decoded.push(high << 4 | low);
        } else {
            decoded.push(byte);
        }
    }
    let text = String::from_utf8(decoded).map_err(|_| EncodingFault::NotUtf8)?;
    if text.contains(char::is_control) { Err(EncodingFault::Control) } else { Ok(text) }
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_hexadecimal_digits_make_a_byte() {
        assert_eq!(decode("a%40b%2fc%2F+"), Ok("a@b/c/+".to_owned()));
        assert_eq!(decode("%C3%BC%e2%98%83"), Ok("ü☃".to_owned()));
        assert_eq!(decode("%2540"), Ok("%40".to_owned()), "decoded once, not twice");
    }

    #[test]
    fn what_no_name_may_be_is_refused() {
        for malformed in ["%", "%4", "a%", "%zz", "%4g", "%+1", "%%40", "%é0"] {
            assert_eq!(decode(malformed), Err(EncodingFault::Malformed), "{malformed}");
        }
        for bytes in ["%ff", "%C3", "%c0%af", "%ed%a0%80"] {
            assert_eq!(decode(bytes), Err(EncodingFault::NotUtf8), "{bytes}");
        }
        for control in ["%00", "a%0Ab", "%7f", "%C2%85", "%1b"] {
            assert_eq!(decode(control), Err(EncodingFault::Control), "{control}");
        }
    }
}
