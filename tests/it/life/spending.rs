//! What campaigns cost and brought: by themselves, with their parts, step by step.

use leadsman_domain::attribution::Conversion;
use leadsman_domain::campaign::{Campaign, Campaigns};
use leadsman_domain::lead::Activity;
use leadsman_domain::money::Minor;
use leadsman_domain::order::Order;
use leadsman_domain::target::TargetKind;
use leadsman_domain::time::DAY_MS;
use leadsman_domain::{LeadId, TargetId};
use leadsman_flow::report::{Brought, CampaignReport, Span};
use leadsman_flow::{Desk, Known, keep_campaigns};
use proptest::prelude::*;
use serde_json::json;

use super::after;
use crate::desk::{act, conversion};
use crate::office::{MONDAY, desk, order, submission, take_in};
use crate::program::{arg, leadsman, run, said, write};
use crate::serve::{Server, token};

const POLICY: &str = r#"
default_pool = "sea"
identity = [["contact.email.normal"]]
[matching]
contacts = "link"
[[pools]]
id = "sea"
[[attribution]]
scenario = "default"
plugin = "attribution"
config = { model = "linear" }
"#;

/// Campaigns, each with what it is part of and what it cost.
fn told(campaigns: &[(&str, Option<&str>, i64)]) -> Campaigns {
    let campaign = |(id, parent, cost): &(&str, Option<&str>, i64)| {
        let parent = parent.map(str::to_owned);
        ((*id).to_owned(), Campaign { parent, cost: Minor(*cost), ..Campaign::default() })
    };
    Campaigns(campaigns.iter().map(campaign).collect())
}

fn touched(desk: &Desk, key: &str, campaigns: &[&str]) -> LeadId {
    let email = format!("{key}@{key}.com");
    let mut came = submission(key, &[("contact.email", &email)]);
    came.origin = None;
    let lead = take_in(desk, came).lead;
    for (day, campaign) in (0..).zip(campaigns) {
        let (channel, campaign) = (Some("event".to_owned()), Some((*campaign).to_owned()));
        let touch = Activity { channel, campaign, ..act("event.visit", day) };
        desk.record(&lead, touch, after(day * DAY_MS)).unwrap().wait().unwrap();
    }
    lead
}

fn win(desk: &Desk, lead: &LeadId, value: i64) {
    let deal = Conversion { at: after(9 * DAY_MS), ..conversion(&format!("deal-{lead}"), value) };
    desk.convert(lead, &deal, deal.at).unwrap().wait().unwrap();
}

fn report(desk: &Desk) -> CampaignReport {
    CampaignReport::of(desk.archive(), Span::default()).unwrap()
}

#[test]
fn f82_a_campaign_with_parts_is_its_own_and_theirs_and_counts_nobody_twice() {
    let desk = desk(POLICY);
    let campaigns = [("year", None, 1_000), ("spring", Some("year"), 300), ("fair", Some("year"), 200)];
    keep_campaigns(desk.ledger(), &told(&campaigns)).unwrap();
    let both = touched(&desk, "one", &["spring", "fair", "year"]);
    let spring = touched(&desk, "two", &["spring", "spring"]);
    touched(&desk, "three", &["elsewhere"]);
    win(&desk, &both, 3_000);
    win(&desk, &spring, 500);
    let report = report(&desk);
    let figures =
        |of: &Brought| (of.cost_minor, of.leads, of.orders, of.credited_minor, of.credited_millionths);
    let of = |campaign: &str| &report.campaigns[campaign];
    assert_eq!(figures(&of("spring").own), (300, 2, 2, 1_000 + 500, 333_333 + 1_000_000 + 1));
    assert_eq!(figures(&of("fair").own), (200, 1, 1, 1_000, 333_333));
    assert_eq!(figures(&of("year").own), (1_000, 1, 1, 1_000, 333_333));
    assert_eq!(figures(&of("year").whole), (1_500, 2, 2, 3_500, 2_000_000), "two leads, not four");
    assert_eq!(of("year").whole.return_on_investment, Some(2_000.0 / 1_500.0));
    assert_eq!(of("spring").whole, of("spring").own);
    assert_eq!(
        (of("elsewhere").own.leads, of("elsewhere").own.return_on_investment),
        (1, None),
        "it cost nothing"
    );
    let nothing =
        CampaignReport::of(desk.archive(), Span { from: Some(after(20 * DAY_MS)), until: None }).unwrap();
    assert_eq!(figures(&nothing.campaigns["year"].whole), (1_500, 0, 0, 0, 0), "costs are as of now");
}

#[test]
fn f22_f24_the_way_from_cost_to_order_is_told_step_by_step_and_what_has_no_ground_is_not() {
    let desk = desk(POLICY);
    let known =
        Known { facts: submission("x", &[("contact.email", "one@one.com")]).facts, ..Known::default() };
    desk.keep(TargetKind::Contact, &TargetId::parse("ann").unwrap(), &known, MONDAY).unwrap().wait().unwrap();
    let shown =
        Campaign { impressions: Some(1_000), clicks: Some(40), cost: Minor(800), ..Campaign::default() };
    let unseen = Campaign::default();
    let campaigns = [("fair".to_owned(), shown), ("quiet".to_owned(), unseen)];
    keep_campaigns(desk.ledger(), &Campaigns(campaigns.into_iter().collect())).unwrap();
    let leads = ["one", "two", "three", "four"].map(|key| touched(&desk, key, &["fair"]));
    for lead in &leads[..2] {
        let qualify = Order::Qualify { account: None, contact: None, opportunity: None };
        order(&desk, lead, qualify, after(DAY_MS)).unwrap();
    }
    win(&desk, &leads[0], 1_000);
    let report = report(&desk);
    let fair = &report.campaigns["fair"].whole;
    assert_eq!(
        (fair.leads, fair.known_customers, fair.customers, fair.opportunities, fair.orders),
        (4, 1, 2, 2, 1)
    );
    let shares = &fair.shares;
    assert_eq!((shares.clicks, shares.leads, shares.customers), (Some(0.04), Some(0.1), Some(0.5)));
    assert_eq!(
        (shares.opportunities, shares.orders, shares.known_customers),
        (Some(1.0), Some(0.5), Some(0.25))
    );
    assert_eq!((fair.cost_of_lead_minor, fair.return_on_investment), (Some(200.0), Some(0.25)));
    let quiet = &report.campaigns["quiet"].whole;
    assert_eq!((quiet.shares, quiet.cost_of_lead_minor), (leadsman_flow::report::Shares::default(), None));
}

