//! What clients get to see. Views are made from the domain's types and never the other way, so the
//! domain may change without the API, and the API says nothing by accident.

pub(crate) mod accounts;
pub(crate) mod campaigns;
pub(crate) mod channels;
pub(crate) mod decision;
pub(crate) mod follow_up;
pub(crate) mod intake;
pub(crate) mod journal;
pub(crate) mod lead;
pub(crate) mod members;
pub(crate) mod plan;
pub(crate) mod plugins;
pub(crate) mod policy;
pub(crate) mod rebates;
pub(crate) mod reports;
pub(crate) mod routing;
pub(crate) mod standing;
pub(crate) mod summary;
pub(crate) mod target;
pub(crate) mod trends;
pub(crate) mod trial;
pub(crate) mod webhooks;
