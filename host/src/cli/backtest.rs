//! `leadsman backtest`: what would have been different?

use std::sync::Arc;

use chrono::{DateTime, Utc};
use clap::Args;
use indicatif::ProgressBar;
use leadsman_domain::Timestamp;
use leadsman_flow::backtest::{Comparison, Course, Rerun, compare, rerun};
use leadsman_flow::{Archive, FlowError, Revision};
use leadsman_ledger::Store;
use serde::Serialize;

use super::{Data, policy};
use crate::exit::Exit;
use crate::ready::Readying;
use crate::{installation, print};

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

/// What `backtest --json` prints.
#[derive(Serialize)]
struct Report<'a> {
    submissions: u64,
    told: usize,
    #[serde(flatten)]
    comparison: &'a Comparison,
}

impl Backtest {
    pub fn run(self) -> Result<(), Exit> {
        let store = installation::open_existing(&self.data.data)?;
        let archive = installation::archive(&store, &self.data.tenant)?;
        let moment = |moment: DateTime<Utc>| Timestamp::from_ms(moment.timestamp_millis());
        let from = self.from.map_or(Timestamp::from_ms(i64::MIN), moment);
        let to = self.to.map_or(Timestamp::from_ms(i64::MAX), moment);
        let course = Course::of(&archive, from, to)?;
        let against = match self.against {
            Some(number) => number,
            None => {
                let active = archive.active_revision()?.ok_or(FlowError::NothingActive);
                active.map_err(policy::refused)?.0.number
            }
        };
        let readying = Readying::new()?;
        let again = |number| self.again(&archive, &readying, &course, number);
        let comparison = compare(&again(against)?, &again(self.revision)?);
        if self.json {
            let (submissions, told) = (course.submissions(), course.happenings().len());
            return print::json(&Report { submissions, told, comparison: &comparison });
        }
        print::comparison(course.submissions(), &comparison);
        Ok(())
    }

    fn again(
        &self,
        archive: &Archive,
        readying: &Readying,
        course: &Course,
        number: u64,
    ) -> Result<Rerun, Exit> {
        let frozen = archive.revision(number).map_err(policy::refused)?;
        let revision = Revision::ready(frozen, readying).map_err(policy::refused)?;
        let bar = ProgressBar::new(course.happenings().len() as u64);
        let ledger = Store::in_memory().tenant(&self.data.tenant);
        let rerun = rerun(course, revision, Arc::clone(&ledger), &mut |told| bar.set_position(told as u64))?;
        bar.finish_and_clear();
        Ok(rerun)
    }
}
