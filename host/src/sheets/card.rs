//! The model card as sheets: how good a model is, whether it foretells what happens, and what moves leads.

use leadsman_learning::{AttributeReport, Bucket, Figures, Report};

use super::cells::{heads, text};
use super::{Cell, Sheet};

/// What is to be known of a model before it is used.
pub fn card(report: &Report) -> Vec<Sheet> {
    vec![
        doubts(report),
        figures(report),
        reliability(report),
        lift(report),
        importance(report),
        left_out(report),
    ]
    .into_iter()
    .filter(|sheet| !sheet.rows.is_empty())
    .collect()
}

fn figures(report: &Report) -> Sheet {
    let validation = &report.cross_validation;
    let row = |name: String, [auc, log_loss, brier]: [f64; 3]| {
        vec![Cell::Text(name), exact(auc), exact(log_loss), exact(brier)]
    };
    let validated = [validation.auc, validation.log_loss, validation.brier];
    let newest = report.hold_out.figures.as_ref().map(|Figures { auc, log_loss, brier, .. }| {
        row(format!("newest fifth, {}", report.hold_out.order), [*auc, *log_loss, *brier])
    });
    let title = format!(
        "{} of {} leads converted: {:?} is {:?}",
        whole(report.converted).shown(),
        whole(report.rows).shown(),
        report.label,
        report.positive
    );
    let columns = heads(["on leads that it did not learn from", "AUC", "log-loss", "Brier"]);
    let validated = row(format!("cross-validated, folds: {}", validation.folds), validated);
    Sheet::new(title, columns, [validated].into_iter().chain(newest).collect()).named("Figures")
}

fn reliability(report: &Report) -> Sheet {
    let row = |bucket: &Bucket| {
        let name = format!("about {:.0} %", bucket.foretold * 100.0);
        let shares = [Cell::Share(bucket.foretold), Cell::Share(bucket.happened)];
        [Cell::Text(name), whole(bucket.rows)].into_iter().chain(shares).collect()
    };
    let columns = heads(["foretold", "leads", "foretold on average", "happened"]);
    Sheet::new("Whether what is foretold happens", columns, report.reliability.iter().map(row).collect())
        .drawn(3)
}

fn lift(report: &Report) -> Sheet {
    let row = |(place, bucket): (usize, &Bucket)| {
        #[expect(clippy::cast_possible_truncation, reason = "at most the number of the leads, a hundredfold")]
        let lift = Cell::Amount((bucket.lift * 100.0).round() as i64, 2);
        let shares = [Cell::Share(bucket.foretold), Cell::Share(bucket.happened), lift];
        [Cell::Text(format!("{}", place + 1)), whole(bucket.rows)].into_iter().chain(shares).collect()
    };
    let title = "By tenths of the leads, the most probable first: how many times the average converted";
    let columns = heads(["tenth", "leads", "foretold", "happened", "lift"]);
    Sheet::new(title, columns, report.deciles.iter().enumerate().map(row).collect()).drawn(4)
}

fn importance(report: &Report) -> Sheet {
    let row = |one: &AttributeReport| {
        let name = Cell::Text(one.column.clone());
        vec![name, Cell::Share(one.importance), exact(one.auc_alone), Cell::Share(one.known)]
    };
    let title = format!(
        "What moves leads, by {} trees with {} nodes",
        whole(report.size.trees).shown(),
        whole(report.size.nodes).shown()
    );
    let columns = heads(["column", "share", "alone (AUC)", "known"]);
    Sheet::new(title, columns, report.attributes.iter().map(row).collect()).named("Importance").drawn(1)
}

/// What is to be looked at before it is trusted.
fn doubts(report: &Report) -> Sheet {
    let leaks = report.leaks.iter().map(|leak| {
        let why = format!("may know the answer: alone it has an AUC of {:.3}; --exclude it unless it is known when a lead comes in", leak.auc);
        (leak.column.as_str(), why)
    });
    let useless = report.is_no_better_than_the_average();
    let useless = useless
        .then(|| ("the model", "foretells no better than the average would: do not use it".to_owned()));
    columns_and_why("What to look at before it is trusted", useless.into_iter().chain(leaks))
}

fn left_out(report: &Report) -> Sheet {
    columns_and_why("Left out", report.left_out.iter().map(|one| (one.column.as_str(), one.why.clone())))
}

fn columns_and_why<'a>(title: &str, rows: impl Iterator<Item = (&'a str, String)>) -> Sheet {
    let row = |(column, why): (&str, String)| vec![text(column), Cell::Text(why)];
    Sheet::new(title, heads(["column", "why"]), rows.map(row).collect())
}

fn whole(count: usize) -> Cell {
    Cell::Count(i64::try_from(count).unwrap_or(i64::MAX))
}

/// A number in four decimals.
fn exact(number: f64) -> Cell {
    #[expect(clippy::cast_possible_truncation, reason = "ten thousand times a figure of a model")]
    Cell::Amount((number * 10_000.0).round() as i64, 4)
}
