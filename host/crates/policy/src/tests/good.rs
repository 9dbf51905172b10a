//! What a policy says is what comes out.

use leadsman_domain::attribution::TouchRules;
use leadsman_domain::mapping::{ActivityReading, ColumnKind, Origin, Unknown};
use leadsman_domain::policy::PluginSource;
use leadsman_domain::roll_up::RollUp;
use leadsman_domain::ruling::Fallback;
use leadsman_domain::scoring::{Axis, Contribution, Points, Rule, Score};
use leadsman_domain::time::DAY_MS;
use leadsman_domain::{AttributeName, Timestamp};

use super::*;

const FULL: &str = r##"
region = "DE"
zone = "Europe/Berlin"
default_pool = "inbound"
identity = [["contact.phone.e164"], ["company.domain", "person.name.normal"]]
account = "company.domain"
account_score = "mean"
activities = ["email.open", "web.visit"]

[[screening]]
plugin = "sensitive-words"
fallback = "reject"
limits = { fuel = 1_000_000, time_ms = 10 }
config = { lists = ["spam"], since = 2026-01-01, deep = { at_least = 1.5, all = [true, 2] } }

[[scoring]]
path = "plugins/mine.wasm"

[grading]
mature_from = 60
bands = [{ label = "B", below = 50, meaning = "cool" }, { label = "A", from = 50 }]
advice = [{ grade = "A", id = "call", text = "Call.", track = "tour" }]

[[dispatch]]
plugin = "rule-table"
[[dispatch.config.rules]]
to = { rep = "ann" }

[[pools]]
id = "inbound"
[[pools.allocation]]
plugin = "affinity"
[[pools.allocation]]
plugin = "round-robin"
fallback = "hold"

[[reps]]
id = "bob"

[[reps]]
id = "ann"
name = "Ann"
teams = ["emea"]
pools = ["inbound"]
weight = 2
cap = 50
absent = [{ from = 2026-01-01, until = 2026-01-05T12:00:00Z }]
attributes = { language = "de", seniority = 3, remote = true, tools = ["crm"], since = 2020-01-01 }

[[attribution]]
scenario = "default"
plugin = "attribution"
config = { model = "u-shaped" }
touches = { lookback = "90d", session = "30m", direct = "direct" }

[import]
source = "crm"
delimiter = ";"
missing = ["", "Select"]
key = "Id"
received = { column = "Created", formats = ["%d.%m.%Y", "%Y-%m-%d"] }
channel = { column = "Source" }
campaign = "spring"
ignore = ["Note"]
unknown_columns = "ignore"
columns = { Company = "company.name", Visits = { attribute = "web.visits", type = "number" }, Tags = { attribute = "tags", type = "texts", separator = "|" } }
[[import.activities]]
column = "Visits"
kind = "web.visit"
[[import.activities]]
column = "Last"
kinds = { "Email Opened" = "email.open" }
at = { column = "When" }
"##;

fn full() -> PolicyFiles {
    files(FULL)
        .with("plugins/mine.wasm", b"\0asm")
        .with("lists/spam.txt", "# bad words\nviagra\n\n  ca sino \r\nviagra\n")
        .with(
            "calendars/office.toml",
            "zone = \"Europe/Berlin\"\nholidays = [2026-05-25, \"2026-12-25\"]\n\
             [hours]\nworkdays = [\"13:00-17:00\", \"09:00-12:30\"]\nfriday = [\"09:00-15:00\"]\nsunday = [\"22:00-24:00\"]\n",
        )
}

fn loaded() -> LoadedPolicy {
    parse(&full(), &Terms::default()).unwrap_or_else(|errors| panic!("{errors}"))
}

#[test]
fn stages_have_their_plugins() {
    let policy = loaded().policy;
    let screening = &policy.screening[0];
    assert_eq!(screening.source, PluginSource::BuiltIn("sensitive-words".to_owned()));
    assert_eq!((screening.limits.fuel, screening.limits.time_ms), (1_000_000, 10));
    assert_eq!(screening.limits.log_bytes, 8 << 10, "what is not given is as usual");
    assert_eq!(screening.fallback, Fallback::Reject);
    assert_eq!(
        screening.configuration.to_string(),
        r#"{"deep":{"all":[true,2],"at_least":1.5},"lists":["spam"],"since":"2026-01-01"}"#
    );
    assert_eq!(policy.scoring[0].source, PluginSource::File("plugins/mine.wasm".to_owned()));
    assert_eq!(loaded().components["plugins/mine.wasm"], b"\0asm");
    assert_eq!(policy.scoring[0].configuration.to_string(), "{}");
    let allocation = &policy.pools[0].allocation;
    assert_eq!((&allocation[0].fallback, &allocation[1].fallback), (&Fallback::Next, &Fallback::Hold));
    assert_eq!(policy.attribution[0].name, "default");
    let touches = TouchRules {
        lookback_ms: Some(90 * DAY_MS),
        session_ms: Some(DAY_MS / 48),
        direct: Some("direct".to_owned()),
    };
    assert_eq!(policy.attribution[0].touches, touches);
}

