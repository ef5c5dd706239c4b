//! Statements that mend, word by word, and what has none. `tests/it/schema/mending.rs` carries
//! them out.

use super::super::difference::compare;
use super::super::name::Name;
use super::super::object::Object;
use super::super::quoting::read_word;
use super::spelling::{items, leading_name, options, quote_identifier};
use super::*;
use crate::core::policy::lexer::{Kind as Token, Lexer};
use crate::core::spelling::literal;
use proptest::prelude::*;

/// Objects as the canonical text has them, with attributes and lines in any order.
fn schema(lines: &str) -> Schema {
    let lines = lines.lines().map(str::trim).filter(|it| !it.is_empty());
    Schema::assemble(lines.map(object).collect()).expect("a schema")
}

fn object(line: &str) -> Object {
    let (kind, rest) = line.split_once(' ').expect(line);
    let (name, mut rest) = Name::read(rest).expect(line);
    let mut attributes = Vec::new();
    while let Some((key, value)) = rest.trim_start().split_once('=') {
        let (value, after) = read_word(value, |c| c == ' ').expect(line);
        attributes.push((Key::parse(key).expect(line), value.into_boxed_str()));
        rest = after;
    }
    assert_eq!(rest, "", "{line}");
    Object::new(Kind::parse(kind).expect(line), name, attributes).expect(line)
}

/// The statements of all differences, none as `-`.
fn statements(expected: &str, found: &str) -> Vec<String> {
    assert_ne!(expected, found);
    let (expected, found) = (schema(expected), schema(found));
    let roles = RoleNames {
        owner: "o'dd \"Owner".to_owned(),
        migrator: "migrator".to_owned(),
        runtime: "user".to_owned(),
    };
    let all = compare(&expected, &found);
    all.iter()
        .map(|it| statement(it, &expected, &found, &roles).unwrap_or_else(|| "-".to_owned()))
        .collect()
}

const BASE: &str = "
    schema public
    schema s
    sequence s.q owner=owner type=bigint
    function s.f() language=sql owner=owner result=integer
    table s.t owner=owner
    column s.t.a type=integer
    column s.t.b type=text
    constraint s.t.c columns=a form=unique
    index s.t.c columns=a unique=yes
    index s.t.i columns=b";

#[test]
fn names_are_those_of_sql() {
    let expected = r#"
        schema "s.1"
        table "s.1"."T \"2\"" owner=owner
        column "s.1"."T \"2\""."\u{e4}.b" not-null=yes type=text
        index "s.1"."T \"2\"".select columns="\"\u{e4}.b\" descending""#;
    let found = expected
        .replace(" not-null=yes", "")
        .replace("owner=owner", "owner=\"role Some One\"")
        .replace("\".select", "\".\"Select.2\"");
    assert_eq!(
        statements(expected, &found),
        [
            r#"ALTER TABLE "s.1"."T ""2""" OWNER TO "o'dd ""Owner""#,
            r#"ALTER TABLE "s.1"."T ""2""" ALTER COLUMN "ä.b" SET NOT NULL"#,
            r#"DROP INDEX CONCURRENTLY "s.1"."Select.2""#,
            r#"CREATE INDEX CONCURRENTLY "select" ON "s.1"."T ""2""" ("ä.b" DESC)"#,
        ]
    );
}

#[test]
fn what_cannot_be_seen_is_escaped_in_names_and_never_said_in_texts() {
    assert_eq!(quote_identifier("plain_1"), "plain_1");
    for odd in ["", "1a", "A", "a b", "a.b", "select", "user", "a$", "ä"] {
        assert_eq!(quote_identifier(odd), format!("\"{odd}\""));
    }
    assert_eq!(quote_identifier("a\"\\\n\u{202e}"), "U&\"a\"\"\\\\\\+00000A\\+00202E\"");
    assert_eq!(literal("it's \\"), "E'it''s \\\\'");
    let hidden = BASE.replace("s.t.b type", "s.t.b default=\"'x\\u{202e}'\" type");
    assert_eq!(statements(&hidden, BASE), ["-"]);
    assert_eq!(statements(BASE, &hidden), ["ALTER TABLE s.t ALTER COLUMN b DROP DEFAULT"]);
}

