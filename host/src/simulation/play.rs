//! Playing a world under a policy: leads come in, reps call the lead that is most urgent, and whatever falls
//! due happens at its moment. Who comes in is screened and scored ahead, on another processor.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use leadsman_domain::attribution::Conversion;
use leadsman_domain::lead::{Activity, Lead};
use leadsman_domain::life::LifeStage;
use leadsman_domain::money::Minor;
use leadsman_domain::order::Order;
use leadsman_domain::policy::{Policy, Rep};
use leadsman_domain::{ConversionId, LeadId, RepId, Timestamp};
use leadsman_flow::{Acting, Ahead, Desk, FlowError, Revision, Warrant};
use leadsman_intake::{Region, complete};
use leadsman_ledger::Store;

use super::chance::Chance;
use super::report::Report;
use super::world::{Arrival, World};

/// Called with the share of the world that is over, from 0 to 1.
type Progress<'a> = dyn FnMut(f64) + 'a;

/// How many of those who come in are screened and scored together.
const TOGETHER: usize = 32;

/// How many such groups are decided ahead at most.
const GROUPS_AHEAD: usize = 16;

/// How many conversations it takes until a lead buys, or is given up.
const CONVERSATIONS: u32 = 3;

/// A world being played.
struct Play<'a> {
    world: &'a World,
    desk: Arc<Desk>,
    call: &'a str,
    tracked: HashMap<LeadId, Tracked>,
    /// What reps own, the most urgent lead first.
    owned: BTreeMap<RepId, BTreeSet<(Timestamp, LeadId)>>,
}

/// What the simulation knows of a lead.
struct Tracked {
    interest: f64,
    calls: u32,
    conversations: u32,
    place: Option<(RepId, Timestamp)>,
}

/// Plays a world under a policy, with calls of a kind, and reports what came of it.
///
/// # Errors
///
/// When the memory in which it is played fails.
pub fn play(
    world: &World,
    revision: Revision,
    region: Option<Region>,
    call: &str,
    progress: &mut Progress<'_>,
) -> Result<Report, FlowError> {
    let policy = Arc::clone(&revision.policy);
    let desk = Arc::new(Desk::simulating(Store::in_memory().system(), revision.clone()));
    let mut play = Play { world, desk, call, tracked: HashMap::new(), owned: BTreeMap::new() };
    thread::scope(|scope| {
        // The receiver ends with the scope's closure, and by that the one who sends.
        let (sender, receiver) = sync_channel(GROUPS_AHEAD);
        scope.spawn(move || look_ahead(world, &revision, region, &sender));
        let mut arrivals = receiver.into_iter().flatten().peekable();
        for moment in world.calls().into_iter().chain([world.end()]) {
            while let Some((ahead, interest)) = arrivals.next_if(|(ahead, _)| ahead.received() <= moment) {
                play.let_happen(ahead.received())?;
                play.arrive(ahead, interest)?;
            }
            play.let_happen(moment)?;
            let filled = play.desk.fill(moment)?;
            filled.iter().for_each(|lead| play.track(lead));
            if moment < world.end() {
                play.work(&policy, moment)?;
            }
            let (passed, whole) = (moment.ms_since(world.start), world.end().ms_since(world.start));
            progress(passed as f64 / whole as f64);
        }
        Ok::<(), FlowError>(())
    })?;
    Report::of(play.desk.archive(), policy.reps.iter().map(|rep| rep.id.clone()), call)
}

/// Those who come in, screened and scored, in the order of time, until nobody wants more of them.
fn look_ahead(
    world: &World,
    revision: &Revision,
    region: Option<Region>,
    sender: &SyncSender<Vec<(Ahead, f64)>>,
) {
    let mut arrivals = world.arrivals().into_iter().peekable();
    while arrivals.peek().is_some() {
        let together = arrivals.by_ref().take(TOGETHER);
        let (submissions, interests): (Vec<_>, Vec<f64>) = together
            .filter_map(|Arrival { mut submission, interest }| {
                complete(&mut submission, region).ok().map(|()| (submission, interest))
            })
            .unzip();
        let group = revision.decide_ahead(submissions).into_iter().zip(interests).collect();
        if sender.send(group).is_err() {
            return;
        }
    }
}

