//! Identity providers of a shop: added, changed, switched off, removed; and a token explained claim by claim.

use std::sync::Arc;

use guerdon::{app::App, config::Settings};
use serde_json::{Value, json};

use super::{
    common::{
        issuer::{Publisher, SigningKey, jwks},
        on_both,
    },
    visitor::{Visitor, acme},
};

const HOME: &str = "/admin/acme/customer-sign-in";
const ISSUER: &str = "https://id.example.com/";

/// The same Guerdon, which fetches from anywhere.
fn open(app: &App) -> App {
    let settings = Settings { webhooks_allow_private: Some(true), ..app.settings.as_ref().clone() };
    App { settings: Arc::new(settings), ..app.clone() }
}

fn fields<'a>(url: &'a str, keys: &'a str) -> [(&'static str, &'a str); 6] {
    [
        ("name", "Shop <b>id</b>"),
        ("issuer", ISSUER),
        ("audience", "points"),
        ("claim", ""),
        ("jwks_url", url),
        ("jwks", keys),
    ]
}

/// Adds a provider; its page.
async fn make(ann: &Visitor, url: &str, keys: &str) -> String {
    let page = ann.page(&format!("{HOME}/new")).await;
    let made = ann.submit(&page, HOME, &fields(url, keys)).await;
    assert_eq!(made.status, 303, "{}", made.text);
    made.location().to_owned()
}

fn claims(app: &App) -> Value {
    let now = app.now().micros() / 1_000_000;
    json!({"iss": ISSUER, "aud": "points", "sub": "C1", "iat": now, "exp": now + 900, "email": "<script>@example.com"})
}

