//! Gradient boosting of small trees over binned attributes, for a two-valued label.
//!
//! Each tree is grown leaf by leaf, on some of the rows and some of the attributes, against the gradient of the
//! log-loss. Boosting stops when rows that are held back have not gained for a while. Sums are taken in the
//! order of the rows, on one thread: the same examples give the same trees.

mod grow;
mod histogram;

use leadsman_model::{Bins, Tree};

use crate::chance::Chance;
use grow::Grower;

/// How trees are grown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Settings {
    /// How much of its step each tree takes.
    pub learning_rate: f64,
    /// Questions on the way down a tree at most.
    pub depth_max: usize,
    /// Leaves of a tree at most.
    pub leaves_max: usize,
    /// Added to the hessian of every node: small leaves say less.
    pub ridge: f64,
    /// The same for splits by sets of values, which can fit anything.
    pub ridge_of_sets: f64,
    /// The least hessian of a leaf; four times its number of rows where they are undecided.
    pub hessian_min: f64,
    /// The share of the rows that a tree sees.
    pub rows_share: f64,
    /// No tree sees more rows than this.
    pub rows_max: usize,
    /// The share of the attributes that a tree may ask.
    pub attributes_share: f64,
    /// Trees at most.
    pub trees_max: usize,
    /// Trees without gain after which boosting stops.
    pub patience: usize,
}

/// Examples as bins, a row after the other.
#[derive(Debug, Clone, Default)]
pub(crate) struct Binned {
    /// How many attributes a row has.
    pub width: usize,
    /// Which attributes are sets of values, not ordered.
    pub is_set: Vec<bool>,
    /// The bins.
    pub bins: Vec<u8>,
    /// Whether each row has the label.
    pub labels: Vec<bool>,
}

impl Binned {
    pub fn row(&self, row: usize) -> &[u8] {
        &self.bins[row * self.width..(row + 1) * self.width]
    }

    /// A row as the evaluator takes it.
    pub fn bins_of(&self, row: usize) -> Bins {
        self.row(row).iter().copied().collect()
    }

    pub fn rows(&self) -> usize {
        self.labels.len()
    }
}

/// What boosting came to: the log-odds before any tree, and the trees, in log-odds.
#[derive(Debug, Clone)]
pub(crate) struct Boosted {
    /// The log-odds before any tree.
    pub base: f64,
    /// Trees with what each node adds, in log-odds.
    pub trees: Vec<GrownTree>,
}

/// A tree as it is grown.
#[derive(Debug, Clone)]
pub(crate) struct GrownTree {
    /// Its shape; what it adds stands beside it.
    pub nodes: Vec<GrownNode>,
}

/// A node as it is grown: children side by side, after their parent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GrownNode {
    /// The mean of the leaves below, over the rows that came here.
    pub value: f64,
    /// Rows that came here.
    pub rows: f64,
    /// The split, if there is one.
    pub split: Option<(u8, u64, u16)>,
}

impl GrownTree {
    /// What the tree says of a row.
    pub fn value(&self, row: &[u8]) -> f64 {
        let mut node = &self.nodes[0];
        while let Some((attribute, left_bins, left)) = node.split {
            let goes_right = !(left_bins >> row[usize::from(attribute)]) & 1;
            node = &self.nodes[usize::from(left) + goes_right as usize];
        }
        node.value
    }

    /// The tree in units of the raw score, as its share of a committee.
    pub fn scaled(&self, factor: f64) -> Tree {
        let raw = |value: f64| (value * factor).round() as i32;
        let mut deltas: Vec<i32> = vec![0; self.nodes.len()];
        deltas[0] = raw(self.nodes[0].value);
        for node in &self.nodes {
            if let Some((_, _, left)) = node.split {
                for child in [usize::from(left), usize::from(left) + 1] {
                    deltas[child] = raw(self.nodes[child].value) - raw(node.value);
                }
            }
        }
        let node = |(node, delta): (&GrownNode, i32)| match node.split {
            None => leadsman_model::Node::leaf(delta),
            Some((attribute, bins, left)) => leadsman_model::Node::split(delta, attribute, bins, left),
        };
        Tree(self.nodes.iter().zip(deltas).map(node).collect())
    }
}

/// Boosts on some rows until others, which are held back, no longer gain; or for as many trees as there may be, if
/// none are. Also says the log-odds of those held back when they had gained most.
pub(crate) fn boost(
    examples: &Binned,
    rows: &[u32],
    held_back: &[u32],
    settings: &Settings,
    chance: &mut Chance,
) -> (Boosted, Vec<f64>) {
    let base = log_odds(examples, rows);
    let mut grower = Grower::new(examples, settings);
    let mut raw: Vec<f64> = vec![base; rows.len()];
    let mut raw_held: Vec<f64> = vec![base; held_back.len()];
    let mut trees: Vec<GrownTree> = Vec::new();
    let (mut best, mut best_at) = (loss(examples, held_back, &raw_held), 0);
    let mut raw_best = raw_held.clone();
    let share = settings.rows_share.min(settings.rows_max as f64 / rows.len().max(1) as f64);
    while trees.len() < settings.trees_max && trees.len() - best_at < settings.patience {
        grower.begin();
        for (place, &row) in rows.iter().enumerate() {
            if chance.happens(share) {
                let odds = sigmoid(raw[place]);
                let label = f64::from(u8::from(examples.labels[row as usize]));
                grower.push(row, odds - label, odds * (1.0 - odds));
            }
        }
        let tree = grower.grow(chance);
        let add = |rows: &[u32], raw: &mut [f64]| {
            for (raw, &row) in raw.iter_mut().zip(rows) {
                *raw += tree.value(examples.row(row as usize));
            }
        };
        add(rows, &mut raw);
        add(held_back, &mut raw_held);
        trees.push(tree);
        let now = loss(examples, held_back, &raw_held);
        if now < best || held_back.is_empty() {
            (best, best_at) = (now, trees.len());
            raw_best.clone_from(&raw_held);
        }
    }
    trees.truncate(best_at);
    (Boosted { base, trees }, raw_best)
}

/// The log-odds of the label among some rows, with half a row of each kind added.
fn log_odds(examples: &Binned, rows: &[u32]) -> f64 {
    let with = rows.iter().filter(|&&row| examples.labels[row as usize]).count() as f64;
    ((with + 0.5) / (rows.len() as f64 - with + 0.5)).ln()
}

/// The mean log-loss of some rows with these log-odds.
pub(crate) fn loss(examples: &Binned, rows: &[u32], raw: &[f64]) -> f64 {
    let one = |(&row, &raw): (&u32, &f64)| {
        let signed = if examples.labels[row as usize] { -raw } else { raw };
        // ln(1 + e^x) without overflow.
        signed.max(0.0) + (-signed.abs()).exp().ln_1p()
    };
    rows.iter().zip(raw).map(one).sum::<f64>() / rows.len().max(1) as f64
}

/// The probability of log-odds.
pub(crate) fn sigmoid(raw: f64) -> f64 {
    1.0 / (1.0 + (-raw).exp())
}
