//! Problems: what is wrong with a policy, where, and what to do about it; for people and for programs.

use std::fmt;

use serde::Serialize;

/// More problems than this are not shown one by one.
const PROBLEMS_MAX: usize = 100;

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// How many characters of the line it takes.
    pub width: usize,
    /// The line itself.
    pub text: String,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// The file, as a path in the policy's folder.
    pub file: String,
    /// The place in the file, unless the file as a whole is meant.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

impl Problem {
    /// A problem with a file as a whole.
    #[must_use]
    pub fn of_file(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self { file: file.into(), place: None, message: message.into(), help: None }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.file)?;
        if let Some(place) = &self.place {
            write!(formatter, ":{}:{}", place.line, place.column)?;
        }
        write!(formatter, ": {}", self.message)?;
        if let Some(place) = &self.place {
            let number = place.line.to_string();
            let margin = " ".repeat(number.len());
            // Tabs stay tabs, so that the mark stands below what it means.
            let tab_or_space = |one: char| if one == '\t' { '\t' } else { ' ' };
            let indent: String = place.text.chars().take(place.column - 1).map(tab_or_space).collect();
            write!(formatter, "\n{margin} |\n{number} | {}", place.text)?;
            write!(formatter, "\n{margin} | {indent}{}", "^".repeat(place.width))?;
        }
        if let Some(help) = &self.help {
            write!(formatter, "\n  help: {help}")?;
        }
        Ok(())
    }
}

/// Everything that is wrong with a policy: at least one problem, in the order of files and lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct PolicyErrors(Vec<Problem>);

impl PolicyErrors {
    /// Problems in order.
    #[must_use]
    pub fn new(mut problems: Vec<Problem>) -> Self {
        problems.sort();
        problems.dedup();
        Self(problems)
    }

    /// The problems.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.0
    }
}

impl From<Problem> for PolicyErrors {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl fmt::Display for PolicyErrors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in self.0.iter().take(PROBLEMS_MAX) {
            write!(formatter, "{problem}\n\n")?;
        }
        match self.0.len() {
            1 => formatter.write_str("1 problem"),
            count if count > PROBLEMS_MAX => {
                write!(formatter, "{count} problems; the first {PROBLEMS_MAX} are shown")
            }
            count => write!(formatter, "{count} problems"),
        }
    }
}

impl std::error::Error for PolicyErrors {}
