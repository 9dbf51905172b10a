//! The pages for authors of plugins: what they show is what is there, and they name everything that an author can meet.

use std::path::{Path, PathBuf};

use leadsman_domain::limits::{INTERPRETER_BYTES, Limits};
use leadsman_domain::ruling::{Fallback, FaultClass, Stage};
use leadsman_rules::Refusal;

/// A block of code of a page.
pub struct Block {
    /// What stands behind the three ticks: a language, and what is done with the block.
    pub about: Vec<String>,
    /// Its lines.
    pub text: String,
    /// The line of the page on which it begins, from 1.
    pub line: usize,
}

impl Block {
    /// What stands behind the three ticks, to be matched.
    pub fn about(&self) -> Vec<&str> {
        self.about.iter().map(String::as_str).collect()
    }
}

/// The root of the source.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// A page by its name.
pub fn page(name: &str) -> String {
    std::fs::read_to_string(root().join("sdk/docs").join(name)).unwrap()
}

/// The blocks of code of a page.
pub fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = (1..).zip(page.lines());
    while let Some((line, opening)) = lines.next() {
        let Some(about) = opening.strip_prefix("```") else { continue };
        let about = about.split_whitespace().map(str::to_owned).collect();
        let inside = lines.by_ref().map(|(_, inside)| inside).take_while(|inside| *inside != "```");
        let text = inside.map(|inside| format!("{inside}\n")).collect();
        blocks.push(Block { about, text, line });
    }
    blocks
}

/// Holds a page to the files that its blocks show, whole or in part. Says how many it shows.
pub fn shows_what_is_there(name: &str) -> usize {
    let mut shown = 0;
    for block in blocks(&page(name)) {
        let [_, "shows", path] = block.about()[..] else { continue };
        let file =
            std::fs::read_to_string(root().join(path)).unwrap_or_else(|cause| panic!("{path}: {cause}"));
        assert!(file.contains(&block.text), "{name}:{}: {path} does not have this block in it", block.line);
        shown += 1;
    }
    shown
}

#[test]
fn every_stage_is_shown_whole_in_every_language() {
    assert_eq!(shows_what_is_there("stages.md"), 15);
    let page = page("stages.md");
    for kind in ["screener", "scorer", "router", "follow-up", "attributor"] {
        for path in ["rust/KIND/src/lib.rs", "js/KIND/src/plugin.js", "python/KIND/src/plugin.py"] {
            let path = format!("sdk/new/{}", path.replace("KIND", kind));
            let whole = std::fs::read_to_string(root().join(&path)).unwrap();
            assert!(page.contains(&whole), "{path} is not shown whole");
        }
    }
    for stage in Stage::ALL {
        assert!(page.contains(&format!("wit/{stage}.wit")), "{stage}");
    }
}

#[test]
fn every_limit_is_told_with_its_number() {
    let page = page("limits.md");
    let Limits {
        fuel,
        time_ms,
        memory_bytes,
        component_bytes,
        input_bytes,
        output_bytes,
        host_call_bytes,
        log_bytes,
    } = Limits::default();
    let most = leadsman_policy::Terms::default().limits_max;
    let numbers = [
        ("fuel", fuel, most.fuel),
        ("time_ms", time_ms, most.time_ms),
        ("memory_bytes", memory_bytes as u64, most.memory_bytes as u64),
        ("component_bytes", component_bytes as u64, most.component_bytes as u64),
        ("input_bytes", input_bytes as u64, most.input_bytes as u64),
        ("output_bytes", output_bytes as u64, most.output_bytes as u64),
        ("host_call_bytes", host_call_bytes as u64, most.host_call_bytes as u64),
        ("log_bytes", log_bytes as u64, most.log_bytes as u64),
    ];
    for (name, usual, most) in numbers {
        let row = format!("| `{name}` | {} | {} |", grouped(usual), grouped(most));
        assert!(page.contains(&row), "limits.md does not say {row}");
    }
    let more = format!("may have {} bytes more", grouped(INTERPRETER_BYTES as u64));
    assert!(page.contains(&more), "limits.md does not say {more}");
}

/// A number with its digits in threes.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let threes: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|part| str::from_utf8(part).unwrap()).collect();
    threes.join(" ")
}

/// Every class of fault: the match makes the list whole.
fn classes() -> Vec<FaultClass> {
    let all = [
        FaultClass::Fuel,
        FaultClass::Time,
        FaultClass::Memory,
        FaultClass::Stack,
        FaultClass::Trap,
        FaultClass::Malformed,
        FaultClass::InputTooLarge,
        FaultClass::OutputTooLarge,
        FaultClass::BadInput,
        FaultClass::Internal,
        FaultClass::Host,
    ];
    for (place, class) in all.into_iter().enumerate() {
        let expected = match class {
            FaultClass::Fuel => 0,
            FaultClass::Time => 1,
            FaultClass::Memory => 2,
            FaultClass::Stack => 3,
            FaultClass::Trap => 4,
            FaultClass::Malformed => 5,
            FaultClass::InputTooLarge => 6,
            FaultClass::OutputTooLarge => 7,
            FaultClass::BadInput => 8,
            FaultClass::Internal => 9,
            FaultClass::Host => 10,
        };
        assert_eq!(place, expected);
    }
    all.to_vec()
}

