//! Tenants, people, API clients, tokens, the audit log and keyed requests, on both databases.

#![cfg(test)]

#[path = "../common/mod.rs"]
mod common;

mod audit;
mod clients;
mod idempotency;
mod key_changes;
mod second_factor;
mod sign_in;
mod sign_ins;
mod team;
mod users;

use guerdon::{
    app::App,
    domain::{
        actor::{Actor, Caller},
        email::Email,
        ids::{TenantId, UserId},
        money::Currency,
        password::Password,
        role::Role,
    },
    service::{
        tenants::{self, NewTenant},
        users::NewUser,
    },
};

/// A password that is taken.
const PASSWORD: &str = "correct horse battery staple";

fn tenant_id(text: &str) -> TenantId {
    TenantId::parse(text).unwrap()
}

fn operator() -> Actor {
    Actor::system("command line")
}

fn caller(tenant: &str) -> Caller {
    Caller { tenant: tenant_id(tenant), actor: operator() }
}

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

fn password() -> Password {
    Password::parse(PASSWORD).unwrap()
}

async fn make_tenant(app: &App, id: &str) {
    let new = NewTenant {
        id: tenant_id(id),
        name: id.to_owned(),
        zone: chrono_tz::UTC,
        currency: Currency::parse("EUR").unwrap(),
    };
    tenants::create(app, &operator(), &new).await.unwrap();
}

async fn make_user(app: &App, address: &str, membership: Option<(&str, Role)>) -> UserId {
    let new = NewUser {
        email: email(address),
        name: "Ann".to_owned(),
        operator: false,
        membership: membership.map(|(tenant, role)| (tenant_id(tenant), role)),
    };
    guerdon::service::users::create(app, &operator(), &new, &password()).await.unwrap()
}
