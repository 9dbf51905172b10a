//! A lead becomes an account, a contact and an opportunity.

use leadsman_domain::lead::{Lack, Lead};
use leadsman_domain::life::LifeStage;
use leadsman_domain::order::Order;
use leadsman_domain::target::{Target, TargetKind};
use leadsman_domain::value::ValueKind;
use leadsman_domain::{LeadId, TargetId, Value};
use leadsman_flow::{Desk, FlowError, Known};
use leadsman_ledger::Store;

use crate::desk::{POLICY, files, large};
use crate::life::{look, sound};
use crate::office::{MONDAY, desk_with, order, submission, take_in};

const TERMS: &str = r#"
[qualification]
stage = "sql"
attributes = ["contact.email"]
[qualification.account]
"name" = "company.name"
"domain" = "company.domain"
[qualification.contact]
"email" = { from = "contact.email.normal", required = true }
[qualification.opportunity]
"seats" = { from = "company.size", kind = "number" }
"budget" = { from = "deal.budget", kind = "number", required = true }
"#;

fn office() -> Desk {
    desk_with(&Store::in_memory(), files(&format!("{POLICY}\n{TERMS}")))
}

fn qualify(desk: &Desk, lead: &LeadId, chosen: [Option<&str>; 3]) -> Result<Lead, FlowError> {
    let [account, contact, opportunity] = chosen.map(|id| id.map(|id| id.parse::<TargetId>().unwrap()));
    order(desk, lead, Order::Qualify { account, contact, opportunity }, MONDAY)
}

/// A lead that is ripe for it.
fn ripe(desk: &Desk, key: &str) -> LeadId {
    let lead = take_in(desk, large(key)).lead;
    let known = [
        ("deal.budget".parse().unwrap(), Value::Number(5_000.0)),
        ("company.name".parse().unwrap(), Value::Text("Big Company".to_owned())),
        ("company.size".parse().unwrap(), Value::Number(900.0)),
    ];
    desk.correct(&lead, &known.into_iter().collect(), MONDAY).unwrap().wait().unwrap();
    order(desk, &lead, Order::Advance { stage: LifeStage::Sql }, MONDAY).unwrap();
    lead
}

fn target(desk: &Desk, kind: TargetKind, id: &TargetId) -> Target {
    desk.archive().target(kind, id).unwrap().unwrap()
}

fn keep(desk: &Desk, kind: TargetKind, id: &str) {
    let facts = [("name".parse().unwrap(), Value::Text("as it was".to_owned()))].into_iter().collect();
    let known = Known { facts, owner: Some("c".parse().unwrap()), ..Known::default() };
    desk.keep(kind, &id.parse().unwrap(), &known, MONDAY).unwrap().wait().unwrap();
}

#[test]
fn f77_what_a_lead_lacks_for_it_is_told_all_at_once() {
    let desk = office();
    let lead = take_in(&desk, large("one")).lead;
    let size = [("company.size".parse().unwrap(), Value::Text("900".to_owned()))].into_iter().collect();
    desk.correct(&lead, &size, MONDAY).unwrap().wait().unwrap();
    let Err(FlowError::Ineligible { lacks, .. }) = qualify(&desk, &lead, [None; 3]) else { panic!() };
    assert_eq!(
        lacks,
        [
            Lack::Stage { least: LifeStage::Sql },
            Lack::Attribute { name: "deal.budget".to_owned() },
            Lack::Kind { name: "company.size".to_owned(), kind: ValueKind::Number },
        ]
    );
    assert_eq!(look(&desk, &lead).qualified, None);
}

#[test]
fn f78_each_of_the_three_is_a_new_one_or_a_known_one() {
    for chosen in 0..8 {
        let desk = office();
        keep(&desk, TargetKind::Account, "acme");
        keep(&desk, TargetKind::Contact, "mei");
        keep(&desk, TargetKind::Opportunity, "big-deal");
        let lead = ripe(&desk, "one");
        let pick = |place: usize, id: &'static str| (chosen & (1 << place) != 0).then_some(id);
        let ids = [pick(0, "acme"), pick(1, "mei"), pick(2, "big-deal")];
        let became = qualify(&desk, &lead, ids).unwrap().qualified.unwrap();
        let targets = [
            target(&desk, TargetKind::Account, &became.account),
            target(&desk, TargetKind::Contact, &became.contact),
            target(&desk, TargetKind::Opportunity, &became.opportunity),
        ];
        for (target, id) in targets.iter().zip(ids) {
            assert_eq!(target.sources, std::slice::from_ref(&lead));
            match id {
                Some(id) => {
                    assert_eq!(target.id.as_str(), id);
                    assert_eq!(target.facts.text("name"), Some("as it was"), "what is known stays");
                    assert_eq!(target.owner.as_ref().unwrap().as_str(), "c");
                }
                None => assert_eq!(target.owner.as_ref(), look(&desk, &lead).status.owner()),
            }
        }
        let [account, contact, opportunity] = targets;
        assert_eq!(account.facts.text("domain"), Some("one.com"));
        assert_eq!(contact.facts.text("email"), Some("one@one.com"));
        assert_eq!(opportunity.facts.get("seats"), Some(&Value::Number(900.0)));
        assert_eq!((opportunity.account, opportunity.contact), (Some(account.id), Some(contact.id)));
        let twice = qualify(&desk, &lead, [None; 3]);
        assert!(matches!(twice, Err(FlowError::Qualified(_))));
        sound(&desk);
    }
}

