//! From the contracts to the domain, believing nothing: what breaks the contract becomes a fault that
//! says which part.

use leadsman_domain::follow_up::{Action, Deadline, Deed, NextSteps};
use leadsman_domain::life::LifeStage;
use leadsman_domain::money::{InvalidWeights, Minor, split};
use leadsman_domain::routing::{Choice, Counter, PassedOver, Proposal, Question, Ranked, Reason};
use leadsman_domain::ruling::{Fault, FaultClass};
use leadsman_domain::scoring::{Axis, Contribution, Points, Rule};
use leadsman_domain::screening::{Disposition, Finding, Verdict};
use leadsman_domain::{LineId, PoolId, RepId, Timestamp};
use leadsman_flow::rules::{Case, Inquiry};

use crate::bindings::exports::leadsman::rules::{follow_up, routing, scoring, screening};
use crate::bindings::leadsman::rules::types;
use crate::fault::malformed;

/// Most findings, contributions, ranked reps, counters or reasons of one answer.
const ITEMS_MAX: usize = 1_000;

/// Most actions, and most deadlines, of one review.
const STEPS_MAX: usize = 100;

/// Most bytes of one review: it is kept with the lead, and made again and again.
const STEPS_BYTES_MAX: usize = 20 << 10;

/// Longest name of a counter, and longest key of an action, in bytes.
const KEY_BYTES_MAX: usize = 128;

pub(super) fn failure(failure: types::Failure) -> Fault {
    match failure {
        types::Failure::BadInput(message) => Fault::new(FaultClass::BadInput, clip(message)),
        types::Failure::Internal(message) => Fault::new(FaultClass::Internal, clip(message)),
    }
}

/// Converts the answers of a batch; their count must be right, and none may be too large.
pub(super) fn each<G: Said, T>(
    answers: Vec<Result<G, types::Failure>>,
    expected: usize,
    bytes_max: usize,
    convert: impl Fn(G) -> Result<T, Fault>,
) -> Result<Vec<Result<T, Fault>>, Fault> {
    if answers.len() != expected {
        return Err(malformed(format!("the plugin gave {} answers for {expected} leads", answers.len())));
    }
    Ok(answers.into_iter().map(|answer| one(answer, bytes_max).and_then(&convert)).collect())
}

/// Lets the answer for one lead through if it is none of failure, and not too large.
pub(super) fn one<G: Said>(answer: Result<G, types::Failure>, bytes_max: usize) -> Result<G, Fault> {
    let said = answer.map_err(failure)?;
    let bytes = said.bytes();
    if bytes <= bytes_max {
        return Ok(said);
    }
    let sentence =
        format!("the plugin's answer for one lead has {bytes} bytes; at most {bytes_max} are taken");
    Err(Fault::new(FaultClass::OutputTooLarge, sentence))
}

/// What a plugin said of one lead.
pub(super) trait Said {
    /// How large it is, in bytes.
    fn bytes(&self) -> usize;
}

/// What every item of an answer weighs besides its texts.
const ITEM_BYTES: usize = 16;

fn texts<const N: usize>(texts: [Option<&String>; N]) -> usize {
    ITEM_BYTES + texts.into_iter().flatten().map(String::len).sum::<usize>()
}

impl Said for screening::Verdict {
    fn bytes(&self) -> usize {
        let finding = |one: &screening::Finding| {
            texts([Some(&one.code), Some(&one.message), one.attribute.as_ref(), one.evidence.as_ref()])
        };
        self.findings.iter().map(finding).sum()
    }
}

impl Said for scoring::Assessment {
    fn bytes(&self) -> usize {
        let contribution = |one: &scoring::Contribution| match &one.rule {
            scoring::RuleReference::Declared(_) => texts([one.detail.as_ref()]),
            scoring::RuleReference::Spelled(rule) => {
                texts([Some(&rule.name), Some(&rule.message), one.detail.as_ref()])
            }
        };
        self.contributions.iter().map(contribution).sum()
    }
}

