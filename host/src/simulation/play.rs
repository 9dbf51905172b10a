//! Playing a world under a policy: leads come in and do things, reps call the lead that is most urgent, and
//! whatever falls due happens at its moment. Who comes in is screened and scored ahead, on another processor.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use leadsman_domain::attribution::Conversion;
use leadsman_domain::lead::{Activity, Lead, Status};
use leadsman_domain::life::LifeStage;
use leadsman_domain::money::Minor;
use leadsman_domain::order::Order;
use leadsman_domain::policy::{Policy, Rep};
use leadsman_domain::{ConversionId, LeadId, RepId, Timestamp};
use leadsman_flow::{Acting, Ahead, Desk, FlowError, Revision, Warrant};
use leadsman_intake::{Region, complete};
use leadsman_ledger::Store;

use super::chance::Chance;
use super::report::{Measure, Report};
use super::world::{Arrival, Bargain, World};

/// Called with the share of the world that is over, from 0 to 1.
type Progress<'a> = dyn FnMut(f64) + 'a;

/// How many of those who come in are screened and scored together.
const TOGETHER: usize = 32;

/// How many such groups are decided ahead at most.
const GROUPS_AHEAD: usize = 16;

/// A world being played.
struct Play<'a> {
    world: &'a World,
    desk: Arc<Desk>,
    call: &'a str,
    tracked: HashMap<LeadId, Tracked>,
    /// What reps own, the most urgent lead first.
    owned: BTreeMap<RepId, BTreeSet<(Timestamp, LeadId)>>,
    /// What leads are going to do, in the order of time; the number tells apart what is done in one moment.
    ahead: BTreeMap<(Timestamp, usize), (LeadId, Activity)>,
}

/// What comes with somebody who comes in.
struct Coming {
    interest: f64,
    after: Vec<Activity>,
}

/// What the simulation knows of a lead.
struct Tracked {
    interest: f64,
    calls: u32,
    conversations: u32,
    place: Option<(RepId, Timestamp)>,
}

impl Tracked {
    /// Somebody whom nobody called yet.
    fn of(interest: f64) -> Self {
        Self { interest, calls: 0, conversations: 0, place: None }
    }
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
    let mut play =
        Play { world, desk, call, tracked: HashMap::new(), owned: BTreeMap::new(), ahead: BTreeMap::new() };
    thread::scope(|scope| {
        // The receiver ends with the scope's closure, and by that the one who sends.
        let (sender, receiver) = sync_channel(GROUPS_AHEAD);
        scope.spawn(move || look_ahead(world, &revision, region, &sender));
        let mut arrivals = receiver.into_iter().flatten().peekable();
        for moment in world.calls().into_iter().chain([world.end()]) {
            while let Some((ahead, coming)) = arrivals.next_if(|(ahead, _)| ahead.received() <= moment) {
                play.let_do(ahead.received())?;
                play.let_happen(ahead.received())?;
                play.arrive(ahead, coming)?;
            }
            play.let_do(moment)?;
            play.let_happen(moment)?;
            let filled = play.desk.fill(moment)?;
            filled.iter().try_for_each(|lead| play.track(lead))?;
            if moment < world.end() {
                play.work(&policy, moment)?;
            }
            let (passed, whole) = (moment.ms_since(world.start), world.end().ms_since(world.start));
            progress(passed as f64 / whole as f64);
        }
        Ok::<(), FlowError>(())
    })?;
    Report::of(play.desk.archive(), &Measure { policy: &policy, hours: &world.hours, call })
}

