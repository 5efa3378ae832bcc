//! A token tried out: explained claim by claim, and kept nowhere.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    app::App,
    domain::{
        identity::{ClaimFault, SignatureFault, TimeFault, Unproven},
        role::Role,
        time::Timestamp,
        token,
    },
    service::identity::signing_in::{self, Trial},
    texts::t,
    web::{
        access::Member,
        error::WebError,
        filters,
        form::{Errors, Protected},
        format,
        html::{self, Want},
        query::customer_page,
        shell::{Section, Shell},
    },
};

/// More of a claim is not shown.
const SHOWN_CHARS_MAX: usize = 300;
/// Parts of the header by which a token names its own key: nobody looks at them.
const OWN_KEYS: [&str; 5] = ["jwk", "jku", "x5c", "x5u", "x5t"];

/// What becomes of a part of a token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Good,
    Bad,
    /// It makes no difference.
    Plain,
}

/// A part of a token, explained.
struct Line {
    name: String,
    value: String,
    verdict: Verdict,
    why: String,
    /// The page of the customer.
    link: Option<String>,
}

impl Line {
    fn new(name: impl Into<String>, value: impl Into<String>, why: Result<String, String>) -> Self {
        let (verdict, why) = match why {
            Ok(why) => (Verdict::Good, why),
            Err(why) => (Verdict::Bad, why),
        };
        Self { name: name.into(), value: value.into(), verdict, why, link: None }
    }

    fn plain(name: &str, value: &Value, why: String) -> Self {
        Self { name: name.to_owned(), value: shown(value), verdict: Verdict::Plain, why, link: None }
    }
}

/// What came of it.
struct Outcome {
    is_good: bool,
    provider: String,
    enabled: bool,
    lines: Vec<Line>,
}

/// The form.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct TokenForm {
    token: String,
}

#[derive(Template)]
#[template(path = "identity/try.html", blocks = ["main"])]
struct TryPage<'a> {
    shell: &'a Shell,
    errors: &'a Errors,
    outcome: Option<&'a Outcome>,
}

fn show(member: &Member, want: &Want, errors: &Errors, outcome: Option<&Outcome>) -> Result<HttpResponse, WebError> {
    let shell = member.shell(Section::CustomerSignIn, t!("identity-try"));
    let (shell, status) = if outcome.is_some() { (shell, StatusCode::OK) } else { errors.mark(shell) };
    let page = TryPage { shell: &shell, errors, outcome };
    html::answer(want, status, &shell, &page, &page.as_main())
}

/// Shows the form.
pub(crate) async fn try_form(member: Member, want: Want, app: Data<App>) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    show(&member, &want, &Errors::default(), None)
}

/// Explains a token. What was pasted stays out of the page: whoever has it is the customer.
pub(crate) async fn try_out(
    member: Member,
    want: Want,
    app: Data<App>,
    form: Protected<TokenForm>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let text = Unproven::bare(&form.0.token);
    let mut errors = Errors::default();
    if token::tenant_of(text).is_some() {
        errors.add("token", t!("identity-try-own"));
        return show(&member, &want, &errors, None);
    }
    let Some(unproven) = Unproven::parse(text) else {
        errors.add("token", t!("identity-try-no-token"));
        return show(&member, &want, &errors, None);
    };
    let Some(trial) = signing_in::try_out(&app, &member.place.tenant, &unproven).await? else {
        errors.add("token", t!("identity-try-no-provider"));
        return show(&member, &want, &errors, None);
    };
    let outcome = Outcome {
        is_good: trial.examined.is_good,
        provider: trial.provider.draft.name.clone(),
        enabled: trial.provider.enabled,
        lines: lines(&member, &unproven, &trial, app.now()),
    };
    show(&member, &want, &errors, Some(&outcome))
}

/// A claim as text: what it says, or its JSON.
fn shown(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if text.chars().count() <= SHOWN_CHARS_MAX {
        return text;
    }
    text.chars().take(SHOWN_CHARS_MAX).chain(['…']).collect()
}

