//! Owns the tests of the configuration: the faulty files of `tests/cases/config`, and what
//! accepted ones mean. Must never write a file.

use std::fs;
use std::num::NonZeroU32;
use std::path::Path;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::config::{Approval, Atomicity};
use crate::core::finding::Explain;
use crate::core::policy::Profile;

const BAD: &str = "tests/cases/config/bad";

fn prod(text: &str) -> Settings {
    let configuration =
        Configuration::parse(text, Path::new("/etc/dreichor/migrate.toml")).unwrap();
    configuration.environment("prod", Overrides::default()).unwrap()
}

fn refused(text: &str, asked: Option<&str>) -> Vec<ConfigFault> {
    let path = Path::new("migrate.toml");
    match (Configuration::parse(text, path), asked) {
        (Err(faults), None) => faults,
        (Ok(configuration), Some(name)) => {
            configuration.environment(name, Overrides::default()).err().into_iter().collect()
        }
        (Ok(_), None) => Vec::new(),
        (Err(faults), Some(_)) => panic!("refused before it was asked for: {faults:?}"),
    }
}

#[test]
fn every_faulty_file_is_refused_as_its_first_lines_say() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join(BAD);
    let mut files: Vec<_> = fs::read_dir(directory).unwrap().map(|it| it.unwrap().path()).collect();
    files.sort();
    let mut wrong = Vec::new();
    for file in &files {
        let text = fs::read_to_string(file).unwrap();
        let expected: Vec<&str> =
            text.lines().filter_map(|line| line.strip_prefix("#= ")).collect();
        let asked = text.lines().find_map(|line| line.strip_prefix("#? environment "));
        let faults = refused(&text, asked);
        let found: Vec<String> = faults
            .iter()
            .map(|it| format!("{}@{}:{}", it.code(), it.place.line, it.place.column))
            .collect();
        if found != expected {
            wrong.push(format!("{}\n#= {}", file.display(), found.join("\n#= ")));
        }
        for fault in &faults {
            let finding = fault.finding();
            assert!(!finding.message.is_empty() && !finding.remedy.is_empty());
            assert!(!finding.message.contains("secret") && !finding.message.ends_with('.'));
            assert!(finding.subject.starts_with("migrate.toml:"), "{}", finding.subject);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(files.len() >= 25, "there are only {} files", files.len());
}

#[test]
fn the_least_that_works_has_the_documented_defaults() {
    let text = "migrations = '/usr/share/dreichor/migrations'\n\
                [environments.prod]\ndatabase = 'dreichor_prod'\n\
                [environments.dev]\ndatabase = 'dreichor_dev'\npolicy = 'standard'\n";
    let expected = Settings {
        environment: "prod".to_owned(),
        file: PathBuf::from("/etc/dreichor/migrate.toml"),
        migrations: PathBuf::from("/usr/share/dreichor/migrations"),
        state: None,
        allowed_signers: PathBuf::from("/etc/dreichor/allowed_signers"),
        approvals: vec![PathBuf::from("/etc/dreichor/approvals/prod")],
        database: "dreichor_prod".to_owned(),
        gate: Gate::default(),
        requirement: None,
        profile: Profile::Strict,
        atomicity: Atomicity::Migration,
        search_path: vec!["public".to_owned()],
        lock_timeout: Some(Duration::from_secs(5)),
        statement_timeout: None,
        idle_in_transaction_timeout: Some(Duration::from_secs(60)),
        connect_timeout: Duration::from_secs(10),
        roles: Roles {
            owner: "dreichor_prod_owner".to_owned(),
            migrator: "dreichor_prod_migrator".to_owned(),
            runtime: "dreichor_prod_runtime".to_owned(),
        },
        protected_tables: vec!["audit_events".to_owned(), "snapshots".to_owned()],
        approval: Approval::Off,
        backup: Backup::Off,
        others: vec![("dev".to_owned(), "dreichor_dev".to_owned())],
    };
    assert_eq!(prod(text), expected);
}

#[test]
fn every_key_is_heard() {
    let settings = prod(
        "migrations = 'sets/main'\nstate = '/var/s'\nallowed_signers = 'keys'\n\
         [environments.prod]\ndatabase = 'd'\npolicy = 'standard'\n\
         atomic = 'plan'\nsearch_path = ['app', 'Public']\nlock_timeout = '500ms'\n\
         statement_timeout = '2min'\nidle_in_transaction_timeout = '0'\nconnect_timeout = '1s'\n\
         requirement = 'r.toml'\nowner_role = 'o'\nmigrator_role = 'm'\nruntime_role = 'r'\n\
         protected_tables = []\napproval = 'required'\ndistinct_approver = true\n\
         backup = 'pg_dump'\nbackup_keep = 3\n",
    );
    assert_eq!(settings.migrations, Path::new("/etc/dreichor/sets/main"));
    assert_eq!(settings.requirement.as_deref(), Some(Path::new("/etc/dreichor/r.toml")));
    assert_eq!(settings.profile, Profile::Standard);
    assert_eq!(settings.atomicity, Atomicity::Plan);
    assert_eq!(settings.search_path, ["app", "Public"]);
    assert_eq!(settings.lock_timeout, Some(Duration::from_millis(500)));
    assert_eq!(settings.statement_timeout, Some(Duration::from_secs(120)));
    assert_eq!(settings.idle_in_transaction_timeout, None);
    assert_eq!(settings.connect_timeout, Duration::from_secs(1));
    let roles = [&settings.roles.owner, &settings.roles.migrator, &settings.roles.runtime];
    assert_eq!(roles, ["o", "m", "r"]);
    assert_eq!(settings.others, []);
    assert_eq!(settings.state.as_deref(), Some(Path::new("/var/s")));
    assert_eq!(settings.allowed_signers, Path::new("/etc/dreichor/keys"));
    let approvals = ["/etc/dreichor/approvals/prod", "/var/s/approvals/prod"].map(PathBuf::from);
    assert_eq!(settings.approvals, approvals);
    assert_eq!(settings.protected_tables, [""; 0]);
    assert_eq!(settings.approval, Approval::Required { distinct_approver: true });
    assert_eq!(settings.backup, Backup::PgDump { keep: NonZeroU32::new(3) });
}

#[test]
fn the_command_line_comes_before_the_file() {
    let text = "[environments.prod]\ndatabase = 'd'\n";
    let configuration = Configuration::parse(text, Path::new("conf/migrate.toml")).unwrap();
    let migrations = Some(PathBuf::from("here"));
    let overrides = Overrides { migrations, atomicity: Some(Atomicity::Plan) };
    let settings = configuration.environment("prod", overrides).unwrap();
    assert_eq!(settings.migrations, Path::new("here"), "taken as it is");
    assert_eq!(settings.atomicity, Atomicity::Plan);
}

#[test]
fn a_relative_directory_starts_beside_the_file() {
    let text = "migrations = 'migrations'\n[environments.prod]\ndatabase = 'd'\n";
    for (file, expected) in [("migrate.toml", "migrations"), ("conf/x.toml", "conf/migrations")] {
        let configuration = Configuration::parse(text, Path::new(file)).unwrap();
        let settings = configuration.environment("prod", Overrides::default()).unwrap();
        assert_eq!(settings.migrations, Path::new(expected));
    }
}

#[test]
fn the_unknown_environment_is_answered_with_the_known_ones() {
    let text = "[environments.prod]\ndatabase = 'd'\n[environments.dev]\ndatabase = 'e'\n";
    let finding = refused(text, Some("staging")).remove(0).finding();
    assert_eq!(
        finding.message,
        "migrate.toml:1:15: environment 'staging' is not declared; declared are 'prod', 'dev'"
    );
    assert_eq!(finding.subject, "migrate.toml:1:15");
}

#[test]
fn a_url_in_any_place_is_refused_and_not_repeated() {
    let url = "postgres://u:Canary7Secret@localhost/d";
    let mut texts = vec![
        format!("migrations = '{url}'\n[environments.prod]\ndatabase = 'd'\n"),
        format!("'{url}' = 1\n[environments.prod]\ndatabase = 'd'\n"),
        format!("[environments.'{url}']\ndatabase = 'd'\n"),
        format!("[environments.prod]\ndatabase = {url}\n"),
        format!("[environments.prod]\ndatabase = '{url}\n"),
        format!("environments = '{url}'\n"),
    ];
    let keys = [
        "database",
        "requirement",
        "policy",
        "atomic",
        "search_path",
        "lock_timeout",
        "statement_timeout",
        "idle_in_transaction_timeout",
        "connect_timeout",
        "owner_role",
        "migrator_role",
        "runtime_role",
        "protected_tables",
        "approval",
        "distinct_approver",
        "backup",
        "backup_keep",
    ];
    for key in keys {
        let value = if ["search_path", "protected_tables"].contains(&key) {
            format!("['{url}']")
        } else {
            format!("'{url}'")
        };
        texts.push(format!("[environments.prod]\n{key} = {value}\n"));
        texts.push(format!("[environments.prod]\n{key} = {{ url = {value} }}\n"));
    }
    for text in texts {
        let faults = refused(&text, None);
        assert!(!faults.is_empty(), "{text}");
        for finding in faults.iter().map(Explain::finding) {
            assert!(!format!("{finding:?}").contains("Canary"), "{finding:?}");
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        if let Err(faults) = Configuration::parse(&text, Path::new("migrate.toml")) {
            prop_assert!(!faults.is_empty());
        }
    }

    #[test]
    fn any_value_of_any_key_is_answered(
        key in prop::sample::select(vec![
            "database", "policy", "atomic", "lock_timeout", "connect_timeout", "owner_role", "runtime_role",
        ]),
        value in "\\PC{0,70}",
    ) {
        let escaped: String = value.chars().map(|letter| format!("\\U{:08X}", u32::from(letter))).collect();
        let text = format!("[environments.prod]\n{key} = \"{escaped}\"\n");
        match Configuration::parse(&text, Path::new("migrate.toml")) {
            Ok(_) => prop_assert_eq!(key, "database"),
            Err(faults) => prop_assert!(faults.iter().all(|fault| fault.place.line <= 2)),
        }
    }
}
