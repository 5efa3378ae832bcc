//! Writes the demo shop's year.

use chrono::{Datelike as _, Days, NaiveTime, TimeZone as _};
use futures_util::future::join_all;
use rand::{SeedableRng as _, rngs::StdRng, seq::IndexedRandom as _};
use rust_decimal::Decimal;

use super::{
    coupons::{self, Till},
    history::{Deed, What, deeds},
    people::{self, Person},
};
use crate::{
    app::App,
    clock::MockClock,
    domain::{
        actor::{Actor, ActorKind, Caller},
        ids::{CustomerId, OrderId, TenantId},
        ledger::entry::{EntryKind, Source},
        order::{
            earning::Award,
            snapshot::{Item, OrderStatus, Snapshot, Totals},
        },
        points::Points,
        site::Site,
        time::Timestamp,
    },
    service::ledger::{
        LedgerError,
        command::{Command, Done, NewCredit, NewDebit, NewOrder, NewRedemption, Remarks, Reply, Request},
    },
};

/// Over how many days the demo reaches.
pub(super) const DAYS: u32 = 480;

/// What is sent for nothing, and what sending costs below it.
const FREE_SHIPPING: Decimal = Decimal::from_parts(50, 0, 0, false, 0);
const SHIPPING: Decimal = Decimal::from_parts(490, 0, 0, false, 2);
/// Tax in percent.
const TAX: Decimal = Decimal::from_parts(19, 0, 0, false, 0);
/// The points that birthdays are worth in the demo.
const BIRTHDAY_POINTS: i64 = 100;

/// What the year is lived with.
pub(super) struct World<'a> {
    pub(super) app: &'a App,
    pub(super) clock: &'a MockClock,
    pub(super) tenant: TenantId,
    pub(super) sites: Vec<Site>,
    /// Ids of options that customers choose from, the more often the more they like it.
    pub(super) options: Vec<String>,
    /// The employee who adjusts.
    pub(super) employee: Actor,
    /// The employee who makes coupons by hand.
    pub(super) manager: Actor,
    /// The shop's own program.
    pub(super) shop: Actor,
}

/// Lives the days up to `today`, the last of them until now. Tells of each day that is over, and answers the orders that
/// were paid with coupons bought with points.
pub(super) async fn live(
    world: &World<'_>,
    people: &[Person],
    now: Timestamp,
    day_is_over: &dyn Fn(u32),
) -> anyhow::Result<Vec<OrderId>> {
    let mut rng = StdRng::seed_from_u64(20_261_122);
    let zone = world.sites.first().map_or(chrono_tz::UTC, |site| site.zone);
    let today = now.utc().with_timezone(&zone).date_naive();
    let mut order_number = 7_011_700;
    let mut till = Till::new();
    for day in 0..=DAYS {
        let Some(date) = today.checked_sub_days(Days::new(u64::from(DAYS - day))) else { continue };
        let midnight = zone.from_local_datetime(&date.and_time(NaiveTime::MIN)).latest();
        let Some(midnight) = midnight.map(|at| Timestamp::from(at.to_utc())) else { continue };
        let deeds = deeds(people, day, (date.month(), date.day()), &mut order_number, &mut rng);
        // What lies within the same quarter of an hour is written together, as a busy shop's requests are.
        let mut at_once: Vec<Request> = Vec::new();
        let mut quarter = 0;
        coupons::make(world, day, midnight).await?;
        for deed in &deeds {
            let at = midnight.plus_secs(i64::from(deed.second));
            if at > now {
                break;
            }
            if deed.second / 900 != quarter {
                till.keep(write(world, std::mem::take(&mut at_once)).await?);
                quarter = deed.second / 900;
            }
            world.clock.set(at);
            let mut wanted = request(world, people, deed, at, &mut rng);
            if let Some(request) = &mut wanted {
                till.pay(world, request, day).await?;
            }
            at_once.extend(wanted);
        }
        till.keep(write(world, at_once).await?);
        day_is_over(day);
    }
    Ok(till.paid)
}

/// Writes requests together; answers the coupons that were had, with whose they are. Customers who have too few points
/// for what they want go away empty-handed.
async fn write(world: &World<'_>, requests: Vec<Request>) -> Result<Vec<(CustomerId, String)>, LedgerError> {
    let customers: Vec<CustomerId> = requests.iter().map(|request| request.customer.clone()).collect();
    let written = join_all(requests.into_iter().map(|request| world.app.ledger.submit(request))).await;
    let mut had = Vec::new();
    for (customer, result) in customers.into_iter().zip(written) {
        match result {
            Ok(Reply::Done(Done::Redeemed { code, .. })) => had.push((customer, code)),
            Ok(_) | Err(LedgerError::Refused(_)) => {}
            Err(failed) => return Err(failed),
        }
    }
    Ok(had)
}

