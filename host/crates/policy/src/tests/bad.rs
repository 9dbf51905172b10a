//! Every mistake has its place and a way out.

use leadsman_domain::limits::Limits;

use super::*;

/// The problems of a policy, as `line:column: message; help`.
fn problems(files: &PolicyFiles) -> Vec<String> {
    let errors = match parse(files, &Terms::default()) {
        Ok(_) => return Vec::new(),
        Err(errors) => errors,
    };
    let show = |problem: &crate::Problem| {
        let file = if problem.file == "policy.toml" { String::new() } else { format!("{}:", problem.file) };
        let place = problem.place.as_ref().map(|place| format!("{}:{}: ", place.line, place.column));
        let help = problem.help.as_ref().map(|help| format!("; {help}"));
        format!("{file}{}{}{}", place.unwrap_or_default(), problem.message, help.unwrap_or_default())
    };
    errors.problems().iter().map(show).collect()
}

fn check(policy: &str, expected: &[&str]) {
    assert_eq!(problems(&files(policy)), expected, "{policy}");
}

#[test]
fn an_unknown_key_is_shown_with_what_may_be_meant() {
    let policy = small("", "\n[[reps]]\nid = \"ann\"\nwieght = 2\n");
    let errors = read(&policy).unwrap_err();
    assert_eq!(
        errors.to_string(),
        "policy.toml:8:1: unknown key `wieght`\n  |\n8 | wieght = 2\n  | ^^^^^^\n  help: did you mean `weight`?\n\n1 problem"
    );
    let json = serde_json::to_value(&errors).unwrap();
    assert_eq!(
        json,
        serde_json::json!([{
            "file": "policy.toml", "line": 8, "column": 1, "width": 6, "text": "wieght = 2",
            "message": "unknown key `wieght`", "help": "did you mean `weight`?",
        }])
    );
}

#[test]
fn all_problems_are_found_at_once() {
    check(
        "default_pool = \"inbuond\"\nzone = \"Europe/Berln\"\nregoin = \"DE\"\n[[pools]]\nid = \"inbound\"\n[[pools]]\nid = \"inbound\"\n\
         [[reps]]\nid = \"Ann\"\n[[reps]]\nid = \"bob\"\nweight = 0\npools = [\"outbound\"]\n",
        &[
            "1:16: there is no pool `inbuond`; did you mean `inbound`?",
            "2:8: there is no time zone `Europe/Berln`; did you mean `Europe/Berlin`?",
            "3:1: unknown key `regoin`; did you mean `region`?",
            "7:6: `inbound` is there already",
            "9:6: \"Ann\" is not a rep: use 1 to 63 characters of a-z, 0-9, '-', '_' and '.', starting with a letter or digit",
            "12:10: this has to be a whole number from 1 to 10000",
            "13:10: there is no pool `outbound`; did you mean `inbound`?",
        ],
    );
}

#[test]
fn what_is_no_toml_says_where() {
    let found = problems(&files("default_pool = \"a\n[[pools]\nid = \n"));
    assert!(found.len() >= 2 && found[0].starts_with("1:"), "{found:?}");
    check(&small("", "[[pools]]\nid = \"x\"\nid = \"y\"\n"), &["7:1: duplicate key"]);
    assert_eq!(problems(&PolicyFiles::new()), ["there is no such file"]);
    assert_eq!(problems(&PolicyFiles::new().with("policy.toml", b"\xff")), ["the file is not UTF-8"]);
    check("", &["1:1: the key `default_pool` is missing", "1:1: the key `pools` is missing"]);
}

#[test]
fn scores_of_accounts_are_rolled_up_in_known_ways_and_of_accounts_that_are_told() {
    check(
        &small("account = \"company.domain\"\naccount_score = \"hihgest\"", ""),
        &["2:17: `hihgest` is not known here; did you mean `highest`?"],
    );
    check(
        &small("account_score = \"average\"", ""),
        &[
            "1:1: no lead belongs to an account; say which attribute tells the account: account = \"company.domain\"",
            "1:17: `average` is not known here; there is `highest`, `sum`, `mean`",
        ],
    );
}

