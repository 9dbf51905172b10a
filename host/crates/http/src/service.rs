//! What the API works on. The host makes one [`Service`] and changes its tenants while it serves.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use leadsman_domain::policy::Policy;
use leadsman_domain::{Facts, TenantId, Timestamp};
use leadsman_flow::Desk;
use leadsman_flow::ledger::Ledger;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::limits::Limits;

/// Tells the time. The host reads a wall clock, a test tells what it likes.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Adds to the facts of a tenant's submission what can be derived from them.
pub type Derive = Arc<dyn Fn(&TenantId, &mut Facts) + Send + Sync>;

/// Reads a policy from its files, by their paths, and makes it ready.
pub type Draft = Arc<dyn Fn(&BTreeMap<String, String>) -> Result<Drafted, Vec<DraftProblem>> + Send + Sync>;

/// A policy that was read and whose plugins take their configuration.
pub struct Drafted {
    /// The policy.
    pub policy: Policy,
    /// Its components, in the order of [`Policy::sources`].
    pub components: Vec<Vec<u8>>,
}

/// One thing that is wrong with a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftProblem {
    /// The file.
    pub file: String,
    /// The line and column in it, from 1.
    pub place: Option<(usize, usize)>,
    /// What is wrong, and what to do about it.
    pub message: String,
}

type Tenants = BTreeMap<TenantId, Arc<Desk>>;

/// What the API works on. Clones share everything.
#[derive(Clone)]
pub struct Service {
    shared: Arc<Shared>,
}

struct Shared {
    tenants: RwLock<Arc<Tenants>>,
    tokens: Arc<dyn Ledger>,
    clock: Clock,
    derive: Derive,
    draft: Draft,
    limits: Limits,
    requests: AtomicU64,
    places: Semaphore,
    started: Timestamp,
    draining: AtomicBool,
}

impl Service {
    /// A service without tenants.
    ///
    /// `tokens` is the ledger of the installation itself, which holds the access tokens of all tenants.
    #[must_use]
    pub fn new(tokens: Arc<dyn Ledger>, clock: Clock, derive: Derive, draft: Draft, limits: Limits) -> Self {
        let started = clock();
        let places = Semaphore::new(limits.requests_max.min(Semaphore::MAX_PERMITS));
        let shared = Shared {
            tenants: RwLock::default(),
            tokens,
            clock,
            derive,
            draft,
            limits,
            requests: AtomicU64::new(0),
            places,
            started,
            draining: AtomicBool::new(false),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Opens the API for a tenant, or gives the tenant another desk. Requests in flight finish at the
    /// desk at which they began.
    pub fn put_tenant(&self, tenant: TenantId, desk: Arc<Desk>) {
        self.change_tenants(|tenants| drop(tenants.insert(tenant, desk)));
    }

    /// Closes the API for a tenant. Says whether it was open.
    pub fn remove_tenant(&self, tenant: &TenantId) -> bool {
        let mut known = false;
        self.change_tenants(|tenants| known = tenants.remove(tenant).is_some());
        known
    }

    /// Serves these tenants and no others from now on.
    pub fn replace_tenants(&self, desks: impl IntoIterator<Item = (TenantId, Arc<Desk>)>) {
        let desks = desks.into_iter().collect();
        self.change_tenants(|tenants| *tenants = desks);
    }

    /// The tenants that are served now.
    #[must_use]
    pub fn tenants(&self) -> Vec<TenantId> {
        self.desks().keys().cloned().collect()
    }

    /// The limits.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.shared.limits
    }

    /// Says from now on that the server is not ready, so that nothing new is sent to it.
    pub fn begin_drain(&self) {
        self.shared.draining.store(true, Ordering::Release);
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.shared.draining.load(Ordering::Acquire)
    }

    pub(crate) fn desk(&self, tenant: &TenantId) -> Option<Arc<Desk>> {
        self.desks().get(tenant).cloned()
    }

    pub(crate) fn tokens(&self) -> Arc<dyn Ledger> {
        Arc::clone(&self.shared.tokens)
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.shared.clock)()
    }

    pub(crate) fn derive(&self, tenant: &TenantId, facts: &mut Facts) {
        (self.shared.derive)(tenant, facts);
    }

    pub(crate) fn draft(&self) -> Draft {
        Arc::clone(&self.shared.draft)
    }

    /// A place for one more request, until it is dropped; none if there are too many.
    pub(crate) fn place(&self) -> Option<SemaphorePermit<'_>> {
        self.shared.places.try_acquire().ok()
    }

    /// A number for the next request, different from those of earlier runs.
    pub(crate) fn next_request(&self) -> String {
        let number = self.shared.requests.fetch_add(1, Ordering::Relaxed);
        format!("{:x}-{number:x}", self.shared.started.as_ms())
    }

    fn desks(&self) -> Arc<Tenants> {
        // A panic while the lock was held leaves the old map or the new one, both whole.
        Arc::clone(&self.shared.tenants.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn change_tenants(&self, change: impl FnOnce(&mut Tenants)) {
        let mut tenants = self.shared.tenants.write().unwrap_or_else(PoisonError::into_inner);
        change(Arc::make_mut(&mut tenants));
    }
}
