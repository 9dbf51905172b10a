//! The stages of a lead's life: from a name to a deal.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

#[cfg(test)]
mod tests;

/// A stage of life; each comes after the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LifeStage {
    /// Not qualified yet.
    Uql,
    /// Qualified by marketing.
    Mql,
    /// Qualified by sales.
    Sql,
    /// Won.
    Deal,
}

impl LifeStage {
    /// Every stage, in order.
    pub const ALL: [Self; 4] = [Self::Uql, Self::Mql, Self::Sql, Self::Deal];

    /// The stage with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == name)
    }

    /// The stage's name: `uql`, `mql`, `sql` or `deal`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Uql => "uql",
            Self::Mql => "mql",
            Self::Sql => "sql",
            Self::Deal => "deal",
        }
    }
}

impl fmt::Display for LifeStage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
