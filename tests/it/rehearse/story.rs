//! What a rehearsal tells of plans that go well, that fail, and that there is nothing of.

use super::world::{report, statements, texts};
use crate::support::World;
use serde_json::json;

const ONE: (&str, &str) = (
    "001_a.sql",
    "CREATE TABLE public.a (id bigint PRIMARY KEY, body varchar(10) NOT NULL);\nCREATE TABLE public.b (id bigint PRIMARY KEY, a_id bigint);\n",
);
const TWO: (&str, &str) = (
    "002_b.sql",
    "CREATE INDEX b_a_id ON public.b (a_id);\n\nALTER TABLE public.b\n  ADD CONSTRAINT b_a FOREIGN KEY (a_id) REFERENCES public.a (id);\n",
);

#[test]
fn a_plan_is_rehearsed_statement_by_statement() {
    let world = World::with(&[ONE]);
    world.configure("policy = \"standard\"");
    world.run(&["apply"]).expect(0);
    world.write(TWO.0, TWO.1);
    let report = report(&world, &[], 0);
    assert_eq!(report["twin_differs"], json!([]));
    assert_eq!(report["statements_differ"], json!([]));
    assert_eq!(texts(&report["changes"]), ["constraint b.b_a: made", "index b.b_a_id: made"]);
    let statements = statements(&report);
    assert_eq!(statements.len(), 2);
    assert_eq!(
        (&statements[1]["line"], &statements[1]["made"]),
        (&json!(3), &json!(["constraint b.b_a"]))
    );
}
