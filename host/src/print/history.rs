//! A lead's history for people: what happened, who decided, why, and why not somebody else.

use leadsman_domain::follow_up::{Action, Deed};
use leadsman_domain::journal::{Decision, Entry, Event, Outcome, Situation};
use leadsman_domain::lead::{Child, Lack, Lead, Source, Status};
use leadsman_domain::order::Order;
use leadsman_domain::routing::{Choice, Proposal};
use leadsman_domain::scoring::Score;
use leadsman_domain::target::Counterpart;
use leadsman_domain::{Facts, RepId};
use leadsman_flow::History;

use crate::reasons;

/// How wide the column with the names of rules is at most, in characters.
const RULE_CHARACTERS_MAX: usize = 32;

/// Prints a lead's history.
pub fn history(history: &History) {
    let lead = &history.lead;
    println!("{}  received {}", lead.id, lead.received);
    println!("{}", now(lead));
    for deadline in &lead.follow_up.countdown {
        println!("  {}  {}: {}", deadline.at, deadline.rule, deadline.consequence);
    }
    println!("\nWhat is known");
    for (name, value) in lead.facts.iter() {
        println!("  {:<28} {value}", name.as_str());
    }
    println!("\nWhat happened");
    history.each_entry(|entry, lead| print_entry(entry, lead.map(|lead| &lead.facts)));
}

fn now(lead: &Lead) -> String {
    let status = match &lead.status {
        Status::Rejected => "was rejected".to_owned(),
        Status::Held { until: Some(until), reason } => format!("is held until {until}: {reason}"),
        Status::Held { until: None, reason } => format!("is held for a person to look at: {reason}"),
        Status::Pooled { pool } => format!("waits in pool {pool}"),
        Status::Assigned { pool, owner, .. } => {
            format!("belongs to {owner} (from pool {pool}) since {}", lead.since)
        }
        Status::Blocked { lacks } => format!("may not go to sales yet: {}", lacking(lacks)),
        Status::Nurtured => "is nurtured by marketing".to_owned(),
        Status::Anonymous => "is a visitor whose name is not known".to_owned(),
        Status::Merged { into, .. } => format!("is part of lead {into}"),
    };
    let grade = lead.standing.as_ref().filter(|standing| !standing.grade.is_empty());
    let grade = grade
        .map(|standing| format!(", grade {} ({})", standing.grade, standing.meaning))
        .unwrap_or_default();
    let score = lead.score.as_ref().map(|score| format!(", {} points", score.total)).unwrap_or_default();
    format!("It {status}{grade}{score}. Stage {} since {}.", lead.stage, lead.stage_since)
}

fn lacking(lacks: &[Lack]) -> String {
    let word = |lack: &Lack| match lack {
        Lack::Consent => "no consent to be contacted".to_owned(),
        Lack::Attribute { name } => format!("no {name}"),
        Lack::Stage { least } => format!("not of stage {least} yet"),
        Lack::Kind { name, kind } => format!("{name} is no {}", kind.as_str()),
        Lack::Score { line } => format!("fewer than {line} points"),
        Lack::Value { name } => format!("another {name} required"),
    };
    lacks.iter().map(word).collect::<Vec<_>>().join(", ")
}