#[test]
fn grading_has_bands_and_advice() {
    let grading = loaded().policy.grading;
    assert_eq!(grading.mature_from, Some(Points::from_f64(60.0).unwrap()));
    assert_eq!(grading.grades(), ["A", "B"]);
    assert_eq!(grading.advice[0].track.as_deref(), Some("tour"));
}

#[test]
fn scores_of_accounts_are_rolled_up_as_it_says_or_to_the_highest() {
    let policy = loaded().policy;
    assert_eq!(policy.account.as_ref().map(AttributeName::as_str), Some("company.domain"));
    assert_eq!(policy.account_score, RollUp::Mean);
    let usual = read(&small("account = \"company.domain\"", "")).unwrap().policy;
    let named = read(&small("account = \"company.domain\"\naccount_score = \"highest\"", "")).unwrap().policy;
    assert_eq!((usual.account_score, &usual), (RollUp::Highest, &named));
}

#[test]
fn reps_are_sorted_and_whole() {
    let reps = loaded().policy.reps;
    let (ann, bob) = (&reps[0], &reps[1]);
    assert_eq!((ann.name.as_str(), ann.weight, ann.cap), ("Ann", 2, Some(50)));
    assert_eq!((bob.name.as_str(), bob.weight, bob.cap), ("bob", 1, None));
    assert_eq!(ann.absences[0].from.to_string(), "2025-12-31T23:00:00.000Z", "dates are the tenant's");
    assert_eq!(ann.absences[0].until.to_string(), "2026-01-05T12:00:00.000Z");
    let attributes: Vec<_> = ann.attributes.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let expected =
        ["language=de", "remote=yes", "seniority=3", "since=2019-12-31T23:00:00.000Z", "tools=crm"];
    assert_eq!(attributes, expected);
}

#[test]
fn lists_and_calendars_come_along() {
    let policy = loaded().policy;
    assert_eq!(policy.lists["spam"], ["ca sino", "viagra"]);
    let office = &policy.calendars["office"];
    assert_eq!(office.week[0], [(540, 750), (780, 1020)]);
    assert_eq!(office.week[4], [(540, 900)]);
    assert_eq!((office.week[5].len(), &office.week[6]), (0, &vec![(1320, 1440)]));
    assert_eq!(office.holidays.len(), 2);
    let whit_sunday = Timestamp::from_ms(1_779_580_800_000);
    assert_eq!(office.next_opening(whit_sunday).to_string(), "2026-05-24T20:00:00.000Z");
}

#[test]
fn the_import_mapping_is_read() {
    let mapping = loaded().mapping.unwrap();
    assert_eq!(
        (mapping.source.as_str(), mapping.delimiter, mapping.key.as_deref()),
        ("crm", b';', Some("Id"))
    );
    assert_eq!(mapping.zone, chrono_tz::Europe::Berlin);
    assert!(mapping.missing.contains("select"));
    assert_eq!(mapping.received.unwrap().formats, ["%d.%m.%Y", "%Y-%m-%d"]);
    assert_eq!(mapping.channel, Some(Origin::Column("Source".to_owned())));
    assert_eq!(mapping.campaign, Some(Origin::Constant("spring".to_owned())));
    assert_eq!(mapping.unknown_columns, Unknown::Ignore);
    let kinds: Vec<_> = mapping.columns.iter().map(|column| (column.column.as_str(), &column.kind)).collect();
    let bar = ColumnKind::Texts("|".to_owned());
    assert_eq!(kinds, [("Company", &ColumnKind::Text), ("Tags", &bar), ("Visits", &ColumnKind::Number)]);
    assert_eq!(mapping.activities[0].reading, ActivityReading::Quantity("web.visit".to_owned()));
    let ActivityReading::Kind { kinds, unknown_values } = &mapping.activities[1].reading else { panic!() };
    assert_eq!((kinds["email opened"].as_str(), unknown_values), ("email.open", &Unknown::Error));
}

#[test]
fn a_small_policy_has_usual_things() {
    let loaded = read(SMALL).unwrap();
    assert_eq!(loaded.policy.zone, chrono_tz::UTC);
    assert!(loaded.mapping.is_none() && loaded.policy.region.is_none());
    let keys: Vec<_> = loaded.policy.identity.iter().map(|key| key.name()).collect();
    assert_eq!(keys, ["contact.phone.e164", "contact.email.normal"]);
}

