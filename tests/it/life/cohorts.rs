//! What became of leads by channel and month, who won which part, where the way is weakest, and the standard by which
//! all of that is told.

use leadsman_domain::attribution::Conversion;
use leadsman_domain::life::LifeStage;
use leadsman_domain::order::Order;
use leadsman_domain::submission::Origin;
use leadsman_domain::time::DAY_MS;
use leadsman_domain::{LeadId, Timestamp};
use leadsman_flow::Desk;
use leadsman_flow::report::{ChannelFigures, ChannelReport, Forecast, Span, TeamReport};
use leadsman_ledger::Store;
use leadsman_policy::PolicyFiles;

use super::after;
use crate::desk::conversion;
use crate::office::{desk, desk_with, frozen, order, submission, take_in, warrant};
use crate::program::{arg, run, said, write};

const POLICY: &str = r#"
default_pool = "inbound"
zone = "Asia/Shanghai"
identity = []
[grading]
mature_from = 60
[[pools]]
id = "inbound"
[[pools.allocation]]
plugin = "round-robin"
[[reps]]
id = "ann"
teams = ["north"]
[[reps]]
id = "ben"
teams = ["north", "south"]
[[reps]]
id = "cyn"
teams = ["south"]
"#;

fn came_by(desk: &Desk, key: &str, channel: &str, at: Timestamp) -> LeadId {
    let mut lead = submission(key, &[("contact.email", &format!("{key}@{key}.com"))]);
    (lead.received, lead.origin) = (at, Some(Origin { channel: channel.to_owned(), campaign: None }));
    take_in(desk, lead).lead
}

fn advance(desk: &Desk, lead: &LeadId, stage: LifeStage, at: Timestamp) {
    order(desk, lead, Order::Advance { stage }, at).unwrap();
}

fn win(desk: &Desk, lead: &LeadId, value: i64, at: Timestamp) {
    let deal = Conversion { at, ..conversion(&format!("deal-{lead}"), value) };
    desk.convert(lead, &deal, at).unwrap().wait().unwrap();
}

#[test]
fn f41_channels_are_told_by_cohorts_that_add_up() {
    let desk = desk(POLICY);
    // In Shanghai it is February eight hours before it is in Greenwich.
    let february = after(27 * DAY_MS - 16 * 60 * 60 * 1000);
    let january = february.plus_ms(-1);
    let leads = [("one", "ads", january), ("two", "ads", february), ("three", "fair", february)];
    let leads = leads.map(|(key, channel, at)| came_by(&desk, key, channel, at));
    let later = february.plus_ms(DAY_MS);
    advance(&desk, &leads[0], LifeStage::Mql, later);
    advance(&desk, &leads[1], LifeStage::Mql, later);
    advance(&desk, &leads[1], LifeStage::Sql, later);
    win(&desk, &leads[1], 700, later);
    let zone = desk.revision().policy.zone;
    let report = ChannelReport::of(desk.archive(), zone, Span::default()).unwrap();
    let ads = ChannelFigures { leads: 2, mql: 2, sql: 1, won: 1, won_value_minor: 700, won_share: Some(0.5) };
    assert_eq!(report.channels["ads"], ads);
    assert_eq!((report.channels["fair"].leads, report.channels["fair"].won_share), (1, Some(0.0)));
    let months: Vec<&str> = report.cohorts.keys().map(String::as_str).collect();
    assert_eq!(months, ["2026-01", "2026-02"]);
    assert_eq!((report.cohorts["2026-01"]["ads"].mql, report.cohorts["2026-01"]["ads"].won), (1, 0));
    let of_months =
        |of: fn(&ChannelFigures) -> u64| report.cohorts.values().map(|one| of(&one["ads"])).sum::<u64>();
    assert_eq!((of_months(|one| one.leads), of_months(|one| one.won)), (ads.leads, ads.won));
    let only = Span { from: Some(february), until: None };
    let report = ChannelReport::of(desk.archive(), zone, only).unwrap();
    assert_eq!((report.cohorts.len(), report.channels["ads"].leads), (1, 1));
}

