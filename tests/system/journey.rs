//! The main job in a real browser, with its scripts and without them: an employee finds a customer, adds points for a
//! birthday, takes them back, offers something for points, redeems it for the customer, cancels that and makes a coupon by
//! hand.

use serde_json::{Value, json};

use crate::common::{
    browser::Browser,
    on_both,
    program::{Program, Server},
};

const PASSWORD: &str = "a long enough sentence";

/// A shop whose customer has 1,153 points, and an employee who manages its programme.
async fn shop(program: &Program) -> Server {
    program.ok(&["tenant", "create", "acme", "--name", "Acme", "--time-zone", "Europe/Berlin"]);
    program.ok(&["site", "set", "--tenant", "acme", "--coupon-prefix", "ACM"]);
    let user = "user create --tenant acme --email mia@example.com --name Mia --role manager --password-stdin";
    let made = program.run_with(&user.split(' ').collect::<Vec<_>>(), PASSWORD);
    assert_eq!(made.code, Some(0));
    let scope = "rewardspoints.rewardpoints_view rewardspoints.rewardpoints_manage coupon.coupon_read";
    let client = program.json(&["client", "create", "--tenant", "acme", "--name", "shop", "--scope", scope, "--json"]);
    let server = program.serve().await;
    let token = token(&server, &client).await;
    let add = server.url("/reward-points/customer/C4289081720/addPoints");
    let points = json!({"points": 1_153, "description": "Order B7016240"});
    let added = reqwest::Client::new().post(add).bearer_auth(token).json(&points).send().await.unwrap();
    assert_eq!(added.status(), 201);
    server
}

async fn token(server: &Server, client: &Value) -> String {
    let form = json!({
        "grant_type": "client_credentials", "client_id": client["client_id"], "client_secret": client["client_secret"],
    });
    let answer = reqwest::Client::new().post(server.url("/oauth/token")).form(&form).send().await.unwrap();
    answer.json::<Value>().await.unwrap()["access_token"].as_str().unwrap().to_owned()
}

/// The whole of it. What is done is done by labels and buttons, which are the same with scripts and without.
async fn walk(browser: &Browser, scripts: bool) {
    browser.goto("/admin").await;
    browser.fill("Email", "mia@example.com").await;
    browser.fill("Password", PASSWORD).await;
    browser.click("Sign in").await;
    browser.see("Overview").await;

    browser.fill("Search customers by name, email, number, order or coupon", "C42890").await;
    if scripts {
        browser.find("#search-results a").await;
        browser.press("\u{e015}\u{e007}").await;
    } else {
        browser.press("\u{e007}").await;
        browser.click("C4289081720").await;
    }
    browser.arrive_at("/admin/acme/customers/C4289081720").await;
    assert_eq!(browser.text(".strip .lead .pts").await, "1,153 points");

    browser.fill("Points", "100").await;
    browser.choose("Reason", "Birthday").await;
    browser.fill("Text for the customer", "Happy birthday, from all of us").await;
    browser.fill("Private note", "Asked by phone").await;
    if scripts {
        // The sum stands there before anything is sent, and the button says what it will do.
        browser.see("1,253").await;
        // From which points those would be taken is told by the server, in its place, and nothing that was typed is lost.
        browser.tick("Remove").await;
        browser.see("Taken from").await;
        browser.tick("Add").await;
        browser.see_no("Taken from").await;
        browser.click("Add 100 points").await;
    } else {
        browser.click("Preview").await;
        browser.see("1,253").await;
        browser.click("Add 100 points").await;
    }
    browser.see("Points added").await;
    assert_eq!(browser.text(".strip .lead .pts").await, "1,253 points");
    let newest = browser.text(".ledger tr[id]").await;
    for part in ["Birthday", "Happy birthday, from all of us", "Mia", "+100", "1,253"] {
        assert!(newest.contains(part), "{part}: {newest}");
    }

    explain(browser, scripts).await;
    browser.click("Undo").await;
    browser.see("Addition undone").await;
    // What the message offered is done, so the message is gone.
    browser.see_no("Points added").await;
    if scripts {
        // Who follows a tab by keyboard stays on it.
        browser.script("document.querySelector('#history .tabs a:nth-child(2)').focus()", json!([])).await;
        browser.press("\u{e007}").await;
        browser.find("#history .tabs a:nth-child(2)[aria-current]:focus").await;
    }
    assert_eq!(browser.text(".strip .lead .pts").await, "1,153 points");

    browser.goto("/admin/acme/options").await;
    browser.click("Add option").await;
    browser.fill("Name", "€5 voucher").await;
    browser.fill("Cost", "500").await;
    browser.fill("Customer gets", "5").await;
    browser.click("submit").await;
    browser.see("Option added").await;

    browser.goto("/admin/acme/customers/C4289081720").await;
    browser.click("Redeem points").await;
    let option = browser.find(".choices a").await.attribute("href").await.unwrap();
    browser.goto(&option).await;
    browser.see("653").await;
    browser.click("Redeem 500 points").await;
    browser.see("ACM-").await;
    browser.goto("/admin/acme/customers/C4289081720").await;
    assert_eq!(browser.text(".strip .lead .pts").await, "653 points");
    let newest = browser.text(".ledger tr[id]").await;
    for part in ["Redeemed", "€5 voucher", "ACM-", "−500", "653"] {
        assert!(newest.contains(part), "{part}: {newest}");
    }
    coupons(browser).await;
}

