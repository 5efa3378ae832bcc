//! Lists: pages, order, queries, counts.

use guerdon::domain::{
    coupon::{CouponField, CouponRedemptionField},
    list_query::{Field, FieldKind},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    common::{database::raw, on_both},
    till::{Answer, COUPONS, Till, order, send},
};

fn codes(answer: &Answer) -> Vec<String> {
    let list = answer.json_of(200);
    list.as_array().unwrap().iter().map(|coupon| coupon["code"].as_str().unwrap().to_owned()).collect()
}

/// Asks for a list with parameters that are encoded here.
async fn asked(till: &Till, path: &str, query: &[(&str, &str)]) -> Answer {
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let query: Vec<String> = query.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    till.get(&format!("{path}?{}", query.join("&"))).await
}

/// Six coupons that differ in everything that a list looks at.
async fn stock(till: &Till) {
    let now = till.app.now();
    let (past, future) = (now.plus_secs(-60).to_contract_z(), now.plus_secs(60).to_contract_z());
    for (code, more) in [
        ("A1", json!({"name": "Zebra", "description": "first of all", "maxRedemptions": 1, "allowAnonymous": true})),
        ("B2", json!({"name": "apple (red), sour", "discountPercentage": 7.5, "restrictions": {"validUntil": past}})),
        (
            "C3",
            json!({"name": "Äpfel", "discountPercentage": 100, "restrictions": {"validFrom": future}, "issuedTo": "C1"}),
        ),
        (
            "D4",
            json!({"name": "apple", "discountType": "ABSOLUTE", "discountAbsolute": {"amount": 9, "currency": "EUR"},
            "restrictions": {"validFor": ["C1", "C2"], "minOrderValue": {"amount": 9.5, "currency": "EUR"}}}),
        ),
        (
            "E5",
            json!({"name": "Apple", "discountType": "ABSOLUTE", "discountAbsolute": {"amount": 10, "currency": "USD"},
            "categoryRestricted": true, "restrictions": {"includedCategories": ["hats"], "excludedCategories": ["caps"],
            "minOrderValue": {"amount": 10, "currency": "USD"}}, "discountCalculationType": "TOTAL"}),
        ),
        (
            "F6",
            json!({"name": "ship", "discountType": "FREE_SHIPPING", "segmentRestricted": true,
            "restrictions": {"segments": ["vip"]}, "maxRedemptionsPerCustomer": 3}),
        ),
    ] {
        till.make(code, &more).await;
    }
    till.redeem("A1", None).await.json_of(201);
}

