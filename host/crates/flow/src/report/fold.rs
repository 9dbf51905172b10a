//! How reports are made: leads are shown to a fold one after the other. And the way back, from a figure of a report
//! to the leads that are behind it: those that would show in it if they were alone.

use std::ops::ControlFlow;

use leadsman_domain::LeadId;
use leadsman_domain::lead::{Lead, Status};
use serde::Serialize;
use serde_json::{Number, Value};

use super::currency::{Currency, Met};
use super::figure::{Figure, shows};
use crate::cursor::Cursor;
use crate::error::FlowError;
use crate::history::{Archive, History};

/// What a report asks of leads. A figure of it is the sum, or the mean, of what it would be for each lead alone;
/// that is what leads from a figure to its leads.
pub trait Fold: Clone {
    /// The report in the making.
    type Sums;
    /// The report.
    type Report: Serialize;
    /// Whether journals have to be read. Else what stands in the leads is enough, and entries are not shown.
    const JOURNALS: bool;

    /// The report before any lead is shown.
    fn begin(&self) -> Self::Sums;
    /// Shows a lead that is no junk and is known by name; it may be part of another one by now.
    fn add(&self, sums: &mut Self::Sums, history: &History);
    /// The report after all leads were shown.
    fn finish(&self, sums: Self::Sums) -> Self::Report;

    /// The same fold for one lead after the other, each alone, of which only one figure is looked at: it may leave out
    /// whatever does not show in that.
    #[must_use]
    fn only(&self, _figure: &Figure) -> Self {
        self.clone()
    }

    /// Whether the values of all deals are added up, which then have to be of one currency.
    fn adds_up_values(&self) -> bool {
        true
    }

    /// The currency in which it was asked for values, if it was.
    fn currency(&self) -> Option<&Currency> {
        None
    }

    /// Which figure leads to the leads behind one that is not made of what each of them would come to alone.
    fn ground(&self, _figure: &Figure) -> Option<Figure> {
        None
    }
}

/// A report, and the currency of the values in it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Priced<R> {
    /// The currency, by its ISO 4217 code; none where there are no values, or each tells its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// The report.
    #[serde(flatten)]
    pub report: R,
}

/// A page of the leads behind a figure of a report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Behind {
    /// Which figure.
    pub of: String,
    /// What it is; none where it has no ground, and on pages after the first, since it takes every lead to know it.
    pub figure: Option<Number>,
    /// The leads, in the order in which they came in.
    pub leads: Vec<Part>,
    /// Where the next page begins; none after the last.
    pub next: Option<Cursor>,
}

/// A lead behind a figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    /// The lead.
    pub lead: LeadId,
    /// What the figure would be if there were no other lead: 1 where leads are counted, its value where value is.
    pub alone: Number,
}

impl Archive {
    /// Makes a report. Reads every lead, one after the other.
    ///
    /// # Errors
    ///
    /// When one of them cannot be read, or values are of several currencies.
    pub fn report<F: Fold>(&self, fold: &F) -> Result<F::Report, FlowError> {
        Ok(self.priced(fold)?.report)
    }

    /// Makes a report, and says in which currency its values are.
    ///
    /// # Errors
    ///
    /// As [`Archive::report`].
    pub fn priced<F: Fold>(&self, fold: &F) -> Result<Priced<F::Report>, FlowError> {
        let (mut sums, mut met) = (fold.begin(), Met::default());
        self.each_known(F::JOURNALS, |history| {
            met.see(&history.lead);
            fold.add(&mut sums, history);
        })?;
        finish(fold, sums, met)
    }

    /// Tells the leads behind a figure of a report, from a place on, at most so many. The first page takes as long as the
    /// report, whose figure it tells; another one reads leads until it is full. Each lead that is looked at makes a
    /// report of its own, of which nothing but the figure is written.
    ///
    /// # Errors
    ///
    /// When the report has no such figure, a lead cannot be read, or values are of several currencies.
    pub fn behind<F: Fold>(
        &self,
        fold: &F,
        figure: &Figure,
        from: Option<&Cursor>,
        limit: usize,
    ) -> Result<Behind, FlowError> {
        let ground = fold.ground(figure).unwrap_or_else(|| figure.clone());
        let only = fold.only(&ground);
        let without = ground.number(&only.finish(only.begin()));
        let alone = |history: &History| {
            let mut sums = only.begin();
            only.add(&mut sums, history);
            ground.number(&only.finish(sums)).filter(|alone| shows(alone, without.as_ref()))
        };
        let mut whole = from.is_none().then(|| (fold.begin(), Met::default()));
        let (mut leads, mut next) = (Vec::new(), None);
        self.each_place(from, |place| {
            let Some(history) = self.known(place.lead(), F::JOURNALS)? else {
                return Ok(ControlFlow::Continue(()));
            };
            if let Some((whole, met)) = &mut whole {
                met.see(&history.lead);
                fold.add(whole, &history);
            }
            if next.is_none()
                && let Some(alone) = alone(&history)
            {
                if leads.len() < limit {
                    leads.push(Part { lead: place.lead().clone(), alone });
                } else {
                    next = Some(place);
                }
            }
            let is_enough = next.is_some() && whole.is_none();
            Ok(if is_enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
        let of = figure.to_string();
        let report = match whole {
            Some((whole, met)) => finish(fold, whole, met)?,
            // A cursor leads to a lead behind the figure: it may be that of another figure, and this none at all.
            None if leads.is_empty() => self.priced(fold)?,
            None => return Ok(Behind { of, figure: None, leads, next }),
        };
        let whole = serde_json::to_value(report).unwrap_or_default();
        match figure.of(&whole) {
            Some(value @ (Value::Number(_) | Value::Null)) => {
                Ok(Behind { of, figure: value.as_number().cloned(), leads, next })
            }
            _ => Err(figure.missing(&whole)),
        }
    }

    /// A lead as reports are shown it, if they are.
    fn known(&self, id: &LeadId, journals: bool) -> Result<Option<History>, FlowError> {
        let history =
            if journals { self.history(id)? } else { History { lead: self.lead(id)?, entries: Vec::new() } };
        Ok(is_known(&history.lead).then_some(history))
    }

    /// Shows every lead that is no junk and is known by name, those that are part of another one by now included.
    fn each_known(&self, journals: bool, mut visit: impl FnMut(&History)) -> Result<(), FlowError> {
        if journals {
            return self.each_id(|id| {
                self.known(&id, journals)?.iter().for_each(&mut visit);
                Ok(())
            });
        }
        self.each_lead(|lead| {
            if is_known(&lead) {
                visit(&History { lead, entries: Vec::new() });
            }
        })
    }
}

/// A report after all leads were shown; unless it would add up values of several currencies.
fn finish<F: Fold>(fold: &F, sums: F::Sums, met: Met) -> Result<Priced<F::Report>, FlowError> {
    let met = if fold.adds_up_values() { met.one()? } else { None };
    let currency = fold.currency().map(ToString::to_string).or(met);
    Ok(Priced { currency, report: fold.finish(sums) })
}

/// Whether a lead is no junk and is known by name. Whoever bought is no junk, whatever screening said.
fn is_known(lead: &Lead) -> bool {
    match lead.status {
        Status::Rejected => !lead.won.is_empty(),
        Status::Anonymous => false,
        _ => true,
    }
}
