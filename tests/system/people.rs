//! People of a shop in a browser.

use serde_json::json;

use crate::common::{browser::Browser, program::Program};

pub(crate) const PASSWORD: &str = "a long enough sentence";

/// Makes the tenant `acme` with some people (name, role), who sign in as `{name}@example.com`.
pub(crate) fn shop_with(program: &Program, people: &[(&str, &str)]) {
    program.ok(&["tenant", "create", "acme", "--name", "Acme", "--time-zone", "Europe/Berlin"]);
    for (name, role) in people {
        let user = format!(
            "user create --tenant acme --email {name}@example.com --name {name} --role {role} --password-stdin"
        );
        let made = program.run_with(&user.split(' ').collect::<Vec<_>>(), PASSWORD);
        assert_eq!(made.code, Some(0), "{made:?}");
    }
}

pub(crate) async fn sign_in(browser: &Browser, name: &str) {
    browser.goto("/admin").await;
    browser.fill("Email", &format!("{name}@example.com")).await;
    browser.fill("Password", PASSWORD).await;
    browser.click("Sign in").await;
    browser.see("Overview").await;
}

pub(crate) async fn sign_out(browser: &Browser) {
    browser.script("document.getElementById('account-menu').showPopover()", json!([])).await;
    browser.click("Sign out").await;
    browser.see("You are signed out.").await;
}
