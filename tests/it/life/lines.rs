//! One lead, several business lines.

use leadsman_domain::journal::Event;
use leadsman_domain::lead::{Child, Lead, Status};
use leadsman_domain::order::Order;
use leadsman_domain::time::DAY_MS;
use leadsman_domain::{Facts, LeadId, Value};
use leadsman_flow::backtest::Course;
use leadsman_flow::{Desk, FlowError, Replayer, Settled};
use leadsman_ledger::Store;

use super::{after, done, entries, look, owner, sound};
use crate::identity::{merge, unmerge};
use crate::office::{MONDAY, Office, as_rep, desk, desk_in, order, submission, take_in};

/// Whoever writes of 留学 may also want to study abroad.
const POLICY: &str = r#"
default_pool = "inbound"
[[follow_up]]
plugin = "follow-up"
[follow_up.config]
triggers = [
  { name = "abroad", when = { attribute = "message", contains = "留学" }, then = { spawn = { line = "study-abroad", pool = "overseas" } } },
]
[[pools]]
id = "inbound"
[[pools.allocation]]
plugin = "round-robin"
[[pools]]
id = "overseas"
[[pools.allocation]]
plugin = "round-robin"
[[reps]]
id = "ann"
pools = ["inbound"]
[[reps]]
id = "olga"
pools = ["overseas"]
"#;

fn writes(desk: &Desk, key: &str, message: &str) -> LeadId {
    let email = format!("{key}@{key}.com");
    take_in(desk, submission(key, &[("contact.email", &email), ("message", message)])).lead
}

fn child(desk: &Desk, lead: &LeadId) -> Lead {
    let children = look(desk, lead).children;
    let [Child { line, lead: child }] = children.as_slice() else { panic!("{children:?}") };
    assert_eq!(line.as_str(), "study-abroad");
    look(desk, child)
}

#[test]
fn f45_a_keyword_makes_a_lead_for_another_line_once_and_the_original_keeps_its_owner() {
    let store = Store::in_memory();
    let desk = desk_in(&store, POLICY);
    let lead = writes(&desk, "one", "想去留学");
    assert_eq!(owner(&desk, &lead).as_deref(), Some("ann"), "the original keeps its owner");
    let spawned = child(&desk, &lead);
    assert_eq!(spawned.status.owner().unwrap().as_str(), "olga", "it was routed at once");
    let source = spawned.source.clone().unwrap();
    assert_eq!((source.lead, source.pool.as_str()), (lead.clone(), "overseas"));
    assert_eq!(spawned.children, [], "it makes none in its turn");
    assert_eq!(done(&desk, &lead), [(MONDAY, "spawn")]);
    assert!(matches!(entries(&desk, &spawned.id)[0].event, Event::Received { source: Some(_), .. }));

    for message in ["没有", "又想去留学"] {
        let facts = [("message".parse().unwrap(), Value::Text(message.to_owned()))].into_iter().collect();
        desk.correct(&lead, &facts, after(1)).unwrap().wait().unwrap();
    }
    let again = submission("two", &[("contact.email", "one@one.com"), ("message", "留学")]);
    let again = take_in(&desk, again);
    assert_eq!(
        (again.settled, again.lead),
        (Settled::Duplicate, lead.clone()),
        "identities stay with the source"
    );
    assert_eq!(child(&desk, &lead).id, spawned.id, "no second one on an edit");
    assert_eq!(crate::office::ids(desk.archive()).len(), 2);
    drop(desk);
    let desk = desk_in(&store, POLICY);
    assert_eq!(child(&desk, &lead).id, spawned.id);
    sound(&desk);
    let mut replayer = Replayer::new(desk.archive(), &Office);
    [&lead, &spawned.id].into_iter().for_each(|lead| replayer.lead(lead).unwrap());
    let found = replayer.found();
    assert_eq!((found.differences, found.unreadable), (Vec::new(), Vec::new()));
}

