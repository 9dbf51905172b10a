//! What an admin does on a Monday morning, while leads flow in: plugins are uploaded to a running server,
//! a candidate is tried in the shadow and as a canary, promoted, rolled back; all of it over HTTP, by the
//! program's own commands.

use std::path::Path;

use serde_json::{Value, json};

use crate::office::guest;
use crate::program::{POLICY, arg, leadsman, said, write};
use crate::raw::{HARMLESS, bomb};
use crate::sandbox::SCORERS;
use crate::serve::{Server, token};

/// A server with the tenants acme and globex, and their administrators' tokens.
struct Monday {
    folder: tempfile::TempDir,
    server: Server,
    admin: String,
    other_admin: String,
}

impl Monday {
    fn begin() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for tenant in ["acme", "globex"] {
            write(folder.path(), &[(&format!("tenants/{tenant}/policy.toml"), POLICY.as_bytes())]);
        }
        let [admin, other_admin] = ["acme", "globex"].map(|tenant| token(folder.path(), tenant, "admin"));
        let server = Server::start(folder.path());
        Self { folder, server, admin, other_admin }
    }

    /// Runs a command against the server. Gives its exit code and what it said.
    fn run(&self, arguments: &[&str]) -> (i32, String) {
        let output = leadsman()
            .env("LEADSMAN_TOKEN", &self.admin)
            .args(arguments)
            .args(["--server", &self.server.address])
            .output()
            .unwrap();
        (output.status.code().unwrap(), said(&output))
    }

    /// The same, which must end well and print JSON.
    fn json(&self, arguments: &[&str]) -> Value {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
        let (code, text) = self.run(&arguments);
        assert_eq!(code, 0, "{arguments:?}: {text}");
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}"))
    }

    fn file(&self, name: &str, content: &[u8]) -> String {
        write(self.folder.path(), &[(name, content)]);
        arg(&self.folder.path().join(name)).to_owned()
    }

    /// Sends leads, and gives the answers.
    fn leads(&self, numbers: std::ops::Range<u32>) -> Vec<Value> {
        let lead = |number: u32| {
            let facts =
                json!({ "contact.email": format!("{number}@company{number}.com"), "company.size": 500 });
            let (status, answer) = self.server.post(&self.admin, "/v1/leads", &json!({ "facts": facts }));
            assert_eq!(status, 201, "{answer}");
            answer
        };
        numbers.map(lead).collect()
    }

    fn metric(&self, name: &str) -> f64 {
        self.server.metric(name).unwrap_or(0.0)
    }

    fn end(self) {
        let data = self.folder.path().join("data");
        assert!(self.server.drain());
        let again = crate::program::json(&["replay", "--data", arg(&data), "--tenant", "acme", "--json"]);
        assert_eq!(again["differences"], json!([]));
        assert_eq!(again["unreadable"], json!([]));
    }
}

/// A policy in which an uploaded scorer stands before the others.
fn with_upload(label: &str) -> String {
    POLICY.replacen(
        "[[scoring]]",
        &format!("[[scoring]]\nupload = \"{label}\"\nfallback = \"hold\"\n[[scoring]]"),
        1,
    )
}

