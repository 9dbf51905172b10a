//! The store of a whole installation: what hangs together, opened and closed as one.

use std::sync::Arc;

use leadsman_domain::TenantId;
use leadsman_flow::ledger::{Ledger, LedgerError};

use crate::blobs::Blobs;
use crate::front::Front;
use crate::key::{self, Prefix};
use crate::memory::Memory;
use crate::tenant::TenantLedger;

/// The store of a whole installation. Cloning it gives another handle to the same store; it closes
/// with the last handle, those of tenants included.
#[derive(Clone)]
pub struct Store {
    core: Arc<Core>,
}

/// What the handles share. Fields are dropped in order: the front first, which writes what is
/// pending, the lock on the folder last.
pub(crate) struct Core {
    pub(crate) front: Front,
    pub(crate) blobs: Blobs,
}

impl Store {
    /// A store in memory. It forgets everything when it is dropped.
    #[must_use]
    pub fn in_memory() -> Self {
        let front = Front::direct(Box::new(Memory::default()));
        Self { core: Arc::new(Core { front, blobs: Blobs::in_memory() }) }
    }

    /// The records of a tenant.
    #[must_use]
    pub fn tenant(&self, tenant: &TenantId) -> Arc<dyn Ledger> {
        Arc::new(TenantLedger::new(Arc::clone(&self.core), Prefix::of(tenant)))
    }

    /// The records that belong to the installation and to no tenant, such as access tokens.
    #[must_use]
    pub fn system(&self) -> Arc<dyn Ledger> {
        Arc::new(TenantLedger::new(Arc::clone(&self.core), Prefix::system()))
    }

    /// The tenants that have records, in order.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    pub fn tenants(&self) -> Result<Vec<TenantId>, LedgerError> {
        let mut tenants = Vec::new();
        let mut from = Vec::new();
        loop {
            let first = self.core.front.scan(&from, None, 1)?;
            let Some((stored, _)) = first.rows.first() else { return Ok(tenants) };
            let name = key::tenant_name(stored)?;
            // Only the installation itself has a name that no tenant can have.
            tenants.extend(TenantId::parse(name));
            from = [name.as_bytes(), &[1]].concat();
        }
    }

    /// The number of the last commit that was accepted.
    #[must_use]
    pub fn last_seq(&self) -> u64 {
        self.core.front.last_seq()
    }

    /// Takes no more commits and waits until every accepted one is written. Dropping the last handle
    /// does the same.
    pub fn close(&self) {
        self.core.front.close();
    }
}
