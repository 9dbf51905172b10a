//! What calls of an author's plugin take: how long in a brand-new sandbox and in one that is kept, how much fuel
//! and memory, and in which functions the fuel goes. The questions are those that a project's cases ask.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;
use hdrhistogram::Histogram;
use leadsman_domain::journal::{self, Entry, Event};
use leadsman_domain::lead::Lead;
use leadsman_domain::policy::PluginSource;
use leadsman_domain::ruling::Fault;
use leadsman_flow::rules::{Case, Step};
use leadsman_flow::{Revision, asked};
use leadsman_rules::{Measured, PreparedRulebook, Taken};
use serde::Serialize;

use crate::clock::Stopwatch;
use crate::exit::{self, Exit};

/// How long one way of calling one plugin is measured.
const MEASURED_FOR: Duration = Duration::from_millis(700);

/// How many questions a plugin is asked at most, by turns.
const QUESTIONS_MAX: usize = 20;

/// At how many places of a call it is looked where it is.
const LOOKS: u64 = 400;

/// How many functions are shown.
const FUNCTIONS_SHOWN_MAX: usize = 12;

/// What one plugin takes at one place of a policy.
#[derive(Debug, Serialize)]
pub struct Benched {
    /// The component.
    pub component: String,
    /// The decision point.
    pub serves: &'static str,
    /// How many questions were asked.
    pub questions: usize,
    /// Bytes of the component.
    pub component_bytes: usize,
    /// Calls in a brand-new sandbox each.
    pub fresh: Latency,
    /// Calls in a sandbox that is kept.
    pub warm: Latency,
    /// The least and the most fuel of an answer.
    pub fuel: (u64, u64),
    /// The most memory of an instance, in bytes.
    pub memory_bytes: usize,
    /// Where fuel goes, for the question that takes most, most first.
    pub functions: Vec<Function>,
}

/// How long calls take, in microseconds.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Latency {
    /// Half of them less.
    pub p50_us: f64,
    /// One of a hundred more.
    pub p99_us: f64,
}

/// A function of the component.
#[derive(Debug, PartialEq, Serialize)]
pub struct Function {
    /// Its name, or its number where the component has no names.
    pub name: String,
    /// The share of the fuel that goes in itself, in percent.
    pub own_percent: f64,
    /// The share that goes in it and in what it calls, in percent.
    pub whole_percent: f64,
}

/// A question that a case asked, with the lead as it was then.
struct Question<'a> {
    step: Step,
    lead: Lead,
    entry: &'a Entry,
}

/// Measures the plugins that a policy brings along, by the questions that stand in journals of its cases.
///
/// # Errors
///
/// When none of them was asked, or an answer is not usable.
pub fn bench(
    revision: &Revision,
    rulebook: &Arc<PreparedRulebook>,
    components: &BTreeMap<String, Vec<u8>>,
    journals: &[Vec<Entry>],
) -> Result<Vec<Benched>, Exit> {
    let mut by_place: BTreeMap<(String, &'static str), Vec<Question<'_>>> = BTreeMap::new();
    for question in journals.iter().flat_map(|entries| questions(revision, entries)) {
        let binding = question.step.binding(&revision.policy);
        let Some(PluginSource::File(path)) = binding.map(|binding| &binding.source) else { continue };
        by_place.entry((path.clone(), question.step.as_str())).or_default().push(question);
    }
    if by_place.is_empty() {
        let error = anyhow!("no case asks a plugin that the policy brings along: write one that does");
        return Err(Exit { code: exit::INPUT, error });
    }
    by_place
        .into_iter()
        .map(|((component, serves), mut questions)| {
            questions.truncate(QUESTIONS_MAX);
            let component_bytes = components.get(&component).map_or(0, Vec::len);
            let one = |question: &Question<'_>| measured(revision, rulebook, question, &mut |_| Ok(()));
            questions.iter().try_for_each(one).map_err(|fault| unusable(&component, &fault))?;
            at_place(revision, rulebook, &questions)
                .map(|measured| Benched { component: component.clone(), serves, component_bytes, ..measured })
                .map_err(|fault| unusable(&component, &fault))
        })
        .collect()
}

fn unusable(component: &str, fault: &Fault) -> Exit {
    Exit { code: exit::CASES, error: anyhow!("{component} gave no usable answer: {fault}") }
}

/// What was asked in a journal.
fn questions<'a>(revision: &Revision, entries: &'a [Entry]) -> Vec<Question<'a>> {
    let Some((first, rest)) = entries.split_first() else { return Vec::new() };
    let Ok(mut lead) = journal::fold([first]) else { return Vec::new() };
    let mut found = Vec::new();
    for entry in rest {
        if let Event::Decided(decision) = &entry.event
            && let Some((step, _)) = asked(revision, Case { lead: &lead, now: entry.at }, decision)
        {
            found.push(Question { step, lead: lead.clone(), entry });
        }
        if journal::apply(&mut lead, entry).is_err() {
            break;
        }
    }
    found
}

