//! `leadsman report`: what came of leads, by rep, stage, channel, campaign and account, over time, and what may come.

mod plan;

use anyhow::{Context as _, anyhow};
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use leadsman_domain::Timestamp;
use leadsman_domain::policy::Policy;
use leadsman_flow::report::{
    AccountFold, By, CampaignFold, ChannelFold, Currency, Every, Figure, Fold, ForecastFold, InCurrency,
    RebateFold, ReferrerFold, SourceFold, Span, StageFold, TeamFold, TrendFold,
};
use leadsman_flow::{Archive, Cursor, FlowError};
use serde::Serialize;
use serde_json::Value;

use super::form::Form;
use super::policy::refused;
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
    /// What referrers brought about: whose links and shares were followed, and what that earned.
    Referrers(Asked),
    /// What agents get of the deals that became of their leads, by the contracts in the policy.
    Rebates(Asked),
    /// What happened over time: leads that came, matured, were given out and won, by channel, rep or pool.
    Trends(Trends),
    /// Which step of the way to the deal fell off most, and what the leads that are on it may bring.
    Forecast(Asked),
    /// How many leads it takes to come to so many deals, and what they cost.
    Plan(plan::Plan),
}

/// What is asked of a report, and in which form it is told.
#[derive(Args)]
pub struct Asked {
    /// Tell the leads behind this figure instead: its place in the report's JSON, such as /channels/ads/won. In a list,
    /// an element goes by its name, as in /accounts/acme.com/leads.
    #[arg(long, value_name = "FIGURE")]
    of: Option<Figure>,
    /// How many of these leads.
    #[arg(long, value_name = "N", default_value_t = 100, requires = "of",
        value_parser = clap::value_parser!(u16).range(1..=1000))]
    limit: u16,
    /// Where to go on with them: `next` of the page before.
    #[arg(long, requires = "of")]
    cursor: Option<Cursor>,
    #[command(flatten)]
    records: Records,
}

/// The span of time, where the records are, and in which form they are told.
#[derive(Args)]
pub struct Records {
    /// From this moment on, such as 2026-01-01T00:00:00Z.
    #[arg(long, value_name = "RFC 3339", value_parser = moment)]
    from: Option<Timestamp>,
    /// Before this moment.
    #[arg(long, value_name = "RFC 3339", value_parser = moment)]
    until: Option<Timestamp>,
    /// Tell values in this currency: deals in others count without theirs. Where deals are in several, one has to be named.
    #[arg(long, value_name = "CODE")]
    currency: Option<Currency>,
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

/// What happened over time.
#[derive(Args)]
pub struct Trends {
    /// How long the periods are, in the tenant's zone: day, week or month.
    #[arg(long, default_value = "week", value_name = "PERIOD")]
    every: Every,
    /// What it is told by: channel, rep or pool.
    #[arg(long, default_value = "channel", value_name = "PART")]
    by: By,
    #[command(flatten)]
    asked: Asked,
}

/// A report by its names: in the API, and above its page.
struct Kind {
    path: &'static str,
    title: &'static str,
    sheets: fn(&Value) -> Vec<Sheet>,
}

impl Report {
    pub fn run(self) -> Result<(), Exit> {
        match self {
            Self::Team(team) => team.run(),
            Self::Accounts(accounts) => accounts.run(),
            Self::Trends(trends) => trends.run(),
            Self::Stages(asked) => asked.stages(),
            Self::Sources(asked) => asked.sources(),
            Self::Channels(asked) => asked.channels(),
            Self::Campaigns(asked) => asked.campaigns(),
            Self::Referrers(asked) => asked.referrers(),
            Self::Rebates(asked) => asked.rebates(),
            Self::Forecast(asked) => asked.forecast(),
            Self::Plan(plan) => plan.run(),
        }
    }
}

impl Team {
    fn run(self) -> Result<(), Exit> {
        let Self { call, hours, asked } = self;
        let kind = Kind { path: "team", title: "Team", sheets: sheets::team };
        let query = [("call", Some(call.clone())), ("hours", hours.clone())];
        asked.tell(kind, query, |_, policy, span| {
            let hours =
                policy.hours(hours.as_deref()).context("--hours").map_err(Exit::with(exit::NOT_FOUND))?;
            Ok(TeamFold { reps: policy.reps.clone(), call, hours: hours.cloned(), span })
        })
    }
}

impl Accounts {
    fn run(self) -> Result<(), Exit> {
        let Self { account, asked } = self;
        let kind = Kind { path: "accounts", title: "Accounts", sheets: sheets::accounts };
        let query = [("account", account.clone())];
        asked.tell(kind, query, |_, policy, span| Ok(AccountFold::new(policy, span, account.as_deref())))
    }
}

impl Trends {
    fn run(self) -> Result<(), Exit> {
        let Self { every, by, asked } = self;
        let kind = Kind { path: "trends", title: "Trends", sheets: sheets::trends };
        let query = [("every", Some(every.to_string())), ("by", Some(by.to_string()))];
        asked.tell(kind, query, |_, policy, span| Ok(TrendFold { every, by, zone: policy.zone, span }))
    }
}

impl Asked {
    fn stages(&self) -> Result<(), Exit> {
        let kind = Kind { path: "stages", title: "Stages", sheets: sheets::stages };
        self.tell(kind, [], |_, _, span| Ok(StageFold { span }))
    }

    fn sources(&self) -> Result<(), Exit> {
        let kind = Kind { path: "sources", title: "Sources", sheets: sheets::sources };
        self.tell(kind, [], |_, policy, span| Ok(SourceFold { tree: policy.sources.clone(), span }))
    }

