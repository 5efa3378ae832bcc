//! Two persons in a real browser, with scripts and without: one asks for more points than the limit allows, the other
//! approves; the first one has it undone, which is asked for in the same way. Then a birthday, with one click.

use serde_json::{Value, json};

use crate::common::{
    browser::Browser,
    on_both,
    program::{Program, Server},
};

const PASSWORD: &str = "a long enough sentence";
const CUSTOMER: &str = "/admin/acme/customers/C1";

/// A shop with an agent and a manager.
async fn shop(program: &Program) -> Server {
    program.ok(&["tenant", "create", "acme", "--name", "Acme", "--time-zone", "Europe/Berlin"]);
    for (name, role) in [("tim", "agent"), ("lena", "manager")] {
        let user = format!(
            "user create --tenant acme --email {name}@example.com --name {name} --role {role} --password-stdin"
        );
        let made = program.run_with(&user.split(' ').collect::<Vec<_>>(), PASSWORD);
        assert_eq!(made.code, Some(0));
    }
    program.serve().await
}

async fn sign_in(browser: &Browser, name: &str) {
    browser.goto("/admin").await;
    browser.fill("Email", &format!("{name}@example.com")).await;
    browser.fill("Password", PASSWORD).await;
    browser.click("Sign in").await;
    browser.see("Overview").await;
}

async fn sign_out(browser: &Browser) {
    browser.script("document.getElementById('account-menu').showPopover()", json!([])).await;
    browser.click("Sign out").await;
    browser.see("You are signed out.").await;
}

async fn balance(browser: &Browser) -> String {
    browser.goto(CUSTOMER).await;
    browser.text(".strip .lead .pts").await
}

/// The other one decides about what waits for the customer.
async fn approve(browser: &Browser, what: &str) {
    sign_out(browser).await;
    sign_in(browser, "lena").await;
    assert!(browser.text("#nav .count").await.starts_with('1'));
    browser.goto("/admin/acme/approvals").await;
    browser.see(what).await;
    let request = browser.find("tbody th a").await.attribute("href").await.unwrap();
    browser.goto(&request).await;
    browser.see("What it does now").await;
    browser.click("Approve").await;
    browser.see("Request approved").await;
    sign_out(browser).await;
    sign_in(browser, "tim").await;
}

async fn walk(browser: &Browser, scripts: bool) {
    sign_in(browser, "tim").await;
    browser.goto("/admin/acme/open-account").await;
    browser.fill("customer", "C1").await;
    browser.click("Open account").await;
    browser.see("Account opened").await;
    browser.goto(CUSTOMER).await;
    browser.fill("Points", "1500").await;
    browser.fill("Private note", "Parcel lost twice").await;
    if scripts {
        // What it comes to stands there before anything is sent.
        browser.see("it waits until lena decides").await;
    }
    browser.click(if scripts { "Ask for approval" } else { "Add points" }).await;
    browser.see("Approval asked for").await;
    browser.see("tim asked to add 1,500 points").await;
    approve(browser, "Parcel lost twice").await;
    assert_eq!(balance(browser).await, "1,500 points");

    let entry = browser.find(".ledger tr[id] .main a").await.attribute("href").await.unwrap();
    browser.goto(&entry).await;
    browser.see("Approved by").await;
    browser.click("Undo entry").await;
    browser.see("above your limit of 1,000 points").await;
    browser.click("Ask for approval").await;
    browser.see("Approval asked for").await;
    assert_eq!(balance(browser).await, "1,500 points");
    approve(browser, "Undo an entry of 1,500 points").await;
    assert_eq!(balance(browser).await, "0 points");

    // Choosing a reason fills in what it brings.
    browser.choose("Reason", "Birthday").await;
    if !scripts {
        browser.click("Fill in what the reason brings").await;
    }
    browser.click("Add 100 points").await;
    browser.see("Points added").await;
    browser.click("Undo").await;
    // The history has an undone addition already; what the message offered is done when it is gone.
    browser.see_no("Points added").await;
    browser.see("Addition undone").await;
    assert_eq!(balance(browser).await, "0 points");
}

async fn congratulate(browser: &Browser) {
    let today: Value =
        browser.script("return new Date().toLocaleDateString('sv', { timeZone: 'Europe/Berlin' })", json!([])).await;
    browser.goto("/admin/acme/open-account").await;
    browser.fill("customer", "C2").await;
    browser.click("Open account").await;
    browser.see("Account opened").await;
    browser.click("Add personal data").await;
    browser.fill("name", "Mara").await;
    browser.fill("birthday", &format!("1990-{}", today.as_str().unwrap().split_once('-').unwrap().1)).await;
    browser.click("Save personal data").await;
    browser.see("Personal data saved").await;
    browser.goto("/admin/acme/birthdays").await;
    browser.see("Mara").await;
    browser.click("Give 100 points to Mara").await;
    browser.see("Points given").await;
    browser.see("Given").await;
    browser.goto("/admin/acme/customers/C2").await;
    assert_eq!(browser.text(".strip .lead .pts").await, "100 points");
}

on_both! {
    async fn a_second_person_approves_in_a_browser(db) {
        let program = Program::on(db);
        let server = shop(&program).await;
        let browser = Browser::open(&server.url("")).await;
        walk(&browser, true).await;
        congratulate(&browser).await;
        assert_eq!(program.json(&["verify", "--json"])["ok"], true);
    }

    async fn a_second_person_approves_without_scripts(db) {
        let program = Program::on(db);
        let server = shop(&program).await;
        let browser = Browser::open(&server.url("")).await;
        browser.without_scripts().await;
        walk(&browser, false).await;
        assert_eq!(program.json(&["verify", "--json"])["ok"], true);
    }
}
