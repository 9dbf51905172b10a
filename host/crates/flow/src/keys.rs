//! Where each record of a tenant lies.

use leadsman_domain::target::TargetKind;
use leadsman_domain::{ConversionId, Digest, LeadId, PoolId, ReceiverId, RepId, TargetId, Timestamp};

use crate::ledger::{Key, Part, Space};
use crate::uploads::Label;

pub(crate) fn lead(id: &LeadId) -> Key {
    Key::of(Space::Lead).text(id.as_str())
}

pub(crate) fn journal(id: &LeadId) -> Key {
    Key::of(Space::Journal).text(id.as_str())
}

pub(crate) fn identity(digest: Digest) -> Key {
    Key::of(Space::Identity).digest(digest)
}

/// What a contact or an account is known by, beside the leads that are known by the same.
pub(crate) fn identity_of_target(digest: Digest, kind: TargetKind) -> Key {
    identity(digest).text(kind.as_str())
}

pub(crate) fn target(kind: TargetKind, id: &TargetId) -> Key {
    targets(kind).text(id.as_str())
}

pub(crate) fn campaign(id: &str) -> Key {
    campaigns().text(id)
}

pub(crate) fn campaigns() -> Key {
    Key::of(Space::Campaign)
}

/// The targets of a kind.
pub(crate) fn targets(kind: TargetKind) -> Key {
    Key::of(Space::Target).text(kind.as_str())
}

pub(crate) fn submission(key: Digest) -> Key {
    Key::of(Space::Submission).digest(key)
}

pub(crate) fn by_time(received: Timestamp, id: &LeadId) -> Key {
    Key::of(Space::ByTime).number(sortable(received)).text(id.as_str())
}

/// The leads that wait in a pool, in order of arrival.
pub(crate) fn waiting_in(pool: &PoolId) -> Key {
    Key::of(Space::ByPool).text(pool.as_str())
}

pub(crate) fn by_pool(pool: &PoolId, received: Timestamp, id: &LeadId) -> Key {
    waiting_in(pool).number(sortable(received)).text(id.as_str())
}

pub(crate) fn by_owner(owner: &RepId, since: Timestamp, id: &LeadId) -> Key {
    owned_by(owner).number(sortable(since)).text(id.as_str())
}

pub(crate) fn account(account: Digest) -> Key {
    Key::of(Space::ByAccount).digest(account)
}

pub(crate) fn due(at: Timestamp, id: &LeadId) -> Key {
    all_due().number(sortable(at)).text(id.as_str())
}

pub(crate) fn all_due() -> Key {
    Key::of(Space::Due).text("lead")
}

pub(crate) fn rep_load(rep: &RepId) -> Key {
    Key::of(Space::Load).text("rep").text(rep.as_str())
}

/// Leads that a rep owns and that a quota counts.
pub(crate) fn quota_load(rep: &RepId, quota: &str) -> Key {
    Key::of(Space::Load).text("quota").text(rep.as_str()).text(quota)
}

/// Leads that a rep took from a pool in one day: the number of days since 1970-01-01 in the policy's zone.
pub(crate) fn claims(rep: &RepId, pool: &PoolId, day: u64) -> Key {
    Key::of(Space::Load).text("claims").text(rep.as_str()).text(pool.as_str()).number(day)
}

/// The leads of an owner.
pub(crate) fn owned_by(owner: &RepId) -> Key {
    Key::of(Space::ByOwner).text(owner.as_str())
}

pub(crate) fn pool_load(pool: &PoolId) -> Key {
    Key::of(Space::Load).text("pool").text(pool.as_str())
}

/// Counters of routing plugins. The dispatch has one set; each pool's allocation has its own.
pub(crate) fn turns(pool: Option<&PoolId>) -> Key {
    match pool {
        None => Key::of(Space::Turn).text("dispatch"),
        Some(pool) => Key::of(Space::Turn).text("pool").text(pool.as_str()),
    }
}

pub(crate) fn conversion(id: &ConversionId) -> Key {
    Key::of(Space::Conversion).text(id.as_str())
}

