//! What is done with leads that became interesting.

use leadsman_sdk::condition::Compiled;
use leadsman_sdk::duration::MINUTE_MS;
use leadsman_sdk::prelude::*;

use crate::stage::Stage;

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
pub(crate) fn review<F>(
    upgrades: &[Upgrade],
    matter: &Matter<F>,
    values: &[Option<Value>],
) -> Option<NextSteps> {
    let wanted = |upgrade: &&Upgrade| !upgrade.is_idle(matter) && upgrade.when.holds(values, matter.now);
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

    /// Whether the lead already is where the upgrade would bring it.
    fn is_idle<F>(&self, matter: &Matter<F>) -> bool {
        match &self.then {
            Deed::Recycle(Some(pool)) => matter.pool.as_ref() == Some(pool),
            Deed::Advance(stage) => Stage::named(&matter.stage) >= Stage::named(stage),
            _ => false,
        }
    }
}
