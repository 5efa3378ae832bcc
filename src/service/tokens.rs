//! Access tokens: issued to API clients, made for customers, recognised. Kept only as hashes.

use serde_json::json;
use subtle::ConstantTimeEq as _;

use super::{
    api_clients,
    idempotency::{self, Begun, KeyedRequest},
    identity,
};
use crate::{
    app::App,
    domain::{
        actor::Caller,
        ids::{ClientId, CustomerId, TenantId},
        scope::{self, Scopes},
        time::Timestamp,
        token::{self, AccessToken, Bearer},
    },
    secrets::{self, SecretKey},
    store::{
        self, Db, DbError,
        access_tokens::StoredToken,
        db::{AsConflict, retry_on_conflict},
    },
};

const SERVICE: &str = "service";
const CUSTOMER: &str = "customer";
/// What the secret part of a guest's access token begins with, and what it is signed for.
const GUEST: &str = "guest";
/// The same of a token that renews it.
const GUEST_REFRESH: &str = "guest-refresh";

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// No such client, another secret, or a revoked client: nobody learns which.
    #[error("Unknown client, wrong secret, or a client that was revoked.")]
    InvalidClient,
    /// Nothing of what was asked for may be had.
    #[error("{0}")]
    InvalidScope(String),
    /// The Idempotency-Key belongs to another request.
    #[error("This Idempotency-Key was used for another request. Send a new key, or the same request again.")]
    KeyReused,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl AsConflict for TokenError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_conflict())
    }
}

/// A new token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedToken {
    /// The token itself: answered, never kept.
    pub access_token: String,
    /// For how many seconds it is good.
    pub expires_in: i64,
    /// What it may do, in the words of the answer.
    pub scope: String,
    /// Whether this is the answer to an earlier request again.
    pub replayed: bool,
}

/// Issues a token to a client that knows its secret. `wanted` narrows what the token may do.
pub async fn issue(
    app: &App,
    client_id: &str,
    client_secret: &str,
    wanted: Option<&str>,
) -> Result<IssuedToken, TokenError> {
    let client_id = ClientId::parse(client_id).map_err(|_invalid| TokenError::InvalidClient)?;
    let tenant = client_id.tenant().ok_or(TokenError::InvalidClient)?;
    let client = store::api_clients::find(&app.db, &tenant, &client_id).await?;
    let client = client.filter(|client| client.revoked_at.is_none()).ok_or(TokenError::InvalidClient)?;
    let given = secrets::sha256_hex(client_secret);
    let is = |hash: &str| bool::from(given.as_bytes().ct_eq(hash.as_bytes()));
    let overlaps = client.old_secret_until.is_some_and(|until| app.now() < until);
    let old = client.old_secret_hash.as_deref().filter(|_| overlaps);
    if !(is(&client.secret_hash) || old.is_some_and(is)) {
        return Err(TokenError::InvalidClient);
    }
    let granted = Granted::narrow(&tenant, &Scopes::known(&client.scopes), wanted.unwrap_or_default())?;
    let access_token = token::text(&tenant, &secrets::random_text());
    let expires_in = app.settings.token_lifetime_secs();
    let now = app.now();
    let stored = StoredToken {
        kind: SERVICE.to_owned(),
        client_id: Some(client_id.clone()),
        customer_id: None,
        scopes: granted.scopes.to_string(),
        created_at: now,
        expires_at: now.plus_secs(expires_in),
    };
    let due = app.known_tokens.is_use_due(&client_id, now);
    retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        store::access_tokens::insert(&mut tx, &tenant, &secrets::sha256_hex(&access_token), &stored).await?;
        if due {
            store::api_clients::touch(&mut tx, &tenant, &client_id, now).await?;
        }
        tx.commit().await
    })
    .await?;
    Ok(IssuedToken { access_token, expires_in, scope: granted.text(&tenant), replayed: false })
}

/// What a token may do.
struct Granted {
    scopes: Scopes,
    names_tenant: bool,
}

