//! The list of customers, and the search on every page.

use super::{
    common::on_both,
    desk::{C1, add, customer},
    visitor::{Visitor, acme, tenant},
};

const LIST: &str = "/admin/acme/customers";

async fn know(app: &guerdon::app::App, id: &str, name: &str, email: &str) {
    use guerdon::{
        domain::{
            actor::{Actor, Caller},
            customer::PersonalData,
        },
        service::customers::person,
    };
    let person = PersonalData { name: Some(name.to_owned()), email: Some(email.to_owned()), ..PersonalData::default() };
    let caller = Caller { tenant: tenant("acme"), actor: Actor::system("test") };
    person::set(app, &caller, &customer(id), &person).await.unwrap();
}

/// The ids of the customers on every page, from the first to the last.
async fn walk(visitor: &Visitor, path: &str) -> Vec<String> {
    let (mut all, mut path) = (Vec::new(), path.to_owned());
    loop {
        let page = visitor.page(&path).await;
        all.extend(page.all("tbody td .code"));
        if !page.has("a[rel=next]") {
            return all;
        }
        path = page.attribute("a[rel=next]", "href");
    }
}

on_both! {
    async fn customers_are_listed_sorted_and_paged(app, clock) {
        let (_site, ann) = acme(app).await;
        for at in 0..60 {
            add(app, &format!("C{at:02}"), 10 + (at * 37) % 60, None).await;
            clock.set(app.now().plus_secs(1));
        }
        let page = ann.page(LIST).await;
        assert_eq!(page.one(".card-foot [role=status]"), "1 to 25 of 60");
        assert_eq!(page.one(".page-head .muted"), "60 customers have an open points account");
        assert_eq!(page.all("tbody td .code")[0], "C59", "the latest change first");
        assert_eq!(page.all("th[aria-sort]"), ["Last change"]);
        assert_eq!(page.all(".tabs a")[..2], ["All 60", "Points expire soon 0"]);
        let mut all = walk(&ann, LIST).await;
        assert_eq!(all.len(), 60);
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 60, "none twice, none lost");
        let by_number = walk(&ann, &format!("{LIST}?sort=number&size=50")).await;
        assert_eq!(by_number, all);
        let down = page.attribute("th.end a", "href");
        assert_eq!(down, format!("{LIST}?sort=-balance"));
        let page = ann.page(&down).await;
        assert_eq!(page.attribute("th[aria-sort]", "aria-sort"), "descending");
        assert_eq!(page.all("tbody .pts")[0], "69 points");
        let up = ann.page(&page.attribute("th[aria-sort] a", "href")).await;
        assert_eq!(up.all("tbody .pts")[0], "10 points");
        let second = ann.page(&page.attribute("a[rel=next]", "href")).await;
        assert_eq!(second.one(".card-foot [role=status]"), "26 to 50 of 60");
        let back = ann.page(&second.attribute("a[rel=prev]", "href")).await;
        assert_eq!(back.all("tbody td .code"), page.all("tbody td .code"));
        let part = ann.with_htmx("customer-rows").page(&page.attribute("a[rel=next]", "href")).await;
        assert!(part.has("#customer-rows") && !part.has("nav.tabs"));
        assert!(part.header("hx-push-url").starts_with(&format!("{LIST}?sort=-balance&after=26.")));
    }

    async fn the_search_finds_and_an_exact_number_goes_to_the_record(app, _clock) {
        let (_site, ann) = acme(app).await;
        add(app, "C1", 1_153, Some("B7016240")).await;
        add(app, "C2", 240, None).await;
        know(app, "C1", "Mara Lindqvist", "mara@example.com").await;
        know(app, "C2", "Marek Bielski", "marek@example.com").await;
        let typed = ann.with_htmx("search-results");
        let search = LIST.replace("/customers", "/search");
        let found = typed.page(&format!("{search}?q=mar")).await;
        assert_eq!(found.all("li a").len(), 2);
        assert!(found.one("p").starts_with("2 customers found.") && !found.text.contains("<title"));
        let found = typed.page(&format!("{search}?q=lindq")).await;
        assert_eq!(found.attribute("li a", "href"), C1);
        assert!(found.one("li").contains("Mara Lindqvist") && found.one("li").contains("1,153"));
        assert_eq!(typed.page(&format!("{search}?q=zzz")).await.one("p"), "No customer found.");
        // Before anything is typed, those are offered whose pages were opened last.
        assert!(!typed.page(&format!("{search}?q=")).await.has("li"));
        for id in ["C1", "C2", "C1"] {
            ann.page(&format!("{LIST}/{id}")).await;
        }
        let recent = typed.page(&format!("{search}?q=")).await;
        assert_eq!((recent.one(".search-heading"), recent.all("bdi").len()), ("Looked at last".into(), 4));
        assert_eq!(recent.attribute("li a", "href"), C1);
        // Pages and actions, as far as the role goes.
        let options = typed.page(&format!("{search}?q=redem")).await;
        let links: Vec<String> = options.all("li a");
        assert_eq!(links, ["Redemption options", "New redemption option"]);
        assert_eq!(ann.get(&format!("{search}?q=mar")).await.location(), format!("{LIST}?q=mar"));

        for exact in ["C1", "c1", "B7016240", "MARA@example.com"] {
            assert_eq!(ann.get(&format!("{LIST}?q={exact}")).await.location(), C1, "{exact}");
        }
        let list = ann.page(&format!("{LIST}?q=mar")).await;
        assert_eq!(list.all("tbody th a"), ["Mara Lindqvist", "Marek Bielski"]);
        assert_eq!(list.attribute("#filter-q", "value"), "mar");
        assert_eq!(list.all(".chip").len(), 1);
        assert_eq!(ann.page(&list.attribute(".chip a", "href")).await.all("tbody tr").len(), 2);
        let nothing = ann.page(&format!("{LIST}?q=%3Cscript%3Ealert(1)%3C/script%3E")).await;
        assert!(nothing.has(".empty") && !nothing.text.contains("<script>alert"));
        assert_eq!(nothing.attribute(".empty a", "href"), LIST);
        for query in ["view=nonsense&sort=x&size=7", "after=x&before=y", "since=yesterday", "after=1.2", "q=%00", "since=2027-01-01&view=expiring&sort=-number"] {
            ann.page(&format!("{LIST}?{query}")).await;
        }
    }

    async fn a_new_tenant_is_told_what_the_list_is_for(app, _clock) {
        let (_site, ann) = acme(app).await;
        let page = ann.page(LIST).await;
        assert_eq!(page.one(".empty h2"), "No customers yet");
        assert_eq!(page.attribute(".empty a", "href"), "/admin/acme/open-account");
        ann.page("/admin/acme/open-account").await;
    }

    async fn the_list_is_exported_as_it_is_shown_and_formulas_do_nothing(app, _clock) {
        let (_site, ann) = acme(app).await;
        for id in ["=1+1", "C2", "C3"] {
            add(app, id, 10, None).await;
        }
        know(app, "=1+1", "@SUM(A1), \"x\"", "a@example.com").await;
        add(app, "C3", 90, None).await;
        let page = ann.page(&format!("{LIST}?sort=-balance")).await;
        let export = page.attribute("a[href*='.csv']", "href");
        let file = ann.page(&export).await;
        assert_eq!(file.header("content-disposition"), "attachment; filename=\"customers.csv\"");
        let lines: Vec<&str> = file.text.trim_start_matches('\u{feff}').lines().collect();
        assert_eq!(lines.len(), 4);
        assert!(lines[0].starts_with("customer_id,name,email,state,balance,"));
        assert!(lines[1].starts_with("C3,,,open,100,0,,2027-01-15T13:00:00+01:00"), "{}", lines[1]);
        assert!(lines.iter().any(|line| line.starts_with("'=1+1,\"'@SUM(A1), \"\"x\"\"\",a@example.com,open,10,")));
        let one = ann.page("/admin/acme/customers.csv?q=C2").await;
        assert_eq!(one.text.lines().count(), 2);
    }

    async fn what_is_not_this_tenants_is_not_found(app, _clock) {
        let (_site, ann) = acme(app).await;
        crate::visitor::make_tenant(app, "other", "Other").await;
        add(app, "C1", 10, None).await;
        for path in ["/admin/other/customers", "/admin/other/customers/C1", "/admin/other/ledger.csv", "/admin/other/customers/C1/history.csv"] {
            assert_eq!(ann.get(path).await.status, 404, "{path}");
        }
    }
}