#[test]
fn types_are_checked() {
    check(
        &small(
            "region = \"Germany\"\nteams = \"emea\"\naccount = 5",
            "[[reps]]\nid = \"ann\"\ndismissed = \"no\"\ncap = 1.5\n",
        ),
        &[
            "1:10: this is not a country; write its code of ISO 3166, such as \"DE\"",
            "2:9: expected an array, found a text",
            "3:11: expected a text, found a number",
            "9:13: expected true or false, found a text",
            "10:7: expected a whole number, found a number",
        ],
    );
}

#[test]
fn bindings_are_checked() {
    check(
        &small(
            "",
            "[[screening]]\n[[screening]]\nplugin = \"a\"\npath = \"b.wasm\"\n[[scoring]]\npath = \"../b.wasm\"\n\
             [[dispatch]]\nplugin = \"rule-table\"\nfallback = \"helt\"\nlimits = { fuel = 0, memory = 5, time_ms = 9999, memory_bytes = 67_108_865 }\n\
             config = { rules = [{ to = { pool = \"inbnd\", team = \"x\" }, when = { in_list = \"vip\" } }], \
             otherwise = { hold_until_opening = \"office\" } }\n",
        ),
        &[
            "5:1: there is no plugin; name a built-in plugin with `plugin`, a file with `path`, or one that was uploaded with `upload`",
            "8:1: `plugin` names a built-in plugin, `path` a file and `upload` an uploaded plugin; give only one",
            "10:8: there is no such file",
            "13:12: `helt` is not known here; did you mean `hold`?",
            "14:19: this has to be a whole number from 1 to 200000000",
            "14:22: unknown key `memory`; there is `fuel`, `time_ms`, `memory_bytes`, `component_bytes`, `input_bytes`, \
             `output_bytes`, `host_call_bytes`, `log_bytes`",
            "14:44: this has to be a whole number from 1 to 500",
            "14:65: this has to be a whole number from 1 to 67108864",
            "15:37: there is no pool `inbnd`; did you mean `inbound`?",
            "15:53: there is no team `x`; a team is there when a rep names it in `teams`",
            "15:79: there is no list `vip`; add the file lists/vip.txt",
            "15:126: there is no calendar `office`; add the file calendars/office.toml",
        ],
    );
}

#[test]
fn built_in_plugins_are_known_by_name() {
    let terms = Terms { built_in: Some(["points".to_owned()].into()), ..Terms::default() };
    let errors = parse(&files(&small("", "[[scoring]]\nplugin = \"pionts\"\n")), &terms).unwrap_err();
    let problem = &errors.problems()[0];
    assert_eq!(problem.message, "there is no built-in plugin `pionts`");
    assert_eq!(problem.help.as_deref(), Some("did you mean `points`?"));
}

#[test]
fn a_component_has_to_be_within_the_plan_and_the_folder() {
    let scoring = small("", "[[scoring]]\npath = \"a.wasm\"\n");
    let usual = Terms::default();
    let terms = Terms { limits_max: Limits { component_bytes: 3, ..usual.limits_max }, ..usual };
    let errors = parse(&files(&scoring).with("a.wasm", b"\0asm"), &terms).unwrap_err();
    let [problem] = errors.problems() else { panic!("{errors}") };
    assert_eq!(problem.message, "the component is larger than 3 bytes");
    assert_eq!(problem.place.as_ref().map(|place| (place.line, place.column)), Some((6, 8)));
    let folder = tempfile::tempdir().unwrap();
    for path in ["../a.wasm", "/etc/passwd"] {
        std::fs::write(folder.path().join("policy.toml"), scoring.replace("a.wasm", path)).unwrap();
        let errors = crate::load(folder.path(), &Terms::default()).unwrap_err();
        assert_eq!(errors.problems()[0].message, "the path leads out of the policy's folder");
    }
}

