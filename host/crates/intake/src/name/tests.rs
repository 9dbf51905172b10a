//! Names made comparable.

use proptest::prelude::*;

use super::*;

#[test]
fn a_company_is_the_same_with_and_without_its_legal_form() {
    for (name, expected) in [
        ("ACME, Inc.", "acme"),
        ("Acme  Corporation", "acme"),
        ("ＡＣＭＥ　ＧｍｂＨ", "acme"),
        ("Müller GmbH & Co. KG", "müller"),
        ("Sunny's Surplus", "sunny's surplus"),
        ("Smith & Co", "smith"),
        ("Rossi S.p.A.", "rossi"),
        ("Beauty Spa", "beauty spa"),
        ("Acme Pty. Ltd.", "acme"),
        ("上海示例科技有限公司", "上海示例科技"),
        ("示例集团股份有限公司", "示例集团"),
        ("株式会社サンプル", "サンプル"),
        ("サンプル㈱", "サンプル"),
        ("Maurice The Pants Man", "maurice the pants man"),
        ("Co", "co"),
        ("Limited Company", "limited"),
        ("有限公司", "有限公司"),
        ("...", "..."),
    ] {
        assert_eq!(company(name).as_deref(), Some(expected), "{name}");
    }
}

#[test]
fn blank_and_boundless_names_are_none() {
    assert_eq!(company("  "), None);
    assert_eq!(company("\u{200b}"), None);
    assert_eq!(person(""), None);
    assert_eq!(person(&"x".repeat(257)), None);
    assert_eq!(person("  Ann\u{3000}Lee ").as_deref(), Some("ann lee"));
}

proptest! {
    #[test]
    fn no_name_breaks_it_and_none_is_left_empty(name in "(.{0,40}|[a-z&.,() ]{0,20}( Inc| GmbH| Co)*)") {
        if let Some(normal) = company(&name) {
            prop_assert!(!normal.is_empty());
        }
    }
}
