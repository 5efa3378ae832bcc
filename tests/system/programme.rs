//! Options, rules and sites in a real browser: live parts, the keyboard, narrow and dark screens.

use guerdon::store::Backend;
use serde_json::json;

use crate::common::{browser::Browser, database::TestDb, program::Program};

const PASSWORD: &str = "a long enough sentence";

/// A browser in which the admin of `acme` has signed in.
async fn signed_in(program: &Program, base: &str) -> Browser {
    program.ok(&["tenant", "create", "acme", "--name", "Alpenglow Outfitters", "--time-zone", "Europe/Berlin"]);
    let user = [
        "user",
        "create",
        "--tenant",
        "acme",
        "--email",
        "ann@example.com",
        "--name",
        "Ann Archer",
        "--role",
        "admin",
        "--password-stdin",
    ];
    assert_eq!(program.run_with(&user, PASSWORD).code, Some(0));
    program.ok(&["site", "set", "--tenant", "acme", "--name", "Alpenglow DE", "--coupon-prefix", "ALP"]);
    program.ok(&[
        "site",
        "create",
        "--tenant",
        "acme",
        "--site",
        "ch",
        "--name",
        "Alpenglow CH",
        "--currency",
        "CHF",
        "--factor",
        "0.95",
        "--validity-months",
        "24",
    ]);
    let browser = Browser::open(base).await;
    browser.goto("/admin/login").await;
    browser.fill("Email", "ann@example.com").await;
    browser.fill("Password", PASSWORD).await;
    browser.click("Sign in").await;
    browser.see("Alpenglow Outfitters").await;
    browser
}

/// Pictures of the page, wide and narrow, light and dark. No page scrolls sideways.
async fn look(browser: &Browser, name: &str) {
    for (width, height) in [(1440, 900), (390, 844), (320, 700)] {
        browser.resize(width, height).await;
        for scheme in ["light", "dark"] {
            browser.prefer(scheme).await;
            browser.screenshot(&format!("{name}-{width}-{scheme}")).await;
        }
        let over = browser.script("return document.documentElement.scrollWidth - innerWidth;", json!([])).await;
        assert!(over.as_i64().unwrap() <= 0, "{name} is {over} pixels too wide at {width}");
    }
    browser.resize(1440, 900).await;
    browser.prefer("light").await;
}

async fn focused(browser: &Browser) -> String {
    browser.script("return document.activeElement.id;", json!([])).await.as_str().unwrap().to_owned()
}

async fn add(browser: &Browser, name: &str, points: &str, worth: &str) {
    browser.click("Add option").await;
    browser.fill("Name", name).await;
    browser.fill("Cost", points).await;
    browser.fill("Customer gets", worth).await;
    browser.click("submit").await;
    browser.see("Option added").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_option_is_made_and_seen_as_customers_will() {
    let db = TestDb::new(Backend::Sqlite).await;
    let program = Program::on(&db);
    let server = program.serve().await;
    let browser = signed_in(&program, server.url("").trim_end_matches('/')).await;
    browser.goto("/admin/acme/options").await;
    look(&browser, "options-empty").await;
    browser.click("Add option").await;
    browser.fill("Name", "€5 voucher").await;
    // What customers see follows what is typed, and the bar says that nothing is saved yet.
    browser.see("Unsaved changes").await;
    browser.fill("Cost", "5oo").await;
    browser.click("submit").await;
    browser.see("There is a problem").await;
    assert!(
        browser.script("return document.activeElement.matches('.error-summary');", json!([])).await.as_bool().unwrap()
    );
    look(&browser, "options-error").await;
    browser.fill("Cost", "500").await;
    browser.fill("Customer gets", "5").await;
    browser.fill("Description", "Off your next order, on any product.").await;
    browser.see("100 points are worth €1.00 to the customer.").await;
    assert_eq!(browser.text("#preview .offer strong").await, "€5 voucher");
    browser.click("submit").await;
    browser.see("Option added").await;
    add(&browser, "10% off the next order", "750", "10").await;
    add(&browser, "€25 voucher", "2,000", "25").await;
    // The same button is pressed twice by the keyboard: it keeps the focus.
    let ups = "return [...document.querySelectorAll('[id^=up-]')].at(-1).id;";
    let last = browser.script(ups, json!([])).await.as_str().unwrap().to_owned();
    browser.script("document.getElementById(arguments[0]).focus();", json!([last])).await;
    for first in ["10% off the next order", "€25 voucher"] {
        browser.press("\u{e007}").await;
        let order = format!("tbody tr:nth-child({}) th a", if first.starts_with('€') { 1 } else { 3 });
        crate::common::wait::until("the option moved", std::time::Duration::from_secs(10), async || {
            (browser.text(&order).await == first).then_some(())
        })
        .await;
        assert_eq!(focused(&browser).await, last);
    }
    look(&browser, "options").await;
    browser.click("€5 voucher").await;
    browser.see("Never redeemed").await;
    look(&browser, "options-edit").await;
    browser.click("Delete").await;
    browser.see("Delete “€5 voucher”?").await;
    browser.screenshot("options-delete").await;
    browser.click("Delete option").await;
    browser.see("Option deleted").await;
    browser.click("Undo").await;
    browser.see("Option restored").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_explains_itself_while_it_is_typed() {
    let db = TestDb::new(Backend::Sqlite).await;
    let program = Program::on(&db);
    let server = program.serve().await;
    let browser = signed_in(&program, server.url("").trim_end_matches('/')).await;
    browser.goto("/admin/acme/rules").await;
    look(&browser, "rules").await;
    browser.click("Alpenglow DE").await;
    browser.see("earns 114 points").await;
    browser.fill("Ratio", "2").await;
    browser.see("earns 228 points").await;
    browser.see("Unsaved changes").await;
    browser.click("submit").await;
    browser.see("Earning rule saved").await;
    browser.see("Version 2").await;
    look(&browser, "rule").await;
    browser.goto("/admin/acme/sites").await;
    look(&browser, "sites").await;
    browser.click("Alpenglow CH").await;
    look(&browser, "site").await;
    // All of it without scripts, too.
    browser.without_scripts().await;
    browser.goto("/admin/acme/rules/ch").await;
    browser.fill("Ratio", "3").await;
    browser.click("submit").await;
    browser.see("Earning rule saved").await;
    browser.see("earns 342 points").await;
}
