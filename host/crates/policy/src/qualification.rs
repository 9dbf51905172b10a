//! Qualification: when a lead may become an account, a contact and an opportunity, and what of it they take
//! over. What the policy knows of the kind of an attribute is checked here; the rest when a lead is qualified.

use leadsman_domain::AttributeName;
use leadsman_domain::life::LifeStage;
use leadsman_domain::mapping::{ColumnKind, ColumnMapping};
use leadsman_domain::policy::Eligibility;
use leadsman_domain::qualification::{Field, Qualification};
use leadsman_domain::submission::is_derived;
use leadsman_domain::value::ValueKind;
use toml::de::DeValue;

use crate::grading::points;
use crate::reader::Node;

const STAGES: [(&str, LifeStage); 3] =
    [("uql", LifeStage::Uql), ("mql", LifeStage::Mql), ("sql", LifeStage::Sql)];

/// Reads the qualification; without one any lead may be qualified, and nothing of it is taken over.
pub(crate) fn read(node: Option<Node<'_>>, import: Option<&ColumnMapping>) -> Qualification {
    let Some(section) = node.and_then(|node| node.section()) else { return Qualification::default() };
    let attributes = section.get("attributes").map(|node| node.items()).unwrap_or_default();
    let requires = Eligibility {
        consent: None,
        attributes: attributes.iter().filter_map(|item| item.parsed(AttributeName::parse)).collect(),
        score: section.get("score").and_then(|node| points(&node)),
    };
    let fields = |key| section.get(key).map(|node| fields(&node, import)).unwrap_or_default();
    let qualification = Qualification {
        stage: section.get("stage").and_then(|node| node.choice(&STAGES)).unwrap_or_default(),
        requires,
        account: fields("account"),
        contact: fields("contact"),
        opportunity: fields("opportunity"),
    };
    section.close();
    qualification
}

/// `name = "company.name"`, or `value = {from = "deal.value", kind = "number", required = true}`.
fn fields(node: &Node<'_>, import: Option<&ColumnMapping>) -> Vec<Field> {
    let entries = node.section().map(|section| section.entries()).unwrap_or_default();
    let read = |(to, node): &(&str, Node<'_>)| {
        let to =
            AttributeName::parse(to).map_err(|error| node.problem_with_key(error.to_string(), None)).ok();
        let field = field(node);
        let (to, (from, kind, required)) = (to?, field?);
        if let Some(known) = kind_of(&from, import).filter(|known| *known != kind) {
            let (known, kind) = (known.as_str(), kind.as_str());
            let help = format!("write {{from = \"{from}\", kind = \"{known}\"}}");
            node.problem(format!("{from} is of the kind {known}, and not {kind}"), Some(help));
        }
        Some(Field { to, from, kind, required })
    };
    entries.iter().filter_map(read).collect()
}

fn field(node: &Node<'_>) -> Option<(AttributeName, ValueKind, bool)> {
    if let DeValue::String(_) = node.value() {
        return Some((node.parsed(AttributeName::parse)?, ValueKind::Text, false));
    }
    let section = node.section()?;
    let from = section.require("from").and_then(|node| node.parsed(AttributeName::parse));
    let kind = section.get("kind").map_or(Some(ValueKind::Text), |node| node.choice(&ValueKind::NAMED));
    let required = section.get("required").map_or(Some(false), |node| node.flag());
    section.close();
    Some((from?, kind?, required?))
}

/// The kind of an attribute, if intake derives it or the import reads it from a column.
fn kind_of(attribute: &AttributeName, import: Option<&ColumnMapping>) -> Option<ValueKind> {
    if is_derived(attribute.as_str()) {
        return Some(match attribute.as_str().rsplit('.').next() {
            Some("valid" | "free" | "disposable") => ValueKind::Flag,
            Some("country-code") => ValueKind::Number,
            _ => ValueKind::Text,
        });
    }
    let column = import?.columns.iter().find(|column| column.attribute == *attribute)?;
    Some(match column.kind {
        ColumnKind::Text => ValueKind::Text,
        ColumnKind::Number => ValueKind::Number,
        ColumnKind::Flag => ValueKind::Flag,
        ColumnKind::Time(_) => ValueKind::Time,
        ColumnKind::Texts(_) => ValueKind::Texts,
    })
}
