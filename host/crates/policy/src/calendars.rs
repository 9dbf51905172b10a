//! Calendars: `calendars/<name>.toml` with the zone, the hours of each weekday and the holidays.
//!
//! ```toml
//! zone = "Europe/Berlin"
//! holidays = [2026-05-25]
//! [hours]
//! workdays = ["09:00-12:30", "13:00-17:00"]   # Monday to Friday
//! friday = ["09:00-15:00"]                    # a weekday's own hours come first
//! ```

use std::collections::BTreeMap;

use leadsman_domain::PoolId;
use leadsman_domain::policy::Calendar;

use crate::files::PolicyFiles;
use crate::problem::Problem;
use crate::reader::{Desk, Node, Report, Section};
use crate::source::SourceText;

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

type Spans = Vec<(u16, u16)>;

/// Reads all calendars.
pub(crate) fn read(files: &PolicyFiles, report: &Report) -> BTreeMap<String, Calendar> {
    let mut calendars = BTreeMap::new();
    for (path, name, content) in files.below("calendars", "toml") {
        if let Err(error) = PoolId::parse(name) {
            report.add(Problem::of_file(
                path,
                format!("{name:?} is not a name for a calendar: {}", error.rule),
            ));
        }
        let Ok(text) = std::str::from_utf8(content) else {
            report.add(Problem::of_file(path, "the file is not UTF-8"));
            continue;
        };
        let source = SourceText::new(path, text);
        let desk = Desk { source: &source, report };
        if let Some(calendar) = desk.parse().and_then(|document| calendar(desk.section(&document))) {
            calendars.insert(name.to_owned(), calendar);
        }
    }
    calendars
}

fn calendar(section: Section<'_>) -> Option<Calendar> {
    let zone = section.require("zone").and_then(|node| node.zone());
    let week = section.require("hours").and_then(|node| Some(week(node.section()?)));
    let holidays = section.get("holidays").map(|node| node.items()).unwrap_or_default();
    let holidays = holidays.iter().filter_map(Node::date).collect();
    section.close();
    Some(Calendar { zone: zone?, week: week?, holidays })
}

fn week(section: Section<'_>) -> [Spans; 7] {
    let workdays = section.get("workdays").map(|node| spans(&node)).unwrap_or_default();
    let day = |index: usize| {
        let own = section.get(WEEKDAYS[index]).map(|node| spans(&node));
        own.unwrap_or_else(|| if index < 5 { workdays.clone() } else { Vec::new() })
    };
    let week: [Spans; 7] = std::array::from_fn(day);
    if week.iter().all(Vec::is_empty) {
        section.problem("this calendar is never open".to_owned(), None);
    }
    section.close();
    week
}

fn spans(day: &Node<'_>) -> Spans {
    let mut spans: Spans = day.items().iter().filter_map(span).collect();
    spans.sort_unstable();
    if spans.windows(2).any(|pair| pair[0].1 > pair[1].0) {
        day.problem("two spans overlap", None);
    }
    spans
}

fn span(node: &Node<'_>) -> Option<(u16, u16)> {
    let text = node.text()?;
    let parsed =
        text.split_once('-').and_then(|(from, until)| Some((minute(from.trim())?, minute(until.trim())?)));
    match parsed {
        None => node.problem("this is not a span of hours; write it as \"09:00-17:30\"", None),
        Some((from, until)) if from >= until => {
            let help =
                "hours past midnight belong to the next day, as in 22:00-24:00 and 00:00-02:00".to_owned();
            node.problem("this span ends before it begins", Some(help));
        }
        span => return span,
    }
    None
}

fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let two_digits = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !two_digits(hour) || !two_digits(minute) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let is_time = (hour < 24 && minute < 60) || (hour == 24 && minute == 0);
    is_time.then_some(hour * 60 + minute)
}