impl Granted {
    /// Those of the client's scopes that are asked for; all when nothing is asked for. Scopes of a larger platform,
    /// which clients written for it ask for too, are passed over.
    fn narrow(tenant: &TenantId, allowed: &Scopes, wanted: &str) -> Result<Self, TokenError> {
        let (tenants, names): (Vec<_>, Vec<_>) = scope::split(wanted).partition(|name| name.starts_with("tenant="));
        if let Some(other) = tenants.iter().find(|name| name.strip_prefix("tenant=") != Some(tenant.as_str())) {
            return Err(TokenError::InvalidScope(format!(
                "This client belongs to the tenant {tenant}, not `{other}`."
            )));
        }
        let scopes = if names.is_empty() { allowed.clone() } else { allowed.and(&Scopes::known(&names.join(" "))) };
        if scopes.is_empty() {
            return Err(TokenError::InvalidScope(format!("This client may have: {allowed}.")));
        }
        Ok(Self { scopes, names_tenant: !tenants.is_empty() })
    }

    fn text(&self, tenant: &TenantId) -> String {
        if self.names_tenant { format!("tenant={tenant} {}", self.scopes) } else { self.scopes.to_string() }
    }
}

/// A token to be made for a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerToken {
    /// Whose.
    pub customer: CustomerId,
    /// For how many seconds: see [`token::customer_secs`].
    pub secs: i64,
    /// The client that makes it, with which it ends; none on the command line.
    pub client: Option<ClientId>,
}

/// Makes a token for a customer of the caller's tenant.
pub async fn issue_to_customer(
    app: &App,
    caller: &Caller,
    wanted: &CustomerToken,
    keyed: Option<&KeyedRequest>,
) -> Result<IssuedToken, TokenError> {
    retry_on_conflict(|| issue_to_customer_once(app, caller, wanted, keyed)).await
}

/// Random; with an Idempotency-Key the same again for the same key, so that no token needs to be kept to be
/// answered again.
fn customer_secret(signer: &SecretKey, caller: &Caller, keyed: Option<&KeyedRequest>) -> String {
    match keyed {
        None => secrets::random_text(),
        Some(request) => {
            let Caller { tenant, actor } = caller;
            let message = json!([tenant.as_str(), actor.kind.as_str(), actor.id, request.key, request.fingerprint]);
            signer.sign_text("customer token", &message.to_string())
        }
    }
}

async fn issue_to_customer_once(
    app: &App,
    caller: &Caller,
    wanted: &CustomerToken,
    keyed: Option<&KeyedRequest>,
) -> Result<IssuedToken, TokenError> {
    let keys = app.secret.ring();
    let (mut now, mut signer) = (app.now(), keys.first());
    let mut tx = app.db.begin().await?;
    let replayed = match idempotency::begin(&mut tx, caller, keyed, now).await? {
        Begun::Fresh => false,
        Begun::Replay { body, .. } => {
            // When it was made and, if that was kept, with which key: another one's token would be another.
            let (made, key) = body.split_once(' ').unwrap_or((&body, ""));
            now = made.parse().map_or(now, Timestamp::from_micros);
            signer = keys.find(key).unwrap_or(signer);
            true
        }
        Begun::KeyReused => return Err(TokenError::KeyReused),
    };
    let stored = StoredToken {
        kind: CUSTOMER.to_owned(),
        client_id: wanted.client.clone(),
        customer_id: Some(wanted.customer.clone()),
        scopes: String::new(),
        created_at: now,
        expires_at: now.plus_secs(wanted.secs),
    };
    let access_token = token::text(&caller.tenant, &customer_secret(signer, caller, keyed));
    // Again the same row when it is there still, and one that has ended when it was purged.
    store::access_tokens::insert(&mut tx, &caller.tenant, &secrets::sha256_hex(&access_token), &stored).await?;
    if !replayed {
        let made = format!("{} {}", now.micros(), signer.id());
        idempotency::finish(&mut tx, caller, keyed, 200, &made).await?;
    }
    tx.commit().await?;
    Ok(IssuedToken { access_token, expires_in: wanted.secs, scope: String::new(), replayed })
}

/// The tokens of a guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnonymousTokens {
    /// Reads options and validates coupons.
    pub access_token: String,
    /// Renews both.
    pub refresh_token: String,
    /// The same after every renewal.
    pub session: String,
    /// For how many seconds the access token is good.
    pub expires_in: i64,
}

