//! What plugins write to their standard output and error: the newest of each plugin, in memory.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use leadsman_domain::TenantId;
use leadsman_http::LogEntry;

use crate::clock;

/// How many bytes are kept of one plugin's log.
const BYTES_MAX: usize = 64 << 10;

/// What an entry takes besides its text.
const ENTRY_BYTES: usize = 64;

/// Plugins whose logs are kept for one tenant.
const PLUGINS_MAX: usize = 256;

/// The logs of all tenants' plugins.
#[derive(Default)]
pub struct Logs {
    tenants: Mutex<BTreeMap<String, BTreeMap<String, Log>>>,
}

#[derive(Default)]
struct Log {
    entries: VecDeque<LogEntry>,
    bytes: usize,
}

impl Logs {
    /// Adds what a plugin wrote in one call. The oldest entries make room.
    pub fn note(&self, tenant: &str, plugin: &str, stage: &'static str, text: &str) {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        let plugins = tenants.entry(tenant.to_owned()).or_default();
        if !plugins.contains_key(plugin) && plugins.len() == PLUGINS_MAX {
            return;
        }
        let log = plugins.entry(plugin.to_owned()).or_default();
        log.bytes += text.len() + ENTRY_BYTES;
        log.entries.push_back(LogEntry { at: clock::now(), stage, text: text.to_owned() });
        while log.bytes > BYTES_MAX
            && let Some(oldest) = log.entries.pop_front()
        {
            log.bytes -= oldest.text.len() + ENTRY_BYTES;
        }
    }

    /// What a plugin of a tenant wrote, oldest first.
    pub fn of(&self, tenant: &TenantId, plugin: &str) -> Vec<LogEntry> {
        let tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        let log = tenants.get(tenant.as_str()).and_then(|plugins| plugins.get(plugin));
        log.map(|log| log.entries.iter().cloned().collect()).unwrap_or_default()
    }
}
