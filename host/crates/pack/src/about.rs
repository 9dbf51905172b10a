//! `pack.toml`: who a pack is.

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::Files;
use crate::folder::ABOUT_FILE;
use crate::line::Line;

/// The longest name of a pack, in bytes.
const NAME_BYTES_MAX: usize = 64;

/// Who a pack is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// Its name, the same from version to version.
    pub name: Name,
    /// Its version.
    pub version: Version,
    /// Its name for people.
    pub title: Line,
    /// What it is for, in a sentence.
    pub summary: Line,
    /// Who wrote it.
    pub authors: Vec<Line>,
    /// The licence, such as `MIT`.
    pub licence: Line,
}

/// The name of a pack: small ASCII letters, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

/// A version, as of Semantic Versioning.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version(semver::Version);

/// `pack.toml` cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{ABOUT_FILE}{place}: {message}")]
pub struct AboutError {
    place: String,
    message: String,
}

impl About {
    /// Who a pack with these files is, by its `pack.toml`.
    ///
    /// # Errors
    ///
    /// When that is missing; else the first thing that is wrong with it, and where.
    pub fn of(files: &Files) -> Result<Self, AboutError> {
        let missing = || AboutError {
            place: String::new(),
            message: "there is no such file; it tells name, version, title, summary, authors and licence"
                .to_owned(),
        };
        let file = files.iter().find(|(path, _)| path.as_str() == ABOUT_FILE);
        Self::read(file.ok_or_else(missing)?.1)
    }

    fn read(content: &[u8]) -> Result<Self, AboutError> {
        let text = std::str::from_utf8(content).map_err(|_| AboutError {
            place: String::new(),
            message: "the file is not UTF-8; save it as UTF-8".to_owned(),
        })?;
        toml::from_str(text).map_err(|error| AboutError {
            place: error.span().map(|span| place(text, span)).unwrap_or_default(),
            message: error.message().to_owned(),
        })
    }
}

/// The line and the column of a stretch of text, both from 1.
fn place(text: &str, span: Range<usize>) -> String {
    let before = text.get(..span.start).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    format!(":{}:{}", before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

impl TryFrom<String> for Name {
    type Error = &'static str;
    fn try_from(name: String) -> Result<Self, Self::Error> {
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let begins = name.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
        if begins && name.len() <= NAME_BYTES_MAX && name.bytes().all(is_plain) && !name.ends_with('-') {
            return Ok(Self(name));
        }
        Err(
            "a pack's name has small letters, digits and hyphens and begins with a letter, such as solar-leads",
        )
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl TryFrom<String> for Version {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let cause =
            |cause| format!("{text:?} is no version ({cause}); write one of three numbers, such as 1.0.0");
        semver::Version::parse(&text).map(Self).map_err(cause)
    }
}

impl From<Version> for String {
    fn from(version: Version) -> Self {
        version.to_string()
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

impl fmt::Display for About {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.name, self.version)
    }
}
