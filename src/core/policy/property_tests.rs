//! Checks what must hold for every text, on many texts made at random.

use super::{Inspection, Judge, New, Reading, Rule, Terms, inspect};
use proptest::prelude::*;

fn has(inspection: &Inspection, rule: Rule) -> bool {
    inspection.offences.iter().any(|offence| offence.rule == rule)
}

/// Pieces that matter to a scanner, in any order.
fn soup() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "COMMIT",
        "BEGIN",
        "ATOMIC",
        "END",
        "DO",
        "CREATE FUNCTION f()",
        "LANGUAGE sql",
        "AS",
        "SELECT",
        "COPY t FROM STDIN",
        "EXECUTE",
        "'",
        "''",
        "\"",
        "E'",
        "U&'",
        "U&\"",
        "\\",
        "$$",
        "$a$",
        "$1",
        "a$b",
        "/*",
        "*/",
        "--",
        "\n",
        "\r",
        "\u{b}",
        ";",
        "(",
        ")",
        "[",
        "]",
        ":",
        "::",
        "1.",
        "0x",
        "1e",
        "é",
        "☃",
        "\u{a0}",
        "\0",
        "-- dreichor: allow(unreadable) x\n",
        "UESCAPE '!'",
        "dreichor_schema_migrations",
        "pg_advisory_unlock(",
        "\\u0041",
        ",",
        "=",
    ]);
    prop::collection::vec((pieces, prop::sample::select(vec!["", " "])), 0..40)
        .prop_map(|parts| parts.into_iter().flat_map(|(piece, space)| [piece, space]).collect())
}

/// Pieces of statements that change a schema, in any order.
fn schema_soup() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "CREATE TABLE",
        "CREATE INDEX",
        "CREATE SCHEMA s",
        "CREATE OR REPLACE FUNCTION",
        "CREATE TRIGGER",
        "CREATE RULE",
        "ALTER TABLE",
        "ALTER TYPE",
        "DROP TABLE",
        "IF NOT EXISTS",
        "public",
        ".",
        "audit_events",
        "t",
        "U&\"t\" UESCAPE '!'",
        "(",
        ")",
        "[",
        "]",
        ",",
        ";",
        "ADD COLUMN a bigint",
        "ADD CONSTRAINT c",
        "CHECK (a IS NOT NULL)",
        "NOT VALID",
        "VALIDATE CONSTRAINT c",
        "FOREIGN KEY (a) REFERENCES",
        "PRIMARY KEY",
        "UNIQUE USING INDEX",
        "EXCLUDE USING gist",
        "DEFAULT f()",
        "SET NOT NULL",
        "RENAME TO",
        "ON",
        "TO",
        "INHERITS",
        "PARTITION OF",
        "EXECUTE FUNCTION f()",
        "-- dreichor: allow(drop) x\n",
        "-- squawk-ignore\n",
        "/* squawk-ignore-file */",
        "pg_catalog.now()",
        "é",
        "☃",
        "GRANT",
        "SELECT set_config(",
        "WITH",
        "EXPLAIN",
    ]);
    prop::collection::vec(pieces, 0..30).prop_map(|parts| parts.join(" "))
}

/// Text without anything that could end the quote it is put in.
fn tame() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9 ;,.é☃()\n]{0,20}"
}

