//! `leadsman run`: a file of leads through a policy.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::anyhow;
use chrono::{DateTime, Utc};
use clap::Args;
use leadsman_domain::{TenantId, Timestamp};
use leadsman_flow::{Adopt, Archive, Tally};
use leadsman_ledger::Store;
use serde::Serialize;

use super::warrant;
use crate::clock::{self, Stopwatch};
use crate::exit::{self, Exit};
use crate::import::{Import, import};
use crate::policies::Shelf;
use crate::ready::Readying;
use crate::{installation, policies, print};

/// Takes a CSV file of leads through a policy.
#[derive(Args)]
pub struct Run {
    /// The file, in UTF-8.
    #[arg(value_name = "LEADS.csv")]
    leads: PathBuf,
    /// The policy's folder.
    #[arg(long, value_name = "DIR")]
    policy: PathBuf,
    /// The data folder; without one everything stays in memory and is gone afterwards.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The tenant whose leads these are.
    #[arg(long, default_value = "default")]
    tenant: TenantId,
    /// Where bad rows go, each with its line, column and reason; else they are told on standard error.
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// When leads came in that do not say so themselves; now, when missing.
    #[arg(long, value_name = "RFC 3339")]
    at: Option<DateTime<Utc>>,
    /// Decide as of now, as a server does, whenever leads came in: for leads that are to be worked on from now
    /// on, so that no deadline has passed before anybody knew of them.
    #[arg(long)]
    live: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What `run --json` prints.
#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    tally: &'a Tally,
    seconds: f64,
    leads_per_second: f64,
}

impl Run {
    pub fn run(self) -> Result<(), Exit> {
        let readying = Arc::new(Readying::new()?);
        let store = match &self.data {
            Some(folder) => installation::open(folder)?,
            None => Store::in_memory(),
        };
        let ledger = store.tenant(&self.tenant);
        let archive = Archive::new(Arc::clone(&ledger));
        let opened = policies::check(&readying, &self.policy, Shelf::of(&archive))?.open(
            readying,
            ledger,
            Adopt::Always,
            &warrant("leadsman run"),
            Arc::new(Stopwatch::start()),
        )?;
        let mapping = opened.loaded.mapping.ok_or_else(|| {
            let error = anyhow!(
                "the policy says nothing about importing files: add a section [import] to policy.toml"
            );
            Exit { code: exit::POLICY, error }
        })?;
        let watch = Stopwatch::start();
        let imported_at = self.at.map_or_else(clock::now, |at| Timestamp::from_ms(at.timestamp_millis()));
        let rejects = self.rejects.as_deref();
        let file = &self.leads;
        let (region, as_of) = (opened.region, self.live.then(clock::now));
        let tally = import(&opened.desk, Import { file, mapping, region, imported_at, as_of, rejects })?;
        let seconds = watch.seconds();
        #[expect(clippy::cast_precision_loss, reason = "a rate")]
        let leads_per_second = tally.received as f64 / seconds.max(f64::MIN_POSITIVE);
        let report = Report { tally: &tally, seconds, leads_per_second };
        if self.json {
            return print::json(&report);
        }
        print::tally(&tally);
        println!("\n{} rows in {seconds:.2} s, {leads_per_second:.0} a second", tally.received);
        if let Some(rejects) = self.rejects.filter(|_| tally.invalid > 0) {
            println!("{} bad rows are in {}", tally.invalid, rejects.display());
        }
        Ok(())
    }
}
