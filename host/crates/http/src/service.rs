//! What the API works on. The host makes one [`Service`] and changes its tenants while it serves.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use leadsman_domain::policy::Policy;
use leadsman_domain::{Facts, TenantId, Timestamp};
use leadsman_flow::backtest::Told;
use leadsman_flow::ledger::Ledger;
use leadsman_flow::{Archive, Desk, Examined, FlowError};
use serde_json::Value;

use crate::gate::Gate;
use crate::limits::Limits;

/// Tells the time. The host reads a wall clock, a test tells what it likes.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Adds to the facts of a submission what can be derived from them, as the policy says that decides over
/// it.
pub type Derive = Arc<dyn Fn(&Policy, &mut Facts) + Send + Sync>;

/// Reads a tenant's policy from its files, by their paths, and makes it ready.
pub type Draft =
    Arc<dyn Fn(&Archive, &BTreeMap<String, String>) -> Result<Drafted, Vec<DraftProblem>> + Send + Sync>;

/// Looks at a component with a configuration, safely.
pub type Examine = Arc<dyn Fn(&[u8], &Value) -> Result<Looked, Refused> + Send + Sync>;

/// Tells a tenant's history to a candidate again.
pub type Backtest = Arc<dyn Fn(&Archive, &BacktestOrder) -> Result<Told, Untold> + Send + Sync>;

/// What history shall be told to which revision again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BacktestOrder {
    /// The candidate.
    pub revision: u64,
    /// What it is compared with; the revision that decides, when missing.
    pub against: Option<u64>,
    /// Leads that came in from this moment on.
    pub from: Option<Timestamp>,
    /// What was told before this moment.
    pub to: Option<Timestamp>,
}

/// Why history was not told again.
#[derive(Debug)]
pub enum Untold {
    /// Another backtest runs.
    Busy,
    /// There is too much of it.
    TooLong {
        /// How many submissions there are.
        submissions: u64,
        /// How many are told at most.
        submissions_max: u64,
    },
    /// A revision or a record was not as it should be.
    Flow(FlowError),
}

/// What a plugin wrote in one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// When, by the clock of the machine.
    pub at: Timestamp,
    /// Where it was asked: `screening`, `scoring`, `dispatch`, `allocation` or `attribution`.
    pub stage: &'static str,
    /// What it wrote, escaped and cut at a limit.
    pub text: String,
}

/// What a tenant's plugin of a name has written lately, oldest first.
pub type PluginLog = Arc<dyn Fn(&TenantId, &str) -> Vec<LogEntry> + Send + Sync>;

/// Whether messages may be sent to an address, and if not, why.
pub type CheckAddress = Arc<dyn Fn(&str) -> Result<(), String> + Send + Sync>;

/// Gives random bytes for a secret.
pub type Random = Arc<dyn Fn() -> Result<[u8; 32], String> + Send + Sync>;

/// What the host lends to the API.
pub struct Lent {
    /// Tells the time.
    pub clock: Clock,
    /// Derives facts from facts.
    pub derive: Derive,
    /// Reads policies.
    pub draft: Draft,
    /// Looks at components.
    pub examine: Examine,
    /// Tells history again.
    pub backtest: Backtest,
    /// Shows what plugins wrote.
    pub log: PluginLog,
    /// Says where messages may be sent.
    pub receiver_address: CheckAddress,
    /// Makes secrets.
    pub random: Random,
}

/// What was found out about a component.
pub struct Looked {
    /// What is kept of that.
    pub plugin: Examined,
    /// All of it, as JSON.
    pub report: Value,
    /// What it does not like about the configuration: JSON pointers into it, and what is wrong there.
    pub problems: Vec<(String, String)>,
}

/// Why a component may not come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The cause and the remedy.
    pub sentence: String,
    /// What it does not like about the configuration: JSON pointers into it, and what is wrong there.
    pub problems: Vec<(String, String)>,
}

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
    lent: Lent,
    limits: Limits,
    requests: AtomicU64,
    gate: Arc<Gate>,
    started: Timestamp,
    draining: AtomicBool,
}

impl Service {
    /// A service without tenants.
    ///
    /// `tokens` is the ledger of the installation itself, which holds the access tokens of all tenants.
    #[must_use]
    pub fn new(tokens: Arc<dyn Ledger>, lent: Lent, limits: Limits) -> Self {
        let started = (lent.clock)();
        let gate = Gate::new(&limits, Arc::clone(&lent.clock));
        let shared = Shared {
            tenants: RwLock::default(),
            tokens,
            lent,
            limits,
            requests: AtomicU64::new(0),
            gate: Arc::new(gate),
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
        (self.shared.lent.clock)()
    }

    pub(crate) fn derive(&self, policy: &Policy, facts: &mut Facts) {
        (self.shared.lent.derive)(policy, facts);
    }

    pub(crate) fn draft(&self) -> Draft {
        Arc::clone(&self.shared.lent.draft)
    }

    pub(crate) fn examine(&self) -> Examine {
        Arc::clone(&self.shared.lent.examine)
    }

    pub(crate) fn log(&self, tenant: &TenantId, plugin: &str) -> Vec<LogEntry> {
        (self.shared.lent.log)(tenant, plugin)
    }

    pub(crate) fn receiver_address(&self, address: &str) -> Result<(), String> {
        (self.shared.lent.receiver_address)(address)
    }

    pub(crate) fn random(&self) -> Result<[u8; 32], String> {
        (self.shared.lent.random)()
    }

    pub(crate) fn backtest(&self) -> Backtest {
        Arc::clone(&self.shared.lent.backtest)
    }

    pub(crate) fn gate(&self) -> Arc<Gate> {
        Arc::clone(&self.shared.gate)
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
