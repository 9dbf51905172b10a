//! A small installation: two tenants, a token for each role, and rules that need no plugin.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use leadsman_domain::attribution::{Conversion, Touch, TouchRules};
use leadsman_domain::digest::Digest;
use leadsman_domain::follow_up::NextSteps;
use leadsman_domain::grading::Grading;
use leadsman_domain::identity::IdentityKey;
use leadsman_domain::lead::Lead;
use leadsman_domain::limits::Limits as PluginLimits;
use leadsman_domain::policy::{Binding, Claims, Eligibility, PluginSource, Policy, Pool, Rep, Scenario};
use leadsman_domain::routing::{Choice, Proposal, Question};
use leadsman_domain::ruling::{Fallback, PluginStamp, Ruling, Stage};
use leadsman_domain::scoring::{Axis, Contribution, Points};
use leadsman_domain::screening::{Disposition, Finding, Verdict};
use leadsman_domain::{AttributeName, Facts, PoolId, RepId, TenantId, Timestamp, Value};
use leadsman_flow::rules::{Case, Inquiry, Rulebook, Step};
use leadsman_flow::{Adopt, Archive, Desk, Examined, Frozen, Warrant};
use leadsman_ledger::Store;
use serde_json::{Value as Json, json};
use tower::ServiceExt;

use crate::tokens::{self, Role, TokenRecord};
use crate::{DraftProblem, Drafted, Lent, Limits, Looked, Refused, Service, Untold, router};

/// 2026-03-02T09:00:00Z, always.
pub(super) const NOW: Timestamp = Timestamp::from_ms(1_772_442_000_000);

/// A lead of this name breaks the rules.
pub(super) const BREAKS: &str = "breaks the rules";

pub(super) struct World {
    pub store: Store,
    pub service: Service,
    router: Router,
}

pub(super) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{}", self.text()))
    }

    pub fn lines(&self) -> Vec<Json> {
        self.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The name of the problem, after checking the form of it.
    pub fn problem(&self) -> String {
        assert_eq!(self.headers["content-type"], "application/problem+json", "{}", self.text());
        let problem = self.json();
        assert_eq!(problem["status"], self.status.as_u16());
        assert!(!problem["title"].as_str().unwrap().is_empty());
        let id = self.headers["x-request-id"].to_str().unwrap();
        assert_eq!(problem["instance"], format!("urn:leadsman:request:{id}"));
        problem["type"].as_str().unwrap().strip_prefix("urn:leadsman:problem:").unwrap().to_owned()
    }
}

impl World {
    pub fn new() -> Self {
        Self::with(Limits::default())
    }

    pub fn with(limits: Limits) -> Self {
        apart(|| Self::build(limits))
    }

    fn build(limits: Limits) -> Self {
        let store = Store::in_memory();
        let derive = |_: &Policy, facts: &mut Facts| {
            if facts.get("contact.email").is_some() {
                facts.set(AttributeName::parse("contact.email.valid").unwrap(), Value::Flag(true));
            }
        };
        let lent = Lent {
            clock: Arc::new(|| NOW),
            derive: Arc::new(derive),
            draft: Arc::new(draft),
            examine: Arc::new(examine),
            backtest: Arc::new(|_, _| Err(Untold::Busy)),
            log: Arc::new(|_, _| Vec::new()),
            receiver_address: Arc::new(address),
            random: Arc::new(|| Ok([7; 32])),
        };
        let service = Service::new(store.system(), lent, limits);
        for name in ["acme", "other"] {
            let tenant = TenantId::parse(name).unwrap();
            let rules = |_: &Frozen| Ok(Arc::new(Plain::new()) as Arc<dyn Rulebook>);
            let warrant = Warrant { by: "test".to_owned(), at: NOW, why: "the first".to_owned() };
            let ledger = store.tenant(&tenant);
            let desk =
                Desk::open_with(ledger, Arc::new(rules), &policy(), &[], Adopt::Always, &warrant).unwrap();
            service.put_tenant(tenant, Arc::new(desk));
        }
        Self { router: router(service.clone()), store, service }
    }

