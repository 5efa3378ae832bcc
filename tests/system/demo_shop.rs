//! The demo's shop: a customer buys, collects, redeems, uses the coupon and returns, with scripts and without them.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use serde_json::json;

use crate::common::browser::Browser;

struct Demo {
    child: Child,
    shop: String,
    _folder: tempfile::TempDir,
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The demo, running.
fn demo() -> Demo {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_guerdon"));
    command.args(["demo", "--customers", "20", "--listen", "127.0.0.1:0"]).current_dir(&folder).env_clear();
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let shop = lines.find_map(|line| line.split_once("redeem, is at ").map(|(_, shop)| shop.to_owned())).unwrap();
    Demo { child, shop, _folder: folder }
}

async fn put_into_basket(browser: &Browser, path: &str) {
    browser.goto(path).await;
    browser.click("Add to basket").await;
    browser.arrive_at("/basket").await;
}

async fn use_coupon(browser: &Browser, code: &str, told: &str) {
    browser.fill("Coupon code", code).await;
    browser.click("Use coupon").await;
    browser.see(told).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_of_the_demo_shop_collects_redeems_and_returns() {
    let demo = demo();
    let browser = Browser::open(&demo.shop).await;
    browser.goto("/").await;
    browser.see_within("#rewards", "Rewards").await;
    browser.click("Sign in").await;
    browser.click("Sign in as Clara Vogt").await;
    browser.arrive_at("/").await;
    browser.see_within("#rewards", "420 points").await;
    browser.click("Karwendel 28").await;
    browser.see_within("guerdon-earn", "You earn 129 points").await;
    browser.click("Add to basket").await;
    browser.see("You earn 129 points with this order").await;
    browser.click("Buy").await;
    browser.see("The order is placed, and 129 points are yours.").await;
    browser.see_within("#rewards", "549 points").await;

    put_into_basket(&browser, "/product/quell").await;
    browser.click("Rewards").await;
    browser.click_within("#rewards", "Redeem: €5 voucher").await;
    browser.click_within("#rewards", "Yes, redeem").await;
    browser.see_within("#rewards", "Your coupon code").await;
    browser.see_within("#rewards", "49 points").await;
    browser.click_within("#rewards", "Use in basket").await;
    browser.arrive_at("/basket").await;
    browser.see("is accepted").await;
    browser.see("−€5.00").await;
    // By the rule: without shipping, after the discount.
    browser.see("You earn 24 points with this order").await;
    browser.click("Buy").await;
    browser.see("and 24 points are yours").await;
    browser.see("took €5.00 off").await;
    browser.see_within("#rewards", "73 points").await;

    // What it earned is partly spent: what is there goes.
    browser.click("Return Karwendel 28").await;
    browser.see("Karwendel 28 came back, and 73 points went with it.").await;
    browser.see_within("#rewards", "0 points").await;
    browser.click_within("#rewards", "0 points").await;
    browser.click_within("#rewards", "History").await;
    browser.see_within("#rewards", "Welcome to Alpenglow").await;
    browser.see_within("#rewards", "-73").await;
    let policy = "return [...document.querySelectorAll('[style], style, [onclick]')].length;";
    assert_eq!(browser.script(policy, json!([])).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_shop_needs_no_scripts() {
    let demo = demo();
    let mut browser = Browser::open(&demo.shop).await;
    browser.expect_in_console("status of 404");
    browser.without_scripts().await;
    browser.goto("/sign-in").await;
    browser.click("Sign in as Tomáš Novák").await;
    browser.arrive_at("/").await;
    put_into_basket(&browser, "/product/biwak").await;
    put_into_basket(&browser, "/product/gletsch").await;
    browser.see("You earn 628 points with this order").await;
    browser.click("Buy").await;
    browser.see("and 628 points are yours").await;
    browser.click("Rewards").await;
    browser.see("628 points").await;
    browser.see("272 points to go").await;
    browser.click("Redeem: €5 voucher").await;
    browser.see("Your coupon code is ALP-").await;
    let told = browser.text(".note").await;
    let code = told.trim_start_matches("Your coupon code is ").trim_end_matches('.').to_owned();

    put_into_basket(&browser, "/product/karwendel").await;
    use_coupon(&browser, "ALP-NONE", "There is no coupon with this code.").await;
    use_coupon(&browser, &code.to_lowercase(), "is accepted").await;
    browser.see("€124.00").await;
    browser.click("Buy").await;
    browser.see("and 124 points are yours").await;
    put_into_basket(&browser, "/product/karwendel").await;
    use_coupon(&browser, &code, "This coupon has been used.").await;
    browser.goto("/orders").await;
    browser.click("Return Biwak 2").await;
    browser.see("Biwak 2 came back").await;

    browser.goto("/").await;
    browser.click("Deutsch").await;
    browser.see("Für die Berge gemacht").await;
    browser.click("Tomáš abmelden").await;
    browser.see("Anmelden").await;
    browser.goto("/product/none").await;
    browser.see("Hier ist nichts").await;
}
