//! What is expected, beside what is seen.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use leadsman_domain::follow_up::Deed;
use leadsman_domain::journal::{Decision, Entry, Event, Outcome};
use leadsman_domain::lead::{Lead, Status};
use leadsman_domain::ruling::Fault;
use leadsman_policy::cases::Expect;

/// What is seen after a step.
pub struct Seen<'a> {
    /// The lead, if there is one.
    pub lead: Option<&'a Lead>,
    /// Its journal since the step before.
    pub since: &'a [Entry],
    /// Whether somebody who asked again was found to be the same.
    pub known: Option<bool>,
    /// Why what was told could not be done.
    pub refusal: Option<&'a str>,
}

/// What is otherwise than expected, in a sentence; none if nothing is.
pub fn compare(expect: &Expect, seen: &Seen<'_>) -> Option<String> {
    let score = seen.lead.and_then(|lead| lead.score.as_ref());
    let standing = seen.lead.and_then(|lead| lead.standing.as_ref());
    let status = seen.lead.map(|lead| &lead.status);
    match expect {
        Expect::Status(word) => same("status", word, status.map(|status| status.as_str().to_owned())),
        Expect::Score(points) => same("score", points, score.map(|score| score.total.as_f64())),
        Expect::Fit(points) => same("fit", points, score.map(|score| score.fit.as_f64())),
        Expect::Engagement(points) => {
            same("engagement", points, score.map(|score| score.engagement.as_f64()))
        }
        Expect::Probability(percent) => {
            same("probability", percent, score.and_then(|score| score.probability).map(|one| one.as_f64()))
        }
        Expect::Grade(grade) => same("grade", grade, standing.map(|standing| standing.grade.clone())),
        Expect::Mature(mature) => same("mature", mature, seen.lead.map(|lead| lead.matured)),
        Expect::Pool(pool) => {
            same("pool", pool, status.and_then(Status::pool).map(|pool| pool.as_str().to_owned()))
        }
        Expect::Owner(owner) => {
            same("owner", owner, status.and_then(Status::owner).map(|owner| owner.as_str().to_owned()))
        }
        Expect::Stage(stage) => same("stage", stage, seen.lead.map(|lead| lead.stage)),
        Expect::Known(known) => same("known", known, seen.known),
        Expect::Findings(codes) => {
            let found = seen.lead.into_iter().flat_map(|lead| &lead.findings);
            same_set("finding", codes, &found.map(|one| one.code.clone()).collect())
        }
        Expect::Faults(classes) => {
            let classes_seen = seen.faults().map(|(_, fault)| fault.class.as_str().to_owned());
            same_set("fault", classes, &classes_seen.collect())
        }
        Expect::Rules(rules) => {
            let found = score.into_iter().flat_map(|score| &score.contributions);
            let found = found.map(|one| (one.rule.to_string(), one.points.as_f64())).collect();
            same_map(rules, &found)
        }
        Expect::Credit(credit) => same_map(credit, &seen.credit()),
        Expect::Done(done) => {
            let found = seen.done();
            (*done != found)
                .then(|| format!("expected [{}] to be done, found [{}]", done.join(", "), found.join(", ")))
        }
        Expect::Reasons(reasons) => {
            let told = seen.told();
            let is_missing =
                |reason: &&String| !told.iter().any(|sentence| sentence.contains(reason.as_str()));
            let missing: Vec<String> =
                reasons.iter().filter(is_missing).map(|one| format!("{one:?}")).collect();
            let all = || told.iter().map(|sentence| format!("\n    {sentence}")).collect::<String>();
            (!missing.is_empty())
                .then(|| format!("nobody said {}; what was said:{}", missing.join(", "), all()))
        }
        Expect::Refused(why) => match seen.refusal {
            None => Some(format!("expected a refusal that says {why:?}, but it was done")),
            Some(sentence) if sentence.contains(why.as_str()) => None,
            Some(sentence) => Some(format!("expected a refusal that says {why:?}, found {sentence:?}")),
        },
    }
}

fn same<T: PartialEq + Display>(what: &str, expected: &T, found: Option<T>) -> Option<String> {
    match found {
        Some(found) if found == *expected => None,
        Some(found) => Some(format!("expected the {what} {expected}, found {found}")),
        None => Some(format!("expected the {what} {expected}, found none")),
    }
}

