//! Owns how many columns of a terminal a character takes, for a caret below a line. Must never
//! count anything but columns: positions are counted in characters.

/// First and last of characters that take no column of their own: they combine with, or join,
/// what is beside them (Unicode, "Grapheme_Extend" and format characters of common scripts).
const NONE: [(char, char); 9] = [
    ('\u{300}', '\u{36f}'),
    ('\u{483}', '\u{489}'),
    ('\u{591}', '\u{5bd}'),
    ('\u{64b}', '\u{65f}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{20d0}', '\u{20f0}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{fe20}', '\u{fe2f}'),
    ('\u{1f3fb}', '\u{1f3ff}'),
];

/// First and last of characters that take two (Unicode, "East Asian Width": W and F).
const TWO: [(char, char); 10] = [
    ('\u{1100}', '\u{115f}'),
    ('\u{2e80}', '\u{303e}'),
    ('\u{3041}', '\u{a4cf}'),
    ('\u{ac00}', '\u{d7a3}'),
    ('\u{f900}', '\u{faff}'),
    ('\u{fe30}', '\u{fe6f}'),
    ('\u{ff00}', '\u{ff60}'),
    ('\u{ffe0}', '\u{ffe6}'),
    ('\u{1f300}', '\u{1f9ff}'),
    ('\u{20000}', '\u{3fffd}'),
];

/// Columns of one character.
pub(super) fn columns(character: char) -> usize {
    let within = |ranges: &[(char, char)]| {
        ranges.iter().any(|(first, last)| (*first..=*last).contains(&character))
    };
    if within(&NONE) {
        0
    } else if within(&TWO) {
        2
    } else {
        1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_those_of_a_terminal() {
        let text = "aé\u{301}你🎉\u{fe0f}ｘ";
        let found: Vec<usize> = text.chars().map(columns).collect();
        assert_eq!(found, [1, 1, 0, 2, 2, 0, 2]);
    }
}
