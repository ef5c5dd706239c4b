//! Owns telling the service manager where a run stands (sd_notify(3)). Must never fail a
//! run: without a service manager nothing is said.

use sd_notify::NotifyState;

/// Sets the line that `systemctl status` shows.
pub fn status(text: &str) {
    // A manager that does not listen is no reason to stop a migration.
    let _best_effort = sd_notify::notify(&[NotifyState::Status(text)]);
}
