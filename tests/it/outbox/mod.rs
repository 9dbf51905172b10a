//! What is to be sent: which messages a lead makes, and how they come to their receivers.

mod deliveries;
mod hostile;
mod messages;
mod receiver;