    /// A token of a tenant. The same one each time.
    pub fn token(&self, tenant: &str, role: Role) -> String {
        let record = TokenRecord {
            tenant: TenantId::parse(tenant).unwrap(),
            role,
            rep: (role == Role::Rep).then(|| RepId::parse("ann").unwrap()),
            label: format!("{tenant} {role}"),
            issued: NOW,
        };
        let random = *Digest::of(record.label.as_bytes()).as_bytes();
        match apart(|| tokens::issue(self.store.system().as_ref(), &record, random)) {
            Ok(token) => token.reveal().to_owned(),
            Err(_) => format!("lm_{tenant}_{}", Digest::of(record.label.as_bytes())),
        }
    }

    pub fn admin(&self) -> String {
        self.token("acme", Role::Admin)
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(request("GET", path, Some(&self.admin())).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, body: Json) -> Answer {
        self.post_text(path, "application/json", body.to_string()).await
    }

    pub async fn post_text(&self, path: &str, kind: &str, body: impl Into<Body>) -> Answer {
        let request = request("POST", path, Some(&self.admin())).header("content-type", kind);
        self.send(request.body(body.into()).unwrap()).await
    }

    pub async fn post_keyed(&self, key: &str, body: Json) -> Answer {
        let request = request("POST", "/v1/leads", Some(&self.admin()))
            .header("content-type", "application/json")
            .header("idempotency-key", key);
        self.send(request.body(body.to_string().into()).unwrap()).await
    }

    /// The id of a new lead.
    pub async fn new_lead(&self, name: &str) -> String {
        let answer = self.post("/v1/leads", lead(name)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
        answer.json()["lead"].as_str().unwrap().to_owned()
    }
}

/// Does something that blocks, as the host does before it serves.
pub(super) fn apart<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(work).join().unwrap())
}

pub(super) fn request(method: &str, path: &str, token: Option<&str>) -> axum::http::request::Builder {
    let request = Request::builder().method(method).uri(path);
    match token {
        Some(token) => request.header("authorization", format!("Bearer {token}")),
        None => request,
    }
}

