//! Components written by hand to do harm: what no compiler makes of honest code. Each ends in a typed
//! error, and the sandbox serves on.

use leadsman_domain::limits::Limits;
use leadsman_domain::ruling::FaultClass;
use leadsman_domain::{Digest, Facts, LeadId, journal};
use leadsman_flow::rules::Case;
use leadsman_rules::{Plugin, Preparation, PrepareError, Refusal};
use serde_json::json;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use crate::office::{MONDAY, guest, sandbox};

/// A scorer in parts. Each part is an instruction sequence in the text format of WebAssembly.
#[derive(Clone, Copy)]
pub struct Raw {
    /// More fields of the module, such as a start function.
    pub fields: &'static str,
    /// The memory, in pages.
    pub memory: &'static str,
    pub realloc: &'static str,
    pub describe: &'static str,
    pub configure: &'static str,
    pub score: &'static str,
}

/// A scorer that does no harm: it is called `raw`, reads nothing and contributes nothing.
pub const HARMLESS: Raw = Raw {
    fields: "",
    memory: "2",
    realloc: "(local.get $free)
              (global.set $top (i32.add (local.get $free) (local.get 3)))",
    describe: "(i32.const 0)",
    configure: "(i32.const 1024)",
    score: "(i32.const 2048)",
};

impl Raw {
    /// The component.
    pub fn component(&self) -> Vec<u8> {
        self.component_with("")
    }

    /// The component with more fields in its module.
    pub fn component_with(&self, more: &str) -> Vec<u8> {
        let Self { fields, memory, realloc, describe, configure, score } = self;
        // At 0 a description of four texts, at 1024 needs of nothing, at 2048 a list of one empty answer.
        let text = format!(
            r#"(module
                 (memory (export "memory") {memory})
                 (global $top (mut i32) (i32.const 65536))
                 (data (i32.const 0) "\40\00\00\00\03\00\00\00\44\00\00\00\05\00\00\00")
                 (data (i32.const 16) "\4a\00\00\00\01\00\00\00\4c\00\00\00\02\00\00\00")
                 (data (i32.const 64) "raw\001.0.0\00s\00{{}}")
                 (data (i32.const 2048) "\00\0c\00\00\01\00\00\00")
                 {fields}
                 {more}
                 (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (local $free i32)
                   (local.set $free (i32.and (i32.add (global.get $top) (i32.const 7)) (i32.const -8)))
                   {realloc})
                 (func (export "leadsman:rules/plugin@0.1.0#describe") (result i32) {describe})
                 (func (export "leadsman:rules/plugin@0.1.0#configure") (param i32 i32) (result i32)
                   {configure})
                 (func (export "leadsman:rules/scoring@0.1.0#score") (param i32 i32) (result i32) {score}))"#
        );
        let mut module = wat::parse_str(text).unwrap();
        let mut resolve = Resolve::default();
        let wit = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit");
        let (package, _) = resolve.push_dir(wit).unwrap();
        let world = resolve.select_world(&[package], Some("scoring-plugin")).unwrap();
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
        ComponentEncoder::default().module(&module).unwrap().encode().unwrap()
    }
}

fn load(bytes: &[u8]) -> Result<Plugin, PrepareError> {
    let limits = Limits { fuel: 2_000_000, ..Limits::default() };
    Plugin::load(sandbox(), bytes, &json!({}), limits, Preparation::Frozen)
}

/// What becomes of a lead, or of the plugin before: points, or the class of the fault.
fn try_out(bytes: &[u8]) -> Result<usize, FaultClass> {
    let plugin = match load(bytes) {
        Ok(plugin) => plugin,
        Err(PrepareError::Broke(fault)) => return Err(fault.class),
        Err(other) => panic!("{other}"),
    };
    let lead = journal::begin(LeadId::of_submission(&Digest::of(b"1")), MONDAY, Facts::new());
    let ruling = plugin.score(&[Case { lead: &lead, now: MONDAY }]).pop().unwrap();
    ruling.outcome.map(|contributions| contributions.len()).map_err(|fault| fault.class)
}

fn still_serves() {
    assert_eq!(try_out(guest("remembers")), Ok(1), "the sandbox serves on");
}

const LOOP: &str = "(loop $for_ever (br $for_ever)) (unreachable)";

