//! The lists of a revision in memory: whole entries by hash, entries within texts by Aho-Corasick.

use std::collections::{BTreeMap, HashSet};

use aho_corasick::{AhoCorasick, MatchKind};
use leadsman_domain::text;
use unicode_normalization::UnicodeNormalization;

/// An entry found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The entry as it stands in the list.
    pub entry: String,
    /// Where it begins, in bytes.
    pub start: usize,
    /// Where it ends, exclusive.
    pub end: usize,
}

/// All lists of a revision.
#[derive(Debug, Default)]
pub struct ListLibrary {
    lists: BTreeMap<String, List>,
}

#[derive(Debug)]
struct List {
    whole: HashSet<Box<str>>,
    entries: Vec<String>,
    search: Option<AhoCorasick>,
}

impl ListLibrary {
    /// Prepares lists for reading.
    #[must_use]
    pub fn new(lists: &BTreeMap<String, Vec<String>>) -> Self {
        let lists = lists.iter().map(|(name, entries)| (name.clone(), List::new(entries))).collect();
        Self { lists }
    }

    /// Whether a list has an entry as a whole, both folded.
    #[must_use]
    pub fn contains(&self, list: &str, entry: &str) -> bool {
        self.lists.get(list).is_some_and(|list| list.whole.contains(text::fold(entry).as_str()))
    }

    /// The entries of a list that occur in a text; see `lists.find` in `wit/lists.wit`.
    #[must_use]
    pub fn find(&self, list: &str, text: &str, hits_max: usize) -> Vec<Hit> {
        self.lists.get(list).map(|list| list.find(text, hits_max)).unwrap_or_default()
    }
}

impl List {
    fn new(entries: &[String]) -> Self {
        let whole = entries.iter().map(|entry| text::fold(entry).into_boxed_str()).collect();
        let patterns: Vec<(String, &String)> = entries
            .iter()
            .map(|entry| (Squeezed::of(entry).text, entry))
            .filter(|(pattern, _)| !pattern.is_empty())
            .collect();
        let search = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(patterns.iter().map(|(pattern, _)| pattern));
        Self {
            whole,
            entries: patterns.into_iter().map(|(_, entry)| entry.clone()).collect(),
            search: search.ok(),
        }
    }

    /// Of overlapping entries the leftmost wins, of those the longest.
    fn find(&self, text: &str, hits_max: usize) -> Vec<Hit> {
        let Some(search) = &self.search else { return Vec::new() };
        let squeezed = Squeezed::of(text);
        let mut found: Vec<(usize, usize, usize)> = search
            .find_overlapping_iter(&squeezed.text)
            .filter(|found| squeezed.stands_alone(found.start(), found.end()))
            .map(|found| (found.start(), found.end(), found.pattern().as_usize()))
            .collect();
        found.sort_by(|one, other| one.0.cmp(&other.0).then(other.1.cmp(&one.1)));
        let mut hits = Vec::new();
        let mut free_from = 0;
        for (start, end, pattern) in found {
            if start >= free_from && hits.len() < hits_max {
                free_from = end;
                let (start, end) = squeezed.origin(start, end);
                hits.push(Hit { entry: self.entries[pattern].clone(), start, end });
            }
        }
        hits
    }
}

/// A text without white space and invisible characters, folded, that remembers where each byte came
/// from and where words began.
struct Squeezed {
    text: String,
    /// For each byte of `text`: where the character it came from begins and ends in the original.
    origins: Vec<(u32, u32)>,
    /// For each byte of `text`, and one past the end: whether white space or a mark stood before it.
    word_starts: Vec<bool>,
}

impl Squeezed {
    fn of(original: &str) -> Self {
        let mut squeezed = Self {
            text: String::with_capacity(original.len()),
            origins: Vec::with_capacity(original.len()),
            word_starts: Vec::with_capacity(original.len() + 1),
        };
        let mut starts_word = true;
        for (at, character) in original.char_indices() {
            let origin = (offset(at), offset(at + character.len_utf8()));
            for folded in std::iter::once(character).nfkc().flat_map(char::to_lowercase) {
                if folded.is_whitespace() {
                    starts_word = true;
                } else if !text::is_invisible(folded) {
                    let is_mark = !folded.is_alphanumeric();
                    squeezed.push(folded, origin, starts_word || is_mark);
                    starts_word = is_mark;
                }
            }
        }
        squeezed.word_starts.push(true);
        squeezed
    }

    fn push(&mut self, character: char, origin: (u32, u32), starts_word: bool) {
        self.text.push(character);
        for byte in 0..character.len_utf8() {
            self.origins.push(origin);
            self.word_starts.push(starts_word && byte == 0);
        }
    }

    /// Whether a match may count: in scripts without spaces always, else only as whole words.
    fn stands_alone(&self, start: usize, end: usize) -> bool {
        let spaceless = |character: Option<char>| character.is_some_and(is_spaceless);
        let begins = self.word_starts[start] || spaceless(self.text[start..end].chars().next());
        let ends = self.word_starts[end] || spaceless(self.text[start..end].chars().next_back());
        begins && ends
    }

    fn origin(&self, start: usize, end: usize) -> (usize, usize) {
        (self.origins[start].0 as usize, self.origins[end - 1].1 as usize)
    }
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Whether a script writes words without spaces between them: Han, kana, Thai, Lao, Khmer, Myanmar.
fn is_spaceless(character: char) -> bool {
    matches!(character, '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{2e80}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

#[cfg(test)]
mod tests;
