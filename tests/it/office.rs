//! A desk with real plugins over a store in memory, and leads to bring to it.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use leadsman_domain::lead::Lead;
use leadsman_domain::limits::Limits;
use leadsman_domain::order::Order;
use leadsman_domain::policy::{PluginSource, Policy};
use leadsman_domain::submission::{Origin, Submission};
use leadsman_domain::{AttributeName, Facts, LeadId, TenantId, Timestamp, Value};
use leadsman_flow::rules::{Rulebook, Rules};
use leadsman_flow::{Acting, Adopt, Archive, Desk, FlowError, Frozen, Intake, Warrant, freeze};
use leadsman_ledger::Store;
use leadsman_policy::{PolicyFiles, Terms};
use leadsman_rules::{Artefacts, Preparation, PreparedRulebook, Sandbox};

use crate::program::cache;

/// 2026-01-05T08:00:00Z, a Monday.
pub const MONDAY: Timestamp = Timestamp::from_ms(1_767_600_000_000);

/// One sandbox for all tests: it holds the address space of a whole pool.
pub fn sandbox() -> &'static Sandbox {
    static SANDBOX: OnceLock<Sandbox> = OnceLock::new();
    SANDBOX.get_or_init(|| Sandbox::new(Artefacts::open(&cache()).ok()).unwrap())
}

/// The bytes of a misbehaving guest.
pub fn guest(name: &str) -> &'static [u8] {
    let known = leadsman_artifacts::GUESTS.iter().find(|component| component.name == name);
    known.unwrap_or_else(|| panic!("there is no guest {name}")).bytes
}

/// Makes revisions ready in the one sandbox, which is patient: tests may run on a slow machine.
pub struct Office;

impl Rules for Office {
    fn ready(&self, frozen: &Frozen) -> Result<Arc<dyn Rulebook>, String> {
        let sources = frozen.policy.sources();
        let component = |source: &PluginSource| {
            let place = sources.iter().position(|known| *known == source).unwrap();
            Ok(frozen.components[place].clone())
        };
        let plan = Limits { component_bytes: 24 << 20, ..Limits::default() };
        let ready = PreparedRulebook::prepare(
            &sandbox().patient(),
            &frozen.policy,
            &component,
            plan,
            Preparation::Frozen,
        );
        ready.map(|ready| Arc::new(ready) as Arc<dyn Rulebook>).map_err(|error| error.to_string())
    }
}

/// A desk for a policy. Guests are files of the policy named `guests/<name>.wasm`.
pub fn desk(policy: &str) -> Desk {
    desk_in(&Store::in_memory(), policy)
}

/// The same over a store.
pub fn desk_in(store: &Store, policy: &str) -> Desk {
    desk_with(store, PolicyFiles::new().with("policy.toml", policy))
}

/// A policy with guests and its components.
fn loaded(mut files: PolicyFiles) -> (Policy, Vec<Vec<u8>>) {
    for component in leadsman_artifacts::GUESTS {
        files.insert(format!("guests/{}.wasm", component.name), component.bytes);
    }
    let loaded =
        leadsman_policy::parse(&files, &Terms::default()).unwrap_or_else(|errors| panic!("{errors}"));
    let component = |source: &PluginSource| match source {
        PluginSource::BuiltIn(name) => leadsman_artifacts::built_in(name).unwrap().to_vec(),
        PluginSource::File(path) => loaded.components[path].clone(),
        PluginSource::Uploaded(label) => panic!("{label} was not uploaded"),
    };
    let components = loaded.policy.sources().into_iter().map(component).collect();
    (loaded.policy, components)
}

/// The tenant of all desks.
pub fn acme() -> TenantId {
    TenantId::parse("acme").unwrap()
}

/// A warrant for something, with a reason.
pub fn warrant(why: &str) -> Warrant {
    Warrant { by: "test".to_owned(), at: MONDAY, why: why.to_owned() }
}

