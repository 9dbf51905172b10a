//! From the configuration to the plugin, with the place of every problem.

use leadsman_sdk::condition::Scope;
use leadsman_sdk::kinds::{self, KindSet, Kinds};
use leadsman_sdk::prelude::*;

use crate::Clocks;
use crate::clock::Clock;
use crate::config::{Config, MetBy, Recycle, RuleConfig, SignalConfig, Since, ThenConfig, TriggerConfig};
use crate::names::{self, Names};
use crate::rule::{Audience, Notice, Rule};
use crate::signal::Signal;
use crate::trigger::Trigger;

/// How many rules, and how many signals, there may be: their countdown must fit into an answer.
const RULES_MAX: usize = 50;
/// What a warning says.
const WARNING: &str = "{rule}: {left} left, until {deadline}; then {consequence}.";
/// What the owner's manager is told before the deadline.
const ESCALATION: &str = "{rule}: nothing was done yet, {left} left, until {deadline}; then {consequence}.";

pub(crate) fn compile(config: &Config) -> Result<Clocks, Vec<Problem>> {
    let mut compiler = Compiler::default();
    compiler.kinds(&config.counts, "/counts");
    let rules = compiler.each(&config.rules, "/rules", |compiler, rule, place| {
        compiler.follow_up(rule, !config.counts.is_empty(), place);
        compiler.rule(rule, place)
    });
    let signals = compiler.each(&config.signals, "/signals", Compiler::signal);
    let triggers = compiler.each(&config.triggers, "/triggers", Compiler::trigger);
    let Compiler { scope, kinds, .. } = compiler;
    let needs = scope.finish()?.activities(kinds.names());
    let resolve = |(mut signal, on): (Signal, &Vec<String>)| {
        signal.kinds = kinds.covered_by(on);
        signal
    };
    let on = config.signals.iter().map(|signal| &signal.on);
    let signals = signals.into_iter().zip(on).map(resolve).collect();
    Ok(Clocks { counts: kinds.covered_by(&config.counts), rules, signals, triggers, needs })
}

struct Compiler {
    scope: Scope,
    kinds: Kinds,
    names: Names,
}

impl Default for Compiler {
    fn default() -> Self {
        Self { scope: Scope::for_follow_up(), kinds: Kinds::new(), names: Names::default() }
    }
}

impl Compiler {
    /// Compiles every item. One that has problems may be missing from the result.
    fn each<T, R>(
        &mut self,
        items: &[T],
        place: &str,
        mut compile: impl FnMut(&mut Self, &T, &str) -> Option<R>,
    ) -> Vec<R> {
        if items.len() > RULES_MAX {
            self.scope.problem(place, format!("must not be more than {RULES_MAX}"));
        }
        let each = items.iter().enumerate();
        each.filter_map(|(index, item)| compile(self, item, &format!("{place}/{index}"))).collect()
    }

    fn rule(&mut self, rule: &RuleConfig, place: &str) -> Option<Rule> {
        self.name(&rule.name, place);
        let when = rule.when.as_ref().map(|when| self.scope.compile(when, &format!("{place}/when")));
        if rule.stages.as_ref().is_some_and(Vec::is_empty) {
            self.scope.problem(format!("{place}/stages"), "must not be empty");
        }
        let clock = self.clock(rule.clock.as_deref(), place);
        let within = self.duration(Some(&rule.within), &clock, &format!("{place}/within"));
        let extend = self.duration(rule.extend.as_ref(), &clock, &format!("{place}/extend"));
        let most = self.duration(rule.most.as_ref(), &clock, &format!("{place}/most"));
        self.extension(rule, within, most, place);
        let notices = self.notices(rule, &clock, within.into_iter().chain(extend).min(), place);
        let then = self.then(&rule.then, &format!("{place}/then"))?;
        self.sense(rule.since, &then, &format!("{place}/then"));
        let (name, stages) = (rule.name.clone(), rule.stages.clone());
        let (since, met_by, within) = (rule.since, rule.met_by, within?);
        Some(Rule { name, since, stages, when, clock, within, extend, most, met_by, notices, then })
    }

