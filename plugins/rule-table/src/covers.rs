//! Whether the rules divide all segments among themselves: no gap, and no overlap.

use std::collections::BTreeSet;

use leadsman_sdk::prelude::*;

use crate::config::{AxisConfig, Config, RuleConfig};
use crate::table::Entry;

/// How many combinations are looked at.
const SAMPLES_MAX: usize = 4_096;
/// How many gaps and overlaps are told.
const PROBLEMS_MAX: usize = 20;

/// A value that stands for a segment, with the segment in words.
type Sample = (Value, String);

/// Checks how the axes are written.
pub(crate) fn check_axes(config: &Config) -> Vec<Problem> {
    let Config { covers: axes, rules, .. } = config;
    let mut problems = Vec::new();
    for (index, axis) in axes.iter().enumerate() {
        let place = format!("/covers/{index}");
        if axis.cuts.is_empty() == axis.values.is_empty() {
            problems.push(Problem::at(&place, "expected exactly one of `cuts` and `values`"));
        }
        if !axis.cuts.windows(2).all(|pair| pair[0] < pair[1]) {
            problems.push(Problem::at(format!("{place}/cuts"), "must rise"));
        }
    }
    let counts = axes.iter().map(|axis| samples(axis, rules).len());
    if counts.fold(1, usize::saturating_mul) > SAMPLES_MAX {
        problems.push(Problem::at("/covers", format!("makes more than {SAMPLES_MAX} combinations")));
    }
    problems
}

/// The gaps and overlaps of a table over axes that stand at these positions of a lead's values.
pub(crate) fn gaps_and_overlaps(config: &Config, positions: &[usize], rules: &[Entry]) -> Vec<Problem> {
    let mut told = BTreeSet::new();
    let axes: Vec<Vec<Sample>> = config.covers.iter().map(|axis| samples(axis, &config.rules)).collect();
    let combinations = axes.iter().map(Vec::len).product::<usize>();
    for number in 0..combinations {
        let (values, segment) = combination(&axes, positions, number);
        for question in [Question::Dispatch, Question::Allocation] {
            let answering: Vec<usize> = answering(rules, question).collect();
            let holds = |index: &&usize| rules[**index].holds(&values, Timestamp::from_millis(0));
            let holding: Vec<usize> = answering.iter().filter(holds).copied().collect();
            match holding.as_slice() {
                [_] => {}
                [] if answering.is_empty() => {}
                [] => drop(told.insert(("/covers".to_owned(), format!("no rule is for {segment}")))),
                [first, others @ ..] => told.extend(others.iter().map(|other| {
                    let message = format!("is for {segment}, and so is `{}`", config.rules[*first].name);
                    (format!("/rules/{other}"), message)
                })),
            }
        }
    }
    told.into_iter().take(PROBLEMS_MAX).map(|(place, message)| Problem::at(place, message)).collect()
}

/// The rules that answer a question whenever they hold.
fn answering(rules: &[Entry], question: Question) -> impl Iterator<Item = usize> {
    let answers = move |(_, rule): &(usize, &Entry)| rule.answers(question) && rule.answers_always();
    rules.iter().enumerate().filter(answers).map(|(index, _)| index)
}

/// Each value, or both ends of each band and every number in it where a rule may answer differently.
fn samples(axis: &AxisConfig, rules: &[RuleConfig]) -> Vec<Sample> {
    let name = &axis.attribute;
    if axis.cuts.is_empty() {
        let texts = axis.values.iter().map(|text| (Value::Text(text.clone()), format!("{name} {text}")));
        return texts.collect();
    }
    let compared = rules.iter().flat_map(|rule| rule.when.numbers_about(name));
    let turns = axis.cuts.iter().copied().chain(compared);
    let mut numbers: Vec<f64> = turns
        .flat_map(|turn| [turn.next_down(), turn, turn.next_up()])
        .filter(|turn| turn.is_finite())
        .collect();
    numbers.sort_by(f64::total_cmp);
    numbers.dedup();
    let sample = |number: f64| (Value::Number(number), format!("{name} {}", band(&axis.cuts, number)));
    numbers.into_iter().map(sample).collect()
}

/// The band that a number is in, in words.
fn band(cuts: &[f64], number: f64) -> String {
    let place = cuts.partition_point(|cut| *cut <= number);
    match (place.checked_sub(1).and_then(|place| cuts.get(place)), cuts.get(place)) {
        (Some(from), Some(to)) => format!("from {from} to {to}"),
        (Some(from), None) => format!("from {from}"),
        (None, Some(to)) => format!("below {to}"),
        (None, None) => "any".to_owned(),
    }
}

/// The combination with a number: values at their positions, and the segment in words.
fn combination(axes: &[Vec<Sample>], positions: &[usize], mut number: usize) -> (Vec<Option<Value>>, String) {
    let mut values = vec![None; positions.iter().max().map_or(0, |last| last + 1)];
    let mut words = Vec::new();
    for (samples, position) in axes.iter().zip(positions) {
        let (value, word) = &samples[number % samples.len()];
        number /= samples.len();
        values[*position] = Some(value.clone());
        words.push(word.as_str());
    }
    (values, words.join(", "))
}
