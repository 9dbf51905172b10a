use super::*;

fn library(entries: &[&str]) -> ListLibrary {
    let entries = entries.iter().map(ToString::to_string).collect();
    ListLibrary::new(&BTreeMap::from([("words".to_owned(), entries)]))
}

fn found(entries: &[&str], text: &str) -> Vec<String> {
    library(entries)
        .find("words", text, 32)
        .into_iter()
        .map(|hit| text[hit.start..hit.end].to_owned())
        .collect()
}

#[test]
fn a_word_split_by_full_width_spaces_is_found() {
    assert_eq!(found(&["诈骗"], "这是诈\u{3000}骗电话"), ["诈\u{3000}骗"]);
    assert_eq!(
        found(&["fraud"], "big ｆ\u{3000}Ｒ\u{3000}ａ\u{3000}ｕ\u{3000}ｄ here"),
        ["ｆ\u{3000}Ｒ\u{3000}ａ\u{3000}ｕ\u{3000}ｄ"]
    );
}

#[test]
fn zero_width_characters_hide_nothing() {
    assert_eq!(found(&["fraud"], "f\u{200b}ra\u{2060}ud"), ["f\u{200b}ra\u{2060}ud"]);
}

#[test]
fn alphabetic_words_match_only_whole() {
    assert!(found(&["rapist"], "a therapist in Paris").is_empty());
    assert!(found(&["fraud"], "off raudy").is_empty());
    assert_eq!(found(&["fraud"], "No fraud, please"), ["fraud"]);
    assert_eq!(found(&["bad debt"], "BAD   Debt!"), ["BAD   Debt"]);
}

#[test]
fn the_leftmost_longest_entry_wins() {
    assert_eq!(found(&["赌", "赌博"], "网络赌博"), ["赌博"]);
}

#[test]
fn whole_entries_fold() {
    let library = library(&["Acme  Ｌtd"]);
    assert!(library.contains("words", "acme ltd"));
    assert!(!library.contains("words", "acme"));
    assert!(!library.contains("no such list", "acme"));
}
