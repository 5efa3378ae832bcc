//! What bad input gets: 400 in the contract's shape, naming the field, and no change.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    common::on_both,
    shop::{Answer, Shop, send},
};

/// The operations that take points: path, what stands before the fields' names, and the body before and after a number.
const TAKE_POINTS: [(&str, &str, &str, &str); 4] = [
    ("/customer/C1/addPoints", "", "{\"points\": ", "}"),
    ("/customer/C1/redeemPoints", "", "{\"points\": ", "}"),
    ("/customer/C2", "startPoints.", "{\"startPoints\": {\"points\": ", "}}"),
    ("/customer/C2", "", "{\"points\": ", "}"),
];

/// Every operation that needs a body.
const NEED_BODY: [&str; 4] =
    ["/customer/C1/addPoints", "/customer/C1/redeemPoints", "/customer/C2", "/public/customer/redeem"];

async fn raw(shop: &Shop, path: &str, body: impl Into<reqwest::Body>) -> Answer {
    let token = if path.starts_with("/public") { shop.customer_token("C1").await } else { shop.token.clone() };
    send(shop.request(Method::POST, &format!("/reward-points{path}"), &token).body(body)).await
}

/// The customer C1 has 100 points, and nobody else has any.
async fn assert_unchanged(shop: &Shop) {
    let all = shop.get("/reward-points/summaryBatch").await.json_of(200);
    let shown: Vec<(&Value, &Value)> =
        all.as_array().unwrap().iter().map(|one| (&one["customerId"], &one["activePoints"])).collect();
    assert_eq!(shown, [(&json!("C1"), &json!(100))]);
    assert_eq!(all[0]["summary"]["redeemedPointsList"], json!([]));
}

