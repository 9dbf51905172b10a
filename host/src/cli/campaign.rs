//! `leadsman campaign`: what campaigns cost, and how they belong together.

use std::fs::File;
use std::path::PathBuf;

use anyhow::{Context as _, anyhow};
use clap::{Args, Subcommand};
use leadsman_domain::campaign::{Campaign as Told, Campaigns};
use leadsman_domain::money::Minor;
use leadsman_flow::keep_campaigns;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{At, Place};
use crate::exit::{self, Exit};
use crate::{installation, print};

/// Says what campaigns cost, and how they belong together.
#[derive(Subcommand)]
pub enum Campaign {
    /// Keeps what a file says of campaigns: campaign, name, parent, cost_minor, impressions, clicks.
    Import(Import),
    /// Lists the campaigns of which something is known.
    List(List),
}

#[derive(Args)]
pub struct Import {
    /// The file, as CSV. Only the column `campaign` is a must.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    place: Place,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct List {
    #[command(flatten)]
    place: Place,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// A row of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    campaign: String,
    name: Option<String>,
    parent: Option<String>,
    cost_minor: Option<i64>,
    impressions: Option<u64>,
    clicks: Option<u64>,
}

impl Campaign {
    pub fn run(self) -> Result<(), Exit> {
        match self {
            Self::Import(verb) => verb.run(),
            Self::List(verb) => verb.run(),
        }
    }
}

impl Import {
    fn run(self) -> Result<(), Exit> {
        let campaigns = self.read().map_err(Exit::with(exit::INPUT))?;
        let count = campaigns.0.len();
        match self.place.at()? {
            At::Server(server) => drop(server.put("/v1/campaigns", &as_json(campaigns))?),
            At::Folder(data) => {
                let store = installation::open_existing(&data.data)?;
                // Whoever is not there yet has no campaigns.
                installation::archive(&store, &data.tenant)?;
                keep_campaigns(&*store.tenant(&data.tenant), &campaigns).map_err(Exit::with(exit::INPUT))?;
                store.close();
            }
        }
        if self.json {
            return print::json(&json!({ "campaigns": count }));
        }
        println!("{count} campaigns are kept");
        Ok(())
    }

    fn read(&self) -> Result<Campaigns, anyhow::Error> {
        let name = self.file.display();
        let input = File::open(&self.file).with_context(|| format!("cannot open {name}"))?;
        let mut rows = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(input);
        let headers = rows.headers().with_context(|| format!("cannot read {name}"))?.clone();
        let mut campaigns = Campaigns::default();
        for row in rows.deserialize() {
            let row: Row = row.map_err(|error| anyhow!("{name}{}", place_and_cause(&error, &headers)))?;
            let (cost, Row { campaign, name: called, parent, impressions, clicks, .. }) =
                (Minor(row.cost_minor.unwrap_or(0)), row);
            let told = Told { name: called, parent, cost, impressions, clicks };
            if campaigns.0.insert(campaign.clone(), told).is_some() {
                return Err(anyhow!("{name} tells of the campaign {campaign:?} twice"));
            }
        }
        Ok(campaigns)
    }
}

impl List {
    fn run(self) -> Result<(), Exit> {
        let campaigns = match self.place.at()? {
            At::Server(server) => server.get("/v1/campaigns")?,
            At::Folder(data) => {
                let store = installation::open_existing(&data.data)?;
                as_json(installation::archive(&store, &data.tenant)?.campaigns()?)
            }
        };
        if self.json {
            return print::json(&campaigns);
        }
        print::campaigns(&campaigns);
        Ok(())
    }
}

/// Where a row cannot be read, and why.
fn place_and_cause(error: &csv::Error, headers: &csv::StringRecord) -> String {
    let csv::ErrorKind::Deserialize { pos, err } = error.kind() else { return format!(": {error}") };
    let line = pos.as_ref().map(|pos| format!(", line {}", pos.line())).unwrap_or_default();
    let place = err.field().and_then(|field| headers.get(usize::try_from(field).ok()?));
    let column = place.map(|name| format!(", column {name}")).unwrap_or_default();
    format!("{line}{column}: {}", err.kind())
}

/// Campaigns as the API tells them.
fn as_json(campaigns: Campaigns) -> Value {
    let view = |Told { name, parent, cost, impressions, clicks }: Told| {
        json!({
            "name": name, "parent": parent, "cost_minor": cost.0, "impressions": impressions, "clicks": clicks,
        })
    };
    campaigns.0.into_iter().map(|(id, campaign)| (id, view(campaign))).collect()
}
