//! Many things in one request: a line of JSON each, answered by a line each, in order, while the rest is
//! still on its way. What a line asks for is an [`Errand`]'s.

use std::convert::Infallible;

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tracing::Instrument;
use utoipa::ToSchema;

use crate::access::Caller;
use crate::json;
use crate::layers::RequestId;
use crate::lines::{Line, Splitter};
use crate::problem::{Failure, Kind, Problem};
use crate::service::Service;

/// What bulk requests and their answers are written in.
const MEDIA_TYPES: [&str; 3] = ["application/x-ndjson", "application/ndjson", "application/jsonl"];

/// What came of some lines, in order, each with the status that it would have got alone.
pub(crate) type Outcomes<T> = Vec<Result<(StatusCode, T), Failure>>;

/// What a line asks for.
pub(crate) trait Errand: Send + Sync + 'static {
    /// What a line says.
    type Asked: DeserializeOwned + Send + 'static;
    /// What came of it.
    type Done: Serialize + Send;

    /// Does what some lines ask for, together, and answers each, in order: with a status, once it is durable.
    fn run(
        &self,
        service: Service,
        caller: Caller,
        asked: Vec<Result<Self::Asked, Failure>>,
    ) -> impl Future<Output = Result<Outcomes<Self::Done>, Failure>> + Send;
}

/// What became of a line.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LineView<T> {
    /// The number of the line, from 1; blank lines count, and are not answered.
    line: u64,
    /// The status that it would have got alone.
    #[schema(example = 201)]
    status: u16,
    /// What came of it.
    #[serde(flatten)]
    done: Option<T>,
    /// What was wrong with the line.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
}

/// Answers a request whose body has a line for each errand.
pub(crate) fn answer<E: Errand>(
    errand: E,
    service: Service,
    caller: Caller,
    request_id: RequestId,
    request: Request,
) -> Result<Response, Failure> {
    if !MEDIA_TYPES.contains(&json::media_type(request.headers()).as_str()) {
        return Err(Failure::new(Kind::UNSUPPORTED_TYPE, "send application/x-ndjson"));
    }
    let length = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: usize| length > service.limits().bulk_body_bytes_max) {
        return Err(json::too_large("the body", service.limits().bulk_body_bytes_max, "bytes"));
    }
    let (answers, answered) = unbounded_channel();
    let run = Run { errand, service, caller, request_id, answers };
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
struct Run<E> {
    errand: E,
    service: Service,
    caller: Caller,
    request_id: RequestId,
    answers: UnboundedSender<Bytes>,
}

impl<E: Errand> Run<E> {
    async fn all(self, body: BodyDataStream) {
        if let Err(failure) = self.read(body).await {
            self.tell(vec![self.refused(0, failure)]);
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
                self.run(std::mem::replace(&mut lines, rest), &mut lines_done).await?;
            }
            if is_too_large {
                return Err(json::too_large("the body", limits.bulk_body_bytes_max, "bytes"));
            }
        }
        splitter.finish(&mut lines);
        self.run(lines, &mut lines_done).await
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

    /// Runs the errands of some lines together, and answers them.
    async fn run(&self, mut lines: Vec<Line>, done: &mut usize) -> Result<(), Failure> {
        let limits = self.service.limits();
        let left = limits.bulk_lines_max.saturating_sub(*done);
        let is_too_many = lines.len() > left;
        lines.truncate(left);
        *done += lines.len();
        let numbers: Vec<u64> = lines.iter().map(|line| line.number).collect();
        let asked = lines.into_iter().map(|line| read(line, limits.bulk_line_bytes_max)).collect();
        let answers = self.errand.run(self.service.clone(), self.caller.clone(), asked).await?;
        let views = numbers.into_iter().zip(answers).map(|(line, answer)| match answer {
            Ok((status, done)) => LineView { line, status: status.as_u16(), done: Some(done), problem: None },
            Err(failure) => self.refused(line, failure),
        });
        self.tell(views.collect());
        if is_too_many { Err(json::too_large("the body", limits.bulk_lines_max, "lines")) } else { Ok(()) }
    }

    fn refused(&self, line: u64, failure: Failure) -> LineView<E::Done> {
        failure.log(&self.request_id.0);
        let problem = failure.into_problem(&self.request_id.0);
        LineView { line, status: problem.status, done: None, problem: Some(problem) }
    }

    fn tell(&self, views: Vec<LineView<E::Done>>) {
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

fn read<T: DeserializeOwned>(line: Line, bytes_max: usize) -> Result<T, Failure> {
    let bytes = line.bytes.ok_or_else(|| json::too_large("the line", bytes_max, "bytes"))?;
    json::read(&bytes)
}
