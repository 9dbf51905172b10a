//! Learning from a tenant's own history which leads convert.
//!
//! [`Table`] reads leads from CSV, or takes those of a journal ([`Past`]). [`train`] makes a [`Trained`] of them: a model that `leadsman-model` evaluates
//! here and in the sandbox alike, a [`Report`] on how far it can be trusted, and how an import has to read the
//! table so that leads have the attributes that the model asks for.
//!
//! **Columns.** A column of decimal numbers is a number; one of moments is a time, read as days before the lead
//! came in; any other is a text. Left out by themselves: the label, columns with one value, identifiers (nearly
//! as many different values as rows), and times where nothing says when leads came in.
//!
//! **Values.** A number has at most 62 cuts with about as many rows between each. Of a text, the 62 most
//! frequent values that eight rows or more have are told apart; rare ones and those never seen share one. What is
//! not known is a case of its own. A tree asks whether a value is one of a set, so no order is imposed on texts.
//!
//! **Trees.** Five boosters (`boost`) are tried, each stopped by a fifth of the rows that it does not learn from.
//! They say how many trees suit the table, and what they said of their fifths calibrates the model (`platt`); that
//! consists of two boosters on all rows. No setting is chosen by looking at rows that the figures are measured on.
//! A table has at most 255 attributes. Of more than 200,000 rows so many are chosen by chance to be learned from; the
//! figures are measured on all.
//!
//! The same table, terms and seed make the same model to the last byte, on however many threads.
//!
//! It reads no files and prints nothing: the host does.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod boost;
mod chance;
mod error;
mod examples;
mod fit;
mod folds;
mod label;
mod leaks;
mod measure;
mod moments;
mod past;
mod platt;
mod report;
mod table;
#[cfg(test)]
mod tests;
mod train;

use leadsman_model::{ModelDocument, Probability};

pub use error::LearningError;
pub use examples::LeftOut;
pub use leaks::Leak;
pub use measure::{Bucket, Figures, auc};
pub use past::{CONVERTED, Past, RECEIVED};
pub use report::{AttributeReport, CrossValidation, HoldOut, Report, Size};
pub use table::Table;
pub use train::train;

/// What is to be learned, and from what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    /// The column that says which leads converted.
    pub label: String,
    /// The text in it that says yes, if it is not plain.
    pub positive: Option<String>,
    /// Columns that are left out.
    pub exclude: Vec<String>,
    /// Columns that are kept, though they look like identifiers.
    pub keep: Vec<String>,
    /// The column that says when leads came in.
    pub time: Option<String>,
    /// The seed.
    pub seed: u64,
}

/// What training came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Trained {
    /// The model.
    pub model: ModelDocument,
    /// What is to be known of it.
    pub report: Report,
    /// How an import has to read the table; none if it was no file.
    pub import: Option<Import>,
    /// What the model says of each row of the table, those that it learned from included.
    pub foretold: Vec<Probability>,
}

/// How an import has to read a table so that leads have the attributes of the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The byte between fields.
    pub delimiter: u8,
    /// What stands for "not known", folded.
    pub missing: Vec<String>,
    /// The column that says when leads came in, and how it is written, as for `strftime`; RFC 3339 if empty.
    pub received: Option<(String, &'static str)>,
    /// The columns that become attributes.
    pub columns: Vec<ImportColumn>,
}

/// A column that becomes an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportColumn {
    /// Its header.
    pub column: String,
    /// The attribute.
    pub attribute: String,
    /// How its fields are read.
    pub kind: ImportKind,
}

/// How fields are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportKind {
    /// As a decimal number.
    Number,
    /// As a moment, written in this way, as for `strftime`; RFC 3339 if empty.
    Time(&'static str),
    /// As text.
    Text,
}
