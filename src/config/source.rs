//! Owns the choice between the two ways a database URL reaches the program. Must never read
//! the environment or the credential itself: both are handed in.

use std::fmt;

use super::secret::Secret;
use super::url_fault::UrlFault;

/// The environment variable that may hold the URL.
pub const ENVIRONMENT_VARIABLE: &str = "DATABASE_URL";

/// The systemd credential that may hold it: a file of this name in `$CREDENTIALS_DIRECTORY`
/// (systemd.exec(5), "Credentials").
pub const CREDENTIAL: &str = "database-url";

/// The environment variable that may hold the URL of a server for scratch databases.
pub const SCRATCH_VARIABLE: &str = "SCRATCH_DATABASE_URL";

/// Where the URL came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The environment variable [`ENVIRONMENT_VARIABLE`].
    Environment,
    /// The systemd credential [`CREDENTIAL`].
    Credential,
    /// The environment variable [`SCRATCH_VARIABLE`].
    Scratch,
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment => formatter.write_str(ENVIRONMENT_VARIABLE),
            Self::Credential => write!(formatter, "credential '{CREDENTIAL}'"),
            Self::Scratch => formatter.write_str(SCRATCH_VARIABLE),
        }
    }
}

/// Chooses the URL (design section 5). A credential loses one line ending at its end, as text
/// editors leave one there; the variable is taken as it is. Where both say the same, the
/// credential is named. A value that is set but empty is set, and is refused when parsed.
///
/// # Errors
///
/// [`UrlFault::Missing`] with neither, [`UrlFault::Contradictory`] with two that differ.
pub fn choose(
    environment: Option<String>,
    credential: Option<String>,
) -> Result<(Secret, Source), UrlFault> {
    let environment = environment.map(Secret::new);
    let credential = credential.map(|text| Secret::new(without_line_ending(text)));
    match (environment, credential) {
        (None, None) => Err(UrlFault::Missing),
        (Some(url), None) => Ok((url, Source::Environment)),
        (None, Some(url)) => Ok((url, Source::Credential)),
        (Some(one), Some(other)) if one.expose() == other.expose() => {
            Ok((other, Source::Credential))
        }
        (Some(_), Some(_)) => Err(UrlFault::Contradictory),
    }
}

fn without_line_ending(mut text: String) -> String {
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(
        environment: Option<&str>,
        credential: Option<&str>,
    ) -> Result<(String, Source), UrlFault> {
        choose(environment.map(str::to_owned), credential.map(str::to_owned))
            .map(|(secret, source)| (secret.expose().to_owned(), source))
    }

    #[test]
    fn one_of_the_two_is_taken() {
        assert_eq!(choice(Some("a"), None), Ok(("a".to_owned(), Source::Environment)));
        assert_eq!(choice(None, Some("a")), Ok(("a".to_owned(), Source::Credential)));
        assert_eq!(choice(Some("a"), Some("a\n")), Ok(("a".to_owned(), Source::Credential)));
    }

    #[test]
    fn neither_and_two_that_differ_are_refused() {
        assert_eq!(choice(None, None), Err(UrlFault::Missing));
        assert_eq!(choice(Some("a"), Some("b")), Err(UrlFault::Contradictory));
        assert_eq!(choice(Some(""), Some("b")), Err(UrlFault::Contradictory));
        assert_eq!(choice(Some("a\n"), Some("a\n")), Err(UrlFault::Contradictory));
    }

    #[test]
    fn only_a_credential_loses_one_line_ending() {
        let cases = [
            ("a\n", "a"),
            ("a\r\n", "a"),
            ("a\n\n", "a\n"),
            ("a\r", "a\r"),
            ("a ", "a "),
            ("\n", ""),
        ];
        for (written, taken) in cases {
            assert_eq!(choice(None, Some(written)), Ok((taken.to_owned(), Source::Credential)));
            assert_eq!(choice(Some(written), None), Ok((written.to_owned(), Source::Environment)));
        }
    }
}
