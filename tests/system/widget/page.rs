//! The widget and the page around it: it fits in, and never breaks it.

use std::time::Duration;

use serde_json::{Value, json};

use super::Shop;
use crate::common::{browser::Browser, database::TestDb, program::Program, wait::until};

const ESCAPE: &str = "\u{e00c}";
const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";
const RIGHT: &str = "\u{e014}";

async fn shop(points: i64) -> (TestDb, Shop) {
    let db = TestDb::new(guerdon::store::Backend::Sqlite).await;
    let shop = Shop::open(Program::on(&db), points).await;
    (db, shop)
}

/// What has the focus within the element that has it.
async fn focused(browser: &Browser) -> Value {
    let script = "const element = document.activeElement;
        const inner = element.shadowRoot?.activeElement;
        return [element.id || element.localName, inner?.getAttribute('role') ?? inner?.localName ?? null];";
    browser.script(script, json!([])).await
}

async fn panel_is_open(browser: &Browser) -> bool {
    let script = "return document.querySelector('#rewards').shadowRoot.querySelector('dialog').checkVisibility();";
    browser.script(script, json!([])).await == true
}

#[tokio::test(flavor = "multi_thread")]
async fn what_looks_like_markup_is_shown_as_text() {
    let (_db, shop) = shop(1_153).await;
    let evil = "<script>window.pwned = 1</script><img src=x onerror='window.pwned = 2'>";
    shop.offer(evil, &format!("See {evil}"), 100).await;
    shop.add(5, evil).await;
    let attribute = evil.replace('"', "&quot;").replace('\'', "&#39;").replace('<', "&lt;");
    shop.show(&format!(
        "<h1>Shop</h1><guerdon-rewards id=inline placement=inline tenant=acme data-signs-in customer-name=\"{attribute}\" \
         texts='{{\"title\": \"&lt;b&gt;Mine&lt;/b&gt;\", \"redeem\": \"&lt;i&gt;Get&lt;/i&gt;\"}}'></guerdon-rewards>"
    ));
    let browser = shop.visit().await;
    browser.see_within("#inline", &format!("Hello {evil}")).await;
    browser.see_within("#inline", &format!("See {evil}")).await;
    browser.see_within("#inline", "<i>Get</i>").await;
    browser.click_within("#inline", &format!("Redeem: {evil}")).await;
    browser.see_within("#inline", &format!("Exchange 100 points for “{evil}”?")).await;
    browser.click_within("#inline", "Yes, redeem").await;
    browser.see_within("#inline", "Your coupon code").await;
    for tab in ["Coupons", "History"] {
        browser.click_within("#inline", tab).await;
        browser.see_within("#inline", evil).await;
    }
    let found = "const root = document.querySelector('#inline').shadowRoot;
        return [window.pwned ?? null, root.querySelectorAll('script, img, i, b').length];";
    assert_eq!(browser.script(found, json!([])).await, json!([null, 0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_sees_the_options_and_becomes_a_customer() {
    let (_db, shop) = shop(1_153).await;
    shop.backend.signs_out();
    let browser = shop.visit().await;
    browser.see_within("#inline", "Sign in to see your points and redeem them.").await;
    browser.see_within("#inline", "Small voucher 500 points").await;
    browser.see_within("guerdon-balance", "Your points").await;
    let shown = browser.text_within("#inline").await;
    assert!(!shown.contains("Redeem") && !shown.contains("to go"), "{shown}");
    let link = "return document.querySelector('#inline').shadowRoot.querySelector('a').getAttribute('href');";
    assert_eq!(browser.script(link, json!([])).await, "/sign-in");
    shop.sign_in(900).await;
    browser.script("document.querySelector('#inline').refresh();", json!([])).await;
    browser.see_within("guerdon-balance", "1,153 points").await;
    shop.backend.signs_out();
    browser.script("document.querySelector('#inline').refresh();", json!([])).await;
    browser.see_within("#inline", "Sign in to see your points").await;
    browser.see_within("guerdon-balance", "Your points").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_without_an_account_has_no_points_yet() {
    let (_db, shop) = shop(0).await;
    let mut browser = shop.visit().await;
    browser.expect_in_console("status of 404");
    browser.see_within("#inline", "0 points").await;
    browser.see_within("#inline", "500 points to go").await;
    browser.click_within("#inline", "History").await;
    browser.see_within("#inline", "You earn points with your next order.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_panel_is_used_by_keyboard() {
    let (_db, shop) = shop(1_153).await;
    let browser = shop.visit().await;
    browser.see_within("#rewards", "1,153 points").await;
    browser.script("document.querySelector('#rewards').shadowRoot.querySelector('button').focus();", json!([])).await;
    browser.press(ENTER).await;
    assert!(panel_is_open(&browser).await);
    assert_eq!(focused(&browser).await, json!(["rewards", "dialog"]));
    browser.see_within("#rewards", "Small voucher").await;
    browser.press(&TAB.repeat(2)).await;
    assert_eq!(focused(&browser).await, json!(["rewards", "tab"]));
    browser.press(&RIGHT.repeat(2)).await;
    browser.see_within("#rewards", "Order B7016240").await;
    assert_eq!(focused(&browser).await, json!(["rewards", "tab"]));
    browser.press(ESCAPE).await;
    assert!(!panel_is_open(&browser).await);
    assert_eq!(focused(&browser).await, json!(["rewards", "button"]));
    // The panel covers nothing that has the focus: it closes when the focus leaves.
    browser.press(ENTER).await;
    assert!(panel_is_open(&browser).await);
    browser
        .script("document.querySelector('guerdon-balance').shadowRoot.querySelector('button').focus();", json!([]))
        .await;
    assert!(!panel_is_open(&browser).await);
    assert_eq!(focused(&browser).await, json!(["guerdon-balance", "button"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_opens_the_panel_and_small_screens_get_a_sheet() {
    let (_db, shop) = shop(1_153).await;
    let browser = Browser::open(&shop.base).await;
    browser.resize(390, 800).await;
    browser.goto("/#rewards").await;
    browser.until("the panel is a sheet", "return document.querySelector('#rewards').shadowRoot?.querySelector('dialog:modal') !== null && !!document.querySelector('#rewards').shadowRoot;").await;
    browser.see_within("#rewards", "Small voucher").await;
    let fits =
        "const box = document.querySelector('#rewards').shadowRoot.querySelector('dialog').getBoundingClientRect();
        return [Math.round(box.left), Math.round(box.width), innerHeight - Math.round(box.bottom)];";
    // It comes up from below.
    let settled = async || (browser.script(fits, json!([])).await == json!([0, 390, 0])).then_some(());
    until("the sheet fits the screen", Duration::from_secs(5), settled).await;
    browser.press(ESCAPE).await;
    assert!(!panel_is_open(&browser).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_speaks_the_language_of_the_page_and_the_words_of_the_shop() {
    let (_db, shop) = shop(1_153).await;
    let element = |id: &str, more: &str| {
        format!("<guerdon-rewards id={id} placement=inline tenant=acme data-signs-in {more}></guerdon-rewards>")
    };
    let stars = r#"{"title": "Sterne", "points": {"one": "{n} Stern", "other": "{n} Sterne"},
        "en": {"redeem": "Swap"}, "de": {"redeem": "Tauschen"}}"#;
    shop.show(&format!(
        "<h1>Shop</h1>{}{}{}{}",
        element("german", "lang=de"),
        element("own", &format!("lang=de-AT texts='{stars}'")),
        element("arabic", "lang=ar dir=rtl"),
        element("broken", "lang='no such language' texts='{nonsense'"),
    ));
    let mut browser = shop.visit().await;
    browser.expect_in_console("the attribute texts holds no JSON");
    for (element, text) in [
        ("#german", "1.153 Punkte"),
        ("#german", "noch 847 Punkte"),
        ("#german", "ab 25,00 € · 90 Tage gültig"),
        ("#own", "1 153 Sterne"),
        ("#own", "Tauschen"),
        ("#own", "Verlauf"),
        ("#arabic", "points"),
        ("#broken", "1,153 points"),
    ] {
        browser.see_within(element, text).await;
    }
    let mirrored = "const root = document.querySelector('#arabic').shadowRoot;
        const [name, button] = ['.name', 'li button'].map(one => root.querySelector(one).getBoundingClientRect());
        return name.left > button.left;";
    assert_eq!(browser.script(mirrored, json!([])).await, true);
    browser.script("document.querySelector('#german').lang = 'en';", json!([])).await;
    browser.see_within("#german", "847 points to go").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_around_it_stays_whole() {
    let (_db, shop) = shop(1_153).await;
    let told: Value = shop.http.get(shop.server.url("/widget/v1.json")).send().await.unwrap().json().await.unwrap();
    shop.show(&format!(
        "<script type=module src='{}{}' integrity='{}' crossorigin></script>{}
         <guerdon-rewards id=failing placement=inline tenant=acme site=other api='{}/nowhere'></guerdon-rewards>",
        shop.server.url(""),
        told["path"].as_str().unwrap(),
        told["integrity"].as_str().unwrap(),
        super::PAGE,
        shop.server.url(""),
    ));
    let mut browser = shop.visit().await;
    browser.expect_in_console("/nowhere/");
    browser.expect_in_console("the attribute texts holds no JSON");
    browser.see_within("#inline", "1,153 points").await;
    browser.see_within("#failing", "cannot be shown").await;
    let globals = "const frame = document.createElement('iframe'); document.body.append(frame);
        const usual = new Set(Object.getOwnPropertyNames(frame.contentWindow)); frame.remove();
        // The last is the driver's.
        const own = ['heard', 'getToken', 'inline', 'rewards', 'failing', 'basket', 'ret_nodes'];
        return Object.keys(window).filter(key => !usual.has(key) && !own.includes(key) && isNaN(key));";
    assert_eq!(browser.script(globals, json!([])).await, json!([]));
    // Taken out, put back, and given nonsense.
    let nonsense = "const element = document.querySelector('#inline'); const place = element.nextSibling;
        element.remove(); place.before(element); element.setAttribute('texts', '[');
        for (const name of ['lang', 'theme', 'placement']) element.setAttribute(name, '☃ ☃');
        document.querySelector('guerdon-balance').getToken = () => { throw new Error('the shop is broken'); };";
    browser.script(nonsense, json!([])).await;
    browser
        .until("the page is told", "return window.heard.some(([, told]) => told.message === 'the shop is broken');")
        .await;
    assert_eq!(browser.text("h1").await, "Shop");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts_the_links_inside_are_there() {
    let (_db, shop) = shop(1_153).await;
    let browser = Browser::open(&shop.base).await;
    browser.without_scripts().await;
    browser.goto("/").await;
    browser.see("Your account").await;
    browser.see("Earn points").await;
    browser.click("Your points").await;
    browser.arrive_at("/account").await;
}