/// A form of several parts, as its content type and its body.
pub(super) fn form(parts: &[(&str, &[u8])]) -> (&'static str, Vec<u8>) {
    let mut body = Vec::new();
    for (name, content) in parts {
        let head = format!("--part\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--part--\r\n");
    ("multipart/form-data; boundary=part", body)
}

/// The body of a lead with a mail address of its own.
pub(super) fn lead(name: &str) -> Json {
    json!({"facts": {"person.name": name, "contact.email": format!("{name}@example.com")}, "channel": "paid"})
}

/// Rules that reject whoever is called `junk`, give everybody ten points, and choose the first candidate.
struct Plain {
    stamp: PluginStamp,
}

impl Plain {
    fn new() -> Self {
        let digest = Digest::of(b"plain");
        let stamp = PluginStamp {
            name: "plain".to_owned(),
            version: "1.0.0".to_owned(),
            digest,
            configuration: digest,
        };
        Self { stamp }
    }
}

fn ruled<T>(answer: T) -> Ruling<T> {
    Ruling { outcome: Ok(answer), fuel: 1, log: None }
}

impl Rulebook for Plain {
    fn stamp(&self, _: Step) -> &PluginStamp {
        &self.stamp
    }

    fn screen(&self, _: Step, cases: &[Case<'_>]) -> Vec<Ruling<Verdict>> {
        let screen = |case: &Case<'_>| {
            let is_junk = case.lead.facts.text("person.name") == Some("junk");
            let finding = Finding {
                code: "junk".to_owned(),
                message: "its name says so".to_owned(),
                attribute: None,
                evidence: None,
            };
            ruled(Verdict {
                disposition: if is_junk { Disposition::Reject } else { Disposition::Accept },
                findings: is_junk.then_some(finding).into_iter().collect(),
            })
        };
        cases.iter().map(screen).collect()
    }

    fn score(&self, _: Step, cases: &[Case<'_>]) -> Vec<Ruling<Vec<Contribution>>> {
        let ten = |case: &Case<'_>| {
            assert_ne!(case.lead.facts.text("person.name"), Some(BREAKS), "a secret cause");
            ruled(vec![Contribution {
                rule: "everybody".into(),
                axis: Axis::Fit,
                points: Points::from_f64(10.0).unwrap(),
                message: "ten for everybody".into(),
            }])
        };
        cases.iter().map(ten).collect()
    }

    fn route(&self, _: Step, inquiry: &Inquiry<'_>) -> Ruling<Proposal> {
        let first = inquiry.candidates.first().map(|candidate| Choice::Rep(candidate.rep.clone()));
        let choice = match inquiry.question {
            Question::Dispatch => Choice::Pass,
            Question::Allocation => first.unwrap_or(Choice::Pass),
        };
        let (ranking, passed_over, counters, reasons) = Default::default();
        ruled(Proposal { choice, ranking, passed_over, counters, reasons })
    }

    fn review(&self, _: Step, _: Case<'_>) -> Ruling<NextSteps> {
        ruled(NextSteps::default())
    }

    fn credit(&self, _: Step, _: &Lead, _: &Conversion, touches: &[Touch]) -> Ruling<Vec<f64>> {
        ruled(vec![1.0; touches.len()])
    }
}

/// Reads a policy: the test's own with the cap of its second rep as the file says.
fn draft(_: &Archive, files: &BTreeMap<String, String>) -> Result<Drafted, Vec<DraftProblem>> {
    let cap = files.get("policy.toml").and_then(|text| text.strip_prefix("cap = "));
    let cap = cap.and_then(|cap| cap.trim().parse().ok()).ok_or_else(|| {
        let message = "there is no cap".to_owned();
        vec![DraftProblem { file: "policy.toml".to_owned(), place: Some((1, 7)), message }]
    })?;
    let mut policy = policy();
    policy.reps[1].cap = Some(cap);
    Ok(Drafted { policy, components: Vec::new() })
}

/// Lets messages go anywhere but in the house.
fn address(address: &str) -> Result<(), String> {
    if address.contains("house") { Err("it is in the house".to_owned()) } else { Ok(()) }
}

/// Looks at a component: one that is called by its own bytes, and that wants a configuration without `bad`.
fn examine(component: &[u8], configuration: &Json) -> Result<Looked, Refused> {
    let name = String::from_utf8(component.to_vec());
    let name =
        name.map_err(|_| Refused { sentence: "this is no component".to_owned(), problems: Vec::new() })?;
    let bad = configuration.get("bad").map(|_| ("/bad".to_owned(), "is not known".to_owned()));
    let plugin = Examined {
        name,
        version: "1.0.0".to_owned(),
        summary: "for tests".to_owned(),
        digest: Digest::of(component),
        bytes: component.len(),
        stages: vec![Stage::Scoring],
        batched: Some(true),
    };
    Ok(Looked { plugin, report: json!({"imports": []}), problems: bad.into_iter().collect() })
}

pub fn policy() -> Policy {
    let binding = || Binding {
        source: PluginSource::BuiltIn("plain".to_owned()),
        configuration: json!({}),
        limits: PluginLimits::default(),
        fallback: Fallback::Hold,
        axis: None,
    };
    let pool = PoolId::parse("inbound").unwrap();
    let rep = |id: &str, cap: Option<u32>| Rep {
        id: RepId::parse(id).unwrap(),
        name: id.to_owned(),
        teams: Vec::new(),
        pools: BTreeSet::new(),
        weight: 1,
        cap,
        dismissed: false,
        absences: Vec::new(),
        attributes: Facts::new(),
    };
    let email = AttributeName::parse("contact.email").unwrap();
    Policy {
        matching: Default::default(),
        qualification: Default::default(),
        screening: vec![binding()],
        scoring: vec![binding()],
        grading: Grading {
            scale: None,
            mature_from: None,
            mature_from_probability: None,
            advice: Vec::new(),
        },
        dispatch: vec![binding()],
        pools: vec![Pool {
            id: pool.clone(),
            allocation: vec![binding()],
            follow_up: Vec::new(),
            fill: false,
            exclude_former: 1,
            claims: Claims::default(),
            requires: Default::default(),
        }],
        default_pool: pool,
        reps: vec![rep("ann", None), rep("bob", Some(1))],
        attribution: vec![Scenario {
            name: "default".to_owned(),
            binding: binding(),
            touches: TouchRules::default(),
        }],
        identity: vec![IdentityKey(vec![email])],
        activities: ["email.reply", "web.visit"].map(str::to_owned).into(),
        region: None,
        sources: Default::default(),
        account: None,
        account_score: Default::default(),
        follow_up: Vec::new(),
        agents: Vec::new(),
        quotas: Vec::new(),
        eligibility: Eligibility::default(),
        returns: Default::default(),
        zone: chrono_tz::UTC,
        segments: Vec::new(),
        lists: Default::default(),
        calendars: Default::default(),
    }
}
