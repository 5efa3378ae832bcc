//! Pictures of every page, as docs/screenshots holds them: `scripts/screenshots` makes them anew.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use crate::common::browser::Browser;

/// Name of the picture, and the page. `>` stands before what is clicked on it first.
pub(super) const PAGES: [(&str, &str); 33] = [
    ("overview", ""),
    ("customers", "/customers"),
    ("customer", "/customers/C4289081720"),
    ("statement", "/customers/C4289081720/statement"),
    ("redeem", "/customers/C4289081720/redeem"),
    ("open-account", "/open-account"),
    ("ledger", "/ledger"),
    ("coupons", "/coupons"),
    ("coupon", "/coupons > tbody th a"),
    ("coupon-new", "/coupons/new"),
    ("returns", "/returns"),
    ("bulk", "/bulk"),
    ("bulk-batch", "/bulk > tbody a"),
    ("bulk-new", "/bulk/new"),
    ("approvals", "/approvals"),
    ("birthdays", "/birthdays"),
    ("reasons", "/reasons"),
    ("options", "/options"),
    ("option-new", "/options/new"),
    ("rules", "/rules"),
    ("rule", "/rules/main"),
    ("sites", "/sites"),
    ("site", "/sites/main"),
    ("team", "/team"),
    ("member", "/team > tbody th a"),
    ("api-clients", "/api-clients"),
    ("inbox", "/inbox"),
    ("inbox-set-up", "/inbox/set-up"),
    ("webhooks", "/webhooks"),
    ("webhook-new", "/webhooks/new"),
    ("deliveries", "/webhooks/deliveries"),
    ("settings", "/settings"),
    ("audit-log", "/audit-log"),
];

pub(super) struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The demo with so many customers, and its address.
pub(super) fn serve_demo(folder: &TempDir, customers: &str) -> (Ended, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guerdon"));
    command.args(["demo", "--customers", customers, "--listen", "127.0.0.1:0"]).current_dir(folder).env_clear();
    let mut demo = Ended(command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    let mut lines = BufReader::new(demo.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let base = lines.find_map(|line| line.strip_prefix("Listening on ").map(str::to_owned)).unwrap();
    std::thread::spawn(move || lines.for_each(drop));
    (demo, base)
}

/// Opens one of the pages.
pub(super) async fn open(browser: &Browser, page: &str) {
    let (path, click) = page.split_once(" > ").map_or((page, None), |(path, click)| (path, Some(click)));
    browser.goto(&format!("/admin/alpenglow{path}")).await;
    if let Some(selector) = click {
        let link = browser.find(selector).await.attribute("href").await.unwrap();
        browser.goto(&link).await;
    }
    browser.find("main h1").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "makes pictures for the documentation: scripts/screenshots"]
async fn every_page_is_pictured() {
    let folder = tempfile::tempdir().unwrap();
    let (_demo, base) = serve_demo(&folder, "2000");
    let browser = Browser::open(&base).await;
    browser.resize(1280, 860).await;
    browser.prefer("light").await;
    browser.goto("/admin/login").await;
    browser.screenshot("sign-in").await;
    browser.fill("Email", "jonas@alpenglow.example").await;
    browser.fill("Password", "edelweiss-over-the-pass").await;
    browser.click("Sign in").await;
    browser.see("Overview").await;
    for (name, page) in PAGES {
        open(&browser, page).await;
        browser.screenshot(name).await;
    }
    for (name, path) in
        [("account", "/admin/account"), ("second-factor", "/admin/account/second-factor"), ("tenants", "/admin")]
    {
        browser.goto(path).await;
        browser.find("main h1").await;
        browser.screenshot(name).await;
    }
    browser.prefer("dark").await;
    browser.resize(390, 844).await;
    browser.goto("/admin/alpenglow/customers/C4289081720").await;
    browser.find("main h1").await;
    browser.screenshot("customer-dark-narrow").await;
    assert_eq!(browser.console().await, Vec::<String>::new());
}