    fn channels(&self) -> Result<(), Exit> {
        let kind = Kind { path: "channels", title: "Channels", sheets: sheets::channels };
        self.tell(kind, [], |_, policy, span| Ok(ChannelFold { zone: policy.zone, span }))
    }

    fn campaigns(&self) -> Result<(), Exit> {
        let kind = Kind { path: "campaigns", title: "Campaigns", sheets: sheets::campaigns };
        self.tell(kind, [], |archive, _, span| Ok(CampaignFold { campaigns: archive.campaigns()?, span }))
    }

    fn referrers(&self) -> Result<(), Exit> {
        let kind = Kind { path: "referrers", title: "Referrers", sheets: sheets::referrers };
        self.tell(kind, [], |_, _, span| Ok(ReferrerFold { span }))
    }

    fn rebates(&self) -> Result<(), Exit> {
        let kind = Kind { path: "rebates", title: "Rebates", sheets: sheets::rebates };
        self.tell(kind, [], |_, _, span| Ok(RebateFold { span }))
    }

    fn forecast(&self) -> Result<(), Exit> {
        let kind = Kind { path: "forecast", title: "Forecast", sheets: sheets::forecast };
        self.tell(kind, [], |_, _, span| Ok(ForecastFold { span }))
    }

    /// Tells a report, or the leads behind one figure of it.
    fn tell<F: Fold, const N: usize>(
        &self,
        kind: Kind,
        query: [(&'static str, Option<String>); N],
        fold: impl FnOnce(&Archive, &Policy, Span) -> Result<F, Exit>,
    ) -> Result<(), Exit> {
        let Kind { path, title, sheets } = kind;
        let Some(figure) = &self.of else {
            return self.records.show(title, &self.records.report(path, query, fold)?, sheets);
        };
        let cursor = self.cursor.as_ref();
        let page = [("of", figure.to_string()), ("limit", self.limit.to_string())];
        let page = page.map(|(name, value)| (name, Some(value)));
        let page = page.into_iter().chain([("cursor", cursor.map(ToString::to_string))]);
        let behind = self.records.ask(path, query.into_iter().chain(page), |archive, policy, span| {
            let fold = self.records.in_currency(fold(archive, policy, span)?);
            archive.behind(&fold, figure, cursor, self.limit.into()).map_err(refused)
        });
        self.records.show(title, &behind?, sheets::behind)
    }
}

impl Records {
    /// A report as JSON.
    fn report<F: Fold>(
        &self,
        path: &str,
        query: impl IntoIterator<Item = (&'static str, Option<String>)>,
        fold: impl FnOnce(&Archive, &Policy, Span) -> Result<F, Exit>,
    ) -> Result<Value, Exit> {
        self.ask(path, query, |archive, policy, span| {
            archive.priced(&self.in_currency(fold(archive, policy, span)?)).map_err(refused)
        })
    }

    fn in_currency<F: Fold>(&self, fold: F) -> InCurrency<F> {
        InCurrency { fold, currency: self.currency.clone() }
    }

    /// What is told as JSON: asked of the server, or made from the records of the folder.
    fn ask<R: Serialize>(
        &self,
        path: &str,
        query: impl IntoIterator<Item = (&'static str, Option<String>)>,
        tell: impl FnOnce(&Archive, &Policy, Span) -> Result<R, Exit>,
    ) -> Result<Value, Exit> {
        if let (Some(from), Some(until)) = (self.from, self.until)
            && from >= until
        {
            let error = anyhow!("--from {from} is not before --until {until}: there is no time between them");
            return Err(Exit { code: exit::USAGE, error });
        }
        match self.place.at()? {
            At::Server(server) => server.ask(&format!("/v1/reports/{path}"), &self.query(query)),
            At::Folder(data) => {
                let store = installation::open_existing(&data.data)?;
                let archive = installation::archive(&store, &data.tenant)?;
                let (_, policy) = archive.active_revision()?.ok_or(FlowError::NothingActive)?;
                let report = archive.cited(tell(&archive, &policy, self.span())?)?;
                Ok(serde_json::to_value(report).context("the report cannot be written as JSON")?)
            }
        }
    }

    fn span(&self) -> Span {
        Span { from: self.from, until: self.until }
    }

    fn query(
        &self,
        more: impl IntoIterator<Item = (&'static str, Option<String>)>,
    ) -> Vec<(&'static str, String)> {
        let moment = |moment: Option<Timestamp>| moment.map(|moment| moment.to_string());
        let currency = self.currency.as_ref().map(ToString::to_string);
        let common = [("from", moment(self.from)), ("until", moment(self.until)), ("currency", currency)];
        let given = more.into_iter().chain(common);
        given.filter_map(|(name, value)| Some((name, value?))).collect()
    }

    fn show(&self, title: &str, report: &Value, sheets: fn(&Value) -> Vec<Sheet>) -> Result<(), Exit> {
        let title = match &self.currency {
            Some(currency) => format!("{title}, values in {currency}"),
            None => title.to_owned(),
        };
        self.form.show(&title, print::standard(report).as_deref(), report, || sheets(report))
    }
}

fn moment(text: &str) -> Result<Timestamp, String> {
    let moment: Result<DateTime<Utc>, _> = text.parse();
    let wrong =
        |_| "write a moment with its offset, such as 2026-01-01T00:00:00Z or 2026-01-01T00:00:00+01:00";
    Ok(Timestamp::from_ms(moment.map_err(wrong)?.timestamp_millis()))
}
