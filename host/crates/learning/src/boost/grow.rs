//! Growing one tree, leaf by leaf: whichever split gains most comes next.

use leadsman_model::BINS_MAX;

use super::histogram::{Split, Sums, best};
use super::{Binned, GrownNode, GrownTree, Settings};
use crate::chance::Chance;

/// Grows trees, with memory that is used again.
pub(super) struct Grower<'a> {
    examples: &'a Binned,
    settings: &'a Settings,
    sample: Vec<Sampled>,
    aside: Vec<Sampled>,
    attributes: Vec<u8>,
}

/// A row of the sample with its gradient and hessian.
#[derive(Debug, Clone, Copy)]
struct Sampled {
    row: u32,
    sums: Sums,
}

/// A leaf that may be split.
struct Leaf {
    node: usize,
    depth: usize,
    from: usize,
    until: usize,
    whole: Sums,
    histogram: Vec<Sums>,
    split: Option<Split>,
}

impl<'a> Grower<'a> {
    pub fn new(examples: &'a Binned, settings: &'a Settings) -> Self {
        Self { examples, settings, sample: Vec::new(), aside: Vec::new(), attributes: Vec::new() }
    }

    /// Begins a new sample.
    pub fn begin(&mut self) {
        self.sample.clear();
    }

    /// Adds a row to the sample.
    pub fn push(&mut self, row: u32, gradient: f64, hessian: f64) {
        self.sample.push(Sampled { row, sums: Sums { gradient, hessian } });
    }

    /// Grows a tree on the sample.
    pub fn grow(&mut self, chance: &mut Chance) -> GrownTree {
        self.choose_attributes(chance);
        let root = self.leaf(0, 0, 0, self.sample.len());
        let mut nodes = vec![node(self.sample.len())];
        let mut leaves = vec![root];
        while leaves.len() < self.settings.leaves_max {
            let gains = leaves.iter().enumerate().filter_map(|(place, leaf)| Some((place, leaf.split?.gain)));
            let most = gains.reduce(|best, one| if one.1 > best.1 { one } else { best });
            let Some((place, _)) = most else { break };
            let leaf = leaves.swap_remove(place);
            leaves.extend(self.split(leaf, &mut nodes));
        }
        for leaf in &leaves {
            let step = -leaf.whole.gradient / (leaf.whole.hessian + self.settings.ridge);
            nodes[leaf.node].value = step * self.settings.learning_rate;
        }
        in_order(&nodes)
    }

    fn choose_attributes(&mut self, chance: &mut Chance) {
        let width = self.examples.width;
        let count = ((width as f64 * self.settings.attributes_share).ceil() as usize).clamp(1, width.max(1));
        let mut all: Vec<u8> = (0..u8::try_from(width).unwrap_or(u8::MAX)).collect();
        chance.shuffle(&mut all);
        all.truncate(count);
        all.sort_unstable();
        self.attributes = all;
    }

    fn leaf(&self, node: usize, depth: usize, from: usize, until: usize) -> Leaf {
        let mut histogram = vec![Sums::default(); self.attributes.len() * BINS_MAX];
        let mut whole = Sums::default();
        for one in &self.sample[from..until] {
            let row = self.examples.row(one.row as usize);
            for (sums, &attribute) in histogram.chunks_exact_mut(BINS_MAX).zip(&self.attributes) {
                let bin = &mut sums[usize::from(row[usize::from(attribute)] & 63)];
                bin.gradient += one.sums.gradient;
                bin.hessian += one.sums.hessian;
            }
            whole.gradient += one.sums.gradient;
            whole.hessian += one.sums.hessian;
        }
        self.judged(Leaf { node, depth, from, until, whole, histogram, split: None })
    }

    /// The leaf with its best split.
    fn judged(&self, mut leaf: Leaf) -> Leaf {
        if leaf.depth == self.settings.depth_max {
            return leaf;
        }
        let of_each = leaf.histogram.chunks_exact(BINS_MAX).zip(&self.attributes);
        let splits = of_each.filter_map(|(bins, &attribute)| {
            let is_set = self.examples.is_set[usize::from(attribute)];
            best(bins, leaf.whole, attribute, is_set, self.settings)
        });
        leaf.split = splits.reduce(|best, one| if one.gain > best.gain { one } else { best });
        leaf
    }

    /// Splits a leaf in two. The sums of the larger half are what the smaller one leaves.
    fn split(&mut self, leaf: Leaf, nodes: &mut Vec<GrownNode>) -> Vec<Leaf> {
        let Some(split) = leaf.split else { return vec![leaf] };
        let middle = self.part(&leaf, &split);
        let left = nodes.len();
        nodes[leaf.node].split =
            Some((split.attribute, split.left_bins, u16::try_from(left).unwrap_or(u16::MAX)));
        nodes.push(node(middle - leaf.from));
        nodes.push(node(leaf.until - middle));
        let left_is_smaller = middle - leaf.from <= leaf.until - middle;
        let (small, large) = if left_is_smaller {
            ((left, leaf.from, middle), (left + 1, middle, leaf.until))
        } else {
            ((left + 1, middle, leaf.until), (left, leaf.from, middle))
        };
        let small = self.leaf(small.0, leaf.depth + 1, small.1, small.2);
        let mut histogram = leaf.histogram;
        for (sums, less) in histogram.iter_mut().zip(&small.histogram) {
            *sums = sums.minus(*less);
        }
        let whole = leaf.whole.minus(small.whole);
        let large = Leaf {
            node: large.0,
            depth: leaf.depth + 1,
            from: large.1,
            until: large.2,
            whole,
            histogram,
            split: None,
        };
        vec![small, self.judged(large)]
    }

    /// Moves the rows that go left to the front, the order kept, and says where the others begin.
    fn part(&mut self, leaf: &Leaf, split: &Split) -> usize {
        self.aside.clear();
        let mut middle = leaf.from;
        for place in leaf.from..leaf.until {
            let one = self.sample[place];
            let bin = self.examples.row(one.row as usize)[usize::from(split.attribute)];
            if split.left_bins >> (bin & 63) & 1 == 1 {
                self.sample[middle] = one;
                middle += 1;
            } else {
                self.aside.push(one);
            }
        }
        self.sample[middle..leaf.until].copy_from_slice(&self.aside);
        middle
    }
}

fn node(rows: usize) -> GrownNode {
    GrownNode { value: 0.0, rows: rows as f64, split: None }
}

/// The nodes as a queue would visit them, each with the mean of the leaves below it.
fn in_order(nodes: &[GrownNode]) -> GrownTree {
    let mut valued = nodes.to_vec();
    // Children come after their parents, so that backwards they are done first.
    for place in (0..valued.len()).rev() {
        if let Some((_, _, left)) = valued[place].split {
            let (one, other) = (valued[usize::from(left)], valued[usize::from(left) + 1]);
            let rows = (one.rows + other.rows).max(1.0);
            valued[place].value = (one.value * one.rows + other.value * other.rows) / rows;
        }
    }
    let mut ordered: Vec<GrownNode> = Vec::with_capacity(valued.len());
    let mut queue = vec![0_usize];
    let mut next = 0;
    while next < queue.len() {
        let mut node = valued[queue[next]];
        if let Some((attribute, bins, left)) = node.split {
            node.split = Some((attribute, bins, u16::try_from(queue.len()).unwrap_or(u16::MAX)));
            queue.extend([usize::from(left), usize::from(left) + 1]);
        }
        ordered.push(node);
        next += 1;
    }
    GrownTree { nodes: ordered }
}
