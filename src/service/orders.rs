//! Orders as the shop reports them: what they earn, what comes back, and whose they are.

use super::{
    ledger::{
        LedgerError,
        command::{Command, Done, NewClaim, NewOrder, NewReturn, Reply, Request},
    },
    points::{Asked, PointsError, find_site},
    returned_coupons,
};
pub use crate::domain::order::{Order, Received};
use crate::{
    app::App,
    domain::{
        ids::{CustomerId, OrderId, ReturnId, SiteCode, TenantId},
        invalid::FieldErrors,
        money::Currency,
        order::{
            basket::Basket,
            earning::Award,
            returned::Content,
            snapshot::{OrderStatus, Snapshot},
        },
        refusal::Refusal,
        site::Site,
    },
    store::{self, Db, DbError, sites},
    texts::message,
};

/// Orders of one claim, at most.
pub const CLAIMED_MAX: usize = 100;
/// How often an order is looked at again because it changed while a request was on its way.
const ATTEMPTS_MAX: u32 = 5;

/// An order as far as it is known.
pub async fn find(db: &Db, tenant: &TenantId, id: &OrderId) -> Result<Option<Order>, DbError> {
    store::orders::find(db, tenant, id).await
}

/// Whose account an order moves; one that is nobody's moves none, and goes by its number.
fn whose(customer: Option<&CustomerId>, id: &OrderId) -> CustomerId {
    let nobody = || CustomerId::parse(id.as_str()).unwrap_or_else(|_| unreachable!("ids of both kinds are alike"));
    customer.cloned().unwrap_or_else(nobody)
}

fn require_currency(site: &Site, currency: &Currency) -> Result<(), FieldErrors> {
    if site.currency == *currency {
        return Ok(());
    }
    let message = message!("order-other-currency", site = site.code.as_str(), currency = site.currency.as_str());
    Err(FieldErrors::told("currency", message))
}

/// What a basket would earn if it were ordered and completed now, by the site's rule as it is. Nothing is kept. The site
/// is `named`, or else the one that the basket names, or else `main`.
///
/// # Errors
/// When the site does not exist or has another currency.
pub async fn earned_by(
    app: &App,
    tenant: &TenantId,
    named: Option<&SiteCode>,
    basket: &Basket,
) -> Result<(SiteCode, Award), PointsError> {
    let site = find_site(app, tenant, named.or(basket.site.as_ref())).await?;
    require_currency(&site, &basket.currency)?;
    let now = app.now();
    let rule = sites::rule_at(&app.db, tenant, &site.code, now).await?;
    let award = basket.award(&site.code, rule.as_ref(), now, site.zone);
    Ok((site.code, award))
}

/// Takes in a snapshot of an order, any number of times and in any order. The first completed one earns the points, by
/// the rule of the site that held when the order was completed.
///
/// # Errors
/// When the site does not exist or has another currency, or the order was completed for another customer.
pub async fn report(
    app: &App,
    asked: &Asked,
    id: &OrderId,
    snapshot: &Snapshot,
) -> Result<(Order, Received), PointsError> {
    let tenant = &asked.caller.tenant;
    let site = find_site(app, tenant, Some(&snapshot.site)).await?;
    let mut attempt = 1;
    loop {
        let known = find(&app.db, tenant, id).await?;
        let completed = known.as_ref().is_some_and(|order| order.award.is_some());
        if !completed {
            require_currency(&site, &snapshot.currency)?;
        }
        let award = match snapshot.completed_at.filter(|_| snapshot.status == OrderStatus::Completed) {
            None => None,
            Some(at) => {
                // A shop's clock may be ahead; a rule that nobody has made yet cannot hold.
                let at = at.min(app.now());
                let rule = sites::rule_at(&app.db, tenant, &site.code, at).await?;
                Some(Award::of(id, snapshot, rule.as_ref(), at, site.zone))
            }
        };
        let earns = |award: Option<&Award>| award.is_some_and(|award| award.points > 0);
        let customer = snapshot.customer.as_ref().or_else(|| known.as_ref()?.customer());
        let earns = earns(award.as_ref()) || earns(known.as_ref().and_then(|order| order.award.as_ref()));
        let with_account = customer.is_some() && award.is_some() && earns;
        let whose = whose(customer, id);
        let new = NewOrder { id: id.clone(), snapshot: snapshot.clone(), award, with_account };
        match submit(app, asked.clone().request(whose, Command::Order(Box::new(new))), attempt).await? {
            Some(Reply::Done(Done::Order(order, received))) => {
                // It was called off, or what came back of it arrived first.
                returned_coupons::look_after(app, tenant, &order).await?;
                return Ok((*order, received));
            }
            _ => attempt += 1,
        }
    }
}

/// Takes in what came back of an order, once for each return's number. What comes before its order, or before the order
/// is completed, waits.
///
/// # Errors
/// When the order does not have what it names, or the number belongs to another return.
pub async fn report_return(
    app: &App,
    asked: &Asked,
    id: &OrderId,
    return_id: &ReturnId,
    content: &Content,
) -> Result<(Order, bool), PointsError> {
    let mut attempt = 1;
    loop {
        let known = find(&app.db, &asked.caller.tenant, id).await?;
        let given = known.as_ref().filter(|order| order.entry.is_some());
        let whose = whose(given.and_then(Order::customer), id);
        let new = NewReturn {
            order: id.clone(),
            id: return_id.clone(),
            content: content.clone(),
            with_account: given.is_some(),
        };
        match submit(app, asked.clone().request(whose, Command::Return(Box::new(new))), attempt).await? {
            Some(Reply::Done(Done::Returned(order, is_new))) => {
                returned_coupons::look_after(app, &asked.caller.tenant, &order).await?;
                return Ok((*order, is_new));
            }
            _ => attempt += 1,
        }
    }
}

/// Gives guests' orders to a customer, with the points that they earned: all of them, or none.
///
/// # Errors
/// When one of the orders is unknown, or belongs to another customer.
pub async fn claim(app: &App, asked: &Asked, customer: &CustomerId, orders: &[OrderId]) -> Result<Reply, PointsError> {
    let mut attempt = 1;
    loop {
        let mut with_account = false;
        for id in orders {
            let known = find(&app.db, &asked.caller.tenant, id).await?;
            let award = known.and_then(|order| order.award);
            with_account |= award.is_some_and(|award| award.points > 0);
        }
        let new = NewClaim { orders: orders.to_vec(), with_account };
        match submit(app, asked.clone().request(customer.clone(), Command::Claim(new)), attempt).await? {
            Some(reply) => return Ok(reply),
            None => attempt += 1,
        }
    }
}

/// Asks the ledger. `None`: the order changed while the request was on its way, and is to be looked at again.
async fn submit(app: &App, request: Request, attempt: u32) -> Result<Option<Reply>, LedgerError> {
    match app.ledger.submit(request).await {
        Err(LedgerError::Refused(Refusal::OrderChanged(_))) if attempt < ATTEMPTS_MAX => Ok(None),
        other => other.map(Some),
    }
}
