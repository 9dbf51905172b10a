//! Fitting a model to some rows: a committee of boosted trees, each of which was stopped by rows that it did
//! not see, and a calibration on what each said of those.

use leadsman_model::{Encoder, Forest, Model, Probability, RAW_PER_LOG_ODDS};

use crate::boost::{Binned, Boosted, Settings, boost, sigmoid};
use crate::chance::Chance;
use crate::examples::{Examples, Kind};
use crate::platt;
use crate::{LearningError, folds};

/// How many boosters sit in the committee.
const COMMITTEE: usize = 5;

/// Fits a model to some rows.
pub(crate) fn fit(
    examples: &Examples<'_>,
    rows: &[u32],
    settings: &Settings,
    seed: u64,
) -> Result<Model, LearningError> {
    let width = examples.attributes.len();
    let encoders: Vec<Encoder> = (0..width).map(|attribute| examples.encoder(attribute, rows)).collect();
    let binned = bin(examples, &encoders, rows);
    let parts = folds::stratified(&binned.labels, COMMITTEE, &mut Chance::new(seed, 1));
    let mut held_back = vec![0.0; rows.len()];
    let mut members = Vec::with_capacity(COMMITTEE);
    for member in 0..COMMITTEE {
        let (inside, outside) = folds::divide(&parts, member);
        let mut chance = Chance::new(seed, 2 + member as u64);
        let boosted = boost(&binned, &inside, &outside, settings, &mut chance);
        for &row in &outside {
            let bins = binned.row(row as usize);
            held_back[row as usize] =
                boosted.base + boosted.trees.iter().map(|tree| tree.value(bins)).sum::<f64>();
        }
        members.push(boosted);
    }
    let calibration = platt::calibrate(&held_back, &binned.labels)?;
    Ok(Model::new(encoders, forest(&members)?, calibration)?)
}

/// The committee as one forest: each member has an equal share.
fn forest(members: &[Boosted]) -> Result<Forest, LearningError> {
    let factor = RAW_PER_LOG_ODDS as f64 / members.len().max(1) as f64;
    let base: f64 = members.iter().map(|member| member.base * factor).sum();
    let trees: Vec<_> =
        members.iter().flat_map(|member| &member.trees).map(|tree| tree.scaled(factor)).collect();
    Ok(Forest::new(base.round() as i64, &trees)?)
}

/// Some rows as bins.
pub(crate) fn bin(examples: &Examples<'_>, encoders: &[Encoder], rows: &[u32]) -> Binned {
    let width = encoders.len();
    let mut bins = vec![0; rows.len() * width];
    for (attribute, encoder) in encoders.iter().enumerate() {
        let column = examples.bins(attribute, encoder, rows);
        for (row, bin) in bins.chunks_exact_mut(width).zip(column) {
            row[attribute] = bin;
        }
    }
    let is_set = examples.attributes.iter().map(|one| matches!(one.kind, Kind::Text)).collect();
    let labels = rows.iter().map(|&row| examples.has_label(row)).collect();
    Binned { width, is_set, bins, labels }
}

/// What a model says of some rows, by the evaluator that the sandbox uses.
pub(crate) fn predict(examples: &Examples<'_>, model: &Model, rows: &[u32]) -> Vec<Probability> {
    let binned = bin(examples, model.encoders(), rows);
    (0..rows.len()).map(|row| model.probability(binned.row(row))).collect()
}

/// Raw scores as probabilities, without calibration.
pub(crate) fn uncalibrated(examples: &Examples<'_>, model: &Model, rows: &[u32]) -> Vec<f64> {
    let binned = bin(examples, model.encoders(), rows);
    let odds = |row| model.forest().raw(binned.row(row)) as f64 / RAW_PER_LOG_ODDS as f64;
    (0..rows.len()).map(|row| sigmoid(odds(row))).collect()
}
