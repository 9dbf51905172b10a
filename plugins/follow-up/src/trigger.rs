//! What is known of the lead that calls for something, once.

use leadsman_sdk::condition::Compiled;
use leadsman_sdk::prelude::*;

use crate::Seen;
use crate::steps::Steps;

/// A trigger, compiled.
pub(crate) struct Trigger {
    pub(crate) name: String,
    pub(crate) when: Compiled,
    pub(crate) then: Deed,
}

impl Trigger {
    /// Adds what the trigger wants done, unless it was done before: whatever is corrected afterwards, it is
    /// not done again.
    pub(crate) fn review(&self, seen: &Seen<'_>, steps: &mut Steps) {
        let matter = seen.matter;
        if matter.is_done(&self.name) || self.then.is_moot(matter) {
            return;
        }
        if self.when.holds(seen.values.as_slice(), matter.now) {
            let reason =
                Reason::new("trigger", format!("Trigger {}: what it waits for is known.", self.name));
            steps.act(matter.now, Action { key: self.name.clone(), deed: self.then.clone(), reason });
        }
    }
}
