//! Partners who bring leads get a part of what these become.

use leadsman_domain::agent::Rebate;
use leadsman_domain::attribution::Conversion;
use leadsman_domain::journal::Event;
use leadsman_domain::lead::Activity;
use leadsman_domain::money::Minor;
use leadsman_domain::time::DAY_MS;
use leadsman_domain::{LeadId, Timestamp};
use leadsman_flow::Desk;
use leadsman_policy::{PolicyFiles, Terms};

use super::sources::by;
use super::{after, entries, look, sound};
use crate::desk::{act, conversion};
use crate::identity::merge;
use crate::office::{desk, submission, take_in};

/// Two partners by their channels, one of them by campaigns as well, and one by what is known of leads.
pub const AGENTS: &str = r#"
default_pool = "inbound"
zone = "Asia/Shanghai"
identity = []
[[pools]]
id = "inbound"
[[agents]]
id = "harbour"
channel = "agents"
campaign = "harbour"
contracts = [
  { rate = "5%", until = 2026-02-01 },
  { rate = "7.125%", from = 2026-02-01, until = 2026-03-01 },
]
[[agents]]
id = "agents-house"
channel = "agents"
contracts = [{ rate = "1 %" }]
[[agents]]
id = "campus"
leads = [{ attribute = "brought.by", is = "Campus" }]
contracts = [{ rate = "10%" }]
"#;

fn win(desk: &Desk, lead: &LeadId, id: &str, value: i64, at: Timestamp) {
    let deal = Conversion { at, ..conversion(id, value) };
    desk.convert(lead, &deal, at).unwrap().wait().unwrap();
}

fn rebates(desk: &Desk, lead: &LeadId) -> Vec<(String, i64)> {
    let rebated = |event| match event {
        Event::Rebated { rebate: Rebate { agent, value, .. }, .. } => Some((agent.to_string(), value.0)),
        _ => None,
    };
    entries(desk, lead).into_iter().filter_map(|entry| rebated(entry.event)).collect()
}

#[test]
fn f40_a_won_deal_emits_a_rebate_by_the_contract_of_the_agent_whose_lead_it_was() {
    let desk = desk(AGENTS);
    let lead = take_in(&desk, by("one", "agents", Some("harbour"))).lead;
    let late = Activity { channel: Some("ads".to_owned()), ..act("page.visit", -1) };
    desk.record(&lead, late, after(1)).unwrap().wait().unwrap();
    win(&desk, &lead, "deal-1", 1_010, after(DAY_MS));
    win(&desk, &lead, "deal-1", 1_010, after(2 * DAY_MS));
    assert_eq!(rebates(&desk, &lead), [("harbour".to_owned(), 51)], "50.5 rounded once, told once");
    assert_eq!(look(&desk, &lead).won[0].rebate.as_ref().unwrap().value, Minor(51));
    let journal = entries(&desk, &lead);
    let place = |is: fn(&Event) -> bool| journal.iter().position(|entry| is(&entry.event)).unwrap();
    let (won, due) =
        (place(|e| matches!(e, Event::Converted { .. })), place(|e| matches!(e, Event::Rebated { .. })));
    assert!(won < due && journal[won].at == journal[due].at);

    // In Shanghai it is February eight hours before it is in Greenwich.
    let february = after(27 * DAY_MS - 16 * 60 * 60 * 1000);
    win(&desk, &lead, "deal-2", 1_000, february.plus_ms(-1));
    win(&desk, &lead, "deal-3", 1_000, february);
    win(&desk, &lead, "deal-4", 1_000, after(60 * DAY_MS));
    let due: Vec<i64> = rebates(&desk, &lead).into_iter().map(|(_, value)| value).collect();
    assert_eq!(due, [51, 50, 71], "by the contract in force when it was won; none after the last one");
    sound(&desk);
}

#[test]
fn f40_whose_lead_it_was_is_said_by_its_first_touch_or_by_an_attribute() {
    let desk = desk(AGENTS);
    let of_house = take_in(&desk, by("one", "agents", None)).lead;
    let of_nobody = take_in(&desk, by("two", "ads", Some("harbour"))).lead;
    let of_campus = submission("three", &[("contact.email", "c@c.com"), ("brought.by", "CAMPUS")]);
    let of_campus = take_in(&desk, of_campus).lead;
    for (lead, id) in [(&of_house, "a"), (&of_nobody, "b"), (&of_campus, "c")] {
        win(&desk, lead, id, -250, after(DAY_MS));
    }
    assert_eq!(rebates(&desk, &of_house), [("agents-house".to_owned(), -3)], "a half away from nothing");
    assert_eq!(rebates(&desk, &of_nobody), []);
    assert_eq!(rebates(&desk, &of_campus), [("campus".to_owned(), -25)]);
    merge(&desk, &of_nobody, &of_campus, after(2 * DAY_MS)).unwrap();
    win(&desk, &of_campus, "d", 100, after(3 * DAY_MS));
    assert_eq!(rebates(&desk, &of_nobody), [("campus".to_owned(), 10)], "it knows now what the other knew");
    sound(&desk);
}

#[test]
fn f40_contracts_that_cannot_be_kept_are_refused_with_their_places() {
    let wrong = r#"
default_pool = "inbound"
[[pools]]
id = "inbound"
[sources]
market = ["agents"]
[[agents]]
id = "one"
channel = "agent"
contracts = [{ rate = "5%", from = 2026-01-01 }, { rate = "6%", until = 2026-01-02 }]
[[agents]]
id = "one"
contracts = [{ rate = "101%" }, { rate = "1%", from = 2027-01-01, until = 2026-01-01 }]
"#;
    let files = PolicyFiles::new().with("policy.toml", wrong);
    let problems = leadsman_policy::parse(&files, &Terms::default()).unwrap_err().to_string();
    for problem in [
        "the policy knows no source \"agent\", did you mean \"agents\"?",
        "another contract is in force at the same time",
        "nothing says which leads are the agent's",
        "`one` is there already",
        "is no rate",
        "this contract ends before it begins",
    ] {
        assert!(problems.contains(problem), "{problem} is missing in {problems}");
    }
}
