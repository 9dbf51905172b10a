//! Values of deals add up in one currency only: a report that meets several is refused, unless it is asked for the
//! values in one of them.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use leadsman_domain::journal::Event;
use leadsman_domain::lead::{Lead, Won};
use leadsman_domain::money::Minor;

use super::{Figure, Fold};
use crate::error::FlowError;
use crate::history::History;

/// A currency, by its ISO 4217 code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Currency(String);

/// What is no currency.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no currency: write its three letters, such as EUR")]
pub struct InvalidCurrency(String);

/// A report in which values are those in one currency, if one is named: deals in others count as well, and are worth
/// nothing in it.
#[derive(Debug, Clone)]
pub struct InCurrency<F> {
    /// The report.
    pub fold: F,
    /// The currency.
    pub currency: Option<Currency>,
}

/// The currencies of the deals that a report has met.
#[derive(Default)]
pub(super) struct Met(BTreeSet<String>);

impl FromStr for Currency {
    type Err = InvalidCurrency;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_code = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
        if is_code { Ok(Self(text.to_ascii_uppercase())) } else { Err(InvalidCurrency(text.to_owned())) }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl<F: Fold> Fold for InCurrency<F> {
    type Sums = F::Sums;
    type Report = F::Report;
    const JOURNALS: bool = F::JOURNALS;

    fn begin(&self) -> F::Sums {
        self.fold.begin()
    }

    fn add(&self, sums: &mut F::Sums, history: &History) {
        match self.currency.as_ref().filter(|_| self.fold.adds_up_values()) {
            Some(currency) => self.fold.add(sums, &currency.values_of(history)),
            None => self.fold.add(sums, history),
        }
    }

    fn finish(&self, sums: F::Sums) -> F::Report {
        self.fold.finish(sums)
    }

    fn only(&self, figure: &Figure) -> Self {
        Self { fold: self.fold.only(figure), currency: self.currency.clone() }
    }

    fn adds_up_values(&self) -> bool {
        self.currency.is_none() && self.fold.adds_up_values()
    }

    fn currency(&self) -> Option<&Currency> {
        self.currency.as_ref().filter(|_| self.fold.adds_up_values())
    }

    fn ground(&self, figure: &Figure) -> Option<Figure> {
        self.fold.ground(figure)
    }
}

impl Currency {
    /// A history in which deals in other currencies are worth nothing.
    fn values_of<'a>(&self, history: &'a History) -> Cow<'a, History> {
        if history.lead.won.iter().all(|won| self.is_of(won)) {
            return Cow::Borrowed(history);
        }
        let mut history = history.clone();
        history.lead.won.iter_mut().for_each(|won| self.keep_value_of(won));
        for entry in &mut history.entries {
            match &mut entry.event {
                Event::Converted { conversion } if conversion.currency != self.0 => {
                    conversion.value = Minor(0);
                }
                Event::Merged { brought, .. } => {
                    brought.won.iter_mut().for_each(|won| self.keep_value_of(won));
                }
                _ => {}
            }
        }
        Cow::Owned(history)
    }

    fn is_of(&self, won: &Won) -> bool {
        won.conversion.currency == self.0
    }

    fn keep_value_of(&self, won: &mut Won) {
        if !self.is_of(won) {
            won.conversion.value = Minor(0);
            won.credits.iter_mut().for_each(|credit| credit.value = Minor(0));
        }
    }
}

impl Met {
    /// Meets the deals of a lead.
    pub(super) fn see(&mut self, lead: &Lead) {
        for won in &lead.won {
            if !self.0.contains(&won.conversion.currency) {
                self.0.insert(won.conversion.currency.clone());
            }
        }
    }

    /// The currency of the values that were added up, if there were any.
    ///
    /// # Errors
    ///
    /// When they were of several.
    pub(super) fn one(mut self) -> Result<Option<String>, FlowError> {
        if self.0.len() < 2 {
            return Ok(self.0.pop_first());
        }
        Err(FlowError::SeveralCurrencies(self.0.into_iter().collect::<Vec<_>>().join(", ")))
    }
}