/// What the raw scorers do, and in what class of fault that ends.
fn harmful() -> Vec<(&'static str, Raw, FaultClass)> {
    let grows =
        "(if (i32.eq (memory.grow (i32.const 4000)) (i32.const -1)) (then (unreachable))) (i32.const 0)";
    let grows_its_table =
        "(if (i32.eq (table.grow $table (ref.null func) (i32.const 1000000)) (i32.const -1))
                           (then (unreachable))) (i32.const 1024)";
    let copies = "(loop $again
                    (memory.copy (i32.const 0) (i32.const 8000000) (i32.const 8000000))
                    (br $again)) (unreachable)";
    let fills = "(loop $again (memory.fill (i32.const 0) (i32.const 7) (i32.const 16000000)) (br $again)) (unreachable)";
    // A text of 4 GiB as the plugin's name, a list of 4 GiB as its needs, and as its answers.
    let claims_a_text = "(i32.store (i32.const 4) (i32.const -1)) (i32.const 0)";
    let claims_a_list = "(i32.store (i32.const 1028) (i32.const 64)) (i32.store (i32.const 1032) (i32.const 0x1fffffff)) (i32.const 1024)";
    let claims_answers = "(i32.store (i32.const 2052) (i32.const 0x0fffffff)) (i32.const 2048)";
    let many_answers = "(i32.store (i32.const 2052) (i32.const 2000)) (i32.const 2048)";
    let points_outside = "(i32.const -8)";
    let recurses = "(func $deeper (param i64) (result i64) (local i64 i64 i64 i64)
                      (i64.add (call $deeper (i64.add (local.get 0) (i64.const 1))) (local.get 0)))";
    vec![
        (
            "loops at its start",
            Raw { fields: "(func $start (loop $l (br $l))) (start $start)", ..HARMLESS },
            FaultClass::Fuel,
        ),
        ("loops when it is described", Raw { describe: LOOP, ..HARMLESS }, FaultClass::Fuel),
        ("loops when it is configured", Raw { configure: LOOP, ..HARMLESS }, FaultClass::Fuel),
        ("loops when it is given memory", Raw { realloc: LOOP, ..HARMLESS }, FaultClass::Fuel),
        ("loops when it is called", Raw { score: LOOP, ..HARMLESS }, FaultClass::Fuel),
        (
            "traps at its start",
            Raw { fields: "(func $start unreachable) (start $start)", ..HARMLESS },
            FaultClass::Trap,
        ),
        ("begins with much memory", Raw { memory: "900", ..HARMLESS }, FaultClass::Memory),
        ("grows without end", Raw { describe: grows, ..HARMLESS }, FaultClass::Memory),
        (
            "grows its table without end",
            Raw { fields: "(table $table 1 funcref)", configure: grows_its_table, ..HARMLESS },
            FaultClass::Memory,
        ),
        ("copies without end", Raw { memory: "250", score: copies, ..HARMLESS }, FaultClass::Fuel),
        ("fills without end", Raw { memory: "250", score: fills, ..HARMLESS }, FaultClass::Fuel),
        (
            "recurses without end",
            Raw {
                fields: recurses,
                score: "(drop (call $deeper (i64.const 0))) (i32.const 2048)",
                ..HARMLESS
            },
            FaultClass::Stack,
        ),
        ("claims a text of 4 GiB", Raw { describe: claims_a_text, ..HARMLESS }, FaultClass::Trap),
        ("claims a list of 4 GiB", Raw { configure: claims_a_list, ..HARMLESS }, FaultClass::Trap),
        ("claims answers of 4 GiB", Raw { score: claims_answers, ..HARMLESS }, FaultClass::Trap),
        (
            "answers for leads that nobody showed",
            Raw { score: many_answers, ..HARMLESS },
            FaultClass::Malformed,
        ),
        ("points out of its memory", Raw { score: points_outside, ..HARMLESS }, FaultClass::Trap),
        ("gets memory out of its memory", Raw { realloc: "(i32.const -16)", ..HARMLESS }, FaultClass::Trap),
    ]
}

#[test]
fn what_is_written_by_hand_to_do_no_harm_does_none() {
    let plugin = load(&HARMLESS.component()).unwrap();
    let stamp = plugin.stamp();
    assert_eq!((stamp.name.as_str(), stamp.version.as_str()), ("raw", "1.0.0"));
    assert_eq!(try_out(&HARMLESS.component()), Ok(0));
}

#[test]
fn what_is_written_by_hand_to_do_harm_ends_in_a_typed_fault() {
    for (what, raw, class) in harmful() {
        assert_eq!(try_out(&raw.component()), Err(class), "{what}");
        still_serves();
    }
}

