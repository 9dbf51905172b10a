//! The stages of a lead's life, in their order.

use leadsman_sdk::prelude::*;

/// A stage of life; each comes after the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Stage {
    /// Not qualified yet.
    Uql,
    /// Qualified by marketing.
    Mql,
    /// Qualified by sales.
    Sql,
    /// Won.
    Deal,
}

impl Stage {
    /// The stage with this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Uql, Self::Mql, Self::Sql, Self::Deal].into_iter().find(|stage| stage.name() == name)
    }

    /// Its name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Uql => "uql",
            Self::Mql => "mql",
            Self::Sql => "sql",
            Self::Deal => "deal",
        }
    }
}
