//! Serving until told to stop: then nothing new is accepted, and what is in flight may finish within a
//! bounded time.

use std::future::Future;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::router::router;
use crate::service::Service;

/// How serving ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drained {
    /// Every request in flight was answered.
    Fully,
    /// Some took longer than the limit, and were cut off.
    Partly,
}

/// Serves the API until `shutdown` completes and the requests in flight are answered, or until they
/// have taken [`Limits::drain_wait`](crate::Limits::drain_wait) after that.
///
/// # Errors
///
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    service: Service,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<Drained> {
    let drain_wait = service.limits().drain_wait;
    let (begun, drain_began) = oneshot::channel();
    let signal = {
        let service = service.clone();
        async move {
            shutdown.await;
            service.begin_drain();
            // Fails only when serving is over already.
            let _ = begun.send(());
        }
    };
    let server = axum::serve(listener, router(service)).with_graceful_shutdown(signal);
    let too_late = async {
        // An error means that the signal's future is gone, and with it the server.
        if drain_began.await.is_err() {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(drain_wait).await;
    };
    tokio::select! {
        ended = server.into_future() => ended.map(|()| Drained::Fully),
        () = too_late => {
            tracing::warn!("requests in flight took too long and were cut off");
            Ok(Drained::Partly)
        }
    }
}