fn request(world: &World<'_>, people: &[Person], deed: &Deed, at: Timestamp, rng: &mut StdRng) -> Option<Request> {
    let person = people.get(deed.who)?;
    let site = world.sites.iter().find(|site| site.code.as_str() == person.site)?;
    let remarks = Remarks { site: Some(site.code.clone()), ..Remarks::default() };
    let until = site.valid_until(at);
    let credit = |points: i64, remarks: Remarks| {
        let points = Points::new(points).ok()?;
        Some(NewCredit { id: None, points, available_from: None, valid_until: until, remarks })
    };
    let (actor, source, command) = match &deed.what {
        What::Order { number, amount } => {
            (world.shop.clone(), Source::Api, Command::Order(Box::new(order(person, site, *number, *amount, at)?)))
        }
        What::Review => {
            let remarks = Remarks { description: Some("Product review".to_owned()), ..remarks };
            (world.shop.clone(), Source::Api, Command::Credit(EntryKind::Added, credit(50, remarks)?))
        }
        What::Birthday => {
            let text = format!("Happy birthday, {}! A little something from us.", first_name(person));
            let (reason, description) = (Some("birthday".to_owned()), Some(text));
            let remarks = Remarks { description, reason, ..remarks };
            let credit = credit(BIRTHDAY_POINTS, remarks)?;
            (world.employee.clone(), Source::BackOffice, Command::Credit(EntryKind::Added, credit))
        }
        What::Goodwill(mishap) => {
            let remarks = Remarks {
                reason: Some("goodwill".to_owned()),
                description: Some("With our apologies".to_owned()),
                private_note: Some((*mishap).to_owned()),
                ..remarks
            };
            let credit = credit([50, 100, 150].choose(rng).copied().unwrap_or(100), remarks)?;
            (world.employee.clone(), Source::BackOffice, Command::Credit(EntryKind::Added, credit))
        }
        What::Correction { points } => {
            let (reason, description) =
                (Some("order_correction".to_owned()), Some("Part of an order returned".to_owned()));
            let remarks = Remarks { description, reason, ..remarks };
            let debit = NewDebit { id: None, points: Points::new(*points).ok()?, remarks };
            (world.employee.clone(), Source::BackOffice, Command::Debit(EntryKind::Removed, debit))
        }
        What::Redeem => {
            let option_id = world.options.choose(rng)?.clone();
            let (site, prefix) = (site.code.clone(), site.coupon_prefix.clone());
            let wanted = NewRedemption { option_id, site, prefix, remarks };
            let customer = Actor { kind: ActorKind::Customer, id: person.id.to_string() };
            (customer, Source::Api, Command::Redeem(wanted))
        }
    };
    let caller = Caller { tenant: world.tenant.clone(), actor };
    Some(Request { caller, source, customer: person.id.clone(), command, key: None })
}

/// An order of goods for so much, completed now; small ones are sent for a fee.
fn order(person: &Person, site: &Site, number: u32, amount: Decimal, now: Timestamp) -> Option<NewOrder> {
    let id = OrderId::parse(&format!("B{number}")).ok()?;
    let shipping = if amount < FREE_SHIPPING { SHIPPING } else { Decimal::new(0, 2) };
    let gross = amount + shipping;
    let tax = (gross * TAX / (Decimal::ONE_HUNDRED + TAX)).round_dp(2);
    let snapshot = Snapshot {
        customer: Some(person.id.clone()),
        site: site.code.clone(),
        status: OrderStatus::Completed,
        currency: site.currency.clone(),
        totals: Totals { gross, net: gross - tax, tax, shipping, discount: Decimal::new(0, 2) },
        items: vec![Item { id: "1".to_owned(), sku: None, quantity: 1, unit_price: None, total: amount }],
        completed_at: Some(now),
    };
    let award = Award::of(&id, &snapshot, Some(&site.rule), now, site.zone);
    let with_account = award.points > 0;
    Some(NewOrder { id, snapshot, award: Some(award), with_account })
}

fn first_name(person: &Person) -> &str {
    person.name.split(' ').next().unwrap_or(&person.name)
}

/// The demo's customers, always the same ones.
pub(super) fn customers(how_many: usize, now: Timestamp) -> Vec<Person> {
    let today = now.utc().date_naive();
    let mut rng = StdRng::seed_from_u64(4_289_081_720);
    people::people(how_many, DAYS, (today.month(), today.day()), &mut rng)
}
