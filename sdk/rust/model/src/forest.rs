//! Trees whose steps are sets of bins, and what each step adds.

use crate::document::Bytes;
use crate::grove::{Grove, TREES, steps_of_tree};
use crate::{ATTRIBUTES_MAX, Bins, InvalidModel};

/// Raw scores are log-odds in units of 2^-20, so that sums do not depend on their order.
pub const RAW_PER_LOG_ODDS: i64 = 1 << 20;

/// All trees together cannot move a raw score further than this, which keeps every sum within its type.
const REACH_MAX: i64 = 1 << 32;

/// Neither more nodes nor more trees: an evaluation has to fit into a plugin's fuel.
const NODES_MAX: usize = 1 << 18;

/// A node without children.
const LEAF: u8 = u8::MAX;

/// A node of a tree. Sixteen bytes, four to a line of the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// The bins that go left, as bits.
    left_bins: u64,
    /// What coming here adds to the raw score.
    delta: i32,
    /// The left child's place in the tree; the right one is the next.
    left: u16,
    /// Which attribute is asked.
    attribute: u8,
}

impl Node {
    /// A node that asks nothing more.
    #[must_use]
    pub const fn leaf(delta: i32) -> Self {
        Self { left_bins: 0, delta, left: 0, attribute: LEAF }
    }

    /// A node that asks for the bin of an attribute, with its left child at this place in its tree and the
    /// right one next to it.
    #[must_use]
    pub const fn split(delta: i32, attribute: u8, left_bins: u64, left: u16) -> Self {
        Self { left_bins, delta, left, attribute }
    }

    /// What coming here adds to the raw score.
    pub(crate) fn delta(self) -> i32 {
        self.delta
    }

    /// The attribute that is asked and the place of the left child, unless this is a leaf.
    pub(crate) fn question(self) -> Option<(u8, usize)> {
        (self.attribute != LEAF).then_some((self.attribute, usize::from(self.left)))
    }

    /// Whether a bin goes left.
    pub(crate) fn sends_left(self, bin: usize) -> bool {
        self.left_bins >> bin & 1 == 1
    }
}

/// A tree: its root first, and children side by side, after their parent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tree(pub Vec<Node>);

/// All trees of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forest {
    base: i64,
    nodes: Vec<Node>,
    /// How many nodes each tree has.
    sizes: Vec<u16>,
    /// The trees once more, as they are walked.
    groves: Vec<Grove>,
}

impl Forest {
    /// Puts trees together. What the roots add goes into the base.
    ///
    /// # Errors
    ///
    /// When children do not follow their parents as a queue would have them, a tree is larger than
    /// [`LEAVES_MAX`](crate::LEAVES_MAX) and [`DEPTH_MAX`](crate::DEPTH_MAX) allow, or the trees are too many or too
    /// powerful to be added up.
    pub fn new(base: i64, trees: &[Tree]) -> Result<Self, InvalidModel> {
        let mut forest = Self {
            base,
            nodes: Vec::new(),
            sizes: Vec::with_capacity(trees.len()),
            groves: Vec::with_capacity(trees.len().div_ceil(TREES)),
        };
        let mut reach = base.saturating_abs();
        for Tree(nodes) in trees {
            let mut next = 1;
            for (place, node) in nodes.iter().enumerate() {
                let mut node = *node;
                if place == 0 {
                    forest.base = forest.base.saturating_add(i64::from(std::mem::take(&mut node.delta)));
                }
                if node.attribute != LEAF {
                    if usize::from(node.left) != next {
                        return Err(InvalidModel::Forest("a tree is out of order"));
                    }
                    next += 2;
                }
                forest.nodes.push(node);
            }
            if next != nodes.len() {
                return Err(InvalidModel::Forest("a tree is cut off"));
            }
            reach = reach.saturating_add(nodes.iter().map(|node| i64::from(node.delta).abs()).sum());
            let size = u16::try_from(nodes.len());
            forest.sizes.push(size.map_err(|_| InvalidModel::Forest("a tree is too large"))?);
        }
        if forest.nodes.len() > NODES_MAX || reach > REACH_MAX {
            return Err(InvalidModel::Forest("the trees are too many or too powerful"));
        }
        forest.plant()?;
        Ok(forest)
    }

