//! `leadsman attribute`: which channels earned the conversions of many journeys, by whatever model.

mod own;
mod touches;
mod weights;

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use clap::Args;
use indicatif::ProgressBar;
use leadsman_credit::{BadRow, Journeys, Learned, Reading};
use leadsman_domain::TenantId;
use leadsman_domain::ruling::Stage;
use leadsman_flow::report::Currency;
use leadsman_rules::{Plugin, Preparation};
use serde_json::{Value, json};

use super::form::Form;
use super::plugin::Brought;
use crate::attribution::{Attribution, Meant, Model, OwnJourneys, journeys_of_leads};
use crate::exit::{self, Exit};
use crate::{examine, installation, policies, sheets};
use own::Own;
use touches::Touches;

/// The plugin that serves the models that look at one journey.
const BUILT_IN: &str = "attribution";

/// How many bad rows are told one by one.
const BAD_ROWS_TOLD: usize = 10;

/// Tells which channels earned the conversions of many journeys, in conversions and value, by whatever model. What
/// the channels get adds up to what there is.
///
/// The file has a row for each touch (customer_id, time, channel, conversion, conversion_value) or for each way (path,
/// total_conversions, total_conversion_value, total_null).
#[derive(Args)]
pub struct Attribute {
    /// The journeys, as CSV.
    #[arg(value_name = "FILE", required_unless_present = "data", conflicts_with = "data")]
    file: Option<PathBuf>,
    /// The data folder whose leads' journeys are looked at instead, if no server holds it.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The tenant in the data folder.
    #[arg(long, default_value = "default", requires = "data")]
    tenant: TenantId,
    /// Only conversions of this scenario. Which touches count, the policy says for it, or else for the scenario
    /// `default`, unless flags do.
    #[arg(long, value_name = "NAME", requires = "data")]
    scenario: Option<String>,
    /// Only conversions in this currency, by its ISO 4217 code. Where they are in several, one has to be named.
    #[arg(long, value_name = "CODE", requires = "data")]
    currency: Option<Currency>,
    /// The model. Those of Markov and Shapley are learned from all journeys together. Of a tenant's own leads, --scenario
    /// alone takes the plugin of that scenario.
    #[arg(long, value_name = "MODEL", required_unless_present_any = ["plugin", "scenario"], value_parser = MODELS)]
    model: Option<String>,
    /// A plugin as the model: its component file, or the name of one that ships with Leadsman.
    #[arg(long, value_name = "FILE", conflicts_with = "model")]
    plugin: Option<PathBuf>,
    /// A file with the plugin's configuration as JSON; with --model, what is said there beside the model.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How many channels back a Markov chain looks.
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=3))]
    order: u8,
    #[command(flatten)]
    touches: Touches,
    /// How many decimals the values in the file have.
    #[arg(long, default_value_t = 2, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=6))]
    decimals: u32,
    /// What stands between the fields of the file.
    #[arg(long, default_value = ",", value_name = "CHARACTER", value_parser = delimiter)]
    delimiter: u8,
    /// Writes what a policy needs to give credit by the shares that channels got here.
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
    #[command(flatten)]
    form: Form,
}

/// The models: those that look at one journey, and those that are learned.
const MODELS: [&str; 14] = [
    "first",
    "last",
    "last-non-direct",
    "linear",
    "u-shaped",
    "w-shaped",
    "full-path",
    "j-shaped",
    "inverse-j",
    "time-decay",
    "position-decay",
    "markov",
    "shapley",
    "shapley-simplified",
];

/// The model of the plugin that looks at when touches happened.
const BY_TIME: &str = "time-decay";