impl Said for routing::Proposal {
    fn bytes(&self) -> usize {
        let ranking = self.ranking.iter().map(|one| texts([Some(&one.rep), Some(&one.message)]));
        let passed_over =
            self.passed_over.iter().map(|one| texts([Some(&one.rep), Some(&one.code), Some(&one.message)]));
        let counters = self.counters.iter().map(|one| texts([Some(&one.key)]));
        let reasons = self
            .reasons
            .iter()
            .map(|one| texts([Some(&one.code), Some(&one.message), one.attribute.as_ref()]));
        ranking.chain(passed_over).chain(counters).chain(reasons).sum()
    }
}

impl Said for follow_up::NextSteps {
    fn bytes(&self) -> usize {
        let actions = self.actions.iter().map(|one| {
            let (text, other) = match &one.deed {
                follow_up::Deed::Remind(text)
                | follow_up::Deed::Escalate(text)
                | follow_up::Deed::Recycle(Some(text))
                | follow_up::Deed::Advance(text)
                | follow_up::Deed::Send(text) => (Some(text), None),
                follow_up::Deed::Spawn(opportunity) => (Some(&opportunity.line), Some(&opportunity.pool)),
                follow_up::Deed::Recycle(None) | follow_up::Deed::Route => (None, None),
            };
            let reason = &one.reason;
            let attribute = reason.attribute.as_ref();
            texts([Some(&one.key), text, other, Some(&reason.code), Some(&reason.message), attribute])
        });
        let countdown = self.countdown.iter().map(|one| texts([Some(&one.rule), Some(&one.consequence)]));
        actions.chain(countdown).sum()
    }
}

pub(super) fn verdict(verdict: screening::Verdict) -> Result<Verdict, Fault> {
    few("findings", verdict.findings.len())?;
    let disposition = match verdict.disposition {
        screening::Disposition::Accept => Disposition::Accept,
        screening::Disposition::Flag => Disposition::Flag,
        screening::Disposition::Reject => Disposition::Reject,
    };
    let finding = |finding: screening::Finding| Finding {
        code: finding.code,
        message: finding.message,
        attribute: finding.attribute,
        evidence: finding.evidence,
    };
    Ok(Verdict { disposition, findings: verdict.findings.into_iter().map(finding).collect() })
}

/// A rule that the plugin declares or spells out.
pub(super) fn rule(rule: types::Rule) -> Rule {
    let axis = match rule.axis {
        types::Axis::Fit => Axis::Fit,
        types::Axis::Engagement => Axis::Engagement,
    };
    Rule { name: rule.name.into(), axis, message: rule.message.into() }
}

pub(super) fn assessment(
    assessment: scoring::Assessment,
    declared: &[Rule],
) -> Result<Vec<Contribution>, Fault> {
    few("contributions", assessment.contributions.len())?;
    assessment.contributions.into_iter().map(|one| contribution(one, declared)).collect()
}

fn contribution(contribution: scoring::Contribution, declared: &[Rule]) -> Result<Contribution, Fault> {
    let rule = match contribution.rule {
        scoring::RuleReference::Spelled(spelled) => rule(spelled),
        scoring::RuleReference::Declared(place) => {
            let known = usize::try_from(place).ok().and_then(|place| declared.get(place));
            known.cloned().ok_or_else(|| {
                malformed(format!(
                    "the plugin names its rule {place}, but it declared {} rules",
                    declared.len()
                ))
            })?
        }
    };
    let points = Points::from_f64(contribution.points)
        .map_err(|invalid| malformed(format!("rule {:?} contributes {invalid}", rule.name)))?;
    Ok(Contribution::of(rule, points, contribution.detail.as_deref()))
}

pub(super) fn weights(weights: Vec<f64>, touches: usize) -> Result<Vec<f64>, Fault> {
    if weights.len() != touches {
        return Err(malformed(format!("the plugin gave {} weights for {touches} touches", weights.len())));
    }
    match split(Minor(0), &weights) {
        Ok(_) => Ok(weights),
        Err(InvalidWeights::None) => Err(malformed("the plugin gave no weights")),
        Err(invalid) => Err(malformed(invalid.to_string())),
    }
}

