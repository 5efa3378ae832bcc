//! `guerdon client`

use serde_json::json;

use super::{Failure, actor, connect, output, require_tenant};
use crate::{
    config::Settings,
    domain::{
        actor::Caller,
        ids::{ClientId, TenantId},
        name,
        scope::{Scope, Scopes},
        time::Timestamp,
        token::RATE_MAX,
    },
    service::api_clients::{self, ApiClient, OldSecret},
};

/// Make and manage API clients: programs that get tokens and speak the API.
#[derive(Debug, clap::Subcommand)]
pub(super) enum ClientCommand {
    /// Make an API client and print its secret, this once
    #[command(after_help = scopes_help())]
    Create(Create),
    /// Make a new secret for an API client and print it, this once; the one before is good for a day more
    Rotate(Rotate),
    /// Revoke an API client: its tokens have ended, on every replica, when this returns
    Revoke(Revoke),
    /// List a tenant's API clients
    List(List),
}

#[derive(Debug, clap::Args)]
pub(super) struct Create {
    /// Whose
    #[arg(long, value_parser = TenantId::parse)]
    tenant: TenantId,
    /// What it is called, for people
    #[arg(long, value_parser = name::parse)]
    name: String,
    /// What its tokens may do: one or more scopes, with spaces between
    #[arg(long, value_name = "SCOPES", value_parser = Scopes::parse)]
    scope: Scopes,
    /// The most requests per second that it may send; without this, no limit
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..=RATE_MAX))]
    rate: Option<i64>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Rotate {
    /// The client's id, such as `acme.0123456789abcdef0123`
    #[arg(value_parser = ClientId::parse)]
    client_id: ClientId,
    /// End the secret before at once, and every token of the client: somebody else may know it
    #[arg(long)]
    at_once: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Revoke {
    /// The client's id, such as `acme.0123456789abcdef0123`
    #[arg(value_parser = ClientId::parse)]
    client_id: ClientId,
    /// Whose; the id says it too
    #[arg(long, value_parser = TenantId::parse)]
    tenant: Option<TenantId>,
}

#[derive(Debug, clap::Args)]
pub(super) struct List {
    /// Whose
    #[arg(long, value_parser = TenantId::parse)]
    tenant: TenantId,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl ClientCommand {
    pub(super) async fn run(self, settings: Settings) -> Result<(), Failure> {
        let app = connect(settings).await?;
        match self {
            Self::Create(Create { tenant, name, scope, rate, json }) => {
                let caller = Caller { tenant, actor: actor() };
                let made = api_clients::create_with(&app, &caller, &name, &scope, rate).await?;
                if json {
                    output::json(&json!({
                        "client_id": made.client_id.as_str(), "client_secret": made.client_secret,
                    }));
                } else {
                    output::line(&format!("client_id:     {}", made.client_id));
                    output::line(&format!("client_secret: {}", made.client_secret));
                    output::line("Keep the secret now: it is not shown again.");
                }
            }
            Self::Rotate(Rotate { client_id, at_once, json }) => {
                let tenant = client_id.tenant().ok_or_else(|| Failure::Input("This is no client's id.".to_owned()))?;
                let caller = Caller { tenant, actor: actor() };
                let old = if at_once { OldSecret::EndsAtOnce } else { OldSecret::Overlaps };
                let secret = api_clients::rotate(&app, &caller, &client_id, old).await?;
                if json {
                    output::json(&json!({"client_id": client_id.as_str(), "client_secret": secret}));
                } else {
                    output::line(&format!("client_secret: {secret}"));
                    output::line("Keep the secret now: it is not shown again.");
                }
            }
            Self::Revoke(Revoke { client_id, tenant }) => {
                let tenant = tenant.or_else(|| client_id.tenant());
                let tenant = tenant.ok_or_else(|| Failure::Input("Give the tenant of the client.".to_owned()))?;
                let caller = Caller { tenant, actor: actor() };
                api_clients::revoke(&app, &caller, &client_id).await?;
                output::line(&format!("Revoked the API client `{client_id}`."));
            }
            Self::List(List { tenant, json }) => {
                require_tenant(&app, &tenant).await?;
                let clients = api_clients::list(&app.db, &tenant).await?;
                if json {
                    output::json(&clients.iter().map(describe).collect::<Vec<_>>());
                } else {
                    output::table(
                        &["CLIENT", "NAME", "STATE", "SCOPES"],
                        clients.iter().map(|client| {
                            let state = if client.revoked_at.is_some() { "revoked" } else { "active" };
                            vec![
                                client.client_id.to_string(),
                                client.name.clone(),
                                state.to_owned(),
                                client.scopes.clone(),
                            ]
                        }),
                    );
                }
            }
        }
        app.db.close().await;
        Ok(())
    }
}

fn describe(client: &ApiClient) -> serde_json::Value {
    json!({
        "client_id": client.client_id.as_str(), "name": client.name, "scopes": client.scopes,
        "rate_limit": client.rate_limit,
        "created_at": client.created_at.to_contract_z(),
        "last_used_at": client.last_used_at.map(Timestamp::to_contract_z),
        "revoked_at": client.revoked_at.map(Timestamp::to_contract_z),
    })
}

fn scopes_help() -> String {
    let scopes: Vec<String> =
        Scope::ALL.iter().map(|scope| format!("  {}\n      {}", scope.as_str(), scope.meaning())).collect();
    let example = r#"  guerdon client create --tenant acme --name shop --scope "rewardspoints.rewardpoints_view coupon.coupon_read""#;
    format!("Scopes:\n{}\n\nExample:\n{example}", scopes.join("\n"))
}
