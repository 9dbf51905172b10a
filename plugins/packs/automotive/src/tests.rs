use leadsman_sdk::harness::{Ask, Harness, Rep, allocation, dispatch, rep, sample};
use leadsman_sdk::prelude::*;
use serde_json::{Value as Json, json};

use crate::Territory;
use crate::place::Place;

fn config() -> Json {
    json!({
        "near_km": 30, "tie_km": 5, "far_km": 120, "full_at": 0.8,
        "areas": [
            { "begins": "80", "latitude": 48.14, "longitude": 11.58 },
            { "begins": "8", "latitude": 48.37, "longitude": 10.90 },
        ],
    })
}

fn dealer(id: &str, name: &str, latitude: f64, longitude: f64) -> Rep {
    rep(id).with("dealer", name).with("latitude", latitude).with("longitude", longitude)
}

/// Two dealers in town, one in the next town, one across the country.
fn ask(postal_code: &str, loads: [u32; 4]) -> Ask {
    let [centre, north, next, far] = loads;
    allocation("showroom", sample().with("contact.postal-code", postal_code))
        .candidate(dealer("centre", "Sommer", 48.14, 11.58).load(centre, Some(10)))
        .candidate(dealer("north", "Winter", 48.25, 11.60).load(north, Some(10)))
        .candidate(dealer("next-town", "Herbst", 48.37, 10.90).load(next, Some(10)))
        .candidate(dealer("far", "Lenz", 53.55, 9.99).load(far, None))
}

fn route(ask: &Ask) -> Proposal {
    Harness::<Territory>::configure(config()).unwrap().route(ask).unwrap()
}

/// Whom it leaves, and why.
fn left(ask: &Ask) -> (Vec<String>, String) {
    let proposal = route(ask);
    match proposal.choice {
        Choice::Narrow(reps) => (reps, proposal.reasons[0].code.clone()),
        other => panic!("{other:?}"),
    }
}

fn reps(names: &[&str], code: &str) -> (Vec<String>, String) {
    (names.iter().map(|name| (*name).to_owned()).collect(), code.to_owned())
}

#[test]
fn those_who_are_near_and_have_room_take_turns() {
    assert_eq!(left(&ask("80331", [0, 0, 0, 0])), reps(&["centre", "north"], "near"));
    assert_eq!(left(&ask("80 331", [8, 0, 0, 0])), reps(&["north"], "near"));
    assert_eq!(
        left(&ask("86150", [0, 0, 0, 0])),
        reps(&["next-town"], "near"),
        "the longest beginning decides"
    );
}

#[test]
fn a_full_town_overflows_to_the_next() {
    let asked = ask("80331", [8, 9, 0, 0]);
    assert_eq!(left(&asked), reps(&["next-town"], "overflow"));
    let proposal = route(&asked);
    assert!(proposal.reasons[0].message.starts_with("Everybody within 30 km is full; the next is 5"));
    let why: Vec<(&str, &str)> =
        proposal.passed_over.iter().map(|one| (one.rep.as_str(), one.code.as_str())).collect();
    assert_eq!(
        why,
        [("centre", "full"), ("north", "full")],
        "the one across the country is out of the question"
    );
}

#[test]
fn when_all_are_full_the_near_ones_take_it_still() {
    assert_eq!(left(&ask("80331", [9, 9, 9, 0])), reps(&["centre", "north"], "all-full"));
}

#[test]
fn whom_the_customer_asks_for_gets_the_lead_full_or_not() {
    let lead = sample().with("contact.postal-code", "80331").with("dealer.wish", " herbst ");
    let asked = allocation("showroom", lead)
        .candidate(dealer("centre", "Sommer", 48.14, 11.58))
        .candidate(dealer("next-town", "Herbst", 48.37, 10.90).load(10, Some(10)));
    assert_eq!(left(&asked), reps(&["next-town"], "wish"));
    let gone = ask("80331", [0, 0, 0, 0]).only(|name| name != "next-town");
    assert_eq!(left(&gone).1, "near", "a wish that cannot be met is no obstacle");
}

#[test]
fn what_is_not_known_is_for_the_next_plugin() {
    for (asked, code) in [
        (ask("20095", [0; 4]), "no-area"),
        (allocation("showroom", sample()), "no-area"),
        (ask("80331", [0; 4]).only(|name| name == "far"), "nobody-near"),
    ] {
        let proposal = route(&asked);
        assert_eq!((proposal.choice, proposal.reasons[0].code.as_str()), (Choice::Pass, code));
    }
    assert_eq!(route(&dispatch(sample())).choice, Choice::Pass);
}

#[test]
fn distances_are_those_of_the_map() {
    let munich = Place { latitude: 48.137, longitude: 11.575 };
    let augsburg = Place { latitude: 48.371, longitude: 10.898 };
    let km = munich.km_to(&augsburg);
    assert!((km - 56.5).abs() < 1.0, "{km}");
    assert_eq!(munich.km_to(&munich), 0.0);
}

#[test]
fn problems_are_placed() {
    let bad = json!({
        "near_km": 0, "tie_km": -1, "far_km": -1, "full_at": 2,
        "areas": [
            { "begins": "80", "latitude": 91, "longitude": 181 },
            { "begins": "80", "latitude": 0, "longitude": 0 },
            { "begins": " ", "latitude": 0, "longitude": 0 },
        ],
    });
    let problems = Harness::<Territory>::configure(bad).err().unwrap();
    let places: Vec<&str> = problems.iter().map(|one| one.pointer.as_str()).collect();
    let expected = [
        "/near_km",
        "/tie_km",
        "/far_km",
        "/full_at",
        "/areas/0/latitude",
        "/areas/0/longitude",
        "/areas/1/begins",
        "/areas/2/begins",
    ];
    assert_eq!(places, expected);
}
