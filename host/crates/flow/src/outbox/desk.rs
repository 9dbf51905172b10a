//! Who is told what happens, as a desk knows it: in memory, so that a change that nobody is told of costs
//! nothing.

use leadsman_domain::{ReceiverId, Timestamp};

use super::receiver;
use super::{NewReceiver, Outbox, Receiver, Registered};
use crate::desk::Desk;
use crate::error::FlowError;
use crate::revision::Warrant;

impl Desk {
    /// Registers a receiver, which is told what happens from now on.
    ///
    /// # Errors
    ///
    /// As [`Outbox::add_receiver`].
    pub fn add_receiver(
        &self,
        new: NewReceiver,
        random: [u8; 32],
        warrant: &Warrant,
    ) -> Result<Registered, FlowError> {
        let _turn = self.turn();
        let added = self.outbox().add_receiver(new, random, warrant)?;
        self.read_receivers()?;
        Ok(added)
    }

    /// Removes a receiver with everything that waits for it.
    ///
    /// # Errors
    ///
    /// As [`Outbox::remove_receiver`].
    pub fn remove_receiver(&self, name: &ReceiverId) -> Result<Receiver, FlowError> {
        {
            // No change under way tells it any more when its messages are thrown away.
            let _turn = self.turn();
            self.tell(self.receivers().without(name));
        }
        let removed = self.outbox().remove_receiver(name);
        let _turn = self.turn();
        self.read_receivers()?;
        removed
    }

    /// Sends again what was given up for a receiver, and tells it again what happens if it wanted no more.
    ///
    /// # Errors
    ///
    /// When there is no such receiver; else as [`Outbox::send_again`].
    pub fn send_again(&self, name: &ReceiverId, now: Timestamp) -> Result<u64, FlowError> {
        self.note_gone(&self.outbox().receiver(name)?, None)?;
        self.outbox().send_again(name, now)
    }

    /// Notes that a receiver wants no more messages since some moment, or that it wants them again.
    ///
    /// # Errors
    ///
    /// When there is no such receiver, or the ledger fails.
    pub fn note_gone(&self, noted: &Receiver, gone: Option<Timestamp>) -> Result<(), FlowError> {
        let _turn = self.turn();
        receiver::note_gone(self.ledger(), noted, gone)?;
        self.read_receivers()
    }

    /// What waits to be told.
    #[must_use]
    pub fn outbox(&self) -> Outbox<'_> {
        Outbox::new(self.ledger())
    }

    /// Reads who is told what happens.
    pub(crate) fn read_receivers(&self) -> Result<(), FlowError> {
        self.tell(receiver::read(self.ledger())?);
        Ok(())
    }
}
