//! Everything that speaks SQL, written once for SQLite and PostgreSQL.

pub mod access_tokens;
pub mod api_clients;
pub mod approvals;
pub mod audit;
pub mod birthdays;
pub mod bulk;
pub mod completed_orders;
pub mod coupon_settings;
pub mod coupons;
pub mod customers;
pub mod day_sums;
pub mod db;
pub mod directory;
pub mod drafts;
mod error;
pub mod expiry;
pub mod feed_secrets;
pub mod figures;
pub mod health;
pub mod idempotency;
pub mod identity_providers;
pub mod inbox;
pub mod ledger;
pub mod listing;
pub mod memberships;
pub mod option_drafts;
pub mod options;
pub mod orders;
pub mod reasons;
pub mod recent_customers;
pub mod returned_coupons;
pub mod rule_drafts;
pub mod sealed;
pub mod second_factors;
pub mod server_settings;
pub mod sessions;
pub mod sign_in_failures;
pub mod sign_ins;
pub mod sites;
pub mod sql;
pub mod statistics;
pub mod tenants;
mod types;
pub mod users;
pub mod verify;
pub mod webhooks;

pub use db::{Backend, Db, DbError, Tx};
pub use sqlx::migrate::MigrateError;

/// Every statement of the store, for the tests that prepare them on both databases.
pub fn statements() -> impl Iterator<Item = &'static sql::Sql> {
    let modules = [
        access_tokens::STATEMENTS,
        api_clients::STATEMENTS,
        approvals::STATEMENTS,
        audit::STATEMENTS,
        birthdays::STATEMENTS,
        completed_orders::STATEMENTS,
        bulk::batches::STATEMENTS,
        bulk::requests::STATEMENTS,
        bulk::rows::STATEMENTS,
        bulk::work::STATEMENTS,
        coupon_settings::STATEMENTS,
        coupons::STATEMENTS,
        coupons::desk::STATEMENTS,
        coupons::exchanges::STATEMENTS,
        coupons::list::STATEMENTS,
        coupons::sales::STATEMENTS,
        coupons::uses::STATEMENTS,
        customers::STATEMENTS,
        day_sums::STATEMENTS,
        directory::STATEMENTS,
        expiry::STATEMENTS,
        feed_secrets::STATEMENTS,
        figures::STATEMENTS,
        health::STATEMENTS,
        idempotency::STATEMENTS,
        identity_providers::STATEMENTS,
        inbox::STATEMENTS,
        ledger::history::STATEMENTS,
        ledger::links::STATEMENTS,
        ledger::load::STATEMENTS,
        ledger::own::STATEMENTS,
        ledger::read::STATEMENTS,
        ledger::save::STATEMENTS,
        ledger::summary::STATEMENTS,
        memberships::STATEMENTS,
        option_drafts::STATEMENTS,
        options::STATEMENTS,
        orders::STATEMENTS,
        recent_customers::STATEMENTS,
        reasons::STATEMENTS,
        returned_coupons::STATEMENTS,
        rule_drafts::STATEMENTS,
        second_factors::STATEMENTS,
        sealed::STATEMENTS,
        server_settings::STATEMENTS,
        sessions::STATEMENTS,
        sign_in_failures::STATEMENTS,
        sign_ins::STATEMENTS,
        sites::STATEMENTS,
        statistics::STATEMENTS,
        tenants::STATEMENTS,
        users::STATEMENTS,
        verify::STATEMENTS,
        webhooks::deliveries::STATEMENTS,
        webhooks::endpoints::STATEMENTS,
        webhooks::expiring::STATEMENTS,
        webhooks::outbox::STATEMENTS,
        webhooks::purge::STATEMENTS,
        webhooks::sending::STATEMENTS,
    ];
    modules.into_iter().flatten()
}
