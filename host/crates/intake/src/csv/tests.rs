//! Files good, bad and hostile.

use std::collections::{BTreeMap, BTreeSet};

use leadsman_domain::mapping::{
    ActivityColumn, ActivityReading, AttributeColumn, ColumnKind, Origin, TimeColumn, Unknown,
};
use leadsman_domain::{AttributeName, Value};
use proptest::prelude::*;

use super::*;

const NOON: Timestamp = Timestamp::from_ms(1_772_366_400_000);

fn text(column: &str, attribute: &str) -> AttributeColumn {
    typed(column, attribute, ColumnKind::Text)
}

fn typed(column: &str, attribute: &str, kind: ColumnKind) -> AttributeColumn {
    AttributeColumn { column: column.to_owned(), attribute: AttributeName::parse(attribute).unwrap(), kind }
}

fn mapping(columns: Vec<AttributeColumn>) -> ColumnMapping {
    ColumnMapping {
        source: "crm".to_owned(),
        delimiter: b',',
        zone: chrono_tz::Europe::Berlin,
        missing: ["select", "na"].map(str::to_owned).into(),
        key: None,
        received: None,
        channel: None,
        campaign: None,
        columns,
        activities: Vec::new(),
        ignored: BTreeSet::new(),
        unknown_columns: Unknown::Error,
    }
}

fn name_and_city() -> ColumnMapping {
    mapping(vec![text("Name", "person.name"), text("City", "city")])
}

fn open(file: &[u8], mapping: ColumnMapping) -> Result<CsvImport<&[u8]>, InvalidFile> {
    let region = Some("US".parse().unwrap());
    CsvImport::open(file, mapping, ImportContext { region, imported_at: NOON })
}

/// Good rows by their names, bad rows as they are shown.
fn check(file: impl AsRef<[u8]>, mapping: ColumnMapping) -> Vec<Result<String, String>> {
    let rows = open(file.as_ref(), mapping).unwrap();
    rows.map(|row| match row {
        Ok(submission) => Ok(submission.facts.text("person.name").unwrap_or_default().to_owned()),
        Err(error) => Err(error.to_string()),
    })
    .collect()
}

fn refusal(file: impl AsRef<[u8]>, mapping: ColumnMapping) -> String {
    open(file.as_ref(), mapping).err().map(|error| error.to_string()).unwrap()
}

fn ok(name: &str) -> Result<String, String> {
    Ok(name.to_owned())
}

fn bad(reason: &str) -> Result<String, String> {
    Err(reason.to_owned())
}

#[test]
fn reads_every_type() {
    let mut all = mapping(vec![
        text("Company", "company.name"),
        typed("Size", "company.size", ColumnKind::Number),
        typed("Customer", "is-customer", ColumnKind::Flag),
        typed("Since", "since", ColumnKind::Time(vec!["%Y-%m-%d".to_owned(), "%d.%m.%Y".to_owned()])),
        typed("Tags", "tags", ColumnKind::Texts(";".to_owned())),
    ]);
    all.key = Some("Id".to_owned());
    all.received =
        Some(TimeColumn { column: "Created".to_owned(), formats: vec!["%d %b, %Y %H:%M:%S".to_owned()] });
    all.channel = Some(Origin::Column("Source".to_owned()));
    all.campaign = Some(Origin::Constant("spring".to_owned()));
    let file = "Id,Company,Size,Customer,Since,Tags,Created,Source\n\
        7,\"Example, Inc.\",12.5,Yes,31.12.2025,a; b;;,\"15 Apr, 2021 00:03:00\",Fair\n\
        8, Select ,NA,,,,\"15 Apr, 2021 00:03:00\",\n";
    let rows: Vec<_> = open(file.as_bytes(), all).unwrap().map(Result::unwrap).collect();
    let facts = &rows[0].facts;
    assert_eq!(rows[0].key, Submission::key_of("crm", "7"));
    assert_eq!(rows[0].received.to_string(), "2021-04-14T22:03:00.000Z");
    assert_eq!(facts.text("company.name"), Some("Example, Inc."));
    assert_eq!(facts.text("company.name.normal"), Some("example"));
    assert_eq!(facts.get("company.size"), Some(&Value::Number(12.5)));
    assert_eq!(facts.get("is-customer"), Some(&Value::Flag(true)));
    assert_eq!(facts.get("since").unwrap().to_string(), "2025-12-30T23:00:00.000Z");
    assert_eq!(facts.get("tags"), Some(&Value::Texts(vec!["a".to_owned(), "b".to_owned()])));
    let origin = rows[0].origin.as_ref().unwrap();
    assert_eq!((origin.channel.as_str(), origin.campaign.as_deref()), ("Fair", Some("spring")));
    assert!(rows[1].facts.is_empty() && rows[1].origin.is_none());
}

