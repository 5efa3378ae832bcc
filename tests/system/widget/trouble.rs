//! What goes wrong around the widget: tokens end, servers go away, answers are lost, two tabs want the same points.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{CUSTOMER, Shop, heard};
use crate::common::{browser::Browser, database::TestDb, program::Program, wait};

const PATIENCE: Duration = Duration::from_secs(20);

async fn shop(points: i64) -> (TestDb, Shop) {
    let db = TestDb::new(guerdon::store::Backend::Sqlite).await;
    let shop = Shop::open(Program::on(&db), points).await;
    (db, shop)
}

/// Revokes the client that made a customer's token, and waits until the API no longer takes it.
async fn end(shop: &Shop, (token, client): &(String, String)) {
    shop.program.ok(&["client", "revoke", "--tenant", "acme", client]);
    wait::until("the token ends", PATIENCE, async || {
        let url = shop.server.url("/reward-points/public/customer");
        let answer = shop.http.get(url).bearer_auth(token).send().await.unwrap();
        (answer.status() == StatusCode::UNAUTHORIZED).then_some(())
    })
    .await;
}

/// The keys of the redemptions that the page sent.
const KEYS: &str = "return window.keys;";

/// Notes the keys of redemptions, and loses the answers to as many of them as `window.lose` says.
const LOSE_ANSWERS: &str = r#"
    window.keys = [];
    window.lose = 1;
    const send = window.fetch;
    window.fetch = async (url, init) => {
        const answer = await send(url, init);
        if (init?.method === "POST" && url.includes("/redeem?")) {
            window.keys.push(init.headers["Idempotency-Key"]);
            if (window.lose-- > 0) throw new TypeError("the answer is lost");
        }
        return answer;
    };
"#;

