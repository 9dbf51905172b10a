//! The kinds of activity to ask for, and who is meant by which.

/// The kinds and patterns that the configuration names, each once, in the order of the needs.
///
/// An activity arrives under its exact kind if that is asked for, else under the longest pattern that
/// covers it. So whoever asks for `call.*` also means what arrives under `call.missed`.
#[derive(Default)]
pub(crate) struct Kinds(Vec<String>);

impl Kinds {
    pub(crate) fn add(&mut self, kind: &str) {
        if !self.0.iter().any(|known| known == kind) {
            self.0.push(kind.to_owned());
        }
    }

    pub(crate) fn names(&self) -> &[String] {
        &self.0
    }

    /// For every kind, whether one of these kinds and patterns covers it.
    pub(crate) fn covered_by(&self, patterns: &[String]) -> Vec<bool> {
        self.0.iter().map(|kind| patterns.iter().any(|pattern| covers(pattern, kind))).collect()
    }
}

/// Whether this can be a kind of activity, or a pattern of them.
pub(crate) fn is_kind(text: &str) -> bool {
    let name = text.strip_suffix(".*").unwrap_or(text);
    !name.is_empty() && !name.contains(|character: char| character == '*' || character.is_whitespace())
}

/// Whether a kind or pattern covers this kind, or this pattern.
pub(crate) fn covers(pattern: &str, kind: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => kind.starts_with(beginning),
        None => kind == pattern,
    }
}
