//! Owns a world in which `prod` needs an approval, with approvers who have real keys. Must never
//! sign with anything but `ssh-keygen`, as an approver would.

use crate::support::World;
use crate::support::program::Answer;
use dreichor_migrate::core::digest::Digest;
use dreichor_migrate::core::instant::utc;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

pub(crate) const ONE: (&str, &str) = ("001_a.sql", "CREATE TABLE public.a ();\n");
pub(crate) const TWO: (&str, &str) = ("002_b.sql", "CREATE TABLE public.b ();\n");
pub(crate) const NAMESPACE: &str = "dreichor-migrate-approval";

pub(crate) struct Desk {
    pub(crate) world: World,
}

impl Desk {
    /// Two pending migrations, and `ada@example.org` may approve.
    pub(crate) fn open() -> Self {
        let desk = Self { world: World::with(&[ONE, TWO]) };
        desk.world.configure("approval = 'required'");
        fs::create_dir_all(desk.approvals()).unwrap();
        desk.key("ada", "ed25519");
        desk.allow(&[&desk.line("ada@example.org", "ada")]);
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.world.path().join(name)
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    pub(crate) fn approvals(&self) -> PathBuf {
        self.path("approvals/prod")
    }

    pub(crate) fn allowed(&self) -> PathBuf {
        self.path("allowed_signers")
    }

    /// Makes a key without a passphrase.
    pub(crate) fn key(&self, name: &str, kind: &str) {
        let mut command = Command::new("ssh-keygen");
        command.args(["-q", "-t", kind, "-N", "", "-C", name, "-f"]).arg(self.path(name));
        let output = command.output().expect("ssh-keygen starts");
        assert!(output.status.success(), "{output:?}");
    }

    /// A line of the allowed signers, with whatever stands before the key.
    pub(crate) fn line(&self, before: &str, key: &str) -> String {
        let public = fs::read_to_string(self.path(&format!("{key}.pub"))).unwrap();
        format!("{before} {public}")
    }

    pub(crate) fn allow(&self, lines: &[&str]) {
        fs::write(self.allowed(), lines.concat()).unwrap();
    }

    /// Writes the plan file.
    pub(crate) fn plan(&self, name: &str) -> Value {
        let path = self.text(name);
        self.world.run(&["plan", "--out", &path]).expect(0);
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
    }

    /// Approves a plan file into the approvals, with the key `ada`.
    pub(crate) fn approve(&self, plan: &str, more: &[&str]) -> Answer {
        let (plan, out, key) = (self.text(plan), self.approvals(), self.text("ada"));
        let out = out.display().to_string();
        let fixed = ["approve", "--plan", &plan, "--reference", "WO-123", "--out", &out];
        let key = ["--key", &key, "--format", "json"];
        self.world.run(&[&fixed[..], &key, more].concat())
    }

    /// A statement about the plan of this moment, good for a day.
    pub(crate) fn statement(&self) -> Value {
        let plan = self.world.run(&["plan", "--format", "json"]).expect(0).json();
        json!({
            "form": 1,
            "tool_version": env!("CARGO_PKG_VERSION"),
            "environment": "prod",
            "database": self.world.database,
            "plan": plan["digest"],
            "plan_file": Value::Null,
            "reference": "WO-123",
            "approver": "ada@example.org",
            "planned_by": {"os_user": "grace", "sudo_user": Value::Null, "host": "db1"},
            "approved_at": from_now(-60),
            "expires_at": from_now(86_400),
        })
    }

    /// Puts a statement among the approvals and signs it there, as by hand.
    pub(crate) fn put(&self, name: &str, statement: &Value, key: &str) -> PathBuf {
        let path = self.approvals().join(name);
        fs::write(&path, format!("{statement:#}\n")).unwrap();
        self.sign(&path, key, NAMESPACE);
        path
    }

    pub(crate) fn sign(&self, path: &Path, key: &str, namespace: &str) {
        let mut command = Command::new("ssh-keygen");
        command.args(["-q", "-Y", "sign", "-n", namespace, "-f"]).arg(self.path(key)).arg(path);
        let output = command.output().expect("ssh-keygen starts");
        assert!(output.status.success(), "{output:?}");
    }

    /// Takes every approval away.
    pub(crate) fn clear(&self) {
        fs::remove_dir_all(self.approvals()).unwrap();
        fs::create_dir_all(self.approvals()).unwrap();
    }

    /// `apply`, which is refused: nothing of it was applied.
    #[track_caller]
    pub(crate) fn refused(&self) -> Vec<Value> {
        let answer = self.world.run(&["apply", "--format", "json"]).expect(21);
        let findings = answer.json()["findings"].as_array().unwrap().clone();
        assert!(!self.world.has("public.b"), "{answer:#?}");
        findings
    }

    /// The same, with the one finding that it ends with.
    #[track_caller]
    pub(crate) fn refused_for(&self, code: &str, words: &str) {
        let findings = self.refused();
        assert_eq!(findings.len(), 1, "{findings:#?}");
        assert_eq!(findings[0]["code"], code, "{findings:#?}");
        let message = findings[0]["message"].as_str().unwrap();
        assert!(message.contains(words), "no '{words}' in: {message}");
    }

    /// The column `approval` of the log, for each row.
    pub(crate) fn logged(&self) -> Vec<String> {
        let rows = self.world.sql(
            "SELECT event || ' ' || version || ' ' || coalesce(approval, '-') \
             FROM public.dreichor_schema_migration_log ORDER BY sequence",
        );
        rows.lines().map(str::to_owned).collect()
    }
}

/// An instant so many seconds from now.
pub(crate) fn from_now(seconds: i64) -> String {
    let distance = Duration::from_secs(seconds.unsigned_abs());
    let now = SystemTime::now();
    utc(if seconds < 0 { now - distance } else { now + distance })
}

/// The digest of a file.
pub(crate) fn digest(path: &Path) -> Digest {
    Digest::of(&fs::read(path).unwrap())
}
