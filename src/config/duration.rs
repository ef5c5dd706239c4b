//! Owns the one way a length of time is written, in `migrate.toml` and on the command line.
//! Must never read a clock or guess a unit.

use std::error::Error;
use std::fmt;
use std::time::Duration;

/// The longest duration that may be written: `i32::MAX` milliseconds, about 24 days 20 hours.
///
/// PostgreSQL keeps its timeouts as a 32-bit number of milliseconds (manual, "Client
/// Connection Defaults": `lock_timeout`, `statement_timeout`), so nothing longer can be set.
pub const LONGEST: Duration = Duration::from_millis(i32::MAX as u64);

/// Why a text is no duration. Holds nothing of the text itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DurationFault {
    /// There is no text.
    Empty,
    /// It does not start with a digit: a sign, a space or a word.
    NoNumber,
    /// It has a fraction; only whole numbers are read.
    Fraction,
    /// It is a number other than zero, alone.
    NoUnit,
    /// What follows the number is none of the units.
    UnknownUnit,
    /// It is longer than [`LONGEST`].
    TooLong,
}

impl fmt::Display for DurationFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Empty => "it is empty",
            Self::NoNumber => "it does not start with a digit",
            Self::Fraction => "it has a fraction, and only whole numbers are read",
            Self::NoUnit => "it has no unit",
            Self::UnknownUnit => "its unit is none of 'ms', 's', 'min', 'm', 'h', 'd'",
            Self::TooLong => {
                "it is longer than 2147483647ms (about 24 days), the most PostgreSQL can hold"
            }
        })?;
        formatter.write_str("; a duration is a whole number and a unit, such as '500ms', '5s', '2min', '1h', '1d', or '0'")
    }
}

impl Error for DurationFault {}

/// Reads a duration: a whole number directly followed by `ms`, `s`, `min`, `m` (minutes),
/// `h` or `d`; or `0` alone.
///
/// What zero means ("no limit" or "at once") is up to whoever asked.
///
/// # Errors
///
/// A [`DurationFault`] for everything else: spaces, signs, fractions, several units, upper
/// case, and what is longer than [`LONGEST`].
pub fn parse(text: &str) -> Result<Duration, DurationFault> {
    if text.is_empty() {
        return Err(DurationFault::Empty);
    }
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let Some((digits, unit)) = text.split_at_checked(end) else {
        return Err(DurationFault::NoNumber);
    };
    if digits.is_empty() {
        return Err(DurationFault::NoNumber);
    }
    let milliseconds_each: u64 = match unit {
        "ms" => 1,
        "s" => 1_000,
        "min" | "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        "" if digits == "0" => 1,
        "" => return Err(DurationFault::NoUnit),
        other if other.starts_with(['.', ',']) => return Err(DurationFault::Fraction),
        _ => return Err(DurationFault::UnknownUnit),
    };
    // Digits that do not fit 64 bits are too long in any unit.
    let number: u64 = digits.parse().map_err(|_| DurationFault::TooLong)?;
    let milliseconds = number.checked_mul(milliseconds_each).ok_or(DurationFault::TooLong)?;
    let duration = Duration::from_millis(milliseconds);
    if duration > LONGEST { Err(DurationFault::TooLong) } else { Ok(duration) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_unit_is_read() {
        let cases: [(&str, u64); 12] = [
            ("0", 0),
            ("0s", 0),
            ("1ms", 1),
            ("500ms", 500),
            ("5s", 5_000),
            ("2min", 120_000),
            ("2m", 120_000),
            ("1h", 3_600_000),
            ("1d", 86_400_000),
            ("24d", 2_073_600_000),
            ("005s", 5_000),
            ("2147483647ms", 2_147_483_647),
        ];
        for (text, milliseconds) in cases {
            assert_eq!(parse(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused_with_its_reason() {
        use DurationFault::{Empty, Fraction, NoNumber, NoUnit, TooLong, UnknownUnit};
        let cases = [
            ("", Empty),
            (" ", NoNumber),
            ("s", NoNumber),
            (" 5s", NoNumber),
            ("-5s", NoNumber),
            ("+5s", NoNumber),
            ("٥s", NoNumber),
            ("infinite", NoNumber),
            ("5", NoUnit),
            ("00", NoUnit),
            ("1.5s", Fraction),
            ("1,5s", Fraction),
            ("5 s", UnknownUnit),
            ("5s ", UnknownUnit),
            ("5S", UnknownUnit),
            ("5sec", UnknownUnit),
            ("5us", UnknownUnit),
            ("1h30m", UnknownUnit),
            ("1e3s", UnknownUnit),
            ("5\u{00B5}s", UnknownUnit),
            ("2147483648ms", TooLong),
            ("25d", TooLong),
            ("99999999999999999999999s", TooLong),
            ("18446744073709551615d", TooLong),
        ];
        for (text, fault) in cases {
            assert_eq!(parse(text), Err(fault), "{text:?}");
            assert!(fault.to_string().contains("'500ms'"), "{fault}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in any::<String>()) {
            if let Ok(duration) = parse(&text) {
                prop_assert!(duration <= LONGEST);
                prop_assert!(text.starts_with(|letter: char| letter.is_ascii_digit()));
            }
        }

        #[test]
        fn what_is_written_is_what_is_read(milliseconds in 0..=i32::MAX as u64) {
            prop_assert_eq!(parse(&format!("{milliseconds}ms")), Ok(Duration::from_millis(milliseconds)));
        }
    }
}
