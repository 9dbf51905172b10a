//! The model card as sheets: how good a model is, whether it foretells what happens, and what moves leads.

use leadsman_learning::{AttributeReport, Bucket, Figures, Report};

use super::{Cell, Sheet};

/// What is to be known of a model before it is used.
pub fn card(report: &Report) -> Vec<Sheet> {
    vec![figures(report), reliability(report), lift(report), importance(report), left_out(report)]
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
    Sheet {
        title: format!(
            "{} of {} leads converted: {:?} is {:?}",
            whole(report.converted).shown(),
            whole(report.rows).shown(),
            report.label,
            report.positive
        ),
        columns: vec!["on leads that it did not learn from", "AUC", "log-loss", "Brier"],
        rows: [row(format!("cross-validated, folds: {}", validation.folds), validated)]
            .into_iter()
            .chain(newest)
            .collect(),
        drawn: None,
    }
}

fn reliability(report: &Report) -> Sheet {
    let row = |bucket: &Bucket| {
        let name = format!("about {:.0} %", bucket.foretold * 100.0);
        let shares = [Cell::Share(bucket.foretold), Cell::Share(bucket.happened)];
        [Cell::Text(name), whole(bucket.rows)].into_iter().chain(shares).collect()
    };
    Sheet {
        title: "Whether what is foretold happens".to_owned(),
        columns: vec!["foretold", "leads", "foretold on average", "happened"],
        rows: report.reliability.iter().map(row).collect(),
        drawn: Some(3),
    }
}

fn lift(report: &Report) -> Sheet {
    let row = |(place, bucket): (usize, &Bucket)| {
        let shares = [Cell::Share(bucket.foretold), Cell::Share(bucket.happened), Cell::Number(bucket.lift)];
        [Cell::Text(format!("{}", place + 1)), whole(bucket.rows)].into_iter().chain(shares).collect()
    };
    Sheet {
        title: "By tenths of the leads, the most probable first: how many times the average converted"
            .to_owned(),
        columns: vec!["tenth", "leads", "foretold", "happened", "lift"],
        rows: report.deciles.iter().enumerate().map(row).collect(),
        drawn: Some(4),
    }
}

fn importance(report: &Report) -> Sheet {
    let row = |one: &AttributeReport| {
        let name = Cell::Text(one.column.clone());
        vec![name, Cell::Share(one.importance), exact(one.auc_alone), Cell::Share(one.known)]
    };
    Sheet {
        title: format!(
            "What moves leads, by {} trees with {} nodes",
            whole(report.size.trees).shown(),
            whole(report.size.nodes).shown()
        ),
        columns: vec!["column", "share", "alone (AUC)", "known"],
        rows: report.attributes.iter().map(row).collect(),
        drawn: Some(1),
    }
}

fn left_out(report: &Report) -> Sheet {
    let row = |column: &str, why: String| vec![Cell::Text(column.to_owned()), Cell::Text(why)];
    let leaks = report.leaks.iter().map(|leak| {
        let why = format!("may know the answer: alone it has an AUC of {:.3}; --exclude it unless it is known when a lead comes in", leak.auc);
        row(&leak.column, why)
    });
    let left_out = report.left_out.iter().map(|one| row(&one.column, format!("left out: {}", one.why)));
    let useless = report.is_no_better_than_the_average();
    let useless = useless
        .then(|| row("the model", "foretells no better than the average would: do not use it".to_owned()));
    Sheet {
        title: "What to look at before it is trusted".to_owned(),
        columns: vec!["column", "why"],
        rows: useless.into_iter().chain(leaks).chain(left_out).collect(),
        drawn: None,
    }
}

fn whole(count: usize) -> Cell {
    Cell::Count(i64::try_from(count).unwrap_or(i64::MAX))
}

/// A number in four decimals.
fn exact(number: f64) -> Cell {
    #[expect(clippy::cast_possible_truncation, reason = "ten thousand times a figure of a model")]
    Cell::Amount((number * 10_000.0).round() as i64, 4)
}
