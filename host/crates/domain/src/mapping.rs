//! The column mapping: how the columns of a table become submissions. Written in the policy, read by
//! the import.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::value::AttributeName;

/// How the rows of a table become submissions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnMapping {
    /// What the table is called where it comes from. With the key column it makes a row's idempotency
    /// key, so that the same row of a later export is known.
    pub source: String,
    /// The byte between fields.
    pub delimiter: u8,
    /// Time zone of times that do not say theirs.
    pub zone: chrono_tz::Tz,
    /// What stands for "not known", folded; an empty field always does.
    pub missing: BTreeSet<String>,
    /// The column of the row's own id. Without one a row is known by everything that it says and by
    /// how often the file has said so before.
    pub key: Option<String>,
    /// The column of when the lead came in; the time of the import without one.
    pub received: Option<TimeColumn>,
    /// The marketing channel. A row without one is no touch.
    pub channel: Option<Origin>,
    /// The campaign.
    pub campaign: Option<Origin>,
    /// The columns that become attributes.
    pub columns: Vec<AttributeColumn>,
    /// The columns that become activities.
    pub activities: Vec<ActivityColumn>,
    /// Columns that are known, and left out.
    pub ignored: BTreeSet<String>,
    /// What to do about any other column.
    pub unknown_columns: Unknown,
}

/// A column of times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeColumn {
    /// Its header.
    pub column: String,
    /// How times are written, as for `strftime`; tried in order. RFC 3339 when empty.
    pub formats: Vec<String>,
}

/// Where a word comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// From the column with this header.
    Column(String),
    /// It is the same for every row.
    Constant(String),
}

/// A column that becomes an attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttributeColumn {
    /// Its header.
    pub column: String,
    /// The attribute.
    pub attribute: AttributeName,
    /// How its fields are read.
    pub kind: ColumnKind,
}

/// How the fields of a column are read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColumnKind {
    /// As text, without white space at the ends.
    Text,
    /// As a decimal number.
    Number,
    /// As yes or no.
    Flag,
    /// As a moment, in one of these formats; RFC 3339 when empty.
    Time(Vec<String>),
    /// As texts, divided by this separator.
    Texts(String),
}

/// A column that becomes activities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityColumn {
    /// Its header.
    pub column: String,
    /// What its fields say.
    pub reading: ActivityReading,
    /// When it happened; when the lead came in if there is no such column.
    pub at: Option<TimeColumn>,
    /// The channel, for activities that are touches.
    pub channel: Option<String>,
}

/// What the fields of an activity column say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActivityReading {
    /// How much of this kind there was; none at zero.
    Quantity(String),
    /// Which kind it was, by the field's value.
    Kind {
        /// Kinds by the folded value.
        kinds: BTreeMap<String, String>,
        /// What to do about any other value.
        unknown_values: Unknown,
    },
}

/// What to do about something that the mapping does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unknown {
    /// Refuse it.
    Error,
    /// Leave it out.
    Ignore,
}

impl ColumnMapping {
    /// Every column that the mapping reads.
    pub fn named_columns(&self) -> impl Iterator<Item = &str> {
        let origins =
            [&self.channel, &self.campaign].into_iter().flatten().filter_map(|origin| match origin {
                Origin::Column(column) => Some(column),
                Origin::Constant(_) => None,
            });
        let times = self.activities.iter().filter_map(|activity| activity.at.as_ref());
        let activities = self.activities.iter().map(|activity| &activity.column);
        self.key
            .iter()
            .chain(self.received.iter().chain(times).map(|time| &time.column))
            .chain(origins)
            .chain(self.columns.iter().map(|column| &column.column))
            .chain(activities)
            .map(String::as_str)
    }
}