impl Play<'_> {
    fn chance(&self) -> Chance {
        self.world.chance
    }

    /// Lets everything happen that falls due until a moment, each at its own.
    fn let_happen(&mut self, until: Timestamp) -> Result<(), FlowError> {
        Arc::clone(&self.desk).wake_until(until, |woken| {
            woken.iter().for_each(|lead| self.track(lead));
            Ok(())
        })
    }

    fn arrive(&mut self, ahead: Ahead, interest: f64) -> Result<(), FlowError> {
        let lead = self.desk.take_in_ahead(ahead)?.wait()?;
        let nobody = Tracked { interest, calls: 0, conversations: 0, place: None };
        self.tracked.entry(lead.id.clone()).or_insert(nobody);
        self.track(&lead);
        Ok(())
    }

    /// Follows where a lead is.
    fn track(&mut self, lead: &Lead) {
        let Some(tracked) = self.tracked.get_mut(&lead.id) else { return };
        if let Some((owner, urgency)) = tracked.place.take()
            && let Some(owned) = self.owned.get_mut(&owner)
        {
            owned.remove(&(urgency, lead.id.clone()));
        }
        if let Some(owner) = lead.status.owner().filter(|_| lead.stage != LifeStage::Deal) {
            // Without a deadline the lead that has waited longest is the most urgent.
            let urgency = lead.follow_up.countdown.first().map_or(lead.since, |deadline| deadline.at);
            self.owned.entry(owner.clone()).or_default().insert((urgency, lead.id.clone()));
            tracked.place = Some((owner.clone(), urgency));
        }
    }

    /// Every rep who is there calls somebody, some more diligently than others.
    fn work(&mut self, policy: &Policy, now: Timestamp) -> Result<(), FlowError> {
        for rep in policy.reps.iter().filter(|rep| !rep.dismissed && !rep.is_absent(now)) {
            let diligence = 0.5 + 0.5 * self.chance().number(&["diligence", rep.id.as_str()]);
            let slot = now.as_ms().to_string();
            if self.chance().happens(diligence, &["works", rep.id.as_str(), &slot]) {
                self.call_somebody(rep, now)?;
            }
        }
        Ok(())
    }

    fn call_somebody(&mut self, rep: &Rep, now: Timestamp) -> Result<(), FlowError> {
        let urgent = self.owned.get(&rep.id).and_then(|owned| owned.first());
        let Some((_, lead)) = urgent.cloned() else { return Ok(()) };
        let activity = Activity {
            kind: self.call.to_owned(),
            at: now,
            quantity: 1.0,
            channel: None,
            campaign: None,
            by: None,
        };
        let called = self.desk.record(&lead, activity, now)?.wait()?;
        self.track(&called);
        let chance = self.chance();
        let Some(tracked) = self.tracked.get_mut(&lead) else { return Ok(()) };
        tracked.calls += 1;
        let (nth, interest) = (tracked.calls.to_string(), tracked.interest);
        if chance.happens(0.3 + 0.4 * interest, &["answers", lead.as_str(), &nth]) {
            tracked.conversations += 1;
            let conversations = tracked.conversations;
            self.talk(rep, &lead, conversations, interest, now)?;
        }
        Ok(())
    }

    /// A conversation: in the end the lead buys, or the rep gives it back.
    fn talk(
        &mut self,
        rep: &Rep,
        lead: &LeadId,
        nth: u32,
        interest: f64,
        now: Timestamp,
    ) -> Result<(), FlowError> {
        if nth < CONVERSATIONS {
            return Ok(());
        }
        if self.chance().happens(interest * interest, &["buys", lead.as_str()]) {
            let value = Minor((self.chance().number(&["value", lead.as_str()]) * 4_000_000.0) as i64);
            let Ok(id) = ConversionId::parse(&format!("deal-{lead}")) else { return Ok(()) };
            let (scenario, currency) = ("default".to_owned(), "EUR".to_owned());
            let deal = Conversion { id, scenario, at: now, value, currency, deal_created: None };
            let won = self.desk.convert(lead, &deal, now)?.wait()?;
            self.track(&won);
            return Ok(());
        }
        let warrant = Warrant { by: rep.id.to_string(), at: now, why: "not interested now".to_owned() };
        let code = self.desk.revision().policy.returns.keys().next().cloned();
        let acting = Acting::Rep(rep.id.clone());
        match self.desk.order(lead, &Order::Return { code }, &acting, &warrant) {
            Ok(returned) => self.track(&returned.wait()?),
            Err(FlowError::NotOwned(_) | FlowError::NotYours { .. }) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
}
