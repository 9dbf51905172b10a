//! The same thirty rules in Leadsman and in the GoRules ZEN engine, side by side: a decision table that
//! collects the points of every row that matches. ZEN is given its input ready made and its decision
//! compiled; Leadsman lowers the lead into a brand-new sandbox each time.

#[path = "../../../host/crates/rules/benches/thirty_rules.rs"]
mod thirty_rules;

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput};
use leadsman_domain::Value;
use leadsman_domain::lead::Lead;
use leadsman_domain::limits::Limits;
use leadsman_flow::rules::Case;
use leadsman_rules::{Plugin, Preparation, Sandbox};
use serde_json::json;
use thirty_rules::{RULES, Test, configuration, lead, name, native, rule};
use zen_engine::model::DecisionContent;
use zen_engine::{Decision, DecisionEngine, Variable};

/// The rules as a decision table.
fn table(attributes: usize) -> serde_json::Value {
    let inputs: Vec<_> =
        (0..attributes).map(|n| json!({ "id": name(n), "name": name(n), "field": name(n) })).collect();
    let row = |number: usize| {
        let (n, test, points) = rule(number, attributes);
        let test = match test {
            Test::AtLeast(bound) => format!(">= {bound}"),
            Test::Is(text) => format!("'{text}'"),
        };
        json!({ "_id": format!("rule-{number}"), name(n): test, "points": points.to_string() })
    };
    let rules: Vec<_> = (0..RULES).map(row).collect();
    json!({
        "nodes": [
            { "id": "lead", "name": "lead", "type": "inputNode", "position": { "x": 0, "y": 0 } },
            { "id": "rules", "name": "rules", "type": "decisionTableNode", "position": { "x": 1, "y": 0 },
              "content": { "hitPolicy": "collect", "inputs": inputs, "rules": rules,
                           "outputs": [{ "id": "points", "name": "points", "field": "points" }] } },
            { "id": "score", "name": "score", "type": "outputNode", "position": { "x": 2, "y": 0 } }
        ],
        "edges": [
            { "id": "1", "type": "edge", "sourceId": "lead", "targetId": "rules" },
            { "id": "2", "type": "edge", "sourceId": "rules", "targetId": "score" }
        ]
    })
}

fn decision(attributes: usize) -> Decision {
    let content: DecisionContent = serde_json::from_value(table(attributes)).expect("a decision");
    let mut decision = DecisionEngine::default().create_decision(Arc::new(content)).expect("a decision");
    decision.compile();
    decision
}

fn variable(lead: &Lead) -> Variable {
    let plain = |value: &Value| match value {
        Value::Number(number) => json!(number),
        Value::Text(text) => json!(text),
        other => unreachable!("{other:?}"),
    };
    let facts: serde_json::Map<_, _> =
        lead.facts.iter().map(|(name, value)| (name.to_string(), plain(value))).collect();
    serde_json::Value::Object(facts).into()
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let sandbox = Sandbox::new(None).expect("a sandbox");
    let points = leadsman_artifacts::built_in("points").expect("built in");
    for attributes in [6, 20] {
        let leads: Vec<Lead> = (0..256).map(|seed| lead(attributes, seed)).collect();
        let cases: Vec<Case<'_>> = leads.iter().map(|lead| Case { lead, now: lead.received }).collect();
        let variables: Vec<Variable> = leads.iter().map(variable).collect();
        let zen = decision(attributes);
        let names: Vec<String> = (0..attributes).map(name).collect();
        let leadsman = Plugin::load(
            &sandbox,
            points,
            &configuration(attributes),
            Limits::default(),
            Preparation::Frozen,
        );
        let leadsman = leadsman.expect("a plugin");
        let by_zen = |index: usize| {
            let variable = variables[index].depth_clone(1);
            runtime.block_on(zen.evaluate(variable)).expect("an answer").result
        };
        for (index, case) in cases.iter().enumerate() {
            check(native(attributes, &names, case.lead), &by_zen(index), &leadsman, case);
        }
        let mut turn = 0;
        let mut next = || {
            turn = (turn + 1) % cases.len();
            turn
        };
        let mut group = criterion.benchmark_group(format!("score-30-rules-{attributes}-attributes"));
        group.throughput(Throughput::Elements(1));
        group.bench_function("zen", |bench| bench.iter(|| black_box(by_zen(next()))));
        group.bench_function("fresh", |bench| {
            bench.iter(|| black_box(leadsman.score(&cases[next()..][..1])));
        });
        group.throughput(Throughput::Elements(cases.len() as u64));
        group.bench_function("batch/256", |bench| bench.iter(|| black_box(leadsman.score(&cases))));
        group.finish();
    }
    criterion.final_summary();
}

/// All three agree, or the comparison would mean nothing.
fn check(native: f64, zen: &Variable, leadsman: &Plugin, case: &Case<'_>) {
    let collected: serde_json::Value = serde_json::to_value(zen).expect("JSON");
    let rows = collected.as_array().expect("rows");
    let zen: f64 = rows.iter().filter_map(|row| row["points"].as_f64()).sum();
    let ruling = leadsman.score(std::slice::from_ref(case)).remove(0);
    let leadsman: f64 = ruling.outcome.expect("a score").iter().map(|one| one.points.as_f64()).sum();
    assert_eq!((native, native), (zen, leadsman));
}
