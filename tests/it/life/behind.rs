//! From every figure of a report back to the leads that are behind it.

use leadsman_domain::attribution::Conversion;
use leadsman_domain::lead::Activity;
use leadsman_domain::life::LifeStage;
use leadsman_domain::order::Order;
use leadsman_domain::time::DAY_MS;
use leadsman_domain::{LeadId, Timestamp};
use leadsman_flow::report::{
    AccountFold, Behind, By, CampaignFold, ChannelFold, Every, Figure, Fold, ForecastFold, RebateFold,
    ReferrerFold, SourceFold, Span, StageFold, TeamFold, TrendFold,
};
use leadsman_flow::{Cursor, Desk, FlowError};
use serde_json::Value;

use super::{HOUR_MS, after, call, look, sound};
use crate::desk::{act, conversion};
use crate::identity::merge;
use crate::office::{desk, order, submission, take_in};

const POLICY: &str = r#"
default_pool = "inbound"
identity = []
account = "company"
[sources]
market = ["ads", "fair", "share"]
[grading]
mature_from = 10
[[scoring]]
plugin = "points"
config = { rules = [{ name = "known", points = 10, when = { attribute = "company", contains = "big" } }] }
[[attribution]]
scenario = "default"
plugin = "attribution"
config = { model = "linear" }
[[agents]]
id = "fair-makers"
channel = "fair"
contracts = [{ rate = "2.5%" }]
[[pools]]
id = "inbound"
[[pools.allocation]]
plugin = "round-robin"
[[reps]]
id = "ann"
teams = ["north"]
[[reps]]
id = "ben.b"
teams = ["south"]
"#;

/// Two dozen leads by several channels, of several accounts, called, advanced, won, shared, and one merged.
fn desk_with_leads() -> Desk {
    let desk = desk(POLICY);
    let leads: Vec<LeadId> = (0..24).map(|nth| came(&desk, nth)).collect();
    for (nth, lead) in leads.iter().enumerate() {
        let at = after(40 * DAY_MS + nth as i64 * HOUR_MS);
        if nth % 3 == 0 {
            call(&desk, lead, at);
        }
        if nth % 4 == 1 {
            let stage = if look(&desk, lead).matured { LifeStage::Sql } else { LifeStage::Mql };
            order(&desk, lead, Order::Advance { stage }, at).unwrap();
        }
        if nth % 5 == 2 {
            let shared = Activity {
                channel: Some("share".to_owned()),
                campaign: Some("spring".to_owned()),
                by: Some(["mei", "li/n"][nth % 2].to_owned()),
                at,
                ..act("page.visit", 0)
            };
            desk.record(lead, shared, at).unwrap().wait().unwrap();
        }
        if nth % 6 < 2 {
            win(&desk, lead, 1_000 + nth as i64, at.plus_ms(HOUR_MS));
        }
    }
    merge(&desk, &leads[1], &leads[2], after(50 * DAY_MS)).unwrap();
    sound(&desk);
    desk
}

fn came(desk: &Desk, nth: usize) -> LeadId {
    let key = format!("n{nth}");
    let account = ["big.com", "Small/Co", ""][nth % 3];
    let facts = [("contact.email", format!("{key}@x.com")), ("company", account.to_owned())];
    let facts: Vec<(&str, &str)> = facts
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let mut lead = submission(&key, &facts);
    lead.received = after(nth as i64 * 36 * HOUR_MS);
    lead.origin = (nth % 4 < 3).then(|| leadsman_domain::submission::Origin {
        channel: ["ads", "fair", "ads"][nth % 4].to_owned(),
        campaign: nth.is_multiple_of(2).then(|| "spring".to_owned()),
    });
    take_in(desk, lead).lead
}

fn win(desk: &Desk, lead: &LeadId, value: i64, at: Timestamp) {
    let deal = Conversion { at, ..conversion(&format!("deal-{lead}"), value) };
    desk.convert(lead, &deal, at).unwrap().wait().unwrap();
}

/// All leads behind a figure, read page by page.
fn behind<F: Fold>(desk: &Desk, fold: &F, figure: &str) -> Result<Behind, FlowError> {
    let figure = figure.parse::<Figure>().unwrap();
    let page = |from: Option<Cursor>| desk.archive().behind(fold, &figure, from.as_ref(), 5);
    let mut all = page(None)?;
    while let Some(next) = all.next.take() {
        let more = page(Some(next.to_string().parse().unwrap()))?;
        assert!(all.leads.len() % 5 == 0 && more.figure.is_none() && !more.leads.is_empty(), "{more:?}");
        all.leads.extend(more.leads);
        all.next = more.next;
    }
    Ok(all)
}

/// Every whole number of a report, by its place.
fn counts(report: &Value) -> Vec<(String, i64)> {
    let escaped = |name: &str| name.replace('~', "~0").replace('/', "~1");
    let below = |name: &str, value: &Value| -> Vec<(String, i64)> {
        counts(value).into_iter().map(|(way, count)| (format!("/{}{way}", escaped(name)), count)).collect()
    };
    match value_of(report) {
        Kind::Count(count) => vec![(String::new(), count)],
        Kind::Members(members) => members.iter().flat_map(|(name, value)| below(name, value)).collect(),
        Kind::Other => Vec::new(),
    }
}

enum Kind {
    Count(i64),
    Members(Vec<(String, Value)>),
    Other,
}