pub(crate) fn revision(number: u64) -> Key {
    Key::of(Space::Revision).text("number").number(number)
}

pub(crate) fn revisions() -> Key {
    Key::of(Space::Revision).text("number")
}

pub(crate) fn revision_digest(digest: Digest) -> Key {
    Key::of(Space::Revision).text("digest").digest(digest)
}

pub(crate) fn last_revision() -> Key {
    Key::of(Space::Revision).text("last")
}

/// The revision with which a desk was last opened.
pub(crate) fn opened_with() -> Key {
    Key::of(Space::Revision).text("opened-with")
}

pub(crate) fn activations() -> Key {
    Key::of(Space::Revision).text("activation")
}

pub(crate) fn active_revision() -> Key {
    Key::of(Space::Revision).text("active")
}

pub(crate) fn upload(label: &Label) -> Key {
    uploads().text(&label.name).text(&label.version)
}

pub(crate) fn uploads() -> Key {
    Key::of(Space::Plugin)
}

pub(crate) fn receivers() -> Key {
    Key::of(Space::Receiver)
}

pub(crate) fn receiver(name: &ReceiverId) -> Key {
    receivers().text(name.as_str())
}

/// The messages that wait for a receiver, in the order of their next attempts.
pub(crate) fn outbox_of(receiver: Digest) -> Key {
    Key::of(Space::Outbox).digest(receiver)
}

pub(crate) fn outbox(receiver: Digest, next: Timestamp, place: u64, message: Digest) -> Key {
    outbox_of(receiver).number(sortable(next)).number(place).digest(message)
}

/// Where the messages for a receiver begin that are attempted from a moment on.
pub(crate) fn outbox_from(receiver: Digest, next: Timestamp) -> Key {
    outbox_of(receiver).number(sortable(next))
}

/// The place among those of the same moment, in the key of a message.
pub(crate) fn place_of_message(key: &Key) -> Option<u64> {
    let [_, _, Part::Number(place), _] = key.parts() else { return None };
    Some(*place)
}

/// The moment of the next attempt, in the key of a message that waits.
pub(crate) fn next_attempt(key: &Key) -> Option<Timestamp> {
    let [_, Part::Number(next), _, _] = key.parts() else { return None };
    Some(from_sortable(*next))
}

/// How many messages wait for a receiver.
pub(crate) fn outbox_load(receiver: Digest) -> Key {
    Key::of(Space::Load).text("outbox").digest(receiver)
}

/// The messages that were given up for a receiver, in the order of that.
pub(crate) fn undeliverable_of(receiver: Digest) -> Key {
    Key::of(Space::Undeliverable).digest(receiver)
}

pub(crate) fn undeliverable(receiver: Digest, given_up: Timestamp, place: u64, message: Digest) -> Key {
    undeliverable_of(receiver).number(sortable(given_up)).number(place).digest(message)
}

/// The trial that runs.
pub(crate) fn trial() -> Key {
    Key::of(Space::Revision).text("trial")
}

pub(crate) fn ended_trials() -> Key {
    Key::of(Space::Revision).text("ended-trial")
}

/// The lead in a key of an index, which is its last part.
pub(crate) fn lead_in(key: &Key) -> Option<LeadId> {
    match key.parts() {
        [.., Part::Text(id)] => LeadId::parse(id).ok(),
        _ => None,
    }
}

/// The moment and the lead in the key of something due.
pub(crate) fn moment_and_lead(key: &Key) -> Option<(Timestamp, LeadId)> {
    let [_, Part::Number(due), Part::Text(lead)] = key.parts() else { return None };
    Some((from_sortable(*due), LeadId::parse(lead).ok()?))
}

fn from_sortable(number: u64) -> Timestamp {
    Timestamp::from_ms((number ^ (1 << 63)).cast_signed())
}

/// Moments before 1970 sort before the others.
fn sortable(moment: Timestamp) -> u64 {
    moment.as_ms().cast_unsigned() ^ (1 << 63)
}
