//! The store of a whole installation: what hangs together, opened and closed as one.

use std::path::Path;
use std::sync::Arc;

use leadsman_domain::TenantId;
use leadsman_flow::ledger::{Ledger, LedgerError};

use crate::blobs::Blobs;
use crate::changes::Changes;
use crate::error::OpenError;
use crate::files::make_dir;
use crate::front::{Front, Pace};
use crate::key::{self, Prefix};
use crate::log::{tail, writer::Log};
use crate::memory::Memory;
use crate::options::{OpenReport, Options, Progress};
use crate::place::Place;
use crate::recovery::{self, Recovery};
use crate::tenant::TenantLedger;

/// The store of a whole installation. Cloning it gives another handle to the same store; it closes
/// with the last handle, those of tenants included.
#[derive(Clone)]
pub struct Store {
    pub(crate) core: Arc<Core>,
}

/// What the handles share. Fields are dropped in order: the front first, which writes what is
/// pending, the hold on the folder last.
pub(crate) struct Core {
    pub(crate) front: Front,
    pub(crate) blobs: Blobs,
    /// None in memory.
    pub(crate) place: Option<Place>,
}

impl Store {
    /// A store in memory. It forgets everything when it is dropped.
    #[must_use]
    pub fn in_memory() -> Self {
        let front = Front::direct(Box::new(Memory::default()));
        Self { core: Arc::new(Core { front, blobs: Blobs::in_memory(), place: None }) }
    }

    /// Opens the store in a folder, or makes one there.
    ///
    /// # Errors
    ///
    /// When another process holds the folder, or what is in it is damaged beyond what can be mended
    /// from the log without losing anything that was acknowledged.
    pub fn open(dir: impl AsRef<Path>, options: Options) -> Result<(Self, OpenReport), OpenError> {
        Self::open_with_progress(dir, options, &mut |_| {})
    }

    /// Opens the store in a folder, and says how far it is.
    ///
    /// # Errors
    ///
    /// As [`Store::open`].
    pub fn open_with_progress(
        dir: impl AsRef<Path>,
        options: Options,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(Self, OpenReport), OpenError> {
        let place = Place::hold(dir.as_ref())?;
        place.check_format()?;
        make_dir(&place.log())?;
        let tail = tail::find(&place.log())?;
        tail.make_durable(&place.log())?;
        let mut report =
            OpenReport { last_seq: tail.last_seq, torn_bytes: tail.torn_bytes, ..OpenReport::default() };
        if report.torn_bytes > 0 {
            tracing::warn!(
                bytes = report.torn_bytes,
                "the log ended in commits that were never acknowledged"
            );
        }
        let mut recovery =
            Recovery { place: &place, cache_bytes: options.cache_bytes, last_seq: report.last_seq, progress };
        let state = recovery.recover(&mut report)?;
        // Only now is it certain that what stands behind the log's last commit can be blanked.
        let log = Log::resume(&place.log(), tail, options.segment_bytes)?;
        let blobs = Blobs::open(&place.blobs())?;
        let pace =
            Pace { pending_bytes_max: options.pending_bytes_max, checkpoint_bytes: options.checkpoint_bytes };
        let front = Front::logged(Box::new(state), Box::new(log), report.last_seq, pace)
            .map_err(OpenError::io("starting the threads for", &place.dir))?;
        Ok((Self { core: Arc::new(Core { front, blobs, place: Some(place) }) }, report))
    }

    /// Makes the state of the store in a folder anew from its log, and returns the number of the last
    /// commit. The store must not be open.
    ///
    /// # Errors
    ///
    /// When another process holds the folder, or the log is damaged or does not reach back far enough.
    pub fn rebuild(
        dir: impl AsRef<Path>,
        options: Options,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<u64, OpenError> {
        recovery::rebuild(dir.as_ref(), options.cache_bytes, progress)
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

    /// The number of the last commit that is durable.
    #[must_use]
    pub fn durable_seq(&self) -> u64 {
        self.core.front.durable_seq()
    }

    /// What the durable commits after number `seq` did, in order, up to the last one that is durable
    /// now. A store in memory keeps no log and has no such record.
    ///
    /// # Errors
    ///
    /// When the log cannot be read, or does not reach back so far.
    pub fn changes_since(&self, seq: u64) -> Result<Changes, LedgerError> {
        Changes::since(self.core.place.as_ref(), seq, self.durable_seq())
    }

    /// Waits until every accepted commit is in the state, and makes the state durable. The next open
    /// has nothing to apply again.
    ///
    /// # Errors
    ///
    /// When the state cannot be written.
    pub fn checkpoint(&self) -> Result<(), LedgerError> {
        self.core.front.settle()?;
        self.core.front.adapter().checkpoint()
    }

    /// Takes no more commits and waits until every accepted one is written. Dropping the last handle
    /// does the same. The folder is let go of with the last handle.
    pub fn close(&self) {
        self.core.front.close();
    }
}
