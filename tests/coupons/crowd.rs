//! Many at once, in several processes: no limit is passed, and nothing is both used and given back.

use futures_util::future::join_all;
use guerdon::{
    app::App,
    config::Settings,
    domain::{code::CouponCode, coupon::NewCouponRedemption},
    service::coupons::{self, CouponError},
    store::Db,
};
use serde_json::json;

use crate::{
    common::{clock, database::TestDb, on_both},
    till::{Till, order},
};

/// Replicas with connections of their own, as other processes have them.
async fn replicas(db: &TestDb, count: usize) -> Vec<App> {
    let mut apps = Vec::new();
    for _ in 0..count {
        apps.push(App::new(Db::connect(db.url()).await.unwrap(), clock::stopped(), Settings::default()));
    }
    apps
}

fn wanted(customer: Option<&str>, entity: Option<&str>) -> NewCouponRedemption {
    let mut body = order(customer);
    body["legalEntityId"] = json!(entity);
    NewCouponRedemption::from_json(body.as_object().unwrap()).unwrap()
}

/// Whether the use was counted; any other answer than a refusal fails the test.
async fn uses(app: &App, till: &Till, code: &str, wanted: &NewCouponRedemption) -> bool {
    let code = CouponCode::parse(code).unwrap();
    match coupons::redeem(app, &till.caller(), &code, wanted, None, |id| (201, id.to_owned())).await {
        Ok(_) => true,
        Err(CouponError::Refused(_) | CouponError::Unknown(_)) => false,
        Err(other) => panic!("{other}"),
    }
}

async fn count(till: &Till, code: &str) -> i64 {
    coupons::find(&till.app.db, &till.tenant, code).await.unwrap().unwrap().redemption_count
}

on_both! {
    async fn of_fifty_at_once_seven_use_what_seven_may(db) {
        let apps = replicas(db, 3).await;
        let till = Till::open(&apps[0]).await;
        till.make("W7", &json!({"allowAnonymous": true, "maxRedemptions": 7})).await;
        let guest = wanted(None, None);
        let answers = join_all((0..50).map(|n| uses(&apps[n % 3], &till, "W7", &guest))).await;
        assert_eq!(answers.into_iter().filter(|used| *used).count(), 7);
        assert_eq!(count(&till, "W7").await, 7);
        till.assert_proven().await;
    }

    async fn a_customer_uses_it_no_more_often_than_allowed(db) {
        let apps = replicas(db, 3).await;
        let till = Till::open(&apps[0]).await;
        till.make("W2", &json!({"maxRedemptionsPerCustomer": 2, "maxRedemptions": 100})).await;
        let by = [wanted(Some("C1"), None), wanted(Some("C2"), Some("L1")), wanted(Some("C2"), Some("L2"))];
        let answers = join_all((0..45).map(|n| {
            let (apps, till, by) = (&apps, &till, &by);
            async move { (n % 3, uses(&apps[n % 2], till, "W2", &by[n % 3]).await) }
        })).await;
        for whose in 0..3 {
            assert_eq!(answers.iter().filter(|(by, used)| *by == whose && *used).count(), 2, "{whose}");
        }
        assert_eq!(count(&till, "W2").await, 6);
        till.assert_proven().await;
    }

    async fn uses_that_are_given_back_meanwhile_are_counted_right(db) {
        let apps = replicas(db, 2).await;
        let till = Till::open(&apps[0]).await;
        till.make("W3", &json!({"allowAnonymous": true, "maxRedemptions": 3})).await;
        let code = CouponCode::parse("W3").unwrap();
        let guest = wanted(None, None);
        let rounds = join_all((0..20).map(|n| {
            let (app, till, code, guest) = (&apps[n % 2], &till, &code, &guest);
            async move {
                let answer = coupons::redeem(app, &till.caller(), code, guest, None, |id| (201, id.to_owned())).await;
                match answer {
                    Ok(coupons::Answered::Now(id)) if n % 4 != 0 => {
                        coupons::delete_redemption(app, &till.caller(), code, &id).await.unwrap();
                        0
                    }
                    Ok(_) => 1,
                    Err(CouponError::Refused(_)) => 0,
                    Err(other) => panic!("{other}"),
                }
            }
        })).await;
        let kept: i64 = rounds.into_iter().sum();
        assert!(kept <= 3);
        assert_eq!(count(&till, "W3").await, kept);
        till.assert_proven().await;
    }

    async fn a_bought_coupon_is_used_or_its_points_come_back(db) {
        let apps = replicas(db, 2).await;
        let till = Till::open(&apps[0]).await;
        let other = Till::twin(&till, &apps[1]);
        let guest = wanted(None, None);
        let (mut used_first, mut cancelled_first) = (0, 0);
        for n in 0..12 {
            let customer = format!("C{n}");
            let (code, redemption) = till.buy(&customer).await;
            let (used, cancelled) = if n % 2 == 0 {
                tokio::join!(uses(&apps[0], &till, &code, &guest), other.cancel(&customer, &redemption))
            } else {
                let (cancelled, used) =
                    tokio::join!(other.cancel(&customer, &redemption), uses(&apps[0], &till, &code, &guest));
                (used, cancelled)
            };
            assert_ne!(used, cancelled.is_ok(), "{customer}: used {used}, cancelled {cancelled:?}");
            used_first += usize::from(used);
            cancelled_first += usize::from(cancelled.is_ok());
        }
        assert_eq!(used_first + cancelled_first, 12);
        till.assert_proven().await;
    }

    async fn a_lowered_limit_holds_at_once(db) {
        let apps = replicas(db, 2).await;
        let till = Till::open(&apps[0]).await;
        till.make("W9", &json!({"allowAnonymous": true, "maxRedemptions": 40})).await;
        let guest = wanted(None, None);
        let code = CouponCode::parse("W9").unwrap();
        let patch = json!({"maxRedemptions": 5});
        let lower = async {
            coupons::change(&apps[1], &till.caller(), &code, patch.as_object().unwrap(), true).await.unwrap();
            count(&till, "W9").await
        };
        let (answers, at_change) = tokio::join!(join_all((0..30).map(|n| uses(&apps[n % 2], &till, "W9", &guest))), lower);
        let used = i64::try_from(answers.into_iter().filter(|used| *used).count()).unwrap();
        assert_eq!(count(&till, "W9").await, used);
        // Read after the change: what was used by then was used before, or under the new limit.
        assert!(used <= at_change.max(5), "{used} uses, {at_change} right after the change");
        till.assert_proven().await;
    }
}
