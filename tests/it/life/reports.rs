//! What reports tell: folds of the journals.

use leadsman_domain::lead::Activity;
use leadsman_domain::life::LifeStage;
use leadsman_domain::order::Order;
use leadsman_domain::time::DAY_MS;
use leadsman_domain::{LeadId, Timestamp};
use leadsman_flow::Desk;
use leadsman_flow::report::{Conversions, SourceReport, Span, StageReport, TeamReport, Waits};
use leadsman_ledger::Store;
use leadsman_policy::PolicyFiles;

use super::{HOUR_MS, POLICY, after, call, owner, until};
use crate::desk::conversion;
use crate::identity::{merge, unmerge};
use crate::office::{MONDAY, as_rep, desk, desk_with, order, submission, take_in};

fn came(desk: &Desk, key: &str, at: Timestamp) -> LeadId {
    let mut lead = submission(key, &[("contact.email", &format!("{key}@{key}.com"))]);
    lead.received = at;
    take_in(desk, lead).lead
}

fn team(desk: &Desk, span: Span) -> TeamReport {
    let policy = desk.revision().policy;
    TeamReport::of(desk.archive(), &policy.reps, "call.*", policy.calendars.get("office"), span).unwrap()
}

#[test]
fn f20_f35_a_report_tells_what_every_rep_made_of_the_leads_and_how_soon() {
    let calendar = "zone = \"UTC\"\n[hours]\nworkdays = [\"09:00-17:00\"]\n";
    let files = PolicyFiles::new().with("policy.toml", POLICY).with("calendars/office.toml", calendar);
    let desk = desk_with(&Store::in_memory(), files);
    // 2026-01-05T08:00:00Z is an hour before the office opens.
    let leads: Vec<LeadId> = (0..6).map(|nth| came(&desk, &format!("n{nth}"), after(nth))).collect();
    assert_eq!(leads.iter().filter(|lead| owner(&desk, lead).as_deref() == Some("ann")).count(), 2);
    call(&desk, &leads[0], after(2 * HOUR_MS));
    call(&desk, &leads[3], after(6 * HOUR_MS + 3));
    as_rep(&desk, "ben", &leads[1], Order::Return { code: Some("not-ripe".to_owned()) }, after(HOUR_MS))
        .unwrap();
    as_rep(&desk, "ben", &leads[4], Order::Reject, after(HOUR_MS + 1)).unwrap();
    let deal =
        leadsman_domain::attribution::Conversion { at: after(7 * HOUR_MS), ..conversion("deal-1", 900) };
    desk.convert(&leads[0], &deal, deal.at).unwrap().wait().unwrap();
    until(&desk, after(DAY_MS + HOUR_MS));

    let report = team(&desk, Span::default());
    assert_eq!((report.leads, report.contacted), (6, 2));
    let ann = &report.reps[&"ann".parse().unwrap()];
    assert_eq!((ann.contacted, ann.won, ann.won_value_minor), (2, 1, 900));
    assert_eq!(
        ann.response.wall,
        Some(Waits { mean_hours: 4.0, p50_hours: 2.0, p90_hours: 6.0 }),
        "two hours and six"
    );
    assert_eq!(
        ann.response.working,
        Some(Waits {
            mean_hours: 3.0 + 1.5 / 3_600_000.0,
            p50_hours: 1.0,
            p90_hours: 5.0 + 3.0 / 3_600_000.0
        }),
        "the office opened at nine"
    );
    let ben = &report.reps[&"ben".parse().unwrap()];
    assert_eq!((ben.returned, ben.rejected, ben.contacted), (1, 1, 0));
    assert_eq!((ben.contacted_share, &ben.response.wall), (Some(0.0), &None));
    let sum =
        |figure: fn(&leadsman_flow::report::RepWork) -> u64| report.reps.values().map(figure).sum::<u64>();
    let partings = sum(|rep| rep.recycled + rep.returned + rep.rejected);
    assert!(sum(|rep| rep.recycled) > 0, "the others were not called within a day");
    let owned_or_won = sum(|rep| rep.load) + sum(|rep| rep.won);
    assert_eq!(
        sum(|rep| rep.given),
        partings + owned_or_won,
        "who was given a lead has it, or it is told why not"
    );

    let later = team(&desk, Span { from: Some(after(DAY_MS)), until: None });
    assert_eq!((later.leads, later.contacted_share), (0, None));
    let before = team(&desk, Span { from: None, until: Some(after(DAY_MS)) });
    let given = |report: &TeamReport| report.reps.values().map(|rep| rep.given).sum::<u64>();
    assert_eq!(given(&before) + given(&later), given(&report));
}

fn counts(conversions: &Conversions) -> [u64; 4] {
    [conversions.uql, conversions.mql, conversions.sql, conversions.deal]
}

