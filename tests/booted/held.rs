//! Owns a session that is not ours and holds a table, and a run that waits for it. Must never
//! time out by itself: a proof ends the wait when it has seen enough.

use crate::host::APPLY;
use crate::machine::{Answer, Beside, Machine};

/// The migration that waits.
pub(crate) const WAITING: &str = "004_drop_beside.sql";
/// What the policy wants to be told before something is dropped.
pub(crate) const GONE: &str = "-- dreichor: allow(drop) made by hand, for this proof\n";

/// Somebody's open transaction with the table `beside`.
pub(crate) struct Holder {
    session: Beside,
    pid: String,
}

impl Holder {
    /// Makes the table and takes it.
    pub(crate) fn of_beside(host: &Machine) -> Self {
        host.sql("prod", "CREATE TABLE public.beside (beside_id uuid); ALTER TABLE public.beside OWNER TO dreichor_prod_owner");
        let session = host.spawn(
            "echo 'BEGIN; LOCK TABLE public.beside; SELECT pg_sleep(600)' |
             PGAPPNAME=the-night-report runuser -u postgres -- psql -X -q -d dreichor_prod -v ON_ERROR_STOP=1",
        );
        let held =
            "SELECT pid FROM pg_locks WHERE relation = 'public.beside'::regclass AND granted";
        host.await_that(&format!("[[ $({}) ]]", asked(held)));
        let pid = host.sql("prod", held).trim().to_owned();
        Self { session, pid }
    }

    /// Its process on the server.
    pub(crate) fn pid(&self) -> &str {
        &self.pid
    }

    /// Ends it.
    pub(crate) fn end(self, host: &Machine) -> Answer {
        host.sql("prod", &format!("SELECT pg_terminate_backend({})", self.pid));
        self.session.end()
    }
}

/// Starts the unit, whose only new migration first waits for the table and then does what is
/// given; returns while it waits.
pub(crate) fn waiting_run(host: &Machine, then: &str) -> Holder {
    let holder = Holder::of_beside(host);
    host.must(
        "sed -i '/^\\[environments.prod\\]/a lock_timeout = \"5min\"\\npolicy = \"standard\"' /etc/dreichor/migrate.toml",
    );
    host.add_migration(WAITING, &format!("{GONE}DROP TABLE public.beside;\n{then}"));
    host.must(&format!("systemctl start --no-block {APPLY}"));
    let waits = "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'dreichor-migrate%' AND wait_event_type = 'Lock'";
    host.await_that(&format!("[[ $({}) ]]", asked(waits)));
    holder
}

/// Waits for the end of the unit, and gives its state.
pub(crate) fn ended(host: &Machine) -> String {
    host.await_that(&format!("[[ $(systemctl show -P ActiveState {APPLY}) != activating ]]"));
    host.state(APPLY)
}

fn asked(statement: &str) -> String {
    format!("runuser -u postgres -- psql -X -A -t -q -d dreichor_prod -c \"{statement}\"")
}
