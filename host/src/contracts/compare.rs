//! What changed from one contract to another, and whether that breaks components that were built for the first.

use std::collections::BTreeSet;

use serde::Serialize;

use super::surface::{Functions, Shape, Signature, Surface};

/// One thing that is otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Where, such as `scoring.score(inputs).lead`.
    pub place: String,
    /// What.
    pub what: String,
    /// Whether components that were built for the old contract do not work under the new one.
    pub breaks: bool,
}

/// What changed, in the order of interfaces and functions.
pub fn compare(old: &Surface, new: &Surface) -> Vec<Change> {
    let mut changes = Vec::new();
    if let (Some(was), Some(is)) = (&old.version, &new.version)
        && !is_compatible(was, is)
    {
        let what =
            format!("{was} -> {is}: components name the interfaces of {was}, which the host no longer has");
        changes.push(Change { place: "leadsman:rules".to_owned(), what, breaks: true });
    }
    for name in names(&old.exports, &new.exports) {
        match (old.exports.get(name), new.exports.get(name)) {
            (Some(_), None) => changes.push(gone(name, "the host no longer calls it")),
            (None, Some(_)) => changes.push(added(name, "components need not have it", false)),
            (Some(was), Some(is)) => {
                for function in names(was, is) {
                    let place = format!("{name}.{function}");
                    match (was.get(function), is.get(function)) {
                        (Some(_), None) => changes.push(Change {
                            place,
                            what: "gone: the host no longer calls it".to_owned(),
                            breaks: false,
                        }),
                        (None, Some(_)) => changes.push(added(&place, "components do not have it", true)),
                        (Some(was), Some(is)) => signatures(&place, was, is, &mut changes),
                        (None, None) => {}
                    }
                }
            }
            (None, None) => {}
        }
    }
    for name in names(&old.imports, &new.imports) {
        let empty = Functions::new();
        let was = old.imports.get(name).unwrap_or(&empty);
        let is = new.imports.get(name).unwrap_or(&empty);
        for function in names(was, is) {
            let place = format!("{name}.{function}");
            match (was.get(function), is.get(function)) {
                (Some(_), None) => changes.push(gone(&place, "components call it")),
                (None, Some(_)) => changes.push(added(&place, "components need not call it", false)),
                (Some(was), Some(is)) => signatures(&place, was, is, &mut changes),
                (None, None) => {}
            }
        }
    }
    changes
}

/// Whether a host of the new version has what components of the old one name: Wasmtime takes versions for each
/// other that semantic versioning takes for compatible.
fn is_compatible(was: &semver::Version, is: &semver::Version) -> bool {
    let track = |version: &semver::Version| match (version.major, version.minor) {
        (0, 0) => (0, 0, version.patch),
        (0, minor) => (0, minor, 0),
        (major, _) => (major, 0, 0),
    };
    track(was) == track(is)
}

fn names<'a, T>(
    old: &'a std::collections::BTreeMap<String, T>,
    new: &'a std::collections::BTreeMap<String, T>,
) -> BTreeSet<&'a str> {
    old.keys().chain(new.keys()).map(String::as_str).collect()
}

fn gone(place: &str, why: &str) -> Change {
    Change { place: place.to_owned(), what: format!("gone: {why}"), breaks: true }
}

fn added(place: &str, why: &str, breaks: bool) -> Change {
    Change { place: place.to_owned(), what: format!("new: {why}"), breaks }
}

