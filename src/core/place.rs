//! Owns positions in text: from byte or character offsets to line and column, and the line
//! itself for a caret. Must never read a file.

/// A position in a text, counted as an editor counts: from 1, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Line, from 1; lines end at `\n`.
    pub line: usize,
    /// Column, from 1, in characters (Unicode scalar values, as PostgreSQL counts them).
    pub column: usize,
}

impl Place {
    /// The place of a byte offset; an offset past the end or inside a character is taken
    /// back to the nearest character before it.
    #[must_use]
    pub fn of_byte(text: &str, offset: usize) -> Self {
        let mut place = Self { line: 1, column: 1 };
        for (at, character) in text.char_indices() {
            if at + character.len_utf8() > offset {
                break;
            }
            place.pass(character);
        }
        place
    }

    /// The place of a character counted from 1, as in PostgreSQL's `POSITION` field
    /// (PostgreSQL manual, "Error and Notice Message Fields": in characters, not bytes).
    #[must_use]
    pub fn of_character(text: &str, position: usize) -> Self {
        let mut place = Self { line: 1, column: 1 };
        for character in text.chars().take(position.saturating_sub(1)) {
            place.pass(character);
        }
        place
    }

    fn pass(&mut self, character: char) {
        if character == '\n' {
            self.line += 1;
            self.column = 1;
        } else {
            self.column += 1;
        }
    }
}

/// The line that a place lies on, without its line ending.
#[must_use]
pub fn line_at(text: &str, place: Place) -> &str {
    let line = text.split('\n').nth(place.line.saturating_sub(1)).unwrap_or_default();
    line.strip_suffix('\r').unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted_not_bytes() {
        let text = "-- größe ☃\nselect 'é' x\r\nfrom y";
        assert_eq!(Place::of_character(text, 1), Place { line: 1, column: 1 });
        assert_eq!(Place::of_character(text, 12), Place { line: 2, column: 1 });
        let byte = text.find('x').unwrap();
        assert_eq!(Place::of_byte(text, byte), Place { line: 2, column: 12 });
        assert_eq!(line_at(text, Place { line: 2, column: 12 }), "select 'é' x");
    }

    #[test]
    fn offsets_past_the_end_stay_inside() {
        assert_eq!(Place::of_byte("ab", 99), Place { line: 1, column: 3 });
        assert_eq!(Place::of_character("", 5), Place { line: 1, column: 1 });
        assert_eq!(line_at("a", Place { line: 7, column: 1 }), "");
    }

    #[test]
    fn an_offset_inside_a_character_goes_back_to_its_start() {
        assert_eq!(Place::of_byte("☃b", 1), Place { line: 1, column: 1 });
    }
}