/// Those who come in, screened and scored, in the order of time, until nobody wants more of them.
fn look_ahead(
    world: &World,
    revision: &Revision,
    region: Option<Region>,
    sender: &SyncSender<Vec<(Ahead, Coming)>>,
) {
    let mut arrivals = world.arrivals().into_iter().peekable();
    while arrivals.peek().is_some() {
        let together = arrivals.by_ref().take(TOGETHER);
        let (submissions, comings): (Vec<_>, Vec<_>) = together
            .filter_map(|Arrival { mut submission, interest, after }| {
                complete(&mut submission, region).ok().map(|()| (submission, Coming { interest, after }))
            })
            .unzip();
        let group = revision.decide_ahead(submissions).into_iter().zip(comings).collect();
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
        Arc::clone(&self.desk).wake_until(until, |woken| woken.iter().try_for_each(|lead| self.track(lead)))
    }

    /// Lets leads do what they do until a moment, each at its own.
    fn let_do(&mut self, until: Timestamp) -> Result<(), FlowError> {
        while let Some(next) = self.ahead.first_entry().filter(|next| next.key().0 <= until) {
            let (lead, activity) = next.remove();
            let at = activity.at;
            self.let_happen(at)?;
            let acted = self.desk.record(&lead, activity, at)?.wait()?;
            self.track(&acted)?;
        }
        Ok(())
    }

    fn arrive(&mut self, ahead: Ahead, coming: Coming) -> Result<(), FlowError> {
        let Coming { interest, after } = coming;
        let lead = self.desk.take_in_ahead(ahead)?.wait()?;
        self.tracked.entry(lead.id.clone()).or_insert(Tracked::of(interest));
        self.track(&lead)?;
        // Who was turned away is not listened to.
        if lead.status != Status::Rejected {
            self.plan(&lead.id, after);
        }
        Ok(())
    }

    /// Notes what a lead is going to do.
    fn plan(&mut self, lead: &LeadId, activities: Vec<Activity>) {
        for activity in activities {
            let (from, until) = ((activity.at, 0), (activity.at, usize::MAX));
            let nth = self.ahead.range(from..until).next_back().map_or(0, |((_, last), _)| last + 1);
            self.ahead.insert((activity.at, nth), (lead.clone(), activity));
        }
    }

    /// Follows where a lead is, and those that were made out of it for other business lines.
    fn track(&mut self, lead: &Lead) -> Result<(), FlowError> {
        let Some(tracked) = self.tracked.get_mut(&lead.id) else { return Ok(()) };
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
        let interest = tracked.interest;
        for child in &lead.children {
            if !self.tracked.contains_key(&child.lead) {
                self.tracked.insert(child.lead.clone(), Tracked::of(interest));
                let child = self.desk.archive().lead(&child.lead)?;
                self.track(&child)?;
            }
        }
        Ok(())
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
        self.track(&called)?;
        let chance = self.chance();
        let Some(tracked) = self.tracked.get_mut(&lead) else { return Ok(()) };
        tracked.calls += 1;
        let (nth, interest) = (tracked.calls.to_string(), tracked.interest);
        if chance.happens(0.3 + 0.4 * interest, &["answers", lead.as_str(), &nth]) {
            tracked.conversations += 1;
            let conversations = tracked.conversations;
            if conversations == 1 {
                let after = self.world.after_talk(&called, interest, now);
                self.plan(&lead, after);
            }
            self.talk(rep, &called, conversations, interest, now)?;
        }
        Ok(())
    }

    /// A conversation: in the end the lead buys, or the rep gives it back.
    fn talk(
        &mut self,
        rep: &Rep,
        lead: &Lead,
        nth: u32,
        interest: f64,
        now: Timestamp,
    ) -> Result<(), FlowError> {
        if nth < self.world.conversations() {
            return Ok(());
        }
        let id = &lead.id;
        let buys = self.chance().happens(interest * interest, &["buys", id.as_str()]);
        if let Some(bargain) = self.world.bargain(lead).filter(|_| buys) {
            let Bargain { scenario, value_minor, currency } = bargain;
            let value = Minor(value_minor);
            let Ok(deal) = ConversionId::parse(&format!("deal-{id}")) else { return Ok(()) };
            let deal = Conversion { id: deal, scenario, at: now, value, currency, deal_created: None };
            let won = self.desk.convert(id, &deal, now)?.wait()?;
            return self.track(&won);
        }
        let warrant = Warrant { by: rep.id.to_string(), at: now, why: "not interested now".to_owned() };
        let code = self.desk.revision().policy.returns.keys().next().cloned();
        let acting = Acting::Rep(rep.id.clone());
        match self.desk.order(id, &Order::Return { code }, &acting, &warrant) {
            Ok(returned) => self.track(&returned.wait()?),
            Err(FlowError::NotOwned(_) | FlowError::NotYours { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
