//! Orders that come back and were paid with coupons bought with points: the option's choice, once, whatever is repeated.

use futures_util::future::join_all;
use guerdon::{
    domain::returned_coupon::Decision,
    service::returned_coupons::{self, Case},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    common::on_both,
    orders::{changed, order},
    shop::{Answer, MANAGE, Shop, VIEW, send},
};

const CHECKOUT: &str = "rewardspoints.order_manage coupon.coupon_redeem coupon.coupon_redeem_on_behalf";

impl Shop {
    async fn at_checkout(app: &guerdon::app::App) -> Self {
        let shop = Self::open(app).await;
        shop.with(shop.service_token(&format!("{VIEW} {MANAGE} {CHECKOUT}")).await)
    }

    /// Lets a customer buy a coupon of a new option for 300 of 1,000 points, and pay an order with it.
    async fn paid_with_points(&self, customer: &str, order_id: &str, when_returned: &str) -> String {
        let option = format!("opt-{order_id}");
        self.option(&option, 300, |json| json["whenOrderReturned"] = json!(when_returned)).await;
        self.add(customer, 1_000).await;
        let token = self.customer_token(customer).await;
        let redeemed = send(
            self.request(Method::POST, "/reward-points/public/customer/redeem", &token).json(&json!({ "id": option })),
        )
        .await;
        let code = redeemed.json_of(200)["code"].as_str().unwrap().to_owned();
        let path = format!("/coupon/{}/coupons/{code}/redemptions", self.tenant);
        let used = json!({ "orderTotal": { "amount": 119, "currency": "EUR" }, "orderCode": order_id,
            "discount": { "amount": 10, "currency": "EUR" }, "customerNumber": customer });
        assert_eq!(self.post(&path, used).await.status, 201);
        assert_eq!(self.put_order(order_id, order(customer, "COMPLETED")).await.status, 200);
        code
    }

    async fn comes_back(&self, order_id: &str, id: &str, items: Value) -> Answer {
        self.put_return(order_id, id, json!({ "items": items })).await
    }

    async fn cases(&self) -> Vec<Case> {
        returned_coupons::list(&self.app.db, &self.tenant, None, None, 100).await.unwrap().0
    }

    async fn given_back(&self, customer: &str) -> i64 {
        let entries = self.entries(customer).await;
        entries
            .iter()
            .filter(|entry| entry["kind"] == "given_back")
            .map(|entry| entry["points"].as_i64().unwrap())
            .sum()
    }
}

fn all() -> Value {
    json!([{ "id": "1", "quantity": 1 }, { "id": "2", "quantity": 4 }])
}

