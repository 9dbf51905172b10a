//! The gate before the desks: a tenant that wants much, or whose plugins are slow, leaves room for others.
//!
//! A tenant is slow whose commands take their time; long work is another kind, such as a backtest, and has
//! places of its own.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use leadsman_domain::{TenantId, Timestamp};
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

use crate::limits::Limits;
use crate::problem::{Failure, Kind};
use crate::service::Clock;

/// A tenant is slow whose commands take longer than this on average.
const SLOW_US: u64 = 4_000;

/// Places for long work, of all tenants and of one.
const LONG_MAX: usize = 8;
const LONG_PER_TENANT_MAX: usize = 2;

/// Who may be worked for, and how much at once.
pub(crate) struct Gate {
    /// Requests that are worked on, of all tenants.
    requests: Arc<Semaphore>,
    /// Commands that compute, of all tenants.
    computing: Arc<Semaphore>,
    /// Long work: uploads, policies, trials, backtests, of all tenants.
    long: Arc<Semaphore>,
    requests_per_tenant: usize,
    processors: usize,
    tenants: Mutex<HashMap<TenantId, Arc<Tenant>>>,
    clock: Clock,
}

/// The same of one tenant.
struct Tenant {
    requests: Arc<Semaphore>,
    computing: Arc<Semaphore>,
    /// While the tenant is slow.
    computing_slow: Arc<Semaphore>,
    long: Arc<Semaphore>,
    /// How long its commands took lately, in microseconds: a mean in which each counts for an eighth.
    mean_us: AtomicU64,
}

/// A place for one request, of which nobody knows yet whose it is.
pub(crate) struct Place {
    of_all: OwnedSemaphorePermit,
}

/// A place for one request of a tenant, until it is dropped; also for long work.
pub(crate) struct TenantPlace {
    _all: OwnedSemaphorePermit,
    _tenant: OwnedSemaphorePermit,
}

/// The right to compute for a tenant, until it is dropped.
pub(crate) struct Pass {
    tenant: Arc<Tenant>,
    clock: Clock,
    began: Timestamp,
    _slow: Option<OwnedSemaphorePermit>,
    _tenant: OwnedSemaphorePermit,
    _all: OwnedSemaphorePermit,
}

impl Drop for Pass {
    fn drop(&mut self) {
        let took_ms = (self.clock)().as_ms().saturating_sub(self.began.as_ms());
        let took_us = u64::try_from(took_ms).unwrap_or(0).saturating_mul(1_000);
        let mean = self.tenant.mean_us.load(Ordering::Relaxed);
        self.tenant.mean_us.store((mean * 7).saturating_add(took_us) / 8, Ordering::Relaxed);
    }
}

impl Gate {
    /// A gate for so many requests at once, of which one tenant may have so many; and for computing on so
    /// many processors. One tenant may compute on all of them, or on half while it is slow, and leaves
    /// as many places to the others.
    pub(crate) fn new(limits: &Limits, clock: Clock) -> Self {
        let processors = limits.processors.clamp(1, Semaphore::MAX_PERMITS / 2);
        Self {
            requests: Arc::new(Semaphore::new(limits.requests_max.min(Semaphore::MAX_PERMITS))),
            computing: Arc::new(Semaphore::new(processors * 2)),
            long: Arc::new(Semaphore::new(LONG_MAX)),
            requests_per_tenant: limits.requests_per_tenant_max.min(Semaphore::MAX_PERMITS),
            processors,
            tenants: Mutex::default(),
            clock,
        }
    }

    /// A place for one more request.
    pub(crate) fn place(&self) -> Result<Place, Failure> {
        let of_all = Arc::clone(&self.requests).try_acquire_owned();
        Ok(Place { of_all: of_all.map_err(|_| busy("too many requests at once; come back in a moment"))? })
    }

    /// The same, now that it is known whose request it is.
    pub(crate) fn place_of(&self, tenant: &TenantId, place: Place) -> Result<TenantPlace, Failure> {
        let of_tenant = Arc::clone(&self.tenant(tenant).requests).try_acquire_owned();
        let of_tenant =
            of_tenant.map_err(|_| busy("too many requests of this tenant at once; come back in a moment"))?;
        Ok(TenantPlace { _all: place.of_all, _tenant: of_tenant })
    }

    /// A place for long work, which is given up only when the work is done, whoever waits for it.
    pub(crate) fn long_place(&self, tenant: &TenantId) -> Result<TenantPlace, Failure> {
        let full = |_| busy("this takes long, and enough of its kind is under way; come back in a moment");
        let of_tenant = Arc::clone(&self.tenant(tenant).long).try_acquire_owned().map_err(full)?;
        let all = Arc::clone(&self.long).try_acquire_owned().map_err(full)?;
        Ok(TenantPlace { _all: all, _tenant: of_tenant })
    }

    /// The same for work that nobody may be refused, such as going back: it waits for its place.
    pub(crate) async fn wait_for_long_place(&self, tenant: &TenantId) -> Result<TenantPlace, Failure> {
        let of_tenant = Arc::clone(&self.tenant(tenant).long).acquire_owned().await.map_err(closed)?;
        let all = Arc::clone(&self.long).acquire_owned().await.map_err(closed)?;
        Ok(TenantPlace { _all: all, _tenant: of_tenant })
    }

    /// Waits for the right to compute: behind those of the same tenant first, so that they do not stand in
    /// the way of others.
    pub(crate) async fn pass(&self, tenant: &TenantId) -> Result<Pass, Failure> {
        let tenant = self.tenant(tenant);
        let slow = if tenant.mean_us.load(Ordering::Relaxed) > SLOW_US {
            Some(Arc::clone(&tenant.computing_slow).acquire_owned().await.map_err(closed)?)
        } else {
            None
        };
        let of_tenant = Arc::clone(&tenant.computing).acquire_owned().await.map_err(closed)?;
        let all = Arc::clone(&self.computing).acquire_owned().await.map_err(closed)?;
        let (clock, began) = (Arc::clone(&self.clock), (self.clock)());
        Ok(Pass { tenant, clock, began, _slow: slow, _tenant: of_tenant, _all: all })
    }

    fn tenant(&self, tenant: &TenantId) -> Arc<Tenant> {
        // A panic while the lock was held leaves a tenant there or not.
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = tenants.get(tenant) {
            return Arc::clone(known);
        }
        let places = |count| Arc::new(Semaphore::new(count));
        let new = Arc::new(Tenant {
            requests: places(self.requests_per_tenant),
            computing: places(self.processors),
            computing_slow: places((self.processors / 2).max(1)),
            long: places(LONG_PER_TENANT_MAX),
            mean_us: AtomicU64::new(0),
        });
        tenants.insert(tenant.clone(), Arc::clone(&new));
        new
    }
}

fn closed(_: AcquireError) -> Failure {
    Failure::hidden(Kind::INTERNAL, "the gate is closed")
}

fn busy(detail: &str) -> Failure {
    Failure::new(Kind::BUSY, detail)
}