#[test]
fn roles_stand_under_their_names_and_privileges_are_exact() {
    let with = |grants: &str| {
        BASE.replace("table s.t owner=owner", &format!("table s.t owner=owner {grants}"))
    };
    assert_eq!(
        statements(
            &with("grant-migrator=\"INSERT*, SELECT, UPDATE\""),
            &with("grant-migrator=\"DELETE, INSERT, SELECT*\" grant-runtime=SELECT")
        ),
        [
            "REVOKE DELETE ON TABLE s.t FROM migrator; \
             REVOKE GRANT OPTION FOR SELECT ON TABLE s.t FROM migrator; \
             GRANT UPDATE ON TABLE s.t TO migrator; \
             GRANT INSERT ON TABLE s.t TO migrator WITH GRANT OPTION",
            "REVOKE SELECT ON TABLE s.t FROM \"user\"",
        ]
    );
    // Granted by two roles, once with the right to pass it on.
    assert_eq!(statements(BASE, &with("grant-migrator=\"SELECT, SELECT*\"")), ["-"]);
    // What is taken from the table would go from the column that is sealed for it.
    let column = |text: &str| text.replace("column s.t.a", "column s.t.a grant-runtime=SELECT");
    let select = with("grant-runtime=SELECT");
    let insert = with("grant-runtime=INSERT");
    assert_eq!(statements(&column(BASE), &column(&select)), ["-"]);
    assert_eq!(
        statements(&column(BASE), &column(&insert)),
        ["REVOKE INSERT ON TABLE s.t FROM \"user\""]
    );
    // Another owner holds what was granted to the right one.
    let other = with("grant-owner=SELECT").replace("s.t owner=owner", "s.t owner=runtime");
    let owned = ["ALTER TABLE s.t OWNER TO \"o'dd \"\"Owner\"", "-"];
    assert_eq!(statements(BASE, &other), owned);
}

#[test]
fn privileges_of_the_servers_own_schema_are_not_certain() {
    let granted =
        BASE.replace("schema public", "schema public grant-public=USAGE grant-runtime=CREATE");
    assert_eq!(statements(BASE, &granted), ["-", "REVOKE CREATE ON SCHEMA public FROM \"user\""]);
    let wider = granted.replace("public=USAGE", "public=\"CREATE, USAGE\"");
    assert_eq!(statements(&granted, &wider), ["REVOKE CREATE ON SCHEMA public FROM PUBLIC"]);
}

#[test]
fn a_new_migration_alone_brings_some_back() {
    for (from, to) in [
        ("table s.t owner", "table s.t persistence=unlogged owner"),
        ("table s.t owner", "table s.t access-method=other owner"),
        ("s.t.a type=integer", "s.t.a type=bigint"),
        ("s.t.a type", "s.t.a identity=always type"),
        ("s.t.a type", "s.t.a generated=stored expression=1 type"),
        ("s.t.b type", "s.t.b collation=\"\\\"C\\\"\" type"),
        ("s.t.b type", "s.t.d type"),
        ("language=sql", "body=sha256:00 language=sql"),
        ("result=integer", "result=bigint"),
        ("function s.f()", "function s.g()"),
        ("index s.t.i columns=b", "index s.t.i columns=a"),
        ("columns=a form=unique", "columns=b form=unique"),
        ("schema public", "schema public\nview s.v definition=x owner=owner"),
        ("schema public", "schema public\nenum s.e labels='a' owner=owner"),
        ("schema public", "schema public\ntable s.u owner=owner"),
        ("schema public", "schema public\nevent-trigger e event=x function=s.f() owner=owner"),
    ] {
        let other = BASE.replace(from, to);
        for (one, other) in [(BASE, other.as_str()), (other.as_str(), BASE)] {
            let said = statements(one, other);
            assert!(!said.is_empty() && said.iter().all(|it| it == "-"), "{to}: {said:?}");
        }
    }
    // What comes back may hold nothing, what goes may hold something.
    for (line, statement) in [
        ("extension x in-schema=s", "CREATE EXTENSION x WITH SCHEMA s"),
        ("schema more owner=migrator", "CREATE SCHEMA more AUTHORIZATION migrator"),
    ] {
        let more = format!("{BASE}\n{line}");
        assert_eq!(statements(&more, BASE), [statement]);
        assert_eq!(statements(BASE, &more), ["-"]);
    }
}

