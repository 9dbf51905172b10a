//! Segments: which part of the market a lead belongs to.

use leadsman_domain::segments::{Axis, Segment};

use crate::quotas::filters;
use crate::reader::{Node, Section};

/// The axes, in the order in which their names come first, each with its segments in order.
pub(crate) fn read(node: Option<Node<'_>>) -> Vec<Axis> {
    let mut axes: Vec<Axis> = Vec::new();
    for section in node.map(|node| node.sections()).unwrap_or_default() {
        let Some((axis, segment)) = segment(section) else { continue };
        match axes.iter_mut().find(|known| known.name == axis) {
            Some(known) => known.segments.push(segment),
            None => axes.push(Axis { name: axis, segments: vec![segment] }),
        }
    }
    axes
}

fn segment(section: Section<'_>) -> Option<(String, Segment)> {
    let text = |key| section.require(key).and_then(|node: Node<'_>| node.text().map(str::to_owned));
    let (axis, name) = (text("axis"), text("name"));
    let when = filters(section.get("when"));
    section.close();
    Some((axis?, Segment { name: name?, when }))
}