#[test]
fn columns_become_activities() {
    let kinds = BTreeMap::from([("email opened".to_owned(), "email.open".to_owned())]);
    let reading = ActivityReading::Kind { kinds, unknown_values: Unknown::Error };
    let at = Some(TimeColumn { column: "When".to_owned(), formats: Vec::new() });
    let mut acting = mapping(Vec::new());
    let visits = ActivityReading::Quantity("web.visit".to_owned());
    acting.activities = vec![
        ActivityColumn {
            column: "Visits".to_owned(),
            reading: visits,
            at: None,
            channel: Some("web".to_owned()),
        },
        ActivityColumn { column: "Last".to_owned(), reading, at, channel: None },
    ];
    let file = "Visits,Last,When\n5,Email Opened,2026-01-01T00:00:00Z\n0,,\n-1,,\n,Teleported,\nmany,,\n";
    let mut rows = open(file.as_bytes(), acting).unwrap();
    let first = rows.next().unwrap().unwrap().activities;
    assert_eq!((first[0].kind.as_str(), first[0].quantity, first[0].at), ("web.visit", 5.0, NOON));
    assert_eq!(first[0].channel.as_deref(), Some("web"));
    assert_eq!((first[1].kind.as_str(), first[1].at.as_ms()), ("email.open", 1_767_225_600_000));
    assert!(rows.next().unwrap().unwrap().activities.is_empty());
    let rest: Vec<String> = rows.map(|row| row.unwrap_err().to_string()).collect();
    assert_eq!(
        rest[0],
        "line 4, column \"Visits\", \"-1\": an activity cannot have happened less than zero times"
    );
    assert_eq!(
        rest[1],
        "line 5, column \"Last\", \"Teleported\": the mapping gives no kind of activity for this value"
    );
    assert!(rest[2].starts_with("line 6, column \"Visits\", \"many\": this is not a number"), "{}", rest[2]);
}

#[test]
fn the_same_row_twice_is_two_and_the_same_file_again_is_the_same() {
    let file = "Name,City\nAnn,Bonn\nAnn,Bonn\nBob,Bonn\n";
    let keys = || -> Vec<_> {
        open(file.as_bytes(), name_and_city()).unwrap().map(|row| row.unwrap().key).collect()
    };
    let (first, again) = (keys(), keys());
    assert_eq!(first, again);
    assert_eq!(first.iter().collect::<BTreeSet<_>>().len(), 3);
}

#[test]
fn a_bad_row_does_not_spoil_the_next() {
    let file = b"Name,City\nAnn,Bonn\nB\xf6b,Bonn\nCyd\nDan,Ulm,extra\n\nEve,Ulm\n";
    assert_eq!(
        check(file, name_and_city()),
        [
            ok("Ann"),
            bad("line 3, column \"Name\", \"B\u{fffd}b…\": the field is not UTF-8; save the file as CSV in UTF-8")
                .map_err(|text| text.replace("b…", "b")),
            bad("line 4: the row has 1 fields, the header 2"),
            bad("line 5: the row has 3 fields, the header 2"),
            ok("Eve"),
        ]
    );
}

