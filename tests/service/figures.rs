//! The sums of the overview.

use guerdon::{
    domain::{ledger::entry::EntryKind, money::Currency},
    service::{
        figures::{self, Concern, Overview, Period},
        ledger::command::{Command, Remarks},
        sites,
    },
};

use crate::{
    common::on_both,
    shop::{DAY, Shop},
};

async fn overview(shop: &Shop<'_>, days: u64) -> Overview {
    let euro = Currency::parse("EUR").unwrap();
    let period = Period::last_days(shop.today().date(), days);
    figures::overview(&shop.app.db, &shop.tenant, &euro, period, shop.today()).await.unwrap()
}

on_both! {
    async fn periods_hold_what_moved_in_them(app, clock) {
        let shop = Shop::open(app, "acme").await;
        let other = Shop::open(app, "other").await;
        other.add("C1", 1_000_000, 300 * DAY).await;
        shop.offer(100, 5).await;
        shop.offer(50, 1).await;
        // Ten days ago: the period before.
        shop.add("C1", 500, 300 * DAY).await;
        clock.set(app.now().plus_secs(7 * DAY));
        // Three days ago.
        shop.add_with("C2", EntryKind::Earned, 300, 2 * DAY, Remarks::default()).await;
        shop.redeem("C1", 100).await;
        shop.redeem("C1", 100).await;
        shop.redeem("C1", 50).await;
        clock.set(app.now().plus_secs(3 * DAY));
        // Today.
        shop.add("C3", 40, 20 * DAY).await;
        shop.remove("C3", 5).await;

        let found = overview(&shop, 7).await;
        let flow = found.flow;
        assert_eq!((flow.earned, flow.orders, flow.added), (300, 1, 40));
        assert_eq!((flow.redeemed, flow.redemptions, flow.taken), (250, 3, 5));
        // Nobody recorded yet that the 300 ended, and they are no longer owed all the same.
        assert_eq!((flow.expired, found.outstanding), (0, 500 - 250 + 35));
        guerdon::service::expiry::record_due(app).await.unwrap();
        let found = overview(&shop, 7).await;
        assert_eq!((found.flow.expired, found.outstanding), (300, 285));
        assert_eq!((found.before.added, found.before.earned), (500, 0));
        assert_eq!(found.accounts, 3);
        assert_eq!(found.worth.unwrap().to_string(), "14.25");
        assert_eq!(found.ending.map(|ending| (ending.total, ending.customers)), Some((35, 1)));
        let held: Vec<_> = found.parts.iter().map(|part| part.held).collect();
        assert_eq!(held, [500, 500, 500, 550, 550, 250, 285]);
        let chosen: Vec<_> = found.chosen.iter().map(|one| (one.name.as_str(), one.times, one.points)).collect();
        assert_eq!(chosen, [("5 euro voucher", 2, 200), ("1 euro voucher", 1, 50)]);
        assert_eq!(found.latest.len(), 6);
        assert_eq!(found.latest[0].entry.points, -5);

        let year = Period::last_year(shop.today().date());
        let euro = Currency::parse("EUR").unwrap();
        let months = figures::overview(&app.db, &shop.tenant, &euro, year, shop.today()).await.unwrap();
        assert_eq!(months.parts.len(), 12);
        assert_eq!(months.flow.net(), 285);
        let past = Period { first: year.last.pred_opt().unwrap(), last: year.last.pred_opt().unwrap() };
        let past = figures::overview(&app.db, &shop.tenant, &euro, past, shop.today()).await.unwrap();
        assert_eq!(past.parts[0].held, 250);
    }

    async fn closed_accounts_owe_nothing(app, _clock) {
        let shop = Shop::open(app, "acme").await;
        shop.add("C1", 500, 300 * DAY).await;
        shop.add("C2", 20, 300 * DAY).await;
        shop.submit("C1", Command::Close).await;
        let found = overview(&shop, 7).await;
        assert_eq!((found.outstanding, found.accounts, found.flow.closed), (20, 1, 500));
        assert_eq!(found.flow.net(), 20);
    }

    async fn what_needs_attention_is_named(app, _clock) {
        let shop = Shop::open(app, "acme").await;
        let concerns = overview(&shop, 7).await.concerns;
        assert!(matches!(&concerns[..], [Concern::NoOption, Concern::NoPrefix(_)]), "{concerns:?}");
        shop.offer(100, 5).await;
        shop.add("C1", 10, 3 * DAY).await;
        shop.add("C2", 30, 5 * DAY).await;
        shop.add("C2", 30, 6 * DAY).await;
        shop.know("C2", "Mara", "", "").await;
        let mut tx = app.db.begin().await.unwrap();
        let sql = "UPDATE sites SET coupon_prefix = 'ACM'";
        tx.query(crate::common::database::raw(sql)).run().await.unwrap();
        tx.commit().await.unwrap();
        let concerns = overview(&shop, 7).await.concerns;
        let [Concern::Ending(ending)] = &concerns[..] else { panic!("{concerns:?}") };
        assert_eq!((ending.most.name.as_deref(), ending.most.points), (Some("Mara"), 60));
        assert_eq!((ending.total, ending.customers), (70, 2));
        assert_eq!(ending.most.ends_at, app.now().plus_secs(5 * DAY));
        assert_eq!(sites::list(&app.db, &shop.tenant).await.unwrap().len(), 1);
    }

    async fn an_empty_tenant_has_an_overview(app, _clock) {
        let shop = Shop::open(app, "acme").await;
        let found = overview(&shop, 28).await;
        assert_eq!((found.outstanding, found.accounts, found.parts.len()), (0, 0, 28));
        assert!(found.latest.is_empty() && found.chosen.is_empty() && found.worth.is_none());
    }
}