on_both! {
    async fn a_provider_is_added_changed_switched_off_and_removed(app, _clock) {
        let app = &open(app);
        let (_site, ann) = acme(app).await;
        assert!(ann.page(HOME).await.has(".empty"));
        let (key, next) = (SigningKey::ec("k1"), SigningKey::ed("k2"));
        let publisher = Publisher::start(&[&key]);
        let link = make(&ann, &publisher.url(), "").await;
        let page = ann.page(&link).await;
        assert_eq!((page.one("h1"), page.one(".page-head .badge")), ("Shop <b>id</b>".to_owned(), "On".to_owned()));
        assert!(page.one("#keys-title + *, .stack .stack-s").contains("k1"), "{}", page.text);
        assert_eq!(page.attribute("#claim", "value"), "sub");
        assert!(ann.page(HOME).await.one("tbody th").contains(ISSUER));

        publisher.answer(200, jwks(&[&key, &next]));
        ann.submit(&page, &format!("{link}/refresh"), &[]).await;
        assert!(ann.page(&link).await.one(".stack .stack-s").contains("k2"));
        publisher.answer(503, "");
        ann.submit(&page, &format!("{link}/refresh"), &[]).await;
        let failing = ann.page(&link).await;
        assert!(failing.one("main .banner").contains("it answers 503 rather than 200"), "{}", failing.text);
        assert!(failing.one(".stack .stack-s").contains("k2"), "the known keys stay");
        assert_eq!(ann.page(HOME).await.one("tbody .badge"), "No new keys");

        // Changed to pasted keys, by the version that was seen.
        let keys = jwks(&[&key]);
        let mut changed = fields("", &keys).to_vec();
        changed.push(("version", "1"));
        assert_eq!(ann.submit(&page, &link, &changed).await.location(), link);
        let stale = ann.submit(&page, &link, &changed).await;
        assert_eq!(stale.status, 409);
        let page = ann.page(&link).await;
        assert!(page.text.contains("These keys were pasted") && !page.has("main .banner"));

        ann.submit(&page, &format!("{link}/disable"), &[]).await;
        let page = ann.page(&link).await;
        assert_eq!(page.one(".page-head .badge"), "Off");
        ann.submit(&page, &format!("{link}/enable"), &[]).await;
        assert_eq!(ann.page(&link).await.one(".page-head .badge"), "On");
        let asked = ann.page(&format!("{link}/remove")).await;
        assert_eq!(asked.one("#dialog-title"), "Remove the provider Shop <b>id</b>?");
        assert_eq!(ann.submit(&asked, &format!("{link}/remove"), &[]).await.location(), HOME);
        assert_eq!(ann.get(&link).await.status, 404);
        let log = ann.page("/admin/acme/audit-log").await;
        for action in ["added", "changed", "switched off", "switched on", "removed"] {
            assert!(log.text.contains(&format!("Identity provider {action}")), "{action}");
        }
    }

    async fn what_does_not_fit_is_told_beside_its_field(app, _clock) {
        let (_site, ann) = acme(app).await;
        let keys = jwks(&[&SigningKey::ec("k1")]);
        let private = json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "AA", "d": "AA"}]}).to_string();
        for (name, value, field, tells) in [
            ("name", " ", "name", ""),
            ("issuer", "", "issuer", ""),
            ("audience", "", "audience", ""),
            ("claim", "a\u{1}b", "claim", ""),
            ("jwks", "", "jwks_url", "paste"),
            ("jwks", "{}", "jwks", "JSON Web Key Set"),
            ("jwks", "{\"keys\": []}", "jwks", "None of these keys"),
            ("jwks", &private, "jwks", "private key"),
            ("jwks_url", "https://id.example.com/jwks", "jwks", "not both"),
        ] {
            let page = ann.page(&format!("{HOME}/new")).await;
            let mut typed = fields("", &keys).to_vec();
            typed.retain(|(known, _)| *known != name);
            typed.push((name, value));
            let refused = ann.submit(&page, HOME, &typed).await;
            assert_eq!(refused.status, 422, "{name} = {value}");
            let error = refused.one(&format!("#{field}-error"));
            assert!(error.contains(tells), "{name} = {value}: {error}");
        }
        // Nothing is fetched from where the operator lets no request lead.
        let page = ann.page(&format!("{HOME}/new")).await;
        for url in ["http://127.0.0.1:1/jwks", "https://169.254.169.254/jwks", "https://localhost/jwks", "file:///etc/passwd"] {
            let refused = ann.submit(&page, HOME, &fields(url, "")).await;
            assert_eq!((refused.status.as_u16(), refused.attribute("#jwks_url", "value").as_str()), (422, url));
            assert!(refused.has("#jwks_url-error"), "{url}");
        }
        make(&ann, "", &keys).await;
        let twice = ann.submit(&page, HOME, &fields("", &keys)).await;
        assert!(twice.one("#audience-error").contains("already"));
    }

    async fn a_token_is_explained_claim_by_claim_and_kept_nowhere(app, _clock) {
        let (_site, ann) = acme(app).await;
        let page = format!("{HOME}/try");
        let (key, other) = (SigningKey::ec("k1"), SigningKey::ec("k1"));
        let explain = async |token: &str| {
            let form = ann.page(&page).await;
            let shown = ann.submit(&form, &page, &[("token", token)]).await;
            let tail = token.rsplit('.').next().unwrap();
            assert!(tail.len() < 20 || !shown.text.contains(tail), "the token is not shown again");
            shown
        };
        let good = claims(app);
        let none = explain(&key.sign(&good)).await;
        assert_eq!((none.status.as_u16(), none.one("#token-error")), (422, "Error: Add an identity provider first.".to_owned()));
        let link = make(&ann, "", &jwks(&[&key])).await;
        for (token, tells) in [("hello", "no JSON Web Token"), ("gdt_acme.xyz", "token of Guerdon itself"), ("", "no JSON Web Token")] {
            assert!(explain(token).await.one("#token-error").contains(tells), "{token}");
        }

        let shown = explain(&format!("Bearer {}", key.sign(&good))).await;
        assert_eq!(shown.status, 200);
        assert_eq!(shown.one("main .banner"), "This token is taken: Shop <b>id</b> signed it.");
        assert!(!shown.has(".badge-crit"), "{}", shown.text);
        let rows = shown.all("tbody tr");
        let row = |rows: &[String], name: &str| rows.iter().find(|row| row.starts_with(name)).cloned().unwrap_or_default();
        assert!(row(&rows, "Signature").contains("The key k1 of the provider made it (ES256)"), "{rows:?}");
        assert!(row(&rows, "exp").contains("15 minutes left"), "{rows:?}");
        assert!(row(&rows, "sub").contains("no account for this id yet"), "{rows:?}");
        assert!(row(&rows, "email").contains("<script>@example.com"), "{rows:?}");
        assert!(!shown.text.contains("<script>@"));

        let mut bad = good.clone();
        bad["aud"] = json!(["other"]);
        bad["exp"] = json!(1);
        let shown = explain(&other.sign_with(&json!({"alg": "ES256", "kid": "k1", "jku": "https://evil.example/"}), &bad)).await;
        assert!(shown.one("main .banner").contains("is refused"));
        let rows = shown.all("tbody tr");
        assert!(row(&rows, "Signature").contains("did not make this signature"), "{rows:?}");
        assert!(row(&rows, "aud").contains("should be points"), "{rows:?}");
        assert!(row(&rows, "exp").contains("The token is over"), "{rows:?}");
        assert!(row(&rows, "iss").contains("Good"), "{rows:?}");
        assert!(row(&rows, "jku (header)").contains("cannot bring its own key"), "{rows:?}");

        ann.submit(&ann.page(&link).await, &format!("{link}/disable"), &[]).await;
        assert!(explain(&key.sign(&good)).await.one("main .banner").contains("is switched off"));
        assert!(!ann.page("/admin/acme/audit-log").await.text.contains("eyJ"));
    }
}
