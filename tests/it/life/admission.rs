//! What pools require: leads pass inside sales before they get into the field.

use leadsman_domain::lead::{Lack, Lead, Status};
use leadsman_domain::life::LifeStage;
use leadsman_domain::order::Order;
use leadsman_domain::scoring::Points;
use leadsman_domain::time::DAY_MS;
use leadsman_domain::{LeadId, Timestamp, Value};
use leadsman_flow::{Desk, FlowError};
use leadsman_ledger::Store;

use super::{after, entries, lead_of, look, owner, pool, sound, until};
use crate::office::{as_rep, desk, desk_in, order, submission, take_in};

/// Large leads are for the field, which takes them verified and with a city; others are for inside sales.
const POLICY: &str = r#"
default_pool = "inside"
[[dispatch]]
plugin = "rule-table"
[dispatch.config]
rules = [{ name = "large", when = { attribute = "company.size", at_least = 100 }, to = { pool = "field" } }]
[[pools]]
id = "inside"
[[pools.allocation]]
plugin = "round-robin"
[[pools.follow_up]]
plugin = "follow-up"
[pools.follow_up.config]
rules = [{ name = "idle", since = "owned", within = "1d", then = { recycle = { pool = "field" } } }]
[[pools]]
id = "field"
[pools.requires]
stage = "sql"
attributes = ["company.city"]
leads = [{ attribute = "verified", is = true }]
[[pools.allocation]]
plugin = "round-robin"
[returns]
verified = "field"
[[reps]]
id = "tele"
pools = ["inside"]
[[reps]]
id = "tom"
pools = ["inside"]
[[reps]]
id = "fay"
pools = ["field"]
"#;

fn large(desk: &Desk, key: &str) -> LeadId {
    let email = format!("{key}@{key}.com");
    take_in(desk, submission(key, &[("contact.email", &email), ("company.size", "900")])).lead
}

fn know(desk: &Desk, lead: &LeadId, name: &str, value: Value, at: Timestamp) -> Lead {
    let facts = [(name.parse().unwrap(), value)].into_iter().collect();
    desk.correct(lead, &facts, at).unwrap().wait().unwrap()
}

fn verify(desk: &Desk, lead: &LeadId, at: Timestamp) -> Lead {
    know(desk, lead, "verified", Value::Flag(true), at);
    know(desk, lead, "company.city", Value::Text("Kiel".to_owned()), at);
    order(desk, lead, Order::Advance { stage: LifeStage::Sql }, at).unwrap()
}

fn lacking() -> Vec<Lack> {
    vec![
        Lack::Attribute { name: "company.city".to_owned() },
        Lack::Stage { least: LifeStage::Sql },
        Lack::Value { name: "verified".to_owned() },
    ]
}

#[test]
fn f95_a_rule_sends_a_lead_to_inside_sales_first_and_to_the_field_when_it_is_verified() {
    let desk = desk(&POLICY.replace("stage = \"sql\"\n", "stage = \"sql\"\notherwise = \"inside\"\n"));
    let lead = large(&desk, "one");
    assert_eq!(owner(&desk, &lead).as_deref(), Some("tele"), "not verified yet");
    let verified = || Order::Return { code: Some("verified".to_owned()) };
    let refused = as_rep(&desk, "tele", &lead, verified(), after(1)).unwrap_err();
    let FlowError::NotAdmitted { pool: field, lacks, .. } = &refused else { panic!("{refused}") };
    assert_eq!((field.as_str(), lacks), ("field", &lacking()));
    let expected = "may not get into pool field: company.city is not known; it is not a lead of stage sql yet; \
                    verified is not as the pool requires";
    assert!(refused.to_string().ends_with(expected), "{refused}");
    verify(&desk, &lead, after(2));
    let handed = as_rep(&desk, "tele", &lead, verified(), after(3)).unwrap();
    assert_eq!(handed.status.owner().unwrap().as_str(), "fay");
    sound(&desk);
}

#[test]
fn f95_without_another_pool_a_lead_is_blocked_with_what_it_lacks_and_goes_on_by_itself() {
    let desk = desk(POLICY);
    let lead = large(&desk, "one");
    assert_eq!(look(&desk, &lead).status, Status::Blocked { lacks: lacking() });
    let blocked = know(&desk, &lead, "company.city", Value::Text("Kiel".to_owned()), after(1));
    assert_eq!(blocked.status, Status::Blocked { lacks: lacking().split_off(1) });
    let verified = verify(&desk, &lead, after(2));
    assert_eq!(
        verified.status.owner().unwrap().as_str(),
        "fay",
        "the last thing that it lacked was its stage"
    );
    sound(&desk);
}

