//! Writes events in the transaction of what causes them: for every endpoint that takes events at that moment, or not at
//! all. What is written is sent later, by the job.

use std::collections::BTreeSet;

use crate::{
    domain::{
        event::{Event, EventType},
        ids::TenantId,
        time::Timestamp,
    },
    store::{
        DbError, Tx,
        webhooks::outbox::{self, KeptEvent, Wanting},
    },
};

/// What the endpoints of some tenants want at present.
#[derive(Debug, Default)]
pub(in crate::service) struct Wants(Vec<Wanting>);

impl Wants {
    /// Reads it.
    pub(in crate::service) async fn of(tx: &mut Tx, tenants: &BTreeSet<&TenantId>) -> Result<Self, DbError> {
        if tenants.is_empty() {
            return Ok(Self::default());
        }
        Ok(Self(outbox::wanting(tx, tenants.iter().copied()).await?))
    }

    /// Whether nobody wants anything.
    pub(in crate::service) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an endpoint of the tenant wants events of this type.
    pub(in crate::service) fn has(&self, tenant: &TenantId, event_type: EventType) -> bool {
        self.0.iter().any(|one| one.tenant == *tenant && one.event_types.contains(&event_type))
    }

    fn endpoints(&self, event: &Event) -> Vec<String> {
        let wants = |one: &&Wanting| one.tenant == event.tenant && one.event_types.contains(&event.event_type);
        self.0.iter().filter(wants).map(|one| one.endpoint_id.clone()).collect()
    }
}

/// Writes those of the events that somebody wants; how many these are.
pub(in crate::service) async fn write(
    tx: &mut Tx,
    wants: &Wants,
    events: impl IntoIterator<Item = Event>,
    now: Timestamp,
) -> Result<usize, DbError> {
    let kept: Vec<KeptEvent> = events
        .into_iter()
        .map(|event| (wants.endpoints(&event), event))
        .filter(|(endpoints, _)| !endpoints.is_empty())
        .map(|(endpoints, event)| keep(&event, endpoints))
        .collect();
    if !kept.is_empty() {
        outbox::insert(tx, &kept, now).await?;
    }
    Ok(kept.len())
}

/// An event with an id of its own, for these endpoints.
pub(super) fn keep(event: &Event, endpoints: Vec<String>) -> KeptEvent {
    KeptEvent {
        tenant: event.tenant.clone(),
        event_id: format!("evt_{}", uuid::Uuid::now_v7().simple()),
        event_type: event.event_type,
        body: event.body(),
        endpoints,
    }
}
