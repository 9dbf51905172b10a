//! One line of text from somebody whom nobody knows yet, to be shown at a terminal.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest line, in characters.
const CHARACTERS_MAX: usize = 300;

/// One line that shows as it is: nothing in it moves the cursor, hides text or turns its direction.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Line(String);

/// The text is no line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLine {
    /// There is nothing.
    #[error("the text is empty")]
    Empty,
    /// There is too much.
    #[error("the text is longer than {CHARACTERS_MAX} characters; shorten it")]
    Long,
    /// It would not show as it is.
    #[error("the text has characters that do not show, such as line breaks; leave them out")]
    Hidden,
}

impl Line {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Line {
    type Error = InvalidLine;
    fn try_from(text: String) -> Result<Self, InvalidLine> {
        if text.trim().is_empty() {
            return Err(InvalidLine::Empty);
        }
        if text.chars().count() > CHARACTERS_MAX {
            return Err(InvalidLine::Long);
        }
        if text.chars().any(is_hidden) {
            return Err(InvalidLine::Hidden);
        }
        Ok(Self(text))
    }
}

/// Control characters, line and paragraph separators, marks of width none and marks of direction.
fn is_hidden(one: char) -> bool {
    one.is_control()
        || matches!(one, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

impl From<Line> for String {
    fn from(line: Line) -> Self {
        line.0
    }
}

impl fmt::Display for Line {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
