//! Reading `world.toml` with its places.

use std::collections::BTreeMap;

use leadsman_domain::policy::Policy;
use leadsman_domain::{AttributeName, Value};

use super::{Calls, Channel, Choice, Draw, Fact, Habit, Market, Moments, Worth};
use crate::people::attribute;
use crate::problem::PolicyErrors;
use crate::quotas::filters;
use crate::reader::{Desk, Node, Report, Section};
use crate::source::SourceText;
use crate::suggestion;

/// How many leads a day can bring at most.
const LEADS_A_DAY_MAX: u64 = 100_000;
/// How many activities of a kind a lead does on average at most.
const RATE_MAX: f64 = 20.0;
/// How strongly small numbers can be preferred.
const SKEW_MAX: u64 = 8;

pub(super) fn read(name: &str, text: &str, policy: &Policy) -> Result<Market, PolicyErrors> {
    let (source, report) = (SourceText::new(name, text), Report::default());
    let desk = Desk { source: &source, report: &report };
    let document = desk.parse();
    let market = document.as_ref().and_then(|document| market(desk.section(document), policy));
    drop(document);
    match market {
        Some(market) if report.is_empty() => Ok(market),
        _ => Err(PolicyErrors::new(report.into_problems())),
    }
}

fn market(top: Section<'_>, policy: &Policy) -> Option<Market> {
    let words = top.get("words").and_then(|node| node.section()).map(words).unwrap_or_default();
    let reading = Reading { policy, words: &words };
    let leads_a_day = top.require("leads_a_day").and_then(|node| node.whole(1..=LEADS_A_DAY_MAX));
    let quiet = share(&top, "quiet").unwrap_or(1.0 / 3.0);
    let interest = top.get("interest").and_then(|node| bounds(&node, Some([0.0, 1.0])));
    let calls = top.get("calls").and_then(|node| node.section());
    let channels = sections(&top, "channels").into_iter().filter_map(|one| reading.channel(one)).collect();
    let facts = sections(&top, "facts").into_iter().filter_map(|one| reading.fact(one)).collect();
    let activities = sections(&top, "activities").into_iter().filter_map(|one| reading.habit(one)).collect();
    let deals = sections(&top, "deals").into_iter().filter_map(|one| reading.worth(one)).collect();
    let calls = reading.calls(calls);
    top.close();
    Some(Market {
        leads_a_day: u32::try_from(leads_a_day?).ok()?,
        quiet,
        interest: interest.unwrap_or([0.0, 1.0]),
        calls,
        words,
        channels,
        facts,
        activities,
        deals,
    })
}

fn words(section: Section<'_>) -> BTreeMap<String, Vec<String>> {
    let read = |(name, node): (&str, Node<'_>)| {
        let texts = node.texts();
        if texts.is_empty() {
            node.problem("at least one word has to stand here", None);
        }
        (name.to_owned(), texts)
    };
    section.entries().into_iter().map(read).collect()
}

/// What a market may name.
struct Reading<'r> {
    policy: &'r Policy,
    words: &'r BTreeMap<String, Vec<String>>,
}

