//! Deals in several currencies: their values are never added up.

use leadsman_domain::attribution::Conversion;
use leadsman_domain::order::Order;
use leadsman_domain::time::DAY_MS;
use leadsman_ledger::{Options, Store};
use serde_json::{Value, json};

use super::after;
use crate::desk::conversion;
use crate::office::{desk_in, order, submission, take_in};
use crate::program::{arg, json as told, leadsman, run, said};
use crate::serve::{Server, token};

const POLICY: &str = r#"
default_pool = "sea"
identity = []
account = "company"
[[attribution]]
scenario = "default"
plugin = "attribution"
config = { model = "linear" }
[[agents]]
id = "guide"
channel = "organic-search"
contracts = [{ rate = "10%" }]
[[pools]]
id = "sea"
[[pools.allocation]]
plugin = "round-robin"
[[reps]]
id = "ann"
teams = ["north"]
"#;

/// Every report that tells values of deals, and a place where it tells all of them.
const REPORTS: [(&str, &str); 6] = [
    ("team", "/reps/ann/won_value_minor"),
    ("sources", "/all/won_value_minor"),
    ("accounts", "/accounts/acme/deals_value_minor"),
    ("channels", "/channels/organic-search/won_value_minor"),
    ("campaigns", "/campaigns/spring/own/credited_minor"),
    ("trends", "/parts/organic-search/2026-W02/won_value_minor"),
];

#[test]
fn a_report_on_deals_in_two_currencies_tells_the_values_of_the_one_it_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (store, _) = Store::open(&data, Options::default()).unwrap();
    let desk = desk_in(&store, POLICY);
    let deals = [("one", 700, "EUR"), ("two", 5_000, "JPY"), ("three", 40, "EUR")];
    let leads = deals.map(|(key, value, currency)| {
        let email = format!("{key}@{key}.com");
        let mut came = submission(key, &[("contact.email", &email), ("company", "acme")]);
        came.origin.as_mut().unwrap().campaign = Some("spring".to_owned());
        let lead = take_in(&desk, came).lead;
        let (at, currency) = (after(DAY_MS), currency.to_owned());
        let deal = Conversion { at, currency, ..conversion(&format!("deal-{key}"), value) };
        desk.convert(&lead, &deal, at).unwrap().wait().unwrap();
        lead
    });
    // The yen came with a lead that is part of another one now.
    order(&desk, &leads[0], Order::Merge { other: leads[1].clone() }, after(2 * DAY_MS)).unwrap();
    drop(desk);
    store.close();
    drop(store);
    let of_acme = ["--data", arg(&data), "--tenant", "acme"];
    let ask = |report: &str, more: &[&str]| run(&[["report", report].as_slice(), &of_acme, more].concat());
    for (report, place) in REPORTS {
        let refused = ask(report, &[]);
        assert_eq!(refused.status.code(), Some(4), "{report}: {}", said(&refused));
        assert!(said(&refused).contains("EUR, JPY; name one `currency`"), "{}", said(&refused));
        for (currency, value) in [("EUR", 740), ("jpy", 5_000), ("USD", 0)] {
            let in_one = ["--currency", currency, "--json"];
            let all = told(&[["report", report].as_slice(), &of_acme, &in_one].concat());
            assert_eq!(all.pointer(&place.replace("/acme/", "/0/")), Some(&json!(value)), "{report}: {all}");
            let of = ["--of", place];
            let behind = told(&[["report", report].as_slice(), &of_acme, &in_one, &of].concat());
            assert_eq!(behind["figure"], json!(value), "{behind}");
            let alone: i64 =
                behind["leads"].as_array().unwrap().iter().map(|one| one["alone"].as_i64().unwrap()).sum();
            assert_eq!(alone, value, "{report}: {behind}");
        }
        assert_eq!(ask(report, &["--of", place]).status.code(), Some(4), "{report}");
    }
    for report in ["forecast", "referrers"] {
        assert_eq!(ask(report, &[]).status.code(), Some(4), "{report}");
        assert!(ask(report, &["--currency", "EUR"]).status.success(), "{report}");
    }
    // People read them in whole units, in no more columns than they have.
    for (report, _) in REPORTS.into_iter().chain([("forecast", ""), ("stages", "")]) {
        let mut program = leadsman();
        let asked =
            program.args(["report", report]).args(of_acme).args(["--currency", "EUR"]).env("COLUMNS", "60");
        let shown = said(&asked.output().unwrap());
        assert!(["stages", "forecast"].contains(&report) || shown.contains("7.40"), "{report}: {shown}");
        let tables = shown.lines().filter(|line| line.starts_with(' '));
        assert!(
            tables.clone().count() > 1 && tables.clone().all(|line| line.chars().count() <= 60),
            "{shown}"
        );
    }
    // Stages have no values, and rebates stand apart.
    assert!(ask("stages", &[]).status.success());
    let rebates = told(&[["report", "rebates"].as_slice(), &of_acme, &["--json"]].concat());
    let sums = |currency: &str| rebates["agents"]["guide"][currency]["rebate_minor"].as_i64();
    assert_eq!((sums("EUR"), sums("JPY")), (Some(74), Some(500)), "{rebates}");
    assert_eq!(ask("team", &["--currency", "EURO"]).status.code(), Some(2));

    std::fs::create_dir_all(folder.path().join("tenants/acme")).unwrap();
    std::fs::write(folder.path().join("tenants/acme/policy.toml"), POLICY).unwrap();
    let reader = token(folder.path(), "acme", "reader");
    let server = Server::start(folder.path());
    let (status, refused) = server.get(&reader, "/v1/reports/team");
    assert!(status == 400 && refused.to_string().contains("EUR, JPY"), "{status} {refused}");
    let (_, team) = server.get(&reader, "/v1/reports/team?currency=EUR");
    assert_eq!(team.pointer("/reps/ann/won_value_minor").and_then(Value::as_i64), Some(740), "{team}");
    let (_, plan) = server.get(
        &reader,
        "/v1/reports/plan?deals=160&uql_to_mql=25&mql_to_sql=40&sql_to_deal=20&channels=fair=3:2500,ads=1",
    );
    assert_eq!([&plan["sql"], &plan["mql"], &plan["uql"]], [800, 2_000, 8_000], "{plan}");
    assert_eq!((&plan["channels"][0]["cost_minor"], &plan["cost_minor"]), (&json!(15_000_000), &Value::Null));
    let (status, refused) = server.get(&reader, "/v1/reports/plan?sql_to_deal=0");
    assert!(status == 400 && refused.to_string().contains("sql_to_deal"), "{status} {refused}");
    let (status, refused) = server.get(&reader, "/v1/reports/stages?of=/nothing");
    assert!(status == 404 && refused.to_string().contains("unknown-figure"), "{status} {refused}");
    let (status, refused) = server.get(&reader, "/v1/reports/team?currency=EURO");
    assert!(status == 400 && refused.to_string().contains("three letters"), "{status} {refused}");
    assert!(server.drain());
}
