//! Reports, folded from the journals.

use std::fmt::Display;
use std::str::FromStr;

use axum::Json;
use axum::extract::Path;
use leadsman_domain::calendar::UnknownCalendar;
use leadsman_domain::plan::InvalidRate;
use leadsman_domain::policy::Policy;
use leadsman_flow::Archive;
use leadsman_flow::report::{
    AccountFold, CampaignFold, ChannelFold, Figure, Fold, ForecastFold, InCurrency, InvalidCurrency,
    InvalidMix, PlanTerms, RebateFold, ReferrerFold, SourceFold, Span, StageFold, TeamFold, TrendFold,
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::access::Caller;
use crate::blocking::holding;
use crate::extract::{self, Params, within};
use crate::problem::{Failure, Kind};
use crate::values::Moment;
use crate::views::accounts::AccountReportView;
use crate::views::campaigns::CampaignReportView;
use crate::views::channels::{ChannelReportView, ForecastView};
use crate::views::members::MembersView;
use crate::views::plan::PlanReportView;
use crate::views::rebates::{RebateReportView, ReferrerReportView};
use crate::views::reports::{Cited, SourceReportView, StageReportView, TeamReportView, Told};
use crate::views::trends::TrendReportView;

/// How many leads behind a figure are told if nothing is said.
const LIMIT_DEFAULT: usize = 100;
/// How many leads behind a figure are told at most.
const LIMIT_MAX: usize = 1_000;

/// What a report is about: what is asked of every report, and what is asked of this one besides.
macro_rules! about {
    ($(#[$about:meta])* $name:ident { $($(#[$more:meta])* $field:ident,)* }) => {
        $(#[$about])*
        #[derive(Debug, Deserialize, IntoParams)]
        #[serde(deny_unknown_fields)]
        #[into_params(parameter_in = Query)]
        pub(crate) struct $name {
            /// From this moment on.
            #[param(value_type = Option<String>, format = "date-time")]
            from: Option<Moment>,
            /// Before this moment.
            #[param(value_type = Option<String>, format = "date-time")]
            until: Option<Moment>,
            /// Tell the leads behind this figure instead: a JSON pointer into the report, such as `/channels/ads/won`. In a
            /// list, an element goes by its name, as in `/accounts/acme.com/leads`.
            of: Option<String>,
            /// With `of`: how many of these leads; 100 if missing.
            #[param(minimum = 1, maximum = 1000)]
            limit: Option<usize>,
            /// With `of`: where to go on: `next` of the page before.
            cursor: Option<String>,
            /// Tell values in this currency, by its ISO 4217 code: deals in others count without theirs. Where deals are in
            /// several currencies, one has to be named.
            currency: Option<String>,
            $($(#[$more])* $field: Option<String>,)*
        }

        impl $name {
            /// The span of time, and what else is asked of every report.
            fn common(&self) -> (Span, Asked) {
                let moment = |moment: &Option<Moment>| moment.as_ref().map(|moment| moment.0);
                let span = Span { from: moment(&self.from), until: moment(&self.until) };
                let Self { of, limit, cursor, .. } = self;
                let drill = of.clone().map(|of| Drill { of, limit: *limit, cursor: cursor.clone() });
                (span, Asked { currency: self.currency.clone(), drill })
            }
        }
    };
}

/// What is asked of every report besides the span of time.
struct Asked {
    currency: Option<String>,
    drill: Option<Drill>,
}

/// Which figure is looked into, and which page of the leads behind it.
struct Drill {
    of: String,
    limit: Option<usize>,
    cursor: Option<String>,
}

about! {
    /// What a report on the team is about.
    AboutTeam {
        /// The kind of activity that a call is; `call.*` stands for every kind with that beginning. `call.done` if
        /// missing.
        call,
        /// The calendar of the policy that says what working time is; `office` if missing, if there is one.
        hours,
    }
}

about! {
    /// What a report on stages or sources is about.
    AboutTime {}
}

about! {
    /// What a report on accounts is about.
    AboutAccounts {
        /// Only this account, in whatever case and width. All of them if missing.
        account,
    }
}

about! {
    /// What a report on trends is about.
    AboutTrends {
        /// How long the periods are, in the tenant's zone: `day`, `week` or `month`. `week` if missing.
        every,
        /// What it is told by: `channel`, `rep` or `pool`. `channel` if missing.
        by,
    }
}

/// What a plan is about.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AboutPlan {
    /// From this moment on.
    #[param(value_type = Option<String>, format = "date-time")]
    from: Option<Moment>,
    /// Before this moment.
    #[param(value_type = Option<String>, format = "date-time")]
    until: Option<Moment>,
    /// How many deals there are to be; as many as in that time if neither this nor `growth` is said.
    deals: Option<u64>,
    /// By how many percent more deals there are to be than in that time.
    growth: Option<u32>,
    /// How many percent of the leads become marketing-qualified.
    uql_to_mql: Option<String>,
    /// How many percent of these become sales-qualified.
    mql_to_sql: Option<String>,
    /// How many percent of these become deals.
    sql_to_deal: Option<String>,
    /// Channels or campaigns, each with its part of the leads relative to the others and what a lead of it costs in
    /// minor units, as in `fair=3:2500,ads=1`. Those by which leads came if missing.
    channels: Option<String>,
}

impl AboutPlan {
    fn terms(&self) -> Result<PlanTerms, Failure> {
        let rate = |name: &str, rate: &Option<String>| {
            rate.as_deref()
                .map(|rate| rate.parse().map_err(|wrong: InvalidRate| refused(name, &wrong)))
                .transpose()
        };
        let rates = [
            rate("uql_to_mql", &self.uql_to_mql)?,
            rate("mql_to_sql", &self.mql_to_sql)?,
            rate("sql_to_deal", &self.sql_to_deal)?,
        ];
        let parts = self.channels.as_deref().into_iter().flat_map(|channels| channels.split(','));
        let mix = parts.map(|part| part.parse().map_err(|wrong: InvalidMix| refused("channels", &wrong)));
        let moment = |moment: &Option<Moment>| moment.as_ref().map(|moment| moment.0);
        let span = Span { from: moment(&self.from), until: moment(&self.until) };
        Ok(PlanTerms {
            deals: self.deals,
            growth: self.growth,
            rates,
            mix: mix.collect::<Result<_, _>>()?,
            span,
        })
    }
}

/// The answer to a question about a report.
type Answer<T> = Result<Json<Cited<Told<T>>>, Failure>;

/// Tells what reps made of their leads: how many they were given, how many they called and how soon, what came
/// back, what they won, and what they own now. Reads every journal: not for every second.
#[utoipa::path(
    get, path = "/v1/reports/team", tag = "reports", operation_id = "reportTeam", params(AboutTeam),
    responses((status = 200, body = Cited<Told<TeamReportView>>))
)]
pub(crate) async fn team(caller: Caller, Params(about): Params<AboutTeam>) -> Answer<TeamReportView> {
    let (span, asked) = about.common();
    let fold = move |_: &Archive, policy: &Policy| {
        let call = about.call.unwrap_or_else(|| "call.done".to_owned());
        let unknown = |unknown: UnknownCalendar| Failure::new(Kind::UNKNOWN_CALENDAR, unknown.to_string());
        let hours = policy.hours(about.hours.as_deref()).map_err(unknown)?;
        Ok(TeamFold { reps: policy.reps.clone(), call, hours: hours.cloned(), span })
    };
    tell(caller, asked, fold, Into::into).await
}

/// Tells how many leads came from one stage of life to the next: of those that came in in that time, and in
/// that time whenever they came in. Reads every journal: not for every second.
#[utoipa::path(
    get, path = "/v1/reports/stages", tag = "reports", operation_id = "reportStages", params(AboutTime),
    responses((status = 200, body = Cited<Told<StageReportView>>))
)]
pub(crate) async fn stages(caller: Caller, Params(about): Params<AboutTime>) -> Answer<StageReportView> {
    let (span, asked) = about.common();
    tell(caller, asked, move |_, _| Ok(StageFold { span }), Into::into).await
}