#[test]
fn f95_no_order_and_no_deadline_gets_a_lead_into_the_field_before() {
    let desk = desk(POLICY);
    let (lead, late) = (lead_of(&desk, "one"), lead_of(&desk, "two"));
    let refused = |order_: Order| {
        let refused = order(&desk, &lead, order_, after(1));
        assert!(matches!(refused, Err(FlowError::NotAdmitted { .. })), "{refused:?}");
    };
    refused(Order::Dispatch { pool: pool("field") });
    refused(Order::Return { code: Some("verified".to_owned()) });
    verify(&desk, &lead, after(2));
    order(&desk, &lead, Order::Dispatch { pool: pool("field") }, after(3)).unwrap();
    know(&desk, &lead, "verified", Value::Flag(false), after(4));
    refused(Order::Allocate);
    for by in [
        Order::Claim { rep: "fay".parse().unwrap() },
        Order::Assign { rep: "fay".parse().unwrap(), suggested: Vec::new() },
    ] {
        refused(by);
    }
    know(&desk, &lead, "verified", Value::Flag(true), after(5));
    let claimed =
        as_rep(&desk, "fay", &lead, Order::Claim { rep: "fay".parse().unwrap() }, after(6)).unwrap();
    assert_eq!(claimed.status.owner().unwrap().as_str(), "fay");

    assert_eq!(owner(&desk, &late).as_deref(), Some("tom"));
    until(&desk, after(DAY_MS));
    let recycled = look(&desk, &late);
    assert_eq!(recycled.status, Status::Blocked { lacks: lacking() });
    assert_eq!(recycled.former_owners[0].rep.as_str(), "tom");
    sound(&desk);
}

#[test]
fn f95_a_score_can_be_required_and_a_pool_that_stands_in_has_to_be_there() {
    let desk = desk(&POLICY.replace("stage = \"sql\"", "score = 10\nstage = \"sql\""));
    let lead = large(&desk, "one");
    let Status::Blocked { lacks } = look(&desk, &lead).status else { panic!("it is not blocked") };
    assert!(lacks.contains(&Lack::Score { line: Points::from_thousandths(10_000) }), "{lacks:?}");
    let wrong = POLICY.replace("stage = \"sql\"", "stage = \"sql\"\notherwise = \"insid\"\nscor = 3");
    let files = leadsman_policy::PolicyFiles::new().with("policy.toml", wrong.as_str());
    let problems =
        leadsman_policy::parse(&files, &leadsman_policy::Terms::default()).unwrap_err().to_string();
    assert!(
        problems.contains("there is no pool `insid`") && problems.contains("unknown key `scor`"),
        "{problems}"
    );
}

#[test]
fn what_is_blocked_goes_on_when_another_policy_asks_for_less() {
    let store = Store::in_memory();
    let blocked = large(&desk_in(&store, POLICY), "one");
    let asks_less = POLICY
        .replace("stage = \"sql\"\n", "")
        .replace("leads = [{ attribute = \"verified\", is = true }]\n", "");
    let desk = desk_in(&store, &asks_less);
    know(&desk, &large(&desk, "two"), "company.city", Value::Text("Kiel".to_owned()), after(1));
    assert_eq!(desk.look_over(None, after(2)).unwrap(), None);
    let of = |lack: &str| Status::Blocked { lacks: vec![Lack::Attribute { name: lack.to_owned() }] };
    assert_eq!(look(&desk, &blocked).status, of("company.city"), "it is told what is lacking now");
    let entries_before = entries(&desk, &blocked).len();
    desk.look_over(None, after(3)).unwrap();
    assert_eq!(entries(&desk, &blocked).len(), entries_before, "nothing new is not written");
    drop(desk);
    let desk = desk_in(&store, &asks_less.replace("attributes = [\"company.city\"]\n", ""));
    desk.look_over(None, after(4)).unwrap();
    assert_eq!(owner(&desk, &blocked).as_deref(), Some("fay"));
    sound(&desk);
}

#[test]
fn leads_that_a_pool_takes_no_longer_keep_nobody_waiting_when_it_is_filled() {
    let filled = POLICY.replace("id = \"field\"\n", "id = \"field\"\nfill = true\n");
    let open = filled.split_once("[pools.requires]").unwrap();
    let rest = open.1.split_once("[[pools.allocation]]").unwrap().1;
    let open =
        format!("{}[[pools.allocation]]{rest}", open.0).replace("id = \"fay\"", "id = \"fay\"\ncap = 0");
    let store = Store::in_memory();
    let desk = desk_in(&store, &open);
    let (first, last) = (large(&desk, "one"), large(&desk, "two"));
    verify(&desk, &last, after(1));
    assert_eq!(look(&desk, &first).status, Status::Pooled { pool: pool("field") });
    drop(desk);
    let desk = desk_in(&store, &filled);
    let moved: Vec<LeadId> = desk.fill(after(2)).unwrap().into_iter().map(|lead| lead.id).collect();
    assert_eq!(moved, [first.clone(), last.clone()]);
    assert_eq!(look(&desk, &first).status, Status::Blocked { lacks: lacking() });
    assert_eq!(owner(&desk, &last).as_deref(), Some("fay"));
    assert!(desk.fill(after(3)).unwrap().is_empty());
    sound(&desk);
}
