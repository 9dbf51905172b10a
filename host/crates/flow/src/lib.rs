//! What happens to a lead, in order, and the ports that it needs.
//!
//! Follow one lead: [`Desk::take_in`] in `intake` screens it, matches it, scores it and routes it;
//! every step adds entries to a `change`, and the change becomes one batch for the ledger.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod act;
mod activation;
mod admission;
mod again;
mod ahead;
pub mod backtest;
mod campaigns;
mod change;
mod claim;
pub mod consent;
mod convert;
mod cursor;
mod desk;
mod eligibility;
mod error;
mod field;
mod fill;
mod foresight;
mod history;
mod intake;
mod keys;
pub mod ledger;
mod look_over;
mod merge;
mod orders;
pub mod outbox;
mod places;
mod qualify;
mod queue;
mod rebate;
mod recognition;
mod record;
mod refund;
mod replay;
pub mod report;
mod review;
mod revision;
mod routing;
pub mod rules;
mod scoring;
mod screening;
mod spawn;
mod standard;
mod suggest;
mod summary;
mod targets;
pub mod trial;
mod turn;
mod uploads;
mod visitors;
mod wake;
mod work;

pub use act::Acted;
pub use activation::{Activation, Adopt};
pub use ahead::Ahead;
pub use campaigns::keep_campaigns;
pub use convert::Converted;
pub use cursor::{Cursor, InvalidCursor};
pub use desk::{Desk, Instruments, Pending};
pub use error::FlowError;
pub use history::{Archive, History};
pub use intake::{Intake, Settled};
pub use orders::Acting;
pub use queue::Queue;
pub use recognition::Found;
pub use replay::{Difference, Replay, Replayer, Unreadable, asked};
pub use revision::{Frozen, Revision, RevisionRecord, Warrant, digest_of, freeze};
pub use standard::{Cited, StandardVersion};
pub use suggest::Suggestions;
pub use summary::{ChannelCredit, OwnerShare, Summary, Tally};
pub use targets::Known;
pub use uploads::{Examined, Label, Upload, keep_upload};
pub use wake::Woken;
