//! Work: which lead comes next, and who could own a lead.

use axum::Json;
use axum::extract::State;
use leadsman_domain::{PoolId, RepId};
use leadsman_flow::Queue;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::Caller;
use crate::blocking::{holding, reading};
use crate::extract::{LeadInPath, Params, within};
use crate::problem::{Failure, Kind};
use crate::service::Service;
use crate::views::lead::BriefView;
use crate::views::routing::SuggestionsView;

/// How many leads of a queue are shown if nothing is said.
const LIMIT_DEFAULT: usize = 20;
/// How many leads of a queue are shown at most.
const LIMIT_MAX: usize = 200;
/// How many reps are suggested if nothing is said.
const TOP_DEFAULT: usize = 3;
/// How many reps are suggested at most.
const TOP_MAX: usize = 50;

/// Whose queue.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// The leads that this rep owns; the caller's own for a token of the role `rep`.
    #[param(value_type = Option<String>)]
    owner: Option<RepId>,
    /// The leads that wait in this pool.
    #[param(value_type = Option<String>)]
    pool: Option<PoolId>,
    /// How many; 20 if missing.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// Leads in the order in which they should be worked on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Queue)]
pub(crate) struct QueueView {
    /// The leads, the most urgent first.
    leads: Vec<BriefView>,
}

/// Shows which leads come next: best grade first, then the nearest deadline, then the oldest.
#[utoipa::path(
    get, path = "/v1/queue", tag = "leads", operation_id = "showQueue", params(Asked),
    responses((status = 200, body = QueueView))
)]
pub(crate) async fn queue(caller: Caller, Params(asked): Params<Asked>) -> Result<Json<QueueView>, Failure> {
    let limit = within(asked.limit, LIMIT_DEFAULT, LIMIT_MAX, "limit")?;
    let queue = match (asked.owner.or(caller.rep().cloned()), asked.pool) {
        (_, Some(pool)) => Queue::WaitingIn(pool),
        (Some(rep), None) => Queue::OwnedBy(rep),
        (None, None) => return Err(Failure::new(Kind::BAD_QUERY, "ask for `owner` or for `pool`")),
    };
    let policy = caller.desk.revision().policy;
    let leads = reading(move || caller.desk.archive().queue(&queue, &policy)).await?;
    Ok(Json(QueueView { leads: leads.iter().take(limit).map(BriefView::from).collect() }))
}

/// How many suggestions.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Top {
    /// How many; 3 if missing.
    #[param(minimum = 1, maximum = 50)]
    top: Option<usize>,
}

/// Suggests who could own a lead, best first, and says who not and why. Whoever decides otherwise sends the
/// suggestions along with the order, so that the journal shows what was not taken. Takes nobody's turn.
#[utoipa::path(
    get, path = "/v1/leads/{lead}/suggestions", tag = "leads", operation_id = "suggestOwners",
    params(("lead" = String, Path, description = "The lead"), Top),
    responses((status = 200, body = SuggestionsView))
)]
pub(crate) async fn suggestions(
    State(service): State<Service>,
    caller: Caller,
    LeadInPath(lead): LeadInPath,
    Params(asked): Params<Top>,
) -> Result<Json<SuggestionsView>, Failure> {
    let top = within(asked.top, TOP_DEFAULT, TOP_MAX, "top")?;
    let now = service.now();
    let suggested = holding(caller.pass().await?, move || caller.desk.suggest(&lead, now)).await??;
    Ok(Json(SuggestionsView::of(&suggested, top)))
}