    fn signal(&mut self, signal: &SignalConfig, place: &str) -> Option<Signal> {
        self.name(&signal.name, place);
        if signal.on.is_empty() {
            self.scope.problem(format!("{place}/on"), "must name a kind of activity");
        }
        self.kinds(&signal.on, &format!("{place}/on"));
        if signal.at_least.is_some_and(|least| least <= 0.0) {
            self.scope.problem(format!("{place}/at_least"), "must be more than 0");
        }
        let every = self.duration(signal.every.as_ref(), &Clock::Wall, &format!("{place}/every"));
        let then = self.then(&signal.then, &format!("{place}/then"))?;
        let (name, at_least) = (signal.name.clone(), signal.at_least.unwrap_or(f64::NEG_INFINITY));
        Some(Signal { name, kinds: KindSet::default(), at_least, every: every.unwrap_or(0), then })
    }

    fn trigger(&mut self, trigger: &TriggerConfig, place: &str) -> Option<Trigger> {
        self.name(&trigger.name, place);
        let when = self.scope.compile(&trigger.when, &format!("{place}/when"));
        let then = self.then(&trigger.then, &format!("{place}/then"))?;
        Some(Trigger { name: trigger.name.clone(), when, then })
    }

    fn name(&mut self, name: &str, place: &str) {
        let taken = self.names.take(name, place);
        self.check(taken, &format!("{place}/name"));
    }

    fn kinds(&mut self, kinds: &[String], place: &str) {
        for (index, kind) in kinds.iter().enumerate() {
            self.check(kinds::check(kind), &format!("{place}/{index}"));
            self.kinds.add(kind);
        }
    }

    fn clock(&mut self, clock: Option<&str>, place: &str) -> Clock {
        match clock {
            None | Some("wall") => Clock::Wall,
            Some(calendar) => {
                self.check(names::id(calendar), &format!("{place}/clock"));
                Clock::Calendar(calendar.to_owned())
            }
        }
    }

    fn duration(&mut self, duration: Option<&Duration>, clock: &Clock, place: &str) -> Option<i64> {
        let duration = duration?;
        let millis = match (duration.millis(), clock) {
            (Ok(_), Clock::Calendar(_)) if duration.is_in_days() => {
                Err("write working time in hours: a calendar's days differ in length")
            }
            (millis, _) => millis,
        };
        millis.map_err(|message| self.scope.problem(place, message)).ok()
    }

    /// Follow-up can only meet or extend a rule if some kind of activity counts.
    fn follow_up(&mut self, rule: &RuleConfig, some_count: bool, place: &str) {
        let message = "no kind of activity counts: name some in `counts`";
        if rule.met_by == Some(MetBy::Activity) && !some_count {
            self.scope.problem(format!("{place}/met_by"), message);
        }
        if rule.extend.is_some() && !some_count {
            self.scope.problem(format!("{place}/extend"), message);
        }
    }

    fn extension(&mut self, rule: &RuleConfig, within: Option<i64>, most: Option<i64>, place: &str) {
        if rule.extend.is_some() && rule.met_by == Some(MetBy::Activity) {
            let message = "nothing is extended: the first follow-up already meets the rule";
            self.scope.problem(format!("{place}/extend"), message);
        }
        if rule.most.is_some() && rule.extend.is_none() {
            self.scope.problem(format!("{place}/most"), "only goes together with `extend`");
        }
        if most.is_some_and(|most| within.is_some_and(|within| most < within)) {
            self.scope.problem(format!("{place}/most"), "must not be shorter than `within`");
        }
    }

