//! Every page of the demo on screens of every width, in the language with the longer words.

use serde_json::{Value, json};

use super::screenshots::{PAGES, open, serve_demo};
use crate::common::browser::Browser;

/// What is not among the pictures.
const MORE: [(&str, &str); 4] = [
    ("option", "/options > tbody th a"),
    ("client-new", "/api-clients/new"),
    ("customer-sign-in", "/customer-sign-in/new"),
    ("try-token", "/customer-sign-in/try"),
];

/// What stands out of its card, or out of the screen.
const OUT: &str = r#"
    const out = [];
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (wide > 0) out.push(`the page by ${wide} px`);
    for (const inner of document.querySelectorAll(".card table, .card .form > *, .card .btn, .card .badge")) {
        const by = inner.getBoundingClientRect().right - inner.closest(".card").getBoundingClientRect().right;
        if (inner.checkVisibility() && by > 1) out.push(`${inner.localName} ${inner.className} by ${by} px: ${inner.innerText.slice(0, 40)}`);
    }
    return out;
"#;

/// Opens pages of the demo as a German employee, and looks whether everything stays in its place.
async fn walk(pages: impl Iterator<Item = (&str, &str)>) {
    let folder = tempfile::tempdir().unwrap();
    let (_demo, base) = serve_demo(&folder, "120");
    let browser = Browser::open(&base).await;
    browser.goto("/admin/login").await;
    browser.fill("Email", "jonas@alpenglow.example").await;
    browser.fill("Password", "edelweiss-over-the-pass").await;
    browser.click("Sign in").await;
    browser.see("Overview").await;
    browser.goto("/admin/account").await;
    browser.tick("Deutsch").await;
    browser.click("Save").await;
    browser.see("Ihr Konto").await;
    for (name, page) in pages {
        open(&browser, page).await;
        for width in [1280, 1000, 800, 320] {
            browser.resize(width, 900).await;
            let out = browser.script(OUT, json!([])).await;
            assert_eq!(out, Value::Array(Vec::new()), "{name} at {width}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_of_every_day_fit_every_screen_in_german() {
    walk(PAGES.into_iter().take(17)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_of_every_set_up_fit_every_screen_in_german() {
    walk(PAGES.into_iter().skip(17).chain(MORE)).await;
}
