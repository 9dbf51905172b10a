//! What employees and others brought about whose links and shares were followed: the referrers of touches.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Fold, Span};
use crate::history::History;

/// What referrers did in a span of time. A lead that several touched counts for each of them; what deals are worth is
/// split among touches by attribution, so credit adds up.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ReferrerReport {
    /// By referrer.
    pub referrers: BTreeMap<String, ReferrerFigures>,
}

/// What a referrer did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct ReferrerFigures {
    /// Touches in that time that the referrer brought about, as far as leads remember them.
    pub touches: u64,
    /// Leads that these touched.
    pub leads: u64,
    /// Of these: won at least once.
    pub won: u64,
    /// Conversions in that time that are credited to the referrer, at least in part.
    pub conversions: u64,
    /// What of these conversions is, in millionths.
    pub credited_millionths: i64,
    /// What of their value is, in minor units.
    pub credited_minor: i64,
}

/// The report on referrers: of the touches and the conversions in a span of time.
#[derive(Debug, Clone, Copy)]
pub struct ReferrerFold {
    /// The span.
    pub span: Span,
}

impl Fold for ReferrerFold {
    type Sums = ReferrerReport;
    type Report = ReferrerReport;
    const JOURNALS: bool = false;

    fn begin(&self) -> ReferrerReport {
        ReferrerReport::default()
    }

    fn add(&self, report: &mut ReferrerReport, history: &History) {
        let lead = &history.lead;
        if lead.is_part_of_another() {
            return;
        }
        let mut touches: BTreeMap<String, u64> = BTreeMap::new();
        for by in lead.touches().into_iter().filter(|touch| self.span.has(touch.at)).filter_map(|one| one.by)
        {
            *touches.entry(by).or_default() += 1;
        }
        for (by, touches) in touches {
            let figures = report.referrers.entry(by).or_default();
            figures.touches += touches;
            figures.leads += 1;
            figures.won += u64::from(!lead.won.is_empty());
        }
        for won in lead.won.iter().filter(|won| self.span.has(won.conversion.at)) {
            let mut credited: BTreeMap<&str, ReferrerFigures> = BTreeMap::new();
            for credit in won.credits.iter().filter(|credit| credit.share_millionths > 0) {
                let Some(by) = credit.touch.by.as_deref() else { continue };
                let figures = credited.entry(by).or_default();
                figures.conversions = 1;
                figures.credited_millionths += credit.share_millionths;
                figures.credited_minor = figures.credited_minor.saturating_add(credit.value.0);
            }
            for (by, got) in credited {
                report.referrers.entry(by.to_owned()).or_default().get(got);
            }
        }
    }

    fn finish(&self, report: ReferrerReport) -> ReferrerReport {
        report
    }
}

impl ReferrerFigures {
    fn get(&mut self, credit: Self) {
        self.conversions += credit.conversions;
        self.credited_millionths += credit.credited_millionths;
        self.credited_minor = self.credited_minor.saturating_add(credit.credited_minor);
    }
}