async fn ask_for_the_small_one(browser: &Browser) {
    browser.see_within("#inline", "Small voucher").await;
    browser.click_within("#inline", "Redeem: Small voucher").await;
    browser.see_within("#inline", "Exchange 500 points").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_ended_is_fetched_again_and_the_redemption_goes_on() {
    let (_db, shop) = shop(1_153).await;
    let token = shop.sign_in_until_revoked().await;
    let mut browser = shop.visit().await;
    browser.expect_in_console("status of 401");
    ask_for_the_small_one(&browser).await;
    let asked = shop.backend.asked();
    end(&shop, &token).await;
    shop.sign_in(900).await;
    browser.click_within("#inline", "Yes, redeem").await;
    browser.see_within("#inline", "Your coupon code").await;
    assert_eq!((shop.backend.asked(), shop.balance().await), (asked + 1, json!(653)));
    assert_eq!(heard(&browser, "error").await, Vec::<Value>::new(), "nobody has to know");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_whose_end_is_known_is_fetched_again_before() {
    let (_db, shop) = shop(1_153).await;
    let token = shop.sign_in(900).await;
    shop.backend.gives(&json!({"access_token": token, "expires_in": 1}));
    let browser = shop.visit().await;
    ask_for_the_small_one(&browser).await;
    browser.script("window.start = Date.now();", json!([])).await;
    browser.until("a second is over", "return Date.now() > window.start + 1000;").await;
    let asked = shop.backend.asked();
    shop.sign_in(900).await;
    browser.click_within("#inline", "Yes, redeem").await;
    // No 401 came: it would be in the console.
    browser.see_within("#inline", "Your coupon code").await;
    assert_eq!(shop.backend.asked(), asked + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_signed_out_is_asked_to_sign_in_and_goes_on_after_it() {
    let (_db, shop) = shop(1_153).await;
    let token = shop.sign_in_until_revoked().await;
    let mut browser = shop.visit().await;
    browser.expect_in_console("status of 401");
    ask_for_the_small_one(&browser).await;
    end(&shop, &token).await;
    browser.click_within("#inline", "Yes, redeem").await;
    browser.see_within("#inline", "You were signed out.").await;
    assert_eq!(heard(&browser, "error").await[0]["status"], 401);
    shop.sign_in(900).await;
    browser.script("document.querySelector('#inline').refresh();", json!([])).await;
    browser.see_within("#inline", "1,153 points").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_after_a_lost_answer_counts_once() {
    let (_db, shop) = shop(1_153).await;
    let browser = shop.visit().await;
    ask_for_the_small_one(&browser).await;
    browser.script(LOSE_ANSWERS, json!([])).await;
    browser.click_within("#inline", "Yes, redeem").await;
    browser.see_within("#inline", "the points are taken once at most").await;
    assert_eq!(shop.balance().await, 653, "the server had done it");
    browser.click_within("#inline", "Yes, redeem").await;
    browser.see_within("#inline", "Your coupon code").await;
    assert_eq!(shop.balance().await, 653, "and does it no second time");
    let keys = browser.script(KEYS, json!([])).await;
    assert_eq!((keys.as_array().unwrap().len(), &keys[0]), (2, &keys[1]));
    browser.click_within("#inline", "Done").await;
    shop.add(500, "Goodwill").await;
    ask_for_the_small_one(&browser).await;
    browser.click_within("#inline", "Yes, redeem").await;
    browser.see_within("#inline", "Your coupon code").await;
    let keys = browser.script(KEYS, json!([])).await;
    assert_ne!(keys[1], keys[2], "the next redemption is one of its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_server_is_away_the_page_lives_and_then_all_goes_on() {
    let (_db, mut shop) = shop(1_153).await;
    let mut browser = shop.visit().await;
    browser.expect_in_console("ERR_CONNECTION_REFUSED");
    ask_for_the_small_one(&browser).await;
    let listen = shop.server.url("").replace("http://", "");
    shop.server.kill();
    browser.click_within("#inline", "Yes, redeem").await;
    browser.see_within("#inline", "No answer arrived.").await;
    // What is shown stays; who asks anew is told that it may be old.
    browser.script("document.querySelector('#inline').refresh();", json!([])).await;
    browser.see_within("#inline", "This may be out of date.").await;
    browser.see_within("#inline", "1,153 points").await;
    shop.server = shop.program.serve_at(&listen).await;
    // It comes back by itself.
    let gone = "return !document.querySelector('#inline').shadowRoot.textContent.includes('out of date');";
    browser.until("the widget is up to date", gone).await;
    browser.click_within("#inline", "Yes, redeem").await;
    browser.see_within("#inline", "Your coupon code").await;
    assert_eq!(shop.balance().await, 653);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_finds_no_server_shows_the_link_and_recovers() {
    let (_db, other) = shop(0).await;
    let (_db, mut shop) = shop(1_153).await;
    // The script comes from a server that is well; the points are on another one.
    *shop.backend.guerdon.lock().unwrap() = other.server.url("");
    let listen = shop.server.url("").replace("http://", "");
    shop.show(&format!(
        "<h1>Shop</h1><guerdon-rewards id=inline placement=inline tenant=acme api='http://{listen}' data-signs-in>\
         <a href='/account'>Your account</a></guerdon-rewards>"
    ));
    shop.server.kill();
    let mut browser = shop.visit().await;
    browser.expect_in_console("ERR_CONNECTION_REFUSED");
    browser.see_within("#inline", "Your points cannot be shown at the moment.").await;
    browser.see("Your account").await;
    browser.click_within("#inline", "Try again").await;
    assert_eq!(heard(&browser, "error").await, [json!({"status": 0, "message": "The server cannot be reached."})]);
    shop.server = shop.program.serve_at(&listen).await;
    browser.see_within("#inline", "1,153 points").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_tabs_one_gets_the_last_points() {
    let (_db, shop) = shop(500).await;
    let (mut one, mut other) = (shop.visit().await, shop.visit().await);
    for browser in [&mut one, &mut other] {
        browser.expect_in_console("status of 400");
        ask_for_the_small_one(browser).await;
    }
    tokio::join!(one.click_within("#inline", "Yes, redeem"), other.click_within("#inline", "Yes, redeem"));
    let mut codes = 0;
    for browser in [&one, &other] {
        let ended = "const text = document.querySelector('#inline').shadowRoot.textContent;
            return text.includes('Your coupon code') ? 'code' : text.includes('not have enough points any more') && 'refused';";
        if browser.until("the attempt ends", ended).await == "code" {
            codes += 1;
        }
        browser.see_within("#inline", "0 points").await;
    }
    assert_eq!((codes, shop.balance().await), (1, json!(0)));
    let issued = shop.get("/coupon/acme/coupons").await;
    assert_eq!(issued.as_array().unwrap().len(), 1, "{issued}");
    let summary = shop.get(&format!("/reward-points/customer/{CUSTOMER}/summary")).await;
    assert_eq!(summary["summary"]["redeemedPointsList"].as_array().unwrap().len(), 1);
}
