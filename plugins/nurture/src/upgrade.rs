//! What is done with leads that became interesting.

use leadsman_sdk::condition::Compiled;
use leadsman_sdk::duration::MINUTE_MS;
use leadsman_sdk::prelude::*;

/// An upgrade, compiled.
pub(crate) struct Upgrade {
    pub(crate) name: String,
    pub(crate) when: Compiled,
    pub(crate) then: Deed,
    /// The reason, with the condition in words.
    pub(crate) reason: String,
}

/// The first upgrade that holds and was not done. If another does too, it is looked at a minute later,
/// when it is clear where the lead is then.
pub(crate) fn review<F>(upgrades: &[Upgrade], matter: &Matter<F>, values: &Values) -> Option<NextSteps> {
    let wanted = |upgrade: &&Upgrade| {
        !upgrade.then.is_moot(matter) && upgrade.when.holds(values.as_slice(), matter.now)
    };
    let open = upgrades.iter().filter(wanted).map(|upgrade| (upgrade.key(matter.since), upgrade));
    let mut open = open.filter(|(key, _)| !matter.is_done(key));
    let (key, upgrade) = open.next()?;
    let reason = Reason::new("upgrade", upgrade.reason.as_str());
    let steps = NextSteps::nothing().act(key, upgrade.then.clone(), reason);
    Some(match open.next() {
        Some(_) => steps.look_again(matter.now.plus_millis(MINUTE_MS)),
        None => steps,
    })
}

impl Upgrade {
    fn key(&self, since: Timestamp) -> String {
        format!("upgrade/{}/{}", self.name, since.as_millis())
    }
}