#[test]
fn f84_the_parts_of_reps_and_teams_add_up_to_a_whole() {
    let desk = desk(&POLICY.replace("[grading]\nmature_from = 60\n", ""));
    let leads: Vec<LeadId> =
        (0..9).map(|nth| came_by(&desk, &format!("n{nth}"), "ads", after(nth))).collect();
    for (lead, value) in leads.iter().zip([100, 100, 100]) {
        win(&desk, lead, value, after(DAY_MS));
    }
    let report =
        || TeamReport::of(desk.archive(), &desk.revision().policy.reps, "call.*", None, Span::default());
    let told = report().unwrap();
    let parts: Vec<u16> = told.reps.values().map(|rep| rep.won_permille.unwrap()).collect();
    assert_eq!(parts, [334, 333, 333], "a third each, and the rest to the first");
    let teams: Vec<(&str, u64, Option<u16>)> =
        told.teams.iter().map(|(team, work)| (team.as_str(), work.given, work.won_permille)).collect();
    assert_eq!(teams, [("north", 6, Some(667)), ("south", 3, Some(333))], "ben counts for north");
    win(&desk, &leads[3], 900, after(DAY_MS));
    let parts: u16 = report().unwrap().reps.values().map(|rep| rep.won_permille.unwrap()).sum();
    assert_eq!(parts, 1000);
    let nobody = Span { from: Some(after(9 * DAY_MS)), until: None };
    let none = TeamReport::of(desk.archive(), &desk.revision().policy.reps, "call.*", None, nobody).unwrap();
    assert!(none.reps.values().all(|rep| rep.won_permille.is_none()));
}

#[test]
fn f38_the_step_that_fell_most_is_named_and_the_stock_may_bring_what_leads_brought() {
    let desk = desk(POLICY);
    let month = 30 * DAY_MS;
    // Before: of ten leads eight were worth a call, four worth selling to, and two bought. Then fewer were worth it.
    let ways = [(0, [8, 4, 2]), (month, [8, 2, 1])];
    for (begins, [mql, sql, won]) in ways {
        for nth in 0..10 {
            let at = after(begins + nth);
            let lead = came_by(&desk, &format!("n{begins}-{nth}"), "ads", at);
            let later = after(begins + DAY_MS);
            if nth < mql {
                advance(&desk, &lead, LifeStage::Mql, later);
            }
            if nth < sql {
                advance(&desk, &lead, LifeStage::Sql, later);
            }
            if nth < won {
                win(&desk, &lead, 1_000, later);
            }
        }
    }
    let forecast = Forecast::of(desk.archive(), Span { from: Some(after(month)), until: None }).unwrap();
    let steps: Vec<(Option<f64>, Option<f64>)> =
        forecast.steps.iter().map(|one| (one.before, one.now)).collect();
    assert_eq!(steps, [(Some(0.8), Some(0.8)), (Some(0.5), Some(0.25)), (Some(0.5), Some(0.5))]);
    assert_eq!(forecast.weakest, Some("mql_to_sql"));
    assert_eq!(forecast.stock, [4, 10, 3]);
    // 20 leads, 16 MQL, 6 SQL, 3 deals.
    assert_eq!(forecast.to_deal, [Some(0.15), Some(6.0 / 16.0 * 0.5), Some(0.5)]);
    let deals = 4.0 * 0.15 + 10.0 * (6.0 / 16.0 * 0.5) + 3.0 * 0.5;
    assert!((forecast.deals.unwrap() - deals).abs() < 1e-12);
    assert_eq!((forecast.deal_value_mean_minor, forecast.value_minor), (Some(1_000), Some(3_975)));
    let all = Forecast::of(desk.archive(), Span::default()).unwrap();
    assert_eq!(all.weakest, Some("mql_to_sql"), "the least share, where nothing was before");
    let nothing = Forecast::of(crate::office::desk(POLICY).archive(), Span::default()).unwrap();
    assert_eq!((nothing.weakest, nothing.deals, nothing.stock), (None, None, [0; 3]));
}

