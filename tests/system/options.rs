//! Redemption options in a real browser: put in order by hand and by keyboard, kept as a draft and published.

use serde_json::json;

use crate::common::{
    browser::Browser,
    database::TestDb,
    on_both,
    program::{Program, Server},
    wait,
};

const PASSWORD: &str = "a long enough sentence";
const LIST: &str = "/admin/acme/options";

async fn office(program: &Program) -> Server {
    program.ok(&["tenant", "create", "acme", "--name", "Acme"]);
    let user = "user create --tenant acme --email mia@example.com --name Mia --role manager --password-stdin";
    assert_eq!(program.run_with(&user.split(' ').collect::<Vec<_>>(), PASSWORD).code, Some(0));
    program.serve().await
}

async fn sign_in(browser: &Browser) {
    browser.goto(LIST).await;
    browser.fill("Email", "mia@example.com").await;
    browser.fill("Password", PASSWORD).await;
    browser.click("Sign in").await;
    browser.arrive_at(LIST).await;
}

async fn add(browser: &Browser, name: &str) {
    browser.goto(&format!("{LIST}/new")).await;
    browser.fill("Name", name).await;
    browser.fill("Cost", "500").await;
    browser.fill("Customer gets", "5").await;
    browser.click("submit").await;
    browser.see("Option added").await;
}

async fn see_order(browser: &Browser, expected: &[&str]) {
    let script = "return [...document.querySelectorAll('.options-list tbody th a')].map(link => link.textContent);";
    wait::until(&format!("the order is {expected:?}"), std::time::Duration::from_secs(20), async || {
        (browser.script(script, json!([])).await == json!(expected)).then_some(())
    })
    .await;
}

/// Drags a row to the place of another, and waits until the server has answered with the new list.
async fn drag(browser: &Browser, from: u8, to: u8) {
    browser.script("document.querySelector('.options-list tbody').dataset.old = '';", json!([])).await;
    let grip = |row: u8| format!("tbody tr:nth-child({row}) [data-grip]");
    browser.drag(&grip(from), &grip(to)).await;
    wait::until("the new list is there", std::time::Duration::from_secs(20), async || {
        (browser.count("tbody[data-old]").await == 0).then_some(())
    })
    .await;
}

on_both! {
    async fn options_are_put_in_order_by_hand_and_by_keyboard(db) {
        let program = Program::on(db);
        let server = office(&program).await;
        let browser = Browser::open(&server.url("")).await;
        sign_in(&browser).await;
        for name in ["Anorak", "Boots", "Crampons"] {
            add(&browser, name).await;
        }
        browser.goto(LIST).await;
        drag(&browser, 1, 3).await;
        see_order(&browser, &["Boots", "Crampons", "Anorak"]).await;
        browser.goto(LIST).await;
        see_order(&browser, &["Boots", "Crampons", "Anorak"]).await;
        drag(&browser, 3, 2).await;
        see_order(&browser, &["Boots", "Anorak", "Crampons"]).await;
        // The button that is pressed keeps the focus, so that it can be pressed again.
        browser.script("document.querySelector('[aria-label=\"Move Crampons up\"]').focus();", json!([])).await;
        browser.press("\u{e007}").await;
        see_order(&browser, &["Boots", "Crampons", "Anorak"]).await;
        let focused = "return document.activeElement.getAttribute('aria-label');";
        assert_eq!(browser.script(focused, json!([])).await, "Move Crampons up");
        browser.press("\u{e007}").await;
        see_order(&browser, &["Crampons", "Boots", "Anorak"]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_kept_and_published_without_scripts() {
    let db = TestDb::new(guerdon::store::Backend::Sqlite).await;
    let program = Program::on(&db);
    let server = office(&program).await;
    let browser = Browser::open(&server.url("")).await;
    browser.without_scripts().await;
    sign_in(&browser).await;
    add(&browser, "Anorak").await;
    browser.click("Anorak").await;
    browser.fill("Cost", "650").await;
    browser.click("Keep as draft").await;
    browser.see("There is a draft of a change.").await;
    browser.see("Customers, and the form below, have the option as it was.").await;
    browser.click("Edit draft").await;
    browser.see("The form below shows it").await;
    browser.click("Publish draft").await;
    browser.see("Draft published").await;
    assert_eq!(browser.find("#points").await.value().await, "650");
    assert_eq!(browser.count(".moves [data-grip]").await, 0, "without scripts nothing looks as if it could be dragged");
}
