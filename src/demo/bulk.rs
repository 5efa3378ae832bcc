//! What the demo shop's manager changed for many customers at once: a file that was booked, and one to look at.

use std::fmt::Write as _;

use futures_util::stream;

use super::{people::Person, seed::World};
use crate::{
    domain::{actor::Caller, ids::SiteCode, time::Timestamp},
    service::bulk::{self, Act, New, work},
};

/// Customers of the file that is booked.
const CUSTOMERS: usize = 60;
/// Customers of the file that is still looked at.
const WAITING: usize = 25;

/// Uploads both, in the last hours before `now`.
pub(super) async fn change(world: &World<'_>, people: &[Person], now: Timestamp) -> anyhow::Result<()> {
    let caller = Caller { tenant: world.tenant.clone(), actor: world.manager.clone() };
    world.clock.set(now.plus_secs(-5 * 3_600));
    let mut table = "customer_id,points,reason,note,reference\n".to_owned();
    for (place, person) in people.iter().take(CUSTOMERS).enumerate() {
        writeln!(table, "{},150,promotion,Thank you for walking with us,HUT-{place:03}", person.id)?;
    }
    table.push_str("C0000000000,150,promotion,Thank you for walking with us,HUT-999\n");
    let booked = upload(world, &caller, "hut-weekend.csv", table).await?;
    world.clock.set(now.plus_secs(-4 * 3_600));
    bulk::act(world.app, &caller, &booked, Act::Run).await?;
    while work::work_off(world.app).await? {}

    world.clock.set(now.plus_secs(-3_600));
    let mut table = "customer_id;points;reason;note\n".to_owned();
    for (place, person) in people.iter().rev().take(WAITING).enumerate() {
        let points = if place % 4 == 0 { "-40" } else { "80" };
        writeln!(table, "{};{points};order_correction;Price of the winter catalogue", person.id)?;
    }
    table.push_str("C4289081720;-99.999;order_correction;\nC0000000001;20;;\n;15;;\nC4289081720;ten;;\n");
    upload(world, &caller, "price-correction.csv", table).await?;
    Ok(())
}

async fn upload(world: &World<'_>, caller: &Caller, name: &str, table: String) -> anyhow::Result<String> {
    let new = New {
        name: name.to_owned(),
        site: SiteCode::main(),
        default_reason: None,
        opens_accounts: false,
        zone: chrono_tz::Europe::Berlin,
    };
    Ok(bulk::upload(world.app, caller, new, stream::iter([Ok::<_, ()>(table)])).await?.batch_id)
}
