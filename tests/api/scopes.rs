//! The document is the truth about who may call what: every operation refuses every kind of token that it does not name.

use std::collections::BTreeSet;

use guerdon::{
    api,
    domain::{ids::CustomerId, scope::Scope},
    service::tokens::{self, CustomerToken},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    common::on_both,
    shop::{Shop, caller},
};

/// Who sends a request.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Sender {
    Nobody,
    Service(Scope),
    Customer,
    Guest,
}

/// Whether the document lets this one call an operation with these requirements.
fn is_named(security: &Value, sender: &Sender) -> bool {
    security.as_array().unwrap().iter().any(|one| {
        let named = one.as_object().unwrap();
        if named.is_empty() {
            return true;
        }
        named.iter().all(|(scheme, scopes)| match (scheme.as_str(), sender) {
            ("OAuth2", Sender::Service(scope)) => {
                scopes.as_array().unwrap().iter().all(|named| named == scope.as_str())
            }
            ("CustomerAccessToken", Sender::Customer) | ("AnonymousAccessToken", Sender::Guest) => true,
            _ => false,
        })
    })
}

/// A path with something in the place of each parameter.
fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| match part {
        "{tenant}" => "acme",
        "{customerNumber}" => "C1",
        part if part.starts_with('{') => "none",
        part => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

on_both! {
    async fn every_operation_refuses_whoever_the_document_does_not_name(app, _clock) {
        let shop = Shop::open(app).await;
        let document = serde_json::to_value(api::document()).unwrap();
        let wanted = CustomerToken { customer: CustomerId::parse("C1").unwrap(), secs: 900, client: None };
        let customer = tokens::issue_to_customer(app, &caller("acme"), &wanted, None).await.unwrap().access_token;
        let guest = tokens::issue_to_guest(app, &caller("acme").tenant).await.unwrap().unwrap().access_token;
        let mut senders = vec![
            (Sender::Nobody, String::new()), (Sender::Nobody, "gdt_acme.invented".to_owned()),
            (Sender::Nobody, "eyJhbGciOiJub25lIn0.e30.".to_owned()), (Sender::Customer, customer), (Sender::Guest, guest),
        ];
        for scope in Scope::ALL {
            senders.push((Sender::Service(*scope), shop.token(scope.as_str()).await));
        }
        let (mut wrong, mut asked, mut used) = (Vec::new(), 0, BTreeSet::new());
        for (method, path) in api::operations() {
            let operation = &document["paths"][path][method.to_lowercase()];
            // Nothing said is nothing asked for.
            let open = json!([{}]);
            let security = operation.get("security").or(document.get("security")).unwrap_or(&open);
            for (sender, token) in &senders {
                let request = shop.request(Method::from_bytes(method.as_bytes()).unwrap(), &filled(path));
                let request = if token.is_empty() { request } else { request.bearer_auth(token) };
                let status = request.body("{}").send().await.unwrap().status().as_u16();
                asked += 1;
                let named = is_named(security, sender);
                // Without any token nobody learns more than that one is needed. Webhooks ask for a signature instead.
                let without = *sender == Sender::Nobody && !path.starts_with("/webhooks/");
                let refused = if without { status == 401 } else { status == 403 };
                if named == refused || status >= 500 {
                    wrong.push(format!("{method} {path}: {status} for {sender:?}, of whom the document says {named}"));
                }
                if let (true, Sender::Service(scope)) = (named, sender) {
                    used.insert(*scope);
                }
            }
        }
        assert!(wrong.is_empty(), "{} of {asked}:\n{}", wrong.len(), wrong.join("\n"));
        assert_eq!(used.len(), Scope::ALL.len(), "every scope opens something");
    }

    async fn a_session_of_the_back_office_is_no_token(app, _clock) {
        let shop = Shop::open(app).await;
        let token = shop.token("rewardspoints.rewardpoints_view").await;
        for (name, value) in [
            ("cookie", format!("guerdon={token}; access_token={token}; authorization=Bearer {token}")),
            ("x-access-token", token.clone()), ("authorization", token.clone()), ("authorization", format!("Basic {token}")),
            ("proxy-authorization", format!("Bearer {token}")),
        ] {
            let request = shop.request(Method::GET, "/reward-points/summaryBatch").header(name, value);
            assert_eq!(request.send().await.unwrap().status(), 401, "{name}");
        }
        for query in [format!("access_token={token}"), format!("token={token}")] {
            let request = shop.request(Method::GET, &format!("/reward-points/summaryBatch?{query}"));
            assert_eq!(request.send().await.unwrap().status(), 401, "in the address");
        }
        let twice = shop.request(Method::GET, "/reward-points/summaryBatch").bearer_auth(&token).bearer_auth("x");
        assert_eq!(twice.send().await.unwrap().status(), 401, "two tokens");
    }
}
