//! `leadsman report`: what came of leads, by rep, stage, channel, campaign and account, and what may come.

mod plan;

use anyhow::Context as _;
use chrono::{DateTime, SecondsFormat, Utc};
use clap::{Args, Subcommand};
use leadsman_domain::Timestamp;
use leadsman_domain::policy::Policy;
use leadsman_flow::report::{
    AccountReport, CampaignReport, ChannelReport, Forecast, SourceReport, Span, StageReport, TeamReport,
};
use leadsman_flow::{Archive, FlowError};
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
    Stages(Asked),
    /// Whence leads came, by their first touch, rolled up along the policy's tree of sources.
    Sources(Asked),
    /// By account: leads, their scores rolled up as the policy says, who owns them, and what came of them.
    Accounts(Accounts),
    /// How good channels are: what became of the leads that came by them, month by month.
    Channels(Asked),
    /// What campaigns cost and brought, each with its parts.
    Campaigns(Asked),
    /// Which step of the way to the deal fell off most, and what the leads that are on it may bring.
    Forecast(Asked),
    /// How many leads it takes to come to so many deals, and what they cost.
    Plan(plan::Plan),
}

/// The span of time, where the records are, and in which form they are told.
#[derive(Args)]
pub struct Asked {
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
            Self::Accounts(accounts) => accounts.run(),
            Self::Stages(asked) => asked.stages(),
            Self::Sources(asked) => asked.sources(),
            Self::Channels(asked) => asked.channels(),
            Self::Campaigns(asked) => asked.campaigns(),
            Self::Forecast(asked) => asked.forecast(),
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

impl Accounts {
    fn run(self) -> Result<(), Exit> {
        let Self { account, asked } = self;
        let report = asked.report("accounts", [("account", account.as_ref())], |archive, policy, span| {
            Ok(AccountReport::of(archive, policy, span, account.as_deref())?)
        });
        asked.show("Accounts", &report?, sheets::accounts)
    }
}

impl Asked {
    fn stages(&self) -> Result<(), Exit> {
        let report = self.report("stages", [], |archive, _, span| Ok(StageReport::of(archive, span)?));
        self.show("Stages", &report?, sheets::stages)
    }

    fn sources(&self) -> Result<(), Exit> {
        let report = self.report("sources", [], |archive, policy, span| {
            Ok(SourceReport::of(archive, &policy.sources, span)?)
        });
        self.show("Sources", &report?, sheets::sources)
    }

    fn channels(&self) -> Result<(), Exit> {
        self.show("Channels", &self.of_channels()?, sheets::channels)
    }

    /// The report on channels, which says whence leads come for a plan as well.
    fn of_channels(&self) -> Result<Value, Exit> {
        self.report("channels", [], |archive, policy, span| {
            Ok(ChannelReport::of(archive, policy.zone, span)?)
        })
    }

    fn campaigns(&self) -> Result<(), Exit> {
        let report = self.report("campaigns", [], |archive, _, span| Ok(CampaignReport::of(archive, span)?));
        self.show("Campaigns", &report?, sheets::campaigns)
    }

    fn forecast(&self) -> Result<(), Exit> {
        let report = self.report("forecast", [], |archive, _, span| Ok(Forecast::of(archive, span)?));
        self.show("Forecast", &report?, sheets::forecast)
    }

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
