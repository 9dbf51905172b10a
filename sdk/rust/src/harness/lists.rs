//! Lists as the host would search them, near enough for tests.

use super::host;
use crate::lists::Hit;

/// How many hits one search gives at most.
const HITS_MAX: usize = 32;

pub(crate) fn contains(list: &str, entry: &str) -> bool {
    let wanted = folded(entry);
    host::with(|host| {
        host.lists.get(list).is_some_and(|entries| entries.iter().any(|known| folded(known) == wanted))
    })
}

pub(crate) fn find(list: &str, text: &str) -> Vec<Hit> {
    host::with(|host| host.lists.get(list).map(|entries| search(entries, text)).unwrap_or_default())
}

/// A folded character with the bytes of the text that it came from.
struct Place {
    folded: char,
    start: usize,
    end: usize,
}

fn search(entries: &[String], text: &str) -> Vec<Hit> {
    let places = places(text);
    let mut hits = Vec::new();
    let mut at = 0;
    while at < places.len() && hits.len() < HITS_MAX {
        let longest = entries
            .iter()
            .filter_map(|entry| Some((entry, match_at(&places, at, entry, text)?)))
            .max_by_key(|(_, length)| *length);
        match longest {
            Some((entry, length)) => {
                let (start, end) = (places[at].start, places[at + length - 1].end);
                hits.push(Hit { entry: entry.clone(), start: start as u32, end: end as u32 });
                at += length;
            }
            None => at += 1,
        }
    }
    hits
}

fn match_at(places: &[Place], at: usize, entry: &str, text: &str) -> Option<usize> {
    let wanted: Vec<char> = entry.chars().flat_map(fold).collect();
    let found = places.get(at..at + wanted.len()).filter(|_| !wanted.is_empty())?;
    if !found.iter().zip(&wanted).all(|(place, character)| place.folded == *character) {
        return None;
    }
    let before = text[..found.first()?.start].chars().next_back();
    let after = text[found.last()?.end..].chars().next();
    let whole = joins(before, wanted.first()) || joins(after, wanted.last());
    (!whole).then_some(wanted.len())
}

/// Whether two neighbours belong to one word of an alphabetic script.
fn joins(neighbour: Option<char>, edge: Option<&char>) -> bool {
    let alphabetic = |character: char| character.is_alphanumeric() && (character as u32) < 0x2E80;
    neighbour.is_some_and(alphabetic) && edge.copied().is_some_and(alphabetic)
}

fn places(text: &str) -> Vec<Place> {
    let each = text.char_indices();
    each.flat_map(|(start, character)| {
        let end = start + character.len_utf8();
        fold(character).map(move |folded| Place { folded, start, end })
    })
    .collect()
}

fn folded(text: &str) -> String {
    text.chars().flat_map(fold).collect()
}

/// Folds width of ASCII and case, and drops white space.
fn fold(character: char) -> impl Iterator<Item = char> {
    let narrow = match character as u32 {
        wide @ 0xFF01..=0xFF5E => char::from_u32(wide - 0xFEE0).unwrap_or(character),
        _ => character,
    };
    narrow.to_lowercase().filter(|character| !character.is_whitespace())
}
