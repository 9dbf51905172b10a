//! What was learned, for people: the model card.

use leadsman_learning::{Bucket, Figures, Leak, Report};

/// Attributes that are shown; the report has all.
const SHOWN_MAX: usize = 15;

/// Prints a model card.
pub fn training(report: &Report) {
    let share = percent(report.converted, report.rows);
    println!(
        "{} leads, of which {} converted ({share:.1} %): {:?} is {:?}.",
        report.rows, report.converted, report.label, report.positive
    );
    if report.rows_learned < report.rows {
        println!(
            "Learned from {} of them, chosen by chance; more would not change much.",
            report.rows_learned
        );
    }
    if report.rows_without_label > 0 {
        println!("{} rows have no label and were left out.", report.rows_without_label);
    }
    for leak in &report.leaks {
        println!("\nWarning: {}", sentence(leak));
    }
    if report.is_no_better_than_the_average() {
        println!("\nWarning: the model foretells no better than the average would. Do not use it.");
    }
    figures(report);
    println!("\nCross-validated, by probability: before calibration       after calibration");
    println!("                          rows  foretold  happened     rows  foretold  happened");
    let (before, after) = (tenths(&report.reliability_before), tenths(&report.reliability));
    for tenth in 0..10 {
        let cell = |bucket: Option<Bucket>| match bucket {
            Some(one) => {
                format!("{:>8} {:>7.1} % {:>7.1} %", one.rows, one.foretold * 100.0, one.happened * 100.0)
            }
            None => format!("{:>8} {:>9} {:>9}", 0, "", ""),
        };
        println!(
            "  {:>3} to {:>3} %       {} {}",
            tenth * 10,
            tenth * 10 + 10,
            cell(before[tenth]),
            cell(after[tenth])
        );
    }
    println!("\nCross-validated, by tenths of the leads, the most probable first:");
    println!("      rows  foretold  happened   lift");
    for one in &report.deciles {
        let (foretold, happened) = (one.foretold * 100.0, one.happened * 100.0);
        println!("  {:>8} {foretold:>7.1} % {happened:>7.1} % {:>6.2}", one.rows, one.lift);
    }
    attributes(report);
    println!(
        "\n{} trees with {} nodes; seed {}; data {}.",
        report.size.trees, report.size.nodes, report.seed, report.data
    );
}

fn figures(report: &Report) {
    let validation = &report.cross_validation;
    println!("\n                       AUC   log-loss    Brier");
    let row = |name: &str, auc: f64, log_loss: f64, brier: f64| {
        println!("  {name:<17} {auc:>7.4}    {log_loss:>7.4}  {brier:>7.4}");
    };
    row("cross-validated", validation.auc, validation.log_loss, validation.brier);
    match report.hold_out.figures {
        Some(Figures { auc, log_loss, brier, .. }) => row("newest fifth", auc, log_loss, brier),
        None => println!("  newest fifth      too few leads of a kind to say"),
    }
    println!("  Folds: {}. Newest: {}.", validation.folds, report.hold_out.order);
}

fn attributes(report: &Report) {
    println!("\nWhat moves leads:       share  alone (AUC)    known");
    for one in report.attributes.iter().take(SHOWN_MAX) {
        let (share, known) = (one.importance * 100.0, one.known * 100.0);
        println!("  {share:>25.1} % {:>12.3} {known:>6.0} %  {}", one.auc_alone, one.column);
    }
    if let Some(more) = report.attributes.len().checked_sub(SHOWN_MAX + 1) {
        println!("  and {} more", more + 1);
    }
    if !report.left_out.is_empty() {
        println!("\nLeft out:");
        for one in &report.left_out {
            println!("  {}: {}", one.column, one.why);
        }
    }
}

/// The ten buckets by what was foretold; those without rows are none.
fn tenths(buckets: &[Bucket]) -> [Option<Bucket>; 10] {
    let mut tenths = [None; 10];
    for bucket in buckets {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 9")]
        let tenth = ((bucket.foretold * 10.0) as usize).min(9);
        tenths[tenth] = Some(*bucket);
    }
    tenths
}

fn sentence(leak: &Leak) -> String {
    let Leak { column, auc, value, rows, converted } = leak;
    let remedy = "Is it known when a lead comes in? If not: --exclude";
    match (value, rows, converted) {
        (Some(value), Some(rows), Some(converted)) => {
            let value = if value.is_empty() { "nothing".to_owned() } else { format!("{value:?}") };
            format!(
                "{column:?} may know the answer: of {rows} leads where it says {value}, {:.1} % converted (alone it \
                 has an AUC of {auc:.3}). {remedy} {column:?}",
                converted * 100.0
            )
        }
        _ => format!("{column:?} may know the answer: alone it has an AUC of {auc:.3}. {remedy} {column:?}"),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a share")]
fn percent(part: usize, whole: usize) -> f64 {
    part as f64 * 100.0 / whole.max(1) as f64
}