#[test]
fn f33_f98_the_standard_goes_up_when_a_revision_says_otherwise_and_reports_cite_it() {
    let store = Store::in_memory();
    let files = |policy: &str| PolicyFiles::new().with("policy.toml", policy);
    let standard = |desk: &Desk| desk.archive().standard().unwrap().unwrap();
    let desk = desk_with(&store, files(POLICY));
    let first = standard(&desk);
    assert_eq!((first.version, first.revision), (1, 1));
    let more_reps = frozen(&store, files(&format!("{POLICY}[[reps]]\nid = \"dan\"\n")));
    desk.activate(more_reps, &warrant("dan has come")).unwrap();
    assert_eq!(standard(&desk), first, "who sells is not what a qualified lead is");
    let stricter = frozen(&store, files(&POLICY.replace("mature_from = 60", "mature_from = 70")));
    assert_eq!(standard(&desk), first, "it does not decide yet");
    desk.activate(stricter, &warrant("too many were none")).unwrap();
    let second = standard(&desk);
    assert_eq!((second.version, second.revision), (2, stricter));
    desk.roll_back(None, &warrant("too few are left")).unwrap();
    let third = standard(&desk);
    assert_eq!((third.version, third.digest), (3, first.digest), "what holds now is a version of its own");
    let cited = serde_json::to_value(
        desk.archive().cited(Forecast::of(desk.archive(), Span::default()).unwrap()).unwrap(),
    );
    assert_eq!(cited.unwrap()["standard"]["version"], 3);
}

#[test]
fn f99_a_plan_goes_backwards_from_deals_by_the_rates_that_were() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (0..8).map(|nth| format!("{nth},a{nth}@b{nth}.com\n")).collect();
    let policy = "default_pool = \"sea\"\n[[pools]]\nid = \"sea\"\n[import]\nsource = \"x\"\nkey = \"id\"\nchannel = \"fair\"\n\
                  [import.columns]\n\"mail\" = \"contact.email\"\n";
    let files: [(&str, &[u8]); 2] = [
        ("policy/policy.toml", policy.as_bytes()),
        ("leads.csv", format!("id,mail\n{rows}").leak().as_bytes()),
    ];
    write(folder.path(), &files);
    let path = |name: &str| folder.path().join(name);
    let (leads, policy, data) = (path("leads.csv"), path("policy"), path("data"));
    let ran = run(&["run", arg(&leads), "--policy", arg(&policy), "--data", arg(&data)]);
    assert!(ran.status.success(), "{}", said(&ran));
    let plan = |parts: &[&[&str]]| {
        let mut arguments = vec!["report", "plan", "--data", arg(&data)];
        arguments.extend(parts.iter().flat_map(|part| part.iter()));
        run(&arguments)
    };
    let told = |parts: &[&[&str]]| -> serde_json::Value {
        let answer = plan(&[&["--json"], parts.concat().as_slice()]);
        serde_json::from_slice(&answer.stdout).unwrap_or_else(|_| panic!("{}", said(&answer)))
    };
    let deals = ["--deals", "160"];
    let rates = ["--uql-to-mql", "25", "--mql-to-sql", "40", "--sql-to-deal", "20"];
    let whole = told(&[&deals, &rates]);
    assert_eq!([&whole["sql"], &whole["mql"], &whole["uql"]], [800, 2_000, 8_000]);
    let channel = &whole["channels"][0];
    assert_eq!((&channel["channel"], &channel["leads"]), (&"fair".into(), &8_000.into()));
    let mix = ["--channel", "fair=3:2500", "--channel", "ads=1:900"];
    let split = told(&[&deals, &rates, &mix]);
    assert_eq!([&split["channels"][0]["leads"], &split["channels"][1]["leads"]], [6_000, 2_000]);
    assert_eq!(split["cost_minor"], 6_000 * 2_500 + 2_000 * 900);
    assert!(said(&plan(&[&deals, &rates, &mix])).contains("8,000"));
    let refused = plan(&[&deals]);
    assert_eq!(refused.status.code(), Some(4), "{}", said(&refused));
    assert!(said(&refused).contains("give --mql-to-sql"), "{}", said(&refused));
    assert_eq!(plan(&[&deals, &["--uql-to-mql", "0"]]).status.code(), Some(2));
}