#[test]
fn line_numbers_are_those_of_the_file() {
    let file = "Name,City\r\n\r\n\"Ann\r\nLee\",Bonn\r\nBob\r\n\"Cyd\",Ulm\r\nDan";
    assert_eq!(
        check(file, name_and_city()),
        [
            ok("Ann\r\nLee"),
            bad("line 5: the row has 1 fields, the header 2"),
            ok("Cyd"),
            bad("line 7: the row has 1 fields, the header 2"),
        ]
    );
    assert_eq!(
        check("Name,City\rAnn,Bonn\rBob\r", name_and_city())[1],
        bad("line 3: the row has 1 fields, the header 2")
    );
}

#[test]
fn an_endless_field_is_rejected_in_bounded_memory() {
    let huge = "x".repeat(50 << 20);
    let file = format!("Name,City\n{huge},Bonn\n\"{huge}\",Bonn\nAnn,Bonn\n");
    let rows: Vec<_> = open(file.as_bytes(), name_and_city()).unwrap().collect();
    for row in &rows[..2] {
        let Err(RowError::Rejected(rejected)) = row else { panic!("{row:?}") };
        assert_eq!((&rejected.reason, rejected.column.as_deref()), (&Rejection::LongField, Some("Name")));
        assert_eq!(rejected.reason.to_string(), "the field is longer than 64 KiB");
        assert_eq!(rejected.fields[0].len(), FIELD_BYTES_MAX);
        assert!(rejected.value.as_ref().unwrap().len() < 300);
    }
    assert_eq!(rows[2].as_ref().unwrap().facts.text("person.name"), Some("Ann"));
    assert_eq!(rows.len(), 3);
}

#[test]
fn a_row_of_too_many_fields_is_rejected_in_bounded_memory() {
    let file = format!("Name,City\n{}\nAnn,Bonn\n", ",".repeat(3 << 20));
    assert_eq!(
        check(file, name_and_city()),
        [bad("line 2: the row is longer than 1024 KiB or has more than 4096 fields"), ok("Ann")]
    );
    let wide = vec!["y".repeat(60_000); 40].join(",");
    let file = format!("Name,City\n{wide}\nAnn,Bonn\n");
    assert_eq!(check(file, name_and_city()).len(), 2);
}

#[test]
fn a_quote_without_an_end_is_named() {
    assert_eq!(
        check("Name,City\nAnn,Bonn\nBob,\"Ulm\nCyd,Ulm\n", name_and_city()),
        [
            ok("Ann"),
            bad(
                "line 3, column \"City\", \"Ulm\\nCyd,Ulm\\n\": the quote that opens this field is never closed, \
                 so all that follows it is part of the field"
            ),
        ]
    );
    assert_eq!(check("Name,City\nAnn,5\" disc\nBob,\"\"\"Ulm\"", name_and_city()), [ok("Ann"), ok("Bob")]);
}

#[test]
fn whole_files_are_refused_in_clear_words() {
    assert_eq!(refusal("", name_and_city()), "the file is empty: its first line has to name the columns");
    assert_eq!(
        refusal("\u{feff}\n\n", name_and_city()),
        "the file is empty: its first line has to name the columns"
    );
    for utf16 in [b"\xff\xfeN\0a\0".as_slice(), b"\xfe\xff\0N", b"N\0a\0", b"\0N\0a"] {
        assert!(refusal(utf16, name_and_city()).starts_with("the file is UTF-16"));
    }
    assert_eq!(refusal("Name,City,Name\n", name_and_city()), "two columns are called \"Name\"");
    assert!(refusal(b"Name,St\xe4dte\n", name_and_city()).contains("column 2 is not UTF-8"));
    assert!(refusal("Name,\"City\n", name_and_city()).contains("a quote is opened and never closed"));
    assert_eq!(
        refusal("Nmae,Town\n", name_and_city()),
        "the file has no column \"Name\"; the nearest is \"Nmae\"\nthe file has no column \"City\"\n\
         the mapping does not know the column \"Nmae\"\nthe mapping does not know the column \"Town\""
    );
}

#[test]
fn a_header_alone_is_no_rows() {
    assert_eq!(check("\u{feff}Name, City", name_and_city()), []);
}

