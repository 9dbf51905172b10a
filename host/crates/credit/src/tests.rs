use leadsman_domain::Timestamp;
use leadsman_domain::attribution::TouchRules;
use leadsman_domain::money::Minor;
use proptest::prelude::*;

use super::*;

const MODELS: [Learned; 5] = [
    Learned::Markov { order: 1 },
    Learned::Markov { order: 2 },
    Learned::Markov { order: 3 },
    Learned::Shapley,
    Learned::ShapleySimplified,
];

const PLAIN: Reading = Reading { delimiter: b',', decimals: 2 };

fn read(text: &str) -> Result<ReadJourneys, InvalidFile> {
    Journeys::read(text.as_bytes(), PLAIN, &mut |_| {})
}

fn paths(rows: &str) -> Journeys {
    read(&format!("path,total_conversions,total_conversion_value,total_null\n{rows}")).unwrap().journeys
}

/// Each channel's conversions in millionths and value in minor units, by name.
fn credits(learned: Learned, journeys: &Journeys) -> Vec<(String, i64, i64)> {
    let tally = learned.credit(journeys, &TouchRules::default()).unwrap();
    let named = journeys.channels.iter().zip(tally.credits());
    named.map(|(name, credit)| (name.clone(), credit.conversion_millionths, credit.value.0)).collect()
}

fn removal_effects(learned: Learned, journeys: &Journeys) -> Vec<f64> {
    let tally = learned.credit(journeys, &TouchRules::default()).unwrap();
    tally.credits().iter().map(|credit| credit.removal_effect.unwrap()).collect()
}

#[test]
fn the_vector_of_markov() {
    let journeys = paths("A > B,1,13,0\nA,0,0,1\nB>C,1,13,0\nC,0,0,1\n");
    let effects = removal_effects(Learned::Markov { order: 1 }, &journeys);
    for (effect, expected) in effects.iter().zip([0.375, 0.75, 0.5]) {
        assert!((effect - expected).abs() < 1e-12, "{effects:?}");
    }
    let credits = credits(Learned::Markov { order: 1 }, &journeys);
    let named = |name: &str, conversions, value| (name.to_owned(), conversions, value);
    // 3/13, 6/13 and 4/13 of two conversions that are worth 26.00.
    assert_eq!(credits, [named("A", 461_538, 600), named("B", 923_077, 1200), named("C", 615_385, 800)]);
}

#[test]
fn the_vector_of_shapley() {
    let journeys = paths("A,10,0,90\nB,20,0,80\nA > B,50,0,50\n");
    let conversions = |learned| -> Vec<i64> {
        credits(learned, &journeys).into_iter().map(|(_, conversions, _)| conversions / 1_000_000).collect()
    };
    // What came of both is split two to three: 20 and 30.
    assert_eq!(conversions(Learned::Shapley), [10 + 20, 20 + 30]);
    assert_eq!(conversions(Learned::ShapleySimplified), [10 + 25, 20 + 25]);
}

#[test]
fn a_chain_of_a_higher_order_sees_what_came_before() {
    // Whoever comes to C by A converts, and whoever comes to it by B does not.
    let journeys = paths("A > C,10,0,0\nB > C,0,0,10\n");
    let [first, second] = [1, 2].map(|order| removal_effects(Learned::Markov { order }, &journeys));
    assert_eq!(first.iter().map(|effect| (effect * 10.0).round()).collect::<Vec<_>>(), [5.0, 10.0, 5.0]);
    assert_eq!(second.iter().map(|effect| (effect * 10.0).round()).collect::<Vec<_>>(), [10.0, 10.0, 0.0]);
}

#[test]
fn nothing_is_learned_of_journeys_that_came_to_nothing() {
    let journeys = paths("A > B,0,0,3\n");
    for learned in MODELS {
        let refused = learned.credit(&journeys, &TouchRules::default()).unwrap_err();
        assert_eq!(refused, LearnError::NoConversion { journeys: 3 });
    }
}

