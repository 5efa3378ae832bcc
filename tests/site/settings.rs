//! Settings of the tenant.

use guerdon::{
    app::App,
    domain::{role::Role, tenant::Tenant},
    service::tenants,
};

use super::{
    common::on_both,
    desk::employee,
    visitor::{acme, tenant},
};

const HERE: &str = "/admin/acme/settings";

async fn now(app: &App) -> Tenant {
    tenants::find(&app.db, &tenant("acme")).await.unwrap().unwrap()
}

on_both! {
    async fn settings_are_changed_and_recorded(app, _clock) {
        let (site, ann) = acme(app).await;
        let vera = employee(app, &site, "Vera", Role::Viewer).await;
        let form = ann.page(HERE).await;
        assert_eq!((form.attribute("#grace_days", "value"), form.attribute("#customer_cancel_hours", "value")), ("14".into(), String::new()));
        let fields = [("customer_cancel_hours", " 24 "), ("grace_days", "7"), ("agent_limit", "2,500"), ("name", "Acme Shops")];
        assert_eq!(ann.submit(&form, HERE, &fields).await.location(), HERE);
        let page = ann.page(HERE).await;
        assert!(page.one("#toasts").contains("Settings saved"));
        let kept = now(app).await;
        assert_eq!((kept.customer_cancel_hours, kept.grace_days, kept.agent_limit, kept.version), (24, 7, 2_500, 2));
        let log = ann.page("/admin/acme/audit-log?action=tenant.changed").await;
        assert!(log.one("#audit-list tbody tr").contains("Customers cancel within (hours) 0 24"), "{}", log.one("#audit-list tbody tr"));
        let read = vera.page(HERE).await;
        assert_eq!(read.all(".facts > div"), ["Name Acme Shops", "Customers cancel coupons Within 24 hours",
            "Grace for expired points 7 days", "Points on birthdays With one click", "Limit for agents 2,500",
            "Limit for managers No limit", "Limit for admins No limit", "Second factor As each member likes"]);
        assert!(!read.has("#settings-form"));
    }

    async fn limits_of_roles_and_points_on_birthdays_are_set(app, _clock) {
        let (_site, ann) = acme(app).await;
        let form = ann.page(HERE).await;
        let fields = [("manager_limit", "5,000"), ("admin_limit", ""), ("birthday_points", "yes")];
        assert_eq!(ann.submit(&form, HERE, &fields).await.location(), HERE);
        let kept = now(app).await;
        assert_eq!((kept.manager_limit, kept.admin_limit, kept.birthday_points), (Some(5_000), None, true));
        let form = ann.page(HERE).await;
        assert!(form.has("#birthday_points[checked]") && form.attribute("#manager_limit", "value") == "5000");
        let refused = ann.submit(&form, HERE, &[("manager_limit", "500"), ("admin_limit", "400")]).await;
        assert_eq!(refused.status, 422);
        assert_eq!(refused.all(".error-summary a").len(), 2);
        assert!(refused.has("#manager_limit-error") && refused.has("#admin_limit-error"));
        assert_eq!(now(app).await.version, 2);
    }

    async fn what_does_not_fit_comes_back_and_nobody_writes_over_another(app, _clock) {
        let (_site, ann) = acme(app).await;
        let form = ann.page(HERE).await;
        let refused = ann.submit(&form, HERE, &[("customer_cancel_hours", "soon"), ("grace_days", "-1"), ("name", "")]).await;
        assert_eq!(refused.status, 422);
        assert_eq!(refused.all(".error-summary a").len(), 3);
        assert_eq!(refused.attribute("#customer_cancel_hours", "value"), "soon");
        assert!(refused.one("#customer_cancel_hours-error").contains("from 0 to 8,784"));
        assert_eq!(now(app).await.version, 1);
        ann.submit(&form, HERE, &[("grace_days", "3")]).await.location();
        let stale = ann.submit(&form, HERE, &[("grace_days", "5")]).await;
        assert_eq!(stale.status, 409);
        assert_eq!(stale.all("#conflict tbody tr"), ["Grace for expired points 3 days 5 days"]);
        assert_eq!(ann.submit(&stale, HERE, &[]).await.location(), HERE);
        assert_eq!((now(app).await.grace_days, now(app).await.version), (5, 3));
    }
}