#[test]
fn an_uploaded_plugin_decides_once_a_policy_names_it() {
    let monday = Monday::begin();
    let scorer = monday.file("remembers.wasm", guest("remembers"));
    let pushed = monday.json(&["plugin", "push", &scorer, "--why", "counts calls"]);
    assert_eq!((&pushed["label"], &pushed["new"]), (&json!("leadsman-guests@0.1.0"), &json!(true)));
    assert_eq!((&pushed["batched"], &pushed["report"]["frozen"]), (&json!(false), &json!(true)));
    assert_eq!(pushed["report"]["needs"]["attributes"], json!(["trigger"]));
    assert_eq!(monday.json(&["plugin", "push", &scorer])["new"], false);
    let other = monday.file("complains.wasm", guest("complains"));
    let (code, words) = monday.run(&["plugin", "push", &other]);
    assert!(code == 1 && words.contains("give the changed one another version"), "{code} {words}");

    let policy = with_upload("leadsman-guests@0.1.0");
    let folder = monday.file("next/policy.toml", policy.as_bytes());
    let folder = arg(Path::new(&folder).parent().unwrap());
    let applied = monday.json(&["policy", "apply", folder, "--why", "the new scorer", "--activate"]);
    assert_eq!((&applied["revision"], &applied["active"]), (&json!(2), &json!(true)));
    let lead = monday.leads(0..3)[2]["lead"].as_str().unwrap().to_owned();
    let (_, decisions) = monday.server.get(&monday.admin, &format!("/v1/leads/{lead}/decisions"));
    assert!(decisions.to_string().contains(pushed["digest"].as_str().unwrap()), "{decisions}");
    assert_eq!(monday.json(&["policy", "rollback", "--why", "enough"])["revision"], 1);

    // What acme uploaded is not there for globex.
    let globex = &monday.other_admin;
    assert_eq!(monday.server.get(globex, "/v1/plugins").1, json!([]));
    let body = json!({ "files": { "policy.toml": policy }, "reason": "theirs" });
    let (status, refused) = monday.server.post(globex, "/v1/policy/revisions", &body);
    assert!(status == 422 && refused.to_string().contains("no plugin `leadsman-guests@0.1.0`"), "{refused}");
    monday.end();
}