    fn notices(
        &mut self,
        rule: &RuleConfig,
        clock: &Clock,
        shortest: Option<i64>,
        place: &str,
    ) -> Vec<Notice> {
        let warnings = rule.warn.iter().enumerate();
        let warnings = warnings.map(|(index, warn)| (warn, Audience::Owner, format!("{place}/warn/{index}")));
        let escalation =
            rule.escalate.iter().map(|warn| (warn, Audience::Manager, format!("{place}/escalate")));
        let mut notices: Vec<Notice> = Vec::new();
        for (duration, to, place) in warnings.chain(escalation) {
            let Some(before) = self.duration(Some(duration), clock, &place) else { continue };
            if shortest.is_some_and(|shortest| before >= shortest) {
                let message = "must be shorter than `within` and `extend`, else it would be said at once";
                self.scope.problem(&place, message);
            }
            if notices.iter().any(|known| (known.before, known.to) == (before, to)) {
                self.scope.problem(&place, "is there already");
            }
            notices.push(Notice { before, to, text: text(rule, to).to_owned() });
        }
        for (said, key) in [(&rule.say.warn, "warn"), (&rule.say.escalate, "escalate")] {
            if let Some(said) = said {
                self.check(names::template(said), &format!("{place}/say/{key}"));
            }
        }
        notices
    }

    fn then(&mut self, then: &ThenConfig, place: &str) -> Option<Deed> {
        let recycle = then.recycle.as_ref().and_then(|recycle| match recycle {
            Recycle::Back(back) => back.then_some(Deed::Recycle(None)),
            Recycle::To(to) => Some(Deed::Recycle(Some(to.pool.clone()))),
        });
        let given = [
            recycle,
            then.escalate.clone().map(Deed::Escalate),
            then.remind.clone().map(Deed::Remind),
            then.advance.map(Deed::advance),
            then.route.filter(|route| *route).map(|_| Deed::Route),
            then.send.clone().map(Deed::Send),
            then.spawn.as_ref().map(|spawn| Deed::spawn(spawn.line.as_str(), spawn.pool.as_str())),
        ];
        let mut given = given.into_iter().flatten();
        let (Some(deed), None) = (given.next(), given.next()) else {
            let message = "expected exactly one of `recycle`, `escalate`, `remind`, `advance`, \
                           `route = true`, `send`, `spawn`";
            self.scope.problem(place, message);
            return None;
        };
        match &deed {
            Deed::Recycle(Some(pool)) => self.check(names::id(pool), &format!("{place}/recycle/pool")),
            Deed::Escalate(said) => self.check(names::text(said), &format!("{place}/escalate")),
            Deed::Remind(said) => self.check(names::text(said), &format!("{place}/remind")),
            Deed::Spawn(opportunity) => {
                self.check(names::line(&opportunity.line), &format!("{place}/spawn/line"));
                self.check(names::id(&opportunity.pool), &format!("{place}/spawn/pool"));
            }
            Deed::Send(template) => self.check(names::id(template), &format!("{place}/send")),
            Deed::Recycle(None) | Deed::Advance(_) | Deed::Route => {}
        }
        Some(deed)
    }

    /// What can be done depends on where the lead is.
    fn sense(&mut self, since: Since, then: &Deed, place: &str) {
        match (since, then) {
            (Since::Pooled | Since::Nurtured, Deed::Recycle(None)) => {
                let message = "the lead has no owner to take it from: name another pool";
                self.scope.problem(format!("{place}/recycle"), message);
            }
            (Since::Owned, Deed::Route) => {
                let message = "a lead that somebody owns is not routed: use `recycle`";
                self.scope.problem(format!("{place}/route"), message);
            }
            _ => {}
        }
    }

    fn check(&mut self, result: Result<(), impl Into<String>>, place: &str) {
        if let Err(message) = result {
            self.scope.problem(place, message);
        }
    }
}

fn text(rule: &RuleConfig, to: Audience) -> &str {
    match to {
        Audience::Owner => rule.say.warn.as_deref().unwrap_or(WARNING),
        Audience::Manager => rule.say.escalate.as_deref().unwrap_or(ESCALATION),
    }
}
