//! The import mapping: `[import]`, its columns and activities.

use std::collections::{BTreeMap, BTreeSet};

use chrono::format::{Item, StrftimeItems};
use chrono_tz::Tz;
use leadsman_domain::AttributeName;
use leadsman_domain::mapping::{
    ActivityColumn, ActivityReading, AttributeColumn, ColumnKind, ColumnMapping, Origin, TimeColumn, Unknown,
};
use leadsman_domain::submission::is_derived;
use leadsman_domain::text::fold;
use toml::de::DeValue;

use crate::links::{Links, Target};
use crate::reader::{Node, Section};

const UNKNOWN: [(&str, Unknown); 2] = [("error", Unknown::Error), ("ignore", Unknown::Ignore)];

#[derive(Clone, Copy)]
enum Type {
    Text,
    Number,
    Flag,
    Time,
    Texts,
}

const TYPES: [(&str, Type); 5] = [
    ("text", Type::Text),
    ("number", Type::Number),
    ("flag", Type::Flag),
    ("time", Type::Time),
    ("texts", Type::Texts),
];

/// Reads the mapping, if there is one.
pub(crate) fn read<'a>(node: Option<Node<'a>>, zone: Tz, links: &mut Links<'a>) -> Option<ColumnMapping> {
    let section = node?.section()?;
    let text = |key| section.get(key).and_then(|node| node.text()).map(str::to_owned);
    let unknown_columns = section.get("unknown_columns").and_then(|node| node.choice(&UNKNOWN));
    let activities = section.get("activities").map(|node| node.sections()).unwrap_or_default();
    let mapping = ColumnMapping {
        source: text("source").unwrap_or_else(|| "import".to_owned()),
        delimiter: section.get("delimiter").and_then(|node| delimiter(&node)).unwrap_or(b','),
        zone: section.get("zone").and_then(|node| node.zone()).unwrap_or(zone),
        missing: section
            .get("missing")
            .map(|node| node.items())
            .unwrap_or_default()
            .iter()
            .filter_map(marker)
            .collect(),
        key: text("key"),
        received: section.get("received").and_then(|node| time_column(&node)),
        channel: section.get("channel").and_then(|node| origin(&node)),
        campaign: section.get("campaign").and_then(|node| origin(&node)),
        columns: section.get("columns").and_then(|node| node.section()).map(columns).unwrap_or_default(),
        activities: activities.into_iter().filter_map(|section| activity(section, links)).collect(),
        ignored: section.get("ignore").map(|node| node.texts()).unwrap_or_default().into_iter().collect(),
        unknown_columns: unknown_columns.unwrap_or(Unknown::Error),
    };
    if let Some(twice) = mapping.named_columns().find(|column| mapping.ignored.contains(*column)) {
        section.problem(format!("the column {twice:?} is ignored and read as well"), None);
    }
    section.close();
    Some(mapping)
}

fn delimiter(node: &Node<'_>) -> Option<u8> {
    match node.text_or_blank()?.as_bytes() {
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\r' | b'\n') => Some(*byte),
        _ => {
            node.problem("this has to be one ASCII character, such as \";\" or \"\\t\"", None);
            None
        }
    }
}

/// What stands for "not known"; an empty text is allowed here, and always among them.
fn marker(node: &Node<'_>) -> Option<String> {
    node.text_or_blank().map(fold)
}

/// `{column = "…", format = "…"}`, or `formats = ["…", "…"]`.
fn time_column(node: &Node<'_>) -> Option<TimeColumn> {
    let section = node.section()?;
    let column = section.require("column").and_then(|node| node.text()).map(str::to_owned);
    let formats = formats(&section);
    section.close();
    Some(TimeColumn { column: column?, formats })
}

fn formats(section: &Section<'_>) -> Vec<String> {
    let one = section.get("format");
    let several = section.get("formats").map(|node| node.items()).unwrap_or_default();
    one.iter().chain(&several).filter_map(format).collect()
}

fn format(node: &Node<'_>) -> Option<String> {
    let text = node.text()?;
    if StrftimeItems::new(text).any(|item| item == Item::Error) {
        node.problem(
            "this is not a format of times",
            Some("write it as for strftime: \"%Y-%m-%d %H:%M:%S\"".to_owned()),
        );
        return None;
    }
    Some(text.to_owned())
}

