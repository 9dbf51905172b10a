//! Planning backwards: how many leads it takes to come to so many deals, and what they cost.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::money::{InvalidWeights, Minor, split};

/// Thousandths of a percent in a whole.
const WHOLE: u64 = 100_000;

/// The share that takes a step, in thousandths of a percent: more than nothing, at most all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rate(u64);

/// What is no rate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no rate: write a percentage above 0 and up to 100, with at most three decimals, such as 12.5 or 12.5%"
)]
pub struct InvalidRate(String);

impl Rate {
    /// The share of a part in a whole, to the nearest thousandth of a percent; none if that is nothing.
    #[must_use]
    pub fn of(part: u64, whole: u64) -> Option<Self> {
        let thousandths =
            (u128::from(part) * u128::from(WHOLE) + u128::from(whole) / 2).checked_div(whole.into())?;
        u64::try_from(thousandths).ok().filter(|rate| (1..=WHOLE).contains(rate)).map(Self)
    }

    /// How many must be there, so that so many are left after the step: rounded up, as half a lead is none.
    #[must_use]
    pub fn needed_for(self, left: u64) -> u64 {
        u64::try_from((u128::from(left) * u128::from(WHOLE)).div_ceil(self.0.into())).unwrap_or(u64::MAX)
    }

    /// The part of an amount, rounded once to a whole minor unit; a half away from nothing.
    #[must_use]
    pub fn of_amount(self, amount: Minor) -> Minor {
        let part = (u128::from(amount.0.unsigned_abs()) * u128::from(self.0) + u128::from(WHOLE) / 2)
            / u128::from(WHOLE);
        let part = i64::try_from(part).unwrap_or(i64::MAX);
        Minor(if amount.0 < 0 { -part } else { part })
    }
}

impl FromStr for Rate {
    type Err = InvalidRate;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidRate(text.to_owned());
        let text = text.strip_suffix('%').map_or(text, str::trim_end);
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        if part.len() > 3
            || whole.is_empty()
            || !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        {
            return Err(invalid());
        }
        let thousandths: u64 = format!("{whole}{part:0<3}").parse().map_err(|_| invalid())?;
        if (1..=WHOLE).contains(&thousandths) { Ok(Self(thousandths)) } else { Err(invalid()) }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{:03} %", self.0 / 1000, self.0 % 1000)
    }
}

/// What it takes to come to so many deals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// Deals.
    pub deals: u64,
    /// Leads that sales finds worth selling to.
    pub sql: u64,
    /// Leads that reach the line of marketing.
    pub mql: u64,
    /// Leads that come in.
    pub uql: u64,
}

impl Plan {
    /// Plans backwards from deals, each layer rounded up, with the shares that go from lead to MQL, from MQL to SQL
    /// and from SQL to deal.
    #[must_use]
    pub fn backwards(deals: u64, [uql_to_mql, mql_to_sql, sql_to_deal]: [Rate; 3]) -> Self {
        let sql = sql_to_deal.needed_for(deals);
        let mql = mql_to_sql.needed_for(sql);
        Self { deals, sql, mql, uql: uql_to_mql.needed_for(mql) }
    }

    /// The leads of each campaign, in proportion to weights; together all that it takes.
    ///
    /// # Errors
    ///
    /// When the weights cannot split anything.
    pub fn leads_by(&self, weights: &[f64]) -> Result<Vec<u64>, InvalidWeights> {
        let parts = split(Minor(i64::try_from(self.uql).unwrap_or(i64::MAX)), weights)?;
        Ok(parts.into_iter().map(|part| part.0.unsigned_abs()).collect())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rates(percents: [&str; 3]) -> [Rate; 3] {
        percents.map(|percent| percent.parse().unwrap())
    }

    #[test]
    fn f99_the_vector() {
        let plan = Plan::backwards(160, rates(["25", "40", "20"]));
        assert_eq!(plan, Plan { deals: 160, sql: 800, mql: 2_000, uql: 8_000 });
    }

    #[test]
    fn each_layer_is_rounded_up() {
        let plan = Plan::backwards(1, rates(["33.333", "33.333", "33.333"]));
        assert_eq!((plan.sql, plan.mql, plan.uql), (4, 13, 40));
    }

    #[test]
    fn rates_are_percentages() {
        for wrong in ["0", "100.001", "-1", "1e2", "", ".5", "1.0005", "nan", "1.2.3"] {
            assert!(wrong.parse::<Rate>().is_err(), "{wrong}");
        }
        assert_eq!("12.5".parse::<Rate>().unwrap().to_string(), "12.500 %");
        assert_eq!(Rate::of(1, 3).unwrap().to_string(), "33.333 %");
        assert_eq!((Rate::of(0, 3), Rate::of(1, 0)), (None, None));
    }

    proptest! {
        #[test]
        fn a_plan_suffices_and_one_lead_less_would_not(deals in 1..10_000_u64, rate in 1..=WHOLE) {
            let needed = Rate(rate).needed_for(deals);
            let left = |of: u64| of as u128 * u128::from(rate) / u128::from(WHOLE);
            prop_assert!(left(needed) >= u128::from(deals));
            prop_assert!(left(needed - 1) < u128::from(deals));
        }

        #[test]
        fn campaigns_share_all_leads(uql in 0..1_000_000_u64, weights in prop::collection::vec(0.1..10.0_f64, 1..6)) {
            let plan = Plan { deals: 1, sql: 1, mql: 1, uql };
            prop_assert_eq!(plan.leads_by(&weights).unwrap().into_iter().sum::<u64>(), uql);
        }
    }
}