impl Reading<'_> {
    fn calls(&self, section: Option<Section<'_>>) -> Calls {
        let mut calls = Calls { kind: None, every_ms: 20 * 60 * 1_000, conversations: 3 };
        let Some(section) = section else { return calls };
        calls.kind = section.get("kind").and_then(|node| self.kind(&node));
        if let Some(every) = section.get("every")
            && let Some(ms) = every.span_ms()
        {
            match u64::try_from(ms) {
                Ok(ms) if ms >= 60_000 => calls.every_ms = ms,
                _ => every.problem("a call takes a minute at least", None),
            }
        }
        let conversations = section.get("conversations").and_then(|node| node.whole(1..=20));
        calls.conversations = conversations.and_then(|number| u32::try_from(number).ok()).unwrap_or(3);
        section.close();
        calls
    }

    fn channel(&self, section: Section<'_>) -> Option<Channel> {
        let name = section.require("name").and_then(|node| self.source(&node));
        let (weight, interest) = (weight(&section), interest(&section));
        section.close();
        Some(Channel { name: name?, weight, interest })
    }

    fn fact(&self, section: Section<'_>) -> Option<Fact> {
        let attribute = section.require("attribute").and_then(|node| {
            let name = node.parsed(AttributeName::parse)?;
            if leadsman_domain::submission::is_derived(name.as_str()) {
                node.problem(format!("{name} is derived by intake: make up what it is derived from"), None);
            }
            Some(name)
        });
        let when = filters(section.get("when"));
        let missing = share(&section, "missing").unwrap_or(0.0);
        let draw = self.draw(&section);
        section.close();
        Some(Fact { attribute: attribute?, when, missing, draw: draw? })
    }

    fn draw(&self, section: &Section<'_>) -> Option<Draw> {
        let (choices, range) = (section.get("choices"), section.get("range"));
        let (likely, days) = (section.get("likely"), section.get("days"));
        let given = [&choices, &range, &likely, &days].into_iter().flatten().count();
        if given != 1 {
            let message = "one of `choices`, `range`, `likely` and `days` has to say what it can be";
            section.problem(message.to_owned(), None);
            return None;
        }
        if let Some(node) = choices {
            let read: Vec<Choice> = node.sections().into_iter().filter_map(|one| self.choice(one)).collect();
            if read.iter().all(|choice| choice.weight <= 0.0) {
                node.problem("at least one choice has to have a weight above zero", None);
            }
            return Some(Draw::Choices(read));
        }
        if let Some(node) = likely {
            let yes = fraction(&node)?;
            let choice = |is, weight, interest| Choice { is: Value::Flag(is), weight, interest };
            let gain = interest(section);
            return Some(Draw::Choices(vec![choice(true, yes, gain), choice(false, 1.0 - yes, 0.0)]));
        }
        if let Some(node) = days {
            return Some(Draw::Days(bounds(&node, Some([-36_500.0, 36_500.0]))?));
        }
        let step = section.get("step").and_then(|node| {
            let step = node.number()?;
            if step <= 0.0 {
                node.problem("a step has to be above zero", None);
            }
            Some(step)
        });
        let (skew, interest) = (skew(section), interest(section));
        Some(Draw::Range { bounds: bounds(&range?, None)?, step, skew, interest })
    }

    fn choice(&self, section: Section<'_>) -> Option<Choice> {
        let is = section.require("is").and_then(|node| {
            let value = attribute(&node, self.policy.zone)?;
            self.check_words(&node, &value);
            Some(value)
        });
        let (weight, interest) = (weight(&section), interest(&section));
        section.close();
        Some(Choice { is: is?, weight, interest })
    }

    /// What stands in braces has to be a word.
    fn check_words(&self, node: &Node<'_>, value: &Value) {
        let Value::Text(text) = value else { return };
        for part in text.split('{').skip(1) {
            let name = part.split('}').next().unwrap_or_default();
            if name != "n" && !self.words.contains_key(name) {
                let help = suggestion::help(name, self.words.keys().map(String::as_str));
                node.problem(format!("there are no words `{name}` in [words]"), help);
            }
        }
    }

    fn habit(&self, section: Section<'_>) -> Option<Habit> {
        let kind = section.require("kind").and_then(|node| self.kind(&node));
        let span = |key| section.get(key).and_then(|node: Node<'_>| node.span_ms());
        let at = match (span("before"), span("after"), span("after_talk")) {
            (Some(ms), None, None) => Some(Moments::Before(ms)),
            (None, Some(ms), None) => Some(Moments::After(ms)),
            (None, None, Some(ms)) => Some(Moments::AfterTalk(ms)),
            _ => {
                let message = "one of `before`, `after` and `after_talk` has to say when it is done";
                section.problem(message.to_owned(), None);
                None
            }
        };
        let when = filters(section.get("when"));
        let rate = section.require("rate").and_then(|node| bounds(&node, Some([0.0, RATE_MAX])));
        let once = section.get("once").and_then(|node| node.flag()).unwrap_or(false);
        let quantity = section.get("quantity").and_then(|node| bounds(&node, None)).unwrap_or([1.0, 1.0]);
        let channel = section.get("channel").and_then(|node| self.source(&node));
        let campaign = section.get("campaign").and_then(|node| Some(node.text()?.to_owned()));
        section.close();
        Some(Habit { kind: kind?, at: at?, when, rate: rate?, once, quantity, channel, campaign })
    }

    fn worth(&self, section: Section<'_>) -> Option<Worth> {
        let when = filters(section.get("when"));
        let value_minor = section.require("value_minor").and_then(|node| bounds(&node, Some([0.0, 1e15])));
        let skew = skew(&section);
        let text = |key, usual: &str| {
            let node: Option<Node<'_>> = section.get(key);
            node.and_then(|node| node.text()).unwrap_or(usual).to_owned()
        };
        let currency = text("currency", "EUR");
        let scenario = section.get("scenario");
        if let Some(node) = &scenario {
            self.check_scenario(node);
        }
        let scenario = scenario.and_then(|node| node.text()).unwrap_or("default").to_owned();
        section.close();
        Some(Worth { when, value_minor: value_minor?, skew, currency, scenario })
    }

    fn check_scenario(&self, node: &Node<'_>) {
        let known = || self.policy.attribution.iter().map(|scenario| scenario.name.as_str());
        let Some(name) = node.text() else { return };
        if known().count() > 0 && !known().any(|one| one == name) {
            let names: Vec<&str> = known().collect();
            let help = suggestion::help(name, names);
            node.problem(format!("the policy has no scenario `{name}`"), help);
        }
    }

    /// A kind of activity that the policy knows.
    fn kind(&self, node: &Node<'_>) -> Option<String> {
        let kind = node.text()?;
        let known = &self.policy.activities;
        if !known.is_empty() && !known.contains(kind) {
            let help = suggestion::help(kind, known.iter().map(String::as_str));
            node.problem(format!("the policy knows no kind of activity `{kind}`"), help);
        }
        Some(kind.to_owned())
    }

    /// A channel that is a leaf of the policy's tree of sources, if it has one.
    fn source(&self, node: &Node<'_>) -> Option<String> {
        let name = node.text()?;
        if let Err(error) = self.policy.sources.check(name) {
            node.problem(error.to_string(), None);
        }
        Some(name.to_owned())
    }
}