fn check_shape(text: &str) -> Result<(), TestCaseError> {
    let inspection = inspect(text);
    let mut end = 0;
    for span in &inspection.statements {
        prop_assert!(span.start >= end && span.start < span.end, "{:?}", inspection.statements);
        prop_assert!(text.get(span.start..span.end).is_some(), "{span:?}");
        end = span.end;
    }
    for offence in &inspection.offences {
        prop_assert!(text.is_char_boundary(offence.offset), "{offence:?}");
        prop_assert!(offence.statement >= 1, "{offence:?}");
        prop_assert!(offence.statement <= inspection.statements.len() + 1, "{offence:?}");
        prop_assert!(!offence.what.contains(char::is_control), "{offence:?}");
        let place = crate::core::place::Place::of_byte(text, offence.offset);
        prop_assert_eq!(place, offence.place);
    }
    prop_assert!(inspection.offences.is_sorted_by_key(|offence| offence.offset));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_answered_in_good_shape(text in any::<String>()) {
        check_shape(&text)?;
    }

    #[test]
    fn any_soup_of_tokens_is_answered_in_good_shape(text in soup()) {
        check_shape(&text)?;
    }

    #[test]
    fn any_set_is_judged_and_what_learns_it_knows_as_much(
        files in prop::collection::vec(schema_soup(), 1..4),
        in_plan in any::<bool>(),
    ) {
        let new = if in_plan { New::InPlan } else { New::InFile };
        let mut judge = Judge::new(Terms { new, ..Terms::default() });
        let mut sketched = Judge::new(Terms { new, ..Terms::default() });
        for file in &files {
            check_shape(file)?;
            let reading = Reading::of(file.clone());
            let first = judge.judge(&reading);
            prop_assert_eq!(&first.statements, &inspect(file).statements);
            // Who learnt a file knows what who judged it knows.
            sketched.learn(&Reading::sketch(file));
            for waiver in &first.waivers {
                let left = first.offences.iter().any(|offence| {
                    offence.statement == waiver.statement
                        && offence.rule == waiver.rule
                        && waiver.rule != Rule::Unreadable
                });
                prop_assert!(!left, "{waiver:?}");
            }
        }
        let next = Reading::of("CREATE INDEX i ON public.t (a);\nALTER TABLE public.t ALTER a SET NOT NULL;".to_owned());
        if !in_plan {
            prop_assert_eq!(judge.judge(&next), sketched.judge(&next));
        }
    }

    #[test]
    fn a_quoted_commit_is_text(before in tame(), after in tame(), form in 0..9_usize) {
        let word = format!("{before}; COMMIT; {after}");
        let text = match form {
            0 => format!("SELECT '{word}';"),
            1 => format!("SELECT E'\\'{word}';"),
            2 => format!("SELECT U&'{word}';"),
            3 => format!("SELECT $${word}$$;"),
            4 => format!("SELECT $tag$ $${word}' \" $tag$;"),
            5 => format!("SELECT 1 AS \"{word}\";"),
            6 => format!("SELECT /* /* {word} */ ' */ 1;"),
            7 => format!("SELECT 1 -- {}\n;", word.replace('\n', " ")),
            _ => format!("SELECT 'a'\n  '{word}';"),
        };
        let inspection = inspect(&text);
        prop_assert!(!has(&inspection, Rule::TransactionControl), "{text}");
        prop_assert_eq!(inspection.statements.len(), 1, "{}", text);
    }

    #[test]
    fn a_commit_at_the_start_of_a_statement_is_found(
        before in prop::collection::vec(prop::sample::select(vec![
            "SELECT 'it''s; --';", "SELECT '\\';", "SELECT E'\\';';", "/* ' /* \" */ */",
            "-- don't $$\n", "SELECT $x$ $$ $x$;", "SELECT 1 a$$b;", "SELECT 1 \"/*\";", ";",
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; END;",
            "DO $$ BEGIN NULL; END $$;", "CREATE RULE r AS ON DELETE TO t DO (SELECT 1; SELECT 2);",
            "FROB THE TABLE;", "SELECT U&'\\';", "SELECT b'1', n'\\', x'1';", "\u{c}\r\n\t",
        ]), 0..8),
        word in prop::sample::select(vec![
            "COMMIT", "commit", "Rollback", "BEGIN", "END", "abort", "SAVEPOINT a", "RELEASE a",
            "START TRANSACTION", "PREPARE TRANSACTION 'x'", "SET TRANSACTION READ ONLY",
        ]),
        after in soup(),
    ) {
        let text = format!("{}{word};{after}", before.concat());
        let offset = text.len() - after.len() - word.len() - 1;
        let inspection = inspect(&text);
        let found = inspection.offences.iter().any(|offence| {
            offence.rule == Rule::TransactionControl && offence.offset == offset
        });
        prop_assert!(found, "{text} {:?}", inspection.offences);
    }

    #[test]
    fn what_repeats_without_end_does_not_overflow_the_stack(
        piece in prop::sample::select(vec![
            "(", "[", "case ", "case when ", "not ", "- ", "+1", " or a", "::int", ".a", "[1]",
            "select ", "select (", "select * from (", "with a as (", "explain ", "a union ",
            "prepare p as ", "create schema s ", "create view v as ", "do instead ", "array[",
            "f(", "row(", "exists (", " is null", " collate b", "join a on ", "when ", "then ",
            "begin atomic ", "{", "interval ", "at time zone 'x' ", "any (", "cast (", "as ",
            "declare c cursor for ", "values (", "lateral ", "create rule r as on x to y do ",
            "copy (", "grant ", "table ", "in ", "between ", "operator(+) ", "=", "@", "only ",
            "create trigger ", "partition by ", "nested path 'x' columns (", "from ", "where ",
        ]),
        head in prop::sample::select(vec![
            "select 1", "select ", "create table t (a ", "alter table t ", "",
            "create function f() returns int language sql begin atomic select ",
            "create function f() returns int language sql as $$ select ",
        ]),
    ) {
        let tail = if head.contains("$$") { "$$" } else { "" };
        let text = format!("{head}{}{tail}", piece.repeat(1_500));
        check_shape(&text)?;
    }
}
