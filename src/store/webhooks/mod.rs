//! Webhooks out: endpoints, the events for them, and how the deliveries go.

pub mod deliveries;
pub mod endpoints;
pub mod expiring;
pub mod outbox;
pub mod purge;
pub mod sending;
