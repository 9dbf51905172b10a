//! What was used in the last window, and in the one before.

use std::collections::BTreeSet;

use leadsman_sdk::duration::DAY_MS;
use leadsman_sdk::prelude::*;

use crate::Momentum;

/// How much was used.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Usage {
    /// The sum of quantities in the last window.
    pub recent: f64,
    /// That of the window before.
    pub earlier: f64,
    /// On how many days of the last window, counted back from now.
    pub days: usize,
    /// How many features in the last window.
    pub features: usize,
}

impl Usage {
    /// Counts activities as of a moment.
    pub fn of(momentum: &Momentum, activities: &[Activity], now: Timestamp) -> Self {
        let mut usage = Self::default();
        let (mut days, mut features) = (BTreeSet::new(), BTreeSet::<usize>::new());
        for activity in activities.iter().filter(|activity| momentum.counted.contains(activity)) {
            let age_ms = now.millis_since(activity.at);
            if age_ms < momentum.window_ms {
                usage.recent += activity.quantity;
                days.insert(age_ms / DAY_MS);
                features.extend(momentum.features.iter().filter(|feature| **feature == activity.kind));
            } else if age_ms < 2 * momentum.window_ms {
                usage.earlier += activity.quantity;
            }
        }
        (usage.days, usage.features) = (days.len(), features.len());
        usage
    }
}
