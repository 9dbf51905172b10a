//! The model card: what was learned from, how good it is, and what to look at before it is trusted.

use serde::Serialize;

use crate::LeftOut;
use crate::leaks::Leak;
use crate::measure::{Bucket, Figures};

/// What is to be known of a model before it is used.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The digest of the table's bytes.
    pub data: String,
    /// The seed: the same one, table and terms make the same model, to the last byte.
    pub seed: u64,
    /// The column that says which leads converted.
    pub label: String,
    /// The text in it that says yes.
    pub positive: String,
    /// Rows that have the label.
    pub rows: usize,
    /// Rows that the model was fitted to: of large tables some, chosen by chance.
    pub rows_learned: usize,
    /// Rows that converted.
    pub converted: usize,
    /// Rows that were left out, since their label is empty.
    pub rows_without_label: usize,
    /// The attributes, the most important first.
    pub attributes: Vec<AttributeReport>,
    /// The columns that were left out, and why.
    pub left_out: Vec<LeftOut>,
    /// Attributes that may know the answer.
    pub leaks: Vec<Leak>,
    /// The size of the model.
    pub size: Size,
    /// How good it is on rows that it was not fitted to, each fold by what was learned from the others.
    pub cross_validation: CrossValidation,
    /// How good a model of the older rows is on the newer ones.
    pub hold_out: HoldOut,
    /// What was foretold and what happened before calibration, by tenths of probability.
    pub reliability_before: Vec<Bucket>,
    /// The same after calibration.
    pub reliability: Vec<Bucket>,
    /// By tenths of the rows, the most probable first.
    pub deciles: Vec<Bucket>,
}

impl Report {
    /// Whether whoever foretells the average of all leads for each of them does as well.
    #[must_use]
    pub fn is_no_better_than_the_average(&self) -> bool {
        let odds = self.converted as f64 / self.rows.max(1) as f64;
        let ignorance = -(odds * odds.ln() + (1.0 - odds) * (1.0 - odds).ln());
        self.size.trees == 0 || self.cross_validation.log_loss >= ignorance
    }
}

/// An attribute of a model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AttributeReport {
    /// The column.
    pub column: String,
    /// The lead's attribute.
    pub attribute: String,
    /// `number`, `time` or `text`.
    pub kind: &'static str,
    /// The share of rows that have it, from 0 to 1.
    pub known: f64,
    /// The share of all that moves leads which it moves, from 0 to 1.
    pub importance: f64,
    /// The area under the curve of this attribute alone, on rows held back, from 0 to 1.
    pub auc_alone: f64,
}

/// The size of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Size {
    /// Trees.
    pub trees: usize,
    /// Nodes of all trees.
    pub nodes: usize,
}

/// How good models are on the folds that they were not fitted to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CrossValidation {
    /// Where the folds come from.
    pub folds: String,
    /// The mean of the folds' areas under the curve.
    pub auc: f64,
    /// The mean of the folds' log-losses, in nats.
    pub log_loss: f64,
    /// The mean of the folds' Brier scores.
    pub brier: f64,
    /// The mean of the folds' log-losses without calibration, in nats.
    pub log_loss_before: f64,
    /// Each fold.
    pub each: Vec<Figures>,
}

/// How good a model of the older rows is on the newer ones.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HoldOut {
    /// What older means: the column of times, or the order of the file.
    pub order: String,
    /// Rows that were learned from.
    pub learned_from: usize,
    /// The figures on the others; none if there are too few of a kind on either side.
    pub figures: Option<Figures>,
}
