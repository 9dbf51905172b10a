//! The stages of a lead's life: from a name to a deal.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a lead is on its way to a deal. Earlier stages are less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LifeStage {
    /// Unqualified: nobody knows yet whether it is worth a call.
    #[default]
    Uql,
    /// Marketing-qualified: its score reached the line.
    Mql,
    /// Sales-qualified: a person found that it is worth selling to.
    Sql,
    /// Won.
    Deal,
}

/// Why a lead cannot be moved to a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IllegalMove {
    /// It is there already.
    #[error("it is in stage {0} already")]
    Stays(LifeStage),
    /// A stage would be left out.
    #[error("from {from} it goes to {next}, not to {to}")]
    Leap {
        /// Where it is.
        from: LifeStage,
        /// Where it goes from there.
        next: LifeStage,
        /// Where it was to go.
        to: LifeStage,
    },
    /// Only a conversion makes a deal.
    #[error("only a conversion makes a deal: report one")]
    WithoutConversion,
    /// A deal stays one.
    #[error("it is won, and a deal stays a deal")]
    Won,
    /// Going back needs a reason.
    #[error("going back from {0} needs a reason")]
    WithoutReason(LifeStage),
}

impl LifeStage {
    /// Every stage, in order.
    pub const ALL: [Self; 4] = [Self::Uql, Self::Mql, Self::Sql, Self::Deal];

    /// The stage's name: `uql`, `mql`, `sql` or `deal`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Uql => "uql",
            Self::Mql => "mql",
            Self::Sql => "sql",
            Self::Deal => "deal",
        }
    }

    /// The stage with a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == name)
    }

    /// Checks a move by a person or a rule: forward one stage at a time, back only with a reason, and
    /// neither to a deal nor from one.
    ///
    /// # Errors
    ///
    /// When the move is none of these.
    pub fn check_move(self, to: Self, with_reason: bool) -> Result<(), IllegalMove> {
        let next = Self::ALL.into_iter().find(|stage| *stage > self).unwrap_or(self);
        match (self, to) {
            (from, to) if from == to => Err(IllegalMove::Stays(to)),
            (Self::Deal, _) => Err(IllegalMove::Won),
            (_, Self::Deal) => Err(IllegalMove::WithoutConversion),
            (from, to) if to < from && !with_reason => Err(IllegalMove::WithoutReason(from)),
            (from, to) if to > next => Err(IllegalMove::Leap { from, next, to }),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for LifeStage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
