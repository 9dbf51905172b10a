//! Folding: how texts are made comparable. NFKC (which also folds width), case and white space.

use unicode_normalization::UnicodeNormalization;

/// Folds a text for comparison: NFKC, lower case, white space runs become one space, none at the ends,
/// invisible format characters dropped.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut gap = false;
    for character in text.nfkc().flat_map(char::to_lowercase) {
        if character.is_whitespace() {
            gap = !folded.is_empty();
        } else if !is_invisible(character) {
            if gap {
                folded.push(' ');
                gap = false;
            }
            folded.push(character);
        }
    }
    folded
}

/// Whether a character shows nothing and only serves to hide a word: zero-width and format characters,
/// variation selectors, soft hyphens, byte order marks.
#[must_use]
pub fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}
