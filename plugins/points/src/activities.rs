//! Points for what a lead did.

use leadsman_sdk::kinds::{KindSet, Kinds};
use leadsman_sdk::prelude::*;

use crate::config::{Per, RatioConfig};
use crate::limits::rounded;
use crate::{Header, Sheet};

/// How an activity loses its worth.
pub(crate) enum Fading {
    Never,
    Expires { after_ms: i64 },
    Halves { every_ms: f64 },
}

impl Fading {
    /// A rule's sentence, with how it fades.
    pub(crate) fn sentence(&self, message: &str) -> String {
        match self {
            Fading::Never => format!("{message}."),
            Fading::Expires { after_ms } => format!("{message} in the last {} days.", days(*after_ms as f64)),
            Fading::Halves { every_ms } => format!("{message}, worth half after {} days.", days(*every_ms)),
        }
    }

    /// What is left of an activity of this age: between 0 and 1.
    fn left(&self, age_ms: i64) -> f64 {
        match self {
            Fading::Never => 1.0,
            Fading::Expires { after_ms } => f64::from(u8::from(age_ms <= *after_ms)),
            Fading::Halves { every_ms } => (-(age_ms.max(0) as f64) / every_ms).exp2(),
        }
    }
}

pub(crate) struct ActivityRule {
    pub(crate) header: Header,
    pub(crate) kind: String,
    pub(crate) per: Per,
    pub(crate) at_least: u32,
    pub(crate) fading: Fading,
}

/// All rules for activities, and for every kind which of them it counts for.
pub(crate) struct ActivityRules {
    rules: Vec<ActivityRule>,
    by_kind: Vec<Vec<usize>>,
}

/// What one rule has seen of one lead.
#[derive(Clone, Copy, Default)]
struct Tally {
    hits: u32,
    worth: f64,
    latest: f64,
}

impl ActivityRules {
    pub(crate) fn new(rules: Vec<ActivityRule>, kinds: &Kinds) -> Self {
        let mut by_kind = vec![Vec::new(); kinds.names().len()];
        for (rule, definition) in rules.iter().enumerate() {
            for kind in kinds.covered_by(&[&definition.kind]).positions() {
                by_kind[kind].push(rule);
            }
        }
        Self { rules, by_kind }
    }

    pub(crate) fn score(&self, input: &ScoringInput<Values>, sheet: &mut Sheet) {
        if self.rules.is_empty() || input.activities.is_empty() {
            return;
        }
        for (rule, tally) in self.rules.iter().zip(self.tallies(input)) {
            if tally.hits >= rule.at_least {
                let detail = (tally.hits > 1).then(|| format!("{} times", tally.hits));
                sheet.add(&rule.header, rounded(rule.points(tally)), detail);
            }
        }
    }

    fn tallies(&self, input: &ScoringInput<Values>) -> Vec<Tally> {
        let mut tallies = vec![Tally::default(); self.rules.len()];
        for activity in &input.activities {
            let age_ms = input.now.millis_since(activity.at);
            for &index in self.by_kind.get(activity.kind).map_or(&[][..], Vec::as_slice) {
                self.rules[index].count(&mut tallies[index], age_ms, activity.quantity);
            }
        }
        tallies
    }
}

impl ActivityRule {
    fn count(&self, tally: &mut Tally, age_ms: i64, quantity: f64) {
        let left = self.fading.left(age_ms);
        if left > 0.0 {
            tally.hits += 1;
            tally.worth += if self.per == Per::Unit { left * quantity } else { left };
            tally.latest = tally.latest.max(left);
        }
    }

    fn points(&self, tally: Tally) -> f64 {
        self.header.points * if self.per == Per::Once { tally.latest } else { tally.worth }
    }
}

fn days(millis: f64) -> f64 {
    (millis / 86_400.0).round() / 1_000.0
}

/// Points for the share of some activities among others.
pub(crate) struct Ratio {
    header: Header,
    patterns: (Vec<String>, Vec<String>),
    of: KindSet,
    among: KindSet,
    at_least: f64,
    within_ms: Option<i64>,
}

impl Ratio {
    pub(crate) fn new(header: Header, config: &RatioConfig, within_ms: Option<i64>) -> Self {
        let patterns = (config.of.clone(), config.among.clone());
        let (of, among) = (KindSet::default(), KindSet::default());
        Self { header, patterns, of, among, at_least: config.at_least, within_ms }
    }

    /// Finds out which kinds are meant, once all are known.
    pub(crate) fn resolve(mut self, kinds: &Kinds) -> Self {
        self.of = kinds.covered_by(&self.patterns.0);
        self.among = kinds.covered_by(&self.patterns.1);
        self
    }

    pub(crate) fn score(&self, input: &ScoringInput<Values>, sheet: &mut Sheet) {
        let (mut of, mut among) = (0_u32, 0_u32);
        for activity in &input.activities {
            let age_ms = input.now.millis_since(activity.at);
            if self.within_ms.is_some_and(|within| age_ms > within) {
                continue;
            }
            let is_of = self.of.contains(activity);
            of += u32::from(is_of);
            among += u32::from(is_of || self.among.contains(activity));
        }
        let share = if among == 0 { 0.0 } else { f64::from(of) / f64::from(among) };
        if share >= self.at_least {
            sheet.add(&self.header, self.header.points, Some(format!("{of} of {among}")));
        }
    }
}
