//! A second factor without any script: set up, asked for, demanded by a tenant, lost and turned off.

use guerdon::{
    app::App,
    clock::MockClock,
    domain::{
        role::Role,
        totp::{STEP_SECS, TotpSecret, step_at},
    },
};

use super::{
    common::on_both,
    visitor::{Answer, PASSWORD, Visitor, acme, make_user},
};

const PAGE: &str = "/admin/account/second-factor";
const CODE: &str = "/admin/login/code";

/// The secret that a page shows to be typed.
fn secret(page: &Answer) -> TotpSecret {
    TotpSecret::parse(&page.one(".secret .code").replace(' ', "")).unwrap()
}

fn code(app: &App, secret: &TotpSecret) -> String {
    secret.code(step_at(app.now()))
}

/// Sets one up; answers what the app knows and the codes on paper. Then the next code is shown.
pub(crate) async fn enrol(app: &App, clock: &MockClock, visitor: &Visitor) -> (TotpSecret, Vec<String>) {
    let page = visitor.page(PAGE).await;
    let secret = secret(&page);
    let done = visitor.submit(&page, PAGE, &[("code", &code(app, &secret))]).await;
    assert_eq!(done.status, 201, "{}", done.text);
    clock.set(app.now().plus_secs(STEP_SECS));
    (secret, done.all(".recovery-codes li"))
}