/// Tells whence the leads of that time came: by the channel of their first touch, which never changes, rolled up
/// along the policy's tree of sources. Reads every journal: not for every second.
#[utoipa::path(
    get, path = "/v1/reports/sources", tag = "reports", operation_id = "reportSources", params(AboutTime),
    responses((status = 200, body = Cited<Told<SourceReportView>>))
)]
pub(crate) async fn sources(caller: Caller, Params(about): Params<AboutTime>) -> Answer<SourceReportView> {
    let (span, asked) = about.common();
    let fold = move |_: &Archive, policy: &Policy| Ok(SourceFold { tree: policy.sources.clone(), span });
    tell(caller, asked, fold, Into::into).await
}

/// Tells what the leads of that time are worth by account: how many there are, their scores rolled up as the
/// policy says, who owns them, and what came of them. Reads every lead: not for every second.
#[utoipa::path(
    get, path = "/v1/reports/accounts", tag = "reports", operation_id = "reportAccounts", params(AboutAccounts),
    responses((status = 200, body = Cited<Told<AccountReportView>>))
)]
pub(crate) async fn accounts(
    caller: Caller,
    Params(about): Params<AboutAccounts>,
) -> Answer<AccountReportView> {
    let (span, asked) = about.common();
    let account = about.account;
    let fold = move |_: &Archive, policy: &Policy| Ok(AccountFold::new(policy, span, account.as_deref()));
    tell(caller, asked, fold, Into::into).await
}

