//! What the demo shop told of its last days by signed events: orders on their way, returns, and one event that failed.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{people::MARA, seed::World};
use crate::{
    domain::{
        actor::Caller,
        feed::Feed,
        ids::OrderId,
        order::snapshot::Item,
        time::Timestamp,
        webhook::{Message, WebhookSecret},
    },
    service::{
        feeds::{self, Arrival, secrets, work},
        orders,
    },
};

/// Hours between two of these events.
const HOURS: i64 = 7;
/// Orders paid with points that come back.
const RETURNS: usize = 4;

/// Sends the events of the last days, the last of them an hour before `now`. `paid` are orders that were paid with
/// coupons bought with points, the oldest first.
pub(super) async fn tell(world: &World<'_>, paid: &[OrderId], now: Timestamp) -> anyhow::Result<()> {
    let mut events = vec![
        placed("B7090411", "CREATED", "main", "C4289071776", 18990),
        placed("B7090411", "SHIPPED", "main", "C4289071776", 18990),
        placed("B7090423", "CREATED", "main", MARA, 7450),
        json!({ "type": "order.cancelled", "data": { "id": "B7090423" } }),
        json!({ "type": "newsletter.subscribed", "data": { "id": "N-1" } }),
    ];
    for (place, order) in paid.iter().rev().take(RETURNS).enumerate() {
        events.push(returned(world, order, place).await?);
    }
    events.push(placed("B7090498", "COMPLETED", "outlet", "C4289073145", 9900));
    let caller = Caller { tenant: world.tenant.clone(), actor: world.manager.clone() };
    world.clock.set(now.plus_secs(-30 * 86_400));
    let secret = WebhookSecret::parse(&secrets::add(world.app, &caller, Feed::Orders, None).await?)?;
    for (place, event) in events.iter().enumerate() {
        let ago = i64::try_from(events.len() - place)? * HOURS;
        world.clock.set(now.plus_secs(3_600 - ago * 3_600));
        send(world, &secret, &format!("evt_{place:04}"), event).await?;
    }
    Ok(())
}

fn placed(id: &str, status: &str, site: &str, customer: &str, cents: i64) -> Value {
    let gross = Decimal::new(cents, 2).to_string();
    json!({ "type": format!("order.{}", status.to_lowercase()), "data": {
        "id": id, "customerId": customer, "siteCode": site, "status": status, "currency": "EUR",
        "totals": { "gross": gross, "shipping": "0.00" },
        "items": [{ "id": "1", "sku": "ALP-2041", "quantity": 1, "total": gross }],
    } })
}

/// Every second of these orders comes back whole, of the others a part.
async fn returned(world: &World<'_>, id: &OrderId, place: usize) -> anyhow::Result<Value> {
    let order = orders::find(&world.app.db, &world.tenant, id).await?;
    let Some(snapshot) = order.and_then(|order| order.snapshot) else { anyhow::bail!("the order {id} is unknown") };
    let number = format!("RET-{id}");
    let data = if place.is_multiple_of(2) {
        let back = |item: &Item| json!({ "id": item.id, "quantity": item.quantity });
        let items: Vec<Value> = snapshot.items.iter().map(back).collect();
        json!({ "id": number, "orderId": id.as_str(), "items": items })
    } else {
        let third = ((snapshot.totals.gross - snapshot.totals.shipping) / Decimal::from(3)).round_dp(2);
        json!({ "id": number, "orderId": id.as_str(), "amount": third.to_string(),
            "currency": snapshot.currency.as_str() })
    };
    Ok(json!({ "type": "return.created", "data": data }))
}

async fn send(world: &World<'_>, secret: &WebhookSecret, id: &str, event: &Value) -> anyhow::Result<()> {
    let (body, at_secs) = (event.to_string(), world.app.now().micros() / 1_000_000);
    let signature = secret.sign(Message { id, at_secs, body: body.as_bytes() });
    let standard = Some((id, at_secs, signature.as_str()));
    let arrival = Arrival { feed: Feed::Orders, standard, platform: None, named: None, bytes: body.as_bytes() };
    let Some(map) = event.as_object() else { return Ok(()) };
    feeds::receive(world.app, &world.tenant, arrival, map).await?;
    while work::work_off(world.app, &mut work::Turn::default()).await? > 0 {}
    Ok(())
}
