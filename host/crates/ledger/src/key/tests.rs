//! Stored keys sort like keys and read back as what they were.

use proptest::prelude::*;

use super::*;

fn any_part() -> impl Strategy<Value = Part> {
    prop_oneof![
        "[a-c\u{1}\u{ff}é]{0,4}".prop_map(|text| Part::Text(text.into())),
        any::<u64>().prop_map(Part::Number),
        (0_u64..4).prop_map(Part::Number),
        "[a-c]{0,2}".prop_map(|text| Part::Digest(Digest::of(text.as_bytes()))),
    ]
}

fn any_key() -> impl Strategy<Value = Key> {
    (1_u8..=15, prop::collection::vec(any_part(), 0..4)).prop_map(|(space, parts)| {
        let key = Key::of(Space::from_number(space).expect("a space"));
        parts.into_iter().fold(key, |key, part| match part {
            Part::Text(text) => key.text(&text),
            Part::Number(number) => key.number(number),
            Part::Digest(digest) => key.digest(digest),
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::with_cases(512) })]

    #[test]
    fn keys_read_back_as_what_they_were(key in any_key()) {
        let prefix = Prefix::system();
        prop_assert_eq!(prefix.decode(&prefix.encode(&key)).expect("readable"), key);
    }

    #[test]
    fn stored_keys_sort_like_keys(left in any_key(), right in any_key()) {
        let prefix = Prefix::system();
        prop_assert_eq!(prefix.encode(&left).cmp(&prefix.encode(&right)), left.cmp(&right));
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let _ = decode(&bytes);
    }
}

#[test]
fn a_key_of_another_tenant_is_refused() {
    let acme = Prefix::of(&TenantId::parse("acme").expect("an id"));
    let other = Prefix::of(&TenantId::parse("acme-2").expect("an id"));
    let stored = acme.encode(&Key::of(Space::Lead).text("lead-1"));
    assert!(acme.decode(&stored).is_ok());
    assert!(other.decode(&stored).is_err());
}

#[test]
fn the_end_of_a_prefix_is_the_first_key_behind_it() {
    assert_eq!(after_prefix(&[1, 2, 255]), Some(vec![1, 3]));
    assert_eq!(after_prefix(&[255, 255]), None);
    assert_eq!(after_prefix(&[]), None);
}
