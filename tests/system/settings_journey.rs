//! A shop's administrator in a real browser, with scripts and without: a draft of an earning rule that a manager
//! publishes, an API client from its first secret to its end, and the identity provider of the shop with a token tried.

use guerdon::clock::{Clock as _, SystemClock};
use serde_json::json;

use super::people::{shop_with, sign_in, sign_out};
use crate::common::{
    browser::Browser,
    issuer::{SigningKey, jwks},
    on_both,
    program::Program,
};

const ISSUER: &str = "https://id.example.com/";

async fn rules(browser: &Browser) {
    sign_in(browser, "ann").await;
    browser.goto("/admin/acme/rules/main").await;
    browser.fill("factor", "2").await;
    browser.fill("coupon_prefix", "acm").await;
    browser.click("Keep as draft").await;
    browser.see("Draft kept. Orders earn by the rule as it was.").await;
    sign_out(browser).await;

    sign_in(browser, "lena").await;
    browser.click("Earning rules").await;
    browser.see("Change waits").await;
    browser.goto("/admin/acme/rules/main").await;
    browser.see("ann kept it on").await;
    assert_eq!(browser.find("#factor").await.value().await, "1", "the form has the rule as it is");
    browser.click("Edit draft").await;
    browser.see("The form below shows it").await;
    assert_eq!(browser.find("#factor").await.value().await, "2");
    browser.fill("factor", "3").await;
    browser.click("Keep as draft").await;
    browser.see("lena kept it on").await;
    browser.click("Publish draft").await;
    browser.see("Draft published").await;
    browser.see_no("There is a draft of a change.").await;
    assert_eq!(browser.find("#factor").await.value().await, "3");
    browser.see("Version 2").await;

    browser.fill("factor", "4").await;
    browser.click("Keep as draft").await;
    browser.see("There is a draft of a change.").await;
    browser.click("Discard draft").await;
    browser.see("Draft discarded").await;
    assert_eq!(browser.find("#factor").await.value().await, "3");
    sign_out(browser).await;
}

/// Makes a client, which gets a token; changes its secret, and ends it.
async fn clients(browser: &Browser, token_url: &str) {
    sign_in(browser, "ann").await;
    browser.goto("/admin/acme/api-clients").await;
    browser.click("Create client").await;
    browser.arrive_at("/admin/acme/api-clients/new").await;
    browser.fill("name", "Till").await;
    browser.click("submit").await;
    browser.see("Choose at least one thing that the client may do.").await;
    assert_eq!(browser.find("#name").await.value().await, "Till");
    browser.tick("scope").await;
    browser.click("submit").await;
    browser.see("The secret is shown only now.").await;
    let shown =
        browser.script("return [...document.querySelectorAll('.secret .code')].map(e => e.innerText)", json!([]));
    let [id, secret]: [String; 2] = serde_json::from_value(shown.await).unwrap();
    assert_eq!(token_status(token_url, &id, &secret).await, 200);

    browser.click("Done").await;
    browser.fill("filter-q", "till").await;
    browser.press("\u{e007}").await;
    browser.find(".chip").await;
    browser.see(&id).await;
    browser.click("New secret Till").await;
    browser.script("document.querySelector('input[value=at-once]').click()", json!([])).await;
    browser.click("Make new secret").await;
    browser.see("the one before works no more").await;
    let new_secret = browser.text(".secret .code").await;
    assert_eq!(token_status(token_url, &id, &secret).await, 401);
    assert_eq!(token_status(token_url, &id, &new_secret).await, 200);

    browser.click("Done").await;
    browser.click("Revoke Till").await;
    browser.see("Revoke the client Till?").await;
    browser.click("Revoke client").await;
    browser.see("Client revoked").await;
    assert_eq!(token_status(token_url, &id, &new_secret).await, 401);
    browser.goto("/admin/acme/api-clients?view=revoked").await;
    browser.see(&id).await;
}

async fn token_status(url: &str, id: &str, secret: &str) -> u16 {
    let form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
    reqwest::Client::new().post(url).form(&form).send().await.unwrap().status().as_u16()
}

async fn customer_sign_in(browser: &Browser) {
    let key = SigningKey::ec("k1");
    let now = SystemClock.now().micros() / 1_000_000;
    let good = json!({"iss": ISSUER, "aud": "points", "sub": "C1", "iat": now, "exp": now + 900});
    browser.goto("/admin/acme/customer-sign-in").await;
    browser.see("Let customers use the token that they have").await;
    browser.click("Add provider").await;
    browser.arrive_at("/admin/acme/customer-sign-in/new").await;
    browser.fill("name", "Shop <b>id</b>").await;
    browser.fill("issuer", ISSUER).await;
    browser.fill("audience", "points").await;
    browser.click("submit").await;
    browser.see("Give the address of the keys, or paste them.").await;
    browser.fill("jwks", &jwks(&[&key])).await;
    browser.click("submit").await;
    browser.see("Identity provider added").await;
    let provider = browser.path().await;

    let explain = async |token: &str| {
        browser.fill("token", token).await;
        browser.click("Explain token").await;
    };
    browser.click("Try a token").await;
    browser.arrive_at("/admin/acme/customer-sign-in/try").await;
    explain("hello").await;
    browser.see("This is no JSON Web Token.").await;
    explain(&key.sign(&good)).await;
    browser.see("This token is taken: Shop <b>id</b> signed it.").await;
    browser.see("no account for this id yet").await;
    assert_eq!(browser.find("#token").await.value().await, "", "a token is not shown again");
    let mut stranger = good.clone();
    stranger["aud"] = json!("other");
    explain(&SigningKey::ec("k1").sign(&stranger)).await;
    browser.see("This token is refused.").await;
    browser.see("did not make this signature").await;
    browser.see("should be points").await;

    browser.goto(&provider).await;
    browser.click("Switch off").await;
    browser.see("Tokens of this provider are not taken.").await;
    browser.click("Remove provider").await;
    browser.see("Remove the provider Shop <b>id</b>?").await;
    browser.click("Remove provider").await;
    browser.see("Identity provider removed").await;
    browser.see("Let customers use the token that they have").await;
}

on_both! {
    async fn settings_are_changed_in_a_browser(db) {
        walk(&Program::on(db), true).await;
    }

    async fn settings_are_changed_without_scripts(db) {
        walk(&Program::on(db), false).await;
    }
}

async fn walk(program: &Program, scripts: bool) {
    shop_with(program, &[("ann", "admin"), ("lena", "manager")]);
    let server = program.serve().await;
    let mut browser = Browser::open(&server.url("")).await;
    if !scripts {
        browser.without_scripts().await;
    }
    // What a form refuses is a 422, which Chromium writes there.
    browser.expect_in_console("status of 422");
    rules(&browser).await;
    clients(&browser, &server.url("/oauth/token")).await;
    customer_sign_in(&browser).await;
    assert_eq!(browser.console().await, Vec::<String>::new());
}