#[test]
fn f45_by_hand_it_is_the_same_and_refused_where_there_is_one() {
    let desk = desk(POLICY);
    let lead = writes(&desk, "one", "hello");
    let spawn =
        |line: &str, pool: &str| Order::Spawn { line: line.parse().unwrap(), pool: pool.parse().unwrap() };
    let other = writes(&desk, "two", "hello");
    assert!(matches!(
        as_rep(&desk, "olga", &other, spawn("study-abroad", "overseas"), MONDAY),
        Err(FlowError::NotYours { .. })
    ));
    assert!(matches!(
        order(&desk, &lead, spawn("study-abroad", "nowhere"), MONDAY),
        Err(FlowError::UnknownPool(_))
    ));
    let after_it = as_rep(&desk, "ann", &lead, spawn("study-abroad", "overseas"), after(1)).unwrap();
    assert_eq!(after_it.status.owner().unwrap().as_str(), "ann");
    let spawned = child(&desk, &lead);
    assert_eq!((spawned.received, spawned.status.owner().unwrap().as_str()), (after(1), "olga"));
    let twice = order(&desk, &lead, spawn("study-abroad", "overseas"), after(2)).unwrap_err();
    assert!(matches!(&twice, FlowError::LineTaken { child, .. } if child.lead == spawned.id), "{twice}");
    let of_child = order(&desk, &spawned.id, spawn("visa", "overseas"), after(3)).unwrap_err();
    assert!(of_child.to_string().ends_with("order it there"), "{of_child}");
    let facts = [("message".parse().unwrap(), Value::Text("留学".to_owned()))].into_iter().collect();
    desk.correct(&lead, &facts, after(4)).unwrap().wait().unwrap();
    assert_eq!(child(&desk, &lead).id, spawned.id, "no rule makes a second one");
    order(&desk, &lead, spawn("visa", "overseas"), after(5)).unwrap();
    assert_eq!(look(&desk, &lead).children.len(), 2);
    for nth in 2..20 {
        order(&desk, &lead, spawn(&format!("line-{nth}"), "overseas"), after(6)).unwrap();
    }
    let many = order(&desk, &lead, spawn("line-20", "overseas"), after(6));
    assert!(matches!(many, Err(FlowError::TooManyLines(_))), "{many:?}");
    sound(&desk);
}

#[test]
fn f45_both_leads_count_in_one_step_and_no_cap_is_passed() {
    let both = POLICY
        .replace("id = \"ann\"\npools = [\"inbound\"]", "id = \"ann\"\ncap = 3")
        .replace("[[reps]]\nid = \"olga\"\npools = [\"overseas\"]\n", "");
    let desk = desk(&both);
    let (one, two) = (writes(&desk, "one", "留学"), writes(&desk, "two", "留学"));
    assert_eq!(owner(&desk, &one).as_deref(), Some("ann"));
    assert_eq!(child(&desk, &one).status.owner().unwrap().as_str(), "ann");
    assert_eq!(owner(&desk, &two).as_deref(), Some("ann"), "that is the third");
    assert!(matches!(child(&desk, &two).status, Status::Pooled { .. }), "and the fourth has to wait");
    sound(&desk);
}

#[test]
fn f45_a_lead_of_another_line_that_lacks_something_waits_for_its_own_pool() {
    let strict = POLICY
        .replace("id = \"overseas\"\n", "id = \"overseas\"\nrequires = { attributes = [\"country\"] }\n");
    let desk = desk(&strict);
    let lead = writes(&desk, "one", "留学");
    let spawned = child(&desk, &lead);
    assert!(matches!(spawned.status, Status::Blocked { .. }));
    let facts = [("country".parse().unwrap(), Value::Text("UK".to_owned()))].into_iter().collect();
    let complete = desk.correct(&spawned.id, &facts, after(1)).unwrap().wait().unwrap();
    assert_eq!(complete.status.owner().unwrap().as_str(), "olga");
    sound(&desk);
}

fn consent(word: &str) -> Facts {
    [("consent.contact".parse().unwrap(), Value::Text(word.to_owned()))].into_iter().collect()
}

fn agreeing(desk: &Desk, key: &str, message: &str) -> LeadId {
    let email = format!("{key}@{key}.com");
    let facts = [("contact.email", email.as_str()), ("message", message), ("consent.contact", "yes")];
    take_in(desk, submission(key, &facts)).lead
}