/// Each entry explains itself where it stands. Without scripts that is a link, which leads away from the message above.
async fn explain(browser: &Browser, scripts: bool) {
    if scripts {
        browser.click("Details of Birthday").await;
        browser.see("Asked by phone").await;
    }
}

/// The customer thinks better of it, and gets another coupon instead, without points.
async fn coupons(browser: &Browser) {
    let coupon = browser.find(".ledger .sub a.code").await.attribute("href").await.unwrap();
    browser.goto(&coupon).await;
    browser.see("This coupon has not been used.").await;
    browser.click("Cancel redemption").await;
    browser.see("and give 500 points back?").await;
    browser.click("Cancel redemption").await;
    browser.see("Redemption cancelled").await;
    browser.see("Deleted").await;
    browser.goto("/admin/acme/customers/C4289081720").await;
    assert_eq!(browser.text(".strip .lead .pts").await, "1,153 points");

    browser.click("Coupons").await;
    browser.see("No coupons found").await;
    browser.click("Create coupon").await;
    browser.see("A code of your own").await;
    browser.fill("Name", "Sorry for the delay").await;
    browser.click("submit").await;
    browser.see("There is a problem").await;
    assert_eq!(browser.find("#name").await.value().await, "Sorry for the delay");
    browser.fill("Code", "sorry-1").await;
    browser.fill("Customer gets", "7,50").await;
    browser.click("submit").await;
    browser.see("Coupon created").await;
    browser.arrive_at("/admin/acme/coupons/SORRY-1").await;
    assert_eq!(browser.text(".strip .lead dd").await, "€7.50 off");
    browser.click("Delete").await;
    browser.see("Delete the coupon SORRY-1?").await;
    browser.click("Keep coupon").await;
    browser.goto("/admin/acme/coupons").await;
    browser.see("SORRY-1").await;
}

on_both! {
    async fn the_main_job_is_done_in_a_browser(db) {
        let program = Program::on(db);
        let server = shop(&program).await;
        let browser = Browser::open(&server.url("")).await;
        walk(&browser, true).await;
        assert_eq!(program.json(&["verify", "--json"])["ok"], true);
    }

    async fn the_main_job_is_done_without_scripts(db) {
        let program = Program::on(db);
        let server = shop(&program).await;
        let browser = Browser::open(&server.url("")).await;
        browser.without_scripts().await;
        walk(&browser, false).await;
        assert_eq!(program.json(&["verify", "--json"])["ok"], true);
    }
}