#[test]
fn the_digest_is_of_what_decides() {
    let digest = |files: &PolicyFiles| parse(files, &Terms::default()).unwrap().digest;
    let before = digest(&full());
    assert_eq!(before, digest(&full()));
    let without_comments = full().with("lists/spam.txt", "ca sino\nviagra");
    assert_eq!(before, digest(&without_comments));
    assert_eq!(before, digest(&files_with(&FULL.replace("[[reps]]\nid = \"bob\"\n", "")).with_bob_last()));
    assert_eq!(before, digest(&files_with(&format!("# a comment\n{FULL}")).0));
    for (from, to) in [
        ("region = \"DE\"", "region = \"AT\""),
        ("zone = \"Europe/Berlin\"", "zone = \"Europe/Vienna\""),
        ("weight = 2", "weight = 3"),
        ("at_least = 1.5", "at_least = 1.6"),
        ("mature_from = 60", "mature_from = 61"),
        ("fuel = 1_000_000", "fuel = 1_000_001"),
        ("\"Select\"", "\"NA\""),
        ("fallback = \"reject\"", "fallback = \"hold\""),
    ] {
        assert!(FULL.contains(from), "{from}");
        assert_ne!(before, digest(&files_with(&FULL.replacen(from, to, 1)).0), "{from} -> {to}");
    }
    assert_ne!(before, digest(&full().with("plugins/mine.wasm", b"\0asm\x01")));
    assert_ne!(before, digest(&full().with("lists/spam.txt", "viagra")));
}

/// The full policy's files with another `policy.toml`.
struct Changed(PolicyFiles, String);

fn files_with(policy: &str) -> Changed {
    Changed(full().with("policy.toml", policy), policy.to_owned())
}

impl Changed {
    fn with_bob_last(self) -> PolicyFiles {
        let policy = format!("{}\n[[reps]]\nid = \"bob\"\n", self.1);
        self.0.with("policy.toml", policy)
    }
}

#[test]
fn a_plugins_complaint_is_shown_at_its_place() {
    let problem = loaded().problem_at("/screening/0/config/deep/at_least", "too small");
    let place = problem.place.as_ref().unwrap();
    assert_eq!(&place.text[place.column - 1..place.column - 1 + place.width], "at_least");
    let missing = loaded().problem_at("/screening/0/config/rules/3", "must not be empty");
    assert_eq!(missing.message, "must not be empty (at /rules/3)");
    assert_eq!(missing.place.unwrap().text, place.text);
    let index = loaded().problem_at("/pools/0/allocation/1", "no turn");
    assert_eq!(index.place.unwrap().text, "[[pools.allocation]]");
    assert_eq!(loaded().problem_at("", "all wrong").place.unwrap().line, 1);
}

#[test]
fn a_folder_is_read_like_files() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, content: &[u8]| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    };
    write("policy.toml", FULL.as_bytes());
    write("plugins/mine.wasm", b"\0asm");
    write("lists/spam.txt", b"viagra\nca sino");
    write("lists/.hidden", b"");
    write("calendars/office.toml", b"zone = \"Europe/Berlin\"\n[hours]\nmonday = [\"09:00-10:00\"]\n");
    write("README.md", b"hello");
    let loaded = crate::load(folder.path(), &Terms::default()).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(loaded.components.len(), 1);
    assert_eq!(loaded.policy.lists["spam"].len(), 2);

    write("lists/extra.csv", b"");
    let errors = crate::load(folder.path(), &Terms::default()).unwrap_err();
    assert_eq!(errors.problems()[0].to_string(), "lists/extra.csv: only files that end in .txt belong here");
}

#[test]
fn a_plugin_foretells_and_the_policy_grades_by_it() {
    let policy = r#"
default_pool = "inbound"
[[pools]]
id = "inbound"
[[scoring]]
plugin = "predictive"
axis = "probability"
config_file = "models/mine.json"
[grading]
probability = [{ label = "B", below = 40 }, { label = "A", from = 40 }]
mature_from_probability = 12.5
"#;
    let files = PolicyFiles::new().with("policy.toml", policy);
    let missing = parse(&files, &Terms::default()).unwrap_err();
    assert!(missing.to_string().contains("there is no file `models/mine.json`"), "{missing}");
    let broken = parse(&files.clone().with("models/mine.json", "{"), &Terms::default()).unwrap_err();
    assert!(broken.to_string().contains("`models/mine.json` is no JSON"), "{broken}");
    let files = files.with("models/mine.json", "{\"model\": 0.1}");
    let policy = parse(&files, &Terms::default()).unwrap_or_else(|errors| panic!("{errors}")).policy;
    assert_eq!(policy.scoring[0].configuration, serde_json::json!({ "model": 0.1 }));
    assert_eq!(policy.scoring[0].axis, Some(Axis::Probability));
    let read = |percent: f64| {
        let rule = Rule { name: "x".into(), axis: Axis::Probability, message: "".into() };
        let score = Score::of(vec![Contribution::of(rule, Points::from_f64(percent).unwrap(), None)]);
        assert_eq!(score.total, Points::ZERO);
        let standing = policy.grading.read(&score);
        (standing.grade, standing.mature)
    };
    assert_eq!(read(40.0), ("A".to_owned(), true));
    assert_eq!(read(39.999), ("B".to_owned(), true));
    assert_eq!(read(12.499), ("B".to_owned(), false));
    let unknown = policy.grading.read(&Score::of(Vec::new()));
    assert_eq!((unknown.grade.as_str(), unknown.mature), ("", false));
}
