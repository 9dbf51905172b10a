//! Training: cross-validation, hold-out and the model itself, as jobs that share nothing.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use leadsman_domain::submission::is_derived;
use leadsman_model::{Encoder, Model, ModelDocument};

use crate::chance::Chance;
use crate::examples::{Examples, Kind};
use crate::fit::{ROWS_MAX, bin, fit, predict, uncalibrated};
use crate::label::Label;
use crate::leaks::{self, Leak};
use crate::measure::{Figures, deciles, reliability};
use crate::report::{AttributeReport, CrossValidation, HoldOut, Report, Size};
use crate::table::Table;
use crate::{Import, ImportColumn, ImportKind, LearningError, Terms, Trained, folds};

/// Fewer rows of a kind than this say nothing.
const LEAST: usize = 40;

/// Fewer rows of a kind than this on one side, and the hold-out says nothing.
const LEAST_HELD_OUT: usize = 10;

const FOLDS: usize = 5;

/// The share of the rows that count as older.
const OLDER: f64 = 0.8;

/// The importance of attributes is measured on so many rows at most.
const ROWS_FOR_IMPORTANCE: usize = 20_000;

/// Which model is fitted, to which rows, and which others it is asked about.
struct Job {
    learn: Vec<u32>,
    ask: Vec<u32>,
}

/// What became of a job.
struct Done {
    model: Model,
    foretold: Vec<f64>,
    before: Vec<f64>,
}