#[test]
fn grades_have_to_tile() {
    // F10.
    check(
        &small(
            "",
            "[grading]\n[[grading.bands]]\nlabel = \"B\"\nbelow = 50\n[[grading.bands]]\nlabel = \"A\"\nfrom = 60\n",
        ),
        &[
            "6:11: no band holds scores from 50 to below 60; each band goes `from` a score to `below` a score; \
           the lowest has no `from`, the highest no `below`",
        ],
    );
    check(
        &small("", "[grading]\nfit = [{ label = \"A\" }]\nbands = [{ label = \"A\" }]\n"),
        &["7:1: grades come from `bands` alone, or from `fit` and `engagement` together"],
    );
    check(
        &small("", "[grading]\nfit = [{ label = \"A\" }]\n"),
        &["6:1: `fit` and `engagement` make grades together; one of them is missing"],
    );
    check(
        &small(
            "",
            "[grading]\nmature_from = 2e6\nbands = [{ label = \"A\" }]\nadvice = [{ grade = \"B1\", id = \"x\", text = \"y\" }]\n",
        ),
        &[
            "6:15: 2000000 points: points are finite and within plus or minus one million",
            "8:21: there is no grade `B1`; there is `A`",
        ],
    );
}

#[test]
fn identity_and_attribution_are_checked() {
    check(
        &small(
            "identity = [[], [\"Phone\"], \"x\"]",
            "[[attribution]]\nscenario = \"a\"\nplugin = \"p\"\n[[attribution]]\nscenario = \"A\"\nplugin = \"p\"\n",
        ),
        &[
            "1:13: an identity key names at least one attribute",
            "1:18: \"Phone\" is not an attribute name: use words of a-z, 0-9, '-' and '_' joined by dots, such as company.size",
            "1:28: expected an array, found a text",
            "9:12: the scenario `A` is there already",
        ],
    );
}

#[test]
fn reps_are_checked() {
    check(
        &small(
            "teams = [\"emea\"]",
            "[[reps]]\nid = \"ann\"\nteams = [\"emae\"]\nabsent = [{ from = 2026-01-05, until = 2026-01-01 }, { from = 5 }]\n\
             attributes = { Language = \"de\", x = { y = 1 } }\n",
        ),
        &[
            "7:10: there is no team `emae`; did you mean `emea`?",
            "8:11: this absence ends before it begins; `until` is the day, or moment, of the return",
            "8:54: the key `until` is missing",
            "8:63: this is not a moment; write it as 2026-12-24 or 2026-12-24T09:00:00",
            "9:16: \"Language\" is not an attribute name: use words of a-z, 0-9, '-' and '_' joined by dots, such as company.size",
            "9:37: expected a text, a number, true or false, a time, or an array of texts, found a table",
        ],
    );
}

#[test]
fn the_import_is_checked() {
    check(
        &small(
            "activities = [\"web.visit\"]",
            "[import]\ndelimiter = \"::\"\nreceived = { column = \"Created\", format = \"%Q\" }\nignore = [\"Name\"]\n\
             unknown_columns = \"drop\"\n[import.columns]\nName = \"person.name\"\nValid = \"contact.phone.valid\"\n\
             Who = { attribute = \"person.name\", type = \"nmber\" }\nOther = \"person.name\"\n\
             [[import.activities]]\ncolumn = \"Visits\"\nkind = \"web.vist\"\n[[import.activities]]\ncolumn = \"Last\"\n",
        ),
        &[
            "5:1: the column \"Name\" is ignored and read as well",
            "6:13: this has to be one ASCII character, such as \";\" or \"\\t\"",
            "7:43: this is not a format of times; write it as for strftime: \"%Y-%m-%d %H:%M:%S\"",
            "9:19: `drop` is not known here; there is `error`, `ignore`",
            "12:9: contact.phone.valid is derived by the intake and cannot be set; \
             map the column to the attribute that it is derived from, such as contact.phone",
            "13:43: `nmber` is not known here; did you mean `number`?",
            "14:9: person.name comes from the column \"Name\" already",
            "17:8: there is no kind of activity `web.vist`; did you mean `web.visit`?",
            "18:1: give either `kind` or `kinds`; `kind` where the column says how often it happened, \
             `kinds` where it says what happened",
        ],
    );
}