fn same_set(what: &str, expected: &BTreeSet<String>, found: &BTreeSet<String>) -> Option<String> {
    let missing = expected.difference(found).map(|one| format!("the {what} {one} is missing"));
    let besides = found.difference(expected).map(|one| format!("the {what} {one} was not expected"));
    sentence(missing.chain(besides))
}

fn same_map<T: PartialEq + Display>(
    expected: &BTreeMap<String, T>,
    found: &BTreeMap<String, T>,
) -> Option<String> {
    let wanted = expected.iter().filter_map(|(name, value)| match found.get(name) {
        Some(other) if other == value => None,
        Some(other) => Some(format!("expected {name} {value}, found {other}")),
        None => Some(format!("expected {name} {value}, found none")),
    });
    let besides = found.iter().filter(|(name, _)| !expected.contains_key(*name));
    sentence(wanted.chain(besides.map(|(name, value)| format!("{name} {value} was not expected"))))
}

fn sentence(parts: impl Iterator<Item = String>) -> Option<String> {
    let parts: Vec<String> = parts.collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

impl Seen<'_> {
    fn decisions(&self) -> impl Iterator<Item = &Decision> {
        self.since.iter().filter_map(|entry| match &entry.event {
            Event::Decided(decision) => Some(&**decision),
            _ => None,
        })
    }

    /// Plugins that gave no usable answer, and why.
    pub fn faults(&self) -> impl Iterator<Item = (&str, &Fault)> {
        self.decisions().filter_map(|decision| match &decision.outcome {
            Outcome::Fault { fault, .. } => Some((decision.plugin.name.as_str(), fault)),
            _ => None,
        })
    }

    fn credit(&self) -> BTreeMap<String, i64> {
        let mut earned = BTreeMap::new();
        for entry in self.since {
            let Event::Credited { credits, .. } = &entry.event else { continue };
            for credit in credits {
                *earned.entry(credit.touch.channel.clone()).or_default() += credit.value.0;
            }
        }
        earned
    }

    /// What follow-up did, in order.
    fn done(&self) -> Vec<String> {
        let done = self.since.iter().filter_map(|entry| match &entry.event {
            Event::FollowedUp { action, .. } => Some(deed(&action.deed)),
            _ => None,
        });
        done.collect()
    }

    /// Every sentence that was said.
    fn told(&self) -> Vec<String> {
        let mut told = Vec::new();
        for decision in self.decisions() {
            told.extend(sentences(&decision.outcome).into_iter().map(str::to_owned));
        }
        for entry in self.since {
            match &entry.event {
                Event::Held { reason, .. } => told.push(reason.clone()),
                Event::Blocked { lacks } => told.extend(lacks.iter().map(|lack| lack.in_words())),
                _ => {}
            }
        }
        told.dedup();
        told
    }
}

/// A deed in the words of cases.
pub fn deed(deed: &Deed) -> String {
    match deed {
        Deed::Remind { .. } => "remind".to_owned(),
        Deed::Escalate { .. } => "escalate".to_owned(),
        Deed::Recycle { pool: None } => "recycle".to_owned(),
        Deed::Recycle { pool: Some(pool) } => format!("recycle {pool}"),
        Deed::Advance { stage } => format!("advance {stage}"),
        Deed::Route => "route".to_owned(),
        Deed::Send { template } => format!("send {template}"),
        Deed::Spawn { line, .. } => format!("spawn {line}"),
    }
}

/// What a plugin said for people.
pub fn sentences(outcome: &Outcome) -> Vec<&str> {
    match outcome {
        Outcome::Verdict(verdict) => verdict.findings.iter().map(|one| one.message.as_str()).collect(),
        Outcome::Assessment(contributions) => contributions.iter().map(|one| &*one.message).collect(),
        Outcome::Proposal(proposal) => {
            let reasons = proposal.reasons.iter().map(|one| one.message.as_str());
            let ranking = proposal.ranking.iter().map(|one| one.message.as_str());
            let passed_over = proposal.passed_over.iter().map(|one| one.message.as_str());
            reasons.chain(ranking).chain(passed_over).collect()
        }
        Outcome::NextSteps(steps) => {
            let reasons = steps.actions.iter().map(|one| one.reason.message.as_str());
            reasons.chain(steps.countdown.iter().map(|one| one.consequence.as_str())).collect()
        }
        Outcome::Weights(_) => Vec::new(),
        Outcome::Fault { fault, .. } => vec![fault.message.as_str()],
    }
}
