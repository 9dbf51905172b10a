use proptest::prelude::*;

use crate::chance::Chance;
use crate::*;

/// Leads of which those with much time, from fairs, or whose city is not known, convert more often.
fn leads(rows: usize, seed: u64) -> String {
    let mut chance = Chance::new(seed, 99);
    let mut text = String::from("id,came,source,seconds,city,visited,won\n");
    for row in 0..rows {
        let source = ["fair", "web", "mail", "partner"][chance.below(4)];
        let seconds = chance.below(1000);
        let city = ["", "Ulm", "Köln", "Bern", "Wien"][chance.below(5)];
        let visited = 1 + chance.below(28);
        let mut odds = seconds as f64 / 2000.0;
        odds += if source == "fair" { 0.35 } else { 0.0 };
        odds += if city.is_empty() { 0.1 } else { 0.0 };
        let won = if chance.happens(odds) { "yes" } else { "no" };
        text += &format!(
            "L-{row},2026-01-{:02} 10:00:00,{source},{seconds},{city},2025-12-{visited:02},{won}\n",
            row * 28 / rows + 1
        );
    }
    text
}

fn table(text: &str) -> Table {
    Table::read(text.as_bytes(), &[]).unwrap()
}

fn terms() -> Terms {
    Terms { label: "won".to_owned(), seed: 1, ..Terms::default() }
}

fn learn(text: &str, terms: &Terms) -> Result<Trained, LearningError> {
    train(&table(text), None, terms, &|_, _| {})
}

#[test]
fn what_is_there_to_learn_is_learned() {
    let terms = Terms { time: Some("came".to_owned()), ..terms() };
    let trained = learn(&leads(3000, 7), &terms).unwrap();
    let report = &trained.report;
    assert!(report.cross_validation.auc > 0.7, "{report:#?}");
    assert!(report.hold_out.figures.unwrap().auc > 0.68, "{report:#?}");
    let most: Vec<&str> = report.attributes.iter().map(|one| one.column.as_str()).collect();
    assert_eq!(most[..2], ["seconds", "source"]);
    let left: Vec<&str> = report.left_out.iter().map(|one| one.column.as_str()).collect();
    assert_eq!(left, ["id", "came"]);
    assert!(report.leaks.is_empty());
    for bucket in &report.deciles {
        assert!((bucket.foretold - bucket.happened).abs() < 0.12, "{bucket:?}");
    }
}

#[test]
fn the_same_examples_make_the_same_model() {
    let json = || serde_json::to_string(&learn(&leads(400, 3), &terms()).unwrap().model).unwrap();
    assert_eq!(json(), json());
    let other = Terms { seed: 2, ..terms() };
    assert_ne!(json(), serde_json::to_string(&learn(&leads(400, 3), &other).unwrap().model).unwrap());
}

#[test]
fn too_little_is_refused_with_its_numbers() {
    let text = "a,won\n1,yes\n2,no\n3,no\n";
    let error = learn(text, &terms()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "1 leads with \"won\" and 2 without are too few to learn from; at least 40 of each are needed"
    );
}

#[test]
fn an_attribute_that_knows_the_answer_is_named() {
    let text: String = leads(1000, 5)
        .lines()
        .map(|line| {
            let note = match line.rsplit(',').next().unwrap_or_default() {
                "won" => "note",
                "yes" => "welcome pack sent",
                _ => "",
            };
            format!("{note},{line}\n")
        })
        .collect();
    let leaks = learn(&text, &terms()).unwrap().report.leaks;
    assert_eq!(leaks.len(), 1, "{leaks:?}");
    assert_eq!(leaks[0].column, "note");
    assert!(leaks[0].auc > 0.99);
}

#[test]
fn bad_input_is_told_with_its_place() {
    let good = leads(200, 1);
    let with = |change: &dyn Fn(&mut Terms)| {
        let mut terms = terms();
        change(&mut terms);
        learn(&good, &terms).unwrap_err().to_string()
    };
    assert_eq!(
        with(&|terms| terms.label = "Won".to_owned()),
        "there is no column \"Won\"; did you mean \"won\"?"
    );
    assert!(
        with(&|terms| terms.exclude = vec!["x".to_owned()])
            .starts_with("there is no column \"x\"; there are id")
    );
    assert!(with(&|terms| terms.label = "city".to_owned()).contains("has 4 different values"));
    assert!(with(&|terms| terms.positive = Some("maybe".to_owned())).contains("is \"maybe\" in no row"));
    assert!(with(&|terms| terms.time = Some("source".to_owned())).contains("line 2, column \"source\""));
    let read =
        |bytes: &[u8]| Table::read(bytes, &[]).map(|table| table.rows()).map_err(|error| error.to_string());
    assert!(read(b"").unwrap_err().starts_with("there are no rows"));
    assert!(read(b"a,b\n").unwrap_err().starts_with("there are no rows"));
    assert_eq!(
        read(b"a,a\n1,2\n").unwrap_err(),
        "column 2 of the header is called \"a\" as column 1 is; rename one of them"
    );
    assert!(read(b"a,\n1,2\n").unwrap_err().starts_with("column 2 of the header has no name"));
    assert!(read(b"a,b\n1,2\n1\n").unwrap_err().starts_with("line 3 has 1 fields, and the header has 2"));
    assert!(read(b"a,b\n1,\xFF\n").unwrap_err().starts_with("line 2, column \"b\" is not UTF-8"));
    assert!(read(b"\xFF\xFEa\0").unwrap_err().contains("UTF-16"));
    assert_eq!(read("\u{feff}a;b\r\n1;2\r\n".as_bytes()), Ok(1));
}

#[test]
fn folds_of_a_file_are_used() {
    let text = leads(300, 9);
    let folds = |change: fn(usize) -> usize| {
        let rows: String = (0..300).map(|row| format!("{row},{}\n", change(row))).collect();
        train(&table(&text), Some(&table(&format!("row_index,fold\n{rows}"))), &terms(), &|_, _| {})
    };
    assert_eq!(folds(|row| row % 3).unwrap().report.cross_validation.each.len(), 3);
    assert!(folds(|_| 0).unwrap_err().to_string().contains("two or more"));
}

#[test]
fn figures_are_what_they_are_known_to_be() {
    let figures = Figures::of(&[0.1, 0.4, 0.35, 0.8], &[false, false, true, true]);
    assert!((figures.auc - 0.75).abs() < 1e-12);
    let expected = -(0.9_f64.ln() + 0.6_f64.ln() + 0.35_f64.ln() + 0.8_f64.ln()) / 4.0;
    assert!((figures.log_loss - expected).abs() < 1e-12);
    assert!((auc(&[0.5, 0.5, 0.5], &[true, false, true]) - 0.5).abs() < 1e-12);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn whatever_stands_in_a_table_nothing_breaks(
        fields in prop::collection::vec(("[ -~]{0,6}", prop::num::f64::ANY, "[a-c]?"), 90..140),
    ) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["text", "number", "few", "won"]).unwrap();
        for (row, (text, number, few)) in fields.iter().enumerate() {
            let won = if row % 2 == 0 { "1" } else { "0" };
            writer.write_record([text.as_str(), &number.to_string(), few, won]).unwrap();
        }
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        match learn(&text, &terms()) {
            Ok(trained) => {
                prop_assert_eq!(trained.foretold.len(), fields.len());
                prop_assert!(trained.model.model().is_ok());
            }
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }
}
