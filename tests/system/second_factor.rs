//! A second factor in a real browser, with its scripts and without them: set up, signed in with a code of the app and
//! with one from paper, and turned off.

use guerdon::{
    clock::{Clock as _, SystemClock},
    domain::totp::{TotpSecret, step_at},
};

use crate::common::{
    browser::Browser,
    on_both,
    program::{Program, Server},
};

const PASSWORD: &str = "a long enough sentence";

async fn office(program: &Program) -> Server {
    program.ok(&["tenant", "create", "acme", "--name", "Acme", "--time-zone", "Europe/Berlin"]);
    let user = "user create --tenant acme --email mia@example.com --name Mia --role admin --password-stdin";
    assert_eq!(program.run_with(&user.split(' ').collect::<Vec<_>>(), PASSWORD).code, Some(0));
    program.ok(&["tenant", "set", "acme", "--demands-second-factor", "true"]);
    program.serve().await
}

/// The step that is shown at this moment.
fn step() -> i64 {
    step_at(SystemClock.now())
}

async fn password(browser: &Browser) {
    browser.fill("Email", "mia@example.com").await;
    browser.fill("Password", PASSWORD).await;
    browser.click("Sign in").await;
}

async fn sign_out(browser: &Browser) {
    browser.script("document.querySelector('[popovertarget=account-menu]').click();", serde_json::json!([])).await;
    browser.click("Sign out").await;
    browser.see("You are signed out.").await;
}

async fn walk(browser: &Browser) {
    browser.goto("/admin/acme/customers").await;
    password(browser).await;
    // The tenant demands it: nothing of it is seen before.
    browser.see("Acme asks for a second factor.").await;
    let shown =
        browser.script("return document.querySelector('.secret .code').textContent;", serde_json::json!([])).await;
    let secret = TotpSecret::parse(&shown.as_str().unwrap().replace(' ', "")).unwrap();
    let drawn = "const image = document.querySelector('.qr img'); return image.complete && image.naturalWidth;";
    assert!(browser.script(drawn, serde_json::json!([])).await.as_u64().unwrap() >= 200, "the picture is there");
    browser.fill("Code", "000 000").await;
    browser.click("Turn on").await;
    browser.see("This is not the code that the app shows").await;
    let first = step();
    browser.fill("Code", &secret.code(first)).await;
    browser.click("Turn on").await;
    browser.see("The codes are shown only now.").await;
    let paper = browser.text(".recovery-codes li").await;
    browser.click("I have kept them").await;
    browser.arrive_at("/admin/acme/customers").await;

    sign_out(browser).await;
    password(browser).await;
    browser.see("Enter your code").await;
    // The code that set it up was taken; the clock of a phone may be a step ahead.
    browser.fill("Code", &secret.code(first)).await;
    browser.click("Sign in").await;
    browser.see("wrong or was used already").await;
    browser.fill("Code", &secret.code(step().max(first + 1))).await;
    browser.click("Sign in").await;
    browser.arrive_at("/admin/acme").await;

    sign_out(browser).await;
    password(browser).await;
    browser.click("Use a recovery code").await;
    browser.fill("Recovery code", &paper).await;
    browser.click("Sign in").await;
    browser.arrive_at("/admin/acme").await;
    browser.goto("/admin/account").await;
    browser.see("9 recovery codes are left.").await;
    browser.see("With password and recovery code").await;
    browser.see("Right password, wrong code").await;
}

on_both! {
    async fn a_second_factor_is_set_up_and_used_in_a_browser(db) {
        let program = Program::on(db);
        let server = office(&program).await;
        let browser = Browser::open(&server.url("")).await;
        walk(&browser).await;
        assert_eq!(program.json(&["verify", "--json"])["ok"], true);
    }

    async fn a_second_factor_is_set_up_and_used_without_scripts(db) {
        let program = Program::on(db);
        let server = office(&program).await;
        let browser = Browser::open(&server.url("")).await;
        browser.without_scripts().await;
        walk(&browser).await;
        // Phone and paper are lost: the operator helps.
        program.ok(&["user", "reset-second-factor", "--email", "mia@example.com"]);
        let users = program.json(&["user", "list", "--json"]);
        assert_eq!(users[0]["second_factor"], false);
        browser.goto("/admin/acme").await;
        password(&browser).await;
        browser.see("Acme asks for a second factor.").await;
    }
}