impl Attribute {
    pub fn run(self) -> Result<(), Exit> {
        let own = self.data.as_deref().map(|data| Own::open(data, &self.tenant, self.scenario.as_deref()));
        let own = own.transpose()?;
        let (name, model) = self.model(own.as_ref())?;
        let touches = self.touches.over(own.as_ref());
        let (journeys, currency, bad) = match &own {
            Some(own) => {
                let currency = self.currency.as_ref().map(ToString::to_string);
                let meant = Meant { scenario: self.scenario.as_deref(), currency: currency.as_deref() };
                let OwnJourneys { journeys, currency } = journeys_of_leads(&own.archive, meant)?;
                (journeys, currency, Vec::new())
            }
            None => {
                let (journeys, bad) = self.journeys(self.file.as_deref().unwrap_or(Path::new("")))?;
                (journeys, None, bad)
            }
        };
        for row in bad.iter().take(BAD_ROWS_TOLD) {
            eprintln!("leadsman: {row}");
        }
        if bad.len() > BAD_ROWS_TOLD {
            eprintln!("leadsman: and {} more rows that cannot be read", bad.len() - BAD_ROWS_TOLD);
        }
        self.check_times(&journeys)?;
        let tally = model.credit(&journeys, &touches.rules)?;
        if let Some(file) = &self.weights {
            weights::write(file, &journeys, &tally, &touches.rules)?;
        }
        let attribution = Attribution::of(name, &journeys, &tally, self.decimals);
        let note = touches.note();
        let (bad_rows, touches) = (bad.len() as u64, touches.counted);
        let attribution = Attribution { bad_rows, touches, currency, ..attribution };
        self.form.show("Attribution", note.as_deref(), &attribution, || sheets::attribution(&attribution))
    }

    fn journeys(&self, file: &Path) -> Result<(Journeys, Vec<BadRow>), Exit> {
        let name = || format!("cannot take journeys from {}", file.display());
        let input = File::open(file).with_context(name).map_err(Exit::with(exit::INPUT))?;
        let bar = ProgressBar::new(input.metadata().map_or(0, |metadata| metadata.len()));
        let reading = Reading { delimiter: self.delimiter, decimals: self.decimals };
        let read = Journeys::read(input, reading, &mut |bytes| bar.set_position(bytes));
        bar.finish_and_clear();
        let read = read.with_context(name).map_err(Exit::with(exit::INPUT))?;
        Ok((read.journeys, read.bad))
    }

    /// Refuses what needs to know when touches happened, where only their order is known.
    fn check_times(&self, journeys: &Journeys) -> Result<(), Exit> {
        let needs = if self.model.as_deref() == Some(BY_TIME) {
            "the model time-decay"
        } else if self.touches.lookback.is_some() {
            "--lookback"
        } else if self.touches.session.is_some() {
            "--session"
        } else {
            return Ok(());
        };
        if journeys.timed {
            return Ok(());
        }
        let error = anyhow!(
            "{needs} needs to know when touches happened, and a file of paths does not say: give the touches one by one, or choose another model"
        );
        Err(Exit { code: exit::INPUT, error })
    }

    /// The model and its name.
    fn model(&self, own: Option<&Own>) -> Result<(String, Model), Exit> {
        if let (None, None, Some(own)) = (&self.model, &self.plugin, own) {
            return own.model();
        }
        let order = usize::from(self.order);
        let learned = match self.model.as_deref() {
            Some("markov") => Some(Learned::Markov { order }),
            Some("shapley") => Some(Learned::Shapley),
            Some("shapley-simplified") => Some(Learned::ShapleySimplified),
            _ => None,
        };
        if let (Some(name), Some(learned)) = (&self.model, learned) {
            return Ok((name.clone(), Model::Learned(learned)));
        }
        let component = self.plugin.clone().unwrap_or_else(|| BUILT_IN.into());
        let brought = Brought { component, config: self.config.clone() };
        let mut configuration = brought.configuration()?;
        if let (Some(name), Value::Object(configuration)) = (&self.model, &mut configuration) {
            configuration.insert("model".to_owned(), json!(name));
        }
        let bytes = brought.bytes()?;
        let limits = policies::limits_max();
        let refused = Exit::with(exit::POLICY);
        let report = examine::component(&bytes, &configuration, &limits).map_err(refused)?;
        if !report.inspection.stages.contains(&Stage::Attribution) {
            let stages = report.inspection.stages.iter().map(|stage| stage.as_str()).collect::<Vec<_>>();
            let (name, stages) = (report.description.name, stages.join(", "));
            let error =
                anyhow!("the plugin {name} serves {stages}, and no attribution: it weighs no touches");
            return Err(Exit { code: exit::POLICY, error });
        }
        let sandbox = installation::sandbox()?.patient();
        let plugin = Plugin::load(&sandbox, &bytes, &configuration, limits, Preparation::Frozen);
        let plugin = plugin.map_err(Exit::with(exit::POLICY))?;
        let name = self.model.clone().unwrap_or_else(|| plugin.stamp().name.clone());
        Ok((name, Model::Plugin(Box::new(plugin))))
    }
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        [byte] => Ok(*byte),
        _ if text == "\\t" => Ok(b'\t'),
        _ => Err("this has to be one character, or \\t".to_owned()),
    }
}
