//! The sums of days that are kept for the overview: whatever is kept, it says what the entries say.

use std::collections::BTreeMap;

use chrono_tz::Europe::Berlin;
use futures_util::future::{join, join_all};
use guerdon::{
    domain::{
        actor::{Actor, Caller},
        calendar,
        ids::SiteCode,
        money::Currency,
        time::Timestamp,
    },
    service::{
        figures::{self, Period, days},
        import::Summaries,
        ledger::command::{Command, Remarks},
        sites,
    },
};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use serde_json::json;

use crate::{
    common::{database::raw, on_both},
    shop::{DAY, Shop},
};

/// Added, redeemed, taken and net of the period before, and of each part.
type Moved = Vec<[i64; 4]>;

async fn shown(shop: &Shop<'_>, period: Period) -> Moved {
    let euro = Currency::parse("EUR").unwrap();
    let found = figures::overview(&shop.app.db, &shop.tenant, &euro, period, shop.today()).await.unwrap();
    let flows = std::iter::once(&found.before).chain(found.parts.iter().map(|part| &part.flow));
    flows.map(|flow| [flow.added, flow.redeemed, flow.taken, flow.net()]).collect()
}

/// The same, entry by entry.
async fn truth(shop: &Shop<'_>, period: Period) -> Moved {
    let euro = Currency::parse("EUR").unwrap();
    let found = figures::overview(&shop.app.db, &shop.tenant, &euro, period, shop.today()).await.unwrap();
    let spans: Vec<_> = std::iter::once(period.before()).chain(found.parts.iter().map(|part| part.days)).collect();
    let mut moved = vec![[0; 4]; spans.len()];
    let sql = format!("SELECT kind, points, recorded_at FROM entries WHERE tenant_id = '{}'", shop.tenant);
    for (kind, points, at) in shop.app.db.query(raw(&sql)).all::<(String, i64, i64)>().await.unwrap() {
        let day = calendar::day_of(Timestamp::from_micros(at), Berlin);
        for (span, sums) in spans.iter().zip(&mut moved) {
            if span.first <= day && day <= span.last {
                sums[3] += points;
                match kind.as_str() {
                    "added" => sums[0] += points,
                    "redeemed" => sums[1] -= points,
                    "removed" => sums[2] -= points,
                    "expired" | "given_back" => {}
                    other => panic!("{other}"),
                }
            }
        }
    }
    moved
}

/// Which options were chosen, by their ids, with times and points: as is shown, and redemption by redemption.
async fn chosen(shop: &Shop<'_>, period: Period) -> [BTreeMap<String, (i64, i64)>; 2] {
    let euro = Currency::parse("EUR").unwrap();
    let found = figures::overview(&shop.app.db, &shop.tenant, &euro, period, shop.today()).await.unwrap();
    let shown = found.chosen.into_iter().map(|one| (one.option_id, (one.times, one.points))).collect();
    let sql = "SELECT option_id, points, created_at FROM redemptions WHERE tenant_id = 'acme' AND cancelled_at IS NULL";
    let mut truth = BTreeMap::<_, (i64, i64)>::new();
    for (option, points, at) in shop.app.db.query(raw(sql)).all::<(String, i64, i64)>().await.unwrap() {
        let day = calendar::day_of(Timestamp::from_micros(at), Berlin);
        if period.first <= day && day <= period.last {
            let (times, sum) = truth.entry(option).or_default();
            *times += 1;
            *sum += points;
        }
    }
    [shown, truth]
}

async fn assert_right(shop: &Shop<'_>) {
    let today = shop.today().date();
    let past = Period::last_days(today.checked_sub_days(chrono::Days::new(5)).unwrap(), 10);
    for period in [Period::last_days(today, 7), Period::last_days(today, 60), Period::last_year(today), past] {
        assert_eq!(shown(shop, period).await, truth(shop, period).await, "{period:?}");
        let [shown, truth] = chosen(shop, period).await;
        assert_eq!(shown, truth, "{period:?}");
    }
}

/// Cancels any of the redemptions.
async fn cancel_one(shop: &Shop<'_>, random: &mut StdRng) {
    let sql = "SELECT redemption_id FROM redemptions WHERE tenant_id = 'acme' AND cancelled_at IS NULL ORDER BY 1";
    let there = shop.app.db.query(raw(sql)).all::<(String,)>().await.unwrap();
    if let Some((id,)) = there.get(random.random_range(0..10)) {
        shop.submit("C1", Command::Cancel(id.clone(), Remarks::default())).await;
    }
}

