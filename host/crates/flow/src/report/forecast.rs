//! Where the way to the deal is weakest, and what the leads that are on it may bring.

use leadsman_domain::life::LifeStage;
use serde::Serialize;

use super::stages::Conversions;
use super::{Figure, Fold, Span, Story};
use crate::error::FlowError;
use crate::history::{Archive, History};

/// Which step of the way fell off most, and what may come of the leads that are on their way.
///
/// A lead on its way becomes a deal with the share of all leads so far that came from its stage to a deal. Leads
/// that came in lately have had little time: a span that ends some weeks ago tells more.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Forecast {
    /// The steps from stage to stage.
    pub steps: [StepChange; 3],
    /// The step whose share fell most against before; where nothing was before, the one with the least share.
    pub weakest: Option<&'static str>,
    /// Leads that are on their way now, by stage: `uql`, `mql`, `sql`. Held, blocked and nurtured ones are.
    pub stock: [u64; 3],
    /// These together.
    pub on_their_way: u64,
    /// Leads so far that came to a deal.
    pub won: u64,
    /// The share that came from each of these stages to a deal, of all leads so far.
    pub to_deal: [Option<f64>; 3],
    /// Deals that may come of the stock; none if there were no deals to learn from.
    pub deals: Option<f64>,
    /// What a deal was worth on average, in minor units.
    pub deal_value_mean_minor: Option<i64>,
    /// What the deals that may come are worth, in minor units.
    pub value_minor: Option<i64>,
}

/// How a step went, for the leads of the span, and for those that came in before it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct StepChange {
    /// Which: `uql_to_mql`, `mql_to_sql` or `sql_to_deal`.
    pub step: &'static str,
    /// The share that took it before, from 0 to 1.
    pub before: Option<f64>,
    /// The share that takes it now.
    pub now: Option<f64>,
    /// By how much the share grew; none where one of them is not known.
    pub change: Option<f64>,
}

impl Forecast {
    /// Folds the journals of all leads.
    ///
    /// # Errors
    ///
    /// When a journal cannot be read.
    pub fn of(archive: &Archive, span: Span) -> Result<Self, FlowError> {
        archive.report(&ForecastFold { span })
    }
}

/// The forecast: the leads that came in in a span of time against those before it, and all that are on their way.
#[derive(Debug, Clone, Copy)]
pub struct ForecastFold {
    /// The span.
    pub span: Span,
}

/// The forecast in the making.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    before: Conversions,
    now: Conversions,
    all: Conversions,
    stock: [u64; 3],
    deals: u64,
    value_minor: i64,
}

impl Fold for ForecastFold {
    type Sums = Seen;
    type Report = Forecast;
    const JOURNALS: bool = true;

    fn begin(&self) -> Seen {
        Seen::default()
    }

    fn add(&self, seen: &mut Seen, history: &History) {
        let lead = &history.lead;
        if lead.is_part_of_another() {
            return;
        }
        let story = Story::of(history, "");
        let is_before = self.span.from.is_some_and(|from| lead.received < from);
        for (stage, _) in &story.reached {
            *seen.all.count(*stage) += 1;
            *seen.before.count(*stage) += u64::from(is_before);
            *seen.now.count(*stage) += u64::from(self.span.has(lead.received));
        }
        seen.deals += story.deals.len() as u64;
        seen.value_minor = seen.value_minor.saturating_add(story.won_value_minor());
        let place = LifeStage::ALL.into_iter().position(|stage| stage == lead.stage);
        if let Some(count) = place.and_then(|place| seen.stock.get_mut(place)) {
            *count += 1;
        }
    }

    fn finish(&self, seen: Seen) -> Forecast {
        let Seen { before, now, all, stock, deals, value_minor: value } = seen;
        let (before, now, all) = (before.with_shares(), now.with_shares(), all.with_shares());
        let step = |step, of: fn(&Conversions) -> Option<f64>| {
            let (before, now) = (of(&before), of(&now));
            StepChange { step, before, now, change: now.zip(before).map(|(now, before)| now - before) }
        };
        let steps = [
            step("uql_to_mql", |one| one.uql_to_mql),
            step("mql_to_sql", |one| one.mql_to_sql),
            step("sql_to_deal", |one| one.sql_to_deal),
        ];
        let mql_to_deal = all.mql_to_sql.zip(all.sql_to_deal).map(|(one, other)| one * other);
        let to_deal = [all.uql_to_deal, mql_to_deal, all.sql_to_deal];
        let mean = i64::try_from(deals).ok().filter(|deals| *deals > 0).map(|deals| value / deals);
        let expected = (deals > 0).then(|| {
            let of_stage =
                stock.iter().zip(to_deal).map(|(stock, share)| *stock as f64 * share.unwrap_or(0.0));
            of_stage.sum::<f64>()
        });
        let worth = expected.zip(mean).map(|(deals, mean)| (deals * mean as f64).round() as i64);
        Forecast {
            weakest: weakest(&steps),
            steps,
            stock,
            on_their_way: stock.iter().sum(),
            won: all.deal,
            to_deal,
            deals: expected,
            deal_value_mean_minor: mean,
            value_minor: worth,
        }
    }

    /// What may come is foretold of the leads on their way, and what a deal is worth was learned from those that came
    /// to one.
    fn ground(&self, figure: &Figure) -> Option<Figure> {
        let ground = match figure.way()[..] {
            ["deals" | "value_minor"] => "/on_their_way",
            ["deal_value_mean_minor"] => "/won",
            _ => return None,
        };
        ground.parse().ok()
    }
}

fn weakest(steps: &[StepChange]) -> Option<&'static str> {
    let least = |of: fn(&StepChange) -> Option<f64>| {
        let known = steps.iter().filter_map(|step| Some((of(step)?, step.step)));
        known.min_by(|one, other| one.0.total_cmp(&other.0)).map(|(_, step)| step)
    };
    least(|step| step.change).or_else(|| least(|step| step.now))
}