#[test]
fn campaigns_come_from_a_file_all_or_none_and_are_no_part_of_themselves() {
    let folder = tempfile::tempdir().unwrap();
    let good = "campaign,name,parent,cost_minor,impressions,clicks\nfair,Hanover fair,year,2500,,\nyear,,,100,1000,40\n";
    let files: [(&str, &[u8]); 5] = [
        ("tenants/acme/policy.toml", POLICY.as_bytes()),
        ("good.csv", good.as_bytes()),
        ("circle.csv", b"campaign,parent\nyear,spring\nspring,fair\n"),
        ("bad.csv", b"campaign,cost_minor\nyear,much\n"),
        ("unknown.csv", b"campaign,price\nyear,3\n"),
    ];
    write(folder.path(), &files);
    let manager = token(folder.path(), "acme", "manager");
    let server = Server::start(folder.path());
    let ask =
        |arguments: &[&str]| leadsman().env("LEADSMAN_TOKEN", &manager).args(arguments).output().unwrap();
    let path = |name: &str| folder.path().join(name);
    let import = |name: &str| ask(&["campaign", "import", arg(&path(name)), "--server", &server.address]);
    let imported = import("good.csv");
    assert!(imported.status.success(), "{}", said(&imported));
    let circle = import("circle.csv");
    let way = "spring, part of fair, part of year, part of spring";
    assert!(!circle.status.success() && said(&circle).contains(way), "{}", said(&circle));
    for (name, problem) in [
        ("bad.csv", "bad.csv, line 2, column cost_minor: invalid digit"),
        ("unknown.csv", "unknown field `price`"),
    ] {
        let refused = import(name);
        assert_eq!(refused.status.code(), Some(4), "{}", said(&refused));
        assert!(said(&refused).contains(problem), "{}", said(&refused));
    }
    let (_, listed) = server.get(&manager, "/v1/campaigns");
    let fair = json!({ "name": "Hanover fair", "parent": "year", "cost_minor": 2500, "impressions": null, "clicks": null });
    assert_eq!(
        (listed.as_object().unwrap().len(), &listed["fair"]),
        (2, &fair),
        "nothing of the others came in"
    );
    assert!(server.drain());
    let data = path("data");
    let known = run(&["campaign", "list", "--data", arg(&data), "--tenant", "acme", "--json"]);
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&known.stdout).unwrap(), listed);
    let told = run(&["report", "campaigns", "--data", arg(&data), "--tenant", "acme"]);
    assert!(
        said(&told).contains("\n   fair, Hanover fair ") && said(&told).contains("-100.0 %"),
        "{}",
        said(&told)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn wholes_are_sums_where_things_add_up_and_unions_where_people_are(
        parents in prop::collection::vec(prop::option::of(0..5_usize), 5),
        costs in prop::collection::vec(0..1_000_i64, 5),
        ways in prop::collection::vec(prop::collection::vec(0..5_usize, 0..4), 0..6),
    ) {
        let names = ["a", "b", "c", "d", "e"];
        // A campaign is part of an earlier one, or of none.
        let parent = |nth: usize| parents[nth].filter(|parent| *parent < nth).map(|parent| names[parent]);
        let campaigns: Vec<(&str, Option<&str>, i64)> = (0..5).map(|nth| (names[nth], parent(nth), costs[nth])).collect();
        let desk = desk(POLICY);
        keep_campaigns(desk.ledger(), &told(&campaigns)).unwrap();
        for (nth, way) in ways.iter().enumerate() {
            let way: Vec<&str> = way.iter().map(|campaign| names[*campaign]).collect();
            let lead = touched(&desk, &format!("n{nth}"), &way);
            win(&desk, &lead, 1_000 + i64::try_from(nth).unwrap());
        }
        let report = report(&desk);
        for (nth, name) in names.iter().enumerate() {
            let figures = &report.campaigns[*name];
            let parts = (0..5).filter(|part| parent(*part) == Some(name)).map(|part| &report.campaigns[names[part]].whole);
            let parts: Vec<&Brought> = parts.collect();
            let sum = |of: fn(&Brought) -> i64| of(&figures.own) + parts.iter().map(|part| of(part)).sum::<i64>();
            prop_assert_eq!(figures.whole.cost_minor, sum(|one| one.cost_minor));
            prop_assert_eq!(figures.whole.credited_minor, sum(|one| one.credited_minor));
            let within = |campaign: usize| {
                let mut here = Some(campaign);
                while let Some(at) = here.filter(|at| *at != nth) {
                    here = parents[at].filter(|parent| *parent < at);
                }
                here.is_some()
            };
            let leads = ways.iter().filter(|way| way.iter().any(|campaign| within(*campaign))).count();
            prop_assert_eq!(figures.whole.leads, leads as u64);
        }
    }
}
