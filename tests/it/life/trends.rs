//! What happened over time, and who brought leads about: reports that equal what the journals say.

use std::collections::BTreeMap;

use leadsman_domain::attribution::Conversion;
use leadsman_domain::lead::Activity;
use leadsman_domain::time::DAY_MS;
use leadsman_flow::Desk;
use leadsman_flow::report::{
    By, Every, RebateFold, ReferrerFigures, ReferrerFold, Span, TrendFigures, TrendFold, TrendReport,
};
use serde_json::Value;

use super::rebates::AGENTS;
use super::sources::by;
use super::{HOUR_MS, after, sound};
use crate::desk::{act, conversion};
use crate::identity::merge;
use crate::office::{MONDAY, desk, take_in};

const POLICY: &str = r#"
default_pool = "inbound"
zone = "Asia/Shanghai"
identity = []
[grading]
mature_from = 10
[[scoring]]
plugin = "points"
config = { activities = [{ name = "visits", kind = "page.visit", points = 10 }] }
[[attribution]]
scenario = "default"
plugin = "attribution"
config = { model = "linear" }
[[pools]]
id = "inbound"
[[pools.allocation]]
plugin = "round-robin"
[[reps]]
id = "ann"
[[reps]]
id = "ben"
"#;

/// The journals of all leads as they are exported, one JSON a line: what trends have to equal.
fn exported(desk: &Desk) -> Vec<Value> {
    let ids = crate::office::ids(desk.archive());
    let histories = ids.iter().map(|id| desk.archive().history(id).unwrap().entries);
    histories.map(|entries| serde_json::to_value(entries).unwrap()).collect()
}

/// Counts over time by channel and month, made of nothing but exported journals.
fn by_hand(journals: &[Value]) -> BTreeMap<(String, String), TrendFigures> {
    let mut sums: BTreeMap<(String, String), TrendFigures> = BTreeMap::new();
    for journal in journals {
        let entries = journal.as_array().unwrap();
        let channel = entries.iter().find_map(|entry| entry["activity"]["channel"].as_str());
        let channel = channel.unwrap_or("unknown").to_owned();
        for entry in entries {
            let event = entry["event"].as_str().unwrap();
            let at = match event {
                "received" if !entry["received"].is_null() => &entry["received"],
                "converted" => &entry["conversion"]["at"],
                _ => &entry["at"],
            };
            // In Shanghai it is eight hours later than in Greenwich, all the year.
            let there = chrono::DateTime::from_timestamp_millis(at.as_i64().unwrap() + 8 * HOUR_MS).unwrap();
            let month = there.format("%Y-%m").to_string();
            let figures = sums.entry((channel.clone(), month)).or_default();
            match event {
                "received" => figures.new += 1,
                "matured" => figures.matured += 1,
                "allocated" => figures.assigned += 1,
                "converted" => {
                    figures.won += 1;
                    figures.won_value_minor += entry["conversion"]["value"].as_i64().unwrap();
                }
                _ => {}
            }
        }
    }
    sums.retain(|_, figures| *figures != TrendFigures::default());
    sums
}

fn trends(desk: &Desk, every: Every, by: By, span: Span) -> TrendReport {
    desk.archive().report(&TrendFold { every, by, zone: desk.revision().policy.zone, span }).unwrap()
}

fn desk_with_leads() -> Desk {
    let desk = desk(POLICY);
    let mut leads = Vec::new();
    for nth in 0..12_i64 {
        let mut lead = by(&format!("n{nth}"), ["ads", "fair", "mail"][nth as usize % 3], None);
        lead.received = after(nth * 9 * DAY_MS - 8 * HOUR_MS);
        let lead = take_in(&desk, lead).lead;
        let later = after(nth * 9 * DAY_MS + 17 * DAY_MS);
        if nth % 2 == 0 {
            let visit = Activity { at: later, ..act("page.visit", 0) };
            desk.record(&lead, visit, later).unwrap().wait().unwrap();
        }
        if nth % 4 == 0 {
            let deal = Conversion { at: later, ..conversion(&format!("deal-{nth}"), 100 + nth) };
            desk.convert(&lead, &deal, later).unwrap().wait().unwrap();
        }
        leads.push(lead);
    }
    merge(&desk, &leads[1], &leads[4], after(200 * DAY_MS)).unwrap();
    sound(&desk);
    desk
}

#[test]
fn f86_trends_equal_the_fold_of_the_exported_journals() {
    let desk = desk_with_leads();
    let by_hand = by_hand(&exported(&desk));
    let report = trends(&desk, Every::Month, By::Channel, Span::default());
    let mut told = BTreeMap::new();
    for (channel, periods) in &report.parts {
        for (month, figures) in periods.iter().filter(|(_, one)| **one != TrendFigures::default()) {
            told.insert((channel.clone(), month.clone()), *figures);
        }
    }
    assert_eq!(told, by_hand);
    assert!(by_hand.values().any(|one| one.matured > 0) && by_hand.values().any(|one| one.won > 0));
    for by in [By::Channel, By::Rep, By::Pool] {
        for every in [Every::Day, Every::Week, Every::Month] {
            let report = trends(&desk, every, by, Span::default());
            for (period, all) in &report.periods {
                let sum = |of: fn(&TrendFigures) -> u64| -> u64 {
                    report.parts.values().map(|periods| of(&periods[period])).sum()
                };
                let parts = [sum(|one| one.new), sum(|one| one.assigned), sum(|one| one.won)];
                assert_eq!(parts, [all.new, all.assigned, all.won], "{by} {period}");
            }
        }
    }
}

