//! Caps and floors, as contributions of their own.

use leadsman_sdk::prelude::*;

/// The most points, either way, that one contribution may have.
pub(crate) const POINTS_MAX: f64 = 1_000_000.0;

/// The limits of the groups, in the order of their names, and of the total.
pub(crate) struct Limits {
    pub(crate) groups: Vec<(String, Axis, Limit)>,
    pub(crate) total: Limit,
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
    pub(crate) fn apply(&self, mut assessment: Assessment, sums: &[f64]) -> Assessment {
        for ((name, axis, limit), &sum) in self.groups.iter().zip(sums) {
            assessment = corrected(assessment, name, *axis, limit.correction(sum));
        }
        let correction = self.total.correction(assessment.total());
        if correction == 0.0 {
            return assessment;
        }
        let engagement = on_axis(&assessment, Axis::Engagement);
        let moved = correction.max(-engagement.max(0.0));
        let assessment = corrected(assessment, "the total", Axis::Engagement, rounded(moved));
        corrected(assessment, "the total", Axis::Fit, rounded(correction - moved))
    }
}

fn on_axis(assessment: &Assessment, axis: Axis) -> f64 {
    let contributions = assessment.contributions.iter();
    contributions
        .filter(|contribution| contribution.axis == axis)
        .map(|contribution| contribution.points)
        .sum()
}

fn corrected(assessment: Assessment, name: &str, axis: Axis, correction: f64) -> Assessment {
    if correction < 0.0 {
        assessment.with(format!("cap of {name}"), axis, correction, format!("The cap of {name} is reached."))
    } else if correction > 0.0 {
        assessment.with(
            format!("floor of {name}"),
            axis,
            correction,
            format!("The floor of {name} is reached."),
        )
    } else {
        assessment
    }
}