on_both! {
    async fn points_are_whole_numbers_from_1_to_a_billion(app, _clock) {
        let shop = Shop::open(app).await;
        shop.add("C1", 100).await;
        for (path, prefix, before, after) in TAKE_POINTS {
            for points in [
                "0", "-5", "-0", "1.5", "1.0", "10e0", "1e2", "1E400", "\"10\"", "\"\"", "true", "false", "null", "[]",
                "[10]", "{}", "1000000001", "9223372036854775808", "-9223372036854775809", "99999999999999999999999999",
                "0.1e1", "1000000000.0",
            ] {
                let answer = raw(&shop, path, format!("{before}{points}{after}")).await;
                assert_eq!(answer.wrong_fields(), [format!("{prefix}points")], "{path} {points}");
                let shape = answer.json();
                assert_eq!(shape["type"], "about:blank");
                assert_eq!((&shape["title"], &shape["status"]), (&json!("Bad Request"), &json!(400)));
                assert_eq!(shape["instance"], path);
                assert!(shape["detail"].as_str().unwrap().contains("1 to 1,000,000,000"), "{shape}");
            }
        }
        assert_unchanged(&shop).await;
        shop.post("/reward-points/customer/C1/addPoints", json!({"points": 1_000_000_000})).await.empty(201);
        assert_eq!(shop.balance("C1").await, 1_000_000_100);
    }

    async fn bodies_are_json_objects(app, _clock) {
        let shop = Shop::open(app).await;
        shop.add("C1", 100).await;
        let deep = format!("{{\"points\": 1, \"id\": \"o1\", \"x\": {}{}}}", "[".repeat(40), "]".repeat(40));
        for path in NEED_BODY {
            for body in [
                "", " ", "[]", "null", "\"10\"", "10", "true", "{", "{\"points\": 1", "{\"points\": 1,}", "points=1",
                "{\"points\": 1}{}", "{\"points\": 1} x", "{'points': 1}", "{\"points\": 01}", "[{\"points\": 1}]",
                "{\"points\": 1, \"points\": 1}", "{\"points\": 1, \"p\\u006fints\": 2}", "\u{feff}{\"points\": 1}",
                "{\"points\": 1, \"id\": \"\\ud800\"}", &deep,
            ] {
                assert_eq!(raw(&shop, path, body.to_owned()).await.wrong_fields(), ["body"], "{path} {body}");
            }
            assert_eq!(raw(&shop, path, vec![b'{', b'"', 0xff, b'"', b':', b'1', b'}']).await.wrong_fields(), ["body"]);
            let long = format!("{{\"points\": 1, \"x\": \"{}\"}}", "x".repeat(1 << 20));
            assert_eq!(raw(&shop, path, long).await.status, 413, "{path}");
        }
        assert_unchanged(&shop).await;
    }

    async fn ids_texts_and_times_are_checked(app, _clock) {
        let shop = Shop::open(app).await;
        shop.add("C1", 100).await;
        let long = |length: usize| json!("x".repeat(length));
        for (field, values) in [
            ("id", vec![json!(""), long(256), json!("a\u{0}b"), json!("a\nb"), json!(7), json!(true), json!([])]),
            ("reference-id", vec![long(256), json!("a\u{0}b"), json!("a\nb"), json!(7), json!({})]),
            ("description", vec![long(2001), json!("a\u{0}b"), json!("a\u{1b}[0m"), json!(7)]),
            ("validUntil", vec![
                json!("2027-01-15T12:00:00Z"), json!("2027-01-15T11:59:59.999Z"), json!("1969-01-01T00:00:00Z"),
                json!("+10000-01-01T00:00:00Z"), json!("9999-12-31T23:59:59-01:00"), json!("2028-02-30T00:00:00Z"),
                json!("2028-01-01"), json!("2028-01-01T00:00:00"), json!("tomorrow"), json!(""), json!(1_900_000_000),
            ]),
        ] {
            for value in values {
                let mut points = json!({"points": 1});
                points[field] = value.clone();
                let add = shop.post("/reward-points/customer/C1/addPoints", points.clone()).await;
                assert_eq!(add.wrong_fields(), [field], "{value}");
                let open = shop.post("/reward-points/customer/C2", points.clone()).await;
                assert_eq!(open.wrong_fields(), [field], "{value}");
                let open = shop.post("/reward-points/customer/C2", json!({"startPoints": points.clone()})).await;
                assert_eq!(open.wrong_fields(), [format!("startPoints.{field}")], "{value}");
                if matches!(field, "id" | "description") {
                    let redeem = shop.post("/reward-points/customer/C1/redeemPoints", points).await;
                    assert_eq!(redeem.wrong_fields(), [field], "{value}");
                }
            }
        }
        let all_wrong = json!({"id": "", "description": 7, "points": 0, "validUntil": "x"});
        let answer = shop.post("/reward-points/customer/C1/addPoints", all_wrong).await;
        assert_eq!(answer.wrong_fields(), ["id", "description", "validUntil", "points"]);
        for start in [json!([]), json!("x"), json!(20)] {
            let answer = shop.post("/reward-points/customer/C2", json!({"startPoints": start})).await;
            assert_eq!(answer.wrong_fields(), ["startPoints"]);
        }
        assert_unchanged(&shop).await;
        let odd = json!({"points": 1, "id": "ü".repeat(255), "description": "two\nlines\t💡", "validUntil": "9999-12-31T23:59:59.999Z"});
        shop.post("/reward-points/customer/C1/addPoints", odd).await.empty(201);
        let added = &shop.summary("C1").await["summary"]["addedPointsList"][1];
        assert_eq!((&added["description"], &added["validUntil"]), (&json!("two\nlines\t💡"), &json!("9999-12-31T23:59:59.999+00:00")));
    }

    async fn customers_have_ids_of_255_characters_at_most(app, _clock) {
        let shop = Shop::open(app).await;
        shop.add("C1", 100).await;
        for path in ["", "/summary", "/entries"] {
            let answer = shop.get(&format!("/reward-points/customer/{}{path}", "x".repeat(256))).await;
            assert_eq!(answer.wrong_fields(), ["customerId"], "{path}");
        }
        for (path, body) in [("", json!({})), ("/addPoints", json!({"points": 1})), ("/redeemPoints", json!({"points": 1}))] {
            let answer = shop.post(&format!("/reward-points/customer/{}{path}", "x".repeat(256)), body).await;
            assert_eq!(answer.wrong_fields(), ["customerId"], "{path}");
        }
        assert_eq!(shop.delete(&format!("/reward-points/customer/{}", "x".repeat(256))).await.wrong_fields(), ["customerId"]);
        assert_unchanged(&shop).await;
        let encoded = |id: &str| percent_encoding::utf8_percent_encode(id, percent_encoding::NON_ALPHANUMERIC).to_string();
        for id in ["ü".repeat(255).as_str(), "a/b", "a%2Fb", "Zoë 💡", "<script>", "...", "summary", "'; --"] {
            shop.add(&encoded(id), 7).await;
            let summary = shop.summary(&encoded(id)).await;
            assert_eq!((&summary["customerId"], &summary["activePoints"]), (&json!(id), &json!(7)));
        }
        // Byte by byte: neither folded nor trimmed nor normalised.
        for id in ["c1", "C1 ", " C1", "C1.", "Ｃ1"] {
            assert_eq!(shop.get(&format!("/reward-points/customer/{}", encoded(id))).await.status, 404, "{id}");
        }
    }

    async fn sites_options_and_pages_are_checked(app, _clock) {
        let shop = Shop::open(app).await;
        shop.option("o1", 1, |_| ()).await;
        shop.add("C1", 100).await;
        let long = "x".repeat(65);
        for site in ["nowhere", "a%20b", "%22", "%F0%9F%92%A1", long.as_str()] {
            for (path, body) in [
                ("/customer/C1/addPoints", "{\"points\": 1}"), ("/customer/C2", "{\"points\": 1}"), ("/customer/C2", "{}"),
                ("/public/customer/redeem", "{\"id\": \"o1\"}"),
            ] {
                let answer = raw(&shop, &format!("{path}?siteCode={site}"), body).await;
                assert_eq!(answer.wrong_fields(), ["siteCode"], "{path} {site}");
            }
        }
        for body in ["{}", "{\"id\": null}", "{\"id\": 7}", "{\"id\": \"\"}", "{\"id\": {}}", "{\"id\": \"a\\u0000\"}"] {
            assert_eq!(raw(&shop, "/public/customer/redeem", body).await.wrong_fields(), ["id"], "{body}");
        }
        assert_eq!(raw(&shop, "/public/customer/redeem", "{\"redeemOptionId\": 7}").await.wrong_fields(), ["redeemOptionId"]);
        for query in ["pageNumber=0", "pageNumber=x", "pageNumber=-1", "pageNumber=1.0", "pageNumber=", "pageNumber=1&pageNumber=2"] {
            assert_eq!(shop.get(&format!("/reward-points/summaryBatch?{query}")).await.wrong_fields(), ["pageNumber"], "{query}");
        }
        for query in ["pageSize=0", "pageSize=1001", "pageSize=99999999999999999999", "pageSize=%2B5"] {
            assert_eq!(shop.get(&format!("/reward-points/summaryBatch?{query}")).await.wrong_fields(), ["pageSize"], "{query}");
        }
        assert_unchanged(&shop).await;
    }

    async fn too_few_points_and_no_account_change_nothing(app, _clock) {
        let shop = Shop::open(app).await;
        shop.add("C1", 100).await;
        let answer = shop.post("/reward-points/customer/C1/redeemPoints", json!({"points": 101})).await.json_of(400);
        assert_eq!(answer, json!({
            "type": "about:blank", "title": "Bad Request", "status": 400,
            "detail": "The customer has 100 points; 101 were asked for.", "instance": "/customer/C1/redeemPoints",
        }));
        let answer = shop.post("/reward-points/customer/C2/redeemPoints", json!({"points": 1})).await.json_of(404);
        assert_eq!(answer, json!({
            "type": "resource_not_found", "status": 404, "message": "No reward points found for customer C2",
        }));
        assert_unchanged(&shop).await;
    }

    async fn other_methods_get_405_and_unknown_fields_are_tolerated(app, _clock) {
        let shop = Shop::open(app).await;
        for (path, allow) in [
            ("/summaryBatch", "GET"), ("/customer/C1", "GET, POST, DELETE"), ("/customer/C1/summary", "GET"),
            ("/customer/C1/addPoints", "POST"), ("/public/customer", "GET"), ("/public/customer/redeem", "POST"),
        ] {
            let answer = send(shop.request(Method::PATCH, &format!("/reward-points{path}"), &shop.token)).await;
            assert_eq!((answer.status, answer.header("allow")), (405, Some(allow)), "{path}");
        }
        let request = shop.request(Method::POST, "/reward-points/customer/C1/addPoints?unknown=1", &shop.token);
        let request = request.header("X-Version", "v2").header("Content-Type", "text/plain");
        send(request.body("{\"points\": 1, \"unknown\": {\"a\": [1.5, null]}, \"customerId\": 5}")).await.empty(201);
        let with_body = shop.request(Method::GET, "/reward-points/customer/C1", &shop.token).body("nonsense");
        assert_eq!(send(with_body).await.json_of(200), 1);
    }
}
