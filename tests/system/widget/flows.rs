//! What a customer does in the widget.

use serde_json::{Value, json};

use super::{Shop, heard};
use crate::common::{browser::Browser, on_both, program::Program};

async fn redeem(shop: &Shop, browser: &Browser) {
    browser.see_within("#inline", "1,153 points").await;
    browser.see_within("guerdon-balance", "1,153 points").await;
    browser.see_within("#rewards", "1,153 points").await;
    // Within reach, in the order of the shop; then what is missing, with a bar.
    browser.see_within("#inline", "Big voucher").await;
    let shown = browser.text_within("#inline").await;
    let at = |text: &str| shown.find(text).unwrap_or_else(|| panic!("{text}: {shown}"));
    assert!(at("Small voucher") < at("Free mug") && at("Free mug") < at("Big voucher"), "{shown}");
    assert!(at("847 points to go") > at("Free mug"), "{shown}");
    assert!(shown.contains("Hello Mara") && shown.contains("from €25.00 · valid for 90 days"), "{shown}");
    let bar = "const bar = document.querySelector('#inline').shadowRoot.querySelector('progress');
        return [bar.value, bar.max];";
    assert_eq!(browser.script(bar, json!([])).await, json!([1_153, 2_000]));

    browser.click_within("#inline", "Redeem: Small voucher").await;
    browser.see_within("#inline", "Exchange 500 points for “Small voucher”?").await;
    browser.click_within("#inline", "Cancel").await;
    browser.click_within("#inline", "Redeem: Small voucher").await;
    assert_eq!(shop.balance().await, 1_153, "nothing is taken before it is confirmed");
    browser.click_within("#inline", "Yes, redeem").await;
    browser.see_within("#inline", "Your coupon code").await;
    for element in ["#inline", "guerdon-balance", "#rewards"] {
        browser.see_within(element, "653 points").await;
    }
    let told = heard(browser, "redeemed").await;
    let code = told[0]["code"].as_str().unwrap().to_owned();
    assert_eq!(
        (told.len(), &told[0]["option"]["name"], &told[0]["option"]["points"]),
        (1, &json!("Small voucher"), &json!(500))
    );
    browser.see_within("#inline", &code).await;
    assert_eq!(shop.get(&format!("/coupon/acme/coupons/{code}")).await["status"], "VALID");
    let balances: Vec<Value> = heard(browser, "balance").await;
    assert_eq!(balances, [json!({"points": 1_153}), json!({"points": 653})], "each balance is told once");
    let focused = "return document.activeElement.shadowRoot.activeElement.getAttribute('aria-label');";
    assert_eq!(browser.script(focused, json!([])).await, format!("Copy {code}"));

    browser.click_within("#inline", "Use in basket").await;
    browser.see(&format!("In the basket: {code}")).await;
    browser.click_within("#inline", "Done").await;
}

/// The coupon, and that it can be given back.
async fn cancel(shop: &Shop, browser: &Browser) {
    browser.click_within("guerdon-balance", "653 points").await;
    browser.click_within("#rewards", "Coupons").await;
    browser.see_within("#rewards", "Small voucher").await;
    browser.see_within("#rewards", "valid until").await;
    browser.click_within("#rewards", "Cancel").await;
    browser.see_within("#rewards", "get 500 points back?").await;
    assert_eq!(shop.balance().await, 653);
    browser.click_within("#rewards", "Cancel coupon").await;
    browser.see_within("#rewards", "Cancelled").await;
    browser.see_within("#inline", "1,153 points").await;
    assert_eq!(shop.balance().await, 1_153);

    browser.click_within("#rewards", "History").await;
    for text in ["Order B7016240", "+1,153", "-500", "+500"] {
        browser.see_within("#rewards", text).await;
    }
}

on_both! {
    async fn a_customer_redeems_and_gives_back(db) {
        let shop = Shop::open(Program::on(db), 1_153).await;
        let browser = shop.visit().await;
        redeem(&shop, &browser).await;
        cancel(&shop, &browser).await;
    }
}
