//! Caps and floors, as contributions of their own.

use leadsman_sdk::prelude::*;

use crate::Sheet;

/// The most points, either way, that one contribution may have.
pub(crate) const POINTS_MAX: f64 = 1_000_000.0;

/// The limits of the groups, in the order of their names, and of the total.
pub(crate) struct Limits {
    pub(crate) groups: Vec<(Corrections, Limit)>,
    /// On the axis of engagement, and what is left on the axis of fit.
    pub(crate) total: (Corrections, Corrections, Limit),
}

/// The rules that speak when a limit takes or gives, by their places among the declared ones; what has no
/// limit has none.
#[derive(Clone, Copy)]
pub(crate) struct Corrections {
    pub(crate) axis: Axis,
    cap: Option<u32>,
    floor: Option<u32>,
}

impl Corrections {
    /// Declares the cap and the floor of something, as far as it has them.
    pub(crate) fn declare(rules: &mut Vec<Rule>, name: &str, axis: Axis, limit: Limit) -> Self {
        let mut declare = |kind: &str, bound: f64| {
            let (name, message) = (format!("{kind} of {name}"), format!("The {kind} of {name} is reached."));
            bound.is_finite().then(|| declared(rules, Rule { name, axis, message }))
        };
        Self { axis, cap: declare("cap", limit.max), floor: declare("floor", limit.min) }
    }
}

/// Declares a rule; gives its place.
pub(crate) fn declared(rules: &mut Vec<Rule>, rule: Rule) -> u32 {
    rules.push(rule);
    rules.len() as u32 - 1
}

/// The least and the most that a sum may be.
#[derive(Clone, Copy)]
pub(crate) struct Limit {
    pub(crate) min: f64,
    pub(crate) max: f64,
}

/// Rounds points to a thousandth, within what the host takes.
pub(crate) fn rounded(points: f64) -> f64 {
    let points = (points.clamp(-POINTS_MAX, POINTS_MAX) * 1_000.0).round() / 1_000.0;
    points + 0.0
}

impl Limit {
    /// What must be added to a sum for it to be within the limit.
    fn correction(self, sum: f64) -> f64 {
        rounded(if sum > self.max {
            self.max - sum
        } else if sum < self.min {
            self.min - sum
        } else {
            0.0
        })
    }
}

impl Limits {
    /// Adds what the limits of groups and of the total require.
    pub(crate) fn apply(&self, mut sheet: Sheet) -> Assessment {
        for (group, (corrections, limit)) in self.groups.iter().enumerate() {
            let correction = limit.correction(sheet.groups[group]);
            correct(&mut sheet, *corrections, correction);
        }
        let (engagement, fit, limit) = self.total;
        let correction = limit.correction(sheet.total);
        if correction != 0.0 {
            let moved = correction.max(-sheet.engagement.max(0.0));
            correct(&mut sheet, engagement, rounded(moved));
            correct(&mut sheet, fit, rounded(correction - moved));
        }
        sheet.assessment
    }
}

fn correct(sheet: &mut Sheet, corrections: Corrections, correction: f64) {
    let rule = if correction < 0.0 { corrections.cap } else { corrections.floor };
    if let Some(rule) = rule.filter(|_| correction != 0.0) {
        sheet.contribute(rule, corrections.axis, correction, None);
    }
}
