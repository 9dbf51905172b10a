//! Attribution of many journeys by the command line, and of one lead's with rules for which touches count.

use std::path::Path;

use leadsman_domain::lead::Activity;
use leadsman_domain::money::Minor;
use serde_json::{Value, json};

use crate::desk::{WON, conversion};
use crate::office::{desk, guest, take_in};
use crate::program::{arg, json, run, said, write};
use crate::real_data::data;
use crate::serve::{Server, token};

const MODELS: [&str; 14] = [
    "first",
    "last",
    "last-non-direct",
    "linear",
    "u-shaped",
    "w-shaped",
    "full-path",
    "j-shaped",
    "inverse-j",
    "time-decay",
    "position-decay",
    "markov",
    "shapley",
    "shapley-simplified",
];

/// What the channels got together: conversions in millionths, and value.
fn together(report: &Value) -> (i64, i64) {
    let channels = report["channels"].as_array().unwrap();
    let sum = |of: &str| channels.iter().map(|channel| channel[of].as_i64().unwrap()).sum();
    (sum("conversion_millionths"), sum("value_minor"))
}

fn attribute(file: &Path, more: &[&str]) -> Value {
    json(&[&["attribute", arg(file), "--json"], more].concat())
}

/// What the channels got, by name: conversions in millionths, and value.
fn got(report: &Value) -> Vec<(&str, i64, i64)> {
    let channels = report["channels"].as_array().unwrap().iter();
    let figures = |channel: &'static str| move |one: &Value| one[channel].as_i64().unwrap();
    channels
        .map(|one| {
            let name = one["channel"].as_str().unwrap();
            (name, figures("conversion_millionths")(one), figures("value_minor")(one))
        })
        .collect()
}

#[test]
fn f81_journeys_of_a_company_add_up_by_every_model() {
    let Some(data) = data() else { return };
    let file = data.join("journeys/touches.csv");
    let rows = std::fs::read_to_string(&file).unwrap();
    let values = rows.lines().skip(1).map(|row| row.split(',').nth(4).unwrap().parse::<f64>().unwrap());
    #[expect(clippy::cast_possible_truncation, reason = "whole minor units")]
    let value = values.map(|value| (value * 100.0).round() as i64).sum::<i64>();
    for model in MODELS {
        let report = attribute(&file, &["--model", model]);
        assert_eq!(together(&report), (1_838_000_000, value), "{model}");
        assert_eq!(report["bad_rows"], 0);
    }
    for order in ["2", "3"] {
        let report = attribute(&file, &["--model", "markov", "--order", order]);
        assert_eq!(together(&report), (1_838_000_000, value), "order {order}");
    }
}

const TOUCHES: &str = "customer_id,time,channel,conversion,conversion_value\n\
    ann,2026-03-01T10:00:00Z,ads,0,0\n\
    ann,2026-03-01T10:10:00Z,ads,0,0\n\
    ann,2026-03-20T10:00:00Z,direct,0,0\n\
    ann,2026-03-21T10:00:00Z,mail,1,100.01\n\
    ben,2026-03-02T10:00:00Z,ads,0,0\n";

#[test]
fn touches_count_by_session_and_look_back_and_direct_only_alone() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("touches.csv", TOUCHES.as_bytes())]);
    let linear = |more: &[&str]| {
        let file = folder.path().join("touches.csv");
        attribute(&file, &[&["--model", "linear"], more].concat())
    };
    assert_eq!(
        got(&linear(&[])),
        [("ads", 500_000, 5001), ("direct", 250_000, 2500), ("mail", 250_000, 2500)]
    );
    let sessions = linear(&["--session", "30m", "--direct", "direct"]);
    assert_eq!(got(&sessions), [("ads", 500_000, 5001), ("mail", 500_000, 5000), ("direct", 0, 0)]);
    let late = linear(&["--lookback", "2d"]);
    assert_eq!(got(&late), [("direct", 500_000, 5001), ("mail", 500_000, 5000), ("ads", 0, 0)]);
}

#[test]
fn weights_that_were_learned_serve_in_a_policy() {
    let folder = tempfile::tempdir().unwrap();
    let paths = "path,total_conversions,total_conversion_value,total_null\n\
                 A > B,1,13,0\nA,0,0,1\nB > C,1,13,0\nC,0,0,1\n";
    write(folder.path(), &[("paths.csv", paths.as_bytes())]);
    let weights = folder.path().join("weights.toml");
    let report =
        attribute(&folder.path().join("paths.csv"), &["--model", "markov", "--weights", arg(&weights)]);
    assert_eq!(got(&report), [("B", 923_077, 1200), ("C", 615_385, 800), ("A", 461_538, 600)]);
    let section = std::fs::read_to_string(&weights).unwrap();
    let policy = format!("default_pool = \"sea\"\n[[pools]]\nid = \"sea\"\n{section}");
    let desk = desk(&policy);
    let intake = take_in(&desk, crate::desk::large("one"));
    for (channel, day) in [("A", 1), ("C", 2)] {
        let touch = Activity { channel: Some(channel.to_owned()), ..crate::desk::act("page.visit", day) };
        desk.record(&intake.lead, touch, WON).unwrap().wait().unwrap();
    }
    let lead = desk.convert(&intake.lead, &conversion("deal", 7_00), WON).unwrap().wait().unwrap();
    let credits: Vec<(&str, i64)> =
        lead.won[0].credits.iter().map(|one| (one.touch.channel.as_str(), one.value.0)).collect();
    assert_eq!(credits.iter().map(|one| one.1).sum::<i64>(), 700, "{credits:?}");
    let of = |name: &str| credits.iter().find(|one| one.0 == name).unwrap().1;
    assert_eq!((of("A"), of("C")), (300, 400), "three to four");
}

