//! The text of a file, with the places in it: from offsets and JSON pointers to lines and columns.

use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::problem::{Place, Problem};

/// The text of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceText {
    name: Arc<str>,
    text: Arc<str>,
}

/// A stretch of a file, to point at later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    source: SourceText,
    span: Range<usize>,
}

impl Spot {
    pub(crate) fn of(source: &SourceText, span: Range<usize>) -> Self {
        Self { source: source.clone(), span }
    }

    /// A problem with it.
    #[must_use]
    pub fn problem(&self, message: impl Into<String>) -> Problem {
        self.source.problem(self.span.clone(), message.into(), None)
    }
}

impl SourceText {
    pub(crate) fn new(name: &str, text: &str) -> Self {
        Self { name: name.into(), text: text.into() }
    }

    /// The file's path in the policy's folder.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// A problem with a stretch of the text, given as offsets in bytes.
    pub(crate) fn problem(&self, span: Range<usize>, message: String, help: Option<String>) -> Problem {
        Problem { file: self.name.to_string(), place: Some(self.place(span)), message, help }
    }

    fn place(&self, span: Range<usize>) -> Place {
        let start = self.boundary(span.start);
        let before = &self.text[..start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = self.text[start..].find('\n').map_or(self.text.len(), |newline| start + newline);
        let end = self.boundary(span.end).clamp(start, line_end);
        Place {
            line: before.matches('\n').count() + 1,
            column: self.text[line_start..start].chars().count() + 1,
            width: self.text[start..end].chars().count().max(1),
            text: self.text[line_start..line_end].trim_end().to_owned(),
        }
    }

    fn boundary(&self, offset: usize) -> usize {
        let inside = offset.min(self.text.len());
        (0..=inside).rev().find(|&offset| self.text.is_char_boundary(offset)).unwrap_or(0)
    }

    pub(crate) fn problem_at(&self, pointer: &str, message: String) -> Problem {
        let (document, _) = DeTable::parse_recoverable(&self.text);
        let mut span = 0..0;
        let mut table = Some(document.get_ref());
        let mut array: Option<&[Spanned<DeValue<'_>>]> = None;
        let mut at = String::new();
        for step in pointer.split('/').skip(1) {
            let step = step.replace("~1", "/").replace("~0", "~");
            let by_key = table.and_then(|table| table.get_key_value(step.as_str()));
            let by_index = array.and_then(|array| array.get(step.parse::<usize>().ok()?));
            let Some(value) = by_key.map(|(_, value)| value).or(by_index) else { break };
            span = by_key.map_or(value.span(), |(key, _)| key.span());
            (table, array) = (value.get_ref().as_table(), value.get_ref().as_array().map(|array| &**array));
            at.push('/');
            at.push_str(&step);
        }
        let rest = pointer.strip_prefix(&at).unwrap_or_default();
        let message = if rest.is_empty() { message } else { format!("{message} (at {rest})") };
        self.problem(span, message, None)
    }
}
