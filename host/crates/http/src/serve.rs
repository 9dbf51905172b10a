//! Serving until told to stop: then nothing new is accepted, and what is in flight may finish within a
//! bounded time.

use std::future::Future;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::router::router;
use crate::service::Service;

/// Serves what is counted, as text in Prometheus's form at `/metrics`, to whoever asks: the listener is
/// for those who run the installation, not for tenants.
///
/// # Errors
///
/// When the listener fails.
pub async fn serve_metrics(
    listener: TcpListener,
    text: impl Fn() -> String + Clone + Send + Sync + 'static,
) -> std::io::Result<()> {
    const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    let answer = move || async move { ([(CONTENT_TYPE, MEDIA_TYPE)], text()) };
    axum::serve(listener, Router::new().route("/metrics", get(answer))).await
}

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