/// Every refusal, with `...` for what differs. A new one stands in no arm of the match, and has to be listed too.
fn refusals() -> Vec<Refusal> {
    let dots = || "...".to_owned();
    let all = vec![
        Refusal::NotWasm,
        Refusal::CoreModule,
        Refusal::TooLarge { bytes: 7_777_777, bytes_max: 8_888_888 },
        Refusal::Invalid(dots()),
        Refusal::ForbiddenImport { import: dots(), remedy: "..." },
        Refusal::WrongWorld { found: dots() },
        Refusal::WrongTypes(dots()),
        Refusal::Unnamed,
        Refusal::WrongStage { serves: dots(), stage: Stage::Scoring },
    ];
    for (place, refusal) in all.iter().enumerate() {
        let expected = match refusal {
            Refusal::NotWasm => 0,
            Refusal::CoreModule => 1,
            Refusal::TooLarge { .. } => 2,
            Refusal::Invalid(_) => 3,
            Refusal::ForbiddenImport { .. } => 4,
            Refusal::WrongWorld { .. } => 5,
            Refusal::WrongTypes(_) => 6,
            Refusal::Unnamed => 7,
            Refusal::WrongStage { .. } => 8,
        };
        assert_eq!(place, expected);
    }
    all
}

#[test]
fn every_fault_and_every_refusal_is_explained() {
    let page = page("errors.md");
    // A message may go over several lines of the page.
    let flowing = page.split_whitespace().collect::<Vec<_>>().join(" ");
    for class in classes() {
        assert!(page.contains(&format!("### `{}`\n", class.as_str())), "the fault {}", class.as_str());
    }
    for refusal in refusals() {
        let said = refusal.to_string().replace("7777777", "...").replace("8888888", "...");
        // What stands before a part in code is what authors look for.

        let begins = said.replace("scoring", "...");
        let begins = begins.split('`').next().unwrap_or_default().trim();
        assert!(flowing.contains(begins), "the refusal {begins:?}");
    }
    for fallback in [Fallback::Hold, Fallback::Next, Fallback::DefaultPool, Fallback::Reject] {
        assert!(page.contains(&format!("`{}`", fallback.as_str())), "the fallback {}", fallback.as_str());
    }
}

/// The source of everything that says something to authors, without the tests, each text on one line.
fn source(folder: &Path, found: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let is_of_tools = ["target", "node_modules", "tests", "docs", "new"].contains(&name.as_str());
        if path.is_dir() && !is_of_tools && !name.starts_with('.') {
            source(&path, found);
        } else if [".rs", ".js", ".py"].iter().any(|end| name.ends_with(end)) && name != "tests.rs" {
            found.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}

/// Texts of Rust that go over several lines, put together, and without what formatting and escaping add.
fn put_together(source: &str) -> String {
    let mut parts = source.split("\\\n");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    parts.for_each(|part| whole.push_str(part.trim_start()));
    whole.replace("{{", "{").replace("}}", "}").replace("\\\"", "\"").replace("\\`", "`")
}

#[test]
fn every_message_of_the_page_is_said_somewhere() {
    let mut said = String::new();
    source(&root().join("host"), &mut said);
    source(&root().join("sdk"), &mut said);
    let said = put_together(&said);
    let page = page("errors.md");
    let messages = page.lines().filter_map(|line| line.strip_prefix("> "));
    let unsaid: Vec<&str> = messages
        .flat_map(|message| message.split("..."))
        .filter(|part| !said.contains(part.trim()))
        .collect();
    assert_eq!(unsaid, Vec::<&str>::new());
}

/// Where mistakes of authors are told.
const TELL: [&str; 11] = [
    "crates/rules/src/convert/lift.rs",
    "crates/rules/src/fault.rs",
    "src/project.rs",
    "src/cases/fuel.rs",
    "src/cases/mod.rs",
    "src/cli/build.rs",
    "src/cli/new.rs",
    "src/cli/test.rs",
    "src/cli/pack.rs",
    "src/examine.rs",
    "crates/flow/src/scoring.rs",
];

/// The texts that follow a word in a source, such as what an error says.
fn texts_after<'a>(source: &'a str, word: &str) -> Vec<&'a str> {
    let after = source.split(word).skip(1).map(str::trim_start);
    let text =
        |rest: &'a str| rest.trim_start_matches("format!(").trim_start().strip_prefix('"')?.split('"').next();
    after.filter_map(text).collect()
}

#[test]
fn every_message_of_the_source_is_on_the_page() {
    let page = page("errors.md");
    let mut untold = Vec::new();
    for file in TELL {
        let source = put_together(&std::fs::read_to_string(root().join("host").join(file)).unwrap());
        for word in ["malformed(", "anyhow!(", "missing(", "FaultClass::Trap,", "let sentence ="] {
            for text in texts_after(&source, word) {
                let text = text.replace("\\n", "{}");
                let longest =
                    text.split(['{', '}']).step_by(2).max_by_key(|part| part.len()).unwrap_or_default();
                if !page.contains(longest.trim()) {
                    untold.push(format!("{file}: {text}"));
                }
            }
        }
    }
    assert_eq!(untold, Vec::<String>::new());
}

#[test]
fn pages_lead_to_each_other() {
    for name in
        ["tutorial.md", "tutorial-javascript.md", "tutorial-python.md", "stages.md", "limits.md", "errors.md"]
    {
        for link in links(&page(name)) {
            let path = link.split('#').next().unwrap_or_default();
            let there = path.is_empty() || root().join("sdk/docs").join(path).exists();
            assert!(there, "{name} leads to {link}, which is not there");
        }
    }
    let begun = std::fs::read_to_string(root().join("sdk/README.md")).unwrap();
    assert!(begun.contains("docs/tutorial.md"), "nobody finds the tutorial");
}

/// The links of a page that lead to files.
fn links(page: &str) -> Vec<&str> {
    let after = page.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    after.filter(|link| !link.starts_with("http")).collect()
}