/// Learns from a table which leads convert. `folds` is a table with the columns `row_index` and `fold`;
/// `progress` is told how many models of how many are fitted, from whichever thread fitted one.
///
/// # Errors
///
/// When the table has not what the terms name, or too little to learn from.
pub fn train(
    table: &Table,
    folds: Option<&Table>,
    terms: &Terms,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Trained, LearningError> {
    let label = Label::read(table, &terms.label, terms.positive.as_deref())?;
    let examples = Examples::of(table, label, terms)?;
    let rows: Vec<u32> = (0..u32::try_from(table.rows).unwrap_or(u32::MAX))
        .filter(|&row| examples.label.values[row as usize].is_some())
        .collect();
    let labels: Vec<bool> = rows.iter().map(|&row| examples.has_label(row)).collect();
    enough(&terms.label, &labels)?;
    let of_rows = match folds {
        Some(file) => {
            let all = folds::from_file(file, &examples.label.values)?;
            rows.iter().map(|&row| all[row as usize]).collect()
        }
        None => folds::stratified(&labels, FOLDS, &mut Chance::new(terms.seed, 0)),
    };
    let held_out = hold_out(&examples, &rows);
    let jobs = jobs(&rows, &of_rows, &held_out);
    let mut done = run(&examples, &jobs, terms.seed, progress)?;
    let model = done.remove(0).model;
    let older = done.remove(0);
    let names: Vec<String> = examples.attributes.iter().map(|one| one.name.clone()).collect();
    let importances = importances(&examples, &model, &rows);
    let (attributes, leaks) = attributes(&examples, &rows, &of_rows, &importances);
    let asked: Vec<bool> =
        jobs[2..].iter().flat_map(|job| &job.ask).map(|&row| examples.has_label(row)).collect();
    let foretold: Vec<f64> = done.iter().flat_map(|one| one.foretold.iter().copied()).collect();
    let before: Vec<f64> = done.iter().flat_map(|one| one.before.iter().copied()).collect();
    let report = Report {
        data: table.digest().to_string(),
        seed: terms.seed,
        label: terms.label.clone(),
        positive: examples.label.positive.clone(),
        rows: rows.len(),
        rows_learned: rows.len().min(ROWS_MAX),
        converted: labels.iter().filter(|&&label| label).count(),
        rows_without_label: table.rows - rows.len(),
        attributes,
        left_out: examples.left_out.clone(),
        leaks,
        size: Size { trees: model.forest().trees(), nodes: model.forest().nodes() },
        cross_validation: cross_validation(&examples, &jobs[2..], &done, folds.is_some()),
        hold_out: judged(&examples, &jobs[1], &older, terms),
        reliability_before: reliability(&before, &asked),
        reliability: reliability(&foretold, &asked),
        deciles: deciles(&foretold, &asked),
    };
    Ok(Trained {
        model: ModelDocument::of(&model, &names),
        report,
        import: import(&examples),
        foretold: predict(&examples, &model, &all_rows(table)),
    })
}

fn all_rows(table: &Table) -> Vec<u32> {
    (0..u32::try_from(table.rows).unwrap_or(u32::MAX)).collect()
}

fn enough(column: &str, labels: &[bool]) -> Result<(), LearningError> {
    let with = labels.iter().filter(|&&label| label).count();
    let without = labels.len() - with;
    if with.min(without) < LEAST {
        return Err(LearningError::TooFew { column: column.to_owned(), with, without, least: LEAST });
    }
    Ok(())
}

/// The older rows and the newer ones.
fn hold_out(examples: &Examples<'_>, rows: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let mut ordered = rows.to_vec();
    ordered.sort_by_key(|&row| (examples.received(row as usize), row));
    let newer = ordered.split_off((ordered.len() as f64 * OLDER) as usize);
    (ordered, newer)
}

/// The model itself, the one of the older rows, and one for each fold.
fn jobs(rows: &[u32], of_rows: &[usize], held_out: &(Vec<u32>, Vec<u32>)) -> Vec<Job> {
    let mut jobs = vec![
        Job { learn: rows.to_vec(), ask: Vec::new() },
        Job { learn: held_out.0.clone(), ask: held_out.1.clone() },
    ];
    let mut names: Vec<usize> = of_rows.to_vec();
    names.sort_unstable();
    names.dedup();
    for fold in names {
        let (learn, ask) = folds::divide(of_rows, fold);
        let named = |places: Vec<u32>| places.into_iter().map(|place| rows[place as usize]).collect();
        jobs.push(Job { learn: named(learn), ask: named(ask) });
    }
    jobs
}

/// Runs the jobs on as many threads as there are processors. Each is the same on whichever thread.
fn run(
    examples: &Examples<'_>,
    jobs: &[Job],
    seed: u64,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Vec<Done>, LearningError> {
    let (next, finished) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let results: Vec<Mutex<Option<Result<Done, LearningError>>>> =
        jobs.iter().map(|_| Mutex::new(None)).collect();
    let work = || {
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = jobs.get(place) else { return };
            let done = one(examples, job, seed);
            if let Ok(mut result) = results[place].lock() {
                *result = Some(done);
            }
            progress(finished.fetch_add(1, Ordering::Relaxed) + 1, jobs.len());
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(jobs.len());
    std::thread::scope(|scope| {
        (0..threads).for_each(|_| drop(scope.spawn(work)));
    });
    let taken = results.into_iter().map(|result| result.into_inner().ok().flatten());
    taken.map(|result| result.unwrap_or(Err(LearningError::BrokeDown))).collect()
}

fn one(examples: &Examples<'_>, job: &Job, seed: u64) -> Result<Done, LearningError> {
    let model = fit(examples, &job.learn, seed)?;
    let foretold = predict(examples, &model, &job.ask).into_iter().map(|one| one.as_f64()).collect();
    let before = uncalibrated(examples, &model, &job.ask);
    Ok(Done { model, foretold, before })
}

fn labels_of(examples: &Examples<'_>, rows: &[u32]) -> Vec<bool> {
    rows.iter().map(|&row| examples.has_label(row)).collect()
}

fn cross_validation(
    examples: &Examples<'_>,
    jobs: &[Job],
    done: &[Done],
    from_file: bool,
) -> CrossValidation {
    let of = |said: fn(&Done) -> &[f64]| -> Vec<Figures> {
        let each = jobs.iter().zip(done);
        each.map(|(job, done)| Figures::of(said(done), &labels_of(examples, &job.ask))).collect()
    };
    let (each, before) = (of(|done| &done.foretold), of(|done| &done.before));
    let mean = |each: &[Figures], figure: fn(&Figures) -> f64| {
        each.iter().map(figure).sum::<f64>() / each.len().max(1) as f64
    };
    CrossValidation {
        folds: if from_file {
            "as the file says".to_owned()
        } else {
            format!("{FOLDS}, stratified by the label")
        },
        auc: mean(&each, |one| one.auc),
        log_loss: mean(&each, |one| one.log_loss),
        brier: mean(&each, |one| one.brier),
        log_loss_before: mean(&before, |one| one.log_loss),
        each,
    }
}

fn judged(examples: &Examples<'_>, job: &Job, done: &Done, terms: &Terms) -> HoldOut {
    let order = match &terms.time {
        Some(column) => format!("by {column:?}"),
        None => "by the order of the file, since no --time says when leads came in".to_owned(),
    };
    let enough = |rows: &[u32]| {
        let labels = labels_of(examples, rows);
        let with = labels.iter().filter(|&&label| label).count();
        with.min(labels.len() - with) >= LEAST_HELD_OUT
    };
    let is_enough = enough(&job.learn) && enough(&job.ask);
    let figures = is_enough.then(|| Figures::of(&done.foretold, &labels_of(examples, &job.ask)));
    HoldOut { order, learned_from: job.learn.len(), figures }
}

/// For each attribute the share of all that moves leads which it moves.
fn importances(examples: &Examples<'_>, model: &Model, rows: &[u32]) -> Vec<f64> {
    let step = rows.len().div_ceil(ROWS_FOR_IMPORTANCE).max(1);
    let some: Vec<u32> = rows.iter().copied().step_by(step).collect();
    let binned = bin(examples, model.encoders(), &some);
    let width = examples.attributes.len();
    let mut moved = vec![0_u64; width];
    for row in 0..some.len() {
        let contributions = model.forest().contributions(&binned.bins_of(row), width);
        moved.iter_mut().zip(&contributions).for_each(|(sum, one)| *sum += one.unsigned_abs());
    }
    let all: u64 = moved.iter().sum();
    moved.into_iter().map(|one| one as f64 / all.max(1) as f64).collect()
}

fn attributes(
    examples: &Examples<'_>,
    rows: &[u32],
    folds: &[usize],
    importances: &[f64],
) -> (Vec<AttributeReport>, Vec<Leak>) {
    let encoders: Vec<Encoder> =
        (0..examples.attributes.len()).map(|attribute| examples.encoder(attribute, rows)).collect();
    let binned = bin(examples, &encoders, rows);
    let (mut reports, mut leaks) = (Vec::new(), Vec::new());
    for (place, attribute) in examples.attributes.iter().enumerate() {
        let (auc_alone, leak) = leaks::look(&attribute.header, place, &encoders[place], &binned, folds);
        leaks.extend(leak);
        let known = (0..rows.len()).filter(|&row| binned.row(row)[place] != leadsman_model::MISSING).count();
        reports.push(AttributeReport {
            column: attribute.header.clone(),
            attribute: attribute.name.clone(),
            kind: match attribute.kind {
                Kind::Number(_) => "number",
                Kind::Time(..) => "time",
                Kind::Text => "text",
            },
            known: known as f64 / rows.len().max(1) as f64,
            importance: importances[place],
            auc_alone,
        });
    }
    reports.sort_by(|one, other| other.importance.total_cmp(&one.importance));
    (reports, leaks)
}

fn import(examples: &Examples<'_>) -> Option<Import> {
    if !examples.table.from_file {
        return None;
    }
    let column = |attribute: &crate::examples::Attribute| ImportColumn {
        column: attribute.header.clone(),
        attribute: attribute.name.clone(),
        kind: match &attribute.kind {
            Kind::Number(_) => ImportKind::Number,
            Kind::Time(_, format) => ImportKind::Time(format),
            Kind::Text => ImportKind::Text,
        },
    };
    Some(Import {
        delimiter: examples.table.delimiter,
        missing: examples.table.missing.iter().cloned().collect(),
        received: examples.received_column(),
        // What intake derives cannot be imported; it comes with what it is derived from.
        columns: examples.attributes.iter().filter(|one| !is_derived(&one.name)).map(column).collect(),
    })
}
