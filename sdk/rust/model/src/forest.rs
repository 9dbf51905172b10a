//! Trees whose steps are sets of bins, and what each step adds.

use crate::InvalidModel;
use crate::document::Bytes;

/// Raw scores are log-odds in units of 2^-20, so that sums do not depend on their order.
pub const RAW_PER_LOG_ODDS: i64 = 1 << 20;

/// All trees together cannot move a raw score further than this, which keeps every sum within its type.
const REACH_MAX: i64 = 1 << 32;

/// Neither more nodes nor more trees: an evaluation has to fit into a plugin's fuel.
const NODES_MAX: usize = 1 << 18;

/// A node without children.
const LEAF: u16 = u16::MAX;

/// A node of a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// The bins that go left, as bits.
    left_bins: u64,
    /// The left child; the right one is the next.
    left: u32,
    /// What coming here adds to the raw score.
    delta: i32,
    /// Which attribute is asked.
    attribute: u16,
}

impl Node {
    /// A node that asks nothing more.
    #[must_use]
    pub const fn leaf(delta: i32) -> Self {
        Self { left_bins: 0, left: 0, delta, attribute: LEAF }
    }

    /// A node that asks for the bin of an attribute, with its left child at this place in its tree and the
    /// right one next to it.
    #[must_use]
    pub const fn split(delta: i32, attribute: u16, left_bins: u64, left: u32) -> Self {
        Self { left_bins, left, delta, attribute }
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
    roots: Vec<u32>,
}

impl Forest {
    /// Puts trees together. What the roots add goes into the base.
    ///
    /// # Errors
    ///
    /// When children do not follow their parents as a queue would have them, or the trees are too many or too
    /// powerful to be added up.
    pub fn new(base: i64, trees: &[Tree]) -> Result<Self, InvalidModel> {
        let mut forest = Self { base, nodes: Vec::new(), roots: Vec::with_capacity(trees.len()) };
        let mut reach = base.saturating_abs();
        for Tree(nodes) in trees {
            let offset = forest.nodes.len();
            let mut next = 1;
            for (place, node) in nodes.iter().enumerate() {
                let mut node = *node;
                if place == 0 {
                    forest.base = forest.base.saturating_add(i64::from(std::mem::take(&mut node.delta)));
                }
                if node.attribute != LEAF {
                    if usize::try_from(node.left).ok() != Some(next) {
                        return Err(InvalidModel::Forest("a tree is out of order"));
                    }
                    next += 2;
                    node.left = place_of(offset + next - 2)?;
                }
                forest.nodes.push(node);
            }
            if next != nodes.len() {
                return Err(InvalidModel::Forest("a tree is cut off"));
            }
            reach = reach.saturating_add(nodes.iter().map(|node| i64::from(node.delta).abs()).sum());
            forest.roots.push(place_of(offset)?);
        }
        if forest.nodes.len() > NODES_MAX || reach > REACH_MAX {
            return Err(InvalidModel::Forest("the trees are too many or too powerful"));
        }
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
        self.roots.len()
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
    pub fn raw(&self, bins: &[u8]) -> i64 {
        let mut raw = self.base;
        self.walk(bins, |_, delta| raw += i64::from(delta));
        raw
    }

    /// What each attribute adds to the base, in units of the raw score; the base and all of them sum to
    /// [`raw`](Self::raw).
    pub fn contributions(&self, bins: &[u8], contributions: &mut [i64]) {
        self.walk(bins, |attribute, delta| contributions[attribute] += i64::from(delta));
    }

    /// Goes down every tree and tells each step: the attribute that was asked, and what its answer adds.
    #[inline]
    fn walk(&self, bins: &[u8], mut step: impl FnMut(usize, i32)) {
        for &root in &self.roots {
            let mut node = &self.nodes[root as usize];
            while node.attribute != LEAF {
                let attribute = usize::from(node.attribute);
                let goes_right = !(node.left_bins >> (bins[attribute] & 63)) & 1;
                node = &self.nodes[node.left as usize + goes_right as usize];
                step(attribute, node.delta);
            }
        }
    }

    /// The trees as bytes: for each node its attribute, what it adds, and the bins that go left.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut ends = self.roots.iter().skip(1).map(|&root| root as usize).chain([self.nodes.len()]);
        for &root in &self.roots {
            let end = ends.next().unwrap_or(self.nodes.len());
            for node in &self.nodes[root as usize..end] {
                bytes.extend(node.attribute.to_le_bytes());
                bytes.extend(node.delta.to_le_bytes());
                if node.attribute != LEAF {
                    bytes.extend(node.left_bins.to_le_bytes());
                }
            }
        }
        bytes
    }

    /// The trees from bytes.
    pub(crate) fn read(base: i64, bytes: &[u8]) -> Result<Self, InvalidModel> {
        let mut bytes = Bytes(bytes);
        let mut trees = Vec::new();
        while !bytes.0.is_empty() {
            let (mut nodes, mut next) = (Vec::new(), 1_u32);
            while nodes.len() < next as usize {
                let attribute = u16::from_le_bytes(bytes.take()?);
                let delta = i32::from_le_bytes(bytes.take()?);
                nodes.push(if attribute == LEAF {
                    Node::leaf(delta)
                } else {
                    let left = next;
                    next += 2;
                    Node::split(delta, attribute, u64::from_le_bytes(bytes.take()?), left)
                });
            }
            trees.push(Tree(nodes));
        }
        Self::new(base, &trees)
    }
}

fn place_of(place: usize) -> Result<u32, InvalidModel> {
    u32::try_from(place).map_err(|_| InvalidModel::Forest("the trees are too many"))
}