fn value_of(value: &Value) -> Kind {
    match value {
        Value::Number(number) => number.as_i64().map_or(Kind::Other, Kind::Count),
        Value::Object(members) => {
            Kind::Members(members.iter().map(|(name, value)| (name.clone(), value.clone())).collect())
        }
        Value::Array(elements) => {
            let name = |place: usize, element: &Value| {
                let name = element.get("account").or_else(|| element.get("conversion"));
                name.and_then(Value::as_str).map_or_else(|| place.to_string(), str::to_owned)
            };
            let named = elements.iter().enumerate().map(|(place, one)| (name(place, one), one.clone()));
            Kind::Members(named.collect())
        }
        _ => Kind::Other,
    }
}

/// Every count of a report has exactly that many leads behind it, and every sum is that of its leads. What is neither
/// is told apart: a part of a thousand, a mean and what follows from it.
fn every_count_has_its_leads<F: Fold>(desk: &Desk, fold: &F, least: usize) {
    let report = serde_json::to_value(desk.archive().report(fold).unwrap()).unwrap();
    let figures = counts(&report);
    let neither =
        |way: &str| way.ends_with("permille") || way.ends_with("mean_minor") || way == "/value_minor";
    let mut seen = 0;
    for (way, figure) in figures.into_iter().filter(|(way, _)| !neither(way)) {
        let behind = behind(desk, fold, &way).unwrap();
        assert_eq!(behind.figure.unwrap().as_i64(), Some(figure), "{way}");
        let alone: Vec<i64> = behind.leads.iter().map(|one| one.alone.as_i64().unwrap()).collect();
        assert_eq!(alone.iter().sum::<i64>(), figure, "{way}: {alone:?}");
        let is_money_or_part = way.ends_with("_minor") || way.ends_with("_millionths");
        if !is_money_or_part && alone.iter().all(|alone| *alone == 1) {
            assert_eq!(behind.leads.len() as i64, figure, "{way}");
            seen += usize::from(figure > 0);
        }
        let mut ids: Vec<&LeadId> = behind.leads.iter().map(|one| &one.lead).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), behind.leads.len(), "{way}: no lead twice");
    }
    assert!(seen >= least, "only {seen} counts: {report}");
}

#[test]
fn every_count_of_every_report_leads_to_exactly_that_many_leads() {
    let desk = desk_with_leads();
    let policy = desk.revision().policy;
    let half = Span { from: Some(after(10 * DAY_MS)), until: None };
    for span in [Span::default(), half] {
        let call = "call.*".to_owned();
        every_count_has_its_leads(&desk, &TeamFold { reps: policy.reps.clone(), call, hours: None, span }, 6);
        every_count_has_its_leads(&desk, &StageFold { span }, 8);
        every_count_has_its_leads(&desk, &SourceFold { tree: policy.sources.clone(), span }, 6);
        every_count_has_its_leads(&desk, &AccountFold::new(&policy, span, None), 4);
        every_count_has_its_leads(&desk, &ChannelFold { zone: policy.zone, span }, 10);
        let campaigns = desk.archive().campaigns().unwrap();
        every_count_has_its_leads(&desk, &CampaignFold { campaigns, span }, 3);
        every_count_has_its_leads(&desk, &ReferrerFold { span }, 3);
        every_count_has_its_leads(&desk, &RebateFold { span }, 1);
        every_count_has_its_leads(&desk, &ForecastFold { span }, 2);
        for by in [By::Channel, By::Rep, By::Pool] {
            every_count_has_its_leads(
                &desk,
                &TrendFold { every: Every::Week, by, zone: policy.zone, span },
                10,
            );
        }
    }
}

#[test]
fn a_share_leads_to_what_it_is_a_share_of_and_what_is_no_figure_is_told_with_what_is() {
    let desk = desk_with_leads();
    let fold = ChannelFold { zone: desk.revision().policy.zone, span: Span::default() };
    let of = |figure: &str| behind(&desk, &fold, figure);
    assert_eq!(
        of("/channels/fair/won_share").unwrap().leads.len(),
        of("/channels/fair/leads").unwrap().leads.len()
    );
    let refused = of("/channels/far/won").unwrap_err().to_string();
    assert!(
        refused.contains("/channels/far/won; as far as that goes, it has: ads, fair, share, unknown"),
        "{refused}"
    );
    assert!(of("/channels").unwrap_err().to_string().contains("it has: ads"));
    let won = "/channels/ads/won".parse().unwrap();
    let next = desk.archive().behind(&fold, &won, None, 1).unwrap().next.unwrap();
    let elsewhere = desk.archive().behind(&fold, &"/channels/far/won".parse().unwrap(), Some(&next), 1);
    assert_eq!(elsewhere.unwrap_err().to_string(), refused, "nor on a further page");
    let forecast = ForecastFold { span: Span::default() };
    let foretold = behind(&desk, &forecast, "/deals").unwrap();
    let report = desk.archive().report(&forecast).unwrap();
    assert_eq!(
        (foretold.leads.len() as u64, report.on_their_way),
        (report.on_their_way, report.stock.iter().sum())
    );
    assert_eq!(foretold.figure.unwrap().as_f64(), report.deals, "of those that are on their way");
    assert_eq!(behind(&desk, &forecast, "/deal_value_mean_minor").unwrap().leads.len() as u64, report.won);
    assert!("channels/ads".parse::<Figure>().unwrap_err().to_string().contains("such as /channels/ads/won"));
}
