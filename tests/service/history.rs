//! Histories that explain themselves, and previews of changes.

use guerdon::{
    domain::{
        actor::ActorKind, ids::EntryId, ledger::entry::EntryKind, money::Currency, points::Points, refusal::Refusal,
        time::Timestamp,
    },
    service::{
        customers::overview::{self, Change},
        history::{self, LedgerFilter, LedgerPage, Show},
        ledger::command::{Command, Remarks},
    },
};

use crate::{
    common::on_both,
    shop::{DAY, Shop, customer},
};

fn everything() -> LedgerFilter {
    LedgerFilter { from: Timestamp::from_micros(0), until: Timestamp::MAX, kind: None, actor: None }
}

/// Customer and points of every entry, page by page, going down and coming back up.
async fn ledger(shop: &Shop<'_>, filter: &LedgerFilter, size: usize) -> Vec<(String, i64)> {
    let (mut down, mut page, mut pages) = (Vec::new(), LedgerPage::Newest, Vec::new());
    loop {
        let entries = history::ledger(&shop.app.db, &shop.tenant, filter, page, size).await.unwrap();
        down.extend(entries.stories.iter().map(|story| (story.customer.to_string(), story.entry.points)));
        pages.push(entries.clone());
        let Some(older) = entries.older else { break };
        page = LedgerPage::OlderThan(older);
    }
    for two in pages.windows(2).rev() {
        let newer = LedgerPage::NewerThan(two[1].newer.unwrap());
        let again = history::ledger(&shop.app.db, &shop.tenant, filter, newer, size).await.unwrap();
        assert_eq!(again.stories, two[0].stories);
        assert_eq!(again.newer, two[0].newer);
    }
    down
}

