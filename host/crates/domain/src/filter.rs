//! Filters: conditions of the policy itself on attributes, for what the host decides without a plugin,
//! such as which leads a quota counts.

use serde::{Deserialize, Serialize};

use crate::text::fold;
use crate::value::{AttributeName, Facts, Value};

/// A condition on one attribute. What is not known fits no filter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Filter {
    /// The attribute.
    pub attribute: AttributeName,
    /// What it has to be.
    pub test: Test,
}

/// What an attribute has to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Test {
    /// One of these texts, folded; a set of texts has one of them, a flag is `yes` or `no`.
    OneOf(Vec<String>),
    /// A number within these bounds, the lower one included and the upper one not.
    Between {
        /// The lower bound.
        at_least: Option<f64>,
        /// The upper bound.
        below: Option<f64>,
    },
}

impl Filter {
    /// Whether facts fit.
    #[must_use]
    pub fn fits(&self, facts: &Facts) -> bool {
        let Some(value) = facts.get(self.attribute.as_str()) else { return false };
        match (&self.test, value) {
            (Test::OneOf(known), Value::Texts(texts)) => texts.iter().any(|text| known.contains(&fold(text))),
            (Test::OneOf(known), value) => known.contains(&fold(&value.to_string())),
            (Test::Between { at_least, below }, Value::Number(number)) => {
                at_least.is_none_or(|least| *number >= least) && below.is_none_or(|most| *number < most)
            }
            (Test::Between { .. }, _) => false,
        }
    }
}

/// Whether facts fit every filter.
#[must_use]
pub fn all_fit(filters: &[Filter], facts: &Facts) -> bool {
    filters.iter().all(|filter| filter.fits(facts))
}