/// Tells how good channels are: what became by now of the leads that came in in that time, by the channel of their
/// first touch and by the month in which they came. Reads every journal: not for every second.
#[utoipa::path(
    get, path = "/v1/reports/channels", tag = "reports", operation_id = "reportChannels", params(AboutTime),
    responses((status = 200, body = Cited<Told<ChannelReportView>>))
)]
pub(crate) async fn channels(caller: Caller, Params(about): Params<AboutTime>) -> Answer<ChannelReportView> {
    let (span, asked) = about.common();
    let fold = move |_: &Archive, policy: &Policy| Ok(ChannelFold { zone: policy.zone, span });
    tell(caller, asked, fold, Into::into).await
}

/// Tells which step of the way to the deal fell off most, for leads that came in in that time against those that came
/// in before it, and what the leads that are on their way now may bring. Reads every journal: not for every second.
#[utoipa::path(
    get, path = "/v1/reports/forecast", tag = "reports", operation_id = "reportForecast", params(AboutTime),
    responses((status = 200, body = Cited<Told<ForecastView>>))
)]
pub(crate) async fn forecast(caller: Caller, Params(about): Params<AboutTime>) -> Answer<ForecastView> {
    let (span, asked) = about.common();
    tell(caller, asked, move |_, _| Ok(ForecastFold { span }), Into::into).await
}

/// Tells what campaigns cost and brought, each by itself and with its parts: leads, known and new customers,
/// opportunities, orders, and what of the deals' value is credited to it. Reads every lead: not for every second.
#[utoipa::path(
    get, path = "/v1/reports/campaigns", tag = "reports", operation_id = "reportCampaigns", params(AboutTime),
    responses((status = 200, body = Cited<Told<CampaignReportView>>))
)]
pub(crate) async fn campaigns(
    caller: Caller,
    Params(about): Params<AboutTime>,
) -> Answer<CampaignReportView> {
    let (span, asked) = about.common();
    let fold =
        move |archive: &Archive, _: &Policy| Ok(CampaignFold { campaigns: archive.campaigns()?, span });
    tell(caller, asked, fold, Into::into).await
}

/// Tells what referrers did in that time, such as employees whose links were followed: their touches, the leads that
/// these touched, and what of the deals is credited to them. Reads every lead: not for every second.
#[utoipa::path(
    get, path = "/v1/reports/referrers", tag = "reports", operation_id = "reportReferrers", params(AboutTime),
    responses((status = 200, body = Cited<Told<ReferrerReportView>>))
)]
pub(crate) async fn referrers(
    caller: Caller,
    Params(about): Params<AboutTime>,
) -> Answer<ReferrerReportView> {
    let (span, asked) = about.common();
    tell(caller, asked, move |_, _| Ok(ReferrerFold { span }), Into::into).await
}

/// Tells what agents get of the deals that were won in that time and became of their leads, deal by deal and in sum.
/// Reads every lead: not for every second.
#[utoipa::path(
    get, path = "/v1/reports/rebates", tag = "reports", operation_id = "reportRebates", params(AboutTime),
    responses((status = 200, body = Cited<Told<RebateReportView>>))
)]
pub(crate) async fn rebates(caller: Caller, Params(about): Params<AboutTime>) -> Answer<RebateReportView> {
    let (span, asked) = about.common();
    tell(caller, asked, move |_, _| Ok(RebateFold { span }), Into::into).await
}

