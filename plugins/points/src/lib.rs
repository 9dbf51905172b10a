//! Scores leads by points: fixed points for what a lead is, and points for what it did, that expire or
//! fade.
//!
//! ```toml
//! [[rules]]                       # what the lead is; the axis is `fit` unless said otherwise
//! name = "big-company"
//! points = 20
//! when = { attribute = "company.size", at_least = 500 }
//! group = "profile"
//!
//! [[rules]]
//! name = "right-industry"
//! points = 15
//! when = { attribute = "industry", one_of = ["retail", "finance"] }
//! group = "profile"
//!
//! [[activities]]                  # what it did; the axis is `engagement` unless said otherwise
//! name = "replied"
//! kind = "email.reply"
//! points = 10
//! half_life_days = 14             # worth half after 14 days
//!
//! [[activities]]
//! name = "visited-often"
//! kind = "page.*"                 # every kind with this beginning
//! points = 8
//! per = "once"                    # or "each" (the default), or "unit": points for each unit of quantity
//! at_least = 3                    # three visits,
//! within_days = 7                 # the oldest exactly seven days ago or later
//!
//! [[activities]]
//! name = "complained"
//! kind = "email.complaint"
//! points = -30
//!
//! [[ratios]]                      # at least half of the pages of the last 30 days were about prices
//! name = "looks-at-prices"
//! of = ["page.pricing"]
//! among = ["page.*"]
//! at_least = 0.5
//! within_days = 30
//! points = 12
//!
//! [groups.profile]
//! max = 30
//!
//! [total]
//! min = 0
//! max = 100
//! ```
//!
//! The score is the sum of the contributions shown, in this order: rules, activities, ratios, then what
//! the limits of groups add or take ("cap of group profile"), then those of the total. The cap of the
//! total takes from the engagement axis first, as far as that is above zero, and then from fit; the
//! floor of the total gives to engagement. Points are rounded to a thousandth, each for itself.
//!
//! An activity counts for every rule whose kind covers it, `email.*` as well as `email.reply`. No
//! activity counts as a share of zero. A missing attribute satisfies no comparison but `absent`.

mod activities;
mod compile;
mod config;
mod limits;
#[cfg(test)]
mod tests;

use leadsman_sdk::condition::Compiled;
use leadsman_sdk::prelude::*;

use activities::{ActivityRules, Ratio};
pub use config::Config;
use limits::Limits;

/// For how many contributions room is made beforehand at most.
const CONTRIBUTIONS_USUAL: usize = 32;

/// The plugin, configured.
pub struct Points {
    rules: Vec<FactRule>,
    activities: ActivityRules,
    ratios: Vec<Ratio>,
    limits: Limits,
    needs: Needs,
}

/// What every kind of rule has: its place among the declared rules, its points, and where they go.
struct Header {
    rule: u32,
    axis: Axis,
    points: f64,
    group: Option<usize>,
}

struct FactRule {
    header: Header,
    when: Compiled,
}

impl Plugin for Points {
    type Config = Config;
    type Facts = Values;

    fn configure(config: Config) -> Result<Self, Vec<Problem>> {
        compile::compile(&config)
    }

    fn needs(&self) -> Needs {
        self.needs.clone()
    }
}

impl Scoring for Points {
    fn score(&self, input: &ScoringInput<Values>) -> Result<Assessment, Failure> {
        let mut sheet = Sheet::new(&self.limits, self.rules.len());
        let values = input.lead.facts.as_slice();
        for rule in &self.rules {
            if rule.when.holds(values, input.now) {
                sheet.add(&rule.header, rule.header.points, None);
            }
        }
        self.activities.score(input, &mut sheet);
        for ratio in &self.ratios {
            ratio.score(input, &mut sheet);
        }
        Ok(self.limits.apply(sheet))
    }
}

/// The contributions as they come, with the sums that the limits need.
struct Sheet {
    groups: Vec<f64>,
    total: f64,
    engagement: f64,
    assessment: Assessment,
}

impl Sheet {
    fn new(limits: &Limits, rules: usize) -> Self {
        let contributions = Vec::with_capacity(rules.min(CONTRIBUTIONS_USUAL));
        Self {
            groups: vec![0.0; limits.groups.len()],
            total: 0.0,
            engagement: 0.0,
            assessment: Assessment { contributions },
        }
    }

    fn add(&mut self, header: &Header, points: f64, detail: Option<String>) {
        if let Some(sum) = header.group.and_then(|group| self.groups.get_mut(group)) {
            *sum += points;
        }
        self.contribute(header.rule, header.axis, points, detail);
    }

    fn contribute(&mut self, rule: u32, axis: Axis, points: f64, detail: Option<String>) {
        self.total += points;
        if axis == Axis::Engagement {
            self.engagement += points;
        }
        let rule = RuleReference::Declared(rule);
        self.assessment.contributions.push(Contribution { rule, points, detail });
    }
}

leadsman_sdk::export!(Points: scoring);
