//! Whom a token of an identity provider stands for.

use super::{Provider, fetching, store};
use crate::{
    app::App,
    domain::{
        identity::{ClaimFault, Examined, KeySet, Proven, SignatureFault, Times, Trusted, Unproven},
        ids::{CustomerId, TenantId},
        time::Timestamp,
        token::{AccessToken, Bearer},
    },
    secrets,
    store::{DbError, ledger::read},
};

/// Providers with one issuer and audience that a token is held against, at most.
const CANDIDATES_MAX: i64 = 50;

fn keys_of(provider: &Provider) -> KeySet {
    KeySet::parse(&provider.jwks).unwrap_or_default()
}

fn trusted<'a>(provider: &'a Provider, keys: &'a KeySet) -> Trusted<'a> {
    let draft = &provider.draft;
    Trusted { issuer: &draft.issuer, audience: &draft.audience, claim: &draft.claim, keys }
}

/// Whom a token stands for; `None` when no provider's key makes it good. Where it is good for several tenants, `named`
/// decides.
pub async fn recognise(app: &App, text: &str, named: Option<&str>) -> Result<Option<AccessToken>, DbError> {
    let Some(token) = Unproven::parse(text) else { return Ok(None) };
    let Some(issuer) = token.issuer() else { return Ok(None) };
    let now = app.now();
    // By another tenant's name it may stand for another customer.
    let hash = secrets::sha256_hex(&format!("{} {text}", named.unwrap_or_default()));
    if let Some(known) = app.known_tokens.find(&hash, now) {
        return Ok(Some(known));
    }
    let mut candidates = store::of_issuer(&app.db, issuer, CANDIDATES_MAX).await?;
    let audiences = token.audiences();
    candidates.retain(|provider| audiences.contains(&provider.draft.audience.as_str()));
    let mut good: Vec<(TenantId, Proven)> = Vec::new();
    for provider in &candidates {
        if let Some(proven) = prove(app, &token, provider, now).await? {
            good.push((provider.tenant.clone(), proven));
        }
    }
    let chosen = match (good.len(), named) {
        (0 | 1, _) => good.pop(),
        (_, Some(named)) => good.into_iter().find(|(tenant, _)| tenant.as_str() == named),
        (_, None) => None,
    };
    let Some((tenant, Proven { customer, until })) = chosen else { return Ok(None) };
    let access = AccessToken { tenant, bearer: Bearer::Customer(customer) };
    app.known_tokens.keep(hash, access.clone(), now, until);
    Ok(Some(access))
}

/// What a token proves by the keys of a provider. Only for one that is good but for its key the keys are fetched anew.
async fn prove(
    app: &App,
    token: &Unproven<'_>,
    provider: &Provider,
    now: Timestamp,
) -> Result<Option<Proven>, DbError> {
    let keys = keys_of(provider);
    let examined = token.examine(&trusted(provider, &keys), now);
    let wants_key = matches!(examined.signature, Err(SignatureFault::NoKey));
    if !(wants_key && examined.claims_are_good() && provider.url().is_some()) {
        return Ok(examined.proven());
    }
    let Some(provider) = fetching::after_unknown_key(app, provider).await? else { return Ok(None) };
    let keys = keys_of(&provider);
    Ok(token.examine(&trusted(&provider, &keys), now).proven())
}

/// A token held against a provider of the tenant, for whoever sets it up.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The provider.
    pub provider: Provider,
    /// The name and the algorithm of the key that signed the token.
    pub signature: Result<(Option<String>, &'static str), SignatureFault>,
    /// Everything else.
    pub examined: Judged,
    /// What the customer has, if there is an account.
    pub balance: Option<i64>,
}

/// The parts of [`Examined`] that hold no key.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Whether `iss` is the issuer.
    pub is_issuer: bool,
    /// Whether the audience is among `aud`.
    pub is_audience: bool,
    /// Its times.
    pub times: Times,
    /// The customer.
    pub customer: Result<CustomerId, ClaimFault>,
    /// Whether all of it is good.
    pub is_good: bool,
}

impl From<&Examined<'_>> for Judged {
    fn from(examined: &Examined<'_>) -> Self {
        Self {
            is_issuer: examined.is_issuer,
            is_audience: examined.is_audience,
            times: examined.times,
            customer: examined.customer.clone(),
            is_good: examined.proven().is_some(),
        }
    }
}

/// Holds a token against the provider of the tenant that fits best: that of its issuer and audience, else that of its
/// issuer, else the first. Nothing is kept of it. `None` without a provider.
pub async fn try_out(app: &App, tenant: &TenantId, token: &Unproven<'_>) -> Result<Option<Trial>, DbError> {
    let now = app.now();
    let fit = |provider: &Provider| {
        let issuer = token.issuer() == Some(provider.draft.issuer.as_str());
        let audience = token.audiences().contains(&provider.draft.audience.as_str());
        (!issuer, !audience)
    };
    let providers = store::list(&app.db, tenant).await?;
    let Some(provider) = providers.into_iter().min_by_key(fit) else { return Ok(None) };
    let keys = keys_of(&provider);
    let examined = token.examine(&trusted(&provider, &keys), now);
    let balance = match &examined.customer {
        Ok(customer) => read::balance(&app.db, tenant, customer, now).await?,
        Err(_) => None,
    };
    let signature = examined.signature.clone().map(|key| (key.kid.clone(), key.algorithm()));
    Ok(Some(Trial { signature, examined: Judged::from(&examined), balance, provider }))
}