#[test]
fn other_columns_may_be_left_out() {
    let file = "Name,City,Age\nAnn,Bonn,31\n";
    assert_eq!(refusal(file, name_and_city()), "the mapping does not know the column \"Age\"");
    let mut named = name_and_city();
    named.ignored.insert("Age".to_owned());
    assert_eq!(check(file, named), [ok("Ann")]);
    let mut any = name_and_city();
    any.unknown_columns = Unknown::Ignore;
    assert_eq!(check(file, any), [ok("Ann")]);
}

#[test]
fn rejects_can_be_mended_and_sent_again() {
    let file = b"Name,City\nAnn,Bonn\nB\xf6b,\"Ulm, Donau\"\n";
    let mut rows = open(file, name_and_city()).unwrap();
    let mut written = Vec::new();
    let mut writer = RejectsWriter::new(&mut written, rows.headers(), b',').unwrap();
    let rejected = rows.find_map(|row| match row {
        Err(RowError::Rejected(rejected)) => Some(rejected),
        _ => None,
    });
    writer.write(&rejected.unwrap()).unwrap();
    writer.finish().unwrap();
    let lines: Vec<_> = written.split(|&byte| byte == b'\n').collect();
    assert_eq!(lines[0], b"rejected line,rejected column,rejected because,Name,City");
    assert!(lines[1].starts_with(b"3,Name,") && lines[1].ends_with(b"B\xf6b,\"Ulm, Donau\""));
    let mended: Vec<u8> = written.iter().map(|&byte| if byte == 0xf6 { b'o' } else { byte }).collect();
    assert_eq!(check(&mended, name_and_city()), [ok("Bob")]);
    let straight =
        open(b"Name,City\nBob,\"Ulm, Donau\"\n", name_and_city()).unwrap().next().unwrap().unwrap();
    let again = open(&mended, name_and_city()).unwrap().next().unwrap().unwrap();
    assert_eq!(straight.key, again.key, "the added columns do not make it another row");
}

#[test]
fn progress_ends_at_the_end_of_the_file() {
    let file = "\u{feff}Name,City\nAnn,Bonn\n\n";
    let mut rows = open(file.as_bytes(), name_and_city()).unwrap();
    assert!(rows.bytes_read() < file.len() as u64);
    assert_eq!(rows.by_ref().count(), 1);
    assert_eq!(rows.bytes_read(), file.len() as u64);
}

#[test]
fn a_broken_file_is_no_end_of_file() {
    struct Torn(bool);
    impl io::Read for Torn {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if std::mem::replace(&mut self.0, true) {
                return Err(io::Error::other("torn"));
            }
            let text = b"Name,City\nAnn,Bonn\nBob";
            buffer[..text.len()].copy_from_slice(text);
            Ok(text.len())
        }
    }
    let context = ImportContext { region: None, imported_at: NOON };
    let rows: Vec<_> = CsvImport::open(Torn(false), name_and_city(), context).unwrap().collect();
    assert!(matches!(rows.as_slice(), [Ok(_), Err(RowError::Broken(_))]), "{rows:?}");
}

proptest! {
    #[test]
    fn no_bytes_break_it(bytes in prop::collection::vec(prop::sample::select(b"a,\"\n\r\xff\0\xef\xbb\xbf;N".to_vec()), 0..200)) {
        let mut file = b"Name,City\n".to_vec();
        file.extend(&bytes);
        let _ = open(&bytes, name_and_city());
        let rows = open(&file, name_and_city()).unwrap();
        let _ = rows.count();
    }

    #[test]
    fn what_a_writer_writes_is_read(fields in prop::collection::vec(("[ -~äß中\n\r\"]{0,12}", "[a-z]{0,5}"), 1..20)) {
        let mut writer = ::csv::Writer::from_writer(Vec::new());
        writer.write_record(["Name", "City"]).unwrap();
        for (name, city) in &fields {
            writer.write_record([name, city]).unwrap();
        }
        let file = writer.into_inner().unwrap();
        let expected: Vec<_> = fields.iter().map(|(name, _)| {
            let known = !matches!(leadsman_domain::text::fold(name).as_str(), "select" | "na");
            Ok(if known { name.trim().to_owned() } else { String::new() })
        }).collect();
        prop_assert_eq!(check(file, name_and_city()), expected);
    }
}