/// The size of this process in memory, in bytes.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap() << 10
}

#[test]
fn harm_that_is_done_again_and_again_makes_the_process_no_larger() {
    let all: Vec<Vec<u8>> = harmful()
        .into_iter()
        .filter(|(what, _, _)| !what.starts_with("fills") && !what.starts_with("copies"))
        .map(|(_, raw, _)| raw.component())
        .collect();
    let round = || all.iter().map(|bytes| try_out(bytes)).filter(Result::is_err).count();
    assert_eq!((0..3).map(|_| round()).sum::<usize>(), 3 * all.len());
    // Other tests of this process take memory as well; what is lost here is lost every time.
    let grown = (0..3).map(|_| {
        let before = resident();
        assert_eq!((0..20).map(|_| round()).sum::<usize>(), 20 * all.len());
        resident().saturating_sub(before) >> 10
    });
    let grown: Vec<u64> = grown.take_while(|kib| *kib >= 64 << 10).collect();
    assert!(grown.len() < 3, "it grew by {grown:?} KiB");
}

/// A component in the text format, as it is.
fn text(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

/// The exports that every scorer has, of nothing.
const EXPORTS: &str = r#"(instance $nothing)
    (export "leadsman:rules/plugin@0.1.0" (instance $nothing))
    (export "leadsman:rules/scoring@0.1.0" (instance $nothing))"#;

#[test]
fn shapes_that_no_plugin_has_are_refused() {
    let instances = "(core instance (instantiate $m))".repeat(400);
    let many_instances = format!("(component (core module $m (memory 1)) {instances} {EXPORTS})");
    let memories = "(memory 1)".repeat(50);
    let many_memories = format!("(component (core module {memories}) {EXPORTS})");
    let deep = (1..2_000).map(|depth| format!("(type $t{depth} (list $t{}))", depth - 1)).collect::<String>();
    let deep_types = format!("(component (type $t0 (list u8)) {deep} {EXPORTS})");
    let next_version = EXPORTS.replace("@0.1.0", "@0.2.0");
    let wrong_version = format!("(component {next_version})");
    let wrong_types = format!("(component {EXPORTS})");
    let threads = format!("(component (core module (memory 1 2 shared)) {EXPORTS})");
    let memory64 = format!("(component (core module (memory i64 1)) {EXPORTS})");
    for (what, component) in [
        ("many instances", many_instances),
        ("many memories", many_memories),
        ("deep types", deep_types),
        ("another version", wrong_version),
        ("other types", wrong_types),
        ("threads", threads),
        ("memory64", memory64),
    ] {
        let refused = load(&text(&component)).err();
        assert!(matches!(refused, Some(PrepareError::Refused(_))), "{what}: {refused:?}");
        still_serves();
    }
    let nested = load(&nested(1_000)).err();
    assert!(matches!(nested, Some(PrepareError::Refused(_))), "{nested:?}");
    let Some(PrepareError::Refused(refusal)) = load(&text(&format!("(component {next_version})"))).err()
    else {
        panic!("another version comes in");
    };
    assert!(matches!(refusal, Refusal::WrongWorld { .. }), "{refusal}");
    assert!(refusal.to_string().contains("@0.2.0") && refusal.to_string().contains("@0.1.0"), "{refusal}");
}

/// A component in a component in a component, so many of them.
fn nested(depth: usize) -> Vec<u8> {
    let empty = text("(component)");
    let within = |inner: Vec<u8>, outer: &[u8]| {
        let mut length = inner.len();
        let mut bytes = [outer, &[4]].concat();
        while length >= 0x80 {
            bytes.push((length & 0x7f) as u8 | 0x80);
            length >>= 7;
        }
        bytes.push(length as u8);
        [bytes, inner].concat()
    };
    let inner = (0..depth).fold(empty.clone(), |inner, _| within(inner, &empty));
    within(inner, &text(&format!("(component {EXPORTS})")))
}

/// A component whose code is small, and whose compilation is not: every local is live through every loop.
pub fn bomb() -> Vec<u8> {
    let (locals, loops) = (40_000, 20_000);
    let declared = "i32 ".repeat(locals);
    let around = "(loop (br_if 0 (local.get 0)))".repeat(loops);
    let used = (0..locals).map(|local| format!("(local.set 0 (i32.add (local.get 0) (local.get {local})))"));
    let used = used.collect::<String>();
    text(&format!("(component (core module (func (local {declared}) {around} {used})) {EXPORTS})"))
}
