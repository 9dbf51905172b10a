//! Reading TOML with its places: tables in which every key is asked for, so that a key nobody asked for
//! is a problem with a suggestion. Problems are noted, and reading goes on, so that all are found at once.

use std::cell::RefCell;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::problem::Problem;
use crate::source::{SourceText, Spot};
use crate::suggestion;

/// The problems found so far.
#[derive(Default)]
pub(crate) struct Report(RefCell<Vec<Problem>>);

impl Report {
    pub fn add(&self, problem: Problem) {
        self.0.borrow_mut().push(problem);
    }

    pub fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    pub fn into_problems(self) -> Vec<Problem> {
        self.0.into_inner()
    }
}

/// A file being read.
#[derive(Clone, Copy)]
pub(crate) struct Desk<'a> {
    pub source: &'a SourceText,
    pub report: &'a Report,
}

impl<'a> Desk<'a> {
    /// Parses a file; none, with its problems noted, if it is not TOML.
    pub fn parse(self) -> Option<Spanned<DeTable<'a>>> {
        let (document, errors) = DeTable::parse_recoverable(self.source.text());
        for error in &errors {
            let span = error.span().unwrap_or(0..0);
            self.report.add(self.source.problem(span, error.message().to_owned(), None));
        }
        errors.is_empty().then_some(document)
    }

    /// The document as a section.
    pub fn section(self, document: &'a Spanned<DeTable<'a>>) -> Section<'a> {
        Section { desk: self, table: document.get_ref(), span: 0..0, expected: RefCell::default() }
    }
}

/// A table in which every key is asked for.
pub(crate) struct Section<'a> {
    desk: Desk<'a>,
    table: &'a DeTable<'a>,
    span: Range<usize>,
    expected: RefCell<Vec<&'static str>>,
}

impl<'a> Section<'a> {
    /// The value of a key, if it is there.
    pub fn get(&self, key: &'static str) -> Option<Node<'a>> {
        self.expected.borrow_mut().push(key);
        let (key, value) = self.table.get_key_value(key)?;
        Some(Node { desk: self.desk, key: Some(key.span()), value })
    }

    /// The value of a key that has to be there.
    pub fn require(&self, key: &'static str) -> Option<Node<'a>> {
        let node = self.get(key);
        if node.is_none() {
            self.problem(format!("the key `{key}` is missing"), None);
        }
        node
    }

    /// All keys with their values, for tables whose keys are names.
    pub fn entries(&self) -> Vec<(&'a str, Node<'a>)> {
        let entry = |(key, value): (&'a Spanned<_>, &'a Spanned<DeValue<'a>>)| {
            let key: &'a Spanned<std::borrow::Cow<'a, str>> = key;
            (key.get_ref().as_ref(), Node { desk: self.desk, key: Some(key.span()), value })
        };
        self.table.iter().map(entry).collect()
    }

    /// The table's place.
    pub fn spot(&self) -> Spot {
        Spot::of(self.desk.source, self.span.clone())
    }

    /// A problem with the table as a whole.
    pub fn problem(&self, message: String, help: Option<String>) {
        self.desk.report.add(self.desk.source.problem(self.span.clone(), message, help));
    }

    /// Every key that nobody asked for is a problem.
    pub fn close(self) {
        let expected = self.expected.borrow();
        for (key, _) in self.table {
            let name: &str = key.get_ref();
            if !expected.contains(&name) {
                let help = suggestion::help(name, expected.iter().copied());
                let problem = self.desk.source.problem(key.span(), format!("unknown key `{name}`"), help);
                self.desk.report.add(problem);
            }
        }
    }
}

/// A value with its place.
#[derive(Clone)]
pub(crate) struct Node<'a> {
    pub desk: Desk<'a>,
    key: Option<Range<usize>>,
    value: &'a Spanned<DeValue<'a>>,
}

impl<'a> Node<'a> {
    pub fn value(&self) -> &'a DeValue<'a> {
        self.value.get_ref()
    }

    /// The value's place.
    pub fn spot(&self) -> Spot {
        Spot::of(self.desk.source, self.value.span())
    }

    /// A problem with the value.
    pub fn problem(&self, message: impl Into<String>, help: Option<String>) {
        self.desk.report.add(self.desk.source.problem(self.value.span(), message.into(), help));
    }

    /// A problem with the key.
    pub fn problem_with_key(&self, message: impl Into<String>, help: Option<String>) {
        let span = self.key.clone().unwrap_or(self.value.span());
        self.desk.report.add(self.desk.source.problem(span, message.into(), help));
    }

    /// Notes that the value is of another type.
    pub fn expected(&self, what: &str) {
        self.problem(format!("expected {what}, found {}", describe(self.value())), None);
    }

    /// The table that has to stand here.
    pub fn section(&self) -> Option<Section<'a>> {
        let DeValue::Table(table) = self.value() else {
            self.expected("a table");
            return None;
        };
        Some(Section { desk: self.desk, table, span: self.value.span(), expected: RefCell::default() })
    }

    /// The values of the array that has to stand here.
    pub fn items(&self) -> Vec<Node<'a>> {
        let DeValue::Array(array) = self.value() else {
            self.expected("an array");
            return Vec::new();
        };
        array.iter().map(|value| Node { desk: self.desk, key: None, value }).collect()
    }
}

fn describe(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}