#[test]
fn what_something_else_needs_is_not_taken_away() {
    let index = BASE.replace("constraint s.t.c columns=a form=unique", "");
    let neither = index.replace("index s.t.c columns=a unique=yes", "");
    assert_eq!(statements(&neither, BASE), ["ALTER TABLE s.t DROP CONSTRAINT c"]);
    // A foreign key leads to its columns.
    let leads =
        "constraint s.t.f form=\"foreign key\" columns=a references=s.t referenced-columns=a";
    let with = |text: &str| format!("{text}\n{leads}");
    assert_eq!(statements(&with(&neither), &with(BASE)), ["-"]);
    assert_eq!(statements(&with(&neither), &with(&index)), ["-"]);
    // A sealed index of its name would have to be built again.
    assert_eq!(statements(&index, BASE), ["-"]);
    let joined = ["ALTER TABLE s.t ADD CONSTRAINT c UNIQUE USING INDEX c"];
    assert_eq!(statements(BASE, &index), joined);
    // A primary key needs its column to have no nulls, and replicas their index.
    let key = BASE.replace("form=unique", "form=\"primary key\"");
    let no_nulls = key.replace("s.t.a type", "s.t.a not-null=yes type");
    assert_eq!(statements(&key, &no_nulls), ["-"]);
    let replicas = |text: &str| text.replace("table s.t", "table s.t replica-identity=\"index i\"");
    let without = BASE.replace("index s.t.i columns=b", "");
    assert_eq!(statements(&replicas(&without), &replicas(BASE)), ["-"]);
    // A sequence that belongs to a column goes with its table.
    let owned = |owner: &str| {
        let text = BASE.replace("s.q owner=owner", &format!("s.q owned-by=s.t.a owner={owner}"));
        text.replace("s.t owner=owner", &format!("s.t owner={owner}"))
    };
    let table = "ALTER TABLE s.t OWNER TO migrator";
    assert_eq!(statements(&owned("migrator"), &owned("owner")), [table, table]);
}

#[test]
fn what_a_family_of_tables_shares_is_not_changed_for_one() {
    let family = "
        schema s
        table s.p partition-by=range partition-columns=a owner=owner
        table s.p1 partition-of=s.p partition-bound=DEFAULT owner=owner
        column s.p.a type=integer not-null=yes default=1
        column s.p1.a type=integer not-null=yes default=1 inherited=yes
        constraint s.p.c form=check expression=a
        constraint s.p1.c form=check expression=a inherited=yes
        index s.p.i columns=a
        index s.p1.i1 columns=a partition-of=s.p";
    let bare: String = family
        .lines()
        .filter(|it| !it.contains("constraint") && !it.contains("index"))
        .map(|it| format!("{}\n", it.replace(" not-null=yes default=1", "")))
        .collect();
    let said = |expected: &str, found: &str| -> Vec<String> {
        statements(expected, found).into_iter().filter(|it| it != "-").collect()
    };
    assert_eq!(
        said(family, &bare),
        [
            "ALTER TABLE ONLY s.p ALTER COLUMN a SET DEFAULT 1",
            "ALTER TABLE s.p1 ALTER COLUMN a SET DEFAULT 1",
        ]
    );
    assert_eq!(
        said(&bare, family),
        [
            "ALTER TABLE ONLY s.p ALTER COLUMN a DROP DEFAULT",
            "ALTER TABLE s.p1 ALTER COLUMN a DROP DEFAULT",
        ]
    );
}

#[test]
fn labels_are_added_and_never_taken_away() {
    let with = |labels: &str| format!("schema s\nenum s.e labels=\"{labels}\" owner=owner");
    let few = with("'b', 'c'");
    assert_eq!(
        statements(&with("'a', 'b', 'it''s, b', 'c', 'd'"), &few),
        ["ALTER TYPE s.e ADD VALUE 'a' BEFORE 'b'; \
          ALTER TYPE s.e ADD VALUE 'it''s, b' AFTER 'b'; ALTER TYPE s.e ADD VALUE 'd' AFTER 'c'"]
    );
    for other in ["'b'", "'c', 'b'", "'c', 'b', 'a'", "'B', 'c'"] {
        assert_eq!(statements(&with(other), &few), ["-"], "{other}");
    }
}