on_both! {
    async fn the_points_come_back_by_themselves_when_all_of_the_order_does(app, _clock) {
        let shop = Shop::at_checkout(app).await;
        let code = shop.paid_with_points("C1", "B1", "GIVE_BACK").await;
        // 1,000 less 300 and 104 for the order.
        assert_eq!(shop.balance("C1").await, 804);
        assert_eq!(shop.comes_back("B1", "R1", json!([{ "id": "2", "quantity": 4 }])).await.status, 200);
        let cases = shop.cases().await;
        assert_eq!((cases.len(), cases[0].whole, cases[0].decision), (1, false, Decision::Open));
        assert_eq!(shop.given_back("C1").await, 0);
        let rest = json!([{ "id": "1", "quantity": 1 }]);
        let at_once = (0..6).map(|_| shop.comes_back("B1", "R2", rest.clone()));
        assert!(join_all(at_once).await.iter().all(|answer| answer.status == 200));
        let cases = shop.cases().await;
        assert_eq!((cases.len(), cases[0].whole, cases[0].decision), (1, true, Decision::GivenBack));
        assert_eq!(shop.given_back("C1").await, 300);
        assert_eq!(shop.balance("C1").await, 1_000);
        let path = format!("/coupon/{}/coupons/{code}/validation", shop.tenant);
        let again = json!({ "orderTotal": { "amount": 119, "currency": "EUR" }, "discount": { "amount": 10, "currency": "EUR" } });
        assert!(shop.post(&path, again).await.status >= 400, "the coupon is gone");
        shop.proven().await;
    }

    async fn points_that_stay_spent_ask_nobody(app, _clock) {
        let shop = Shop::at_checkout(app).await;
        shop.paid_with_points("C1", "B1", "KEEP").await;
        assert_eq!(shop.comes_back("B1", "R1", all()).await.status, 200);
        assert!(shop.cases().await.is_empty());
        assert_eq!(shop.balance("C1").await, 700);
    }

    async fn an_employee_decides_once_whoever_else_does_so_too(app, _clock) {
        let shop = Shop::at_checkout(app).await;
        shop.paid_with_points("C1", "B1", "ASK").await;
        shop.paid_with_points("C2", "B2", "ASK").await;
        for order_id in ["B1", "B2"] {
            for _ in 0..3 {
                assert_eq!(shop.comes_back(order_id, "R1", all()).await.status, 200);
            }
        }
        let cases = shop.cases().await;
        assert_eq!(cases.iter().map(|case| case.order_id.as_str()).collect::<Vec<_>>(), ["B2", "B1"]);
        assert_eq!(returned_coupons::count_open(&app.db, &shop.tenant).await.unwrap(), 2);
        let caller = shop.caller();
        let decided = join_all((0..6).map(|_| returned_coupons::give_back(app, &caller, &cases[1].case_id))).await;
        assert_eq!(decided.iter().filter(|one| one.is_ok()).count(), 1);
        assert_eq!(shop.given_back("C1").await, 300);
        returned_coupons::keep(app, &caller, &cases[0].case_id).await.unwrap();
        assert!(returned_coupons::give_back(app, &caller, &cases[0].case_id).await.is_err());
        returned_coupons::reopen(app, &caller, &cases[0].case_id).await.unwrap();
        returned_coupons::give_back(app, &caller, &cases[0].case_id).await.unwrap();
        assert!(returned_coupons::reopen(app, &caller, &cases[0].case_id).await.is_err());
        assert_eq!(shop.given_back("C2").await, 300);
        shop.proven().await;
    }

    async fn an_order_that_is_called_off_counts_as_one_that_came_back(app, _clock) {
        let shop = Shop::at_checkout(app).await;
        shop.option("o1", 300, |json| json["whenOrderReturned"] = json!("GIVE_BACK")).await;
        shop.add("C1", 1_000).await;
        let token = shop.customer_token("C1").await;
        let redeem = shop.request(Method::POST, "/reward-points/public/customer/redeem", &token);
        let code = send(redeem.json(&json!({ "id": "o1" }))).await.json_of(200)["code"].as_str().unwrap().to_owned();
        shop.put_order("B1", order("C1", "CREATED")).await.json_of(200);
        let path = format!("/coupon/{}/coupons/{code}/redemptions", shop.tenant);
        let used = json!({ "orderTotal": { "amount": 119, "currency": "EUR" }, "orderCode": "B1",
            "discount": { "amount": 10, "currency": "EUR" } });
        assert_eq!(shop.post(&path, used).await.status, 201);
        let off = changed(order("C1", "DECLINED"), |_| {});
        for _ in 0..2 {
            shop.put_order("B1", off.clone()).await.json_of(200);
        }
        assert_eq!((shop.balance("C1").await, shop.given_back("C1").await), (1_000, 300));
    }

    async fn what_comes_back_before_its_order_is_known_gives_the_points_back_all_the_same(app, _clock) {
        let shop = Shop::at_checkout(app).await;
        assert_eq!(shop.comes_back("B1", "R1", all()).await.status, 200);
        shop.paid_with_points("C1", "B1", "GIVE_BACK").await;
        assert_eq!((shop.balance("C1").await, shop.given_back("C1").await), (1_000, 300));
        let cases = shop.cases().await;
        assert_eq!((cases.len(), cases[0].whole, cases[0].decision), (1, true, Decision::GivenBack));
        shop.proven().await;
    }

    async fn left_spent_and_given_back_at_once_the_list_says_what_the_ledger_does(app, _clock) {
        let shop = Shop::at_checkout(app).await;
        let caller = shop.caller();
        for round in 0..6 {
            let (customer, order_id) = (format!("C{round}"), format!("B{round}"));
            shop.paid_with_points(&customer, &order_id, "ASK").await;
            assert_eq!(shop.comes_back(&order_id, "R1", all()).await.status, 200);
            let case = shop.cases().await[0].case_id.clone();
            let give = returned_coupons::give_back(app, &caller, &case);
            let keep = returned_coupons::keep(app, &caller, &case);
            let _ = futures_util::future::join(give, keep).await;
            let decision = shop.cases().await[0].decision;
            let told = if decision == Decision::GivenBack { 300 } else { 0 };
            assert_eq!((shop.given_back(&customer).await, decision == Decision::Open), (told, false), "{decision:?}");
        }
        shop.proven().await;
    }

    async fn a_closed_account_leaves_the_question_to_an_employee(app, _clock) {
        let shop = Shop::at_checkout(app).await;
        shop.paid_with_points("C1", "B1", "GIVE_BACK").await;
        shop.delete("/reward-points/customer/C1").await.empty(200);
        assert_eq!(shop.comes_back("B1", "R1", all()).await.status, 200);
        let cases = shop.cases().await;
        assert_eq!((cases.len(), cases[0].decision), (1, Decision::Open));
    }
}
