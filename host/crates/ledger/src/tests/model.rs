//! Random batches on a store and on a map behave alike.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

type Model = BTreeMap<Key, Vec<u8>>;

#[derive(Debug, Clone)]
enum Step {
    Commit(Batch),
    Scan(Key, Option<Key>, usize),
    Settle,
    Reopen,
}

fn any_key() -> impl Strategy<Value = Key> {
    let lead = (0..4_u8, 0..4_u64)
        .prop_map(|(id, number)| Key::of(Space::Lead).text(&format!("l{id}")).number(number));
    prop_oneof![4 => lead, 1 => "[ab]{0,2}".prop_map(|id| Key::of(Space::Identity).text(&id))]
}

fn any_counter() -> impl Strategy<Value = Key> {
    (0..3_u8).prop_map(|id| load(&format!("r{id}")))
}

fn any_value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        8 => prop::collection::vec(0..3_u8, 0..3),
        1 => (7_000..22_000_usize, any::<u8>()).prop_map(|(len, byte)| vec![byte; len]),
    ]
}

fn any_batch() -> impl Strategy<Value = Batch> {
    (
        prop::collection::vec((any_key(), prop::option::of(prop::collection::vec(0..3_u8, 0..2))), 0..2),
        prop::collection::vec((any_key(), any_value()), 0..4),
        prop::collection::vec(any_key(), 0..3),
        prop::collection::vec((any_counter(), -3..4_i64), 0..3),
        prop::collection::vec(("[ab]", any_value()), 0..3),
    )
        .prop_map(|(expects, puts, deletes, adds, appends)| Batch {
            expects,
            puts,
            deletes,
            adds: adds.into_iter().map(|(key, delta)| Add { key, delta, min: -2, max: 4 }).collect(),
            appends: appends
                .into_iter()
                .map(|(id, value)| (Key::of(Space::Journal).text(&id), value))
                .collect(),
        })
}

fn any_step() -> impl Strategy<Value = Step> {
    let prefix = prop_oneof![
        Just(Key::of(Space::Lead)),
        Just(Key::of(Space::Journal)),
        (0..4_u8).prop_map(|id| Key::of(Space::Lead).text(&format!("l{id}"))),
    ];
    prop_oneof![
        20 => any_batch().prop_map(Step::Commit),
        8 => (prefix, prop::option::of(any_key()), 0..6_usize).prop_map(|(prefix, cursor, limit)| Step::Scan(prefix, cursor, limit)),
        2 => Just(Step::Settle),
        1 => Just(Step::Reopen),
    ]
}

/// What a batch comes to on a map.
fn commit_to_model(model: &mut Model, seq: u64, batch: Batch) -> Result<Vec<i64>, CommitError> {
    let mut next = model.clone();
    for (key, value) in batch.expects {
        if model.get(&key) != value.as_ref() {
            return Err(CommitError::Conflict { key });
        }
    }
    next.extend(batch.puts);
    batch.deletes.iter().for_each(|key| drop(next.remove(key)));
    let mut sums = Vec::new();
    for add in batch.adds {
        let before =
            next.get(&add.key).map_or(0, |sum| i64::from_be_bytes(sum[..].try_into().expect("a counter")));
        let sum = before + add.delta;
        if !(add.min..=add.max).contains(&sum) {
            return Err(CommitError::OutOfBounds { key: add.key, sum });
        }
        next.insert(add.key, sum.to_be_bytes().to_vec());
        sums.push(sum);
    }
    for (index, (stream, value)) in batch.appends.into_iter().enumerate() {
        next.insert(stream.number(seq).number(index as u64), value);
    }
    *model = next;
    Ok(sums)
}

fn scan_model(
    model: &Model,
    prefix: &Key,
    cursor: Option<&Key>,
    limit: usize,
) -> leadsman_flow::ledger::Page {
    let below = |key: &Key| key.space() == prefix.space() && key.parts().starts_with(prefix.parts());
    let from = |key: &Key| cursor.is_none_or(|cursor| key >= cursor);
    let mut rows = model.iter().filter(|(key, _)| below(key) && from(key));
    let page = rows.by_ref().take(limit).map(|(key, value)| (key.clone(), value.clone())).collect();
    leadsman_flow::ledger::Page { rows: page, next: rows.next().map(|(key, _)| key.clone()) }
}

fn behaves_like_a_map(mut store: Store, steps: Vec<Step>, reopen: &dyn Fn(Store) -> Store) {
    let mut model = Model::new();
    let mut ledger = acme(&store);
    for step in steps {
        match step {
            Step::Commit(batch) => {
                let seq = store.last_seq() + 1;
                let expected = commit_to_model(&mut model, seq, batch.clone());
                // Not waited for: what was accepted is seen at once, durable or not.
                let done = ledger.commit(batch).map(|ticket| ticket.receipt().clone());
                assert_eq!(done, expected.map(|sums| Receipt { seq, sums }));
            }
            Step::Scan(prefix, cursor, limit) => {
                let page = ledger.scan(&prefix, cursor.as_ref(), limit).expect("a page");
                assert_eq!(page, scan_model(&model, &prefix, cursor.as_ref(), limit));
            }
            Step::Settle => store.checkpoint().expect("settled"),
            Step::Reopen => {
                drop(ledger);
                store = reopen(store);
                ledger = acme(&store);
            }
        }
    }
    for space in [Space::Lead, Space::Identity, Space::Load, Space::Journal] {
        assert_eq!(
            rows(&*ledger, &Key::of(space), 3),
            scan_model(&model, &Key::of(space), None, usize::MAX).rows
        );
    }
    for (key, value) in model {
        assert_eq!(ledger.get(&key).expect("read"), Some(value));
    }
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        rng_seed: proptest::test_runner::RngSeed::Fixed(20),
        failure_persistence: None,
        ..ProptestConfig::with_cases(cases)
    }
}

proptest! {
    #![proptest_config(config(128))]

    #[test]
    fn in_memory(steps in prop::collection::vec(any_step(), 1..60)) {
        behaves_like_a_map(Store::in_memory(), steps, &|store| store);
    }
}

proptest! {
    #![proptest_config(config(24))]

    #[test]
    fn on_disk(steps in prop::collection::vec(any_step(), 1..80)) {
        let dir = tempfile::tempdir().expect("a folder");
        behaves_like_a_map(open(dir.path()).0, steps, &|store| {
            drop(store);
            open(dir.path()).0
        });
    }
}
