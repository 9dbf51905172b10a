//! The gate before the desks: a tenant that wants much, or whose plugins take long, leaves room for others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use leadsman_domain::TenantId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::problem::{Failure, Kind};

/// Who may be worked for, and how much at once.
pub(crate) struct Gate {
    /// Requests that are worked on, of all tenants.
    requests: Arc<Semaphore>,
    /// Commands and readings that compute, of all tenants.
    computing: Arc<Semaphore>,
    requests_per_tenant: usize,
    computing_per_tenant: usize,
    tenants: Mutex<HashMap<TenantId, Tenant>>,
}

/// The same of one tenant.
#[derive(Clone)]
struct Tenant {
    requests: Arc<Semaphore>,
    computing: Arc<Semaphore>,
}

/// A place for one request of a tenant, until it is dropped.
pub(crate) struct Place {
    _all: OwnedSemaphorePermit,
    _tenant: OwnedSemaphorePermit,
}

/// The right to compute for a tenant, until it is dropped.
pub(crate) struct Pass {
    _tenant: OwnedSemaphorePermit,
    _all: OwnedSemaphorePermit,
}

impl Gate {
    /// A gate for so many requests at once, of which one tenant may have so many; and for computing on so
    /// many processors. One tenant may compute on all of them, and leaves as many places to the others.
    pub(crate) fn new(requests: usize, requests_per_tenant: usize, processors: usize) -> Self {
        let places = |count: usize| count.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            requests: Arc::new(Semaphore::new(requests.min(Semaphore::MAX_PERMITS))),
            computing: Arc::new(Semaphore::new(places(processors.saturating_mul(2)))),
            requests_per_tenant: requests_per_tenant.min(Semaphore::MAX_PERMITS),
            computing_per_tenant: places(processors),
            tenants: Mutex::default(),
        }
    }

    /// A place for one more request.
    pub(crate) fn place(&self, tenant: &TenantId) -> Result<Place, Failure> {
        let busy = |detail: &str| Failure::new(Kind::BUSY, detail);
        let of_tenant = self.tenant(tenant).requests.try_acquire_owned();
        let all = Arc::clone(&self.requests).try_acquire_owned();
        Ok(Place {
            _tenant: of_tenant
                .map_err(|_| busy("too many requests of this tenant at once; come back in a moment"))?,
            _all: all.map_err(|_| busy("too many requests at once; come back in a moment"))?,
        })
    }

    /// Waits for the right to compute: behind those of the same tenant first, so that they do not stand in
    /// the way of others.
    pub(crate) async fn pass(&self, tenant: &TenantId) -> Result<Pass, Failure> {
        let closed = |_| Failure::hidden(Kind::INTERNAL, "the gate is closed");
        let of_tenant = self.tenant(tenant).computing.acquire_owned().await.map_err(closed)?;
        let all = Arc::clone(&self.computing).acquire_owned().await.map_err(closed)?;
        Ok(Pass { _tenant: of_tenant, _all: all })
    }

    fn tenant(&self, tenant: &TenantId) -> Tenant {
        // A panic while the lock was held leaves a tenant there or not.
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = tenants.get(tenant) {
            return known.clone();
        }
        let new = Tenant {
            requests: Arc::new(Semaphore::new(self.requests_per_tenant)),
            computing: Arc::new(Semaphore::new(self.computing_per_tenant)),
        };
        tenants.insert(tenant.clone(), new.clone());
        new
    }
}
