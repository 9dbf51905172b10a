//! Cells out of JSON, and values in their currency.

use iso_currency::Currency;
use serde_json::Value;

use super::Cell;

/// What columns are called.
pub fn heads<const N: usize>(names: [&str; N]) -> Vec<String> {
    names.map(str::to_owned).to_vec()
}

/// The members of an object.
pub fn entries(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().into_iter().flatten()
}

/// The elements of a list.
pub fn elements(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

pub fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

pub fn whole(count: u64) -> Cell {
    Cell::Count(i64::try_from(count).unwrap_or(i64::MAX))
}

pub fn count(value: &Value) -> Cell {
    value.as_i64().map_or(Cell::Unknown, Cell::Count)
}

pub fn share(value: &Value) -> Cell {
    value.as_f64().map_or(Cell::Unknown, Cell::Share)
}

pub fn permille(value: &Value) -> Cell {
    value.as_f64().map_or(Cell::Unknown, |permille| Cell::Share(permille / 1000.0))
}

pub fn number(value: &Value) -> Cell {
    value.as_f64().map_or(Cell::Unknown, Cell::Number)
}

/// How the values of a report are told: in whole units where their currency is known, or else in minor ones.
#[derive(Clone, Copy)]
pub struct Values<'a> {
    code: &'a str,
    decimals: u32,
}

impl<'a> Values<'a> {
    /// Those of a currency, by its ISO 4217 code.
    pub fn in_currency(code: Option<&'a str>) -> Self {
        let known = code.and_then(|code| Some((code, Currency::from_code(code)?.exponent()?)));
        let (code, decimals) = known.unwrap_or(("minor", 0));
        Self { code, decimals: u32::from(decimals) }
    }

    /// Those of a report.
    pub fn of(report: &'a Value) -> Self {
        Self::in_currency(report["currency"].as_str())
    }

    /// What a column of them is called.
    pub fn head(self, name: &str) -> String {
        format!("{name}, {}", self.code)
    }

    /// One of them.
    pub fn cell(self, minor: &Value) -> Cell {
        minor.as_i64().map_or(Cell::Unknown, |minor| Cell::Amount(minor, self.decimals))
    }

    /// A mean of them, to the nearest minor unit.
    #[expect(clippy::cast_possible_truncation, reason = "a mean lies among whole numbers of minor units")]
    pub fn mean(self, minor: &Value) -> Cell {
        minor.as_f64().map_or(Cell::Unknown, |minor| Cell::Amount(minor.round() as i64, self.decimals))
    }

    /// One of them within a sentence.
    pub fn told(self, minor: &Value) -> String {
        match self.code {
            "minor" => format!("{} in minor units", self.cell(minor).shown()),
            code => format!("{} {code}", self.cell(minor).shown()),
        }
    }
}
