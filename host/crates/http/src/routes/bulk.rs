//! Many leads in one request: a line of JSON each, answered by a line each, in order, while the rest is
//! still on its way.

use std::convert::Infallible;

use axum::Extension;
use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use leadsman_flow::Intake;
use serde::Serialize;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tracing::Instrument;
use utoipa::ToSchema;

use crate::access::Caller;
use crate::arrivals;
use crate::blocking::holding;
use crate::bodies::NewLead;
use crate::json;
use crate::layers::RequestId;
use crate::lines::{Line, Splitter};
use crate::problem::{Failure, Kind, Problem};
use crate::routes::leads::status;
use crate::service::Service;
use crate::views::intake::IntakeView;

/// What bulk requests and their answers are written in.
const MEDIA_TYPES: [&str; 3] = ["application/x-ndjson", "application/ndjson", "application/jsonl"];

/// What became of a line.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BulkLine)]
pub(crate) struct LineView {
    /// The number of the line, from 1; blank lines count, and are not answered.
    line: u64,
    /// The status that the lead would have got alone.
    #[schema(example = 201)]
    status: u16,
    /// What became of the lead.
    #[serde(flatten)]
    intake: Option<IntakeView>,
    /// Whether the lead was sent before, and nothing happened now.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    replayed: bool,
    /// What was wrong with the line.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
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
    responses((status = 200, body = LineView, content_type = "application/x-ndjson",
        description = "A line for each line, in order"))
)]
pub(crate) async fn send(
    State(service): State<Service>,
    caller: Caller,
    Extension(request_id): Extension<RequestId>,
    request: Request,
) -> Result<Response, Failure> {
    if !MEDIA_TYPES.contains(&json::media_type(request.headers()).as_str()) {
        return Err(Failure::new(Kind::UNSUPPORTED_TYPE, "send application/x-ndjson"));
    }
    let length = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: usize| length > service.limits().bulk_body_bytes_max) {
        return Err(json::too_large("the body is larger than the limit"));
    }
    let (answers, answered) = unbounded_channel();
    let run = Run { service, caller, request_id, answers };
    let body = request.into_body().into_data_stream();
    tokio::spawn(run.all(body).instrument(tracing::Span::current()));
    Ok((StatusCode::OK, [(CONTENT_TYPE, MEDIA_TYPES[0])], streamed(answered)).into_response())
}

/// Answers as a body. They are kept until they are read, because many clients read only when they have
/// written everything; [`Limits::bulk_lines_max`](crate::Limits) bounds them.
fn streamed(mut answered: UnboundedReceiver<Bytes>) -> Body {
    let pieces = stream::poll_fn(move |context| answered.poll_recv(context));
    Body::from_stream(pieces.map(Ok::<Bytes, Infallible>))
}

/// One bulk request under way.
struct Run {
    service: Service,
    caller: Caller,
    request_id: RequestId,
    answers: UnboundedSender<Bytes>,
}

impl Run {
    async fn all(self, body: BodyDataStream) {
        if let Err(failure) = self.read(body).await {
            self.answer(vec![self.refused(0, failure)]);
        }
    }

    /// Reads the body and answers its lines, as many together as the limits say.
    async fn read(&self, mut body: BodyDataStream) -> Result<(), Failure> {
        let limits = self.service.limits();
        let mut splitter = Splitter::new(limits.bulk_line_bytes_max);
        let mut lines = Vec::new();
        let (mut bytes_read, mut lines_done) = (0_usize, 0);
        while let Some(piece) = self.next_piece(&mut body).await? {
            bytes_read = bytes_read.saturating_add(piece.len());
            let is_too_large = bytes_read > limits.bulk_body_bytes_max;
            if !is_too_large {
                splitter.push(&piece, &mut lines);
            }
            while lines.len() >= limits.bulk_chunk_lines.max(1) || (is_too_large && !lines.is_empty()) {
                let rest = lines.split_off(lines.len().min(limits.bulk_chunk_lines.max(1)));
                self.take_in(std::mem::replace(&mut lines, rest), &mut lines_done).await?;
            }
            if is_too_large {
                return Err(json::too_large("the body is larger than the limit"));
            }
        }
        splitter.finish(&mut lines);
        self.take_in(lines, &mut lines_done).await
    }

    /// The next piece of the body; none at its end. Gives up when nobody reads the answers any more.
    async fn next_piece(&self, body: &mut BodyDataStream) -> Result<Option<Bytes>, Failure> {
        let piece = tokio::select! {
            piece = tokio::time::timeout(self.service.limits().bulk_idle_wait, body.next()) => piece,
            () = self.answers.closed() => return Err(Failure::new(Kind::BAD_BODY, "nobody listens")),
        };
        match piece {
            Ok(Some(Ok(piece))) => Ok(Some(piece)),
            Ok(None) => Ok(None),
            Ok(Some(Err(_))) => Err(Failure::new(Kind::BAD_BODY, "the body ended early")),
            Err(_) => Err(Failure::new(Kind::TOO_SLOW, "the body stopped coming")),
        }
    }

    /// Takes some lines in together, and answers them.
    async fn take_in(&self, mut lines: Vec<Line>, done: &mut usize) -> Result<(), Failure> {
        let left = self.service.limits().bulk_lines_max.saturating_sub(*done);
        let is_too_many = lines.len() > left;
        lines.truncate(left);
        *done += lines.len();
        let numbers: Vec<u64> = lines.iter().map(|line| line.number).collect();
        let (service, caller) = (self.service.clone(), self.caller.clone());
        let answers = holding(caller.pass().await?, move || {
            arrivals::take_in(&service, &caller, lines.into_iter().map(read))
        })
        .await??;
        let answers = answers.durable().await?;
        let views = numbers.into_iter().zip(answers).map(|(line, answer)| match answer {
            Ok(intake) => taken_in(line, &intake),
            Err(failure) => self.refused(line, failure),
        });
        self.answer(views.collect());
        if is_too_many { Err(json::too_large("there are more lines than the limit")) } else { Ok(()) }
    }

    fn refused(&self, line: u64, failure: Failure) -> LineView {
        failure.log(&self.request_id.0);
        let problem = failure.into_problem(&self.request_id.0);
        LineView { line, status: problem.status, intake: None, replayed: false, problem: Some(problem) }
    }

    fn answer(&self, views: Vec<LineView>) {
        let mut bytes = Vec::with_capacity(views.len() * 128);
        for view in views {
            // Texts and numbers only: nothing that JSON lacks.
            let _ = serde_json::to_writer(&mut bytes, &view);
            bytes.push(b'\n');
        }
        // Fails when nobody reads the answers any more.
        let _ = self.answers.send(bytes.into());
    }
}

fn read(line: Line) -> Result<NewLead, Failure> {
    let bytes = line.bytes.ok_or_else(|| json::too_large("the line is longer than the limit"))?;
    json::read(&bytes)
}

fn taken_in(line: u64, intake: &Intake) -> LineView {
    LineView {
        line,
        status: status(intake).as_u16(),
        intake: Some(intake.into()),
        replayed: intake.seen_before,
        problem: None,
    }
}