/// Calls a function with a question made ready.
fn measured(
    revision: &Revision,
    rulebook: &PreparedRulebook,
    question: &Question<'_>,
    with: &mut dyn FnMut(&Measured<'_>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let Event::Decided(decision) = &question.entry.event else { return Ok(()) };
    let case = Case { lead: &question.lead, now: question.entry.at };
    match asked(revision, case, decision) {
        Some((step, ask)) => with(&rulebook.measured(step, ask)),
        None => Ok(()),
    }
}

fn at_place(
    revision: &Revision,
    rulebook: &PreparedRulebook,
    questions: &[Question<'_>],
) -> Result<Benched, Fault> {
    let (mut fresh, mut warm) = (Timed::new(), Timed::new());
    let mut taken: Vec<Taken> = Vec::with_capacity(questions.len());
    let share = MEASURED_FOR / u32::try_from(questions.len()).unwrap_or(1).max(1);
    for question in questions {
        measured(revision, rulebook, question, &mut |measured| {
            taken.push(measured.fresh()?);
            fresh.time(share, &mut || measured.fresh().map(drop))?;
            let mut instance = measured.open()?;
            warm.time(share, &mut || {
                // One that has filled its memory in the course of many calls makes room for the next.
                if measured.ask(&mut instance).is_err() {
                    instance = measured.open()?;
                    measured.ask(&mut instance)?;
                }
                Ok(())
            })
        })?;
    }
    let most = taken.iter().enumerate().max_by_key(|(_, taken)| taken.fuel).map_or(0, |(place, _)| place);
    let mut functions = Vec::new();
    measured(revision, rulebook, &questions[most], &mut |measured| {
        functions = where_fuel_goes(measured, taken[most].fuel);
        Ok(())
    })?;
    let fuels = || taken.iter().map(|taken| taken.fuel);
    Ok(Benched {
        component: String::new(),
        serves: "",
        component_bytes: 0,
        questions: questions.len(),
        fresh: fresh.latency(),
        warm: warm.latency(),
        fuel: (fuels().min().unwrap_or(0), fuels().max().unwrap_or(0)),
        memory_bytes: taken.iter().map(|taken| taken.memory_bytes).max().unwrap_or(0),
        functions,
    })
}

/// Where a call is when it has used up a hundredth of its fuel, two, three, and so on.
fn where_fuel_goes(measured: &Measured<'_>, fuel: u64) -> Vec<Function> {
    let mut own: BTreeMap<String, u64> = BTreeMap::new();
    let mut whole: BTreeMap<String, u64> = BTreeMap::new();
    let mut seen = 0_u64;
    for look in 0..LOOKS.min(fuel) {
        let mut functions = measured.functions_after(fuel * look / LOOKS);
        let Some(innermost) = functions.first().cloned() else { continue };
        seen += 1;
        *own.entry(innermost).or_default() += 1;
        functions.sort();
        functions.dedup();
        functions.into_iter().for_each(|function| *whole.entry(function).or_default() += 1);
    }
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    let percent = |count: u64| count as f64 * 100.0 / seen.max(1) as f64;
    let function = |(name, whole): (String, u64)| Function {
        own_percent: percent(own.get(&name).copied().unwrap_or(0)),
        whole_percent: percent(whole),
        name,
    };
    let mut functions: Vec<Function> = whole.into_iter().map(function).collect();
    functions
        .sort_by(|one, other| other.own_percent.total_cmp(&one.own_percent).then(one.name.cmp(&other.name)));
    functions.truncate(FUNCTIONS_SHOWN_MAX);
    functions
}

/// Durations of calls.
struct Timed(Option<Histogram<u64>>);

impl Timed {
    fn new() -> Self {
        Self(Histogram::new(3).ok())
    }

    /// Calls for a while.
    fn time(&mut self, span: Duration, call: &mut dyn FnMut() -> Result<(), Fault>) -> Result<(), Fault> {
        let whole = Stopwatch::start();
        loop {
            let one = Stopwatch::start();
            call()?;
            let nanos = u64::try_from(one.elapsed().as_nanos()).unwrap_or(u64::MAX);
            if let Some(durations) = &mut self.0 {
                // It grows with what it is told.
                let _ = durations.record(nanos);
            }
            if whole.elapsed() >= span {
                return Ok(());
            }
        }
    }

    fn latency(&self) -> Latency {
        #[expect(clippy::cast_precision_loss, reason = "a duration")]
        let at = |quantile| self.0.as_ref().map_or(0.0, |all| all.value_at_quantile(quantile) as f64 / 1e3);
        Latency { p50_us: at(0.5), p99_us: at(0.99) }
    }
}
