//! One clock of a lead: when it runs, when its time is up, and what is said before.

use leadsman_sdk::condition::Compiled;
use leadsman_sdk::prelude::*;

use crate::Seen;
use crate::clock::{Clock, Stretch};
use crate::config::{MetBy, Since};
use crate::steps::Steps;
use crate::{deeds, words};

/// A clock, compiled. Durations are in milliseconds of its clock.
pub(crate) struct Rule {
    pub(crate) name: String,
    pub(crate) since: Since,
    pub(crate) stages: Option<Vec<LifeStage>>,
    pub(crate) when: Option<Compiled>,
    pub(crate) clock: Clock,
    pub(crate) within: i64,
    pub(crate) extend: Option<i64>,
    pub(crate) most: Option<i64>,
    pub(crate) met_by: Option<MetBy>,
    pub(crate) notices: Vec<Notice>,
    pub(crate) then: Deed,
}

/// Something that is said before the deadline.
pub(crate) struct Notice {
    /// How long before.
    pub(crate) before: i64,
    /// To whom.
    pub(crate) to: Audience,
    /// The text, with places to be filled in.
    pub(crate) text: String,
}

/// Who is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audience {
    Owner,
    Manager,
}

impl Rule {
    /// Adds what the rule wants done now or later.
    pub(crate) fn review(&self, seen: &Seen<'_>, steps: &mut Steps) {
        let matter = seen.matter;
        let Some(start) = self.start(seen) else { return };
        let Some(stretch) = self.stretch(start, &seen.followed) else { return };
        let occasion = format!("{}/{}/{}", self.name, start.as_millis(), stretch.deadline.as_millis());
        if matter.now < stretch.deadline {
            for notice in &self.notices {
                self.notify(notice, &stretch, &occasion, matter, steps);
            }
            steps.deadline(&self.name, stretch.deadline, &deeds::consequence(&self.then));
        } else if !matter.is_done(&occasion) {
            let reason = Reason::new("deadline", self.outcome(stretch.deadline));
            steps.act(stretch.deadline, Action { key: occasion, deed: self.then.clone(), reason });
        }
    }

    /// Since when the clock runs, if it does.
    fn start(&self, seen: &Seen<'_>) -> Option<Timestamp> {
        let matter = seen.matter;
        let is_owned = matter.owner.is_some();
        let (starts, start) = match self.since {
            Since::Owned => (is_owned, matter.since),
            Since::Pooled => (!is_owned && !matter.nurtured && matter.pool.is_some(), matter.since),
            Since::Nurtured => (!is_owned && matter.nurtured, matter.since),
            Since::Stage => (true, matter.stage_since),
        };
        let runs = starts
            && self.is_in_stage(matter.stage)
            && !self.then.is_moot(matter)
            && self.when.as_ref().is_none_or(|when| when.holds(seen.values.as_slice(), matter.now));
        runs.then_some(start)
    }

    fn is_in_stage(&self, stage: LifeStage) -> bool {
        let named = match &self.stages {
            Some(stages) => stages.contains(&stage),
            None => stage != LifeStage::Deal,
        };
        let is_met = match self.met_by {
            Some(MetBy::Deal) => stage == LifeStage::Deal,
            Some(MetBy::Stage(goal)) => stage >= goal,
            Some(MetBy::Activity) | None => false,
        };
        named && !is_met
    }

    /// The stretch that ends at the deadline; `None` if a follow-up met the rule in time.
    fn stretch(&self, start: Timestamp, followed: &[Timestamp]) -> Option<Stretch> {
        let followed = &followed[followed.partition_point(|at| *at < start)..];
        let first = Stretch::new(&self.clock, start, self.within);
        if self.met_by == Some(MetBy::Activity) {
            return followed.first().is_none_or(|at| *at >= first.deadline).then_some(first);
        }
        let last = self.most.map(|most| Stretch::new(&self.clock, start, most));
        let stretch = match self.extend {
            Some(extend) => self.extended(first, extend, last.map(|last| last.deadline), followed),
            None => first,
        };
        Some(last.map_or(stretch, |last| last.or_sooner(stretch)))
    }

    /// The first stretch, or that from the last of the follow-ups that each came in time.
    fn extended(
        &self,
        first: Stretch,
        extend: i64,
        end: Option<Timestamp>,
        followed: &[Timestamp],
    ) -> Stretch {
        let mut stretch = first;
        let mut last: Option<Timestamp> = None;
        for &at in followed.iter().take_while(|at| end.is_none_or(|end| **at < end)) {
            // No clock is faster than the wall's, so this saves asking the calendar about most of them.
            let is_close = last.is_some_and(|last| at.millis_since(last) < extend);
            if at >= stretch.deadline && !is_close {
                stretch = self.prolonged(stretch, last, extend);
                if at >= stretch.deadline {
                    return stretch;
                }
            }
            last = Some(at);
        }
        self.prolonged(stretch, last, extend)
    }

    fn prolonged(&self, stretch: Stretch, last: Option<Timestamp>, extend: i64) -> Stretch {
        last.map_or(stretch, |last| stretch.or_later(Stretch::new(&self.clock, last, extend)))
    }

    fn notify(
        &self,
        notice: &Notice,
        stretch: &Stretch,
        occasion: &str,
        matter: &Matter<Values>,
        steps: &mut Steps,
    ) {
        let moment = stretch.with_left(&self.clock, notice.before);
        if matter.now < moment {
            return steps.look_again(moment);
        }
        let (word, code) = match notice.to {
            Audience::Owner => ("warn", "warning"),
            Audience::Manager => ("escalate", "escalation"),
        };
        let key = format!("{occasion}/{word}/{}", notice.before);
        if !matter.is_done(&key) {
            let text = self.text(&notice.text, stretch.deadline, matter.now);
            let deed = match notice.to {
                Audience::Owner => Deed::Remind(text),
                Audience::Manager => Deed::Escalate(text),
            };
            let deadline = words::moment(stretch.deadline);
            let reason = Reason::new(code, format!("Rule {}: the time is up at {deadline}.", self.name));
            steps.act(moment, Action { key, deed, reason });
        }
    }

    fn text(&self, text: &str, deadline: Timestamp, now: Timestamp) -> String {
        text.replace("{rule}", &self.name)
            .replace("{left}", &self.clock.between(now, deadline))
            .replace("{deadline}", &words::moment(deadline))
            .replace("{consequence}", &deeds::consequence(&self.then))
    }

    /// Why the rule acts.
    fn outcome(&self, deadline: Timestamp) -> String {
        let (name, deadline) = (&self.name, words::moment(deadline));
        match (self.met_by, self.extend) {
            (Some(MetBy::Activity), _) => format!("Rule {name}: no follow-up before {deadline}."),
            (Some(MetBy::Deal), _) => format!("Rule {name}: no deal before {deadline}."),
            (Some(MetBy::Stage(goal)), _) => format!("Rule {name}: not {goal} by {deadline}."),
            (None, Some(_)) => format!("Rule {name}: no further follow-up before {deadline}."),
            (None, None) => format!("Rule {name}: the time was up at {deadline}."),
        }
    }
}
