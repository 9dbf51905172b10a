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
