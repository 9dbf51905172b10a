//! Scores leads by RFM: how recently they did something (recency), how often (frequency), and how much it
//! was worth (monetary value).
//!
//! ```toml
//! object = "order"                # what people call it; `activity` if it is left out
//! activities = ["order.*"]        # the kinds of activity that count
//! when = { attribute = "customer", is = true }   # other leads get nothing; all are scored without it
//! axis = "engagement"             # or "fit"; this is the default
//!
//! [recency]                       # the time since the last such activity
//! scores = [
//!   { score = 5, at_most = "30d" },
//!   { score = 3, at_most = "90d" },
//!   { score = 1, above = "90d" },
//! ]
//!
//! [frequency]                     # how many there were,
//! within = "365d"                 # the oldest exactly 365 days ago or later; ever, if it is left out
//! scores = [{ score = 5, at_least = 10 }, { score = 3, at_least = 4, below = 10 }, { score = 1, below = 4 }]
//!
//! [monetary]                      # the sum of their quantities
//! within = "365d"
//! scores = [{ score = 5, at_least = 10000 }, { score = 3, at_least = 1000 }, { score = 1, at_least = 1 }]
//! otherwise = "zero"              # what nothing else is for scores 0; or "lowest", the default
//!
//! [[cells]]                       # points for the three scores together, instead of their sum
//! cell = "555"                    # the scores for recency, frequency and monetary value
//! label = "champion"
//! points = 100
//!
//! [[cells]]
//! cell = "1**"                    # `*` is any score; the first cell that fits decides
//! label = "lost"
//! points = -20
//!
//! [[cells]]
//! cell = "***"
//! label = "ordinary"
//! points = 10
//! ```
//!
//! # What is scored
//!
//! Each of the three may read an attribute of the lead instead of activities: `attribute =
//! "customer.last-order"`, a time for `recency`, or a number for `frequency` and `monetary`; there is no
//! `within` then, and `activities` is left out if none of the three reads them.
//!
//! No activity is a frequency of zero and a monetary value of zero, numbers like any other. Data is
//! missing where there is no last activity, and where an attribute is absent, of another type, or a time
//! that is yet to come.
//!
//! Time is that of the decision. A lead is scored when something happens to it, so what has aged
//! meanwhile shows then.
//!
//! # Scores
//!
//! A score has one or both ends of a range: `at_least` or `above`, and `at_most` or `below`; durations
//! such as `30d` for recency, numbers for the others. Their order does not matter: **of several that
//! hold, the highest score wins**. **What is missing, and what no range is for, gets the lowest score of
//! its list**, or zero with `otherwise = "zero"`.
//!
//! # Points
//!
//! Without `cells`, each of the three contributes its score as points, and says what was found: "Recency
//! (last order 12 days ago, score 5)." With `cells`, one contribution says all that together with the
//! cell and its label. Scores are digits then, from 0 to 9, and a table that has no answer for some cell,
//! or an answer that no lead can get, is refused. Leads that `when` does not hold for get no contribution.

mod cells;
mod compile;
mod config;
mod measure;
mod scale;
#[cfg(test)]
mod tests;
mod words;

use leadsman_sdk::condition::Compiled;
use leadsman_sdk::prelude::*;

use cells::Cells;
pub use config::Config;
use measure::{Found, Measure};

/// The plugin, configured.
pub struct Rfm {
    object: String,
    when: Option<Compiled>,
    /// Recency, frequency and monetary value.
    measures: [Measure; 3],
    total: Total,
    needs: Needs,
}

/// What the three scores come to.
enum Total {
    /// Each is a contribution. The declared rules are those of the measures, in their order.
    Sum,
    /// Together they are one. The declared rules are those of the cells, in their order.
    Cells(Cells),
}

impl Plugin for Rfm {
    type Config = Config;
    type Facts = Values;

    fn configure(config: Config) -> Result<Self, Vec<Problem>> {
        compile::compile(&config)
    }

    fn needs(&self) -> Needs {
        self.needs.clone()
    }
}

impl Scoring for Rfm {
    fn score(&self, input: &ScoringInput<Values>) -> Result<Assessment, Failure> {
        let values = input.lead.facts.as_slice();
        if self.when.as_ref().is_some_and(|when| !when.holds(values, input.now)) {
            return Ok(Assessment::new());
        }
        let found = self.measures.each_ref().map(|measure| measure.find(input, &self.object));
        let contributions = match &self.total {
            Total::Sum => (0..).zip(found).map(|(rule, found)| contribution(rule, found)).collect(),
            Total::Cells(cells) => cells.contribution(&found).into_iter().collect(),
        };
        Ok(Assessment { contributions })
    }
}

fn contribution(rule: u32, found: Found) -> Contribution {
    let rule = RuleReference::Declared(rule);
    Contribution { rule, points: found.score, detail: Some(found.words) }
}

leadsman_sdk::export!(Rfm: scoring);
