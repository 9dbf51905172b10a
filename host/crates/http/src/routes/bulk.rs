//! Many leads, or many orders, in one request.

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use leadsman_flow::{Intake, Pending};
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::Caller;
use crate::arrivals;
use crate::blocking::holding;
use crate::bodies::NewLead;
use crate::bodies::orders::{LeadOrder, LeadOrderView};
use crate::layers::RequestId;
use crate::problem::Failure;
use crate::routes::leads::status;
use crate::service::Service;
use crate::streams::{self, Errand, LineView, Outcomes};
use crate::views::intake::IntakeView;
use crate::views::lead::BriefView;

/// What became of a lead in a line.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BulkLead)]
pub(crate) struct TakenInView {
    /// What became of the lead.
    #[serde(flatten)]
    intake: IntakeView,
    /// Whether the lead was sent before, and nothing happened now.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    replayed: bool,
}

/// Takes many leads in, a line of JSON each.
///
/// A bad line does not stop the others. Where reading has to stop, the last line of the answer has the
/// number 0 and says why; lines without an answer may or may not have been taken in, so send them again.
/// Lines that were taken in before get the same answer. Each line may have a `key`.
#[utoipa::path(
    post, path = "/v1/leads/bulk", tag = "leads", operation_id = "sendLeads",
    request_body(content = NewLead, content_type = "application/x-ndjson",
        description = "A lead on each line"),
    responses((status = 200, body = LineView<TakenInView>, content_type = "application/x-ndjson",
        description = "A line for each line, in order"))
)]
pub(crate) async fn send(
    State(service): State<Service>,
    caller: Caller,
    Extension(request_id): Extension<RequestId>,
    request: Request,
) -> Result<Response, Failure> {
    streams::answer(TakeIn, service, caller, request_id, request)
}

/// Orders something about many leads, a line of JSON each: as `POST /v1/leads/{lead}/orders` does, with the
/// lead in the line.
///
/// Orders are carried out in the order of their lines, each on its own: one that is refused does not stop the
/// others, and caps, quotas, consent and rights hold as for single ones. Where reading has to stop, the last
/// line of the answer has the number 0 and says why; look at the leads of lines without an answer before you
/// send them again.
#[utoipa::path(
    post, path = "/v1/orders", tag = "leads", operation_id = "orderLeads",
    request_body(content = LeadOrderView, content_type = "application/x-ndjson",
        description = "An order on each line"),
    responses((status = 200, body = LineView<OrderedView>, content_type = "application/x-ndjson",
        description = "A line for each line, in order"))
)]
pub(crate) async fn order(
    State(service): State<Service>,
    caller: Caller,
    Extension(request_id): Extension<RequestId>,
    request: Request,
) -> Result<Response, Failure> {
    streams::answer(Obey, service, caller, request_id, request)
}

/// What became of an order in a line.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BulkOrder)]
pub(crate) struct OrderedView {
    /// The lead as it is now.
    now: BriefView,
}

/// Leads come in.
struct TakeIn;

impl Errand for TakeIn {
    type Asked = NewLead;
    type Done = TakenInView;

    async fn run(
        &self,
        service: Service,
        caller: Caller,
        asked: Vec<Result<NewLead, Failure>>,
    ) -> Result<Outcomes<TakenInView>, Failure> {
        let pass = caller.pass().await?;
        let answers =
            holding(pass, move || arrivals::take_in(&service, &caller, asked.into_iter())).await??;
        let answers = answers.durable().await?.into_iter();
        Ok(answers.map(|answer| answer.map(|intake| (status(&intake), (&intake).into()))).collect())
    }
}

impl From<&Intake> for TakenInView {
    fn from(intake: &Intake) -> Self {
        Self { intake: intake.into(), replayed: intake.seen_before }
    }
}

/// Orders are carried out.
struct Obey;

impl Errand for Obey {
    type Asked = LeadOrder;
    type Done = OrderedView;

    async fn run(
        &self,
        service: Service,
        caller: Caller,
        asked: Vec<Result<LeadOrder, Failure>>,
    ) -> Result<Outcomes<OrderedView>, Failure> {
        let pass = caller.pass().await?;
        let obey = move |asked: Result<LeadOrder, Failure>| {
            let LeadOrder { lead, order: body } = asked?;
            let order = body.order(&caller.acting).map_err(Failure::invalid)?;
            let warrant = caller.warrant(service.now(), &body.reason);
            Ok::<_, Failure>(caller.desk.order(&lead, &order, &caller.acting, &warrant)?)
        };
        let ordered = holding(pass, move || asked.into_iter().map(obey).collect::<Vec<_>>()).await?;
        let mut done = Vec::with_capacity(ordered.len());
        for one in ordered {
            let answer = match one.map(Pending::durable) {
                Ok(pending) => pending.await.map_err(Failure::from),
                Err(failure) => Err(failure),
            };
            done.push(answer.map(|lead| (StatusCode::OK, OrderedView { now: BriefView::from(&lead) })));
        }
        Ok(done)
    }
}