/// The same with more files.
pub fn desk_with(store: &Store, files: PolicyFiles) -> Desk {
    let (policy, components) = loaded(files);
    let ledger = store.tenant(&acme());
    Desk::open_with(ledger, Arc::new(Office), &policy, &components, Adopt::Always, &warrant(""))
        .unwrap_or_else(|error| panic!("{error}"))
}

/// Freezes a policy beside the one that decides, and gives its number.
pub fn frozen(store: &Store, files: PolicyFiles) -> u64 {
    let (policy, components) = loaded(files);
    let ledger = store.tenant(&acme());
    freeze(&*ledger, &policy, &components, &warrant("a candidate")).unwrap().0.number
}

/// A submission with facts, derived as intake does.
pub fn submission(key: &str, facts: &[(&str, &str)]) -> Submission {
    let fact = |(name, text): &(&str, &str)| {
        let value = match text.parse::<f64>() {
            Ok(number) if !name.starts_with("contact.") => Value::Number(number),
            _ => Value::Text((*text).to_owned()),
        };
        (AttributeName::parse(name).unwrap(), value)
    };
    let facts: Facts = facts.iter().map(fact).collect();
    let mut submission = Submission {
        key: Submission::key_of("test", key),
        received: MONDAY,
        facts,
        origin: Some(Origin { channel: "organic-search".to_owned(), campaign: None }),
        activities: Vec::new(),
    };
    leadsman_intake::complete(&mut submission, Some("US".parse().unwrap())).unwrap();
    submission
}

/// Takes one submission in.
pub fn take_in(desk: &Desk, submission: Submission) -> Intake {
    desk.take_in(vec![submission]).unwrap().wait().unwrap().pop().unwrap()
}

/// Orders something as a manager.
pub fn order(desk: &Desk, lead: &LeadId, order: Order, at: Timestamp) -> Result<Lead, FlowError> {
    ordered_by(desk, &Acting::Manager, lead, order, at)
}

/// Orders something as a rep.
pub fn as_rep(desk: &Desk, rep: &str, lead: &LeadId, order: Order, at: Timestamp) -> Result<Lead, FlowError> {
    ordered_by(desk, &Acting::Rep(rep.parse().unwrap()), lead, order, at)
}

fn ordered_by(
    desk: &Desk,
    acting: &Acting,
    lead: &LeadId,
    order: Order,
    at: Timestamp,
) -> Result<Lead, FlowError> {
    let warrant = Warrant { by: "mara".to_owned(), at, why: "a good reason".to_owned() };
    Ok(desk.order(lead, &order, acting, &warrant)?.wait()?)
}

/// Every lead, in the order in which they came in.
pub fn ids(archive: &Archive) -> Vec<LeadId> {
    let mut ids = Vec::new();
    let keep = |id| {
        ids.push(id);
        Ok(())
    };
    archive.each_id(keep).unwrap();
    ids
}

/// Who owns how many of these leads.
pub fn owners<'a>(intakes: impl IntoIterator<Item = &'a Intake>) -> BTreeMap<String, u64> {
    let mut owners = BTreeMap::new();
    for intake in intakes {
        if let leadsman_flow::Settled::Assigned { owner, .. } = &intake.settled {
            *owners.entry(owner.to_string()).or_default() += 1;
        }
    }
    owners
}

/// The codes of the decisions' faults in a lead's journal, in order.
pub fn faults(desk: &Desk, lead: &LeadId) -> Vec<String> {
    use leadsman_domain::journal::{Event, Outcome};
    let history = desk.archive().history(lead).unwrap();
    let fault = |event: &Event| match event {
        Event::Decided(decision) => match &decision.outcome {
            Outcome::Fault { fault, .. } => Some(fault.class.as_str().to_owned()),
            _ => None,
        },
        _ => None,
    };
    history.entries.iter().filter_map(|entry| fault(&entry.event)).collect()
}