#[test]
fn f86_periods_are_those_of_the_tenants_calendar_and_have_no_gaps() {
    let desk = desk_with_leads();
    let of = |every: Every| -> Vec<String> {
        trends(&desk, every, By::Rep, Span::default()).periods.into_keys().collect()
    };
    assert_eq!(of(Every::Month)[0], "2026-01");
    assert_eq!(of(Every::Week)[..2], ["2026-W02", "2026-W03"]);
    let days = of(Every::Day);
    assert_eq!(days[0], "2026-01-05");
    assert!(days.len() > 100, "days on which nothing happened are there as well: {}", days.len());
    let span = Span { from: Some(MONDAY), until: Some(after(DAY_MS)) };
    let first = trends(&desk, Every::Day, By::Rep, span);
    let report = trends(&desk, Every::Day, By::Rep, Span::default());
    assert!(report.parts.keys().any(|rep| rep == "ann") && report.parts.keys().any(|rep| rep == "ben"));
    assert!(first.periods.len() < 3, "what happened outside of the span is not told: {first:?}");
}

#[test]
fn f40_the_report_on_rebates_equals_the_fold_of_the_journals() {
    let desk = desk(AGENTS);
    for nth in 0..6_i64 {
        let campaign = (nth % 2 == 0).then_some("harbour");
        let lead = take_in(&desk, by(&format!("n{nth}"), "agents", campaign)).lead;
        let currency = if nth < 4 { "EUR" } else { "CNY" }.to_owned();
        let deal = Conversion { at: after(nth), currency, ..conversion(&format!("deal-{nth}"), 1_000 + nth) };
        desk.convert(&lead, &deal, deal.at).unwrap().wait().unwrap();
    }
    let mut by_hand: BTreeMap<(String, String), (u64, i64)> = BTreeMap::new();
    for journal in exported(&desk) {
        let entries = journal.as_array().unwrap();
        let find = |event: &str| entries.iter().find(|entry| entry["event"] == event).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let (won, due) = (&find("converted")["conversion"], &find("rebated")["rebate"]);
        let sums = by_hand.entry((text(&due["agent"]), text(&won["currency"]))).or_default();
        (sums.0, sums.1) = (sums.0 + 1, sums.1 + due["value"].as_i64().unwrap());
    }
    let report = desk.archive().report(&RebateFold { span: Span::default() }).unwrap();
    let mut told = BTreeMap::new();
    for (agent, currencies) in &report.agents {
        for (currency, sums) in currencies {
            told.insert((agent.to_string(), currency.clone()), (sums.conversions, sums.rebate_minor));
        }
    }
    assert_eq!(told, by_hand);
    assert_eq!(told[&("harbour".to_owned(), "EUR".to_owned())], (2, 100));
    assert_eq!((report.lines.len(), report.lines[5].rebate_minor), (6, 10));
    let later = RebateFold { span: Span { from: Some(after(4)), until: None } };
    assert_eq!(desk.archive().report(&later).unwrap().lines.len(), 2);
}

#[test]
fn f26_referrers_are_told_with_their_touches_leads_deals_and_credit() {
    let desk = desk(POLICY);
    let leads = ["one", "two"].map(|key| take_in(&desk, by(key, "ads", None)).lead);
    let share = |lead, by: &str, day: i64| {
        let channel = Some("share".to_owned());
        let touch =
            Activity { channel, by: Some(by.to_owned()), at: after(day * DAY_MS), ..act("page.visit", 0) };
        desk.record(lead, touch.clone(), touch.at).unwrap().wait().unwrap();
    };
    share(&leads[0], "mei", 1);
    share(&leads[0], "mei", 2);
    share(&leads[1], "mei", 2);
    share(&leads[0], "lin", 3);
    let deal = Conversion { at: after(4 * DAY_MS), ..conversion("deal", 1_000) };
    desk.convert(&leads[0], &deal, deal.at).unwrap().wait().unwrap();
    let told = |span| desk.archive().report(&ReferrerFold { span }).unwrap().referrers;
    let all = told(Span::default());
    let mei = ReferrerFigures {
        touches: 3,
        leads: 2,
        won: 1,
        conversions: 1,
        credited_millionths: 500_000,
        credited_minor: 500,
    };
    assert_eq!(all["mei"], mei);
    assert_eq!((all["lin"].touches, all["lin"].credited_minor), (1, 250));
    let late = told(Span { from: Some(after(3 * DAY_MS)), until: None });
    assert_eq!((late["mei"].touches, late["mei"].credited_minor), (0, 500), "earned then, touched before");
}
