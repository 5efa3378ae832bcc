//! What the demo's shop needs to be a client of Guerdon: a secret, and a place among the origins.

use super::tenant;
use crate::{
    app::App,
    domain::{
        actor::{Actor, Caller},
        ids::SiteCode,
        scope::Scopes,
        site_change::SiteChange,
    },
    service::{
        api_clients::{self, OldSecret},
        sites,
    },
};

/// What the shop's client is called in the back office.
const NAME: &str = "Demo shop";
/// Fewer than a site may have: the oldest go, which belong to ports of earlier days.
const ORIGINS_MAX: usize = 20;

/// How the shop signs in.
pub struct ShopClient {
    /// The tenant whose shop it is.
    pub tenant: &'static str,
    /// The client.
    pub client_id: String,
    /// Its secret, made anew each time the demo starts.
    pub client_secret: String,
}

/// Gives the shop its client, with a new secret, and lets its pages show points.
pub async fn equip_shop(app: &App, scopes: &str, origins: &[String]) -> anyhow::Result<ShopClient> {
    let caller = Caller { tenant: tenant()?, actor: Actor::system("demo") };
    let clients = api_clients::list(&app.db, &caller.tenant).await?;
    let known = clients.into_iter().find(|client| client.name == NAME && client.revoked_at.is_none());
    let (client_id, client_secret) = if let Some(client) = known {
        let secret = api_clients::rotate(app, &caller, &client.client_id, OldSecret::Overlaps).await?;
        (client.client_id, secret)
    } else {
        let new = api_clients::create(app, &caller, NAME, &Scopes::parse(scopes)?).await?;
        (new.client_id, new.client_secret)
    };
    let main = sites::find(&app.db, &caller.tenant, &SiteCode::main()).await?;
    let mut listed = main.map(|site| site.allowed_origins).unwrap_or_default();
    let new: Vec<String> = origins.iter().filter(|origin| !listed.contains(origin)).cloned().collect();
    if !new.is_empty() {
        listed.extend(new);
        let listed = listed.split_off(listed.len().saturating_sub(ORIGINS_MAX));
        let change = SiteChange { allowed_origins: Some(listed), ..SiteChange::default() };
        sites::change(app, &caller, &SiteCode::main(), None, &change).await?;
    }
    Ok(ShopClient { tenant: super::TENANT, client_id: client_id.to_string(), client_secret })
}
