//! The tree of sources: tables are branches, and arrays name the channels that are their leaves.

use leadsman_domain::sources::Sources;
use toml::de::DeValue;

use crate::reader::Node;

/// How many branches may lie above a leaf.
const BRANCHES_MAX: usize = 8;

/// Reads the tree.
pub(crate) fn read(node: &Node<'_>) -> Sources {
    let mut sources = Sources::default();
    branch(node, &mut Vec::new(), &mut sources);
    sources
}

fn branch(node: &Node<'_>, above: &mut Vec<String>, sources: &mut Sources) {
    let Some(section) = node.section() else { return };
    if above.len() >= BRANCHES_MAX {
        node.problem(format!("at most {BRANCHES_MAX} branches may lie above a source"), None);
        return;
    }
    for (name, node) in section.entries() {
        above.push(name.to_owned());
        match node.value() {
            DeValue::Table(_) => branch(&node, above, sources),
            DeValue::Array(_) => leaves(&node, above, sources),
            _ => node.expected("an array of channels, or a table of branches"),
        }
        above.pop();
    }
}

fn leaves(node: &Node<'_>, above: &[String], sources: &mut Sources) {
    for leaf in node.items() {
        let Some(name) = leaf.text() else { continue };
        if !sources.add(name, above) {
            leaf.problem(format!("the source `{name}` is there already; a source has one place"), None);
        }
    }
}
