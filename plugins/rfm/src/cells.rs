//! The table from three scores to points and a label.

use leadsman_sdk::prelude::*;

use crate::config::CellConfig;
use crate::measure::{Found, Measure};
use crate::scale::to_a_thousandth;

/// For each of the three a score, or any.
type Pattern = [Option<u8>; 3];

/// The table, in its order.
pub(crate) struct Cells(Vec<(Pattern, f64)>);

impl Cells {
    /// The contribution of the cell that a lead is in.
    pub(crate) fn contribution(&self, found: &[Found; 3]) -> Option<Contribution> {
        let scores = found.each_ref().map(|one| digit(one.score));
        let place = self.0.iter().position(|(pattern, _)| covers(pattern, &scores))?;
        let (_, points) = self.0.get(place)?;
        let cell: String = scores.iter().flatten().map(u8::to_string).collect();
        let [recency, frequency, monetary] = found.each_ref().map(|one| one.words.as_str());
        Some(Contribution {
            rule: RuleReference::Declared(u32::try_from(place).ok()?),
            points: *points,
            detail: Some(format!("{cell}: {recency}; {frequency}; {monetary}")),
        })
    }
}

/// The table as it is asked.
///
/// # Errors
///
/// What is wrong with it, given the scores that leads can get.
pub(crate) fn compile(cells: &[CellConfig], measures: &[Measure; 3]) -> Result<Cells, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut table = Vec::new();
    for (index, config) in cells.iter().enumerate() {
        match pattern(&config.cell) {
            Some(pattern) => table.push((pattern, to_a_thousandth(config.points))),
            None => problems.push(Problem::at(
                format!("/cells/{index}/cell"),
                "must be the scores for recency, frequency and monetary value, such as `555`, or `5**` for \
                 any but the first",
            )),
        }
    }
    problems.extend(measures.iter().flat_map(not_digits));
    let is_scored = measures.iter().all(|measure| !measure.scale.steps.is_empty());
    if problems.is_empty() && is_scored {
        problems = gaps_and_idle(&table, measures);
    }
    if problems.is_empty() { Ok(Cells(table)) } else { Err(problems) }
}

fn pattern(text: &str) -> Option<Pattern> {
    let parts: Option<Vec<Option<u8>>> = text
        .bytes()
        .map(|byte| match byte {
            b'*' => Some(None),
            b'0'..=b'9' => Some(Some(byte - b'0')),
            _ => None,
        })
        .collect();
    parts?.try_into().ok()
}

/// The scores that cannot be written as a digit.
fn not_digits(measure: &Measure) -> Vec<Problem> {
    let steps = measure.scale.steps.iter().enumerate();
    let wrong = steps.filter(|(_, (_, score))| digit(*score).is_none());
    let problem = |(index, _): (usize, _)| {
        let place = format!("/{}/scores/{index}/score", measure.dimension.key());
        Problem::at(place, "must be a whole number from 0 to 9, since `cells` writes it as one digit")
    };
    wrong.map(problem).collect()
}

/// The cells that leads can come to and the table has nothing for, and the rows that no lead comes to.
fn gaps_and_idle(table: &[(Pattern, f64)], measures: &[Measure; 3]) -> Vec<Problem> {
    let [recency, frequency, monetary] = measures.each_ref().map(digits);
    let mut is_used = vec![false; table.len()];
    let mut gaps = Vec::new();
    for &first in &recency {
        for &second in &frequency {
            for &third in &monetary {
                let scores = [Some(first), Some(second), Some(third)];
                match table.iter().position(|(pattern, _)| covers(pattern, &scores)) {
                    Some(row) => is_used[row] = true,
                    None => gaps.push(format!("{first}{second}{third}")),
                }
            }
        }
    }
    let idle = is_used.iter().enumerate().filter(|(_, is_used)| !**is_used).map(|(row, _)| {
        let message = "no lead comes to this cell: such scores are not given, or earlier cells fit them all";
        Problem::at(format!("/cells/{row}/cell"), message)
    });
    let mut problems: Vec<Problem> = idle.collect();
    if let Some(gap) = gaps.first() {
        let others = match gaps.len() - 1 {
            0 => String::new(),
            others => format!(", nor for {others} more"),
        };
        let message = format!("there is no cell for {gap}{others}; `***` at the end is for all that is left");
        problems.push(Problem::at("/cells", message));
    }
    problems
}

/// The digits that leads can get, in order, each once.
fn digits(measure: &Measure) -> Vec<u8> {
    let mut digits: Vec<u8> = measure.scale.scores().filter_map(digit).collect();
    digits.sort_unstable();
    digits.dedup();
    digits
}

fn covers(pattern: &Pattern, scores: &[Option<u8>; 3]) -> bool {
    pattern.iter().zip(scores).all(|(wanted, score)| wanted.is_none() || wanted == score)
}

/// The digit that a score is written as, if it is one.
fn digit(score: f64) -> Option<u8> {
    let is_digit = (0.0..=9.0).contains(&score) && score.fract() == 0.0;
    is_digit.then_some(score as u8)
}