fn sections<'a>(top: &Section<'a>, key: &'static str) -> Vec<Section<'a>> {
    top.get(key).map(|node| node.sections()).unwrap_or_default()
}

/// A number from 0 to 1.
fn fraction(node: &Node<'_>) -> Option<f64> {
    let number = node.number()?;
    if !(0.0..=1.0).contains(&number) {
        node.problem("this has to be a share from 0 to 1", None);
        return None;
    }
    Some(number)
}

fn share(section: &Section<'_>, key: &'static str) -> Option<f64> {
    section.get(key).and_then(|node| fraction(&node))
}

fn weight(section: &Section<'_>) -> f64 {
    let Some(node) = section.get("weight") else { return 1.0 };
    let number = node.number().unwrap_or(1.0);
    if number < 0.0 {
        node.problem("a weight is not less than zero", None);
    }
    number
}

fn interest(section: &Section<'_>) -> f64 {
    section.get("interest").and_then(|node| node.number()).unwrap_or(0.0)
}

fn skew(section: &Section<'_>) -> u32 {
    let skew = section.get("skew").and_then(|node| node.whole(1..=SKEW_MAX));
    skew.and_then(|skew| u32::try_from(skew).ok()).unwrap_or(1)
}

/// Two numbers, or one that is both.
fn bounds(node: &Node<'_>, within: Option<[f64; 2]>) -> Option<[f64; 2]> {
    let numbers = match node.value() {
        toml::de::DeValue::Array(_) => node.items().iter().map(Node::number).collect::<Option<Vec<f64>>>()?,
        _ => vec![node.number()?; 2],
    };
    let Ok(bounds) = <[f64; 2]>::try_from(numbers) else {
        node.problem("two numbers have to stand here, such as [1, 20]", None);
        return None;
    };
    if let Some([least, most]) = within
        && bounds.iter().any(|number| !(least..=most).contains(number))
    {
        node.problem(format!("these numbers have to be from {least} to {most}"), None);
        return None;
    }
    Some(bounds)
}