    /// The raw score before anything is asked: that of the average lead.
    #[must_use]
    pub fn base(&self) -> i64 {
        self.base
    }

    /// How many trees there are.
    #[must_use]
    pub fn trees(&self) -> usize {
        self.sizes.len()
    }

    /// How many nodes there are in all trees.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.nodes.len()
    }

    /// One more than the highest attribute that is asked for.
    pub(crate) fn attributes(&self) -> usize {
        let asked = self.nodes.iter().filter(|node| node.attribute != LEAF);
        asked.map(|node| usize::from(node.attribute) + 1).max().unwrap_or(0)
    }

    /// The raw score of these bins.
    #[must_use]
    pub fn raw(&self, bins: &Bins) -> i64 {
        let mut raw = self.base;
        self.walk(bins, |_, delta| raw += i64::from(delta));
        raw
    }

    /// What each of so many attributes adds to the base, in units of the raw score; the base and all of them sum
    /// to [`raw`](Self::raw).
    #[must_use]
    pub fn contributions(&self, bins: &Bins, attributes: usize) -> Vec<i64> {
        // As many as a byte can name, so that none needs to be looked for.
        let mut contributions = [0; ATTRIBUTES_MAX + 1];
        self.walk(bins, |attribute, delta| contributions[usize::from(attribute)] += i64::from(delta));
        contributions.iter().copied().take(attributes).collect()
    }

    /// Makes the trees ready to be walked: those with as many steps together, as the order of sums says nothing.
    fn plant(&mut self) -> Result<(), InvalidModel> {
        let mut rest = self.nodes.as_slice();
        let tree = |&size: &u16| rest.split_off(..usize::from(size)).unwrap_or_default();
        let mut trees: Vec<&[Node]> = self.sizes.iter().map(tree).collect();
        trees.sort_by_cached_key(|nodes| steps_of_tree(nodes));
        self.groves = trees.chunks(TREES).map(Grove::plant).collect::<Result<_, _>>()?;
        Ok(())
    }

    /// Goes down every tree and tells each step: the attribute that was asked, and what its answer adds.
    #[inline]
    fn walk(&self, bins: &Bins, mut step: impl FnMut(u8, i32)) {
        self.groves.iter().for_each(|grove| grove.walk(bins, &mut step));
    }

    /// The trees as bytes: for each node its attribute, what it adds, and the bins that go left.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for node in &self.nodes {
            bytes.push(node.attribute);
            bytes.extend(node.delta.to_le_bytes());
            if node.attribute != LEAF {
                bytes.extend(node.left_bins.to_le_bytes());
            }
        }
        bytes
    }

    /// The trees from bytes.
    pub(crate) fn read(base: i64, bytes: &[u8]) -> Result<Self, InvalidModel> {
        let mut bytes = Bytes(bytes);
        let mut trees = Vec::new();
        while !bytes.0.is_empty() {
            let (mut nodes, mut next) = (Vec::new(), 1_u16);
            while nodes.len() < usize::from(next) {
                let [attribute] = bytes.take()?;
                let delta = i32::from_le_bytes(bytes.take()?);
                nodes.push(if attribute == LEAF {
                    Node::leaf(delta)
                } else {
                    let left = next;
                    next = next.checked_add(2).ok_or(InvalidModel::Forest("a tree is too large"))?;
                    Node::split(delta, attribute, u64::from_le_bytes(bytes.take()?), left)
                });
            }
            trees.push(Tree(nodes));
        }
        Self::new(base, &trees)
    }
}