#[test]
fn a_chain_that_is_too_large_is_refused_with_a_way_out() {
    let rows: String = (0..STATES_MAX + 1).map(|nth| format!("c{nth},1,0,0\n")).collect();
    let refused = Learned::Markov { order: 1 }.credit(&paths(&rows), &TouchRules::default()).unwrap_err();
    assert_eq!(refused, LearnError::TooManyStates { order: 1, states: STATES_MAX + 1 });
}

#[test]
fn of_a_long_journey_the_last_channels_share() {
    let names: Vec<String> = (0..30).map(|nth| format!("c{nth:02}")).collect();
    let journeys = paths(&format!("{},1,0,0\n", names.join(">")));
    let got = credits(Learned::Shapley, &journeys);
    let with: Vec<&str> = got.iter().filter(|one| one.1 > 0).map(|one| one.0.as_str()).collect();
    assert_eq!(with, names[30 - CHANNELS_MAX..]);
}

#[test]
fn touches_become_journeys_that_end_with_each_conversion() {
    let read = read(
        "\u{feff}customer_id,Time,channel,interaction,conversion,conversion_value\n\
         ann,2026-03-02T12:00:00Z,Mail,click,1,6.5\n\
         ann,2026-03-01 10:00:00,Ads,view,0,\n\
         ben,2026-03-01,Ads,view,0,0\n\
         ann,2026-03-05T12:00:00+02:00, Ads ,view,0,0\n",
    )
    .unwrap();
    assert_eq!((read.rows, read.bad.len()), (4, 0));
    let journeys = read.journeys;
    assert_eq!(journeys.channels, ["Mail", "Ads"]);
    assert_eq!(journeys.brought(), (1, Minor(650)));
    let ways: Vec<(Vec<&str>, u64, u64)> = journeys
        .all
        .iter()
        .map(|journey| {
            let way = journey.steps.iter().map(|step| journeys.name(step.channel)).collect();
            (way, journey.conversions, journey.in_vain)
        })
        .collect();
    assert_eq!(ways, [(vec!["Ads", "Mail"], 1, 0), (vec!["Ads"], 0, 1), (vec!["Ads"], 0, 1)]);
    assert_eq!(journeys.all[1].ended, Timestamp::from_ms(1_772_704_800_000), "10:00 in UTC");
}

#[test]
fn bad_rows_are_told_and_the_others_go_on() {
    let read = read(
        "customer_id,time,channel,conversion,conversion_value\n\
         ann,yesterday,ads,0,0\n\
         ann,2026-03-01,,0,0\n\
         ann,2026-03-01,ads,perhaps,0\n\
         ann,2026-03-01,ads,0,3\n\
         ann,2026-03-01,ads,1,3.125\n\
         ann,2026-03-01,ads,1,three\n\
         ann,2026-03-01\n\
         ann,2026-03-01,ads,1,3\n",
    )
    .unwrap();
    let told: Vec<String> = read.bad.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "line 2, column time: \"yesterday\" is no moment; write it as 2026-12-24T18:00:00Z or 2026-12-24 18:00:00",
            "line 3, column channel: it is empty",
            "line 4, column conversion: \"perhaps\" is neither 1 nor 0",
            "line 5, column conversion_value: there is a value, but no conversion",
            "line 6, column conversion_value: \"3.125\" has more than 2 decimals; say how many there are with --decimals",
            "line 7, column conversion_value: \"three\" is no amount; write it as 1234.50",
            "line 8, column channel: the row ends before it, after 2 fields",
        ]
    );
    assert_eq!((read.rows, read.journeys.brought()), (1, (1, Minor(300))));
    assert!(matches!(self::read("path,total_conversions\n>,1\n"), Err(InvalidFile::NoRows(Some(_)))));
}

