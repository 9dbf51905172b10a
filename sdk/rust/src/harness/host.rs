//! What the host would answer, per thread.

use std::cell::RefCell;
use std::collections::BTreeMap;

thread_local! {
    static HOST: RefCell<Host> = RefCell::new(Host::default());
}

/// Lists by name, and the closed hours of calendars by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Host {
    pub(crate) lists: BTreeMap<String, Vec<String>>,
    pub(crate) closed: BTreeMap<String, Vec<(i64, i64)>>,
}

impl Host {
    /// Makes this what `lists` and `calendar` answer from on this thread.
    pub(crate) fn install(&self) {
        HOST.with(|host| *host.borrow_mut() = self.clone());
    }
}

/// Reads what is installed.
pub(crate) fn with<T>(read: impl FnOnce(&Host) -> T) -> T {
    HOST.with(|host| read(&host.borrow()))
}

/// Installs lists without a harness.
#[cfg(test)]
pub(crate) fn set_lists(lists: impl IntoIterator<Item = (String, Vec<String>)>) {
    Host { lists: lists.into_iter().collect(), ..Host::default() }.install();
}
