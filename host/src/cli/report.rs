//! `leadsman report`: what reps made of their leads, how far leads came, whence, and what accounts are worth.

mod plan;

use anyhow::Context as _;
use chrono::{DateTime, SecondsFormat, Utc};
use clap::{Args, Subcommand};
use leadsman_domain::Timestamp;
use leadsman_domain::policy::Policy;
use leadsman_flow::{Archive, FlowError};

use leadsman_flow::report::{
    AccountReport, CampaignReport, ChannelReport, Forecast, SourceReport, Span, StageReport, TeamReport,
};
use serde::Serialize;
use serde_json::Value;

use super::form::Form;
use super::{At, Place};
use crate::exit::{self, Exit};
use crate::sheets::{self, Sheet};
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
    /// How good channels are: what became of the leads that came by them, month by month.
    Channels(Channels),
    /// What campaigns cost and brought, each with its parts.
    Campaigns(Campaigns),
    /// Which step of the way to the deal fell off most, and what the leads that are on it may bring.
    Forecast(Forecasting),
    /// How many leads it takes to come to so many deals, and what they cost.
    Plan(plan::Plan),
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
    #[command(flatten)]
    form: Form,
}

/// What reps made of their leads.
#[derive(Args)]
pub struct Team {
    /// The kind of activity that a call is; `call.*` stands for every kind with that beginning.
    #[arg(long, default_value = "call.done", value_name = "KIND")]
    call: String,
    /// The calendar of the policy that says what working time is; `office` if missing, if there is one.
    #[arg(long, value_name = "NAME")]
    hours: Option<String>,
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

/// What campaigns cost and brought.
#[derive(Args)]
pub struct Campaigns {
    #[command(flatten)]
    asked: Asked,
}

/// How good channels are.
#[derive(Args)]
pub struct Channels {
    #[command(flatten)]
    asked: Asked,
}

/// Where the way to the deal is weakest, and what it may bring.
#[derive(Args)]
pub struct Forecasting {
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
            Self::Campaigns(campaigns) => campaigns.run(),
            Self::Channels(channels) => channels.run(),
            Self::Forecast(forecast) => forecast.run(),
            Self::Plan(plan) => plan.run(),
        }
    }
}

impl Team {
    fn run(self) -> Result<(), Exit> {
        let Self { call, hours, asked } = self;
        let query = [("call", Some(&call)), ("hours", hours.as_ref())];
        let report = asked.report("team", query, |archive, policy, span| {
            let hours =
                policy.hours(hours.as_deref()).context("--hours").map_err(Exit::with(exit::NOT_FOUND))?;
            Ok(TeamReport::of(archive, &policy.reps, &call, hours, span)?)
        });
        asked.show("Team", &report?, sheets::team)
    }
}

impl Stages {
    fn run(self) -> Result<(), Exit> {
        let report = self.asked.report("stages", [], |archive, _, span| Ok(StageReport::of(archive, span)?));
        self.asked.show("Stages", &report?, sheets::stages)
    }
}

impl Sources {
    fn run(self) -> Result<(), Exit> {
        let report = self.asked.report("sources", [], |archive, policy, span| {
            Ok(SourceReport::of(archive, &policy.sources, span)?)
        });
        self.asked.show("Sources", &report?, sheets::sources)
    }
}

impl Accounts {
    fn run(self) -> Result<(), Exit> {
        let Self { account, asked } = self;
        let report = asked.report("accounts", [("account", account.as_ref())], |archive, policy, span| {
            Ok(AccountReport::of(archive, policy, span, account.as_deref())?)
        });
        asked.show("Accounts", &report?, sheets::accounts)
    }
}

impl Campaigns {
    fn run(self) -> Result<(), Exit> {
        let report =
            self.asked.report("campaigns", [], |archive, _, span| Ok(CampaignReport::of(archive, span)?));
        self.asked.show("Campaigns", &report?, sheets::campaigns)
    }
}

impl Channels {
    fn run(self) -> Result<(), Exit> {
        let report = self.asked.report("channels", [], |archive, policy, span| {
            Ok(ChannelReport::of(archive, policy.zone, span)?)
        });
        self.asked.show("Channels", &report?, sheets::channels)
    }
}

impl Forecasting {
    fn run(self) -> Result<(), Exit> {
        let report = self.asked.report("forecast", [], |archive, _, span| Ok(Forecast::of(archive, span)?));
        self.asked.show("Forecast", &report?, sheets::forecast)
    }
}

impl Asked {
    /// A report as JSON: asked of the server, or folded from the journals of the folder.
    fn report<R: Serialize, const N: usize>(
        &self,
        kind: &str,
        query: [(&'static str, Option<&String>); N],
        fold: impl FnOnce(&Archive, &Policy, Span) -> Result<R, Exit>,
    ) -> Result<Value, Exit> {
        match self.place.at()? {
            At::Server(server) => server.ask(&format!("/v1/reports/{kind}"), &self.query(query)),
            At::Folder(data) => {
                let store = installation::open_existing(&data.data)?;
                let archive = installation::archive(&store, &data.tenant)?;
                let (_, policy) = archive.active_revision()?.ok_or(FlowError::NothingActive)?;
                let report = archive.cited(fold(&archive, &policy, self.span())?)?;
                Ok(serde_json::to_value(report).context("the report cannot be written as JSON")?)
            }
        }
    }

    fn span(&self) -> Span {
        let moment = |moment: DateTime<Utc>| Timestamp::from_ms(moment.timestamp_millis());
        Span { from: self.from.map(moment), until: self.until.map(moment) }
    }

    fn query<const N: usize>(
        &self,
        more: [(&'static str, Option<&String>); N],
    ) -> Vec<(&'static str, String)> {
        let moment = |moment: DateTime<Utc>| moment.to_rfc3339_opts(SecondsFormat::Millis, true);
        let from = ("from", self.from.map(moment));
        let until = ("until", self.until.map(moment));
        let more = more.map(|(name, value)| (name, value.cloned()));
        let given = more.into_iter().chain([from, until]);
        given.filter_map(|(name, value)| Some((name, value?))).collect()
    }

    fn show(&self, title: &str, report: &Value, sheets: fn(&Value) -> Vec<Sheet>) -> Result<(), Exit> {
        self.form.show(title, print::standard(report).as_deref(), report, || sheets(report))
    }
}
