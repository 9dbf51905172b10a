//! Phone numbers: plausible ones, hostile ones.

use proptest::prelude::*;

use super::*;

fn region(code: &str) -> Option<Region> {
    Some(code.parse().unwrap())
}

#[test]
fn reads_numbers_as_people_write_them() {
    for (text, default, e164, kind, country) in [
        ("660-485-0224", "US", "+16604850224", "fixed-line-or-mobile", "US"),
        ("(660) 485-0224 ext. 12", "US", "+16604850224", "fixed-line-or-mobile", "US"),
        ("+49 30 901820", "US", "+4930901820", "fixed-line", "DE"),
        ("0151 23456789", "DE", "+4915123456789", "mobile", "DE"),
        ("138 1234 5678", "CN", "+8613812345678", "mobile", "CN"),
        ("+86 138‐1234‐5678", "US", "+8613812345678", "mobile", "CN"),
        ("011 86 138 1234 5678", "US", "+8613812345678", "mobile", "CN"),
        ("0049 30 901820", "CN", "+4930901820", "fixed-line", "DE"),
        ("+44 (0)20 7946 0018", "CN", "+442079460018", "fixed-line", "GB"),
        ("+44 20 7946 0018", "CN", "+442079460018", "fixed-line", "GB"),
        ("tel:+1-660-485-0224", "DE", "+16604850224", "fixed-line-or-mobile", "US"),
        ("1 800 253 0000", "US", "+18002530000", "toll-free", "US"),
    ] {
        let phone = read(text, region(default)).unwrap_or_else(|| panic!("{text} is a number"));
        assert_eq!(
            (phone.e164.as_str(), phone.kind, phone.region.as_deref()),
            (e164, kind, Some(country)),
            "{text}"
        );
    }
}

#[test]
fn full_width_digits_are_digits() {
    let phone = read("１３８ １２３４ ５６７８", region("CN")).unwrap();
    assert_eq!(phone.e164, "+8613812345678");
}

#[test]
fn what_no_country_has_is_invalid() {
    for text in [
        "12345",
        "",
        "+",
        "call me",
        "1111111111",
        "+49",
        "0",
        "+999 123456",
        "660-485-0224 or mail",
        "１２３",
        "5+5",
    ] {
        assert_eq!(read(text, region("US")), None, "{text:?}");
    }
    assert_eq!(read("660-485-0224", None), None, "without a country nobody knows whose number it is");
    assert_eq!(read(&"1".repeat(300), region("US")), None);
}

#[test]
fn a_region_is_a_country_code() {
    assert_eq!("DE".parse::<Region>().unwrap().as_str(), "DE");
    for text in ["de", "Germany", "", "XX", "🙂"] {
        assert!(text.parse::<Region>().is_err(), "{text:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_text_breaks_it(text in ".{0,60}", code in prop::sample::select(vec!["US", "DE", "CN", "AR", "BR", "MX", "GB", "IT"])) {
        let _ = read(&text, region(code));
        let _ = read(&text, None);
    }

    #[test]
    fn nothing_that_looks_like_a_number_makes_the_tables_panic(
        text in r"(tel:)?[+＋]?[0-9０-９٠-٩ ().\-/x;#]{0,40}",
        code in prop::sample::select(vec!["US", "DE", "CN", "AR", "BR", "MX", "GB", "IT", "AC", "RU"]),
    ) {
        if let Some(plain) = plain(&text) {
            let _ = read_plain(&plain, region(code));
            let _ = read_plain(&plain, None);
        }
    }

    #[test]
    fn a_number_read_again_is_itself(national in "[2-9][0-9]{2}[2-9][0-9]{6}") {
        if let Some(phone) = read(&national, region("US")) {
            let again = read(&phone.e164, None).unwrap();
            prop_assert_eq!(phone, again);
        }
    }
}