#[test]
fn f56_rates_from_stage_to_stage_by_cohort_and_by_period_reconcile() {
    let desk = desk(&format!("{POLICY}[grading]\nmature_from = 60\n"));
    let day = |day: i64| after(day * DAY_MS);
    let leads: Vec<LeadId> = (0..8).map(|nth| came(&desk, &format!("n{nth}"), day(nth / 4))).collect();
    let advance = |lead: usize, stage: LifeStage, at: Timestamp| {
        order(&desk, &leads[lead], Order::Advance { stage }, at).unwrap();
    };
    (0..5).for_each(|lead| advance(lead, LifeStage::Mql, day(2)));
    (0..3).for_each(|lead| advance(lead, LifeStage::Sql, day(3)));
    advance(2, LifeStage::Mql, day(4));
    advance(2, LifeStage::Sql, day(5));
    for (lead, at) in [(0, day(5)), (7, day(6))] {
        let deal = leadsman_domain::attribution::Conversion { at, ..conversion(&format!("deal-{lead}"), 5) };
        desk.convert(&leads[lead], &deal, at).unwrap().wait().unwrap();
    }
    let report = |from: Option<Timestamp>, until: Option<Timestamp>| {
        StageReport::of(desk.archive(), Span { from, until }).unwrap()
    };
    let all = report(None, None);
    assert_eq!(
        counts(&all.cohort),
        [8, 6, 4, 2],
        "who leaps came to what lies between, and nobody counts twice"
    );
    assert_eq!((all.cohort.uql_to_mql, all.cohort.sql_to_deal), (Some(0.75), Some(0.5)));
    assert_eq!(counts(&all.period), counts(&all.cohort));
    assert_eq!(all.standing, [2, 2, 2, 2]);
    let parts = [report(None, Some(day(1))), report(Some(day(1)), Some(day(4))), report(Some(day(4)), None)];
    let sum = |of: fn(&StageReport) -> &Conversions| {
        parts.iter().fold([0; 4], |sum, part| std::array::from_fn(|at| sum[at] + counts(of(part))[at]))
    };
    assert_eq!(sum(|part| &part.cohort), counts(&all.cohort));
    assert_eq!(sum(|part| &part.period), counts(&all.period));
    assert_eq!(counts(&parts[1].period), [4, 5, 3, 0]);
    assert_eq!((parts[2].period.uql_to_mql, parts[2].cohort.uql_to_deal), (None, None), "nothing of nothing");
    assert_eq!(MONDAY, day(0));
}

#[test]
fn what_is_merged_is_one_lead_and_whoever_worked_on_either_did() {
    let desk = desk(POLICY);
    let (one, two) = (came(&desk, "one", MONDAY), came(&desk, "two", MONDAY));
    assert_eq!(owner(&desk, &two).as_deref(), Some("ben"));
    // Told late: it counts from when it was.
    let told_late = Activity { at: after(HOUR_MS), ..crate::desk::act("call.done", 0) };
    desk.record(&two, told_late, after(3 * HOUR_MS)).unwrap().wait().unwrap();
    let deal = conversion("deal-1", 900);
    let deal = leadsman_domain::attribution::Conversion { at: after(4 * HOUR_MS), ..deal };
    desk.convert(&two, &deal, deal.at).unwrap().wait().unwrap();
    let check = |leads: u64, won_cohort: [u64; 4], contacted: u64| {
        let report = team(&desk, Span::default());
        let ben = &report.reps[&"ben".parse().unwrap()];
        assert_eq!((report.leads, report.contacted), (leads, contacted));
        assert_eq!((ben.given, ben.won, ben.won_value_minor), (1, 1, 900));
        assert_eq!(ben.response.wall.as_ref().map(|waits| waits.p50_hours), Some(1.0));
        assert_eq!(counts(&StageReport::of(desk.archive(), Span::default()).unwrap().cohort), won_cohort);
        let sources = SourceReport::of(desk.archive(), &desk.revision().policy.sources, Span::default());
        let all = sources.unwrap().all;
        assert_eq!((all.leads, all.won, all.won_value_minor), (leads, 1, 900));
    };
    check(2, [2, 2, 1, 1], 1);
    merge(&desk, &one, &two, after(5 * HOUR_MS)).unwrap();
    check(1, [1, 1, 1, 1], 1);
    unmerge(&desk, &one, &two, after(6 * HOUR_MS)).unwrap();
    check(2, [2, 2, 1, 1], 1);
}

#[test]
fn a_deal_counts_when_it_was_made_for_whoever_had_the_lead_then() {
    let desk = desk(POLICY);
    let [first, moved] = ["one", "two"].map(|key| came(&desk, key, after(0)));
    let had = [&first, &moved].map(|lead| owner(&desk, lead).unwrap());
    order(&desk, &moved, Order::Transfer { rep: had[0].parse().unwrap() }, after(2 * HOUR_MS)).unwrap();
    // All are told a month later.
    let deal = |lead: &LeadId, id: &str, value: i64, at: Timestamp| {
        let deal = leadsman_domain::attribution::Conversion { at, ..conversion(id, value) };
        desk.convert(lead, &deal, after(30 * DAY_MS)).unwrap().wait().unwrap();
    };
    deal(&first, "first", 10, after(HOUR_MS));
    deal(&moved, "moved", 200, after(HOUR_MS + 1));
    let early = Span { from: Some(after(1)), until: Some(after(5 * HOUR_MS)) };
    let report = team(&desk, early);
    let won = |rep: &str| report.reps[&rep.parse().unwrap()].won_value_minor;
    assert_eq!([won(&had[0]), won(&had[1])], [10, 200], "{report:?}");
    let stages = StageReport::of(desk.archive(), early).unwrap();
    assert_eq!(stages.period.deal, 2, "{stages:?}");
    let late = Span { from: Some(after(29 * DAY_MS)), until: None };
    assert_eq!(team(&desk, late).reps.values().map(|work| work.won).sum::<u64>(), 0);
}
