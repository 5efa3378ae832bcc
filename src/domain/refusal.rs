//! What a rule says no to. Nothing has changed when one of these is answered.

use super::ids::CustomerId;

/// A rule said no. The message tells the person what is the case and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The account has fewer points than asked for.
    #[error("The customer has {has} points; {asked} were asked for.")]
    NotEnough {
        /// What can be spent now.
        has: i64,
        /// What was asked for.
        asked: i64,
    },
    /// There is no account, or it was closed.
    #[error("No reward points found for customer {0}")]
    UnknownCustomer(CustomerId),
    /// The account is open already.
    #[error("Couldn't create a new reward point entry for the customer '{0}'")]
    AccountExists(CustomerId),
    /// The entry's id was used for something else.
    #[error("The id '{0}' was used for another entry already. Send a new id, or the same request again.")]
    EntryIdTaken(String),
    /// The Idempotency-Key was used for another request.
    #[error("This Idempotency-Key was used for another request. Send a new key, or the same request again.")]
    KeyReused,
    /// The balance would not fit.
    #[error("The balance would grow beyond 9,007,199,254,740,991 points.")]
    BalanceTooLarge,
    /// The points would end before they begin.
    #[error("Give a validUntil that lies ahead.")]
    EndsInThePast,
    /// There is no such option that can be had now.
    #[error("No redeem option found with id {0}")]
    OptionUnknown(String),
    /// The option's stock is used up.
    #[error("This option is sold out.")]
    SoldOut,
    /// The customer has had the option as often as one customer may.
    #[error("This option can be redeemed {0} times by one customer, and was.")]
    PerCustomerReached(i64),
    /// The option is not for this site.
    #[error("This option is not offered on the site '{0}'.")]
    NotOnThisSite(String),
    /// The account's lots do not add up to its balance: somebody changed the database by hand.
    #[error("The lots of customer {0} do not add up to the balance. Run `guerdon verify`.")]
    Damaged(CustomerId),
    /// There is no such redemption of this customer.
    #[error("There is no redemption '{0}' of this customer.")]
    RedemptionUnknown(String),
    /// The redemption was cancelled before.
    #[error("This redemption has been cancelled already.")]
    AlreadyCancelled,
    /// The tenant does not let its customers cancel.
    #[error("Customers cannot cancel coupons here. Ask the shop to do it.")]
    CancellingOff,
    /// The time in which the customer could cancel is over.
    #[error("A coupon can be cancelled within {0} hours, which are over. Ask the shop to do it.")]
    CancellingOver(i64),
    /// The coupon was used, so its points are not given back.
    #[error("The coupon {0} has been used already.")]
    CouponUsed(String),
    /// There is no such entry in this account.
    #[error("There is no entry '{0}' in this account.")]
    EntryUnknown(String),
    /// The entry was undone before.
    #[error("This entry has been undone already.")]
    AlreadyUndone,
    /// Only what an employee or a client added or removed by hand can be undone.
    #[error("Only added and removed points can be undone.")]
    NotUndoable,
    /// The order was completed, and what would change now cannot change any more.
    #[error(
        "The order '{order}' was completed {what}. A completed order stays as it is; report what comes back as a return."
    )]
    OrderCompleted {
        /// The order.
        order: String,
        /// What is not the same.
        what: &'static str,
    },
    /// The order changed while the request was on its way: look at it, and ask again.
    #[error("The order '{0}' changed in the meantime. Send the request again.")]
    OrderChanged(String),
    /// There is no such order.
    #[error("There is no order '{0}'.")]
    OrderUnknown(String),
    /// The order belongs to another customer.
    #[error("The order '{0}' belongs to another customer.")]
    OrderOfAnother(String),
    /// The return's number was used for something else.
    #[error(
        "The return '{0}' was reported with other content already. Send a new return id, or the same content again."
    )]
    ReturnTaken(String),
    /// The order has no such item.
    #[error("The order has no item '{0}'.")]
    ItemUnknown(String),
    /// The amount is not in the order's currency.
    #[error("The order was paid in {0}. Give the amount in that currency.")]
    OtherCurrency(String),
}