#[test]
fn f47_what_is_said_of_consent_holds_for_every_line() {
    let desk = desk(&format!("{POLICY}[eligibility]\nconsent = \"consent.contact\"\n"));
    let (lead, other) = (agreeing(&desk, "one", "留学"), agreeing(&desk, "two", "留学"));
    let of_child = |lead: &LeadId| child(&desk, lead).facts.text("consent.contact").map(str::to_owned);
    let withdrawn = [("contact.email", "one@one.com"), ("consent.contact", "no")];
    take_in(&desk, submission("again", &withdrawn));
    assert_eq!(of_child(&lead).as_deref(), Some("no"), "a form withdraws it for all lines");
    desk.correct(&lead, &consent("yes"), after(1)).unwrap().wait().unwrap();
    assert_eq!(of_child(&lead).as_deref(), Some("yes"));
    desk.correct(&lead, &consent("no"), after(2)).unwrap().wait().unwrap();
    assert_eq!(of_child(&lead).as_deref(), Some("no"));

    let of_other = child(&desk, &other).id;
    merge(&desk, &lead, &other, after(3)).unwrap();
    let lines = look(&desk, &lead).children;
    assert!(lines.iter().any(|line| line.lead == of_other), "what was made out of the other goes along");
    assert_eq!(look(&desk, &of_other).facts.text("consent.contact"), Some("no"), "a refusal stands");
    unmerge(&desk, &lead, &other, after(4)).unwrap();
    assert_eq!(look(&desk, &lead).children.len(), 1);
    assert_eq!(child(&desk, &other).id, of_other);
    let told = || look(&desk, &of_other).facts.text("consent.contact").map(str::to_owned);
    assert_eq!(told().as_deref(), Some("no"), "nobody gets consent by being taken apart");
    desk.correct(&other, &consent("yes"), after(5)).unwrap().wait().unwrap();
    assert_eq!(told().as_deref(), Some("yes"));

    desk.correct(&other, &consent("no"), after(6)).unwrap().wait().unwrap();
    merge(&desk, &lead, &other, after(7)).unwrap();
    desk.correct(&lead, &consent("yes"), after(8)).unwrap().wait().unwrap();
    assert_eq!(told().as_deref(), Some("yes"));
    unmerge(&desk, &lead, &other, after(9)).unwrap();
    assert_eq!(told().as_deref(), Some("no"), "what the other lead refused it refuses still");
    sound(&desk);
}

#[test]
fn f47_a_form_withdraws_what_only_another_line_was_granted() {
    let desk = desk(&format!("{POLICY}[eligibility]\nconsent = \"consent.contact\"\n"));
    let lead = writes(&desk, "one", "留学");
    let spawned = child(&desk, &lead).id;
    desk.correct(&spawned, &consent("yes"), after(1)).unwrap().wait().unwrap();
    assert_eq!(owner(&desk, &spawned).as_deref(), Some("olga"));
    take_in(&desk, submission("again", &[("contact.email", "one@one.com"), ("consent.contact", "no")]));
    assert_eq!(look(&desk, &spawned).facts.text("consent.contact"), Some("no"));
    let course = Course::of(desk.archive(), MONDAY, after(DAY_MS)).unwrap();
    assert_eq!(course.happenings().len(), 3, "what followed from the second form was not told");
    sound(&desk);
}

#[test]
fn a_lead_of_another_line_stands_by_its_source() {
    let desk = desk(POLICY);
    let lead = writes(&desk, "one", "留学");
    let spawned = child(&desk, &lead).id;
    for (into, other) in [(&lead, &spawned), (&spawned, &writes(&desk, "two", "hello"))] {
        let refused = merge(&desk, into, other, after(1)).unwrap_err().to_string();
        assert!(refused.contains("another business line"), "{refused}");
    }
    let email = [("contact.email".parse().unwrap(), Value::Text("new@new.com".to_owned()))];
    desk.correct(&spawned, &email.into_iter().collect(), after(1)).unwrap().wait().unwrap();
    let known = take_in(&desk, submission("new", &[("contact.email", "new@new.com")]));
    assert_ne!(known.lead, spawned, "it swallows nobody");
    let strict = POLICY
        .replace("id = \"overseas\"\n", "id = \"overseas\"\nrequires = { attributes = [\"country\"] }\n");
    let desk = crate::office::desk(&strict);
    let blocked = child(&desk, &writes(&desk, "one", "留学")).id;
    let assign = Order::Assign { rep: "ann".parse().unwrap(), suggested: Vec::new() };
    let refused = order(&desk, &blocked, assign, after(1)).unwrap_err().to_string();
    assert!(refused.contains("does not serve pool overseas"), "{refused}");
}
