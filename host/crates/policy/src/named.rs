//! Things with ids: each has one, and none has another's.

use std::collections::BTreeSet;

use leadsman_domain::ids::InvalidId;

use crate::reader::{Node, Section};

/// Ids that must not come twice.
#[derive(Default)]
pub(crate) struct Unique(BTreeSet<String>);

impl Unique {
    pub fn check(&mut self, node: &Node<'_>, id: &str) {
        if !self.0.insert(id.to_owned()) {
            node.problem(format!("`{id}` is there already"), None);
        }
    }
}

/// The id that a table has to have.
pub(crate) fn id<'a, T>(
    section: &Section<'a>,
    parse: impl FnOnce(&str) -> Result<T, InvalidId>,
) -> Option<(Node<'a>, T)> {
    let node = section.require("id")?;
    let id = node.parsed(parse)?;
    Some((node, id))
}