#[test]
fn a_plugin_is_a_model_and_one_that_fails_says_over_what() {
    let folder = tempfile::tempdir().unwrap();
    let config = json!({ "model": "channel-weights", "channels": { "ads": 1, "mail": 3 } }).to_string();
    let files: [(&str, &[u8]); 3] = [
        ("touches.csv", TOUCHES.as_bytes()),
        ("config.json", config.as_bytes()),
        ("bad.wasm", guest("weighs-below-zero")),
    ];
    write(folder.path(), &files);
    let path = |name: &str| folder.path().join(name);
    let report =
        attribute(&path("touches.csv"), &["--plugin", "attribution", "--config", arg(&path("config.json"))]);
    // Two touches by ads, one of mail.
    assert_eq!(got(&report), [("mail", 600_000, 6001), ("ads", 400_000, 4000), ("direct", 0, 0)]);
    let failed = run(&["attribute", arg(&path("touches.csv")), "--plugin", arg(&path("bad.wasm"))]);
    assert_eq!(failed.status.code(), Some(3), "{}", said(&failed));
    assert!(said(&failed).contains("fails over the journey ads > ads > direct > mail"), "{}", said(&failed));
    let unknown = run(&["attribute", arg(&path("touches.csv")), "--plugin", "attributoin"]);
    assert_eq!(unknown.status.code(), Some(4), "{}", said(&unknown));
}

#[test]
fn what_cannot_be_is_told_and_what_is_bad_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let files: [(&str, &[u8]); 3] = [
        ("paths.csv", b"path,total_conversions\nA > B,3\nA > B,many\n"),
        ("vain.csv", b"path,total_conversions,total_null\nA > B,0,3\n"),
        ("leads.csv", b"id,name\n1,Ann\n"),
    ];
    write(folder.path(), &files);
    let ask = |name: &str, more: &[&str]| {
        let file = folder.path().join(name);
        let answer = run(&[&["attribute", arg(&file)], more].concat());
        (answer.status.code(), said(&answer))
    };
    let (code, told) = ask("paths.csv", &["--model", "first"]);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("line 3, column total_conversions: \"many\" is no whole number"), "{told}");
    for more in [["--model", "time-decay"].as_slice(), &["--model", "last", "--lookback", "30d"]] {
        let (code, told) = ask("paths.csv", more);
        assert!(code == Some(4) && told.contains("needs to know when touches happened"), "{code:?} {told}");
    }
    let (code, told) = ask("vain.csv", &["--model", "markov"]);
    assert!(code == Some(4) && told.contains("none of the 3 journeys ends in a conversion"), "{told}");
    let (code, told) = ask("leads.csv", &["--model", "markov"]);
    assert!(code == Some(4) && told.contains("found: id, name"), "{told}");
    assert_eq!(ask("paths.csv", &[]).0, Some(2), "no model");
    let (code, told) = ask("paths.csv", &["--model", "linaer"]);
    assert!(code == Some(2) && told.contains("a similar value exists: 'linear'"), "{code:?} {told}");
    let (code, told) = ask("paths.csv", &["--plugin", "points"]);
    assert!(code == Some(3) && told.contains("serves scoring, and no attribution"), "{code:?} {told}");
    let (code, told) = ask("paths.csv", &["--plugin", "poinst"]);
    assert!(
        code == Some(4) && told.contains("no plugin of that name ships: ") && told.contains("points"),
        "{told}"
    );
}

