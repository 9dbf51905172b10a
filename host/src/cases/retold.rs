//! A case out of a journal: what was told of a lead, and what came of it.

use std::fmt::Write as _;
use std::time::Duration;

use leadsman_domain::attribution::Conversion;
use leadsman_domain::lead::{Activity, Lead};
use leadsman_domain::submission::{Submission, is_derived};
use leadsman_domain::{Facts, Timestamp, Value};
use leadsman_flow::backtest::{Happening, Retold};
use toml::value::Datetime;

use super::Mask;
use super::compare::deed;
use crate::spans;

/// The case of a lead, as the text of a file in `cases/`; masked, if there is a mask. Who owned it is a comment,
/// since that depends on whose turn it was.
pub fn case_of(name: &str, retold: &[Retold], mask: Option<&Mask>) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    let Some((first, rest)) = retold.split_first() else { return Ok(text) };
    writeln!(text, "[[case]]\nname = {}\nat = {}", toml_text(name), first.at)?;
    let writer = Writer { mask };
    if let Some(Happening::Submitted(submission)) = &first.happening {
        writer.submission(&mut text, submission)?;
    }
    writeln!(text, "[case.expect]")?;
    expectations(&mut text, first)?;
    let mut before = first.at;
    for step in rest {
        let after = Duration::from_millis(step.at.ms_since(before).max(0).unsigned_abs());
        writeln!(text, "\n[[case.then]]\nafter = \"{}\"", spans::written(after))?;
        before = step.at;
        writer.happening(&mut text, step)?;
        writeln!(text, "[case.then.expect]")?;
        expectations(&mut text, step)?;
    }
    Ok(text)
}

struct Writer<'a> {
    mask: Option<&'a Mask>,
}

impl Writer<'_> {
    fn submission(&self, text: &mut String, submission: &Submission) -> std::fmt::Result {
        writeln!(text, "facts = {}", self.facts(&submission.facts))?;
        if let Some(origin) = &submission.origin {
            writeln!(text, "channel = {}", toml_text(&origin.channel))?;
            if let Some(campaign) = &origin.campaign {
                writeln!(text, "campaign = {}", toml_text(campaign))?;
            }
        }
        if !submission.activities.is_empty() {
            let activities: Vec<String> =
                submission.activities.iter().map(|one| self.activity(one)).collect();
            writeln!(text, "activities = [{}]", activities.join(", "))?;
        }
        Ok(())
    }

    fn happening(&self, text: &mut String, step: &Retold) -> std::fmt::Result {
        match &step.happening {
            None => Ok(()),
            Some(Happening::Submitted(again)) => writeln!(text, "submit = {}", self.facts(&again.facts)),
            Some(Happening::Acted { activity, .. }) => {
                writeln!(text, "activity = {}", self.activity(activity))
            }
            Some(Happening::Corrected { facts, .. }) => writeln!(text, "facts = {}", self.facts(facts)),
            Some(Happening::Ordered { order, .. }) => {
                let order = toml::Value::try_from(order).map_err(|_| std::fmt::Error)?;
                writeln!(text, "order = {order}")
            }
            Some(Happening::Converted { conversion, .. }) => {
                writeln!(text, "conversion = {}", converted(conversion))
            }
            Some(Happening::Observed { activity, .. }) => {
                writeln!(text, "# as a visitor whom nobody knew\nactivity = {}", self.activity(activity))
            }
        }
    }

    fn facts(&self, facts: &Facts) -> String {
        let raw: Facts = facts
            .iter()
            .filter(|(name, _)| !is_derived(name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let is_free_mail = facts.get("contact.email.free") == Some(&Value::Flag(true));
        let shown = self.mask.map_or(raw.clone(), |mask| mask.facts(&raw, is_free_mail));
        let parts: Vec<String> = shown
            .iter()
            .map(|(name, fact)| format!("{} = {}", toml_text(name.as_str()), value(fact)))
            .collect();
        format!("{{ {} }}", parts.join(", "))
    }

    fn activity(&self, activity: &Activity) -> String {
        let mut parts =
            vec![format!("kind = {}", toml_text(&activity.kind)), format!("at = {}", activity.at)];
        if (activity.quantity - 1.0).abs() > f64::EPSILON {
            parts.push(format!("quantity = {}", value(&Value::Number(activity.quantity))));
        }
        let by = activity.by.as_ref().map(|by| self.mask.map_or_else(|| by.clone(), |mask| mask.text(by)));
        for (key, word) in [("channel", &activity.channel), ("campaign", &activity.campaign), ("by", &by)] {
            parts.extend(word.as_ref().map(|word| format!("{key} = {}", toml_text(word))));
        }
        format!("{{ {} }}", parts.join(", "))
    }
}

/// What came of a step.
fn expectations(text: &mut String, step: &Retold) -> std::fmt::Result {
    let Lead { status, score, standing, findings, stage, .. } = &step.lead;
    writeln!(text, "status = {}\nstage = \"{stage}\"", toml_text(status.as_str()))?;
    let codes: Vec<String> = findings.iter().map(|one| toml_text(&one.code)).collect();
    writeln!(text, "findings = [{}]", codes.join(", "))?;
    if let Some(score) = score {
        let rules = score.contributions.iter();
        let rules: Vec<String> = rules
            .map(|one| format!("{} = {}", toml_text(&one.rule), value(&Value::Number(one.points.as_f64()))))
            .collect();
        writeln!(
            text,
            "score = {}\nrules = {{ {} }}",
            value(&Value::Number(score.total.as_f64())),
            rules.join(", ")
        )?;
    }
    if let Some(standing) = standing.as_ref().filter(|standing| !standing.grade.is_empty()) {
        writeln!(text, "grade = {}", toml_text(&standing.grade))?;
    }
    if let Some(pool) = status.pool() {
        writeln!(text, "pool = {}", toml_text(pool.as_str()))?;
    }
    if let Some(owner) = status.owner() {
        writeln!(text, "# owner = {}: it was their turn then", toml_text(owner.as_str()))?;
    }
    let done: Vec<String> = step.done.iter().map(|one| toml_text(&deed(one))).collect();
    writeln!(text, "done = [{}]", done.join(", "))
}

fn converted(conversion: &Conversion) -> String {
    let Conversion { value, currency, scenario, .. } = conversion;
    format!(
        "{{ value = {}, currency = {}, scenario = {} }}",
        value.0,
        toml_text(currency),
        toml_text(scenario)
    )
}

fn toml_text(text: &str) -> String {
    toml::Value::from(text).to_string()
}

fn value(value: &Value) -> String {
    match value {
        Value::Text(text) => toml_text(text),
        Value::Number(number) => toml::Value::from(*number).to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::Time(moment) => moment_text(*moment),
        Value::Texts(texts) => {
            let texts: Vec<String> = texts.iter().map(|text| toml_text(text)).collect();
            format!("[{}]", texts.join(", "))
        }
    }
}

/// A moment as TOML writes it.
fn moment_text(moment: Timestamp) -> String {
    moment
        .to_string()
        .parse::<Datetime>()
        .map_or_else(|_| toml_text(&moment.to_string()), |one| one.to_string())
}
