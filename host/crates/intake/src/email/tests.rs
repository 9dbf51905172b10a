//! Mail addresses: plausible ones, hostile ones.

use proptest::prelude::*;

use super::*;

#[test]
fn reads_addresses_in_a_normal_form() {
    let email = read(" Mary.C+Hall@Example-Shop.Co.UK ").unwrap();
    assert_eq!(email.normal, "mary.c+hall@example-shop.co.uk");
    assert_eq!(email.domain, "example-shop.co.uk");
    assert!(!email.disposable && !email.free);
    assert_eq!(read("ＭＥＩ＠ｅｘａｍｐｌｅ．ｃｎ").unwrap().normal, "mei@example.cn");
    assert!(read("jürgen@müller.de").is_some());
}

#[test]
fn refuses_what_is_no_address() {
    let long = format!("{}@example.com", "a".repeat(300));
    for text in [
        "a@b",
        "",
        "@",
        "a@",
        "@b.de",
        "a b@c.de",
        "a@b..de",
        "a@-b.de",
        "a@b.1",
        "a@1.2.3.4",
        "a@[1.2.3.4]",
        "a@b.c",
        "a@b.de.",
        "a@@b.de",
        "a@b@c.de",
        "Ann <a@b.de>",
        "\"a b\"@c.de",
        "a\u{200b}@b.de",
        "a@b.de\n",
        &long,
        ".a@b.de",
    ] {
        let is_trimmed = text.ends_with('\n');
        assert_eq!(read(text).is_none(), !is_trimmed, "{text:?}");
    }
}

#[test]
fn tells_free_and_disposable_providers() {
    assert!(read("a@gmail.com").unwrap().free);
    assert!(read("a@qq.com").unwrap().free);
    assert!(read("a@mailinator.com").unwrap().disposable);
    assert!(read("a@sub.mailinator.com").unwrap().disposable);
    assert!(!read("a@notmailinator.example.com").unwrap().disposable);
    assert!(!read("a@example.com").unwrap().disposable);
}

#[test]
fn the_list_of_free_providers_is_in_order() {
    assert!(FREE.is_sorted());
}

proptest! {
    #[test]
    fn no_text_breaks_it(text in ".{0,80}") {
        let _ = read(&text);
    }

    #[test]
    fn a_normal_form_is_its_own_normal_form(text in r"[a-zA-Zß.+]{1,8}@[a-zA-ZÄ0-9\-]{1,8}\.[a-zA-Z]{2,4}") {
        if let Some(email) = read(&text) {
            prop_assert_eq!(read(&email.normal), Some(email));
        }
    }
}
