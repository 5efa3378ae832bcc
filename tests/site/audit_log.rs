//! The audit log: filters in the address, pages without gaps, before and after.

use guerdon::{
    domain::{actor::Actor, actor::Caller, role::Role},
    service::team,
};

use super::{
    common::on_both,
    visitor::{acme, encoded, make_user, tenant},
};

on_both! {
    async fn changes_are_told_with_before_and_after(app, _clock) {
        let (_site, ann) = acme(app).await;
        let ben = make_user(app, "ben@example.com", "Ben", Some(Role::Viewer)).await;
        let caller = Caller { tenant: tenant("acme"), actor: Actor::system("test") };
        team::set_role(app, &caller, &ben, Role::Manager).await.unwrap();
        let page = ann.page("/admin/acme/audit-log").await;
        assert!(page.all("tbody tr:first-child th")[0].starts_with("Role of member changed"));
        assert_eq!(page.all("tbody tr:first-child del"), ["viewer"]);
        assert_eq!(page.all("tbody tr:first-child ins"), ["manager"]);
        assert_eq!(page.attribute("tbody tr:first-child td time", "datetime"), "2027-01-15T13:00:00+01:00");
    }

    async fn people_and_clients_are_called_by_their_names(app, _clock) {
        let (_site, ann) = acme(app).await;
        let ben = make_user(app, "ben@example.com", "Ben Baker", Some(Role::Viewer)).await;
        let form = ann.page("/admin/acme/api-clients/new").await;
        let fields = [("name", "Shop backend"), ("scope", "coupon.coupon_read")];
        assert_eq!(ann.submit(&form, "/admin/acme/api-clients", &fields).await.status, 201);
        let page = ann.page("/admin/acme/audit-log").await;
        let told = page.all("tbody th").join(" | ");
        assert!(told.contains("Ben Baker") && told.contains("Shop backend"), "{told}");
        let id = ben.as_str();
        assert!(page.all("tbody").iter().all(|text| !text.contains(id)), "{told}");
        let only = ann.page(&format!("/admin/acme/audit-log?subject=user:{id}")).await;
        assert_eq!(only.all(".chip"), ["Member", "Ben Baker"]);
    }

    async fn filters_stand_in_the_address_and_can_be_taken_off(app, _clock) {
        let (_site, ann) = acme(app).await;
        make_user(app, "ben@example.com", "Ben", Some(Role::Viewer)).await;
        let all = ann.page("/admin/acme/audit-log").await.all("tbody tr").len();
        let page = ann.page("/admin/acme/audit-log?action=member.added&from=2027-01-15&until=2027-01-15").await;
        assert_eq!(page.all("tbody tr").len(), 2);
        assert!(all > 2);
        assert_eq!(page.all(".chip"), ["Member added", "From 15 Jan 2027", "To 15 Jan 2027"]);
        assert!(page.has("#action option[value='member.added'][selected]"));
        assert_eq!(page.attribute(".chip a", "href"), "/admin/acme/audit-log?from=2027-01-15&until=2027-01-15");
        for nothing in ["from=2027-01-16", "until=2027-01-14", "action=none", "subject=user:none", "actor=system:none"] {
            let page = ann.page(&format!("/admin/acme/audit-log?{nothing}")).await;
            assert!(page.has(".empty") && page.all("tbody tr").is_empty(), "{nothing}");
        }
        for nonsense in ["from=tomorrow", "before=x", "actor=", "subject=no-colon", "before=99999999999999999999"] {
            ann.page(&format!("/admin/acme/audit-log?{nonsense}")).await;
        }
        // With htmx only the list comes, and the address is told.
        let part = ann.with_htmx("audit-list").page("/admin/acme/audit-log?action=member.added&from=&until=").await;
        assert_eq!(part.header("hx-push-url"), "/admin/acme/audit-log?action=member.added");
        assert!(!part.has("nav#nav") && part.all("tbody tr").len() == 2);
    }

    async fn pages_neither_lose_nor_repeat_a_change(app, clock) {
        let (_site, ann) = acme(app).await;
        let ben = make_user(app, "ben@example.com", "Ben", Some(Role::Viewer)).await;
        let caller = Caller { tenant: tenant("acme"), actor: Actor::system("test") };
        for turn in 0..40 {
            clock.set(app.now().plus_secs(60));
            let role = if turn % 2 == 0 { Role::Agent } else { Role::Viewer };
            team::set_role(app, &caller, &ben, role).await.unwrap();
        }
        let first = ann.page("/admin/acme/audit-log?action=member.role_changed").await;
        let mut times = first.all("tbody td time");
        assert_eq!(times.len(), 25);
        // Another one comes in between.
        clock.set(app.now().plus_secs(60));
        team::set_role(app, &caller, &ben, Role::Manager).await.unwrap();
        let second = ann.page(&first.attribute("a[rel=next]", "href")).await;
        assert!(!second.has("a[rel=next]") && second.has("a[rel=prev]"));
        times.extend(second.all("tbody td time"));
        assert_eq!(times.len(), 40);
        times.dedup();
        assert_eq!(times.len(), 40);
    }

    async fn what_is_searched_for_is_found_in_names_values_and_ids(app, _clock) {
        let (_site, ann) = acme(app).await;
        let ben = make_user(app, "ben@example.com", "Ben Bäcker", Some(Role::Viewer)).await;
        let caller = Caller { tenant: tenant("acme"), actor: Actor::system("test") };
        team::set_role(app, &caller, &ben, Role::Manager).await.unwrap();
        for (text, rows) in [("Bäcker", 2), ("bäcker", 2), ("manager", 2), (ben.as_str(), 2), ("role changed", 1), ("100%", 0)] {
            let query = encoded(&[("q", text)]);
            let page = ann.page(&format!("/admin/acme/audit-log?{query}")).await;
            let found = page.all("tbody tr").len();
            // SQLite lowers plain letters only.
            assert!(found == rows || (text == "bäcker" && found == 0), "{text}: {found}");
            assert_eq!((page.attribute("#audit-q", "value"), page.all(".chip").len()), (text.to_owned(), 1));
        }
        let page = ann.page("/admin/acme/audit-log?kind=user&actor=system").await;
        assert_eq!(page.all(".chip"), ["By Guerdon itself", "Member"]);
        assert!(page.all("tbody tr").len() >= 3);
    }

    async fn the_file_holds_exactly_what_is_filtered_and_no_formula(app, _clock) {
        let (_site, ann) = acme(app).await;
        make_user(app, "ben@example.com", "=cmd|' /C calc'!A0", Some(Role::Viewer)).await;
        let page = ann.page("/admin/acme/audit-log?action=member.added").await;
        let export = page.attribute("a[href*='audit-log.csv']", "href");
        assert_eq!(export, "/admin/acme/audit-log.csv?action=member.added");
        let file = ann.page(&export).await;
        assert!(file.header("content-disposition").contains("audit-log.csv"));
        let lines: Vec<&str> = file.text.trim_start_matches('\u{feff}').lines().collect();
        assert_eq!(lines[0], "row,time,actor_kind,actor_id,actor_name,action,kind,id,name,before,after,hash");
        assert_eq!(lines.len(), 1 + page.all("tbody tr").len());
        assert!(lines[1].contains(",\"'=cmd|' /C calc'!A0\",") || lines[1].contains(",'=cmd|' /C calc'!A0,"), "{}", lines[1]);
        assert!(lines[1..].iter().all(|line| line.contains(",member.added,user,")), "{lines:?}");
        let none = ann.page("/admin/acme/audit-log.csv?q=nowhere").await;
        assert_eq!(none.text.lines().count(), 1);
    }

    async fn an_admin_has_the_log_prove_itself(app, _clock) {
        let (_site, ann) = acme(app).await;
        let page = ann.page("/admin/acme/audit-log").await;
        assert!(page.one("#proof").contains("Nobody has proved this log yet."));
        let prove = "/admin/acme/audit-log/prove";
        assert_eq!(ann.submit(&page, prove, &[]).await.location(), "/admin/acme/audit-log");
        let page = ann.page("/admin/acme/audit-log").await;
        assert_eq!(page.one(".toast"), "The log proves itself");
        assert!(page.one("#proof").contains("as Ann Archer found on 15 Jan 2027"), "{}", page.one("#proof"));
        assert!(page.all("tbody th")[0].starts_with("Audit log proved"));
    }

    async fn the_way_back_leads_over_the_same_pages(app, clock) {
        let (_site, ann) = acme(app).await;
        let ben = make_user(app, "ben@example.com", "Ben", Some(Role::Viewer)).await;
        let caller = Caller { tenant: tenant("acme"), actor: Actor::system("test") };
        for turn in 0..70 {
            clock.set(app.now().plus_secs(60));
            let role = if turn % 2 == 0 { Role::Agent } else { Role::Viewer };
            team::set_role(app, &caller, &ben, role).await.unwrap();
        }
        let first = ann.page("/admin/acme/audit-log?action=member.role_changed").await;
        let second = ann.page(&first.attribute("a[rel=next]", "href")).await;
        let third = ann.page(&second.attribute("a[rel=next]", "href")).await;
        assert_eq!(third.all("tbody tr").len(), 20);
        let back = ann.page(&third.attribute("a[rel=prev]", "href")).await;
        assert_eq!(back.all("tbody td time"), second.all("tbody td time"));
        let start = ann.page(&back.attribute("a[rel=prev]", "href")).await;
        assert_eq!(start.all("tbody td time"), first.all("tbody td time"));
        assert!(!start.has("a[rel=prev]") && start.has("a[rel=next]"));
    }
}
