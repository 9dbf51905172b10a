//! `leadsman backtest`: what would have been different?

use chrono::{DateTime, Utc};
use clap::Args;
use indicatif::ProgressBar;
use leadsman_domain::Timestamp;
use leadsman_http::BacktestOrder;

use super::{Data, policy};
use crate::exit::Exit;
use crate::ready::Readying;
use crate::{backtests, installation, print};

/// Takes what was told of leads through a candidate revision again, in simulated time, and compares.
#[derive(Args)]
pub struct Backtest {
    /// The candidate.
    #[arg(long, value_name = "N")]
    revision: u64,
    /// The revision that it is compared with, taken through the same; else the one that decides.
    #[arg(long, value_name = "N")]
    against: Option<u64>,
    /// Leads that came in from this moment on.
    #[arg(long, value_name = "RFC 3339")]
    from: Option<DateTime<Utc>>,
    /// What was told before this moment.
    #[arg(long, value_name = "RFC 3339")]
    to: Option<DateTime<Utc>>,
    #[command(flatten)]
    data: Data,
    /// Print JSON, with the leads behind every figure.
    #[arg(long)]
    json: bool,
}

impl Backtest {
    pub fn run(self) -> Result<(), Exit> {
        let store = installation::open_existing(&self.data.data)?;
        let archive = installation::archive(&store, &self.data.tenant)?;
        let moment = |moment: DateTime<Utc>| Timestamp::from_ms(moment.timestamp_millis());
        let order = BacktestOrder {
            revision: self.revision,
            against: self.against,
            from: self.from.map(moment),
            to: self.to.map(moment),
        };
        let course = backtests::course(&archive, &order)?;
        let bar = ProgressBar::new(2 * course.happenings().len() as u64);
        let mut progress = |told| bar.set_position(told as u64);
        let told = backtests::tell(&archive, &Readying::new()?.patient(), &course, &order, &mut progress);
        bar.finish_and_clear();
        let told = told.map_err(policy::refused)?;
        if self.json {
            return print::json(&told);
        }
        print::comparison(told.submissions, &told.comparison);
        Ok(())
    }
}
