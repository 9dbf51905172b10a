//! Fitting a model to some rows. Boosters are tried on all rows but a part, which stops them: how many trees they
//! came to is how many the model gets, and what they said of the part calibrates it. The model itself is a small
//! committee of boosters that see every row.

use leadsman_model::{Encoder, Forest, Model, Probability, RAW_PER_LOG_ODDS};

use crate::boost::{Binned, Boosted, Settings, boost, loss, sigmoid};
use crate::chance::Chance;
use crate::examples::{Examples, Kind};
use crate::platt;
use crate::{LearningError, folds};

/// What is tried on every table, of the kinds that do well on most: small trees, each on part of the rows and of
/// the attributes; and, for tables with little to learn, smaller and more careful ones. Which of them, and how
/// many trees, is decided by rows held back.
const CANDIDATES: [Settings; 2] = [
    Settings {
        learning_rate: 0.15,
        depth_max: 4,
        leaves_max: 8,
        ridge: 1.0,
        ridge_of_sets: 10.0,
        hessian_min: 2.0,
        rows_share: 0.7,
        rows_max: 100_000,
        attributes_share: 0.5,
        trees_max: 400,
        patience: 25,
    },
    Settings {
        learning_rate: 0.1,
        depth_max: 2,
        leaves_max: 3,
        ridge: 5.0,
        ridge_of_sets: 20.0,
        hessian_min: 3.0,
        rows_share: 0.7,
        rows_max: 100_000,
        attributes_share: 0.7,
        trees_max: 150,
        patience: 30,
    },
];

/// Tables with more rows than this have enough to learn from, and only the first candidate is tried.
const ROWS_FOR_CARE: usize = 50_000;

/// Small trees learn no more from more rows than this; those of a larger table are chosen by chance.
pub(crate) const ROWS_MAX: usize = 200_000;

/// How many boosters are tried, each on all rows but a part.
const TRIALS: usize = 5;

/// How many boosters make the model: together they say more than one alone, and each costs the sandbox.
const COMMITTEE: usize = 2;

/// So many more trees suit all rows than suited four fifths of them.
const MORE_TREES: f64 = 1.1;

/// Fits a model to some rows.
pub(crate) fn fit(examples: &Examples<'_>, rows: &[u32], seed: u64) -> Result<Model, LearningError> {
    let (width, chosen) = (examples.attributes.len(), some(rows, seed));
    let rows = chosen.as_deref().unwrap_or(rows);
    let encoders: Vec<Encoder> = (0..width).map(|attribute| examples.encoder(attribute, rows)).collect();
    let binned = bin(examples, &encoders, rows);
    let candidates = if rows.len() > ROWS_FOR_CARE { &CANDIDATES[..1] } else { &CANDIDATES };
    let tried = candidates.iter().map(|settings| attempt(&binned, settings, seed));
    let better = |best: Attempt, one: Attempt| if one.loss < best.loss { one } else { best };
    let Some(Attempt { settings, trees_max, held_back, .. }) = tried.reduce(better) else {
        return Err(LearningError::BrokeDown);
    };
    let calibration = platt::calibrate(&held_back, &binned.labels)?;
    let settings = Settings { trees_max, patience: usize::MAX, ..settings };
    let all: Vec<u32> = (0..u32::try_from(rows.len()).unwrap_or(u32::MAX)).collect();
    let member = |number: usize| {
        let mut chance = Chance::new(seed, (2 + TRIALS + number) as u64);
        boost(&binned, &all, &[], &settings, &mut chance).0
    };
    let members: Vec<Boosted> = (0..COMMITTEE).map(member).collect();
    Ok(Model::new(encoders, forest(&members)?, calibration)?)
}

/// So many of the rows as are learned from, in their order; `None` if that is all of them.
fn some(rows: &[u32], seed: u64) -> Option<Vec<u32>> {
    if rows.len() <= ROWS_MAX {
        return None;
    }
    let mut chosen = rows.to_vec();
    Chance::new(seed, 50).shuffle(&mut chosen);
    chosen.truncate(ROWS_MAX);
    chosen.sort_unstable();
    Some(chosen)
}

/// What a candidate came to on rows held back.
struct Attempt {
    settings: Settings,
    /// How many trees suit all rows.
    trees_max: usize,
    /// Log-odds of every row by the booster that did not see it.
    held_back: Vec<f64>,
    loss: f64,
}

fn attempt(binned: &Binned, settings: &Settings, seed: u64) -> Attempt {
    let parts = folds::stratified(&binned.labels, TRIALS, &mut Chance::new(seed, 1));
    let mut held_back = vec![0.0; binned.rows()];
    let mut trees = 0;
    for trial in 0..TRIALS {
        let (inside, outside) = folds::divide(&parts, trial);
        let mut chance = Chance::new(seed, 2 + trial as u64);
        let (boosted, said) = boost(binned, &inside, &outside, settings, &mut chance);
        outside.iter().zip(said).for_each(|(&row, said)| held_back[row as usize] = said);
        trees += boosted.trees.len();
    }
    let all: Vec<u32> = (0..u32::try_from(binned.rows()).unwrap_or(u32::MAX)).collect();
    let trees_max = (trees as f64 / TRIALS as f64 * MORE_TREES).round() as usize;
    let loss = loss(binned, &all, &held_back);
    Attempt { settings: *settings, trees_max, held_back, loss }
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
    (0..rows.len()).map(|row| model.probability(&binned.bins_of(row))).collect()
}

/// Raw scores as probabilities, without calibration.
pub(crate) fn uncalibrated(examples: &Examples<'_>, model: &Model, rows: &[u32]) -> Vec<f64> {
    let binned = bin(examples, model.encoders(), rows);
    let odds = |row| model.forest().raw(&binned.bins_of(row)) as f64 / RAW_PER_LOG_ODDS as f64;
    (0..rows.len()).map(|row| sigmoid(odds(row))).collect()
}
