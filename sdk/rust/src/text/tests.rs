use super::*;

#[test]
fn case_and_outer_space_do_not_matter() {
    assert!(equals("  ReTail ", "retail"));
    assert!(equals("ÄRZTE", &fold("Ärzte")));
    assert!(!equals("retail x", "retail"));
    assert!(!equals("ascii", "äscii"));
}

#[test]
fn parts_are_found_in_any_script() {
    assert!(starts_with("Vice President", "vice"));
    assert!(!starts_with("vi", "vice"));
    assert!(starts_with("Ökologie", &fold("ÖKO")));
    assert!(ends_with("Example GmbH ", "gmbh"));
    assert!(ends_with("Groß GMBH", "gmbh"));
    assert!(contains("Head of Sales", "of s"));
    assert!(contains("我要留学申请", "留学"));
    assert!(!contains("ab", "abc"));
    assert!(contains("anything", ""));
}

proptest::proptest! {
    /// The short cuts agree with the plain definition.
    #[test]
    fn comparisons_agree_with_folding(text in "[ aAbBäÄİΣ]{0,5}", pattern in "[aAbBäÄİΣ]{0,3}") {
        let (whole, part) = (fold(&text), fold(&pattern));
        assert_eq!(equals(&text, &part), whole == part);
        assert_eq!(starts_with(&text, &part), whole.starts_with(&part));
        assert_eq!(ends_with(&text, &part), whole.ends_with(&part));
        assert_eq!(contains(&text, &part), whole.contains(&part));
    }
}

#[test]
fn a_sigma_at_the_end_of_a_word_is_folded_as_in_the_pattern() {
    let folded = fold("ΟΔΟΣ");
    assert!(equals(" ΟΔΟΣ\u{85}", &folded) && starts_with("ΟΔΟΣ 5", &folded) && contains("η ΟΔΟΣ", &folded));
}
