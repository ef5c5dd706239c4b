//! Owns asking OpenSSH's `ssh-keygen` about signatures (ssh-keygen(1), `-Y`): who may sign and
//! whether a signature is theirs is its answer alone. Must never read a key or a signature itself.

use crate::core::finding::Explain;
use std::env;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The program.
pub const PROGRAM: &str = "ssh-keygen";

/// What signing may need of the caller's environment: an agent, a way to ask for a passphrase, a
/// security key's helper. Nothing else is handed on, and verifying needs none of it.
const SIGNING: [&str; 11] = [
    "DISPLAY",
    "HOME",
    "SSH_ASKPASS",
    "SSH_ASKPASS_REQUIRE",
    "SSH_AUTH_SOCK",
    "SSH_SK_HELPER",
    "SSH_SK_PROVIDER",
    "TERM",
    "USER",
    "WAYLAND_DISPLAY",
    "XDG_RUNTIME_DIR",
];

/// What is said of a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// It is this principal's, over these bytes, in this namespace, with a key that is allowed now.
    Good,
    /// It is right, but no key that may sign for this principal now made it.
    NotAllowed {
        /// What `ssh-keygen` said; empty where it said nothing.
        reason: String,
    },
    /// It is not over these bytes, not in this namespace, or no signature.
    Wrong {
        /// What `ssh-keygen` said.
        reason: String,
    },
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SshKeygenFault {
    /// It is not installed.
    Absent,
    /// It cannot be started, or ended by a signal.
    Unusable {
        /// Why.
        reason: String,
    },
    /// It did not sign.
    Unsigned {
        /// The key.
        key: PathBuf,
        /// What it said; empty where it said it on the terminal.
        reason: String,
    },
}

/// Asks whether a signature is this principal's over these bytes.
///
/// # Errors
/// When it could not be asked: that is no answer.
pub fn verify(
    allowed: &Path,
    principal: &str,
    namespace: &str,
    bytes: &[u8],
    signature: &Path,
) -> Result<Judgement, SshKeygenFault> {
    let mut command = asking("verify");
    command.arg("-f").arg(allowed).args(["-I", principal, "-n", namespace, "-s"]).arg(signature);
    let verified = answer(command, bytes)?;
    if verified.status.success() {
        return Ok(Judgement::Good);
    }
    // The same without the question who may sign tells which of the two it is.
    let mut command = asking("check-novalidate");
    command.args(["-n", namespace, "-s"]).arg(signature);
    let checked = answer(command, bytes)?;
    Ok(if checked.status.success() {
        Judgement::NotAllowed { reason: said(&verified) }
    } else {
        Judgement::Wrong { reason: said(&checked) }
    })
}

/// The principals, or patterns of them, for which the key of a signature may sign.
///
/// # Errors
/// When it could not be asked.
pub fn principals(allowed: &Path, signature: &Path) -> Result<Vec<String>, SshKeygenFault> {
    let mut command = asking("find-principals");
    command.arg("-f").arg(allowed).arg("-s").arg(signature);
    let found = answer(command, b"")?;
    if !found.status.success() {
        return Ok(Vec::new());
    }
    // A key with more than one line has one here for each; a line may list more than one.
    let text = String::from_utf8_lossy(&found.stdout);
    let names = text.lines().flat_map(|line| line.split(','));
    Ok(names.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect())
}

/// Signs a file: the signature stands beside it, with `.sig` after its name. It may ask for a
/// passphrase, or for a touch, on the terminal.
///
/// # Errors
/// When it did not sign.
pub fn sign(key: &Path, namespace: &str, file: &Path) -> Result<(), SshKeygenFault> {
    let mut command = asking("sign");
    for name in SIGNING {
        command.envs(env::var_os(name).map(|value| (name, value)));
    }
    command.args(["-n", namespace, "-f"]).arg(key).arg(file).stdin(Stdio::inherit());
    if io::stderr().is_terminal() {
        // Where a security key waits for a touch, it is said there.
        command.stderr(Stdio::inherit());
    }
    let output = command.output().map_err(|error| SshKeygenFault::of(&error))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(SshKeygenFault::Unsigned { key: key.to_owned(), reason: said(&output) })
    }
}

/// The command that an approver who has nothing installed types.
#[must_use]
pub fn typed(key: &str, namespace: &str, file: &Path) -> String {
    let file = file.display().to_string().replace('\'', "'\\''");
    format!("{PROGRAM} -Y sign -n {namespace} -f {key} '{file}'")
}

fn asking(act: &str) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .args(["-Y", act])
        .env_clear()
        .envs(env::var_os("PATH").map(|path| ("PATH", path)))
        .env("LC_ALL", "C")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn answer(mut command: Command, input: &[u8]) -> Result<Output, SshKeygenFault> {
    let failed = |error: io::Error| SshKeygenFault::of(&error);
    let mut child = command.stdin(Stdio::piped()).spawn().map_err(failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        // It may refuse before it reads; its answer counts.
        let _it_may_have_ended = stdin.write_all(input);
    }
    let output = child.wait_with_output().map_err(failed)?;
    match output.status.code() {
        Some(_) => Ok(output),
        None => Err(SshKeygenFault::Unusable { reason: output.status.to_string() }),
    }
}

/// What it said, in one line of at most so many characters.
fn said(output: &Output) -> String {
    const LONGEST: usize = 300;
    let text = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let shown = |it: char| if it.is_control() { ' ' } else { it };
    lines.join("; ").chars().map(shown).take(LONGEST).collect()
}

impl SshKeygenFault {
    fn of(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Absent,
            _ => Self::Unusable { reason: error.to_string() },
        }
    }
}

impl Explain for SshKeygenFault {
    fn code(&self) -> &'static str {
        match self {
            Self::Absent => "no-ssh-keygen",
            Self::Unusable { .. } => "ssh-keygen",
            Self::Unsigned { .. } => "unsigned",
        }
    }

    fn subject(&self) -> String {
        match self {
            Self::Absent | Self::Unusable { .. } => PROGRAM.to_owned(),
            Self::Unsigned { key, .. } => key.display().to_string(),
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Absent => {
                "'ssh-keygen' is not installed, so no signature can be made or checked".to_owned()
            }
            Self::Unusable { reason } => format!("'ssh-keygen' cannot be asked: {reason}"),
            Self::Unsigned { key, reason } if reason.is_empty() => {
                format!("nothing was signed with '{}'", key.display())
            }
            Self::Unsigned { key, reason } => {
                format!("nothing was signed with '{}': {reason}", key.display())
            }
        }
    }

    fn remedy(&self) -> String {
        match self {
            Self::Absent => "install the package openssh-client".to_owned(),
            Self::Unusable { .. } => {
                "see that 'ssh-keygen' can be started by the user that runs dreichor-migrate; under systemd, that ExecPaths= of the unit has it".to_owned()
            }
            Self::Unsigned { .. } => {
                "name the private key, or the public one of a key that ssh-agent holds, with --key".to_owned()
            }
        }
    }
}
