//! Rolling up: one score for many, such as an account's out of those of its leads.

use serde::{Deserialize, Serialize};

use crate::scoring::Points;

/// How many scores become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RollUp {
    /// The highest of them.
    #[default]
    Highest,
    /// All of them together.
    Sum,
    /// Their mean, rounded to a thousandth, halves up.
    Mean,
}

impl RollUp {
    /// Every way of it.
    pub const ALL: [Self; 3] = [Self::Highest, Self::Sum, Self::Mean];

    /// Its name in policies: `highest`, `sum` or `mean`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Highest => "highest",
            Self::Sum => "sum",
            Self::Mean => "mean",
        }
    }

    /// Whether it is the one that holds where a policy names none.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// One score out of many; none out of none.
    #[must_use]
    pub fn of(self, scores: &[Points]) -> Option<Points> {
        let highest = *scores.iter().max()?;
        let sum: i128 = scores.iter().map(|score| i128::from(score.thousandths())).sum();
        Some(match self {
            Self::Highest => highest,
            Self::Sum => points(sum),
            Self::Mean => {
                let count = scores.len() as i128;
                points((2 * sum + count).div_euclid(2 * count))
            }
        })
    }
}

/// Points from thousandths, as many as points can be.
fn points(thousandths: i128) -> Points {
    let most = if thousandths < 0 { i64::MIN } else { i64::MAX };
    Points::from_thousandths(i64::try_from(thousandths).unwrap_or(most))
}
