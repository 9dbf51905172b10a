//! What the lead does that calls for something at once.

use leadsman_sdk::duration::DAY_MS;
use leadsman_sdk::kinds::KindSet;
use leadsman_sdk::prelude::*;

use crate::steps::Steps;
use crate::words;

/// How old an activity may be to be a signal. History that is imported raises no alarms.
const FRESH_MS: i64 = DAY_MS;

/// A signal, compiled.
pub(crate) struct Signal {
    pub(crate) name: String,
    pub(crate) kinds: KindSet,
    pub(crate) at_least: f64,
    /// For how long after one signal there is no other, in milliseconds.
    pub(crate) every: i64,
    pub(crate) then: Deed,
}

impl Signal {
    /// Adds what the signal wants done now.
    pub(crate) fn review(&self, matter: &Matter<Values>, steps: &mut Steps) {
        if self.then.is_moot(matter) {
            return;
        }
        let oldest = matter.now.plus_millis(-FRESH_MS);
        let fresh = matter.activities.partition_point(|activity| activity.at < oldest);
        let mut given = self.given(&matter.done);
        for activity in matter.activities[fresh..].iter().filter(|activity| self.sees(activity)) {
            let at = activity.at.as_millis();
            let place = given.partition_point(|other| *other < at);
            let neighbours = &given[place.saturating_sub(1)..given.len().min(place + 1)];
            if neighbours.iter().any(|other| self.is_same(*other, at)) {
                continue;
            }
            if !steps.has_room_for(&self.then) {
                return steps.postpone();
            }
            given.insert(place, at);
            steps.act(activity.at, self.action(activity.at));
        }
    }

    fn sees(&self, activity: &Activity) -> bool {
        self.kinds.contains(activity) && activity.quantity >= self.at_least
    }

    /// Whether two activities are so close that only one signal is given. They need not have come in
    /// the order in which they happened.
    const fn is_same(&self, one: i64, other: i64) -> bool {
        let apart = one.abs_diff(other);
        apart == 0 || apart < self.every.unsigned_abs()
    }

    /// The moments of the signals that were given already, in order.
    fn given(&self, done: &[String]) -> Vec<i64> {
        let moment = |key: &String| key.strip_prefix(self.name.as_str())?.strip_prefix('/')?.parse().ok();
        let mut given: Vec<i64> = done.iter().filter_map(moment).collect();
        given.sort_unstable();
        given
    }

    fn action(&self, at: Timestamp) -> Action {
        let message = format!("Signal {}, given at {}.", self.name, words::moment(at));
        Action {
            key: format!("{}/{}", self.name, at.as_millis()),
            deed: self.then.clone(),
            reason: Reason::new("signal", message),
        }
    }
}