on_both! {
    async fn pages_hold_sixteen_and_end(app, _clock) {
        let till = Till::open(app).await;
        for n in 0..20 {
            till.make(&format!("N{n:02}"), &json!({})).await;
        }
        let first = till.get(COUPONS).await;
        assert_eq!((codes(&first).len(), first.header("items-count"), first.header("x-total-count")), (16, None, None));
        let second = till.get(&format!("{COUPONS}?pageNumber=2&totalCount=true")).await;
        assert_eq!((codes(&second), second.header("items-count")), (vec!["N16".into(), "N17".into(), "N18".into(), "N19".into()], Some("20")));
        for past in ["3", "1000000", "9223372036854775807"] {
            assert_eq!(till.get(&format!("{COUPONS}?pageNumber={past}")).await.json_of(200), json!([]), "{past}");
        }
        assert_eq!(codes(&till.get(&format!("{COUPONS}?pageNumber=7&pageSize=3")).await), ["N18", "N19"]);
        assert_eq!(codes(&till.get(&format!("{COUPONS}?pageSize=1000")).await).len(), 20);
        let counted = send(till.request(Method::GET, &format!("{COUPONS}?pageSize=1"), &till.token).header("X-Total-Count", "true")).await;
        assert_eq!((counted.header("x-total-count"), counted.header("items-count")), (Some("20"), None));
        for (query, field) in [
            ("pageNumber=0", "pageNumber"), ("pageNumber=x", "pageNumber"), ("pageSize=0", "pageSize"),
            ("pageSize=1001", "pageSize"), ("pageSize=16&pageSize=16", "pageSize"), ("totalCount=maybe", "totalCount"),
            ("showDeleted=1", "showDeleted"), ("sort=colour", "sort"), ("sort=name;drop", "sort"),
            ("sort=restrictions.validFor", "sort"), ("q=colour:red", "q"), ("q=name", "q"), ("q=name:~(", "q"),
            ("q=maxRedemptions:many", "q"), ("q=%ff", "q"),
        ] {
            let wrong = till.get(&format!("{COUPONS}?{query}")).await.wrong();
            assert_eq!(wrong, [(field.to_owned(), "invalid_query_parameter".to_owned())], "{query}");
        }
    }

    async fn queries_find_what_they_name(app, _clock) {
        let till = Till::open(app).await;
        stock(&till).await;
        for (query, expected) in [
            ("code:a1", "A1"),
            ("code:(a1,f6,none)", "A1 F6"),
            ("name:apple", "D4"),
            ("name:\"apple (red), sour\"", "B2"),
            ("name:(\"apple (red), sour\",Zebra)", "A1 B2"),
            ("name:~^[aA]pple", "B2 D4 E5"),
            ("name:~(?i)^APPLE$", "D4 E5"),
            ("name:~^Ä", "C3"),
            ("code:~^[a-b]", "A1 B2"),
            ("description:~first", "A1"),
            ("name:~a code:~[bf]", "B2"),
            ("name:~\"of all\"", ""),
            ("status:USED", "A1"),
            ("status:(EXPIRED,INACTIVE)", "B2 C3"),
            ("status:~^VAL", "D4 E5 F6"),
            ("status:VALID discountType:ABSOLUTE", "D4 E5"),
            ("discountPercentage:10.0", "A1"),
            ("discountPercentage:(7.50,100)", "B2 C3"),
            ("discountAbsolute.amount:9", "D4"),
            ("discountAbsolute.currency:USD", "E5"),
            ("discountCalculationType:TOTAL", "E5"),
            ("allowAnonymous:true", "A1"),
            ("maxRedemptions:1", "A1"),
            ("maxRedemptions:-1 allowAnonymous:false", "B2 C3 D4 E5 F6"),
            ("maxRedemptionsPerCustomer:3", "F6"),
            ("redemptionCount:1", "A1"),
            ("categoryRestricted:true", "E5"),
            ("segmentRestricted:true", "F6"),
            ("issuedTo:C1", "C3"),
            ("referralCoupon:true", ""),
            ("deleted:false code:A1", "A1"),
            ("restrictions.validFor:C2", "D4"),
            ("restrictions.validFor:(C1,C9)", "D4"),
            ("restrictions.minOrderValue.amount:9.5", "D4"),
            ("restrictions.minOrderValue.currency:USD", "E5"),
            ("restrictions.includedCategories:hats", "E5"),
            ("restrictions.excludedCategories:caps", "E5"),
            ("restrictions.segments:vip", "F6"),
            ("metadata.version:0 code:F6", "F6"),
            ("name:\"';DROP TABLE coupons;--\"", ""),
            ("name:~^(a+)+$", ""),
        ] {
            let found = asked(&till, COUPONS, &[("q", query), ("totalCount", "true")]).await;
            let expected: Vec<&str> = expected.split_whitespace().collect();
            assert_eq!(codes(&found), expected, "{query}");
            assert_eq!(found.header("items-count"), Some(expected.len().to_string().as_str()), "{query}");
        }
        let until = app.now().plus_secs(-60).to_contract_z();
        assert_eq!(codes(&asked(&till, COUPONS, &[("q", &format!("restrictions.validUntil:{until}"))]).await), ["B2"]);
    }

    async fn lists_come_in_the_order_that_is_asked_for(app, _clock) {
        let till = Till::open(app).await;
        stock(&till).await;
        for (sort, expected) in [
            ("code:desc", "F6 E5 D4 C3 B2 A1"),
            ("name", "E5 A1 D4 B2 F6 C3"),
            ("discountPercentage", "D4 E5 F6 B2 A1 C3"),
            ("discountPercentage:desc,code:desc", "C3 A1 B2 F6 E5 D4"),
            ("discountAbsolute.amount:desc", "E5 D4 A1 B2 C3 F6"),
            ("restrictions.minOrderValue.amount:desc", "E5 D4 A1 B2 C3 F6"),
            ("allowAnonymous:desc,discountType,name:desc", "A1 D4 E5 F6 C3 B2"),
            ("status,code:desc", "B2 C3 A1 F6 E5 D4"),
            ("redemptionCount:desc", "A1 B2 C3 D4 E5 F6"),
        ] {
            assert_eq!(codes(&asked(&till, COUPONS, &[("sort", sort)]).await).join(" "), expected, "{sort}");
        }
        // A pattern keeps the order, page by page.
        let page = |number: &'static str| {
            let till = &till;
            async move { codes(&asked(till, COUPONS, &[("q", "code:~."), ("sort", "code:desc"), ("pageSize", "4"), ("pageNumber", number)]).await) }
        };
        assert_eq!((page("1").await.join(" "), page("2").await.join(" ")), ("F6 E5 D4 C3".to_owned(), "B2 A1".to_owned()));
        assert!(page("3").await.is_empty());
    }

    async fn every_field_can_be_asked_for_and_sorted_by(app, _clock) {
        let till = Till::open(app).await;
        stock(&till).await;
        let value = |kind: FieldKind| match kind {
            FieldKind::Text | FieldKind::Texts => "x",
            FieldKind::Number => "5",
            FieldKind::Flag => "true",
            FieldKind::Time => "2027-01-15T12:00:00Z",
        };
        let uses = format!("{COUPONS}/A1/redemptions");
        let fields = CouponField::ALL.iter().map(|field| (COUPONS, field.name(), field.kind()));
        let fields = fields.chain(CouponRedemptionField::ALL.iter().map(|field| (uses.as_str(), field.name(), field.kind())));
        for (path, name, kind) in fields {
            let found = asked(&till, path, &[("q", &format!("{name}:{}", value(kind)))]).await;
            assert_eq!(found.status, 200, "{name}: {found:?}");
            if kind == FieldKind::Text {
                assert_eq!(asked(&till, path, &[("q", &format!("{name}:~x"))]).await.status, 200, "{name}");
            }
            if kind != FieldKind::Texts {
                let sorted = asked(&till, path, &[("sort", &format!("{name}:desc"))]).await;
                assert_eq!(sorted.status, 200, "{name}: {sorted:?}");
            }
        }
    }

    async fn uses_are_listed_alike(app, clock) {
        let till = Till::open(app).await;
        till.make("W1", &json!({"allowAnonymous": true})).await;
        let path = format!("{COUPONS}/W1/redemptions");
        for (n, amount) in [(1, "9.99"), (2, "100"), (3, "20.5")] {
            clock.set(app.now().plus_secs(1));
            let mut body = order((n != 2).then_some("C1"));
            body["orderTotal"]["amount"] = serde_json::from_str(amount).unwrap();
            body["orderCode"] = json!(format!("O{n}"));
            till.post(&path, &body).await.json_of(201);
        }
        let orders = |answer: Answer| -> Vec<String> {
            answer.json_of(200).as_array().unwrap().iter().map(|used| used["orderCode"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(orders(till.get(&path).await), ["O1", "O2", "O3"]);
        assert_eq!(orders(asked(&till, &path, &[("sort", "orderTotal.amount:desc")]).await), ["O2", "O3", "O1"]);
        assert_eq!(orders(asked(&till, &path, &[("q", "customerNumber:C1"), ("sort", "redeemedAt:desc")]).await), ["O3", "O1"]);
        assert_eq!(orders(asked(&till, &path, &[("q", "orderCode:~[23]"), ("pageSize", "1")]).await), ["O2"]);
        assert_eq!(orders(asked(&till, &path, &[("q", "redeemedAt:2027-01-15T12:00:02Z")]).await), ["O2"]);
        let counted = asked(&till, &path, &[("q", "customerNumber:C1"), ("totalCount", "true"), ("pageSize", "1")]).await;
        assert_eq!(counted.header("items-count"), Some("2"));
        assert_eq!(asked(&till, &path, &[("q", "name:x")]).await.fields(), ["q"]);
    }

    async fn a_pattern_is_not_compared_with_everything(app, _clock) {
        let till = Till::open(app).await;
        till.make("A1", &json!({"name": "needle"})).await;
        let mut tx = app.db.begin().await.unwrap();
        let numbers = match app.db.backend() {
            guerdon::store::Backend::Sqlite => "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT i FROM n",
            guerdon::store::Backend::Postgres => "SELECT generate_series(1, 100000) AS i",
        };
        let columns = "tenant_id, name, discount_type, discount_percentage, allow_anonymous, max_redemptions,
            max_redemptions_per_customer, restrictions, redemption_count, version, created_at, modified_at";
        tx.query(raw(format!(
            "INSERT INTO coupons ({columns}, code)
             SELECT 'acme', 'straw', 'PERCENT', '10', TRUE, CASE WHEN i < 100 THEN 5 ELSE -1 END, -1, '{{}}', 0, 0, 0, 0,
                 CAST('H' || i AS TEXT) FROM ({numbers}) AS numbers"
        ))).run().await.unwrap();
        tx.commit().await.unwrap();
        let all = asked(&till, COUPONS, &[("q", "name:~needle")]).await;
        assert_eq!(all.fields(), ["q"]);
        let early = asked(&till, COUPONS, &[("q", "name:~straw"), ("pageSize", "3")]).await;
        assert_eq!(codes(&early).len(), 3, "what is found early needs no more");
        let narrowed = asked(&till, COUPONS, &[("q", "name:~straw maxRedemptions:5"), ("totalCount", "true")]).await;
        assert_eq!(narrowed.header("items-count"), Some("99"));
        let plain = asked(&till, COUPONS, &[("q", "name:needle"), ("totalCount", "true")]).await;
        assert_eq!((codes(&plain).join(" ").as_str(), plain.header("items-count")), ("A1", Some("1")));
        let _: Value = plain.json();
    }
}