#[test]
fn lists_are_checked() {
    let long = format!("a\n{}\n", "x".repeat(2_000));
    let files = files(SMALL)
        .with("lists/Bad Name.txt", "a")
        .with("lists/bytes.txt", b"a\nb\xff\n")
        .with("lists/long.txt", long);
    let found = problems(&files);
    assert!(found[0].starts_with("lists/Bad Name.txt:\"Bad Name\" is not a name for a list"), "{found:?}");
    assert_eq!(
        found[1..],
        [
            "lists/bytes.txt:2:1: this line is not UTF-8",
            "lists/long.txt:2:1: this entry is longer than 1 KiB"
        ]
    );
}

#[test]
fn calendars_are_checked() {
    let calendar = "zone = \"Mars\"\nholidays = [2026-02-30, \"soon\"]\n[hours]\nmonday = [\"9-17\", \"22:00-02:00\"]\n\
                    tuesday = [\"09:00-12:00\", \"11:00-13:00\"]\nfunday = []\n";
    let found = problems(&files(SMALL).with("calendars/office.toml", calendar));
    assert!(found.iter().any(|problem| problem.starts_with("calendars/office.toml:2:")), "{found:?}");
    let calendar = calendar.replace("2026-02-30", "2026-02-28");
    assert_eq!(
        problems(&files(SMALL).with("calendars/office.toml", calendar)),
        [
            "calendars/office.toml:1:8: there is no time zone `Mars`",
            "calendars/office.toml:2:25: this is not a date; write it as 2026-12-24",
            "calendars/office.toml:4:11: this is not a span of hours; write it as \"09:00-17:30\"",
            "calendars/office.toml:4:19: this span ends before it begins; \
             hours past midnight belong to the next day, as in 22:00-24:00 and 00:00-02:00",
            "calendars/office.toml:5:11: two spans overlap",
            "calendars/office.toml:6:1: unknown key `funday`; did you mean `sunday`?",
        ]
    );
}

#[test]
fn what_is_known_is_matched_and_mapped_by_names_and_kinds_that_exist() {
    check(
        &small(
            "",
            "[matching]\nleads = \"marge\"\ncontacts = \"merge\"\naccounts = \"link\"\n\
             [qualification]\nstage = \"deal\"\n[qualification.contact]\n\"Name\" = \"person.name\"\n\
             valid = \"contact.email.valid\"\n",
        ),
        &[
            "6:9: `marge` is not known here; did you mean `merge`?",
            "7:12: `merge` is not known here; there is `link`, `reject`, `route-to-owner`",
            "8:1: no submission is found to belong to an account; say by which attributes an account is known: account_keys = [[\"company.domain\"]]",
            "10:9: `deal` is not known here; there is `uql`, `mql`, `sql`",
            "12:1: \"Name\" is not an attribute name: use words of a-z, 0-9, '-' and '_' joined by dots, such as company.size",
            "13:9: contact.email.valid is of the kind flag, and not text; write {from = \"contact.email.valid\", kind = \"flag\"}",
        ],
    );
}

#[test]
fn probabilities_have_one_source_and_a_range() {
    let scoring = "[[scoring]]\nplugin = \"predictive\"\naxis = \"probability\"\n";
    let of = |more: &str| problems(&files(&small("", more)));
    let twice = of(&format!("{scoring}{scoring}"));
    assert!(twice.len() == 1 && twice[0].contains("a plugin before this one foretells already"), "{twice:?}");
    let both = of(&format!("{scoring}config = {{ }}\nconfig_file = \"models/x.json\"\n"));
    assert!(both[0].contains("`config` is there as well"), "{both:?}");
    let beyond = of("[grading]\nmature_from_probability = 101\n");
    assert!(beyond[0].contains("from 0 to 100 percent"), "{beyond:?}");
    let mixed = of("[grading]\nprobability = [{ label = \"A\" }]\nbands = [{ label = \"B\" }]\n");
    assert!(mixed[0].contains("grades come from `probability` already"), "{mixed:?}");
}
