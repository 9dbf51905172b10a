//! Is a component, but no plugin.

#[allow(dead_code, reason = "there is nothing to be used")]
fn nothing() {}
