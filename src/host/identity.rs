//! Owns the answer to "who runs this, where": user, sudo, unit, host, run. Must never fail:
//! what cannot be learnt is left out or shown as a number.

use crate::core::log::Actor;
use nix::unistd::{Uid, User, gethostname};
use std::env;
use std::fs::{self, File};
use std::io::Read;

/// Who runs this program, as the log's rows tell it.
#[must_use]
pub fn actor() -> Actor {
    let uid = Uid::current();
    let name = User::from_uid(uid).ok().flatten().map(|user| user.name);
    Actor {
        os_user: name.unwrap_or_else(|| uid.to_string()),
        sudo_user: env::var("SUDO_USER").ok().filter(|name| !name.is_empty()),
        unit: unit(),
        host: gethostname()
            .ok()
            .and_then(|name| name.into_string().ok())
            .unwrap_or_else(|| "unknown".to_owned()),
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

/// A new identity for a run: the service manager's own where it started this very process
/// (so that `journalctl _SYSTEMD_INVOCATION_ID=` finds the run), random otherwise. 32
/// hexadecimal digits.
#[must_use]
pub fn run_id() -> String {
    let invocation = env::var("INVOCATION_ID").ok();
    let valid = |id: &String| id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    match invocation.filter(valid) {
        Some(id) if is_main_process() => id,
        _ => random_id(),
    }
}

/// Whether the service manager started this process itself: its variables are inherited by
/// every child, so a shell inside a service has them as well.
fn is_main_process() -> bool {
    env::var("SYSTEMD_EXEC_PID").is_ok_and(|pid| pid == std::process::id().to_string())
}

/// 32 random hexadecimal digits.
#[must_use]
pub fn random_id() -> String {
    let mut bytes = [0_u8; 16];
    let filled = File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut bytes));
    if filled.is_err() {
        // Only without /dev: the hasher's keys are random as well.
        use std::hash::{BuildHasher, Hasher};
        let half = || std::hash::RandomState::new().build_hasher().finish();
        bytes = ((u128::from(half()) << 64) | u128::from(half())).to_be_bytes();
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The unit whose main process this is, read from the cgroup's path (cgroups(7)).
fn unit() -> Option<String> {
    if !is_main_process() {
        return None;
    }
    let text = fs::read_to_string("/proc/self/cgroup").ok()?;
    text.lines().find_map(|line| {
        line.rsplit('/').find(|part| part.ends_with(".service")).map(str::to_owned)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_have_different_identities() {
        let (one, other) = (random_id(), random_id());
        assert_ne!(one, other);
        assert_eq!(one.len(), 32);
    }

    #[test]
    fn the_actor_is_never_empty() {
        let actor = actor();
        assert!(!actor.os_user.is_empty() && !actor.host.is_empty());
    }
}
