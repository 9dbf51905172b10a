//! The same scorer in every language of the SDKs says the same, to the byte. `sdk/same/build.sh` builds it; these
//! tests say so when it was not.

use std::path::{Path, PathBuf};

use leadsman_domain::lead::Lead;
use leadsman_domain::limits::Limits;
use leadsman_domain::policy::PluginSource;
use leadsman_domain::ruling::FaultClass;
use leadsman_domain::{AttributeName, Digest, Facts, LeadId, Timestamp, Value, journal};
use leadsman_flow::rules::Case;
use leadsman_policy::{PolicyFiles, Terms};
use leadsman_rules::{Plugin, Preparation, PreparedRulebook};

use crate::office::{MONDAY, sandbox};

const LANGUAGES: [&str; 3] = ["rust", "js", "python"];

/// The industry that is looked for has what folding is about: white space, a sharp s, a capital that becomes two
/// characters, and a sigma at the end.
const POLICY: &str = r#"
    config = { each = 0.1, industry = " Straßen- & İnşaat ΟΔΟΣ ", steps = [{ from = 0, points = 0.7 }, { from = 49.5, points = 1 }] }
"#;

fn built(language: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../sdk/same/build").join(format!("{language}.wasm"))
}

/// The same scorer in every language, in one policy with lists.
fn scorers() -> Option<PreparedRulebook> {
    if let Some(missing) = LANGUAGES.into_iter().find(|language| !built(language).exists()) {
        eprintln!("SKIPPED: run sdk/same/build.sh; it did not build {missing}");
        return None;
    }
    let section = |language: &str| format!("[[scoring]]\npath = \"{language}.wasm\"\n{POLICY}\n");
    let text: String = LANGUAGES.map(section).concat();
    let mut files = PolicyFiles::new()
        .with("policy.toml", format!("default_pool = \"in\"\n{text}[[pools]]\nid = \"in\"\n"));
    files.insert("lists/named.txt", "Öl & Gas GmbH\nﬁnance co\n株式会社\n");
    files.insert("lists/words.txt", "urgent\nängstlich\n価格\nnaïve\n");
    for language in LANGUAGES {
        files.insert(format!("{language}.wasm"), std::fs::read(built(language)).unwrap());
    }
    let loaded =
        leadsman_policy::parse(&files, &Terms::default()).unwrap_or_else(|errors| panic!("{errors}"));
    let component = |source: &PluginSource| match source {
        PluginSource::File(path) => Ok(loaded.components[path].clone()),
        other => panic!("{other:?}"),
    };
    let plan = Limits { component_bytes: 24 << 20, ..Limits::default() };
    let ready = PreparedRulebook::prepare(
        &sandbox().patient(),
        &loaded.policy,
        &component,
        plan,
        Preparation::Frozen,
    );
    Some(ready.unwrap_or_else(|error| panic!("{error}")))
}

/// A sequence that is the same everywhere and looks like chance.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.roll(of.len() as u64) as usize]
    }
}

const SIZES: [f64; 10] = [0.0, -0.0, 1.0, 49.5, 50.0, 0.1, 1e21, 123_456_789.125, 5e-7, -3.0];
const TEXTS: [&str; 12] = [
    "straßen- & i̇nşaat οδος",
    "\u{a0}STRASSEN- & İnşaat ΟΔΟΣ\u{2003}",
    "Straßen- & İNŞAAT ΟΔΟΣ\u{85}",
    "\u{feff}Straßen- & İnşaat ΟΔΟΣ",
    "\u{1f}software\u{1f}",
    "🦀 Krebse & 魚",
    "",
    "ΣΑΣ ΣΑΣ.",
    "ǅ Ω K",
    "价格 價格 価格",
    "e\u{301}clair ÉCLAIR",
    "'quoted' \"text\" \\ {braces} ${not} %s",
];
const MESSAGES: [&str; 5] = [
    "🦀🦀 This is URGENT, and ÄNGSTLICH people ask: urgently?",
    "見積もりと価格を🙏お願いします。価格！",
    "So naïve, nai\u{308}ve",
    "nothing",
    "",
];
const NAMES: [&str; 4] = ["ÖL & GAS GmbH", "Finance Co", "株 式 会 社", "Nobody"];

fn lead(number: u64) -> Lead {
    let mut dice = Dice(number);
    let mut facts = Facts::new();
    let mut set = |name: &str, value: Value| facts.set(AttributeName::parse(name).unwrap(), value);
    dice.roll(2);
    if dice.roll(10) > 0 {
        let size = if dice.roll(2) == 0 { dice.pick(&SIZES) } else { dice.roll(100_000) as f64 / 8.0 };
        set("company.size", Value::Number(size));
    }
    if dice.roll(4) > 0 {
        set("industry", Value::Text(dice.pick(&TEXTS).to_owned()));
    }
    if dice.roll(4) > 0 {
        let past = i64::try_from(dice.roll(100 * 86_400_000)).unwrap();
        set("created", Value::Time(MONDAY.plus_ms(-past)));
    }
    if dice.roll(3) > 0 {
        let tags = (0..dice.roll(4)).map(|_| dice.pick(&TEXTS).to_owned()).collect();
        set("tags", Value::Texts(tags));
    }
    if dice.roll(3) > 0 {
        set("newsletter", Value::Flag(dice.roll(2) == 0));
    }
    set("company.name", Value::Text(dice.pick(&NAMES).to_owned()));
    set("message", Value::Text(dice.pick(&MESSAGES).to_owned()));
    journal::begin(LeadId::of_submission(&Digest::of(&number.to_le_bytes())), MONDAY, facts)
}

fn answer(plugin: &Plugin, lead: &Lead, now: Timestamp) -> String {
    let ruling = plugin.score(&[Case { lead, now }]).pop().unwrap();
    match ruling.outcome {
        Ok(contributions) => serde_json::to_string(&contributions).unwrap(),
        // Large sizes make points that the host refuses, and says how many they were to the last digit.
        Err(fault) => {
            assert!(matches!(fault.class, FaultClass::BadInput | FaultClass::Malformed), "{fault}");
            fault.to_string()
        }
    }
}

#[test]
fn a_thousand_leads_get_the_same_answers_in_every_language() {
    let Some(rulebook) = scorers() else { return };
    let plugins: Vec<&Plugin> = rulebook.plugins().collect();
    assert_eq!(plugins.len(), LANGUAGES.len());
    let (mut hits, mut refusals) = (0, 0);
    for number in 0..1_000 {
        let lead = lead(number);
        let answers: Vec<String> = plugins.iter().map(|plugin| answer(plugin, &lead, MONDAY)).collect();
        for (language, other) in LANGUAGES.iter().zip(&answers) {
            assert_eq!(other, &answers[0], "lead {number} in {language}: {:?}", lead.facts);
        }
        hits += u64::from(answers[0].contains("Says"));
        refusals += u64::from(answers[0].contains("nobody knows"));
    }
    assert!(hits > 100 && refusals > 50, "{hits} hits, {refusals} refusals");
}

#[test]
fn every_language_has_the_same_needs() {
    let Some(rulebook) = scorers() else { return };
    let needs: Vec<_> = rulebook.plugins().map(|plugin| &plugin.readings().needs).collect();
    assert!(needs.iter().all(|one| *one == needs[0]), "{needs:#?}");
}