#[test]
fn files_of_something_else_are_refused() {
    let refused = |text: &[u8]| Journeys::read(text, PLAIN, &mut |_| {}).unwrap_err().to_string();
    assert!(
        refused(b"customer_id,channel\n").contains("missing: time, conversion; found: customer_id, channel")
    );
    assert!(refused(b"").contains("found: nothing"));
    assert!(refused(b"\xff\xfep\0a\0").contains("UTF-16"));
}

/// Ways over four channels, with what came of them.
fn some_journeys() -> impl Strategy<Value = Journeys> {
    let way = prop::collection::vec(0..4_u8, 1..7);
    let row = (way, 0..4_u64, 0..10_000_i64, 0..4_u64);
    prop::collection::vec(row, 1..12).prop_map(|rows| {
        let told = rows.iter().map(|(way, conversions, value, null)| {
            let way: Vec<String> = way.iter().map(|channel| format!("c{channel}")).collect();
            let value = if *conversions == 0 { 0 } else { *value };
            format!("{},{conversions},{}.{:02},{null}\n", way.join(" > "), value / 100, value % 100)
        });
        paths(&told.chain(["c0 > c1,1,0.01,1\n".to_owned()]).collect::<String>())
    })
}

/// The share of journeys that convert in a chain of the first order without one channel, by going along it.
fn converting_without(journeys: &Journeys, removed: Option<usize>) -> f64 {
    let channels = journeys.channels.len();
    let mut moves = vec![vec![0.0; channels + 1]; channels + 1];
    let mut leaves = vec![0.0; channels + 1];
    let start = channels;
    for journey in &journeys.all {
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let [converted, all] = [journey.conversions as f64, (journey.conversions + journey.in_vain) as f64];
        let mut at = start;
        for step in &journey.steps {
            moves[at][step.channel.place()] += all;
            leaves[at] += all;
            at = step.channel.place();
        }
        moves[at][channels] += converted;
        leaves[at] += all;
    }
    let mut there = vec![0.0; channels];
    let enter = |from: usize, share: f64, there: &mut Vec<f64>| {
        for channel in (0..channels).filter(|channel| Some(*channel) != removed) {
            there[channel] += share * moves[from][channel] / leaves[from];
        }
    };
    enter(start, 1.0, &mut there);
    let mut converted = 0.0;
    for _ in 0..20_000 {
        let mut next = vec![0.0; channels];
        for (channel, share) in there.iter().enumerate().filter(|(_, share)| **share > 1e-18) {
            converted += share * moves[channel][channels] / leaves[channel];
            enter(channel, *share, &mut next);
        }
        there = next;
    }
    converted
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn credits_add_up_whatever_the_model(journeys in some_journeys()) {
        let (conversions, value) = journeys.brought();
        for learned in MODELS {
            let credits = credits(learned, &journeys);
            let sums = credits.iter().fold((0, 0), |sums, one| (sums.0 + one.1, sums.1 + one.2));
            prop_assert_eq!(sums, (i64::try_from(conversions).unwrap() * 1_000_000, value.0), "{:?}", learned);
            prop_assert!(credits.iter().all(|(_, conversions, value)| *conversions >= 0 && *value >= 0));
        }
    }

    #[test]
    fn a_removal_effect_is_what_is_lost_without_the_channel(journeys in some_journeys()) {
        let whole = converting_without(&journeys, None);
        let effects = removal_effects(Learned::Markov { order: 1 }, &journeys);
        for (channel, effect) in effects.into_iter().enumerate() {
            let expected = 1.0 - converting_without(&journeys, Some(channel)) / whole;
            prop_assert!((effect - expected).abs() < 1e-9, "{} is {}, not {}", channel, effect, expected);
        }
    }

    #[test]
    fn whatever_is_read_is_read_or_refused(text in ".{0,200}") {
        let _ = read(&text);
        let _ = read(&format!("customer_id,time,channel,conversion,conversion_value\n{text}"));
        let _ = read(&format!("path,total_conversions,total_conversion_value,total_null\n{text}"));
    }
}
