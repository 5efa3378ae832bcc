//! What a rule says no to. Nothing has changed when one of these is answered.

use super::ids::CustomerId;
use crate::texts::{Message, t};

/// A rule said no. The message tells the person what is the case and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The account has fewer points than asked for.
    #[error("{}", t!("refusal-not-enough", has = .has, asked = .asked))]
    NotEnough {
        /// What can be spent now.
        has: i64,
        /// What was asked for.
        asked: i64,
    },
    /// There is no account, or it was closed.
    #[error("{}", t!("refusal-unknown-customer", customer = .0.as_str()))]
    UnknownCustomer(CustomerId),
    /// The account is open already.
    #[error("{}", t!("refusal-account-exists", customer = .0.as_str()))]
    AccountExists(CustomerId),
    /// The entry's id was used for something else.
    #[error("{}", t!("refusal-entry-id", id = .0))]
    EntryIdTaken(String),
    /// The Idempotency-Key was used for another request.
    #[error("{}", t!("refusal-key-reused"))]
    KeyReused,
    /// The balance would not fit.
    #[error("{}", t!("refusal-too-large"))]
    BalanceTooLarge,
    /// The points would end before they begin.
    #[error("{}", t!("refusal-ends-in-the-past"))]
    EndsInThePast,
    /// There is no such option that can be had now.
    #[error("{}", t!("refusal-option-unknown", id = .0))]
    OptionUnknown(String),
    /// The option's stock is used up.
    #[error("{}", t!("refusal-sold-out"))]
    SoldOut,
    /// The customer has had the option as often as one customer may.
    #[error("{}", t!("refusal-per-customer", times = .0))]
    PerCustomerReached(i64),
    /// The option is not for this site.
    #[error("{}", t!("refusal-not-on-site", site = .0))]
    NotOnThisSite(String),
    /// The account's lots do not add up to its balance: somebody changed the database by hand.
    #[error("{}", t!("refusal-damaged", customer = .0.as_str()))]
    Damaged(CustomerId),
    /// There is no such redemption of this customer.
    #[error("{}", t!("refusal-redemption-unknown", id = .0))]
    RedemptionUnknown(String),
    /// The redemption was cancelled before.
    #[error("{}", t!("refusal-cancelled"))]
    AlreadyCancelled,
    /// The tenant does not let its customers cancel.
    #[error("{}", t!("refusal-cancelling-off"))]
    CancellingOff,
    /// The time in which the customer could cancel is over.
    #[error("{}", t!("refusal-cancelling-over", hours = .0))]
    CancellingOver(i64),
    /// The coupon was used, so its points are not given back.
    #[error("{}", t!("refusal-coupon-used", code = .0))]
    CouponUsed(String),
    /// There is no such entry in this account.
    #[error("{}", t!("refusal-entry-unknown", id = .0))]
    EntryUnknown(String),
    /// The entry was undone before.
    #[error("{}", t!("refusal-undone"))]
    AlreadyUndone,
    /// Only what an employee or a client added or removed by hand can be undone.
    #[error("{}", t!("refusal-not-undoable"))]
    NotUndoable,
    /// Nobody waits for a decision any more.
    #[error("{}", t!("approvals-closed"))]
    ApprovalClosed,
    /// The account was closed since points were asked for.
    #[error("{}", t!("approvals-account-closed", customer = .0.as_str()))]
    AccountClosed(CustomerId),
    /// The order was completed, and what would change now cannot change any more.
    #[error("{}", t!("refusal-order-completed", order = .order, what = .what))]
    OrderCompleted {
        /// The order.
        order: String,
        /// What is not the same.
        what: Message,
    },
    /// The order changed while the request was on its way: look at it, and ask again.
    #[error("{}", t!("refusal-order-changed", order = .0))]
    OrderChanged(String),
    /// There is no such order.
    #[error("{}", t!("refusal-order-unknown", order = .0))]
    OrderUnknown(String),
    /// The order belongs to another customer.
    #[error("{}", t!("refusal-order-of-another", order = .0))]
    OrderOfAnother(String),
    /// The return's number was used for something else.
    #[error("{}", t!("refusal-return-taken", id = .0))]
    ReturnTaken(String),
    /// The order has no such item.
    #[error("{}", t!("refusal-item-unknown", item = .0))]
    ItemUnknown(String),
    /// The amount is not in the order's currency.
    #[error("{}", t!("refusal-other-currency", currency = .0))]
    OtherCurrency(String),
}
