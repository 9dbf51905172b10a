//! Bad files and bad policies: told with their place, and nothing good is lost.

use std::path::Path;

use crate::program::{LEADS, POLICY, arg, run, said, write};

fn import(folder: &Path, policy: &str, leads: &[u8]) -> std::process::Output {
    write(folder, &[("policy/policy.toml", policy.as_bytes()), ("leads.csv", leads)]);
    run(&["run", arg(&folder.join("leads.csv")), "--policy", arg(&folder.join("policy")), "--json"])
}

fn report(leads: &[u8]) -> serde_json::Value {
    let folder = tempfile::tempdir().unwrap();
    let output = import(folder.path(), POLICY, leads);
    assert!(output.status.success(), "{}", said(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn refused(policy: &str, leads: &[u8]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let output = import(folder.path(), policy, leads);
    (output.status.code(), said(&output))
}

#[test]
fn rows_that_are_no_text_too_long_or_ragged_are_invalid_and_the_rest_goes_on() {
    let mut leads = LEADS.as_bytes().to_vec();
    leads.extend_from_slice(b"8,\xff\xfe,gus@redwater.com,5,2026-01-05 08:06:00\n9,");
    leads.extend(std::iter::repeat_n(b'x', 50 << 20));
    leads.extend_from_slice(
        b",hal@redwater.com,5,2026-01-05 08:07:00\n10,Ida Joy,ida@redwater.com,5,2026-01-05 08:08:00\n",
    );
    let report = report(&leads);
    assert_eq!(
        (&report["received"], &report["invalid"], &report["assigned"]),
        (&10.into(), &4.into(), &4.into())
    );
}

#[test]
fn files_that_cannot_be_read_are_refused_as_input() {
    for (leads, part) in [
        (&b""[..], "empty"),
        (b"\xff\xfei\0d\0", "UTF-8"),
        (b"id,name,mail,size\n1,a,b,c\n", "when"),
        (b"id,name,mail,size,when,colour\n", "colour"),
    ] {
        let (code, said) = refused(POLICY, leads);
        assert_eq!(code, Some(4), "{said}");
        assert!(said.contains(part), "{part:?} in {said}");
    }
}

#[test]
fn a_header_alone_is_an_import_of_nothing() {
    assert_eq!(report(b"id,name,mail,size,when\n")["received"], 0);
}

#[test]
fn a_policy_is_refused_with_file_line_and_suggestion() {
    let (code, said) = refused(&POLICY.replace("weight = 2", "wieght = 2"), LEADS.as_bytes());
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("policy.toml:") && said.contains("did you mean `weight`"), "{said}");
}

#[test]
fn a_policy_with_problems_leaves_no_data_folder_behind() {
    let folder = tempfile::tempdir().unwrap();
    let (policy, data) = (folder.path().join("policy"), folder.path().join("data"));
    let apply = |text: &str| {
        write(&policy, &[("policy.toml", text.as_bytes())]);
        run(&["policy", "apply", arg(&policy), "--data", arg(&data)])
    };
    for (good, bad) in [
        ("weight = 2", "wieght = 2"),
        ("points = 30", "points = 30, colour = 1"),
        ("plugin = \"contact-check\"", "upload = \"acme-scorer@1.0.0\""),
    ] {
        let output = apply(&POLICY.replace(good, bad));
        assert_eq!(output.status.code(), Some(3), "{}", said(&output));
        assert!(!data.exists(), "{bad} left a folder: {}", said(&output));
    }
    let output = apply(POLICY);
    assert!(output.status.success() && data.exists(), "{}", said(&output));
}

#[test]
fn bands_with_a_gap_are_refused_with_the_range() {
    let (code, said) = refused(&POLICY.replace("from = 20", "from = 25"), LEADS.as_bytes());
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("from 20 to below 25"), "{said}");
}

#[test]
fn a_plugins_complaint_stands_at_its_place_in_the_policy() {
    let (code, said) = refused(&POLICY.replace("points = 30", "points = 30, colour = 1"), LEADS.as_bytes());
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("policy.toml:10") && said.contains("colour"), "{said}");
}

#[test]
fn a_component_that_may_not_come_in_is_refused_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("policy/mine.wasm", crate::office::guest("opens-a-socket"))]);
    let output = import(
        folder.path(),
        &POLICY.replace("plugin = \"contact-check\"", "path = \"mine.wasm\""),
        LEADS.as_bytes(),
    );
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    assert!(said(&output).contains("plugins have no network"), "{}", said(&output));
}