fn signatures(place: &str, was: &Signature, is: &Signature, changes: &mut Vec<Change>) {
    let parameters =
        |one: &Signature| one.parameters.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    if parameters(was) != parameters(is) {
        let what = format!("({}) -> ({})", parameters(was).join(", "), parameters(is).join(", "));
        changes.push(Change { place: place.to_owned(), what, breaks: true });
        return;
    }
    for ((name, was), (_, is)) in was.parameters.iter().zip(&is.parameters) {
        shapes(&format!("{place}({name})"), was, is, changes);
    }
    match (&was.result, &is.result) {
        (Some(was), Some(is)) => shapes(&format!("{place} ->"), was, is, changes),
        (None, None) => {}
        (was, is) => {
            let shown = |shape: &Option<Shape>| shape.as_ref().map_or("nothing".to_owned(), Shape::to_string);
            let what = format!("gives {} -> {}", shown(was), shown(is));
            changes.push(Change { place: place.to_owned(), what, breaks: true });
        }
    }
}

/// Types are compared by their shape, and any difference breaks: a component was compiled for one layout.
fn shapes(place: &str, was: &Shape, is: &Shape, changes: &mut Vec<Change>) {
    let mut broken = |what: String| changes.push(Change { place: place.to_owned(), what, breaks: true });
    match (was, is) {
        (Shape::Record(was), Shape::Record(is)) => {
            let before: Vec<&str> = was.iter().map(|(name, _)| name.as_str()).collect();
            let after: Vec<&str> = is.iter().map(|(name, _)| name.as_str()).collect();
            if let Some(what) = listed("field", &before, &after) {
                broken(what);
            }
            for (name, was) in was {
                if let Some((_, is)) = is.iter().find(|(other, _)| other == name) {
                    shapes(&format!("{place}.{name}"), was, is, changes);
                }
            }
        }
        (Shape::Variant(was), Shape::Variant(is)) => {
            let before: Vec<&str> = was.iter().map(|(name, _)| name.as_str()).collect();
            let after: Vec<&str> = is.iter().map(|(name, _)| name.as_str()).collect();
            if let Some(what) = listed("case", &before, &after) {
                broken(what);
            }
            for (name, was) in was {
                let Some((_, is)) = is.iter().find(|(other, _)| other == name) else { continue };
                let place = format!("{place}.{name}");
                match (was, is) {
                    (Some(was), Some(is)) => shapes(&place, was, is, changes),
                    (None, None) => {}
                    _ => changes.push(Change {
                        place,
                        what: "carries something in one and nothing in the other".to_owned(),
                        breaks: true,
                    }),
                }
            }
        }
        (Shape::Enum(was), Shape::Enum(is)) | (Shape::Flags(was), Shape::Flags(is)) => {
            let before: Vec<&str> = was.iter().map(String::as_str).collect();
            let after: Vec<&str> = is.iter().map(String::as_str).collect();
            if let Some(what) = listed("word", &before, &after) {
                broken(what);
            }
        }
        (Shape::Option(was), Shape::Option(is)) | (Shape::List(was), Shape::List(is)) => {
            shapes(place, was, is, changes);
        }
        (Shape::Result(was, was_not), Shape::Result(is, is_not)) => {
            for (part, was, is) in [("ok", was, is), ("err", was_not, is_not)] {
                match (was, is) {
                    (Some(was), Some(is)) => shapes(&format!("{place} {part}"), was, is, changes),
                    (None, None) => {}
                    _ => changes.push(Change {
                        place: format!("{place} {part}"),
                        what: "carries something in one and nothing in the other".to_owned(),
                        breaks: true,
                    }),
                }
            }
        }
        (was, is) if was == is => {}
        (was, is) => broken(format!("{was} -> {is}")),
    }
}

/// What is otherwise in a list of names; their order counts.
fn listed(kind: &str, was: &[&str], is: &[&str]) -> Option<String> {
    if was == is {
        return None;
    }
    let gone = was.iter().filter(|name| !is.contains(name)).map(|name| format!("the {kind} {name} is gone"));
    let new = is.iter().filter(|name| !was.contains(name)).map(|name| format!("the {kind} {name} is new"));
    let parts: Vec<String> = gone.chain(new).collect();
    Some(if parts.is_empty() { format!("each {kind} is there, in another order") } else { parts.join("; ") })
}
