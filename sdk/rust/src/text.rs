//! Comparing texts as people do: outer white space and case do not matter. The comparisons take a text
//! as it is and a pattern that was folded once, at `configure`, and do not allocate for ASCII texts.

/// The text without white space at its ends.
#[must_use]
pub fn trim(text: &str) -> &str {
    text.trim()
}

/// Folds a text for comparison: no white space at the ends, lower case.
#[must_use]
pub fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}

/// Whether a text, folded, is this folded pattern.
#[must_use]
pub fn equals(text: &str, folded: &str) -> bool {
    if differs_at_once(text, folded) {
        return false;
    }
    if text.eq_ignore_ascii_case(folded) {
        return true;
    }
    let text = text.trim();
    if text.is_ascii() { text.eq_ignore_ascii_case(folded) } else { text.to_lowercase() == folded }
}

/// Whether a text, folded, begins with this folded pattern.
#[must_use]
pub fn starts_with(text: &str, folded: &str) -> bool {
    if differs_at_once(text, folded) {
        return false;
    }
    let text = text.trim();
    if text.is_ascii() {
        let head = text.as_bytes().get(..folded.len());
        return head.is_some_and(|head| head.eq_ignore_ascii_case(folded.as_bytes()));
    }
    text.to_lowercase().starts_with(folded)
}

/// Whether a text, folded, ends with this folded pattern.
#[must_use]
pub fn ends_with(text: &str, folded: &str) -> bool {
    let text = text.trim();
    if text.is_ascii() {
        let tail = text.len().checked_sub(folded.len()).map(|start| &text.as_bytes()[start..]);
        return tail.is_some_and(|tail| tail.eq_ignore_ascii_case(folded.as_bytes()));
    }
    fold(text).ends_with(folded)
}

/// Whether this folded pattern occurs in a text, folded.
#[must_use]
pub fn contains(text: &str, folded: &str) -> bool {
    if folded.is_empty() {
        return true;
    }
    if text.is_ascii() {
        let (folded, first) = (folded.as_bytes(), folded.as_bytes()[0]);
        let mut windows = text.as_bytes().windows(folded.len());
        return windows
            .any(|window| window[0].to_ascii_lowercase() == first && window.eq_ignore_ascii_case(folded));
    }
    fold(text).contains(folded)
}

/// Whether the first characters tell two texts apart: the common case, in a few instructions.
fn differs_at_once(text: &str, folded: &str) -> bool {
    match (text.as_bytes().first(), folded.as_bytes().first()) {
        (Some(first), Some(expected)) => first.is_ascii_graphic() && first.to_ascii_lowercase() != *expected,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
