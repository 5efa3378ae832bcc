//! Two persons in a real browser, with scripts and without: one asks for more points than the limit allows, the other
//! approves; the first one has it undone, which is asked for in the same way. Then a birthday, with one click, and a table
//! of changes that a third person has booked.

use std::time::Duration;

use serde_json::{Value, json};

use super::people::{shop_with, sign_in, sign_out};
use crate::common::{browser::Browser, on_both, program::Program, wait};

const PEOPLE: [(&str, &str); 3] = [("tim", "agent"), ("lena", "manager"), ("ann", "admin")];
const CUSTOMER: &str = "/admin/acme/customers/C1";

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
        browser.see("it waits until").await;
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

/// A table above a manager's limit: declined, asked for again, approved and booked.
async fn book(browser: &Browser) {
    sign_out(browser).await;
    sign_in(browser, "ann").await;
    browser.goto("/admin/acme/settings").await;
    browser.fill("manager_limit", "10000").await;
    browser.click("submit").await;
    browser.see("Settings saved").await;
    sign_out(browser).await;
    sign_in(browser, "lena").await;
    browser.goto("/admin/acme/bulk/new").await;
    browser.fill("pasted", "customer_id,points\nC1,20000\nC1,-5\n").await;
    browser.click("Upload and check").await;
    browser.see("A row moves 20,000 points, and your limit is 10,000.").await;
    browser.see_no("Book 2 rows").await;
    browser.click("Ask for approval").await;
    browser.see("Approval asked for").await;
    browser.see("lena asked on").await;
    let batch = browser.path().await;
    for (answer, note) in [("Decline", "Ask <b>me</b> first"), ("Approve and book", "")] {
        sign_out(browser).await;
        sign_in(browser, "ann").await;
        browser.goto("/admin/acme/approvals").await;
        let request = browser.find("#batches tbody a").await.attribute("href").await.unwrap();
        assert_eq!(request, batch);
        browser.goto(&request).await;
        browser.fill("note", note).await;
        browser.click(answer).await;
        if answer == "Decline" {
            browser.see("ann declined this on").await;
            sign_out(browser).await;
            sign_in(browser, "lena").await;
            browser.goto(&batch).await;
            browser.see(note).await;
            browser.click("Ask for approval").await;
            browser.see("lena asked on").await;
        }
    }
    wait::until("it is booked", Duration::from_mins(1), async || {
        browser.goto(&batch).await;
        (browser.text(".page-head .badge").await == "Booked").then_some(())
    })
    .await;
    assert_eq!(balance(browser).await, "19,995 points");
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
        shop_with(&program, &PEOPLE);
        let server = program.serve().await;
        let browser = Browser::open(&server.url("")).await;
        walk(&browser, true).await;
        congratulate(&browser).await;
        book(&browser).await;
        assert_eq!(program.json(&["verify", "--json"])["ok"], true);
    }

    async fn a_second_person_approves_without_scripts(db) {
        let program = Program::on(db);
        shop_with(&program, &PEOPLE);
        let server = program.serve().await;
        let browser = Browser::open(&server.url("")).await;
        browser.without_scripts().await;
        walk(&browser, false).await;
        book(&browser).await;
        assert_eq!(program.json(&["verify", "--json"])["ok"], true);
    }
}
