//! Why nothing can be learned: one sentence, with the place and a remedy.

/// Why training stopped.
#[derive(Debug, thiserror::Error)]
pub enum LearningError {
    /// The table is empty.
    #[error("there are no rows below the header; leads go one to a line")]
    Empty,
    /// The table is not text in UTF-8.
    #[error("{place} is not UTF-8; save the file as UTF-8 and try again")]
    Encoding {
        /// Where, such as `line 17`.
        place: String,
    },
    /// A row has another number of fields than the header.
    #[error(
        "line {line} has {found} fields, and the header has {expected}; look for a stray quote or separator"
    )]
    Fields {
        /// The line in the file, from 1.
        line: u64,
        /// Its fields.
        found: u64,
        /// Fields of the header.
        expected: u64,
    },
    /// The table cannot be read.
    #[error("the table cannot be read")]
    Unreadable(#[from] csv::Error),
    /// The header is not one.
    #[error("column {column} of the header {problem}")]
    Header {
        /// The column, from 1.
        column: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// A column that was named is not there.
    #[error("there is no column {name:?}{}", hint(.near))]
    NoColumn {
        /// The name.
        name: String,
        /// A column that sounds like it, or what there is.
        near: String,
    },
    /// The label is not two-valued.
    #[error("the label {column:?} {problem}")]
    Label {
        /// The column.
        column: String,
        /// What is wrong with it, and what to do.
        problem: String,
    },
    /// A moment cannot be read.
    #[error("line {line}, column {column:?}: {text:?} is no time that is known here; {remedy}")]
    Time {
        /// The line in the file, from 1.
        line: u64,
        /// The column.
        column: String,
        /// What stands there.
        text: String,
        /// What to do.
        remedy: String,
    },
    /// There are too few examples of one kind.
    #[error(
        "{with} leads with {column:?} and {without} without are too few to learn from; \
         at least {least} of each are needed"
    )]
    TooFew {
        /// The label's column.
        column: String,
        /// Rows that have the label.
        with: usize,
        /// Rows that do not.
        without: usize,
        /// How many of each are needed.
        least: usize,
    },
    /// No attribute is left.
    #[error("no column is left to learn from; all others were left out: {0}")]
    NoAttributes(String),
    /// The folds do not fit the table.
    #[error("the folds {0}")]
    Folds(String),
    /// A thread of the training broke down.
    #[error("the training broke down")]
    BrokeDown,
    /// What was learned does not hold together, which is a defect of the training.
    #[error("what was learned is no model")]
    Model(#[from] leadsman_model::InvalidModel),
}

fn hint(near: &str) -> String {
    if near.is_empty() { String::new() } else { format!("; {near}") }
}