fn lines(member: &Member, token: &Unproven<'_>, trial: &Trial, now: Timestamp) -> Vec<Line> {
    let draft = &trial.provider.draft;
    let of = |name: &str| token.claims.get(name).map(shown).unwrap_or_default();
    let judged = &trial.examined;
    let mut lines = vec![
        signature(token, trial),
        Line::new(
            "iss",
            of("iss"),
            if judged.is_issuer {
                Ok(t!("identity-is-issuer", name = &draft.name))
            } else {
                Err(t!("identity-not-issuer", issuer = &draft.issuer))
            },
        ),
        Line::new(
            "aud",
            of("aud"),
            if judged.is_audience {
                Ok(t!("identity-is-audience"))
            } else {
                Err(t!("identity-not-audience", audience = &draft.audience))
            },
        ),
    ];
    lines.extend(times(member, token, trial, now));
    lines.push(customer(member, token, trial));
    let told = ["iss", "aud", "exp", "nbf", "iat", draft.claim.as_str()];
    let others = token.claims.iter().filter(|(name, _)| !told.contains(&name.as_str()));
    lines.extend(others.map(|(name, value)| Line::plain(name, value, t!("identity-not-looked-at"))));
    let header = token.header.iter().filter(|(name, _)| !["alg", "kid", "typ"].contains(&name.as_str()));
    lines.extend(header.map(|(name, value)| {
        let why = if OWN_KEYS.contains(&name.as_str()) { t!("identity-own-key") } else { t!("identity-not-looked-at") };
        Line::plain(&t!("identity-header", name = name), value, why)
    }));
    lines
}

fn signature(token: &Unproven<'_>, trial: &Trial) -> Line {
    let of = |name: &str| token.header.get(name).map(shown).filter(|text| !text.is_empty());
    let value = [of("alg"), of("kid"), of("typ")].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let why = match &trial.signature {
        Ok((Some(kid), algorithm)) => Ok(t!("identity-signed-by", kid = kid, algorithm = *algorithm)),
        Ok((None, algorithm)) => Ok(t!("identity-signed", algorithm = *algorithm)),
        Err(SignatureFault::Critical) => Err(t!("identity-fault-critical")),
        Err(SignatureFault::Kind) => Err(t!("identity-fault-kind")),
        Err(SignatureFault::NoKey) => Err(t!("identity-fault-no-key")),
        Err(SignatureFault::Algorithm) => Err(t!("identity-fault-algorithm")),
        Err(SignatureFault::Wrong) => Err(t!("identity-fault-wrong")),
    };
    Line::new(t!("identity-signature"), value, why)
}

fn fault(fault: TimeFault) -> String {
    match fault {
        TimeFault::Missing => t!("identity-time-missing"),
        TimeFault::NoTime => t!("identity-time-none"),
        TimeFault::Over => t!("identity-time-over"),
        TimeFault::Ahead => t!("identity-time-ahead"),
        TimeFault::TooLong => t!("identity-time-long"),
    }
}

/// The times, each in words.
fn times(member: &Member, token: &Unproven<'_>, trial: &Trial, now: Timestamp) -> Vec<Line> {
    let times = trial.examined.times;
    let zone = member.place.zone;
    let told = |name: &str| {
        let secs = token.claims.get(name)?.as_i64()?;
        Some(format::date_time(Timestamp::from_micros(secs.checked_mul(1_000_000)?), zone))
    };
    let value = |name: &str| told(name).or_else(|| token.claims.get(name).map(shown)).unwrap_or_default();
    let secs = |from: Timestamp, to: Timestamp| to.micros().saturating_sub(from.micros()) / 1_000_000;
    let good = |at: Timestamp| match secs(now, at) {
        left if left > 0 => t!("identity-time-left", time = format::duration(left)),
        _ => t!("identity-time-leeway"),
    };
    let mut lines = vec![Line::new("exp", value("exp"), times.expires_at.map(good).map_err(fault))];
    for (name, judged) in [("nbf", times.not_before), ("iat", times.issued_at)] {
        if token.claims.contains_key(name) {
            lines.push(Line::new(name, value(name), judged.map(|_| t!("identity-time-begun")).map_err(fault)));
        }
    }
    lines
}

fn customer(member: &Member, token: &Unproven<'_>, trial: &Trial) -> Line {
    let name = trial.provider.draft.claim.as_str();
    match &trial.examined.customer {
        Ok(customer) => {
            let why = match trial.balance {
                Some(points) => t!("identity-customer-known", points = points),
                None => t!("identity-customer-new"),
            };
            let link = trial.balance.map(|_| customer_page(&member.place.tenant, customer));
            Line { link, ..Line::new(name, customer.as_str(), Ok(why)) }
        }
        Err(found) => {
            let why = match found {
                ClaimFault::Missing => t!("identity-claim-missing", claim = name),
                ClaimFault::NoText => t!("identity-claim-no-text"),
                ClaimFault::NoCustomer => t!("identity-claim-no-customer"),
            };
            Line::new(name, token.claims.get(name).map(shown).unwrap_or_default(), Err(why))
        }
    }
}