#[test]
fn f78_one_that_is_not_there_means_that_nothing_happens() {
    let desk = office();
    let lead = ripe(&desk, "one");
    let refused = qualify(&desk, &lead, [None, None, Some("nowhere")]);
    assert!(matches!(refused, Err(FlowError::UnknownTarget { kind: TargetKind::Opportunity, .. })));
    let account = TargetId::of_lead(TargetKind::Account, &lead);
    assert_eq!(desk.archive().target(TargetKind::Account, &account).unwrap(), None);
    assert_eq!(look(&desk, &lead).qualified, None);
}

#[test]
fn f79_open_tasks_go_along_and_done_ones_do_not() {
    let desk = office();
    let lead = ripe(&desk, "one");
    let add = |text: &str| Order::AddTask { text: text.to_owned(), due: None };
    order(&desk, &lead, add("call back"), MONDAY).unwrap();
    order(&desk, &lead, add("send the offer"), MONDAY).unwrap();
    order(&desk, &lead, Order::CloseTask { number: 1 }, MONDAY).unwrap();
    let unknown = order(&desk, &lead, Order::CloseTask { number: 1 }, MONDAY);
    assert!(matches!(unknown, Err(FlowError::UnknownTask { number: 1, .. })));
    let lead = qualify(&desk, &lead, [None; 3]).unwrap();
    assert_eq!(lead.tasks, []);
    let opportunity = target(&desk, TargetKind::Opportunity, &lead.qualified.unwrap().opportunity);
    let texts: Vec<&str> = opportunity.tasks.iter().map(|task| task.text.as_str()).collect();
    assert_eq!(texts, ["send the offer"]);
}

#[test]
fn f79_a_field_of_another_kind_is_refused_when_the_policy_is_read() {
    let policy = format!(
        "{POLICY}\n{}\n[import]\nsource = \"crm\"\n[import.columns]\n\"Size\" = {{ attribute = \"company.size\", type = \"text\" }}\n",
        TERMS.replace("kind = \"number\", required = true", "kind = \"flag\"")
    );
    let errors = leadsman_policy::parse(&files(&policy), &leadsman_policy::Terms::default()).unwrap_err();
    let told = errors.to_string();
    assert!(told.contains("company.size is of the kind text, and not number"), "{told}");
}

#[test]
fn f80_the_source_lead_is_found_also_after_it_was_merged() {
    let desk = office();
    let lead = ripe(&desk, "one");
    let account = qualify(&desk, &lead, [None; 3]).unwrap().qualified.unwrap().account;
    let other = take_in(&desk, submission("two", &[("contact.email", "two@two.com")])).lead;
    order(&desk, &other, Order::Merge { other: lead.clone() }, MONDAY).unwrap();
    let source = target(&desk, TargetKind::Account, &account).sources[0].clone();
    assert_eq!(look(&desk, &source).id, lead);
    assert_eq!(desk.archive().now_part_of(source).unwrap(), other);
    sound(&desk);
}

#[test]
fn an_account_of_a_qualified_lead_is_known_to_the_next_one() {
    let rules =
        "[matching]\naccounts = \"route-to-owner\"\naccount_keys = [[\"domain\"], [\"company.domain\"]]\n";
    let terms = TERMS.replace("\"domain\" = ", "\"company.domain\" = ");
    let desk = desk_with(&Store::in_memory(), files(&format!("{POLICY}\n{rules}\n{terms}")));
    let lead = ripe(&desk, "one");
    let owner = look(&desk, &lead).status.owner().cloned();
    qualify(&desk, &lead, [None; 3]).unwrap();
    for key in ["x", "y"] {
        let email = format!("{key}@one.com");
        let next =
            take_in(&desk, submission(key, &[("contact.email", &email), ("company.size", "900")])).lead;
        assert_eq!(look(&desk, &next).status.owner().cloned(), owner);
    }
}
