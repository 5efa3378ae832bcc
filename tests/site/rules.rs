//! Earning rules and sites.

use guerdon::{
    app::App,
    domain::{ids::SiteCode, role::Role, site::Site},
    service::sites,
};

use super::{
    common::on_both,
    desk::{add, order},
    visitor::{Visitor, acme, make_user, tenant},
};

const RULE: &str = "/admin/acme/rules/main";
const SITES: &str = "/admin/acme/sites";

async fn site(app: &App, code: &str) -> Site {
    sites::find(&app.db, &tenant("acme"), &SiteCode::parse(code).unwrap()).await.unwrap().unwrap()
}

async fn member(at: &super::visitor::Site, app: &App, role: Role) -> Visitor {
    let email = format!("{}@example.com", role.as_str());
    make_user(app, &email, &format!("{} Miller", role.label()), Some(role)).await;
    let visitor = at.visitor();
    visitor.sign_in(&email).await;
    visitor
}

on_both! {
    async fn a_rule_is_changed_and_its_history_tells_by_whom(app, _clock) {
        let (at, ann) = acme(app).await;
        let list = ann.page("/admin/acme/rules").await;
        assert_eq!(list.one("tbody tr"), "Acme main 12 months 1.00 for €1 12 months Missing : set the coupon prefix of Acme \
            Earn points Edit the rule of Acme");
        let manager = member(&at, app, Role::Manager).await;
        let form = manager.page(RULE).await;
        assert!(form.one("#example").starts_with("An order of €119.00 with €4.90 shipping earns 114 points, valid until \
            the start of 15 Jan 2028. €114.10 count, times 1 makes 114.1, rounded down."), "{}", form.one("#example"));
        let fields = [("factor", "0,95"), ("rounding", "ceiling"), ("cap_per_order", "1 000"), ("coupon_prefix", "acm"),
            ("with_shipping", "yes"), ("after_discounts", "")];
        assert_eq!(manager.submit(&form, RULE, &fields).await.location(), RULE);
        let now = site(app, "main").await;
        assert_eq!((now.rule.version, now.version, now.coupon_prefix.as_str()), (2, 2, "ACM"));
        assert_eq!((now.rule.factor.to_string(), now.rule.with_shipping, now.rule.after_discounts), ("0.95".into(), true, false));
        let page = manager.page(RULE).await;
        assert!(page.one("#toasts").contains("Earning rule saved"));
        let history = page.all(".versions > li");
        assert_eq!(history.len(), 2);
        assert!(history[0].starts_with("Version 2") && history[0].contains("Manager Miller"), "{history:?}");
        assert!(history[0].contains("Points for one unit of money 1.00 0.95"), "{history:?}");
        assert!(history[0].contains("Fractions of a point Round down Round up"), "{history:?}");
        assert!(history[1].contains("The first rule."), "{history:?}");
    }

    async fn forms_show_numbers_as_their_reader_writes_them(app, _clock) {
        let (_at, ann) = acme(app).await;
        let form = ann.page(RULE).await;
        ann.submit(&form, RULE, &[("factor", "0.95"), ("coupon_prefix", "ACM")]).await.location();
        let options = "/admin/acme/options";
        let form = ann.page(&format!("{options}/new")).await;
        let fields = [("name", "Viel"), ("points", "500"), ("worth", "1234.50"), ("min_order", "20")];
        ann.submit(&form, options, &fields).await.location();
        let page = ann.page("/admin/account").await;
        ann.submit(&page, "/admin/account/comfort", &[("language", "de"), ("theme", "system")]).await.location();
        let form = ann.page(RULE).await;
        assert_eq!(form.attribute("#factor", "value"), "0,95");
        // Saved as it is, it stays what it was.
        assert_eq!(ann.submit(&form, RULE, &[("rounding", "ceiling")]).await.location(), RULE);
        let rule = site(app, "main").await.rule;
        assert_eq!((rule.factor.to_string(), rule.version), ("0.95".to_owned(), 3));
        let link = ann.page(options).await.attribute("tbody th a", "href");
        let form = ann.page(link.trim_end_matches("#edit")).await;
        assert_eq!((form.attribute("#worth", "value"), form.attribute("#min_order", "value")), ("1234,50".into(), "20,00".into()));
        let path = link.trim_end_matches("#edit").to_owned();
        assert_eq!(ann.submit(&form, &path, &[("points", "600")]).await.location(), path);
        let option = guerdon::service::options::list(&app.db, &tenant("acme")).await.unwrap().remove(0);
        assert_eq!(option.to_json()["coupon"]["discountAbsolute"]["amount"].to_string(), "1234.5");
    }

    async fn a_rule_that_does_not_fit_comes_back_with_what_was_typed(app, _clock) {
        let (_at, ann) = acme(app).await;
        let form = ann.page(RULE).await;
        let refused = ann.submit(&form, RULE, &[("factor", "-1"), ("validity_months", "0"), ("cap_per_order", "x"),
            ("coupon_prefix", "A-B"), ("pending_days", "400"), ("shortfall", "forget")]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.one("title").starts_with("Error: "));
        assert_eq!(refused.all(".error-summary a").len(), 6);
        for (field, typed) in [("factor", "-1"), ("validity_months", "0"), ("cap_per_order", "x"), ("coupon_prefix", "A-B"),
            ("pending_days", "400")] {
            assert_eq!(refused.attribute(&format!("#{field}"), "value"), typed);
            assert!(refused.has(&format!("#{field}-error")), "{field}");
        }
        assert!(refused.has("#shortfall-error"));
        assert_eq!(site(app, "main").await.rule.version, 1);
    }

    async fn of_two_who_change_a_rule_the_second_sees_both(app, _clock) {
        let (_at, ann) = acme(app).await;
        let (first, second) = (ann.page(RULE).await, ann.page(RULE).await);
        ann.submit(&first, RULE, &[("factor", "2")]).await.location();
        let stale = ann.with_htmx("main").submit(&second, RULE, &[("factor", "3")]).await;
        assert_eq!((stale.status.as_u16(), stale.header("hx-retarget")), (409, "#main"));
        assert_eq!(stale.all("#conflict tbody tr"), ["Points for one unit of money 2.00 3.00"]);
        assert_eq!(stale.attribute("#factor", "value"), "3");
        assert_eq!(site(app, "main").await.rule.factor.to_string(), "2");
        assert_eq!(ann.submit(&stale, RULE, &[]).await.location(), RULE);
        assert_eq!((site(app, "main").await.rule.factor.to_string(), site(app, "main").await.rule.version), ("3".into(), 3));
    }

    async fn a_change_is_kept_as_a_draft_looked_at_and_published(app, clock) {
        let (at, ann) = acme(app).await;
        add(app, "C1", 5, None).await;
        order(app, "C1", "B7").await;
        clock.set(app.now().plus_secs(60));
        let form = ann.page(RULE).await;
        assert!(!form.has("#draft"));
        let kept = ann.submit(&form, RULE, &[("factor", "2"), ("coupon_prefix", "acm"), ("act", "draft")]).await;
        assert_eq!(kept.location(), RULE);
        assert_eq!((site(app, "main").await.rule.version, site(app, "main").await.version), (1, 1));
        assert!(ann.page("/admin/acme/rules").await.one("tbody tr").contains("Acme Change waits"));

        let max = member(&at, app, Role::Manager).await;
        let form = max.page(RULE).await;
        let told = form.one("#draft");
        assert!(told.starts_with("There is a draft of a change. Ann Archer kept it on "), "{told}");
        assert_eq!(form.all("#draft tbody tr"), ["Points for one unit of money 1.00 2.00", "Coupon prefix None ACM"]);
        assert_eq!((form.attribute("#factor", "value"), form.has("#trial")), ("1".into(), false));
        let anns = ann.page(&format!("{RULE}?form=draft")).await;
        // A colleague sees the draft, and what it would have given.
        let form = max.page(&form.attribute("#draft a", "href").replace("#edit", "")).await;
        assert_eq!((form.attribute("#factor", "value"), form.one("#submit")), ("2".into(), "Save and publish".into()));
        assert!(form.one("#trial tbody").contains("Points 104 208 +104"), "{}", form.one("#trial"));
        clock.set(app.now().plus_secs(60));
        max.submit(&form, RULE, &[("factor", "3"), ("act", "draft")]).await.location();

        let refused = ann.submit(&anns, RULE, &[("factor", "4"), ("act", "draft")]).await;
        assert_eq!((refused.status.as_u16(), refused.attribute("#factor", "value")), (422, "4".into()));
        assert!(refused.one(".error-summary").contains("Somebody kept, published or discarded a draft of this rule"));
        assert_eq!(ann.submit(&anns, &format!("{RULE}/publish"), &[]).await.status, 409);
        let form = ann.page(RULE).await;
        assert_eq!(ann.submit(&form, &format!("{RULE}/publish"), &[]).await.location(), RULE);
        let now = site(app, "main").await;
        assert_eq!((now.rule.factor.to_string(), now.rule.version, now.coupon_prefix.as_str()), ("3".into(), 2, "ACM"));
        let page = ann.page(RULE).await;
        assert!(!page.has("#draft") && page.one("#toasts").contains("Draft published"));
        assert!(page.all(".versions > li")[0].contains("Points for one unit of money 1.00 3.00"));
        let log = ann.page("/admin/acme/audit-log?action=rule.draft_kept").await;
        assert_eq!(log.all("tbody tr").len(), 2, "{}", log.text);
    }

    async fn a_draft_is_discarded_or_changed_once_more_and_published(app, _clock) {
        let (at, ann) = acme(app).await;
        let form = ann.page(RULE).await;
        ann.submit(&form, RULE, &[("factor", "2"), ("act", "draft")]).await.location();
        let viewer = member(&at, app, Role::Viewer).await;
        let shown = viewer.page(&format!("{RULE}?form=draft")).await;
        assert!(!shown.has("#draft") && !shown.has("#trial"), "who may not change it is told nothing");
        let form = ann.page(RULE).await;
        assert_eq!(ann.submit(&form, &format!("{RULE}/discard"), &[]).await.location(), RULE);
        let form = ann.page(RULE).await;
        assert!(!form.has("#draft") && form.one("#toasts").contains("Draft discarded"));
        ann.submit(&form, RULE, &[("factor", "2"), ("act", "draft")]).await.location();
        let form = ann.page(&format!("{RULE}?form=draft")).await;
        assert_eq!(ann.submit(&form, RULE, &[("factor", "2.5")]).await.location(), RULE);
        assert_eq!((site(app, "main").await.rule.factor.to_string(), site(app, "main").await.rule.version), ("2.5".into(), 2));
        assert!(!ann.page(RULE).await.has("#draft"));
    }

    async fn the_example_follows_what_is_typed(app, _clock) {
        let (_at, ann) = acme(app).await;
        let typed = "factor=2&rounding=floor&basis=gross&pending_days=14&cap_per_order=&validity_months=1&\
            validity_end=end_of_month&shortfall=clamp&coupon_prefix=&enabled=yes&after_discounts=yes";
        let htmx = ann.with_htmx("example");
        let part = htmx.get(&format!("{RULE}/example?{typed}")).await;
        assert_eq!(part.all("p")[0], "An order of €119.00 with €4.90 shipping earns 228 points, valid until the end of 28 Feb 2027.");
        assert_eq!(part.all("p")[2], "They can be spent from 29 Jan 2027.");
        let off = htmx.get(&format!("{RULE}/example?{}", typed.replace("enabled=yes", ""))).await;
        assert_eq!(off.one("p"), "Orders on Acme earn no points.");
        let half = htmx.get(&format!("{RULE}/example?factor=")).await;
        assert_eq!(half.one("p"), "What is typed is not complete yet.");
        assert_eq!(ann.get(&format!("{RULE}/example?{typed}")).await.location(), RULE);
        assert_eq!(site(app, "main").await.rule.version, 1);
    }

    async fn sites_are_created_and_changed(app, _clock) {
        let (_at, ann) = acme(app).await;
        let form = ann.page("/admin/acme/sites/new").await;
        assert_eq!((form.attribute("#time_zone", "value"), form.attribute("#currency", "value")), ("Europe/Berlin".into(), "EUR".into()));
        let refused = ann.submit(&form, SITES, &[("name", ""), ("code", "a b"), ("time_zone", "Mars"), ("currency", "XX"),
            ("allowed_origins", "https://ok.example\nnonsense")]).await;
        assert_eq!((refused.status.as_u16(), refused.all(".error-summary a").len()), (422, 5));
        assert_eq!(refused.one("textarea"), "https://ok.example nonsense");
        assert_eq!(refused.attribute("#code", "value"), "a b");
        let taken = ann.submit(&form, SITES, &[("name", "X"), ("code", "main")]).await;
        assert!(taken.one("#code-error").contains("There is a site `main` already."));
        let fields = [("name", "Acme AT"), ("code", "at"), ("time_zone", "Europe/Vienna"),
            ("allowed_origins", "https://at.example\r\nhttps://www.at.example/")];
        assert_eq!(ann.submit(&form, SITES, &fields).await.location(), SITES);
        assert_eq!(site(app, "at").await.allowed_origins, ["https://at.example", "https://www.at.example"]);
        let page = format!("{SITES}/at");
        let (first, second) = (ann.page(&page).await, ann.page(&page).await);
        let kept = [("allowed_origins", "https://at.example")];
        assert_eq!(ann.submit(&first, &page, &[&[("name", "Austria")], &kept[..]].concat()).await.location(), SITES);
        let stale = ann.submit(&second, &page, &[&[("name", "Österreich")], &kept[..]].concat()).await;
        assert_eq!(stale.status, 409);
        assert_eq!(stale.all("#conflict tbody tr"), ["Name Austria Österreich"]);
        assert_eq!(site(app, "at").await.name, "Austria");
        assert_eq!(ann.submit(&stale, &page, &kept).await.location(), SITES);
        assert_eq!((site(app, "at").await.name.as_str(), site(app, "at").await.rule.version), ("Österreich", 1));
        assert_eq!(ann.get("/admin/acme/sites/none").await.status, 404);
        assert_eq!(ann.get("/admin/acme/rules/none").await.status, 404);
    }

    async fn who_may_only_look_gets_no_forms(app, _clock) {
        let (at, _ann) = acme(app).await;
        let viewer = member(&at, app, Role::Viewer).await;
        let rule = viewer.page(RULE).await;
        assert!(!rule.has("#rule-form") && !rule.has("#savebar") && rule.one(".facts").contains("Points are valid for 12 months"));
        let page = viewer.page("/admin/acme/sites/main").await;
        assert!(!page.has("#site-form") && page.one(".facts").contains("Europe/Berlin"));
        assert!(!viewer.page(SITES).await.has(".btn-primary"));
        let manager = member(&at, app, Role::Manager).await;
        assert!(!manager.page("/admin/acme/sites/main").await.has("#site-form"), "sites are the admins'");
    }
}
