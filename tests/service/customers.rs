//! Finding customers, and their personal data.

use futures_util::future::join_all;
use guerdon::{
    domain::{
        customer::PersonalData,
        ids::{CustomerId, TenantId},
        ledger::entry::EntryKind,
    },
    service::{
        audit::{self, AuditFilter},
        customers::{
            list::{self, Column, Cursor, ListQuery, Order, Place, Total, View},
            person,
            search::{self, FoundBy},
        },
        ledger::command::{Command, Remarks},
    },
};

use crate::{
    common::{database::raw, on_both},
    shop::{DAY, Shop, customer},
};

async fn pages(shop: &Shop<'_>, query: ListQuery) -> Vec<String> {
    let mut all = Vec::new();
    let mut query = query;
    loop {
        let page = list::page(&shop.app.db, &shop.tenant, &query, shop.today()).await.unwrap();
        assert_eq!(page.first, all.len() + 1, "{query:?}");
        all.extend(page.rows.iter().map(|listing| listing.row.customer.to_string()));
        let Some(next) = page.next else { break };
        // Back from the next page is this page again.
        let next_page = ListQuery { place: Place::After(next.clone()), ..query.clone() };
        let behind = list::page(&shop.app.db, &shop.tenant, &next_page, shop.today()).await.unwrap();
        let previous = ListQuery { place: Place::Before(behind.previous.unwrap()), ..query.clone() };
        let again = list::page(&shop.app.db, &shop.tenant, &previous, shop.today()).await.unwrap();
        assert_eq!((again.rows, again.first), (page.rows, page.first), "{query:?}");
        query.place = Place::After(Cursor::parse(&next.to_string()).unwrap());
    }
    all
}

fn query(size: usize) -> ListQuery {
    ListQuery { size, ..ListQuery::default() }
}

fn by(column: Column, descending: bool) -> Order {
    Order { column, descending }
}

async fn found(shop: &Shop<'_>, text: &str) -> Vec<(String, FoundBy)> {
    let found = search::find(&shop.app.db, &shop.tenant, text, 20).await.unwrap();
    found.hits.into_iter().map(|hit| (hit.customer.to_string(), hit.by)).collect()
}

async fn exact(shop: &Shop<'_>, text: &str) -> Option<String> {
    search::exact(&shop.app.db, &shop.tenant, text).await.unwrap().map(|customer| customer.to_string())
}

