//! Owns the cases of the provision script: quoting of any name, and what it must never hold.
//! Must never need a server.

use super::*;
use proptest::prelude::*;

fn named(database: &str, owner: &str, migrator: &str, runtime: &str) -> Provision {
    Provision {
        environment: "prod".to_owned(),
        database: database.to_owned(),
        owner_role: owner.to_owned(),
        migrator_role: migrator.to_owned(),
        runtime_role: runtime.to_owned(),
    }
}

/// Reads the script as psql does: what stands outside quotes and comments, and, in order,
/// what stands inside the quotes, with the quoting undone.
fn read(script: &str) -> (String, Vec<String>) {
    let mut outside = String::new();
    let mut inside = Vec::new();
    let mut rest = script.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '-' if rest.peek() == Some(&'-') => {
                while rest.next_if(|c| *c != '\n').is_some() {}
                outside.push_str("--");
            }
            '\'' | '"' => {
                let escapes = character == '\'' && outside.ends_with(['E']) && {
                    outside.pop();
                    true
                };
                let mut text = String::new();
                while let Some(next) = rest.next() {
                    if next == '\\' && escapes {
                        text.extend(rest.next());
                    } else if next != character || rest.next_if_eq(&character).is_some() {
                        text.push(next);
                    } else {
                        break;
                    }
                }
                outside.push(character);
                inside.push(text);
            }
            other => outside.push(other),
        }
    }
    (outside, inside)
}

#[test]
fn connections_and_comments_hold_any_name() {
    for (name, expected) in [
        ("dreichor_prod", "dbname=dreichor_prod"),
        ("Big \"One\"", "dbname=Big\\ \"One\""),
        ("o'neil", "dbname=o\\'neil"),
        (r"a\b", r"dbname=a\\b"),
        ("x=1 host=h", r"dbname=x=1\ host=h"),
        (":v $$ --", r"dbname=:v\ $$\ --"),
    ] {
        assert_eq!(connection(name), expected);
    }
    assert_eq!(comment("a\r\nDROP; \u{202E}é"), "a\\u{d}\\u{a}DROP; \\u{202e}é");
}

#[test]
fn a_nul_ends_no_script_early() {
    let script = provision_sql(&named("d\0", "o\0", "m\0", "r\0"));
    let shown = provision_sql(&named("d\u{FFFD}", "o\u{FFFD}", "m\u{FFFD}", "r\u{FFFD}"));
    assert_eq!(script, shown);
    assert!(!script.contains('\0') && script.contains("\"d\u{FFFD}\""));
}

#[test]
fn the_script_states_every_attribute_and_holds_no_password() {
    let script = provision_sql(&named("d", "o", "m", "r"));
    for role in ["o", "m", "r"] {
        let start = format!("ALTER ROLE \"{role}\" WITH ");
        let line = script.lines().find(|line| line.starts_with(&start)).unwrap();
        for attribute in
            ["NOSUPERUSER", "NOCREATEDB", "NOCREATEROLE", "NOREPLICATION", "NOBYPASSRLS"]
        {
            assert!(line.contains(attribute), "{line}");
        }
        assert_eq!(line.contains(" LOGIN "), role != "o", "{line}");
    }
    assert!(!script.contains("PASSWORD"));
    assert!(
        script.lines().filter(|line| line.contains("password")).all(|line| line.starts_with("--"))
    );
}

proptest! {
    /// Whatever the names are, they stand in the same quoted places and nowhere else.
    #[test]
    fn no_name_leaves_its_quotes(
        names in proptest::array::uniform5(r#"([ -~]|["'\\\\:$`\n\r\t=;-]|--|/[*]|[$]guard[$]|\PC){0,20}"#),
    ) {
        let [environment, database, owner, migrator, runtime] = names;
        let mut given = named(&database, &owner, &migrator, &runtime);
        given.environment = environment;
        let (outside, inside) = read(&provision_sql(&given));
        let (plain_outside, plain_inside) = read(&provision_sql(&named("<d>", "<o>", "<m>", "<r>")));
        prop_assert_eq!(outside, plain_outside);
        let expected: Vec<String> = plain_inside
            .iter()
            .map(|text| match text.as_str() {
                "<d>" => database.clone(),
                "<o>" => owner.clone(),
                "<m>" => migrator.clone(),
                "<r>" => runtime.clone(),
                "dbname=<d>" => connection(&database),
                other => other.to_owned(),
            })
            .collect();
        prop_assert_eq!(inside, expected);
    }
}
