//! What a case expects, each with its place in the file.

use std::collections::{BTreeMap, BTreeSet};

use leadsman_domain::life::LifeStage;

use crate::reader::Node;
use crate::source::Spot;

/// One thing that is expected, and where that is written.
#[derive(Debug, Clone)]
pub struct Expectation {
    /// What.
    pub expect: Expect,
    /// Where.
    pub spot: Spot,
}

/// What is expected of a lead, or of what was done since the step before.
#[derive(Debug, Clone, PartialEq)]
pub enum Expect {
    /// Where the lead is: `rejected`, `held`, `blocked`, `pooled`, `assigned` or `nurtured`.
    Status(String),
    /// Exactly these codes of findings.
    Findings(BTreeSet<String>),
    /// Points in all.
    Score(f64),
    /// Points of the axis fit.
    Fit(f64),
    /// Points of the axis engagement.
    Engagement(f64),
    /// The probability, in percent.
    Probability(f64),
    /// Exactly these contributions: points by rule.
    Rules(BTreeMap<String, f64>),
    /// Sentences, or parts of them, that were told since the step before.
    Reasons(Vec<String>),
    /// The grade.
    Grade(String),
    /// Whether it ever matured.
    Mature(bool),
    /// The pool that it waits in, or that its owner has it from.
    Pool(String),
    /// Who owns it.
    Owner(String),
    /// The stage of its life.
    Stage(LifeStage),
    /// Exactly these classes of faults since the step before.
    Faults(BTreeSet<String>),
    /// Exactly what follow-up did since the step before, in order, such as `send brand`.
    Done(Vec<String>),
    /// What channels earned since the step before, in minor units.
    Credit(BTreeMap<String, i64>),
    /// Whether somebody who asks again is found to be the same lead.
    Known(bool),
    /// That what is told cannot be done, and what is said about it.
    Refused(String),
}

/// The statuses that a lead can be expected to have.
const STATUSES: [&str; 6] = ["rejected", "held", "blocked", "pooled", "assigned", "nurtured"];

/// The stages of life.
const STAGES: [(&str, LifeStage); 4] =
    [("uql", LifeStage::Uql), ("mql", LifeStage::Mql), ("sql", LifeStage::Sql), ("deal", LifeStage::Deal)];

/// Reads a table of expectations.
pub(super) fn read(node: &Node<'_>) -> Vec<Expectation> {
    let Some(section) = node.section() else { return Vec::new() };
    let mut found = Vec::new();
    let mut expect = |key, read: &dyn Fn(&Node<'_>) -> Option<Expect>| {
        if let Some(node) = section.get(key)
            && let Some(expect) = read(&node)
        {
            found.push(Expectation { expect, spot: node.spot() });
        }
    };
    let text = |node: &Node<'_>| node.text().map(str::to_owned);
    let set = |node: &Node<'_>| node.texts().into_iter().collect::<BTreeSet<String>>();
    let statuses = STATUSES.map(|word| (word, word));
    expect("status", &|node| node.choice(&statuses).map(|word| Expect::Status(word.to_owned())));
    expect("findings", &|node| Some(Expect::Findings(set(node))));
    expect("score", &|node| node.number().map(Expect::Score));
    expect("fit", &|node| node.number().map(Expect::Fit));
    expect("engagement", &|node| node.number().map(Expect::Engagement));
    expect("probability", &|node| node.number().map(Expect::Probability));
    expect("rules", &|node| Some(Expect::Rules(by_name(node, |points| points.number()))));
    expect("reasons", &|node| Some(Expect::Reasons(node.texts())));
    expect("grade", &|node| text(node).map(Expect::Grade));
    expect("mature", &|node| node.flag().map(Expect::Mature));
    expect("pool", &|node| text(node).map(Expect::Pool));
    expect("owner", &|node| text(node).map(Expect::Owner));
    expect("stage", &|node| node.choice(&STAGES).map(Expect::Stage));
    expect("faults", &|node| Some(Expect::Faults(set(node))));
    expect("done", &|node| Some(Expect::Done(node.texts())));
    let minor = |node: &Node<'_>| node.whole(0..=1 << 53).and_then(|minor| i64::try_from(minor).ok());
    expect("credit", &|node| Some(Expect::Credit(by_name(node, minor))));
    expect("known", &|node| node.flag().map(Expect::Known));
    expect("refused", &|node| text(node).map(Expect::Refused));
    section.close();
    found
}

fn by_name<T>(node: &Node<'_>, read: impl Fn(&Node<'_>) -> Option<T>) -> BTreeMap<String, T> {
    let entries = node.section().map(|section| section.entries()).unwrap_or_default();
    entries.into_iter().filter_map(|(name, node)| Some((name.to_owned(), read(&node)?))).collect()
}