/// Tells what happened in that time, period by period: leads that came, matured, were given out and won, by channel,
/// rep or pool. Reads every journal: not for every second.
#[utoipa::path(
    get, path = "/v1/reports/trends", tag = "reports", operation_id = "reportTrends", params(AboutTrends),
    responses((status = 200, body = Cited<Told<TrendReportView>>))
)]
pub(crate) async fn trends(caller: Caller, Params(about): Params<AboutTrends>) -> Answer<TrendReportView> {
    let (span, asked) = about.common();
    let fold = move |_: &Archive, policy: &Policy| {
        let (every, by) = (parsed("every", about.every)?, parsed("by", about.by)?);
        Ok(TrendFold { every, by, zone: policy.zone, span })
    };
    tell(caller, asked, fold, Into::into).await
}

/// Plans backwards from deals: how many leads it takes of each stage and by each channel, each layer rounded up. What
/// is not said of the way is what it was for the leads that came in in that time. Reads every journal: not for every
/// second.
#[utoipa::path(
    get, path = "/v1/reports/plan", tag = "reports", operation_id = "reportPlan", params(AboutPlan),
    responses((status = 200, body = Cited<PlanReportView>))
)]
pub(crate) async fn plan(
    caller: Caller,
    Params(about): Params<AboutPlan>,
) -> Result<Json<Cited<PlanReportView>>, Failure> {
    let terms = about.terms()?;
    let planned = holding(caller.long_place()?, move || {
        let archive = caller.desk.archive();
        let (standard, plan) = (archive.standard()?.map(Into::into), archive.plan(&terms)?);
        Ok(Json(Cited { standard, currency: None, report: plan.into() }))
    });
    planned.await?
}

/// Lists the members of a campaign, by who was one first: whom it touched, and the contacts and accounts of which
/// was said that they are in it. Leads and contacts that are the same person are one member. Reads every lead,
/// contact and account: not for every second.
#[utoipa::path(
    get, path = "/v1/campaigns/{campaign}/members", tag = "reports", operation_id = "listMembers",
    params(("campaign" = String, Path, description = "The campaign")),
    responses((status = 200, body = MembersView))
)]
pub(crate) async fn members(
    caller: Caller,
    Path(campaign): Path<String>,
) -> Result<Json<MembersView>, Failure> {
    let members = holding(caller.long_place()?, move || {
        caller.desk.archive().members(&campaign, &caller.desk.revision().policy)
    });
    Ok(Json(MembersView::of(members.await??)))
}

/// Tells a report, or the leads behind one figure of it, in a place for work that takes long.
async fn tell<F: Fold<Report: 'static>, T: ToSchema + Send + 'static>(
    caller: Caller,
    asked: Asked,
    fold: impl FnOnce(&Archive, &Policy) -> Result<F, Failure> + Send + 'static,
    view: fn(F::Report) -> T,
) -> Answer<T> {
    let told = holding(caller.long_place()?, move || {
        let (archive, policy) = (caller.desk.archive(), caller.desk.revision().policy);
        let wrong = |wrong: InvalidCurrency| refused("currency", &wrong);
        let currency = asked.currency.map(|code| code.parse().map_err(wrong)).transpose()?;
        let fold = InCurrency { fold: fold(archive, &policy)?, currency };
        let mut currency = None;
        let report = match asked.drill {
            None => {
                let priced = archive.priced(&fold)?;
                currency = priced.currency;
                Told::Report(view(priced.report))
            }
            Some(Drill { of, limit, cursor }) => {
                let figure: Figure = of.parse().map_err(|wrong| refused("of", &wrong))?;
                let limit = within(limit, LIMIT_DEFAULT, LIMIT_MAX, "limit")?;
                let from = extract::cursor(cursor.as_deref())?;
                Told::Behind(archive.behind(&fold, &figure, from.as_ref(), limit)?.into())
            }
        };
        let standard = archive.standard()?.map(Into::into);
        Ok(Json(Cited { standard, currency, report }))
    });
    told.await?
}

/// A word among a few, or what holds without one.
fn parsed<T: FromStr<Err: Display> + Default>(name: &str, word: Option<String>) -> Result<T, Failure> {
    word.map_or_else(|| Ok(T::default()), |word| word.parse().map_err(|wrong: T::Err| refused(name, &wrong)))
}

fn refused(name: &str, wrong: &dyn Display) -> Failure {
    Failure::new(Kind::BAD_QUERY, format!("`{name}`: {wrong}"))
}
