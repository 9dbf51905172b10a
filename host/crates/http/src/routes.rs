//! The routes, a file for each resource. Each reads its request, makes one call into the flow, and
//! wraps the answer.

pub(crate) mod activities;
pub(crate) mod bulk;
pub(crate) mod campaigns;
pub(crate) mod conversions;
pub(crate) mod health;
pub(crate) mod lead;
pub(crate) mod leads;
pub(crate) mod orders;
pub(crate) mod plugins;
pub(crate) mod policy;
pub(crate) mod reports;
pub(crate) mod summary;
pub(crate) mod targets;
pub(crate) mod trial;
pub(crate) mod visitors;
pub(crate) mod webhooks;
pub(crate) mod work;
