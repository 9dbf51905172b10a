//! The way from async code to the desks, which compute and wait for locks.

use leadsman_flow::{FlowError, Pending};
use tokio_util::task::AbortOnDropHandle;

use crate::gate::Pass;
use crate::problem::{Failure, Kind};

/// Runs something that blocks, in the span of the request. If the request is given up before it began,
/// it never does; once begun, it is done.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    let span = tracing::Span::current();
    AbortOnDropHandle::new(tokio::task::spawn_blocking(move || span.in_scope(work)))
        .await
        .map_err(|cause| Failure::hidden(Kind::INTERNAL, cause.to_string()))
}

/// Reads something from a desk.
pub(crate) async fn reading<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, FlowError> + Send + 'static,
) -> Result<T, Failure> {
    Ok(blocking(read).await??)
}

/// Does something that blocks in a place at the gate, which is given up as soon as it is done, whoever
/// waits for it.
pub(crate) async fn holding<P: Send + 'static, T: Send + 'static>(
    place: P,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    blocking(move || {
        let done = work();
        drop(place);
        done
    })
    .await
}

/// Gives a command to a desk, and waits until its answer is durable. Nothing is acknowledged before.
pub(crate) async fn command<T: Send + 'static>(
    pass: Pass,
    command: impl FnOnce() -> Result<Pending<T>, FlowError> + Send + 'static,
) -> Result<T, Failure> {
    let pending = holding(pass, command).await??;
    Ok(pending.durable().await?)
}