on_both! {
    async fn every_entry_tells_its_lots_its_coupon_its_note_and_who_mended_it(app, clock) {
        let shop = Shop::open(app, "acme").await;
        shop.offer(120, 5).await;
        let why = Remarks {
            reason: Some("birthday".to_owned()),
            description: Some("Happy birthday".to_owned()),
            private_note: Some("asked for it".to_owned()),
            ..Remarks::default()
        };
        shop.add_with("C1", EntryKind::Added, 100, 10 * DAY, why).await;
        clock.set(app.now().plus_secs(DAY));
        shop.add("C1", 50, 100 * DAY).await;
        let code = shop.redeem("C1", 120).await;
        let removed = shop.remove("C1", 10).await;
        shop.submit("C1", Command::Undo(removed.clone(), Remarks::default())).await;

        let page = history::timeline(&app.db, &shop.tenant, &customer("C1"), Show::All, None, 50).await.unwrap();
        let told: Vec<_> = page.entries.iter().map(|told| (told.story.entry.kind, told.story.entry.points)).collect();
        assert_eq!(
            told,
            [
                (EntryKind::Added, 10),
                (EntryKind::Removed, -10),
                (EntryKind::Redeemed, -120),
                (EntryKind::Added, 50),
                (EntryKind::Added, 100),
            ]
        );
        let [undone, removal, redeemed, second, first] = &page.entries[..] else { unreachable!() };
        assert_eq!(first.story.note.as_deref(), Some("asked for it"));
        assert_eq!(first.story.actor_name.as_deref(), Some("Jonas Weber"));
        assert_eq!((first.story.remaining, second.story.remaining), (Some(0), Some(20)));
        let took: Vec<_> = redeemed.taken.iter().map(|link| (link.seq, link.points, link.times)).collect();
        assert_eq!(took, [(1, 100, 2), (2, 20, 2)]);
        assert_eq!(redeemed.taken[0].description.as_deref(), Some("Happy birthday"));
        assert_eq!(redeemed.taken[0].until, first.story.entry.valid_until);
        let takers: Vec<_> = second.takers.iter().map(|link| (link.seq, link.points, link.kind)).collect();
        assert_eq!(takers, [(3, 20, EntryKind::Redeemed), (4, 10, EntryKind::Removed)]);
        let coupon = redeemed.story.coupon.as_ref().unwrap();
        assert_eq!((coupon.code.as_str(), coupon.is_used, coupon.cancelled_at), (code.as_str(), false, None));
        let mended = removal.story.mended.as_ref().unwrap();
        assert_eq!((mended.seq, mended.by.as_deref()), (5, Some("Jonas Weber")));
        let mends = undone.story.mends.as_ref().unwrap();
        assert_eq!((mends.seq, mends.kind, mends.points), (4, EntryKind::Removed, -10));

        let one = history::entry(&app.db, &shop.tenant, &customer("C1"), &removed).await.unwrap().unwrap();
        assert_eq!(&one, removal);
        let foreign = history::entry(&app.db, &shop.tenant, &customer("C2"), &removed).await.unwrap();
        assert_eq!(foreign, None);
    }

    async fn a_history_is_read_page_by_page_and_by_kind(app, clock) {
        let shop = Shop::open(app, "acme").await;
        for points in 1..=5 {
            shop.add("C1", points * 10, points * DAY).await;
            shop.remove("C1", 1).await;
        }
        clock.set(app.now().plus_secs(2 * DAY));
        shop.add("C1", 7, DAY).await;
        let read = async |show, limit| {
            let (mut all, mut before) = (Vec::new(), None);
            loop {
                let id = customer("C1");
                let page = history::timeline(&app.db, &shop.tenant, &id, show, before, limit).await.unwrap();
                all.extend(page.entries.into_iter().map(|told| told.story.entry.points));
                before = page.older;
                if before.is_none() {
                    break all;
                }
            }
        };
        for limit in [1, 3, 50] {
            assert_eq!(read(Show::Added, limit).await, [7, 50, 40, 30, 20, 10]);
            assert_eq!(read(Show::Taken, limit).await, [-1; 5]);
            assert_eq!(read(Show::Expired, limit).await, [-20, -5]);
            assert_eq!(read(Show::All, limit).await.len(), 13);
            assert!(read(Show::Redeemed, limit).await.is_empty());
        }
        let euro = Currency::parse("EUR").unwrap();
        let found = overview::find(&app.db, &shop.tenant, &customer("C1"), &euro, app.now()).await.unwrap();
        let counts = Show::ALL.map(|show| found.sums.count(show));
        assert_eq!(counts, [13, 6, 0, 5, 2]);
        let sums = found.sums;
        assert_eq!((sums.added, sums.removed, sums.expired), (157, 5, 25));
        assert_eq!(found.balance, sums.added - sums.removed - sums.expired);
        assert_eq!(found.ends.iter().map(|turn| turn.points).sum::<i64>() + found.later, found.balance);
    }

    async fn an_overview_adds_up_at_every_moment(app, clock) {
        let shop = Shop::open(app, "acme").await;
        shop.offer(500, 5).await;
        let euro = Currency::parse("EUR").unwrap();
        let find = async || overview::find(&app.db, &shop.tenant, &customer("C1"), &euro, app.now()).await.unwrap();
        let nothing = find().await;
        assert!(nothing.account.is_none() && nothing.balance == 0 && nothing.ends.is_empty());
        for lot in 1..=12 {
            shop.add("C1", 100, lot * DAY).await;
        }
        shop.add_pending("C1", 40, app.now().plus_secs(3 * DAY), app.now().plus_secs(90 * DAY)).await;
        for _ in 0..14 {
            let found = find().await;
            let told: i64 = found.ends.iter().map(|turn| turn.points).sum();
            assert_eq!(told + found.later, found.balance);
            assert!(found.ends.len() <= 8 && found.later >= 0);
            assert_eq!(found.worth.unwrap(), rust_decimal::Decimal::new(found.balance, 2));
            clock.set(app.now().plus_secs(DAY));
        }
        let found = find().await;
        assert_eq!((found.balance, found.begins.len()), (40, 0));
    }

    async fn a_preview_is_what_then_happens(app, clock) {
        let shop = Shop::open(app, "acme").await;
        shop.add("C1", 100, 10 * DAY).await;
        shop.add("C1", 50, 5 * DAY).await;
        shop.add("C1", 30, 2 * DAY).await;
        clock.set(app.now().plus_secs(3 * DAY));
        let id = customer("C1");
        let points = |points| Points::new(points).unwrap();
        let told = overview::preview(&app.db, &shop.tenant, &id, Change::Remove(points(120)), app.now()).await.unwrap();
        let told = told.unwrap();
        assert_eq!((told.before, told.after, told.more), (150, 30, 0));
        let from: Vec<_> = told.taken.iter().map(|link| (link.seq, link.points)).collect();
        assert_eq!(from, [(2, 50), (1, 70)]);
        shop.remove("C1", 120).await;
        let page = history::timeline(&app.db, &shop.tenant, &id, Show::Taken, None, 1).await.unwrap();
        let took: Vec<_> = page.entries[0].taken.iter().map(|link| (link.seq, link.points)).collect();
        assert_eq!(took, from);

        let refused = overview::preview(&app.db, &shop.tenant, &id, Change::Remove(points(31)), app.now()).await.unwrap();
        assert_eq!(refused, Err(Refusal::NotEnough { has: 30, asked: 31 }));
        let added = overview::preview(&app.db, &shop.tenant, &id, Change::Add(points(5)), app.now()).await.unwrap();
        assert_eq!(added.map(|told| (told.before, told.after)), Ok((30, 35)));
        let nobody = customer("nobody");
        let added = overview::preview(&app.db, &shop.tenant, &nobody, Change::Add(points(5)), app.now()).await.unwrap();
        assert_eq!(added.map(|told| told.after), Ok(5));
        let refused = overview::preview(&app.db, &shop.tenant, &nobody, Change::Remove(points(1)), app.now()).await;
        assert_eq!(refused.unwrap(), Err(Refusal::NotEnough { has: 0, asked: 1 }));
    }

    async fn the_tenants_ledger_holds_every_entry_once(app, clock) {
        let shop = Shop::open(app, "acme").await;
        let other = Shop::open(app, "other").await;
        other.add("C1", 99, 300 * DAY).await;
        let start = app.now();
        // Two customers at one instant, so that time alone orders nothing.
        for round in 1..=3 {
            for id in ["C1", "C2"] {
                shop.add(id, round, 300 * DAY).await;
            }
            clock.set(app.now().plus_secs(60));
        }
        shop.remove("C2", 4).await;
        let all = ledger(&shop, &everything(), 50).await;
        assert_eq!(all.len(), 7);
        assert_eq!(all[0], ("C2".to_owned(), -4));
        let employee = |id: Option<&str>| Some((ActorKind::Employee, id.map(str::to_owned)));
        for size in [1, 2, 3, 50] {
            assert_eq!(ledger(&shop, &everything(), size).await, all);
            let of = LedgerFilter { actor: employee(Some("u1")), ..everything() };
            assert_eq!(ledger(&shop, &of, size).await, all);
            let of = LedgerFilter { actor: employee(None), ..everything() };
            assert_eq!(ledger(&shop, &of, size).await, all);
            let removed = LedgerFilter { kind: Some(EntryKind::Removed), ..everything() };
            assert_eq!(ledger(&shop, &removed, size).await, all[..1]);
            let minute = LedgerFilter { from: start.plus_secs(60), until: start.plus_secs(120), ..everything() };
            assert_eq!(ledger(&shop, &minute, size).await.len(), 2);
            for actor in [employee(Some("u2")), Some((ActorKind::Client, None)), Some((ActorKind::Client, Some("u1".to_owned())))] {
                assert!(ledger(&shop, &LedgerFilter { actor, ..everything() }, size).await.is_empty());
            }
        }
        let (employees, clients) = history::writers(&app.db, &shop.tenant).await.unwrap();
        assert_eq!(employees.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["Jonas Weber"]);
        assert!(clients.is_empty());
    }

    async fn a_debit_of_many_lots_tells_the_first_and_how_many_there_are(app, _clock) {
        let shop = Shop::open(app, "acme").await;
        for lot in 1..=40 {
            shop.add("C1", 1, lot * DAY).await;
        }
        let removed: EntryId = shop.remove("C1", 40).await;
        let told = history::entry(&app.db, &shop.tenant, &customer("C1"), &removed).await.unwrap().unwrap();
        assert_eq!((told.taken.len(), told.taken[0].times, told.taken[0].seq), (12, 40, 1));
    }
}
