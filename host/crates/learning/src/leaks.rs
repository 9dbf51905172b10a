//! Attributes that know the answer: filled in after the lead converted, or because of it.
//!
//! Two signs are looked for, each in rows that the judgement was not made from or in enough of them:
//! an attribute that alone ranks leads almost perfectly, and a value that almost always comes with one answer.
//! Neither proves anything, so the attribute stays in until the user excludes it.

use leadsman_model::Encoder;
use serde::Serialize;

use crate::boost::Binned;
use crate::measure;

/// An attribute that alone ranks as well as this knows more than people tell before they buy. In the tables
/// that this was tried on, no attribute that is known beforehand came to 0.8, and what sales people note after
/// the first call came to 0.92: a warning too many costs a look, one too few the model.
const AUC: f64 = 0.9;

/// A value speaks for the attribute if it has this share of the rows,
const SHARE: f64 = 0.05;

/// and if so many of them have one answer,
const PURITY: f64 = 0.995;

/// and that answer is not what nearly all leads have anyway.
const ANSWER_MAX: f64 = 0.9;

/// Rows of a value that are made up, with the share of the label among all.
const PRIOR_ROWS: f64 = 2.0;

/// A sign that an attribute knows the answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Leak {
    /// The column.
    pub column: String,
    /// The area under the curve of this attribute alone, on rows held back, from 0 to 1.
    pub auc: f64,
    /// The value that gives the answer away, if it is one; empty where it is that nothing stands there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Rows that have the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<usize>,
    /// The share of them that converted, from 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub converted: Option<f64>,
}

/// Looks at one attribute: how well it ranks alone, and whether that, or one of its values, is a sign.
pub(crate) fn look(
    column: &str,
    attribute: usize,
    encoder: &Encoder,
    binned: &Binned,
    folds: &[usize],
) -> (f64, Option<Leak>) {
    let auc = alone(attribute, binned, folds);
    let giveaway = giveaway(attribute, encoder, binned);
    if auc < AUC && giveaway.is_none() {
        return (auc, None);
    }
    let (value, rows, converted) = match giveaway {
        Some((value, rows, converted)) => (Some(value), Some(rows), Some(converted)),
        None => (None, None, None),
    };
    (auc, Some(Leak { column: column.to_owned(), auc, value, rows, converted }))
}

/// How well an attribute ranks alone, each row by what its value came to in the other folds.
fn alone(attribute: usize, binned: &Binned, folds: &[usize]) -> f64 {
    let count = folds.iter().max().map_or(1, |last| last + 1);
    let mut sums = vec![[(0.0, 0.0); 64]; count];
    let each = || (0..binned.rows()).map(|row| (row, usize::from(binned.row(row)[attribute])));
    for (row, bin) in each() {
        let (with, all) = &mut sums[folds[row]][bin];
        *with += f64::from(u8::from(binned.labels[row]));
        *all += 1.0;
    }
    let whole: Vec<(f64, f64)> = (0..64)
        .map(|bin| sums.iter().fold((0.0, 0.0), |(with, all), one| (with + one[bin].0, all + one[bin].1)))
        .collect();
    let share = binned.labels.iter().filter(|&&label| label).count() as f64 / binned.rows().max(1) as f64;
    let said = each().map(|(row, bin)| {
        let ((with, all), (own, rows)) = (whole[bin], sums[folds[row]][bin]);
        (with - own + share * PRIOR_ROWS) / (all - rows + PRIOR_ROWS)
    });
    measure::auc(&said.collect::<Vec<_>>(), &binned.labels)
}

/// The value, its rows and the share of them that converted.
fn giveaway(attribute: usize, encoder: &Encoder, binned: &Binned) -> Option<(String, usize, f64)> {
    let Encoder::Text(values) = encoder else { return None };
    let mut counts = [(0_usize, 0_usize); 64];
    for row in 0..binned.rows() {
        let (with, all) = &mut counts[usize::from(binned.row(row)[attribute])];
        *with += usize::from(binned.labels[row]);
        *all += 1;
    }
    let overall = binned.labels.iter().filter(|&&label| label).count() as f64 / binned.rows().max(1) as f64;
    let named = [String::new()].into_iter().chain(values.all().iter().cloned()).zip(counts);
    let of = named.filter(|(_, (_, all))| *all as f64 >= SHARE * binned.rows() as f64);
    let pure = of.filter_map(|(value, (with, all))| {
        let converted = with as f64 / all.max(1) as f64;
        let is_pure = (converted >= PURITY && overall <= ANSWER_MAX)
            || (1.0 - converted >= PURITY && 1.0 - overall <= ANSWER_MAX);
        is_pure.then_some((value, all, converted))
    });
    pure.max_by_key(|(_, all, _)| *all)
}