on_both! {
    async fn a_name_is_found_whatever_its_case_and_with_or_without_its_marks(app, _clock) {
        let shop = Shop::open(app, "acme").await;
        for (id, name) in [("C1", "Jürgen MÜLLER"), ("C2", "Jurgen Muller"), ("C3", "ÅSA Ødegård"), ("C4", "Groß-Łódź")] {
            shop.know(id, name, "", "").await;
        }
        for typed in ["müller", "MÜLLER", "Muller", "mu\u{308}ller jürg", "JURGEN mül"] {
            let mut ids: Vec<String> = found(&shop, typed).await.into_iter().map(|(id, _)| id).collect();
            ids.sort();
            assert_eq!(ids, ["C1", "C2"], "{typed}");
        }
        for (typed, id) in [("åsa", "C3"), ("odegard", "C3"), ("ØDE", "C3"), ("gross", "C4"), ("GROß", "C4"), ("łódź", "C4"), ("lodz", "C4")] {
            assert_eq!(found(&shop, typed).await, [(id.to_owned(), FoundBy::Name)], "{typed}");
        }
    }

    async fn lists_go_through_every_customer_once_in_every_order(app, clock) {
        let shop = Shop::open(app, "acme").await;
        for (id, points) in [("C3", 50), ("C1", 300), ("c2", 50), ("C4", 10), ("é/%", 50), ("C5", 9)] {
            shop.add(id, points, 400 * DAY).await;
            clock.set(app.now().plus_secs(60));
        }
        shop.submit("C5", Command::Close).await;
        for size in [1, 2, 5, 50] {
            for (order, expected) in [
                (None, ["é/%", "C4", "c2", "C1", "C3"]),
                (Some(by(Column::Change, false)), ["C3", "C1", "c2", "C4", "é/%"]),
                (Some(by(Column::Balance, true)), ["C1", "é/%", "c2", "C3", "C4"]),
                (Some(by(Column::Balance, false)), ["C4", "C3", "c2", "é/%", "C1"]),
                (Some(by(Column::Customer, false)), ["C1", "C3", "C4", "c2", "é/%"]),
                (Some(by(Column::Customer, true)), ["é/%", "c2", "C4", "C3", "C1"]),
            ] {
                assert_eq!(pages(&shop, ListQuery { order, ..query(size) }).await, expected, "{order:?} by {size}");
                // The same list when it is fetched as ids, which a filter does that few fit.
                let filtered = ListQuery { order, changed_since: Some(app.now().plus_secs(-DAY)), ..query(size) };
                assert_eq!(pages(&shop, filtered).await, expected, "{order:?} by {size}, filtered");
            }
        }
    }

    async fn a_row_that_comes_meanwhile_moves_no_page(app, _clock) {
        let shop = Shop::open(app, "acme").await;
        for id in ["B", "D", "F", "H"] {
            shop.add(id, 10, 400 * DAY).await;
        }
        let by_customer = ListQuery { order: Some(by(Column::Customer, false)), ..query(2) };
        let first = list::page(&app.db, &shop.tenant, &by_customer, shop.today()).await.unwrap();
        shop.add("A", 10, 400 * DAY).await;
        shop.add("E", 10, 400 * DAY).await;
        let after = ListQuery { place: Place::After(first.next.unwrap()), ..by_customer };
        let second = list::page(&app.db, &shop.tenant, &after, shop.today()).await.unwrap();
        let ids: Vec<_> = second.rows.iter().map(|listing| listing.row.customer.as_str()).collect();
        assert_eq!(ids, ["E", "F"]);
        assert_eq!(second.total, Total::Exactly(6));
    }

    async fn balances_in_lists_are_right_at_this_moment(app, clock) {
        let shop = Shop::open(app, "acme").await;
        shop.add("C1", 100, 10 * DAY).await;
        shop.add("C1", 30, 20 * DAY).await;
        shop.add_pending("C1", 7, app.now().plus_secs(5 * DAY), app.now().plus_secs(300 * DAY)).await;
        shop.add("C1", 1, 200 * DAY).await;
        let row = async || {
            let page = list::page(&app.db, &shop.tenant, &query(5), shop.today()).await.unwrap();
            let row = page.rows.into_iter().next().unwrap().row;
            (row.balance.unwrap(), row.ending, row.ends_at)
        };
        let start = app.now();
        assert_eq!(row().await, (131, 130, Some(start.plus_secs(10 * DAY))));
        clock.set(app.now().plus_secs(6 * DAY));
        assert_eq!(row().await, (138, 130, Some(start.plus_secs(10 * DAY))));
        clock.set(app.now().plus_secs(5 * DAY));
        assert_eq!(row().await, (38, 30, Some(start.plus_secs(20 * DAY))));
        clock.set(app.now().plus_secs(15 * DAY));
        assert_eq!(row().await, (8, 0, None));
    }

    async fn balances_asked_together_are_each_right_at_this_moment(app, clock) {
        let (shop, other) = (Shop::open(app, "acme").await, Shop::open(app, "other").await);
        shop.add("ends", 100, 10 * DAY).await;
        shop.add("ends", 1, 200 * DAY).await;
        shop.add_pending("begins", 7, app.now().plus_secs(5 * DAY), app.now().plus_secs(300 * DAY)).await;
        shop.add("stays", 20, 400 * DAY).await;
        other.add("stays", 3, 400 * DAY).await;
        shop.add("closed", 9, 400 * DAY).await;
        shop.submit("closed", Command::Close).await;
        let asked = [(&shop, "ends"), (&shop, "nobody"), (&other, "stays"), (&shop, "begins"), (&shop, "stays"),
            (&shop, "closed"), (&shop, "ends")];
        let together = async || {
            let each = asked.map(|(shop, id)| app.reads.balances.ask((shop.tenant.clone(), customer(id))));
            join_all(each).await.into_iter().map(Result::unwrap).collect::<Vec<_>>()
        };
        assert_eq!(together().await, [Some(101), None, Some(3), Some(0), Some(20), None, Some(101)]);
        clock.set(app.now().plus_secs(10 * DAY));
        assert_eq!(together().await, [Some(1), None, Some(3), Some(7), Some(20), None, Some(1)]);
    }

    async fn views_show_who_needs_something(app, clock) {
        let shop = Shop::open(app, "acme").await;
        shop.add("old", 10, 400 * DAY).await;
        shop.know("old", "Otto", "", "1980-02-03").await;
        // From 15 January to 3 February.
        clock.set(app.now().plus_secs(19 * DAY));
        shop.add("new", 10, 400 * DAY).await;
        shop.add("ending", 10, 29 * DAY).await;
        shop.add("later", 10, 32 * DAY).await;
        shop.add("gone", 10, 400 * DAY).await;
        shop.submit("gone", Command::Close).await;
        shop.know("no-account", "Nobody", "", "02-03").await;
        let counts = list::counts(&app.db, &shop.tenant, shop.today()).await.unwrap();
        for (view, expected) in [
            (View::All, vec!["ending", "later", "new", "old"]),
            (View::Ending, vec!["ending"]),
            (View::Birthday, vec!["old"]),
            (View::New, vec!["ending", "later", "new"]),
            (View::Closed, vec!["gone"]),
        ] {
            let query = ListQuery { view, order: Some(by(Column::Customer, false)), ..query(50) };
            assert_eq!(pages(&shop, query).await, expected, "{view:?}");
            assert_eq!(counts.of(view), Total::Exactly(i64::try_from(expected.len()).unwrap()), "{view:?}");
        }
    }

    async fn customers_are_found_by_whatever_they_can_tell(app, _clock) {
        let shop = Shop::open(app, "acme").await;
        shop.offer(100, 5).await;
        let order = Remarks { reference: Some("B7016240".to_owned()), ..Remarks::default() };
        shop.add_with("C4289", EntryKind::Added, 300, 400 * DAY, order).await;
        shop.add("C4290", 10, 400 * DAY).await;
        let code = shop.redeem("C4289", 100).await;
        shop.know("C4290", "Søren Núñez-O'Brien", "soren@example.com", "").await;
        shop.know("no-account", "Mara Lindqvist", "mara@example.com", "").await;

        assert_eq!(found(&shop, "C4289").await, [("C4289".to_owned(), FoundBy::Id)]);
        assert_eq!(found(&shop, " c42 ").await.len(), 2);
        assert_eq!(found(&shop, &code.to_lowercase()).await, [("C4289".to_owned(), FoundBy::Coupon(code.clone()))]);
        assert_eq!(found(&shop, "B7016240").await, [("C4289".to_owned(), FoundBy::Reference("B7016240".to_owned()))]);
        for text in ["soren nun", "NÚÑEZ", "obrien", "soren@exam", "o'brien s"] {
            assert_eq!(found(&shop, text).await, [("C4290".to_owned(), FoundBy::Name)], "{text}");
        }
        assert_eq!(found(&shop, "lindq").await, [("no-account".to_owned(), FoundBy::Name)]);
        for text in ["", "  ", "%", "_", "' OR 1=1 --", "nobody", "\u{0}", &"x".repeat(300), "B70162"] {
            assert_eq!(found(&shop, text).await, [], "{text:?}");
        }

        for text in ["C4289", "c4289", &code, "B7016240"] {
            assert_eq!(exact(&shop, text).await.as_deref(), Some("C4289"), "{text}");
        }
        assert_eq!(exact(&shop, "Soren@Example.com").await.as_deref(), Some("C4290"));
        for text in ["C42", "soren", "example.com", ""] {
            assert_eq!(exact(&shop, text).await, None, "{text}");
        }
    }

    async fn what_was_found_is_listed_surest_first_or_as_sorted(app, _clock) {
        let shop = Shop::open(app, "acme").await;
        for (id, name, points) in [("anna", "Zed", 5), ("x1", "Anna Berg", 9), ("annabel", "Bel", 7)] {
            shop.add(id, points, 400 * DAY).await;
            shop.know(id, name, "", "").await;
        }
        let search = ListQuery { text: "Anna".to_owned(), ..query(2) };
        assert_eq!(pages(&shop, search.clone()).await, ["anna", "annabel", "x1"]);
        let sorted = ListQuery { order: Some(by(Column::Balance, true)), ..search };
        assert_eq!(pages(&shop, sorted).await, ["x1", "annabel", "anna"]);
    }

    async fn tenants_never_find_each_others_customers(app, _clock) {
        let acme = Shop::open(app, "acme").await;
        let other = Shop::open(app, "other").await;
        acme.offer(100, 5).await;
        let order = Remarks { reference: Some("B1".to_owned()), ..Remarks::default() };
        acme.add_with("C1", EntryKind::Added, 100, 10 * DAY, order).await;
        let code = acme.redeem("C1", 100).await;
        acme.know("C1", "Mara", "mara@example.com", "01-15").await;
        for text in ["C1", "B1", &code, "mara"] {
            assert!(found(&other, text).await.is_empty(), "{text}");
            assert_eq!(found(&acme, text).await.len(), 1, "{text}");
        }
        for view in View::ALL {
            assert!(pages(&other, ListQuery { view, ..query(5) }).await.is_empty(), "{view:?}");
        }
        assert!(person::find(&app.db, &other.tenant, &customer("C1")).await.unwrap().is_empty());
        assert!(!person::is_known(&app.db, &other.tenant, &customer("C1")).await.unwrap());
    }

    async fn personal_data_is_changed_and_erased_and_the_log_holds_none_of_it(app, _clock) {
        let shop = Shop::open(app, "acme").await;
        let id: CustomerId = customer("C1");
        let remarks = Remarks { private_note: Some("called about Mara".to_owned()), ..Remarks::default() };
        shop.add_with("C1", EntryKind::Added, 100, 10 * DAY, remarks).await;
        shop.know("C1", "Mara Lindqvist", "mara@example.com", "1990-11-22").await;
        shop.know("C1", "Mara Lindqvist", "mara@example.com", "1990-11-22").await;
        shop.know("C1", "Mara Berg", "", "1990-11-22").await;
        let kept = person::find(&app.db, &shop.tenant, &id).await.unwrap();
        assert_eq!((kept.name.as_deref(), kept.email.as_deref()), (Some("Mara Berg"), None));
        assert!(found(&shop, "lindqvist").await.is_empty() && !found(&shop, "berg").await.is_empty());

        person::erase(app, &shop.caller(), &id).await.unwrap();
        assert_eq!(person::find(&app.db, &shop.tenant, &id).await.unwrap(), PersonalData::default());
        assert!(found(&shop, "berg").await.is_empty());
        let notes = app.db.query(raw("SELECT COUNT(*) FROM entry_notes")).one::<(i64,)>().await.unwrap();
        assert_eq!(notes.0, 0);
        let tenant: &TenantId = &shop.tenant;
        let balance = guerdon::service::accounts::balance(&app.db, tenant, &id, app.now()).await.unwrap();
        assert_eq!(balance, Some(100));

        let log = audit::list(&app.db, &shop.caller(), &AuditFilter::default(), None, 50).await.unwrap();
        let told: Vec<_> = log
            .rows
            .iter()
            .filter(|kept| kept.row.subject_kind == "customer")
            .map(|kept| (kept.row.action.as_str(), kept.row.after.as_deref().unwrap_or_default()))
            .collect();
        assert_eq!(
            told,
            [
                ("customer.person_erased", ""),
                ("customer.person_changed", r#"{"changed":["name","email"]}"#),
                ("customer.person_changed", r#"{"changed":["name","email","birthday"]}"#),
            ]
        );
    }
}
