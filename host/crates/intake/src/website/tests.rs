//! Web addresses and the domains in them.

use proptest::prelude::*;

use super::domain;

#[test]
fn finds_the_domain() {
    for (text, expected) in [
        ("CameraUpdate.com", "cameraupdate.com"),
        ("https://www.Example.com/about?x=1#top", "example.com"),
        ("http://user:secret@shop.example.co.uk:8080/", "shop.example.co.uk"),
        ("//example.de", "example.de"),
        ("example.com.", "example.com"),
        ("ｅｘａｍｐｌｅ．ｃｏｍ", "example.com"),
        ("https://中文.公司/", "中文.公司"),
    ] {
        let text = text.strip_prefix("//").unwrap_or(text);
        assert_eq!(domain(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn finds_none_where_none_tells_a_company() {
    let long = format!("{}.com", "a".repeat(3_000));
    for text in [
        "",
        "n/a",
        "localhost",
        "http://",
        "192.168.0.1",
        "mail me",
        "https://facebook.com/acme",
        "acme.wordpress.com",
        "linkedin.com",
        "a..b",
        &long,
    ] {
        assert_eq!(domain(text), None, "{text}");
    }
    assert_eq!(domain("notfacebook.com").as_deref(), Some("notfacebook.com"));
}

proptest! {
    #[test]
    fn no_text_breaks_it(text in ".{0,80}") {
        let _ = domain(&text);
    }
}