/// Prints what happened to a lead of which so much was known then.
fn print_entry(entry: &Entry, facts: Option<&Facts>) {
    let at = entry.at;
    match &entry.event {
        Event::Received { source: Some(Source { lead, line, .. }), .. } => {
            println!("  {at}  made out of lead {lead} for line {line}")
        }
        Event::Received { source: None, .. } => println!("  {at}  received"),
        Event::Spawned { child: Child { line, lead } } => {
            println!("  {at}  lead {lead} was made out of it for line {line}")
        }
        Event::Repeated { key, .. } => {
            println!("  {at}  submitted again, recognised by {key}: one more touch")
        }
        Event::Acted { activity } => {
            let channel =
                activity.channel.as_ref().map(|channel| format!(" via {channel}")).unwrap_or_default();
            let campaign = activity
                .campaign
                .as_ref()
                .map(|campaign| format!(", campaign {campaign}"))
                .unwrap_or_default();
            println!("  {at}  {} × {}{channel}{campaign}", activity.kind, activity.quantity);
        }
        Event::Decided(decision) => print_decision(entry, decision),
        Event::Screened { disposition, .. } => println!("  {at}  screening as a whole: {disposition:?}"),
        Event::Scored { score, standing } => {
            println!(
                "  {at}  scored {} points (fit {}, engagement {}){}",
                score.total,
                score.fit,
                score.engagement,
                score.probability.map(|percent| format!(", {percent} % probable")).unwrap_or_default()
            );
            print_score(score, facts);
            if !standing.grade.is_empty() {
                println!(
                    "      grade {} ({}){}",
                    standing.grade,
                    standing.meaning,
                    advice(standing.advice.as_deref())
                );
            }
        }
        Event::Matured => println!("  {at}  matured: reached the line at which sales may have it"),
        Event::Segmented { segments } => {
            let words = segments.iter().map(|(axis, segment)| format!("{axis} {segment}"));
            println!("  {at}  in segments: {}", words.collect::<Vec<_>>().join(", "));
        }
        Event::Dispatched { pool } => println!("  {at}  moved to pool {pool}"),
        Event::Allocated { owner, pool, .. } => println!("  {at}  given to {owner} from pool {pool}"),
        Event::Held { until: Some(until), reason } => println!("  {at}  held until {until}: {reason}"),
        Event::Held { until: None, reason } => println!("  {at}  held for a person: {reason}"),
        Event::Nurtured => println!("  {at}  left to marketing"),
        Event::GivenUp { pool, parting } => {
            println!("  {at}  went from its owner to pool {pool}: {}", parting.as_str())
        }
        Event::Blocked { lacks } => println!("  {at}  kept from sales: {}", lacking(lacks)),
        Event::Ordered { order, by, why } => print_order(entry, order, by, why),
        Event::Woken => println!("  {at}  woken: it asked again while it waited"),
        Event::Staged { stage } => println!("  {at}  moved to stage {stage}"),
        Event::Corrected { facts, .. } => {
            println!("  {at}  corrected");
            for (name, value) in facts.iter() {
                println!("      {:<28} {value}", name.as_str());
            }
        }
        Event::FollowedUp { plugin, action } => println!("  {at}  {plugin}: {}", deed(action)),
        Event::Scheduled { next: None, .. } => println!("  {at}  nothing falls due"),
        Event::Scheduled { next: Some(next), .. } => println!("  {at}  looked at again {next}"),
        Event::Linked { link } => println!("  {at}  known by {}: {}", link.key, counterpart(&link.to)),
        Event::KnownOwnerPassedOver { owner, reason } => {
            println!("  {at}  not for {owner}, who owns what it belongs to: {reason}");
        }
        Event::Unnamed => println!("  {at}  a visitor whose name is not known"),
        Event::Merged { other, brought } => {
            let (facts, activities) = (brought.facts.len(), brought.activities.len());
            println!("  {at}  took in {other}, with {facts} facts and {activities} activities");
        }
        Event::Unmerged { other, .. } => println!("  {at}  {other} was taken out again"),
        Event::WentInto { lead } => println!("  {at}  became part of {lead}"),
        Event::CameBack { from } => println!("  {at}  taken out of {from} again"),
        Event::TaskAdded { task } => println!("  {at}  task {}: {}", task.number, task.text),
        Event::TaskClosed { number } => println!("  {at}  task {number} is done"),
        Event::Qualified { account, contact, opportunity } => {
            println!("  {at}  became account {account}, contact {contact}, opportunity {opportunity}");
        }
        Event::Converted { conversion } => println!(
            "  {at}  converted: {} worth {} {} (minor units), scenario {}",
            conversion.id, conversion.value.0, conversion.currency, conversion.scenario
        ),
        Event::Credited { credits, .. } => {
            println!("  {at}  credited {} touches", credits.len());
            for credit in credits {
                let campaign =
                    credit.touch.campaign.as_ref().map(|one| format!(" ({one})")).unwrap_or_default();
                println!(
                    "      {:>10}  {}{campaign}, {}",
                    credit.value.0, credit.touch.channel, credit.touch.at
                );
            }
        }
        Event::Rebated { rebate, .. } => {
            println!(
                "  {at}  rebate of {} to {}: {} (minor units)",
                rebate.rate, rebate.agent, rebate.value.0
            );
        }
    }
}

fn counterpart(to: &Counterpart) -> String {
    match to {
        Counterpart::Lead(id) => format!("lead {id}"),
        Counterpart::Contact(id) => format!("contact {id}"),
        Counterpart::Account(id) => format!("account {id}"),
    }
}