#[test]
fn uploads_that_may_not_come_in_are_refused_with_cause_and_remedy() {
    let monday = Monday::begin();
    let mut flipped = guest("remembers").to_vec();
    let middle = flipped.len() / 2;
    flipped[middle..middle + 64].fill(0xff);
    let cut = &guest("remembers")[..100_000];
    let loops = crate::raw::Raw { configure: "(loop $l (br $l)) (unreachable)", ..HARMLESS };
    for (name, bytes, part) in [
        ("socket", guest("opens-a-socket").to_vec(), "plugins have no network; remove the dependency"),
        ("elf", [b"\x7fELF\x02\x01\x01\0".as_slice(), &[0; 4096]].concat(), "no WebAssembly component"),
        ("module", b"\0asm\x01\0\0\0".to_vec(), "cargo build --target wasm32-wasip2"),
        ("flipped", flipped, "does not compile"),
        ("cut", cut.to_vec(), "does not compile"),
        ("loops", loops.component(), "broke while it was being configured"),
        ("large", [guest("remembers"), &vec![0; 24 << 20]].concat(), "at most"),
        ("bomb", bomb(), "make its functions smaller"),
    ] {
        let file = monday.file(&format!("{name}.wasm"), &bytes);
        let (code, words) = monday.run(&["plugin", "push", &file]);
        assert!(code == 3 && words.contains(part), "{name}: {code} {words}");
        monday.leads(0..1);
    }
    let configured = monday.file("config.json", br#"{"rules": [{"name": "a", "points": "many"}]}"#);
    let points = monday.file("points.wasm", leadsman_artifacts::built_in("points").unwrap());
    let (code, words) = monday.run(&["plugin", "push", &points, "--config", &configured]);
    assert!(code == 3 && words.contains("/configuration/rules/0/points"), "{code} {words}");
    assert_eq!(monday.json(&["plugin", "list"]), json!([]));
    monday.end();
}

#[test]
fn a_candidate_is_seen_in_the_shadow_and_as_a_canary_rolled_back() {
    let monday = Monday::begin();
    let scorer = monday.file("complains.wasm", guest("complains"));
    monday.json(&["plugin", "push", &scorer]);
    let folder = monday.file("next/policy.toml", with_upload("leadsman-guests@0.1.0").as_bytes());
    let folder = arg(Path::new(&folder).parent().unwrap());
    assert_eq!(monday.json(&["policy", "apply", folder, "--why", "a scorer that complains"])["revision"], 2);

    monday.json(&["trial", "begin", "2", "--shadow", "--why", "what would it do?"]);
    assert!(monday.leads(0..20).iter().all(|lead| lead["settled"] == "assigned"));
    let mut shown = Value::Null;
    for _ in 0..2_000 {
        shown = monday.json(&["trial", "show"]);
        if shown["running"]["shadow"]["looked"] == 20 {
            break;
        }
    }
    let shadow = &shown["running"]["shadow"];
    assert_eq!(
        (&shadow["looked"], &shadow["different"], &shadow["skipped"]),
        (&json!(20), &json!(20), &json!(0))
    );
    assert_eq!(shadow["comparison"]["statuses"]["held"], json!({ "was": 0, "is": 20 }));
    let in_shadow =
        |leads: &str| monday.metric(&format!("leadsman_shadow_leads{{tenant=\"acme\",leads=\"{leads}\"}}"));
    assert_eq!((in_shadow("looked"), in_shadow("different")), (20.0, 20.0));
    let (_, words) = monday.run(&["trial", "show"]);
    assert!(words.contains("revision 2 beside 1, in the shadow") && words.contains("different"), "{words}");
    monday.json(&["trial", "stop", "--why", "it complains about every lead"]);

    let (code, words) = monday.run(&["trial", "begin", "2", "--canary", "100", "--why", "all"]);
    assert!(code == 3 && words.contains("/percent"), "{code} {words}");
    monday.json(&["trial", "begin", "2", "--canary", "50", "--leads-min", "10", "--why", "half of them"]);
    let answers = monday.leads(20..80);
    let failed = answers.iter().filter(|lead| lead["settled"] == "failed").count();
    assert!((10..40).contains(&failed), "{failed} leads were the canary's");
    assert!(answers[50..].iter().all(|lead| lead["settled"] == "assigned"), "it was rolled back");
    let shown = monday.json(&["trial", "show"]);
    assert!(shown.get("running").is_none(), "{shown}");
    let over = &shown["ended"][1];
    assert_eq!((&over["end"], &over["ended_by"]), (&json!("rolled-back"), &json!("guards")));
    assert!(over["ended_reason"].as_str().unwrap().contains("got no usable answer"), "{over}");
    let faults = "stage=\"scoring\",plugin=\"leadsman-guests\",outcome=\"bad-input\"";
    assert!(monday.metric(&format!("leadsman_decisions_total{{tenant=\"acme\",{faults}}}")) >= 10.0);
    assert_eq!(monday.metric(&format!("leadsman_decisions_total{{tenant=\"globex\",{faults}}}")), 0.0);

    let held = "tenant=\"acme\",stage=\"scoring\",plugin=\"leadsman-guests\",fallback=\"hold\"";
    assert!(monday.metric(&format!("leadsman_fallbacks_total{{{held}}}")) >= 10.0);

    let top =
        leadsman().args(["top", "--once", "--json", "--metrics", &monday.server.metrics]).output().unwrap();
    let top: Value = serde_json::from_slice(&top.stdout).unwrap();
    assert!(top["tenants"]["acme"]["commits"].as_f64() >= Some(80.0), "{top}");
    let scorer = top["plugins"].as_array().unwrap().iter().find(|row| row["plugin"] == "leadsman-guests");
    assert!(scorer.unwrap()["faults"]["bad-input"].as_f64() >= Some(10.0), "{top}");
    let (_, words) = monday.run(&["policy", "log"]);
    assert!(words.contains("\"active\": 1"), "{words}");
    monday.end();
}

#[test]
fn a_candidate_to_which_nobody_objects_is_promoted_and_can_be_told_history() {
    let monday = Monday::begin();
    let folder = monday.file("next/policy.toml", POLICY.replace("weight = 2", "weight = 3").as_bytes());
    let folder = arg(Path::new(&folder).parent().unwrap());
    monday.json(&["policy", "apply", folder, "--why", "Ann takes more"]);
    monday.leads(0..10);
    let told = |body: &Value| monday.server.post(&monday.admin, "/v1/policy/backtest", body);
    let (status, first) = told(&json!({ "revision": 2 }));
    assert_eq!((status, &first["submissions"]), (200, &json!(10)), "{first}");
    assert_eq!(first["comparison"]["owners"]["ann"], json!({ "was": 7, "is": 8 }));
    assert_eq!(told(&json!({ "revision": 2 })).1, first, "twice the same");
    assert_eq!(told(&json!({ "revision": 9 })).0, 404);

    let begun = ["trial", "begin", "2", "--canary", "50", "--leads-min", "5", "--promote-after", "10"];
    monday.json(&[begun.as_slice(), &["--why", "half of them"]].concat());
    monday.leads(10..60);
    let shown = monday.json(&["trial", "show"]);
    assert_eq!((shown.get("running"), &shown["ended"][0]["end"]), (None, &json!("promoted")), "{shown}");
    assert_eq!(monday.server.get(&monday.admin, "/v1/policy").1["revision"], 2);
    assert_eq!(monday.json(&["policy", "rollback"])["revision"], 1);
    monday.end();
}

#[test]
fn what_a_plugin_writes_can_be_read_and_harms_no_terminal() {
    let monday = Monday::begin();
    let floods = monday.file("floods.wasm", guest("floods-its-log"));
    monday.json(&["plugin", "push", &floods]);
    let folder = monday.file("next/policy.toml", with_upload("leadsman-guests@0.1.0").as_bytes());
    let folder = arg(Path::new(&folder).parent().unwrap());
    monday.json(&["policy", "apply", folder, "--activate"]);
    monday.leads(0..30);
    let entries = monday.json(&["plugin", "log", "leadsman-guests"]);
    let entries = entries.as_array().unwrap();
    let bytes: usize = entries.iter().map(|entry| entry["text"].as_str().unwrap().len()).sum();
    assert!(!entries.is_empty() && bytes <= 64 << 10, "{} entries, {bytes} bytes", entries.len());
    assert_eq!(entries[0]["stage"], "scoring");
    let (code, words) = monday.run(&["plugin", "log", "leadsman-guests"]);
    assert!(code == 0 && words.contains("[truncated]") && !words.contains('\u{1b}'), "{words:.300}");
    assert_eq!(monday.json(&["plugin", "log", "points"]), json!([]));
    monday.end();
}

#[test]
fn each_misbehaviour_is_counted_for_its_tenant_and_changes_nothing_for_others() {
    let folder = tempfile::tempdir().unwrap();
    let own = POLICY.replacen(
        "[[scoring]]",
        "[[scoring]]\npath = \"own.wasm\"\nfallback = \"next\"\n[[scoring]]",
        1,
    );
    for (name, _, _) in SCORERS {
        let (policy, component) = (format!("tenants/{name}/policy.toml"), format!("tenants/{name}/own.wasm"));
        write(folder.path(), &[(&policy, own.as_bytes()), (&component, guest(name))]);
    }
    write(folder.path(), &[("tenants/calm/policy.toml", POLICY.as_bytes())]);
    let tokens: Vec<_> = SCORERS.iter().map(|(name, _, _)| token(folder.path(), name, "admin")).collect();
    let calm = token(folder.path(), "calm", "admin");
    let server = Server::start(folder.path());
    let lead = |number: usize| {
        let facts = json!({ "contact.email": format!("{number}@company{number}.com"), "company.size": 500 });
        json!({ "facts": facts })
    };
    let answer_of = |token: &str, number| {
        let (status, answer) = server.post(token, "/v1/leads", &lead(number));
        assert_eq!(status, 201, "{answer}");
        (answer["settled"].clone(), answer["grade"].clone())
    };
    let calmly = answer_of(&calm, 0);
    for (number, ((name, class, _), token)) in SCORERS.iter().zip(&tokens).enumerate() {
        // The policy asks the next plugin, so even the tenant's own lead finds its owner.
        assert_eq!(answer_of(token, 1), calmly, "{name}");
        assert_eq!(answer_of(&calm, 100 + number), calmly, "beside {name}");
        let (_, policy) = server.get(token, "/v1/policy");
        let mut plugins = policy["plugins"].as_array().unwrap().iter();
        let own = plugins.find(|one| one["step"] == "scoring").unwrap()["plugin"]["name"].as_str();
        let own = own.unwrap();
        let outcome = format!("outcome=\"{}\"", class.as_str());
        let counted = |tenant: &str| {
            let place = format!("tenant=\"{tenant}\",stage=\"scoring\",plugin=\"{own}\"");
            server.metric(&format!("leadsman_decisions_total{{{place},{outcome}}}")).unwrap_or(0.0)
        };
        assert_eq!((counted(name), counted("calm")), (1.0, 0.0), "{name}");
    }
    assert!(server.drain());
}
