//! `leadsman report`: what reps made of their leads, how far leads came, whence, and what accounts are worth.

use anyhow::Context as _;
use chrono::{DateTime, SecondsFormat, Utc};
use clap::{Args, Subcommand};
use leadsman_domain::Timestamp;
use leadsman_flow::report::{AccountReport, SourceReport, Span, StageReport, TeamReport};
use serde_json::Value;

use super::{At, Place};
use crate::exit::Exit;
use crate::{installation, print};

/// Reports, folded from the journals.
#[derive(Subcommand)]
pub enum Report {
    /// By rep: leads given, how many were called and how soon, what came back, and what was won.
    Team(Team),
    /// How many leads came from one stage of life to the next: of those that came in, and in the time itself.
    Stages(Stages),
    /// Whence leads came, by their first touch, rolled up along the policy's tree of sources.
    Sources(Sources),
    /// By account: leads, their scores rolled up as the policy says, who owns them, and what came of them.
    Accounts(Accounts),
}

/// The span of time, and where the records are.
#[derive(Args)]
struct Asked {
    /// From this moment on.
    #[arg(long, value_name = "RFC 3339")]
    from: Option<DateTime<Utc>>,
    /// Before this moment.
    #[arg(long, value_name = "RFC 3339")]
    until: Option<DateTime<Utc>>,
    #[command(flatten)]
    place: Place,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What reps made of their leads.
#[derive(Args)]
pub struct Team {
    /// The kind of activity that a call is; `call.*` stands for every kind with that beginning.
    #[arg(long, default_value = "call.done", value_name = "KIND")]
    call: String,
    /// The calendar of the policy that says what working time is.
    #[arg(long, default_value = "office", value_name = "NAME")]
    hours: String,
    #[command(flatten)]
    asked: Asked,
}

/// How far leads came.
#[derive(Args)]
pub struct Stages {
    #[command(flatten)]
    asked: Asked,
}

/// Whence leads came.
#[derive(Args)]
pub struct Sources {
    #[command(flatten)]
    asked: Asked,
}

/// What the leads of accounts are worth together.
#[derive(Args)]
pub struct Accounts {
    /// Only this account.
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    #[command(flatten)]
    asked: Asked,
}

impl Report {
    pub fn run(self) -> Result<(), Exit> {
        match self {
            Self::Team(team) => team.run(),
            Self::Stages(stages) => stages.run(),
            Self::Sources(sources) => sources.run(),
            Self::Accounts(accounts) => accounts.run(),
        }
    }
}

impl Team {
    fn run(self) -> Result<(), Exit> {
        let Self { call, hours, asked } = self;
        let report = match asked.place.at()? {
            At::Server(server) => {
                server.ask("/v1/reports/team", &asked.query([("call", call), ("hours", hours)]))?
            }
            At::Folder(data) => {
                let store = installation::open_existing(&data.data)?;
                let archive = installation::archive(&store, &data.tenant)?;
                let policy = archive.active_revision()?.map(|(_, policy)| policy);
                let reps = policy.iter().flat_map(|policy| &policy.reps).map(|rep| rep.id.clone());
                let hours = policy.as_ref().and_then(|policy| policy.calendars.get(&hours));
                let report = TeamReport::of(&archive, reps, &call, hours, asked.span())?;
                serde_json::to_value(report).context("the report cannot be written as JSON")?
            }
        };
        asked.show(&report, print::team)
    }
}

impl Stages {
    fn run(self) -> Result<(), Exit> {
        let asked = self.asked;
        let report = match asked.place.at()? {
            At::Server(server) => server.ask("/v1/reports/stages", &asked.query([]))?,
            At::Folder(data) => {
                let store = installation::open_existing(&data.data)?;
                let archive = installation::archive(&store, &data.tenant)?;
                let report = StageReport::of(&archive, asked.span())?;
                serde_json::to_value(report).context("the report cannot be written as JSON")?
            }
        };
        asked.show(&report, print::stages)
    }
}

impl Sources {
    fn run(self) -> Result<(), Exit> {
        let asked = self.asked;
        let report = match asked.place.at()? {
            At::Server(server) => server.ask("/v1/reports/sources", &asked.query([]))?,
            At::Folder(data) => {
                let store = installation::open_existing(&data.data)?;
                let archive = installation::archive(&store, &data.tenant)?;
                let tree = archive.active_revision()?.map(|(_, policy)| policy.sources).unwrap_or_default();
                let report = SourceReport::of(&archive, &tree, asked.span())?;
                serde_json::to_value(report).context("the report cannot be written as JSON")?
            }
        };
        asked.show(&report, print::sources)
    }
}

impl Accounts {
    fn run(self) -> Result<(), Exit> {
        let Self { account, asked } = self;
        let report = match asked.place.at()? {
            At::Server(server) => {
                let mut query = asked.query([]);
                query.extend(account.map(|account| ("account", account)));
                server.ask("/v1/reports/accounts", &query)?
            }
            At::Folder(data) => {
                let store = installation::open_existing(&data.data)?;
                let archive = installation::archive(&store, &data.tenant)?;
                let report = match archive.active_revision()? {
                    Some((_, policy)) => {
                        AccountReport::of(&archive, &policy, asked.span(), account.as_deref())?
                    }
                    None => AccountReport::default(),
                };
                serde_json::to_value(report).context("the report cannot be written as JSON")?
            }
        };
        asked.show(&report, print::accounts)
    }
}

impl Asked {
    fn span(&self) -> Span {
        let moment = |moment: DateTime<Utc>| Timestamp::from_ms(moment.timestamp_millis());
        Span { from: self.from.map(moment), until: self.until.map(moment) }
    }

    fn query<const N: usize>(&self, more: [(&'static str, String); N]) -> Vec<(&'static str, String)> {
        let moment = |moment: DateTime<Utc>| moment.to_rfc3339_opts(SecondsFormat::Millis, true);
        let from = self.from.map(|from| ("from", moment(from)));
        let until = self.until.map(|until| ("until", moment(until)));
        more.into_iter().chain(from).chain(until).collect()
    }

    fn show(&self, report: &Value, print: fn(&Value)) -> Result<(), Exit> {
        if self.json {
            return print::json(report);
        }
        print(report);
        Ok(())
    }
}