#[test]
fn a_statement_that_could_not_be_carried_out_is_not_said() {
    // The function that it needs is gone as well.
    let trigger = "trigger s.t.g timing=before events=insert level=row function=s.f()";
    let expected = format!("{BASE}\n{trigger}");
    assert_eq!(
        statements(&expected, BASE),
        ["CREATE TRIGGER g BEFORE INSERT ON s.t FOR EACH ROW EXECUTE FUNCTION s.f()"]
    );
    let without = BASE.replace("function s.f() language=sql owner=owner result=integer", "");
    assert_eq!(statements(&expected, &without), ["-", "-"]);
    // The sequence, which stands in a text.
    let counted = BASE.replace("s.t.a type", "s.t.a default=nextval('s.q'::regclass) type");
    let without = BASE.replace("sequence s.q owner=owner type=bigint", "");
    assert_eq!(statements(&counted, &without), ["-", "-"]);
    // The column is of another type: the same words would mean something else.
    let check = format!("{BASE}\nconstraint s.t.k form=check expression=\"(b = 'x'::text)\"");
    assert_eq!(
        statements(&check, BASE),
        ["ALTER TABLE s.t ADD CONSTRAINT k CHECK ((b = 'x'::text)) NOT VALID; \
          ALTER TABLE s.t VALIDATE CONSTRAINT k"]
    );
    let other = BASE.replace("s.t.b type=text", "s.t.b default=1 type=xml");
    assert_eq!(statements(&check, &other), ["-", "-", "-"]);
    // A table has one primary key, and only a superuser owns an event trigger.
    let key = |name: &str| {
        let key = format!("s.t.{name} columns=b");
        format!("{BASE}\nconstraint {key} form=\"primary key\"\nindex {key} unique=\"primary key\"")
    };
    assert_eq!(statements(&key("k"), &key("l")), ["-", "ALTER TABLE s.t DROP CONSTRAINT l"]);
    let event =
        |owner: &str| format!("{BASE}\nevent-trigger e event=x function=s.f() owner={owner}");
    assert_eq!(statements(&event("owner"), &event("migrator")), ["-"]);
    // Its name is taken by an index of another table.
    let both = format!("{BASE}\ntable s.u owner=owner");
    let moved = both.replace("index s.t.i", "index s.u.i");
    assert_eq!(statements(&both, &moved), ["-", "DROP INDEX CONCURRENTLY s.i"]);
    // Only a schema that is sealed empty comes back whole.
    let empty = format!("{BASE}\nschema more owner=migrator grant-runtime=USAGE");
    assert_eq!(
        statements(&empty, BASE),
        ["CREATE SCHEMA more AUTHORIZATION migrator; GRANT USAGE ON SCHEMA more TO \"user\""]
    );
    assert_eq!(statements(&format!("{empty}\nsequence more.q type=bigint"), BASE), ["-"]);
}

#[test]
fn a_view_is_replaced_where_its_text_is_certain() {
    let with = |definition: &str| {
        let options = "options=security_barrier=true owner=owner";
        let column = "column s.v.a type=integer";
        format!("schema s\nview s.v definition=\"{definition}\" {options}\n{column}")
    };
    let found = with("SELECT 2 AS a");
    assert_eq!(
        statements(&with("SELECT 1 AS a"), &found),
        ["CREATE OR REPLACE VIEW s.v WITH (security_barrier = 'true') AS SELECT 1 AS a"]
    );
    for uncertain in ["SELECT b AS a FROM s.t ORDER BY a", "SELECT DISTINCT a FROM s.t"] {
        assert_eq!(statements(&with(uncertain), &found), ["-"], "{uncertain}");
    }
    let other = found.replace("type=integer", "type=bigint");
    // What its column is follows from its definition.
    assert_eq!(statements(&with("SELECT 1 AS a"), &other), ["-"]);
}

#[test]
fn lists_are_read_where_they_are_certain() {
    let list = "a, f(b, c), 'd, e', \"g, h\"";
    assert_eq!(items(list), Some(vec!["a", "f(b, c)", "'d, e'", "\"g, h\""]));
    for odd in ["", "a,", "a)", "(a", "'a"] {
        assert_eq!(items(odd), None, "{odd}");
    }
    assert_eq!(leading_name("s.\"A b\" rest"), Some(("s.\"A b\"", " rest")));
    assert_eq!(leading_name("s."), None);
    assert_eq!(options(Some("a=1, b=on")), Some(vec![("a", "1"), ("b", "on")]));
    for odd in ["a", "a=1 2", "a=x, y", "a='"] {
        assert_eq!(options(Some(odd)), None, "{odd}");
    }
}

proptest! {
    #[test]
    fn any_name_is_one_token_and_every_character_of_it_is_seen(name in any::<String>()) {
        let quoted = quote_identifier(&name);
        let tokens: Vec<_> = Lexer::new(&quoted).collect();
        prop_assert_eq!(tokens.len(), 1);
        prop_assert!(tokens[0].closed);
        prop_assert!(matches!(tokens[0].kind, Token::Word | Token::Name | Token::UnicodeName));
        prop_assert!(!quoted.chars().any(is_hidden));
    }
}
