//! Recency, frequency and monetary value, as a desk scores them: what is found becomes the score's ledger.

use leadsman_domain::lead::{Activity, Lead};
use leadsman_domain::time::DAY_MS;
use leadsman_domain::{LeadId, Timestamp};
use leadsman_flow::Desk;

use crate::desk::act;
use crate::office::{MONDAY, desk, submission, take_in};
use crate::program::{arg, run, said, write};

/// Leads that buy: a list for each of the three, with scores that overlap.
const POLICY: &str = r#"
default_pool = "inbound"
activities = ["order.web", "order.shop", "page.visit"]

[[scoring]]
plugin = "rfm"
[scoring.config]
object = "order"
activities = ["order.*"]
when = { attribute = "company.size", at_least = 10 }
[scoring.config.recency]
scores = [{ score = 1, above = "90d" }, { score = 3, at_most = "90d" }, { score = 5, at_most = "30d" }]
[scoring.config.frequency]
within = "365d"
scores = [{ score = 1, at_least = 1 }, { score = 3, at_least = 2 }, { score = 5, at_least = 4 }]
[scoring.config.monetary]
attribute = "orders.sum"
scores = [{ score = 5, at_least = 10000 }, { score = 2, at_least = 100 }]

[[pools]]
id = "inbound"
"#;

/// The same with points for cells.
const CELLS: &str = r#"
[[scoring.config.cells]]
cell = "535"
label = "champion"
points = 100
[[scoring.config.cells]]
cell = "***"
label = "ordinary"
points = 10
"#;

fn with_cells() -> String {
    POLICY.replace("\n[[pools]]", &format!("{CELLS}\n[[pools]]"))
}

fn at(days: i64) -> Timestamp {
    MONDAY.plus_ms(days * DAY_MS)
}

fn customer(desk: &Desk, key: &str, facts: &[(&str, &str)]) -> LeadId {
    let email = format!("{key}@example.com");
    take_in(desk, submission(key, &[&[("contact.email", email.as_str())], facts].concat())).lead
}

fn record(desk: &Desk, lead: &LeadId, activity: Activity, now: Timestamp) -> Lead {
    desk.record(lead, activity, now).unwrap().wait().unwrap()
}

/// Whether the score is the sum of what it shows; and what it shows.
fn ledger(lead: &Lead) -> Vec<(String, f64, String)> {
    let score = lead.score.as_ref().unwrap();
    let sum: f64 = score.contributions.iter().map(|one| one.points.as_f64()).sum();
    assert_eq!(score.total.as_f64(), sum);
    let each = score.contributions.iter();
    each.map(|one| (one.rule.to_string(), one.points.as_f64(), one.message.to_string())).collect()
}

fn entry(rule: &str, points: f64, message: &str) -> (String, f64, String) {
    (rule.to_owned(), points, message.to_owned())
}

#[test]
fn f85_recency_frequency_and_monetary_value_are_scored_by_the_highest_that_fits() {
    let desk = desk(POLICY);
    let id = customer(&desk, "one", &[("company.size", "50"), ("orders.sum", "12000")]);
    assert_eq!(
        ledger(&desk.archive().lead(&id).unwrap()),
        [
            entry("order recency", 1.0, "Recency (no order, score 1)."),
            entry(
                "order frequency",
                1.0,
                "Frequency (order 0 times in the last 365 days, which no score is for, score 1)."
            ),
            entry("order monetary", 5.0, "Monetary value (orders.sum is 12000, score 5)."),
        ],
        "what is missing gets the lowest score"
    );

    record(&desk, &id, act("order.web", 1), at(1));
    let twice = record(&desk, &id, act("order.shop", 2), at(2));
    assert_eq!(
        ledger(&twice)[..2],
        [
            entry("order recency", 5.0, "Recency (last order just now, score 5)."),
            entry("order frequency", 3.0, "Frequency (order 2 times in the last 365 days, score 3)."),
        ]
    );
    let visited = record(&desk, &id, act("page.visit", 32), at(32));
    assert_eq!(
        ledger(&visited)[0],
        entry("order recency", 5.0, "Recency (last order 30 days ago, score 5).")
    );
    let later = record(&desk, &id, act("page.visit", 33), at(33));
    assert_eq!(ledger(&later)[0], entry("order recency", 3.0, "Recency (last order 31 days ago, score 3)."));

    let small = customer(&desk, "two", &[("company.size", "5"), ("orders.sum", "12000")]);
    assert_eq!(ledger(&desk.archive().lead(&small).unwrap()), [], "the filter leaves it out");
}

#[test]
fn f85_a_table_of_cells_gives_points_and_a_label() {
    let desk = desk(&with_cells());
    let id = customer(&desk, "one", &[("company.size", "50"), ("orders.sum", "12000")]);
    let rules =
        |lead: &Lead| ledger(lead).into_iter().map(|(rule, points, _)| (rule, points)).collect::<Vec<_>>();
    assert_eq!(rules(&desk.archive().lead(&id).unwrap()), [("order ***".to_owned(), 10.0)]);
    record(&desk, &id, act("order.web", 1), at(1));
    let champion = record(&desk, &id, act("order.web", 2), at(2));
    let message = "champion (535: last order just now, score 5; order 2 times in the last 365 days, score 3; \
                   orders.sum is 12000, score 5).";
    assert_eq!(ledger(&champion), [entry("order 535", 100.0, message)]);
}

#[test]
fn f85_problems_of_the_configuration_are_told_all_at_once_with_their_lines() {
    let wrong = [
        ("at_most = \"30d\"", "at_most = 30"),
        ("{ score = 3, at_least = 2 }", "{ score = 3, at_least = 2, at_most = 1 }"),
        ("attribute = \"orders.sum\"", "atribute = \"orders.sum\""),
    ];
    let policy = wrong.iter().fold(POLICY.to_owned(), |policy, (right, wrong)| policy.replace(right, wrong));
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("policy.toml", policy.as_bytes())]);
    let output = run(&["policy", "check", arg(folder.path())]);
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    for (_, wrong) in wrong {
        let line = policy.lines().position(|line| line.contains(wrong)).unwrap() + 1;
        assert!(said(&output).contains(&format!("policy.toml:{line}:")), "{line} in {}", said(&output));
    }
}
