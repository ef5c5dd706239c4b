//! No false alarm: whatever happens to rows, files and names, a schema that is what it was is
//! told to be so.

use super::reader::{Reader, sentences};
use super::stability::{EVERYTHING, own_set, text_of};
use crate::support::World;
use dreichor_migrate::core::schema::canonical::render;

/// The acts of a file: a name, and SQL that follows it.
fn acts(text: &str) -> Vec<(&str, &str)> {
    text.split("\n-- act ").skip(1).filter_map(|act| act.split_once('\n')).collect()
}

#[test]
fn nothing_is_told_of_what_came_back_or_does_not_count() {
    let world = World::empty();
    world.sql(&own_set());
    world.sql(&text_of(EVERYTHING));
    let mut reader = Reader::runtime(&world).stay();
    let before = reader.read();
    let text = text_of("tests/cases/schema/everything/unchanged.sql");
    let acts = acts(&text);
    assert!(acts.len() >= 30, "only {} acts", acts.len());
    for (name, act) in acts {
        world.sql(&act.replace("{database}", &world.database));
        let after = reader.read();
        assert_eq!(sentences(&before, &after), Vec::<String>::new(), "{name}");
        assert_eq!(render(&before), render(&after), "{name}");
    }
}
