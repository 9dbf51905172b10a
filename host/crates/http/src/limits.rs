//! How much a client may ask for, and how long it may take.

use std::time::Duration;

/// The limits of the API. The defaults suit a server behind a proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The body of a request, in bytes; those below have limits of their own.
    pub body_bytes_max: usize,
    /// The body that brings the files of a policy, in bytes: its lists and its models.
    pub policy_body_bytes_max: usize,
    /// The body of a bulk request, in bytes.
    pub bulk_body_bytes_max: usize,
    /// One line of a bulk request, in bytes.
    pub bulk_line_bytes_max: usize,
    /// How many lines a bulk request may have. The answers of slow readers are kept in memory, so
    /// this bounds them too.
    pub bulk_lines_max: usize,
    /// The body of an upload, in bytes: a component with its configuration.
    pub component_body_bytes_max: usize,
    /// How many lines are decided and committed together.
    pub bulk_chunk_lines: usize,
    /// How many requests with a token are worked on at once; more are told to come back.
    pub requests_max: usize,
    /// How many of them may be of one tenant.
    pub requests_per_tenant_max: usize,
    /// On how many processors desks compute. Each tenant may use all of them, or half if its commands take
    /// long, and twice as many commands compute at once: so the others need not wait for one.
    pub processors: usize,
    /// How long a request may take until its answer begins. What was begun for it may still be done
    /// after that.
    pub request_wait: Duration,
    /// The same for requests that compile or tell history again.
    pub long_request_wait: Duration,
    /// How long a bulk request may wait for the next piece of its body.
    pub bulk_idle_wait: Duration,
    /// How long requests in flight may take after the server was told to stop.
    pub drain_wait: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes_max: 256 << 10,
            policy_body_bytes_max: 32 << 20,
            bulk_body_bytes_max: 64 << 20,
            bulk_line_bytes_max: 256 << 10,
            bulk_lines_max: 100_000,
            component_body_bytes_max: 25 << 20,
            bulk_chunk_lines: 256,
            requests_max: 1_024,
            requests_per_tenant_max: 256,
            processors: std::thread::available_parallelism().map_or(2, usize::from),
            request_wait: Duration::from_secs(30),
            long_request_wait: Duration::from_secs(150),
            bulk_idle_wait: Duration::from_secs(30),
            drain_wait: Duration::from_secs(20),
        }
    }
}