fn print_order(entry: &Entry, order: &Order, by: &str, why: &str) {
    let to = match order {
        Order::Claim { rep } | Order::Transfer { rep } => format!(" to {rep}"),
        Order::Assign { rep, suggested } if suggested.is_empty() => format!(" to {rep}"),
        Order::Assign { rep, suggested } => {
            let suggested: Vec<&str> = suggested.iter().map(RepId::as_str).collect();
            format!(" to {rep} (suggested were {})", suggested.join(", "))
        }
        Order::Dispatch { pool } => format!(" to pool {pool}"),
        Order::Advance { stage } => format!(" to {stage}"),
        Order::Merge { other } => format!(" with {other}"),
        Order::Unmerge { other } => format!(" from {other}"),
        Order::Return { code: Some(code) } => format!(" as {code}"),
        _ => String::new(),
    };
    println!("  {}  {}{to}, ordered by {by}: {why}", entry.at, order.as_str());
}

fn deed(action: &Action) -> String {
    let deed = match &action.deed {
        Deed::Remind { text } => format!("reminds the owner: {text}"),
        Deed::Escalate { text } => format!("tells the manager: {text}"),
        Deed::Recycle { pool: Some(pool) } => format!("recycles it to pool {pool}"),
        Deed::Recycle { pool: None } => "recycles it to its pool".to_owned(),
        Deed::Advance { stage } => format!("advances it to {stage}"),
        Deed::Route => "routes it".to_owned(),
        Deed::Send { template } => format!("sends {template}"),
        Deed::Spawn { line, pool } => format!("makes a lead for {line} in pool {pool}"),
    };
    format!("{deed} ({})", action.reason.message)
}

fn print_decision(entry: &Entry, decision: &Decision) {
    let plugin = &decision.plugin;
    println!(
        "  {}  {} by {} {} ({}, revision {}, fuel {})",
        entry.at,
        decision.stage,
        plugin.name,
        plugin.version,
        plugin.digest.short(),
        decision.revision,
        decision.fuel
    );
    match &decision.outcome {
        Outcome::Verdict(verdict) => {
            println!("      {:?}", verdict.disposition);
            for finding in &verdict.findings {
                let place = finding.attribute.as_ref().map(|name| format!(" in {name}")).unwrap_or_default();
                let evidence = finding.evidence.as_ref().map(|one| format!(" [{one}]")).unwrap_or_default();
                println!("      {}{place}{evidence}: {}", finding.code, finding.message);
            }
        }
        Outcome::Assessment(contributions) => println!("      {} contributions", contributions.len()),
        Outcome::Proposal(proposal) => print_proposal(proposal, decision.situation.as_ref()),
        Outcome::NextSteps(steps) => {
            for action in &steps.actions {
                println!("      → {}", deed(action));
            }
            for deadline in &steps.countdown {
                println!("      {}  {}: {}", deadline.at, deadline.rule, deadline.consequence);
            }
        }
        Outcome::Weights(weights) => println!("      weights {weights:?}"),
        Outcome::Fault { fault, fallback } => {
            println!("      no usable answer ({fault}); fallback {fallback:?}")
        }
    }
}

fn print_proposal(proposal: &Proposal, situation: Option<&Situation>) {
    let choice = match &proposal.choice {
        Choice::Pass => "no opinion".to_owned(),
        Choice::Pool(pool) => format!("pool {pool}"),
        Choice::Rep(rep) => rep.to_string(),
        Choice::Narrow(reps) => {
            format!("only {}", reps.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
        }
        Choice::HoldUntil(until) => format!("hold until {until}"),
        Choice::Nurture => "nurture".to_owned(),
    };
    println!("      → {choice}");
    for reason in &proposal.reasons {
        println!("      because {}", reason.message);
    }
    for ranked in &proposal.ranking {
        println!("      ranked {}: {}", ranked.rep, ranked.message);
    }
    let barred = situation.map(|situation| situation.barred.as_slice()).unwrap_or_default();
    for passed in proposal.passed_over.iter().chain(barred) {
        println!("      not {} ({}): {}", passed.rep, passed.code, passed.message);
    }
}

fn print_score(score: &Score, facts: Option<&Facts>) {
    let longest = score.contributions.iter().map(|one| one.rule.chars().count()).max();
    let width = longest.unwrap_or(0).min(RULE_CHARACTERS_MAX);
    for one in &score.contributions {
        println!(
            "      {:>+9} {:<11} {:<width$}  {}",
            one.points.as_f64(),
            format!("{:?}", one.axis),
            one.rule,
            reasons::sentence(one, facts)
        );
    }
}

fn advice(advice: Option<&str>) -> String {
    advice.map(|advice| format!(", advice {advice}")).unwrap_or_default()
}