pub(super) fn proposal(proposal: routing::Proposal, inquiry: &Inquiry<'_>) -> Result<Proposal, Fault> {
    few("ranked reps", proposal.ranking.len())?;
    few("passed-over reps", proposal.passed_over.len())?;
    few("counters", proposal.counters.len())?;
    few("reasons", proposal.reasons.len())?;
    let ranking = proposal.ranking.into_iter().map(|ranked| {
        Ok(Ranked { rep: candidate(&ranked.rep, "the ranking", inquiry)?, message: ranked.message })
    });
    let passed_over = proposal.passed_over.into_iter().map(|passed| {
        let rep = RepId::parse(&passed.rep).map_err(|invalid| malformed(invalid.to_string()))?;
        Ok(PassedOver { rep, code: passed.code, message: passed.message })
    });
    Ok(Proposal {
        choice: choice(proposal.choice, inquiry)?,
        ranking: ranking.collect::<Result<_, Fault>>()?,
        passed_over: passed_over.collect::<Result<_, Fault>>()?,
        counters: counters(proposal.counters)?,
        reasons: proposal.reasons.into_iter().map(reason).collect(),
    })
}

fn reason(reason: types::Reason) -> Reason {
    Reason { code: reason.code, message: reason.message, attribute: reason.attribute }
}

/// What a follow-up plugin wants: only what the lead's stage and the policy's pools allow, and another
/// look only in the future.
pub(super) fn next_steps(
    steps: follow_up::NextSteps,
    case: Case<'_>,
    pools: &[PoolId],
) -> Result<NextSteps, Fault> {
    let bytes = steps.bytes();
    if steps.actions.len() > STEPS_MAX || steps.countdown.len() > STEPS_MAX || bytes > STEPS_BYTES_MAX {
        let (actions, deadlines) = (steps.actions.len(), steps.countdown.len());
        return Err(malformed(format!(
            "the plugin wants {actions} actions and counts down to {deadlines} deadlines in {bytes} bytes; at \
             most {STEPS_MAX} of each are taken, in {STEPS_BYTES_MAX} bytes"
        )));
    }
    let next = steps.next_ms.map(Timestamp::from_ms);
    if let Some(next) = next.filter(|next| *next <= case.now) {
        return Err(malformed(format!(
            "the plugin wants to look again at {next}, which is not later than now"
        )));
    }
    let action = |action: follow_up::Action| {
        if action.key.is_empty() || action.key.len() > KEY_BYTES_MAX {
            return Err(malformed(format!("an action's key has 1 to {KEY_BYTES_MAX} bytes")));
        }
        let reason = reason(action.reason);
        let deed = deed(action.deed, &reason, case, pools)?;
        Ok(Action { key: action.key, deed, reason })
    };
    let deadline = |one: follow_up::Deadline| Deadline {
        rule: one.rule,
        at: Timestamp::from_ms(one.at_ms),
        consequence: one.consequence,
    };
    let actions = steps.actions.into_iter().map(action).collect::<Result<_, Fault>>()?;
    Ok(NextSteps { actions, next, countdown: steps.countdown.into_iter().map(deadline).collect() })
}

fn deed(deed: follow_up::Deed, reason: &Reason, case: Case<'_>, pools: &[PoolId]) -> Result<Deed, Fault> {
    Ok(match deed {
        follow_up::Deed::Remind(text) => Deed::Remind { text },
        follow_up::Deed::Escalate(text) => Deed::Escalate { text },
        follow_up::Deed::Send(template) => Deed::Send { template },
        follow_up::Deed::Route => Deed::Route,
        follow_up::Deed::Recycle(None) => Deed::Recycle { pool: None },
        follow_up::Deed::Recycle(Some(text)) => {
            Deed::Recycle { pool: Some(known_pool(&text, "recycles to", pools)?) }
        }
        follow_up::Deed::Advance(name) => {
            let unknown = || malformed(format!("the plugin knows a stage {name:?} that there is not"));
            let stage = LifeStage::named(&name).ok_or_else(unknown)?;
            let checked = case.lead.stage.check_move(stage, !reason.message.trim().is_empty());
            checked.map_err(|cause| malformed(format!("the plugin moves the lead to {stage}: {cause}")))?;
            Deed::Advance { stage }
        }
        follow_up::Deed::Spawn(follow_up::Opportunity { line, pool }) => {
            let line = LineId::parse(&line).map_err(|error| malformed(error.to_string()))?;
            Deed::Spawn { line, pool: known_pool(&pool, "begins a lead in", pools)? }
        }
    })
}

