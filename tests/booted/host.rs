//! Owns what the proofs ask of a Dreichor host: its units, its databases, its runtime's starts.
//! Must never hide an answer: what a proof is about, it looks at itself.

use crate::machine::{Answer, Machine};
use serde_json::Value;

/// The migrations that the package brings.
pub(crate) const SET: &str =
    "001_init.sql\n002_add_shadow_ledger.sql\n003_add_decision_memory.sql\n";

pub(crate) const APPLY: &str = "dreichor-migrate@prod";
pub(crate) const GATE: &str = "dreichor-migrate-gate@prod";
pub(crate) const RUNTIME: &str = "dreichor-runtime@prod";

/// `MESSAGE_ID` of the unit that speaks where the gate left no pass.
pub(crate) const NOT_PASSED: &str = "3d6e1f0c9b7a4c55a1e2d8f4b6c07a91";

impl Machine {
    /// `systemctl start UNIT`.
    pub(crate) fn start(&self, unit: &str) -> Answer {
        self.run(&format!("systemctl start '{unit}'"))
    }

    /// A property of a unit.
    pub(crate) fn property(&self, unit: &str, name: &str) -> String {
        self.must(&format!("systemctl show -P {name} '{unit}'")).trim().to_owned()
    }

    /// A unit's state, result and its program's exit code, as in `failed exit-code 40`.
    pub(crate) fn state(&self, unit: &str) -> String {
        let names = ["ActiveState", "Result", "ExecMainStatus"];
        names.map(|name| self.property(unit, name)).join(" ")
    }

    /// Starts a unit that must fail with this exit code of the program, and gives all that the
    /// program itself said in the journal in this run.
    pub(crate) fn refused(&self, unit: &str, code: u8) -> String {
        let answer = self.start(unit);
        assert_eq!(answer.code, 1, "{answer:#?}");
        assert_eq!(self.state(unit), format!("failed exit-code {code}"), "{}", self.told("-b"));
        let run = self.property(unit, "InvocationID");
        // By what the program itself says: journald may miss the invocation of who has just ended.
        self.told(&format!("DREICHOR_RUN_ID={run}"))
    }

    /// What SQL answers in an environment's database, as superuser.
    pub(crate) fn sql(&self, environment: &str, statement: &str) -> String {
        let script = format!(
            "runuser -u postgres -- psql -X -A -t -q -v ON_ERROR_STOP=1 -d 'dreichor_{environment}' <<'SQL'\n{statement}\nSQL"
        );
        self.must(&script)
    }

    /// The applied migrations, a line each; nothing where there is no history.
    pub(crate) fn applied(&self, environment: &str) -> String {
        let absent = "SELECT to_regclass('public.dreichor_schema_migrations') IS NULL";
        if self.sql(environment, absent) == "t\n" {
            return String::new();
        }
        self.sql(
            environment,
            "SELECT version FROM public.dreichor_schema_migrations ORDER BY version COLLATE \"C\"",
        )
    }

    /// How often the runtime's process ran, across reboots.
    pub(crate) fn starts(&self, environment: &str) -> usize {
        let file = format!("/var/lib/dreichor-runtime-{environment}.starts");
        self.must(&format!("touch {file} && wc -l <{file}")).trim().parse().expect("a number")
    }

    /// Waits until a runtime that was killed is down for good: not about to be restarted, and
    /// with no job that still waits for its gate.
    pub(crate) fn await_down(&self) {
        self.await_that(&format!(
            "[[ $(systemctl show -P SubState {RUNTIME}) == @(dead|failed) ]] && ! systemctl list-jobs --no-legend | grep -q dreichor"
        ));
    }

    /// Whether the runtime is running.
    pub(crate) fn runtime_runs(&self) -> bool {
        self.run(&format!("systemctl is-active --quiet {RUNTIME}")).code == 0
    }

    /// Applies all that is pending to prod, and starts the runtime.
    pub(crate) fn at_work(&self) {
        self.must(&format!("systemctl start {APPLY} && systemctl start {RUNTIME}"));
        assert!(self.runtime_runs());
    }

    /// Puts one more migration into the installed set.
    pub(crate) fn add_migration(&self, name: &str, text: &str) {
        self.write(&format!("/usr/share/dreichor/migrations/{name}"), text);
    }

    /// Seals the installed set, as whoever builds a package of it does; on a server of its own.
    pub(crate) fn seal(&self) {
        self.must("dreichor-migrate --migrations /usr/share/dreichor/migrations seal");
    }

    /// Makes the runtime of prod start at boot, with the witness that docs/operations.md names.
    pub(crate) fn enable_runtime(&self) {
        self.must(&format!(
            "systemctl enable --quiet {RUNTIME} dreichor-migrate-gate-witness@prod"
        ));
    }
}

/// The only entry with this `MESSAGE_ID` in this boot.
pub(crate) fn only(machine: &Machine, id: &str) -> Value {
    let mut entries = machine.journal(&format!("-b MESSAGE_ID={id}"));
    assert_eq!(entries.len(), 1, "{entries:#?}");
    entries.remove(0)
}

/// Asserts that a text tells each of these.
pub(crate) fn assert_tells(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "'{part}' is not told in:\n{text}");
    }
}