#[test]
fn a_tenants_own_leads_are_journeys_and_their_touches_count_by_the_policy() {
    let folder = tempfile::tempdir().unwrap();
    let policy = "default_pool = \"sea\"\n[[pools]]\nid = \"sea\"\n\
        [[attribution]]\nscenario = \"default\"\nplugin = \"attribution\"\nconfig = { model = \"linear\" }\n\
        touches = { session = \"1h\", direct = \"direct\" }\n";
    write(folder.path(), &[("tenants/acme/policy.toml", policy.as_bytes())]);
    let admin = token(folder.path(), "acme", "admin");
    let server = Server::start(folder.path());
    let take_in = |name: &str, channel: &str| {
        let email = format!("{name}@{name}.com");
        let body = json!({ "facts": { "contact.email": email }, "channel": channel });
        let (status, taken) = server.post(&admin, "/v1/leads", &body);
        assert_eq!(status, 201, "{taken}");
        format!("/v1/leads/{}", taken["lead"].as_str().unwrap())
    };
    let (ann, ben) = (take_in("ann", "ads"), take_in("ben", "direct"));
    for (channel, kind) in [("ads", "page.visit"), ("direct", "page.visit"), ("mail", "email.reply")] {
        let body = json!({ "kind": kind, "channel": channel });
        let (status, told) = server.post(&admin, &format!("{ann}/activities"), &body);
        assert!(status < 300, "{told}");
    }
    let deal = json!({ "id": "deal-1", "value_minor": 1001, "currency": "EUR" });
    let (status, converted) = server.post(&admin, &format!("{ann}/conversions"), &deal);
    assert!(status < 300, "{converted}");
    let (_, lead) = server.get(&admin, &ann);
    let credits = lead["won"][0]["credits"].as_array().unwrap();
    assert_eq!(credits.len(), 2, "ads as one session, and mail: {lead:#}");
    assert!(server.get(&admin, &ben).1["won"].as_array().unwrap().is_empty());
    assert!(server.drain());

    let data = folder.path().join("data");
    let ask = |model: &str| {
        let place = ["attribute", "--data", arg(&data), "--tenant", "acme", "--model", model];
        json(&[&place, ["--session", "1h", "--direct", "direct", "--json"].as_slice()].concat())
    };
    let linear = ask("linear");
    assert_eq!((&linear["journeys"], &linear["in_vain"]), (&json!(2), &json!(1)));
    assert_eq!(got(&linear), [("ads", 500_000, 501), ("mail", 500_000, 500), ("direct", 0, 0)]);
    assert_eq!(together(&ask("markov")), (1_000_000, Minor(1001).0));
    let by_policy = |more: &[&str]| {
        let place = ["attribute", "--data", arg(&data), "--tenant", "acme", "--json"];
        json(&[&place, more].concat())
    };
    let told = by_policy(&["--model", "linear", "--session", "2h"]);
    assert_eq!(got(&told), got(&linear), "what no flag says, the policy does");
    let whence: Vec<&str> =
        told["touches"].as_array().unwrap().iter().map(|one| one["from"].as_str().unwrap()).collect();
    assert_eq!(whence, ["--session", "the scenario default of revision 1"]);
    let told = by_policy(&["--scenario", "default"]);
    assert_eq!(got(&told), got(&linear), "the scenario's plugin is the model");
    assert_eq!(told["model"], "attribution by the scenario default of revision 1");
    let direct = by_policy(&["--model", "linear", "--direct", "nothing"]);
    assert_eq!(got(&direct).iter().filter(|one| one.1 > 0).count(), 3, "flags come first");
    let shown = run(&["attribute", "--data", arg(&data), "--tenant", "acme", "--scenario", "default"]);
    let note = "Touches counted by session 1h (the scenario default of revision 1)";
    assert!(said(&shown).contains(note), "{}", said(&shown));
    let replayed = run(&["replay", "--data", arg(&data), "--tenant", "acme"]);
    assert!(replayed.status.success(), "{}", said(&replayed));
}

#[test]
fn a_report_is_a_page_and_a_spreadsheet_and_names_do_no_harm_in_either() {
    let folder = tempfile::tempdir().unwrap();
    let touches = "customer_id,time,channel,conversion,conversion_value\n\
                   ann,2026-03-01,<script>alert(1)</script>,0,0\nann,2026-03-02,=1+1,1,1234.50\n\
                   ben,2026-03-02,\x1b[2J,0,0\n";
    write(folder.path(), &[("touches.csv", touches.as_bytes())]);
    let (file, page) = (folder.path().join("touches.csv"), folder.path().join("page.html"));
    let told = run(&["attribute", arg(&file), "--model", "linear", "--csv", "--html", arg(&page)]);
    let told = String::from_utf8(told.stdout).unwrap();
    let lines: Vec<&str> = told.lines().collect();
    assert!(lines[0].starts_with("table,channel,touches,conversions,value"), "{told}");
    assert!(told.contains(",<script>alert(1)</script>,1,0.500000,617.25,,0.5"), "{told}");
    assert!(told.contains(",'=1+1,1,"), "no formula: {told}");
    let page = std::fs::read_to_string(&page).unwrap();
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && !page.contains("<script"), "{page}");
    assert!(
        page.contains("<svg") && page.contains("617.25") && page.contains("default-src 'none'"),
        "{page}"
    );
    assert!(!page.contains("http:") && !page.contains("https:"), "nothing is fetched");
    let shown = run(&["attribute", arg(&file), "--model", "linear"]);
    assert!(said(&shown).contains("worth 1,234.50") && said(&shown).contains('█'), "{}", said(&shown));
    assert!(!said(&shown).contains('\x1b'), "a name moves no cursor");
}
