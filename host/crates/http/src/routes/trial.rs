//! Trying a candidate: on history, in the shadow, as a canary.

use axum::Json;
use axum::extract::State;
use leadsman_flow::backtest::Told;
use leadsman_flow::{Desk, FlowError, Warrant};

use crate::access::Caller;
use crate::blocking::{holding, reading};
use crate::bodies::{EndTrial, NewBacktest, NewTrial};
use crate::govern::govern;
use crate::json::JsonBody;
use crate::problem::{Failure, Kind};
use crate::service::{BacktestOrder, Service, Untold};
use crate::views::trial::{BacktestView, TrialsView};

/// Shows the trial that runs, what it has come to, and the trials that are over.
#[utoipa::path(
    get, path = "/v1/policy/trial", tag = "policy", operation_id = "showTrial",
    responses((status = 200, body = TrialsView))
)]
pub(crate) async fn show(caller: Caller) -> Result<Json<TrialsView>, Failure> {
    Ok(Json(reading(move || shown(&caller.desk)).await?))
}

/// Begins to try a candidate beside the revision that decides. One trial runs at a time.
///
/// In the shadow the candidate is asked about each new lead, beside live traffic and without effect. As a
/// canary it decides over a share of leads, chosen by a hash of the lead; guards end the trial by
/// themselves when it does worse than the revision that decides.
#[utoipa::path(
    post, path = "/v1/policy/trial", tag = "policy", operation_id = "beginTrial",
    request_body = NewTrial,
    responses((status = 200, body = TrialsView))
)]
pub(crate) async fn begin(
    State(service): State<Service>,
    caller: Caller,
    JsonBody(body): JsonBody<NewTrial>,
) -> Result<Json<TrialsView>, Failure> {
    let mode = body.mode().map_err(Failure::invalid)?;
    let candidate = body.revision;
    let change = move |desk: &Desk, warrant: &Warrant| {
        desk.try_out(candidate, mode, warrant)?;
        shown(desk)
    };
    Ok(Json(govern(&service, caller, body.reason, change).await?))
}

/// Ends the trial that runs: the candidate is activated, or decides nothing any more.
#[utoipa::path(
    post, path = "/v1/policy/trial/end", tag = "policy", operation_id = "endTrial",
    request_body = EndTrial,
    responses((status = 200, body = TrialsView))
)]
pub(crate) async fn end(
    State(service): State<Service>,
    caller: Caller,
    JsonBody(body): JsonBody<EndTrial>,
) -> Result<Json<TrialsView>, Failure> {
    let change = move |desk: &Desk, warrant: &Warrant| {
        if body.promote {
            desk.promote(body.revision, warrant)?;
        } else {
            desk.stop_trial(body.revision, warrant)?;
        }
        shown(desk)
    };
    Ok(Json(govern(&service, caller, body.reason, change).await?))
}

/// Tells history to a candidate again, in simulated time, and compares it with another revision. The same
/// twice gives the same answer. Long histories are for the command line.
#[utoipa::path(
    post, path = "/v1/policy/backtest", tag = "policy", operation_id = "backtest",
    request_body = NewBacktest,
    responses((status = 200, body = BacktestView))
)]
pub(crate) async fn backtest(
    State(service): State<Service>,
    caller: Caller,
    JsonBody(body): JsonBody<NewBacktest>,
) -> Result<Json<BacktestView>, Failure> {
    let backtest = service.backtest();
    let order = BacktestOrder {
        revision: body.revision,
        against: body.against,
        from: body.from.map(|moment| moment.0),
        to: body.to.map(|moment| moment.0),
    };
    let told: Result<Told, Untold> =
        holding(caller.long_place()?, move || backtest(caller.desk.archive(), &order)).await?;
    match told {
        Ok(told) => Ok(Json(told.into())),
        Err(Untold::Busy) => Err(Failure::new(Kind::BUSY, "another backtest runs")),
        Err(Untold::TooLong { submissions, submissions_max }) => {
            let detail = format!(
                "{submissions} submissions, and {submissions_max} are told here at most; narrow `from` and `to`, \
                 or run `leadsman backtest` on a copy of the data folder"
            );
            Err(Failure::new(Kind::TOO_LARGE, detail))
        }
        Err(Untold::Flow(error)) => Err(error.into()),
    }
}

fn shown(desk: &Desk) -> Result<TrialsView, FlowError> {
    Ok(TrialsView::of(desk.trial(), desk.archive().ended_trials()?))
}
