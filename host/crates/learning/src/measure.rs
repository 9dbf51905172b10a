//! How good probabilities are: ranking, likelihood, reliability, lift.

use serde::Serialize;

/// No probability is taken to be nearer to certainty than this.
const CERTAINTY: f64 = 1e-9;

/// How good probabilities are over some rows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Figures {
    /// Rows.
    pub rows: usize,
    /// Rows that have the label.
    pub with_label: usize,
    /// The probability that a lead with the label ranks above one without, from 0 to 1; ties count half.
    pub auc: f64,
    /// Mean negative log-likelihood, in nats; the lower the better.
    pub log_loss: f64,
    /// Mean squared difference from what happened, from 0 to 1; the lower the better.
    pub brier: f64,
}

impl Figures {
    /// Measures probabilities against what happened.
    #[must_use]
    pub fn of(probabilities: &[f64], labels: &[bool]) -> Self {
        let rows = labels.len();
        let mean = |one: &dyn Fn(f64, bool) -> f64| {
            let sum: f64 = probabilities.iter().zip(labels).map(|(&odds, &label)| one(odds, label)).sum();
            sum / rows.max(1) as f64
        };
        let surprise = |odds: f64, label: bool| {
            let right = if label { odds } else { 1.0 - odds };
            -right.clamp(CERTAINTY, 1.0).ln()
        };
        let square = |odds: f64, label: bool| (odds - f64::from(u8::from(label))).powi(2);
        Self {
            rows,
            with_label: labels.iter().filter(|&&label| label).count(),
            auc: auc(probabilities, labels),
            log_loss: mean(&surprise),
            brier: mean(&square),
        }
    }
}

/// The area under the curve: ties count half; one half if there is only one kind.
#[must_use]
pub fn auc(scores: &[f64], labels: &[bool]) -> f64 {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_unstable_by(|&one, &other| scores[one].total_cmp(&scores[other]));
    let with = labels.iter().filter(|&&label| label).count() as f64;
    let without = labels.len() as f64 - with;
    if with == 0.0 || without == 0.0 {
        return 0.5;
    }
    let (mut ranks, mut from) = (0.0, 0);
    while from < order.len() {
        let score = scores[order[from]];
        let until = from + order[from..].iter().take_while(|&&row| scores[row] == score).count();
        // NaN equals nothing, itself included.
        let until = until.max(from + 1);
        let rank = (from + until + 1) as f64 / 2.0;
        ranks += rank * order[from..until].iter().filter(|&&row| labels[row]).count() as f64;
        from = until;
    }
    (ranks - with * (with + 1.0) / 2.0) / (with * without)
}

/// Rows whose probabilities lie together, and what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bucket {
    /// Rows.
    pub rows: usize,
    /// The mean of what was foretold, from 0 to 1.
    pub foretold: f64,
    /// The share that has the label, from 0 to 1.
    pub happened: f64,
    /// That share over the share among all rows.
    pub lift: f64,
}

/// Ten buckets with about as many rows each, those with the highest probabilities first.
#[must_use]
pub fn deciles(probabilities: &[f64], labels: &[bool]) -> Vec<Bucket> {
    let mut order: Vec<usize> = (0..probabilities.len()).collect();
    order.sort_by(|&one, &other| probabilities[other].total_cmp(&probabilities[one]).then(one.cmp(&other)));
    let overall = labels.iter().filter(|&&label| label).count() as f64 / labels.len().max(1) as f64;
    let bounds = (0..=10).map(|nth| nth * order.len() / 10).collect::<Vec<_>>();
    bounds.windows(2).map(|pair| bucket(&order[pair[0]..pair[1]], probabilities, labels, overall)).collect()
}

/// Ten buckets by what was foretold, from 0 to 10 percent up; empty ones are left out.
#[must_use]
pub fn reliability(probabilities: &[f64], labels: &[bool]) -> Vec<Bucket> {
    let overall = labels.iter().filter(|&&label| label).count() as f64 / labels.len().max(1) as f64;
    let mut of_tenths: Vec<Vec<usize>> = vec![Vec::new(); 10];
    for (row, &odds) in probabilities.iter().enumerate() {
        of_tenths[((odds * 10.0) as usize).min(9)].push(row);
    }
    let filled = of_tenths.iter().filter(|rows| !rows.is_empty());
    filled.map(|rows| bucket(rows, probabilities, labels, overall)).collect()
}

fn bucket(rows: &[usize], probabilities: &[f64], labels: &[bool], overall: f64) -> Bucket {
    let count = rows.len().max(1) as f64;
    let foretold = rows.iter().map(|&row| probabilities[row]).sum::<f64>() / count;
    let happened = rows.iter().filter(|&&row| labels[row]).count() as f64 / count;
    Bucket {
        rows: rows.len(),
        foretold,
        happened,
        lift: if overall > 0.0 { happened / overall } else { 0.0 },
    }
}
