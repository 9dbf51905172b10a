//! Values of the types that policies have. Each reading notes what is wrong and then gives none.

use std::fmt::Display;
use std::ops::RangeInclusive;

use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;
use leadsman_domain::Timestamp;
use leadsman_domain::calendar::first_moment;
use toml::de::DeValue;

use crate::reader::{Node, Section};
use crate::suggestion;

impl<'a> Node<'a> {
    /// A text that is not blank.
    pub fn text(&self) -> Option<&'a str> {
        let text = self.text_or_blank()?;
        if text.trim().is_empty() {
            self.problem("this text is blank", None);
            return None;
        }
        Some(text)
    }

    /// A text, be it blank.
    pub fn text_or_blank(&self) -> Option<&'a str> {
        match self.value() {
            DeValue::String(text) => Some(text.as_ref()),
            _ => {
                self.expected("a text");
                None
            }
        }
    }

    /// A text that is parsed, such as an id.
    pub fn parsed<T, E: Display>(&self, parse: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        parse(self.text()?).map_err(|error| self.problem(error.to_string(), None)).ok()
    }

    /// One of a few words.
    pub fn choice<T: Clone>(&self, words: &[(&'static str, T)]) -> Option<T> {
        let text = self.text()?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| meaning.clone());
        if found.is_none() {
            let help = suggestion::help(text, words.iter().map(|(word, _)| *word));
            self.problem(format!("`{text}` is not known here"), help);
        }
        found
    }

    pub fn flag(&self) -> Option<bool> {
        match self.value() {
            DeValue::Boolean(flag) => Some(*flag),
            _ => {
                self.expected("true or false");
                None
            }
        }
    }

    /// A finite number.
    pub fn number(&self) -> Option<f64> {
        let number = match self.value() {
            DeValue::Integer(number) => number.to_string().parse::<f64>().ok(),
            DeValue::Float(number) => number.as_str().parse::<f64>().ok(),
            _ => {
                self.expected("a number");
                return None;
            }
        };
        let number = number.filter(|number| number.is_finite());
        if number.is_none() {
            self.problem("this is not a finite number", None);
        }
        number
    }

    /// A whole number within bounds.
    pub fn whole(&self, bounds: RangeInclusive<u64>) -> Option<u64> {
        let DeValue::Integer(number) = self.value() else {
            self.expected("a whole number");
            return None;
        };
        let whole = u64::from_str_radix(number.as_str(), number.radix()).ok();
        let within = whole.filter(|whole| bounds.contains(whole));
        if within.is_none() {
            let (least, most) = (bounds.start(), bounds.end());
            self.problem(format!("this has to be a whole number from {least} to {most}"), None);
        }
        within
    }

    /// A span of time, such as `24h` or `7d 12h`, in milliseconds. A day has 24 hours.
    pub fn span_ms(&self) -> Option<i64> {
        let span = humantime::parse_duration(self.text()?).ok();
        let ms = span.and_then(|span| i64::try_from(span.as_millis()).ok());
        if ms.is_none() {
            self.problem("this is not a span of time; write it as \"24h\", \"90m\" or \"7d\"", None);
        }
        ms
    }

    /// A date.
    pub fn date(&self) -> Option<NaiveDate> {
        let text = match self.value() {
            DeValue::Datetime(moment) => moment.to_string(),
            DeValue::String(text) => text.to_string(),
            _ => String::new(),
        };
        let date = text.parse::<NaiveDate>().ok();
        if date.is_none() {
            self.problem("this is not a date; write it as 2026-12-24", None);
        }
        date
    }

    /// A moment: with an offset, or in local time, or the beginning of a date.
    pub fn moment(&self, zone: Tz) -> Option<Timestamp> {
        let text = match self.value() {
            DeValue::Datetime(moment) => moment.to_string(),
            DeValue::String(text) => text.to_string(),
            _ => String::new(),
        };
        let moment = parse_moment(&text, zone);
        if moment.is_none() {
            self.problem("this is not a moment; write it as 2026-12-24 or 2026-12-24T09:00:00", None);
        }
        moment
    }

    /// Texts that are not blank.
    pub fn texts(&self) -> Vec<String> {
        self.items().iter().filter_map(Node::text).map(str::to_owned).collect()
    }

    /// The tables of the array that has to stand here.
    pub fn sections(&self) -> Vec<Section<'a>> {
        self.items().iter().filter_map(Node::section).collect()
    }

    pub fn zone(&self) -> Option<Tz> {
        let text = self.text()?;
        let zone = text.parse::<Tz>().ok();
        if zone.is_none() {
            let names = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
            let help = suggestion::nearest(text, names).map(|name| format!("did you mean `{name}`?"));
            self.problem(format!("there is no time zone `{text}`"), help);
        }
        zone
    }
}

pub(crate) fn parse_moment(text: &str, zone: Tz) -> Option<Timestamp> {
    if let Ok(moment) = chrono::DateTime::parse_from_rfc3339(text) {
        return Some(Timestamp::from_ms(moment.timestamp_millis()));
    }
    let local = text.parse::<chrono::NaiveDateTime>().ok();
    let local = local.or_else(|| Some(text.parse::<NaiveDate>().ok()?.and_time(NaiveTime::MIN)));
    first_moment(zone, local?)
}