on_both! {
    async fn an_app_is_set_up_and_asked_for_from_then_on(app, clock) {
        let (site, ann) = acme(app).await;
        let elsewhere = site.visitor();
        elsewhere.sign_in("ann@example.com").await;
        let page = ann.page(PAGE).await;
        let shown = secret(&page);
        assert_eq!(secret(&ann.page(PAGE).await), shown, "the same until it is confirmed");
        let picture = ann.page("/admin/account/second-factor/picture.svg").await;
        assert_eq!((picture.header("content-type"), picture.header("cache-control")), ("image/svg+xml", "no-store"));
        assert!(picture.text.contains("<svg"));
        assert_eq!(elsewhere.get("/admin/account/second-factor/picture.svg").await.status, 404, "drafted nothing");

        let refused = ann.submit(&page, PAGE, &[("code", "000000")]).await;
        assert_eq!((refused.status.as_u16(), refused.has("#code-error")), (422, true));
        assert_eq!(secret(&refused), shown);
        let (app_secret, codes) = enrol(app, clock, &ann).await;
        assert_eq!((app_secret == shown, codes.len()), (true, 10));
        assert_eq!(ann.get("/admin/acme").await.status, 200, "this session goes on");
        assert_eq!(elsewhere.get("/admin/acme").await.status, 303, "the others end");
        assert!(!ann.page(PAGE).await.text.contains(&shown.reveal()), "never shown again");
        assert_eq!(ann.get("/admin/account/second-factor/picture.svg").await.status, 404);
        assert!(ann.page("/admin/account").await.text.contains("10 recovery codes are left."));

        let visitor = site.visitor();
        let login = visitor.page("/admin/login?next=%2Fadmin%2Facme%2Fteam").await;
        let asked = visitor.submit(&login, "/admin/login", &[("email", "ann@example.com"), ("password", PASSWORD)]).await;
        assert_eq!(asked.location(), CODE);
        for path in ["/admin", "/admin/acme", "/admin/account", PAGE] {
            assert!(visitor.get(path).await.location().starts_with("/admin/login"), "{path}");
        }
        let page = visitor.page(CODE).await;
        assert_eq!((page.attribute("#code", "autocomplete"), page.attribute("#code", "inputmode")), ("one-time-code".into(), "numeric".into()));
        let empty = visitor.submit(&page, CODE, &[("code", " ")]).await;
        assert_eq!((empty.status.as_u16(), empty.one("#code-error").as_str()), (422, "Error: Enter the code."));
        let wrong = visitor.submit(&page, CODE, &[("code", "000000")]).await;
        assert_eq!(wrong.status, 422);
        assert!(!wrong.text.contains("000000") && wrong.one("#code-error").contains("wrong"));
        let right = code(app, &app_secret);
        let (first, rest) = right.split_at(3);
        let spaced = format!("{first} {rest}");
        let done = visitor.submit(&wrong, CODE, &[("code", &spaced)]).await;
        assert_eq!(done.location(), "/admin/acme/team");
        assert_eq!(visitor.get("/admin/acme/team").await.status, 200);
        assert_eq!(visitor.get(CODE).await.location(), "/admin/login", "done with");

        let history = visitor.page("/admin/account/sign-ins").await;
        let told = history.all("#sign-ins tbody th");
        assert!(told[0].starts_with("With password and app") && told[1].starts_with("Failed Right password, wrong code"), "{told:?}");
        assert!(history.all("#sign-ins tbody td")[0].contains("127.0.0.1"));
    }

    async fn a_recovery_code_opens_once_when_the_phone_is_lost(app, clock) {
        let (site, ann) = acme(app).await;
        let (_, codes) = enrol(app, clock, &ann).await;
        let visitor = site.visitor();
        visitor.sign_in("ann@example.com").await;
        let page = visitor.page("/admin/login/code?recovery=yes").await;
        let wrong = visitor.submit(&page, CODE, &[("recovery_code", "0000-0000-0000")]).await;
        assert_eq!((wrong.status.as_u16(), wrong.has("#recovery_code-error")), (422, true));
        let done = visitor.submit(&wrong, CODE, &[("recovery_code", &codes[0])]).await;
        assert_eq!(done.location(), "/admin/acme");
        assert!(visitor.page("/admin/account").await.text.contains("9 recovery codes are left."));
        let again = site.visitor();
        again.sign_in("ann@example.com").await;
        let page = again.page("/admin/login/code?recovery=yes").await;
        assert_eq!(again.submit(&page, CODE, &[("recovery_code", &codes[0])]).await.status, 422);
    }

    async fn too_many_wrong_codes_wait_and_a_late_one_starts_anew(app, clock) {
        let (site, ann) = acme(app).await;
        let (secret, _) = enrol(app, clock, &ann).await;
        let visitor = site.visitor();
        visitor.sign_in("ann@example.com").await;
        let page = visitor.page(CODE).await;
        let mut last = visitor.submit(&page, CODE, &[("code", "000000")]).await;
        for _ in 0..10 {
            if last.status == 429 {
                break;
            }
            last = visitor.submit(&page, CODE, &[("code", "000000")]).await;
        }
        assert_eq!(last.status, 429);
        assert!(last.header("retry-after").parse::<i64>().unwrap() > 0 && last.one("#code-error").contains("Wait"));
        clock.set(app.now().plus_secs(guerdon::service::sign_in::CODE_SECS));
        assert_eq!(visitor.submit(&page, CODE, &[("code", &code(app, &secret))]).await.location(), "/admin/login?over=yes");
        assert!(visitor.page("/admin/login?over=yes").await.text.contains("Too much time has passed"));
        // Without the first step there is no second.
        let stranger = site.visitor();
        assert_eq!(stranger.get(CODE).await.location(), "/admin/login");
        assert_eq!(stranger.post(CODE, &[("code", &code(app, &secret))]).await.location(), "/admin/login");
    }

    async fn it_is_turned_off_with_the_password_and_a_code(app, clock) {
        let (site, ann) = acme(app).await;
        let (secret, codes) = enrol(app, clock, &ann).await;
        let off = format!("{PAGE}/off");
        let page = ann.page(PAGE).await;
        let refused = ann.submit(&page, &off, &[("password", "wrong"), ("off_code", &code(app, &secret))]).await;
        assert_eq!((refused.status.as_u16(), refused.has("#password-error")), (422, true));
        let refused = ann.submit(&page, &off, &[("password", PASSWORD), ("off_code", "000000")]).await;
        assert_eq!((refused.status.as_u16(), refused.has("#off_code-error")), (422, true));
        let renewed = ann.submit(&page, &format!("{PAGE}/codes"), &[("code", &code(app, &secret))]).await;
        assert_eq!((renewed.status.as_u16(), renewed.all(".recovery-codes li").len()), (201, 10));
        let fresh = renewed.all(".recovery-codes li");
        assert!(!fresh.contains(&codes[0]));
        let done = ann.submit(&page, &off, &[("password", PASSWORD), ("off_code", &fresh[9])]).await;
        assert_eq!(done.location(), "/admin/account");
        assert_eq!(ann.page("/admin/account").await.one(".toast"), "Second factor turned off");
        assert_eq!(site.visitor().sign_in("ann@example.com").await.location(), "/admin/acme");
    }

    async fn a_tenant_that_demands_it_opens_to_nobody_without(app, clock) {
        let (site, ann) = acme(app).await;
        make_user(app, "ben@example.com", "Ben", Some(Role::Agent)).await;
        let ben = site.visitor();
        ben.sign_in("ben@example.com").await;
        let token = ben.token().await;
        assert_eq!(ben.get("/admin/acme/customers").await.status, 200);
        let page = ann.page("/admin/acme/settings").await;
        let saved = ann.submit(&page, "/admin/acme/settings", &[("demands_second_factor", "yes")]).await;
        assert_eq!(saved.location(), "/admin/acme/settings");

        // From the next click on, whatever is asked for and however.
        let led = ben.get("/admin/acme/customers?q=x").await;
        assert_eq!(led.location(), "/admin/account/second-factor?next=%2Fadmin%2Facme%2Fcustomers%3Fq%3Dx");
        for path in ["/admin/acme", "/admin/acme/ledger.csv", "/admin/acme/nothing", "/admin/acme/customers/C1/entries/E1"] {
            assert!(ben.get(path).await.location().starts_with(PAGE), "{path}");
        }
        let part = ben.with_htmx("search-results").get("/admin/acme/customers?q=x").await;
        assert_eq!((part.status.as_u16(), part.header("hx-redirect").starts_with(PAGE)), (403, true));
        let post = ben.post("/admin/acme/customers/C1/adjust", &[("csrf", &token), ("points", "1")]).await;
        assert_eq!(post.location(), PAGE);
        assert!(!led.text.contains("Acme"));
        let shown = ben.page(PAGE).await;
        assert!(shown.one("main .banner").contains("Acme asks for a second factor"));

        let page = ben.page(led.location()).await;
        let done = ben.submit(&page, PAGE, &[("code", &code(app, &secret(&page)))]).await;
        assert_eq!(done.attribute("main a.btn-primary", "href"), "/admin/acme/customers?q=x");
        assert_eq!(ben.get("/admin/acme/customers").await.status, 200);
        // Who demands it needs it, too; who takes it off is out again.
        assert!(ann.get("/admin/acme/settings").await.location().starts_with(PAGE));
        enrol(app, clock, &ann).await;
        let log = ann.page("/admin/acme/audit-log").await;
        assert!(log.one("main").contains("Demands second factor"), "{}", log.one("main"));
    }
}
