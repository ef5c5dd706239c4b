//! Owns reading single values of the command line, and what is said of those that cannot be. Must
//! never look at more than one value.

use crate::config::duration;
use crate::core::digest::Digest;
use crate::core::rehearsal::Data;
use crate::core::version::Version;
use std::time::Duration;

pub(super) fn parse_digest(text: &str) -> Result<Digest, &'static str> {
    Digest::parse(text).ok_or("a digest is 'sha256:' and 64 hexadecimal digits, as 'plan' shows it")
}

pub(super) fn parse_duration(text: &str) -> Result<Duration, duration::DurationFault> {
    duration::parse(text)
}

pub(super) fn parse_deadline(text: &str) -> Result<Duration, String> {
    match duration::parse(text) {
        Ok(Duration::ZERO) => {
            Err("a deadline is longer than nothing, and never unlimited".to_owned())
        }
        Ok(limit) => Ok(limit),
        Err(fault) => Err(fault.to_string()),
    }
}

pub(super) fn parse_expiry(text: &str) -> Result<Duration, String> {
    match duration::parse(text) {
        Ok(time) if time.as_secs() == 0 => {
            Err("an approval counts for a second at least".to_owned())
        }
        Ok(time) => Ok(time),
        Err(duration::DurationFault::TooLong) => {
            Err("an approval counts for at most 24 days".to_owned())
        }
        Err(fault) => Err(fault.to_string()),
    }
}

pub(super) fn parse_part(text: &str) -> Result<Data, &'static str> {
    if text == "full" {
        return Ok(Data::Full);
    }
    let part = text.parse::<f64>().ok().filter(|part| *part > 0.0 && *part <= 1.0);
    part.map(Data::Fraction)
        .ok_or("a part is 'full', or a fraction above 0 and at most 1, such as 0.1")
}

pub(super) fn parse_version(text: &str) -> Result<Version, &'static str> {
    Version::parse(text).ok_or("a version is a migration's file name, such as 001_init.sql")
}