/// Starts and ends of what is kept, in days.
async fn kept(shop: &Shop<'_>) -> Vec<(i64, i64, i64)> {
    let sql = format!("SELECT starts_at, until, ends_at FROM day_sums WHERE tenant_id = '{}' ORDER BY 1", shop.tenant);
    shop.app.db.query(raw(&sql)).all().await.unwrap()
}

async fn change(shop: &Shop<'_>, sql: &str) {
    let mut tx = shop.app.db.begin().await.unwrap();
    tx.query(raw(sql)).run().await.unwrap();
    tx.commit().await.unwrap();
}

async fn import_of_2026(shop: &Shop<'_>, name: &str, points: i64) {
    let caller = Caller { tenant: shop.tenant.clone(), actor: Actor::system("test") };
    let site = sites::find(&shop.app.db, &shop.tenant, &SiteCode::main()).await.unwrap().unwrap();
    let mut import = Summaries::new(shop.app, &caller, site, false);
    let added = json!({"id": format!("{name}-1"), "points": points, "createdAt": "2026-02-03T10:00:00.000+00:00",
        "allPointsAfterCreation": points, "usedPoints": 0, "validUntil": "9000-03-01T00:00:00.000+00:00"});
    let written = json!({"customerId": name, "activePoints": points, "summary": {"addedPointsList": [added]}});
    import.take(1, serde_json::from_value(written).unwrap()).await.unwrap();
    let report = import.finish().await.unwrap();
    assert_eq!((report.imported, report.refused), (1, 0));
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

on_both! {
    async fn whatever_is_kept_says_what_the_entries_say(app, clock) {
        // Over both changes of the clocks.
        clock.set(at("2026-10-20T09:00:00Z"));
        let (shop, other) = (Shop::open(app, "acme").await, Shop::open(app, "other").await);
        other.add("C1", 1_000_000, 300 * DAY).await;
        shop.offer(10, 5).await;
        shop.offer(15, 6).await;
        shop.add("C1", 100, 300 * DAY).await;
        shop.add("C2", 100, 300 * DAY).await;
        let mut random = StdRng::seed_from_u64(7);
        for _hour in 0..120 {
            shop.add(&format!("C{}", random.random_range(0..5)), random.random_range(20..90), 50 * DAY).await;
            match random.random_range(0..5) {
                0 => drop(shop.redeem("C1", 10).await),
                1 => drop(shop.redeem("C1", 15).await),
                2 => cancel_one(&shop, &mut random).await,
                3 => drop(shop.remove("C2", 5).await),
                _ => {}
            }
            clock.set(app.now().plus_secs(random.random_range(60..4 * DAY)));
            shop.add("C1", 20, 50 * DAY).await;
            shop.add("C2", 20, 50 * DAY).await;
            match random.random_range(0..6) {
                0 => drop(guerdon::service::expiry::record_due(app).await.unwrap()),
                1 | 2 => drop(days::keep_all(app).await.unwrap()),
                _ => {}
            }
        }
        days::keep_all(app).await.unwrap();
        let kept = kept(&shop).await;
        assert!(kept.len() > 200, "{}", kept.len());
        assert!(kept.windows(2).all(|two| two[0].2 == two[1].0), "there is a gap");
        assert!(kept.iter().all(|(_, until, ends_at)| until == ends_at));
        assert_right(&shop).await;
        assert_eq!(days::keep_all(app).await.unwrap(), 0, "there was more to keep");
        for _cancelled in 0..5 {
            cancel_one(&shop, &mut random).await;
        }
        assert_right(&shop).await;
        assert!(days::check_all(app).await.unwrap().is_empty());
    }

    async fn a_day_of_many_entries_is_kept_before_it_is_over(app, clock) {
        let shop = Shop::open(app, "acme").await;
        clock.set(at("2026-11-20T12:00:00Z"));
        shop.add("C1", 100, 300 * DAY).await;
        // Twenty thousand in one microsecond, and as many after it.
        for (first, step) in [(2, 0), (30_002, 100)] {
            change(&shop, &format!(
                "INSERT INTO entries (tenant_id, account_id, seq, entry_id, kind, points, balance_after, recorded_at,
                     settled_at, actor_kind, actor_id, source, hash)
                 WITH RECURSIVE n(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM n WHERE n < {first} + 29999)
                 SELECT a.tenant_id, a.account_id, n, 'e' || n, 'added', 1, n, {} + n * {step}, 0, 'system', 'test', 'job', ''
                 FROM accounts a, n WHERE a.tenant_id = 'acme'", app.now().micros() + 1_000_000)).await;
        }
        assert_eq!(days::keep_all(app).await.unwrap(), 0, "what came in this minute may not be all there");
        clock.set(app.now().plus_secs(600));
        assert_eq!(days::keep_all(app).await.unwrap(), 2);
        let [(starts_at, until, ends_at)] = kept(&shop).await[..] else { panic!("one day") };
        assert_eq!(ends_at - starts_at, DAY * 1_000_000);
        assert!(until < app.now().micros() && until > starts_at);
        assert_right(&shop).await;
        clock.set(app.now().plus_secs(DAY));
        days::keep_all(app).await.unwrap();
        assert_eq!(kept(&shop).await, [(starts_at, ends_at, ends_at)]);
        assert_right(&shop).await;
    }

    async fn an_import_of_the_past_takes_back_what_was_kept(app, clock) {
        clock.set(at("2026-01-10T12:00:00Z"));
        let shop = Shop::open(app, "acme").await;
        shop.add("C1", 100, 700 * DAY).await;
        clock.set(at("2026-03-20T12:00:00Z"));
        days::keep_all(app).await.unwrap();
        assert!(!kept(&shop).await.is_empty());
        import_of_2026(&shop, "C2", 70).await;
        assert_right(&shop).await;
        // And while it goes on, others keep what they find.
        let keeping = async {
            for _round in 0..10 {
                assert!(join_all((0..3).map(|_| days::keep_all(app))).await.iter().all(Result::is_ok));
            }
        };
        let importing = async {
            for number in 3..20 {
                import_of_2026(&shop, &format!("C{number}"), number).await;
            }
        };
        join(keeping, importing).await;
        assert_right(&shop).await;
        days::keep_all(app).await.unwrap();
        assert!(kept(&shop).await.len() > 60);
        assert_right(&shop).await;
    }

    async fn points_that_ended_long_ago_take_back_what_was_kept_since(app, clock) {
        clock.set(at("2026-11-01T12:00:00Z"));
        let shop = Shop::open(app, "acme").await;
        shop.add("C1", 100, 2 * DAY).await;
        shop.add("C2", 100, 3 * DAY).await;
        let removed = shop.remove("C2", 40).await;
        clock.set(at("2026-11-10T12:00:00Z"));
        days::keep_all(app).await.unwrap();
        assert_eq!(kept(&shop).await.len(), 2, "nothing is kept beyond an end that is not recorded");
        guerdon::service::expiry::record_due(app).await.unwrap();
        days::keep_all(app).await.unwrap();
        assert_eq!(kept(&shop).await.len(), 9);
        assert_right(&shop).await;
        // The points come back to a lot that ended six days ago, and end at once.
        shop.submit("C2", Command::Undo(removed, Remarks::default())).await;
        assert_eq!(kept(&shop).await.len(), 3);
        assert_right(&shop).await;
        days::keep_all(app).await.unwrap();
        assert_eq!(kept(&shop).await.len(), 9);
        assert_right(&shop).await;
    }

    async fn a_clock_that_was_ahead_is_got_over(app, clock) {
        clock.set(at("2026-11-01T12:00:00Z"));
        let shop = Shop::open(app, "acme").await;
        shop.add("C1", 100, 700 * DAY).await;
        clock.set(at("2027-03-01T12:00:00Z"));
        days::keep_all(app).await.unwrap();
        clock.set(at("2026-11-03T12:00:00Z"));
        shop.add("C1", 30, 700 * DAY).await;
        clock.set(at("2026-11-05T12:00:00Z"));
        assert_right(&shop).await;
        days::keep_all(app).await.unwrap();
        assert_eq!(kept(&shop).await.len(), 4);
        assert_right(&shop).await;
    }

    async fn sums_that_are_wrong_are_found_and_made_anew(app, clock) {
        clock.set(at("2026-11-01T12:00:00Z"));
        let (shop, other) = (Shop::open(app, "acme").await, Shop::open(app, "other").await);
        shop.add("C1", 100, 700 * DAY).await;
        other.add("C1", 100, 700 * DAY).await;
        clock.set(at("2026-11-10T12:00:00Z"));
        days::keep_all(app).await.unwrap();
        assert!(days::check_all(app).await.unwrap().is_empty());
        // The clock of some machine was days behind.
        clock.set(at("2026-11-04T12:00:00Z"));
        shop.add("C1", 30, 700 * DAY).await;
        clock.set(at("2026-11-10T12:01:00Z"));
        assert_eq!(days::check_all(app).await.unwrap(), std::slice::from_ref(&shop.tenant));
        assert_eq!((kept(&shop).await.len(), kept(&other).await.len()), (0, 9));
        assert_right(&shop).await;
        days::keep_all(app).await.unwrap();
        assert_eq!(kept(&shop).await.len(), 9);
        assert_right(&shop).await;
        assert!(days::check_all(app).await.unwrap().is_empty());
    }
}