/// A text that is the same for every row, or `{column = "…"}`.
fn origin(node: &Node<'_>) -> Option<Origin> {
    if let DeValue::String(_) = node.value() {
        return node.text().map(|text| Origin::Constant(text.to_owned()));
    }
    let section = node.section()?;
    let column = section.require("column").and_then(|node| node.text());
    section.close();
    column.map(|column| Origin::Column(column.to_owned()))
}

fn columns(section: Section<'_>) -> Vec<AttributeColumn> {
    let mut columns: Vec<AttributeColumn> = Vec::new();
    for (column, node) in section.entries() {
        let Some((attribute_node, attribute, kind)) = attribute_column(&node) else { continue };
        if is_derived(attribute.as_str()) {
            let help =
                "map the column to the attribute that it is derived from, such as contact.phone".to_owned();
            attribute_node
                .problem(format!("{attribute} is derived by the intake and cannot be set"), Some(help));
        }
        if let Some(other) = columns.iter().find(|other| other.attribute == attribute) {
            attribute_node
                .problem(format!("{attribute} comes from the column {:?} already", other.column), None);
        }
        columns.push(AttributeColumn { column: column.to_owned(), attribute, kind });
    }
    columns
}

/// An attribute's name, or `{attribute = "…", type = "…"}` with what the type needs.
fn attribute_column<'a>(node: &Node<'a>) -> Option<(Node<'a>, AttributeName, ColumnKind)> {
    if let DeValue::String(_) = node.value() {
        return Some((node.clone(), node.parsed(AttributeName::parse)?, ColumnKind::Text));
    }
    let section = node.section()?;
    let attribute = section.require("attribute");
    let kind = section.get("type").map_or(Some(Type::Text), |node| node.choice(&TYPES));
    let separator = section.get("separator");
    let formats = formats(&section);
    section.close();
    let kind = match kind? {
        Type::Text => ColumnKind::Text,
        Type::Number => ColumnKind::Number,
        Type::Flag => ColumnKind::Flag,
        Type::Time => ColumnKind::Time(formats),
        Type::Texts => {
            let separator =
                separator.map_or(Some(";"), |node| node.text_or_blank().filter(|text| !text.is_empty()));
            ColumnKind::Texts(separator?.to_owned())
        }
    };
    let attribute = attribute?;
    let name = attribute.parsed(AttributeName::parse)?;
    Some((attribute, name, kind))
}

fn activity<'a>(section: Section<'a>, links: &mut Links<'a>) -> Option<ActivityColumn> {
    let column = section.require("column").and_then(|node| node.text()).map(str::to_owned);
    let at = section.get("at").and_then(|node| time_column(&node));
    let channel = section.get("channel").and_then(|node| node.text()).map(str::to_owned);
    let unknown_values = section.get("unknown_values").and_then(|node| node.choice(&UNKNOWN));
    let reading = match (section.get("kind"), section.get("kinds")) {
        (Some(kind), None) => {
            links.note(Target::Activity, &kind);
            kind.text().map(|kind| ActivityReading::Quantity(kind.to_owned()))
        }
        (None, Some(kinds)) => kinds.section().map(|kinds| ActivityReading::Kind {
            kinds: self::kinds(&kinds, links),
            unknown_values: unknown_values.unwrap_or(Unknown::Error),
        }),
        _ => {
            let help =
                "`kind` where the column says how often it happened, `kinds` where it says what happened";
            section.problem("give either `kind` or `kinds`".to_owned(), Some(help.to_owned()));
            None
        }
    };
    section.close();
    Some(ActivityColumn { column: column?, reading: reading?, at, channel })
}

fn kinds<'a>(section: &Section<'a>, links: &mut Links<'a>) -> BTreeMap<String, String> {
    let mut seen = BTreeSet::new();
    let mut kinds = BTreeMap::new();
    for (value, node) in section.entries() {
        links.note(Target::Activity, &node);
        if !seen.insert(fold(value)) {
            node.problem_with_key("this value is there already; case and white space do not matter", None);
        }
        if let Some(kind) = node.text() {
            kinds.insert(fold(value), kind.to_owned());
        }
    }
    kinds
}