fn known_pool(text: &str, does: &str, pools: &[PoolId]) -> Result<PoolId, Fault> {
    let known = pools.iter().find(|pool| pool.as_str() == text);
    known.cloned().ok_or_else(|| malformed(format!("the plugin {does} the unknown pool {text:?}")))
}

fn choice(choice: routing::Choice, inquiry: &Inquiry<'_>) -> Result<Choice, Fault> {
    Ok(match choice {
        routing::Choice::Pass => Choice::Pass,
        routing::Choice::Pool(text) => Choice::Pool(pool(&text, inquiry)?),
        routing::Choice::Rep(text) => Choice::Rep(candidate(&text, "the choice", inquiry)?),
        routing::Choice::Narrow(texts) => {
            few("candidates", texts.len())?;
            let reps = texts.iter().map(|text| candidate(text, "the narrowed candidates", inquiry));
            let reps = reps.collect::<Result<Vec<_>, Fault>>()?;
            if reps.is_empty() {
                return Err(malformed("the plugin narrowed the candidates to nobody; pass instead"));
            }
            Choice::Narrow(reps)
        }
        routing::Choice::HoldUntil(until_ms) => {
            let until = Timestamp::from_ms(until_ms);
            if until <= inquiry.case.now {
                return Err(malformed(format!(
                    "the plugin holds the lead until {until}, which is not later than now"
                )));
            }
            Choice::HoldUntil(until)
        }
        routing::Choice::Nurture => Choice::Nurture,
    })
}

fn pool(text: &str, inquiry: &Inquiry<'_>) -> Result<PoolId, Fault> {
    if inquiry.question == Question::Allocation {
        return Err(malformed("the plugin chose a pool where a rep was asked for"));
    }
    let known = inquiry.pools.iter().find(|(id, _)| id.as_str() == text);
    known
        .map(|(id, _)| id.clone())
        .ok_or_else(|| malformed(format!("the plugin chose the unknown pool {text:?}")))
}

fn candidate(text: &str, place: &str, inquiry: &Inquiry<'_>) -> Result<RepId, Fault> {
    let known = inquiry.candidates.iter().find(|candidate| candidate.rep.as_str() == text);
    known
        .map(|candidate| candidate.rep.clone())
        .ok_or_else(|| malformed(format!("{place} names {text:?}, who is not a candidate")))
}

fn counters(counters: Vec<routing::CounterResult>) -> Result<Vec<Counter>, Fault> {
    let mut lifted: Vec<Counter> = Vec::with_capacity(counters.len());
    for counter in counters {
        if counter.key.is_empty() || counter.key.len() > KEY_BYTES_MAX || counter.key.contains('\0') {
            return Err(malformed(format!("a counter's key has 1 to {KEY_BYTES_MAX} bytes and no NUL")));
        }
        lifted.push(Counter { key: counter.key, value: counter.value });
    }
    lifted.sort_by(|one, other| one.key.cmp(&other.key));
    match lifted.windows(2).find(|pair| pair[0].key == pair[1].key) {
        Some(pair) => Err(malformed(format!("the plugin gave the counter {:?} twice", pair[0].key))),
        None => Ok(lifted),
    }
}

fn few(what: &str, count: usize) -> Result<(), Fault> {
    if count > ITEMS_MAX {
        return Err(malformed(format!("the plugin gave {count} {what}; at most {ITEMS_MAX} are taken")));
    }
    Ok(())
}

/// A plugin's own words, short enough for a journal.
fn clip(message: String) -> String {
    if message.len() <= 1_000 { message } else { message.chars().take(1_000).collect() }
}