/// Issues tokens to a guest of a tenant; `None` when there is no such tenant. Nothing is kept: whoever asks for a
/// million of them fills no table.
pub async fn issue_to_guest(app: &App, tenant: &TenantId) -> Result<Option<AnonymousTokens>, DbError> {
    let known = store::tenants::find(&app.db, tenant).await?.is_some();
    Ok(known.then(|| guest_tokens(app, tenant, &secrets::random_id())))
}

/// Renews the tokens of a guest; `None` when the text is no refresh token of the tenant, or has ended.
pub fn renew_for_guest(app: &App, tenant: &TenantId, refresh_token: &str) -> Option<AnonymousTokens> {
    let named = token::tenant_of(refresh_token).filter(|named| named == tenant)?;
    let session = signed_session(app, &named, refresh_token, GUEST_REFRESH)?;
    Some(guest_tokens(app, tenant, &session))
}

fn guest_tokens(app: &App, tenant: &TenantId, session: &str) -> AnonymousTokens {
    let sign = |purpose: &str, secs: i64| {
        let until = app.now().plus_secs(secs).micros();
        let signature = app.secret.sign_text(purpose, &guest_claim(tenant, session, until));
        token::text(tenant, &format!("{purpose}.{session}.{until}.{signature}"))
    };
    let expires_in = app.settings.token_lifetime_secs();
    AnonymousTokens {
        access_token: sign(GUEST, expires_in),
        refresh_token: sign(GUEST_REFRESH, token::ANONYMOUS_REFRESH_SECS),
        session: session.to_owned(),
        expires_in,
    }
}

fn guest_claim(tenant: &TenantId, session: &str, until: i64) -> String {
    json!([tenant.as_str(), session, until]).to_string()
}

/// The session of a guest's token that was signed here for this purpose and has not ended.
fn signed_session(app: &App, tenant: &TenantId, text: &str, purpose: &str) -> Option<String> {
    let (_, secret) = text.split_once('.')?;
    let mut parts = secret.strip_prefix(purpose)?.strip_prefix('.')?.split('.');
    let (session, until, signature) = (parts.next()?, parts.next()?.parse::<i64>().ok()?, parts.next()?);
    let signed = app.secret.is_signed(purpose, &guest_claim(tenant, session, until), signature);
    let genuine = signed && parts.next().is_none();
    (genuine && app.now().micros() < until).then(|| session.to_owned())
}

/// Whom a token's text stands for; `None` when it is none, has ended, or its client was revoked. A token of an identity
/// provider may be good for several tenants: then `named` decides.
pub async fn recognise(app: &App, text: &str, named: Option<&str>) -> Result<Option<AccessToken>, DbError> {
    let Some(tenant) = token::tenant_of(text) else { return identity::signing_in::recognise(app, text, named).await };
    if let Some(session) = signed_session(app, &tenant, text, GUEST) {
        return Ok(Some(AccessToken { tenant, bearer: Bearer::Anonymous { session } }));
    }
    let (hash, now) = (secrets::sha256_hex(text), app.now());
    if let Some(token) = app.known_tokens.find(&hash, now) {
        return Ok(Some(token));
    }
    let Some(found) = store::access_tokens::find(&app.db, &tenant, &hash, now).await? else { return Ok(None) };
    let (stored, rate) = (found.token, found.rate_limit);
    let expires_at = stored.expires_at;
    let bearer = match (stored.kind.as_str(), stored.client_id, stored.customer_id) {
        (SERVICE, Some(client), None) => Bearer::Service { client, scopes: Scopes::known(&stored.scopes), rate },
        (CUSTOMER, _, Some(customer)) => Bearer::Customer(customer),
        (kind, ..) => return Err(DbError::Damaged(format!("a token of kind `{kind}` of tenant {tenant}"))),
    };
    if let Bearer::Service { client, .. } = &bearer {
        api_clients::note_use(app, client);
    }
    let token = AccessToken { tenant, bearer };
    app.known_tokens.keep(hash, token.clone(), now, expires_at);
    Ok(Some(token))
}

/// Deletes the tokens that have ended; for a job.
pub async fn purge(db: &Db, now: Timestamp) -> Result<u64, DbError> {
    store::access_tokens::purge(db, now).await
}
