//! `guerdon import`: what another service or a spreadsheet holds, taken once and exactly.

use std::fs;

use serde_json::{Value, json};

use crate::common::{database::raw, on_both, program::Program};

/// Keeps a text in the program's folder and gives the file's name.
fn file(program: &Program, name: &str, text: &str) -> String {
    let path = program.folder().join(name);
    fs::write(&path, text).unwrap();
    path.display().to_string()
}

fn import(program: &Program, more: &[&str], what: &str, file: &str) -> (Option<i32>, Value) {
    let arguments = [&["import", "--tenant", "acme", "--json"], more, &[what, file]].concat();
    let printed = program.run_with(&arguments, "");
    let report = serde_json::from_str(&printed.out).unwrap_or_else(|_| panic!("{printed:?}"));
    (printed.code, report)
}

fn report(imported: u64, entries: u64, points: i64, there_already: u64) -> Value {
    json!({
        "imported": imported, "entries": entries, "points": points, "there_already": there_already, "refused": 0,
        "refusals": [],
    })
}

fn export(program: &Program, tenant: &str) -> Value {
    program.json(&["export", "--tenant", tenant, "summaries"])
}

fn verified(program: &Program) -> bool {
    program.json(&["verify", "--json"])["ok"] == true
}

/// A customer as the other service tells of them: a lot that has expired, one that is half spent, one that is whole.
fn mara() -> Value {
    json!({
        "customerId": "C4289081720", "activePoints": 660,
        "summary": {
            "addedPointsList": [
                {"id": "a1", "reference-id": "B1", "description": "Order B1", "points": 100,
                 "createdAt": "2019-01-05T10:00:00.000+00:00", "allPointsAfterCreation": 100, "usedPoints": 40,
                 "validUntil": "2020-01-05T00:00:00.000+00:00", "usedWith": ["r1"]},
                {"id": "a2", "reference-id": null, "description": "Zoë 💡", "points": 500,
                 "createdAt": "2024-02-01T10:00:00.000+00:00", "allPointsAfterCreation": 500, "usedPoints": 140,
                 "validUntil": "9000-02-01T00:00:00.000+00:00", "usedWith": ["r2"]},
                {"id": "a3", "points": 300, "createdAt": "2024-03-01T10:00:00.000+00:00",
                 "allPointsAfterCreation": 660, "usedPoints": 0, "validUntil": "9000-03-01T00:00:00.000+00:00"},
            ],
            "redeemedPointsList": [
                {"id": "r1", "description": "€5 voucher", "points": 40, "createdAt": "2019-02-01T10:00:00.000+00:00",
                 "allPointsAfterCreation": 60},
                {"id": "r2", "description": "€10 voucher", "points": 140,
                 "createdAt": "2024-02-15T10:00:00.000+00:00", "allPointsAfterCreation": 360},
            ],
        },
    })
}

fn make_acme(program: &Program) {
    program.ok(&["tenant", "create", "acme", "--name", "Acme"]);
}

on_both! {
    async fn a_customer_is_taken_with_their_history_and_only_once(db) {
        let program = Program::on(db);
        make_acme(&program);
        let empty = json!({"customerId": "C2", "activePoints": 0, "summary": {}});
        let summaries = file(&program, "summaries.json", &json!([mara(), empty]).to_string());
        // Three points that came, two that went, one expiry in between.
        let expected = report(2, 6, 660, 0);
        assert_eq!(import(&program, &["--dry-run"], "summaries", &summaries), (Some(0), expected.clone()));
        assert_eq!(export(&program, "acme"), json!([]));
        assert_eq!(import(&program, &[], "summaries", &summaries), (Some(0), expected));
        let told = export(&program, "acme");
        let told = told.as_array().unwrap().iter().find(|one| one["customerId"] == "C4289081720").unwrap();
        let lists = &told["summary"];
        assert_eq!(told["activePoints"], 660);
        assert_eq!(lists["redeemedPointsList"], mara()["summary"]["redeemedPointsList"]);
        for field in ["id", "points", "createdAt", "usedPoints", "validUntil"] {
            for at in 0..3 {
                assert_eq!(lists["addedPointsList"][at][field], mara()["summary"]["addedPointsList"][at][field], "{field}");
            }
        }
        assert_eq!(import(&program, &[], "summaries", &summaries), (Some(0), report(0, 0, 0, 2)));
        assert_eq!(&export(&program, "acme").as_array().unwrap().len(), &2);
        assert!(verified(&program));
    }

    async fn what_does_not_add_up_is_refused_and_named(db) {
        let program = Program::on(db);
        make_acme(&program);
        let mut all = Vec::new();
        let mut reasons = Vec::new();
        for (pointer, value, reason) in [
            ("/activePoints", json!(700), "activePoints is 700"),
            ("/activePoints", json!(600), "activePoints is 600"),
            ("/customerId", json!("a\nb"), "control characters"),
            ("/customerId", json!(7), "expected a string"),
            ("/summary", json!(7), "invalid type"),
            ("/summary/addedPointsList/0/points", json!(0), "points of a1"),
            ("/summary/addedPointsList/0/points", json!(1.5), "expected i64"),
            ("/summary/addedPointsList/0/points", json!(1_000_000_001), "points of a1"),
            ("/summary/addedPointsList/0/points", json!(30), "usedPoints of a1"),
            ("/summary/addedPointsList/0/allPointsAfterCreation", json!(99), "after a1 there are 100"),
            ("/summary/addedPointsList/0/createdAt", json!("yesterday"), "createdAt of a1"),
            ("/summary/addedPointsList/0/createdAt", json!("9000-01-01T00:00:00Z"), "it lies ahead"),
            ("/summary/addedPointsList/0/validUntil", json!("2018-01-01T00:00:00Z"), "end before they begin"),
            ("/summary/addedPointsList/0/description", json!("a\u{0}b"), "description of a1"),
            ("/summary/addedPointsList/1/usedPoints", json!(100), "usedPoints leaves 700"),
            ("/summary/addedPointsList/1/id", json!("a1"), "the id a1 is there twice"),
            ("/summary/redeemedPointsList/0/points", json!(101), "r1: "),
        ] {
            let mut one = mara();
            // Ids of its own for each, but in the place that is to be wrong.
            one["customerId"] = json!(format!("C{}", all.len()));
            *one.pointer_mut(pointer).unwrap() = value;
            all.push(one);
            reasons.push(reason);
        }
        let path = file(&program, "wrong.json", &json!(all).to_string());
        let (code, told) = import(&program, &[], "summaries", &path);
        assert_eq!((code, &told["imported"], &told["refused"]), (Some(1), &json!(0), &json!(all.len())));
        for (at, reason) in reasons.into_iter().enumerate() {
            let refused = told["refusals"].as_array().unwrap().iter().find(|one| one["place"] == json!(at + 1)).unwrap();
            assert!(refused["why"].as_str().unwrap().contains(reason), "{reason}: {refused}");
        }
        assert_eq!(export(&program, "acme"), json!([]));

        let good = file(&program, "good.json", &json!([mara(), mara()]).to_string());
        let (code, told) = import(&program, &[], "summaries", &good);
        assert_eq!((code, &told["imported"]), (Some(1), &json!(1)));
        assert_eq!(told["refusals"][0]["why"], "this customer is there twice");
        let mut other = mara();
        other["customerId"] = json!("C9");
        let theirs = file(&program, "theirs.json", &json!([other]).to_string());
        let (_, told) = import(&program, &[], "summaries", &theirs);
        assert!(told["refusals"][0]["why"].as_str().unwrap().contains("another customer's"), "{told}");
        let mut more = mara();
        more["summary"]["addedPointsList"][0]["id"] = json!("a9");
        let changed = file(&program, "changed.json", &json!([more]).to_string());
        let (_, told) = import(&program, &[], "summaries", &changed);
        assert!(told["refusals"][0]["why"].as_str().unwrap().contains("has points here"), "{told}");

        for (text, reason) in [("{", "an array"), ("{}", "an array"), ("[{}", "EOF"), ("", "EOF")] {
            let path = file(&program, "broken.json", text);
            let printed = program.run_with(&["import", "--tenant", "acme", "summaries", &path], "");
            assert_eq!((printed.code, printed.err.lines().count()), (Some(2), 1), "{printed:?}");
            assert!(printed.err.contains(reason), "{printed:?}");
        }
        // A file that ends too early is taken up to there.
        let mut last = mara();
        last["customerId"] = json!("C99");
        for (pointer, id) in [("addedPointsList/0", "z1"), ("addedPointsList/1", "z2"), ("addedPointsList/2", "z3"),
            ("redeemedPointsList/0", "z4"), ("redeemedPointsList/1", "z5")] {
            last.pointer_mut(&format!("/summary/{pointer}")).unwrap()["id"] = json!(id);
        }
        let path = file(&program, "cut.json", &format!("[{last},"));
        let printed = program.run_with(&["import", "--tenant", "acme", "summaries", &path], "");
        assert_eq!((printed.code, printed.err.contains("What stands before it was imported")), (Some(2), true), "{printed:?}");
        assert_eq!(export(&program, "acme").as_array().unwrap().len(), 2);
        assert!(verified(&program));
    }

    async fn many_customers_may_begin_in_the_same_instant(db) {
        let program = Program::on(db);
        make_acme(&program);
        let added = |n: usize| json!({
            "id": format!("a{n}"), "points": 5, "createdAt": "2024-01-01T00:00:00Z", "validUntil": "9000-01-01T00:00:00Z",
        });
        let all: Vec<Value> = (0..3_000)
            .map(|n| json!({"customerId": format!("C{n}"), "activePoints": 5, "summary": {"addedPointsList": [added(n)]}}))
            .collect();
        let path = file(&program, "many.json", &json!(all).to_string());
        assert_eq!(import(&program, &[], "summaries", &path), (Some(0), report(3_000, 3_000, 15_000, 0)));
        assert!(verified(&program));
    }

    async fn two_imports_of_one_file_at_once_take_everything_once(db) {
        let program = Program::on(db);
        make_acme(&program);
        let one = |n: usize| json!({"customerId": format!("C{n}"), "activePoints": 5, "summary": {"addedPointsList": [{
            "id": format!("a{n}"), "points": 5, "createdAt": "2024-01-01T00:00:00Z", "validUntil": "9000-01-01T00:00:00Z",
        }]}});
        let path = file(&program, "all.json", &json!((0..1_500).map(one).collect::<Vec<_>>()).to_string());
        let both: Vec<Value> = std::thread::scope(|scope| {
            let runs = [(); 3].map(|()| scope.spawn(|| import(&program, &[], "summaries", &path)));
            runs.into_iter().map(|run| run.join().unwrap()).inspect(|(code, _)| assert_eq!(*code, Some(0))).map(|(_, told)| told)
                .collect()
        });
        let sum = |field: &str| both.iter().map(|told| told[field].as_i64().unwrap()).sum::<i64>();
        assert_eq!((sum("imported"), sum("there_already"), sum("refused")), (1_500, 3_000, 0), "{both:?}");
        assert_eq!(export(&program, "acme").as_array().unwrap().len(), 1_500);
        assert!(verified(&program));
    }

    async fn opening_balances_come_from_a_spreadsheet(db) {
        let program = Program::on(db);
        make_acme(&program);
        let rows = "\u{feff}customer_id,points,valid_until,description,id\r\nC1,\"1,000\",,Welcome over,\r\n\
            C1,50,9000-01-01T00:00:00Z,\"Birthday, late\",\r\n\"C,3\",7,,,own-1\r\n";
        let path = file(&program, "balances.csv", rows);
        assert_eq!(import(&program, &["--dry-run"], "balances", &path), (Some(0), report(3, 3, 1_057, 0)));
        assert_eq!(import(&program, &[], "balances", &path), (Some(0), report(3, 3, 1_057, 0)));
        assert_eq!(import(&program, &[], "balances", &path), (Some(0), report(0, 0, 0, 3)));
        let wrong = "customer_id,points,valid_until\nC1,0,\nC1,-5,\nC1,1.5,\nC1,ten,\nC1,1000000001,\n,5,\n\
            C1,5,2020-01-01T00:00:00Z\nC1,5,soon\nC1,5\nC1,60,9000-01-01T00:00:00Z\nC9,1,\nC9,1,\n";
        let path = file(&program, "wrong.csv", wrong);
        let (code, told) = import(&program, &[], "balances", &path);
        let mut places: Vec<u64> =
            told["refusals"].as_array().unwrap().iter().map(|one| one["place"].as_u64().unwrap()).collect();
        places.sort_unstable();
        assert_eq!((code, places), (Some(1), vec![2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13]), "{told}");
        assert_eq!(told["imported"], 1);
        for text in ["points\n5\n", "customer_id,points,colour\nC1,5,red\n"] {
            let path = file(&program, "columns.csv", text);
            let printed = program.run_with(&["import", "--tenant", "acme", "balances", &path], "");
            assert_eq!((printed.code, printed.err.contains("column")), (Some(2), true), "{printed:?}");
        }
        assert!(verified(&program));
    }

    async fn balances_end_on_a_day_of_the_site_as_in_the_back_office(db) {
        let program = Program::on(db);
        program.ok(&["tenant", "create", "acme", "--name", "Acme", "--time-zone", "Europe/Berlin"]);
        // The same day is the same points, however the spreadsheet writes it.
        for (rows, told) in [
            ("C1,5,2027-12-31\nC2,6,2027-07-01\nC3,7,2027-07-01T00:00:00Z\n", report(3, 3, 18, 0)),
            ("C1,5,31.12.2027\nC2,6,01.07.2027\nC3,7,2027-07-01T00:00:00Z\n", report(0, 0, 0, 3)),
        ] {
            let path = file(&program, "balances.csv", &format!("customer_id,points,valid_until\n{rows}"));
            assert_eq!(import(&program, &["--dry-run"], "balances", &path).0, Some(0));
            assert_eq!(import(&program, &[], "balances", &path), (Some(0), told));
        }
        let mut ends: Vec<(i64, i64)> = db.query(raw("SELECT points, valid_until FROM lots")).all().await.unwrap();
        ends.sort_unstable();
        // The first instant of the day in Berlin, in winter and in summer.
        let instants = ["2027-12-30T23:00:00Z", "2027-06-30T22:00:00Z", "2027-07-01T00:00:00Z"];
        let expected = instants.map(|at| at.parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp_micros());
        assert_eq!(ends, [(5, expected[0]), (6, expected[1]), (7, expected[2])]);
        for wrong in ["2027-02-30", "tomorrow", "10000-01-01", "12/31/2027", "2020-01-01"] {
            let path = file(&program, "wrong.csv", &format!("customer_id,points,valid_until\nC4,5,{wrong}\n"));
            let (code, told) = import(&program, &[], "balances", &path);
            let why = told["refusals"][0]["why"].to_string();
            assert_eq!((code, why.contains("valid_until: ")), (Some(1), true), "{wrong}: {told}");
        }
        assert!(verified(&program));
    }

    async fn personal_data_come_from_a_spreadsheet(db) {
        let program = Program::on(db);
        make_acme(&program);
        let rows = "customer_id,name,email,birthday,language\nC1,Mara Hofer,mara@example.com,--05-31,de\nC2,\"O'Neil, Sean\",,1990-02-28,\n";
        let path = file(&program, "customers.csv", rows);
        assert_eq!(import(&program, &["--dry-run"], "customers", &path), (Some(0), report(2, 0, 0, 0)));
        assert_eq!(import(&program, &[], "customers", &path), (Some(0), report(2, 0, 0, 0)));
        assert_eq!(import(&program, &[], "customers", &path), (Some(0), report(0, 0, 0, 2)));
        let found: Vec<(String, Option<String>, Option<String>)> =
            db.query(raw("SELECT name, email, birthday FROM customers ORDER BY customer_id")).all().await.unwrap();
        assert_eq!(found[1], ("O'Neil, Sean".to_owned(), None, Some("1990-02-28".to_owned())));
        assert_eq!(found[0].1.as_deref(), Some("mara@example.com"));
        let wrong = "customer_id,email,birthday\n,a@example.com,\nC1,nowhere,\nC1,,2999-01-01\nC1,,31.5.\nC3\nC1,new@example.com,\n";
        let path = file(&program, "wrong.csv", wrong);
        let (code, told) = import(&program, &[], "customers", &path);
        let mut places: Vec<u64> =
            told["refusals"].as_array().unwrap().iter().map(|one| one["place"].as_u64().unwrap()).collect();
        places.sort_unstable();
        assert_eq!((code, places, &told["imported"]), (Some(1), vec![2, 3, 4, 5, 6], &json!(1)), "{told}");
        // A row says everything that is known: the name is gone with it.
        let left: Vec<(Option<String>,)> =
            db.query(raw("SELECT name FROM customers WHERE customer_id = 'C1'")).all().await.unwrap();
        assert_eq!(left, [(None,)]);
        let printed = program.run_with(&["import", "--tenant", "acme", "customers", &file(&program, "c.csv", "id\n1\n")], "");
        assert_eq!((printed.code, printed.err.contains("must name the column `customer_id`")), (Some(2), true), "{printed:?}");
    }

    async fn what_was_exported_can_be_imported_elsewhere(db) {
        let program = Program::on(db);
        make_acme(&program);
        program.ok(&["tenant", "create", "other", "--name", "Other"]);
        let summaries = file(&program, "summaries.json", &json!([mara()]).to_string());
        import(&program, &[], "summaries", &summaries);
        let balances = file(&program, "balances.csv", "customer_id,points\nC1,100\nC2,200\n");
        import(&program, &[], "balances", &balances);
        let exported = export(&program, "acme");
        let path = file(&program, "exported.json", &exported.to_string());
        let told = program.json(&["import", "--tenant", "other", "--json", "summaries", &path]);
        assert_eq!(told, report(3, 8, 960, 0));
        let sorted = |summaries: Value| {
            let mut all = summaries.as_array().unwrap().clone();
            all.sort_by_key(|one| one["customerId"].as_str().unwrap().to_owned());
            all
        };
        assert_eq!(sorted(export(&program, "other")), sorted(exported));
        let option = json!([{
            "type": "coupon", "name": "€5 voucher", "points": 500, "metadata": {"version": 3},
            "coupon": {"name": "€5", "discountType": "ABSOLUTE", "discountAbsolute": {"amount": 5, "currency": "EUR"}},
        }, {"name": "half"}]);
        let path = file(&program, "options.json", &option.to_string());
        let (code, told) = import(&program, &[], "options", &path);
        assert_eq!((code, &told["imported"], &told["refusals"][0]["what"]), (Some(1), &json!(1), &json!("half")));
        assert_eq!(import(&program, &[], "options", &path).1["there_already"], 1);
        let options = program.json(&["export", "--tenant", "acme", "options"]);
        let path = file(&program, "again.json", &options.to_string());
        let told = program.json(&["import", "--tenant", "other", "--json", "options", &path]);
        assert_eq!((&told["imported"], &told["refused"]), (&json!(1), &json!(0)));
        assert!(verified(&program));
    }
}

/// A coupon as the other service tells of it.
fn coupon(code: &str, more: &Value) -> Value {
    let mut coupon = json!({
        "code": code, "name": "Winter", "description": "7% off", "discountType": "PERCENT", "discountPercentage": 7,
        "status": "VALID", "allowAnonymous": false, "maxRedemptions": -1, "maxRedemptionsPerCustomer": -1,
        "redemptionCount": 0, "deleted": false, "categoryRestricted": false, "segmentRestricted": false,
        "restrictions": {"validFor": [], "minOrderValue": {"amount": 150.5, "currency": "EUR"}},
        "mixins": {"custom": {"provenance": "Winter Sale"}},
        "metadata": {"version": 3, "mixins": {"custom": "https://example.com/schema.json"}},
    });
    coupon.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    coupon
}

fn coupons(program: &Program) -> Vec<Value> {
    program.json(&["export", "--tenant", "acme", "coupons"]).as_array().unwrap().clone()
}

on_both! {
    async fn coupons_keep_their_uses_and_come_once(db) {
        let program = Program::on(db);
        make_acme(&program);
        let all = json!([
            coupon("mw2023_7", &json!({"redemptionCount": 4, "maxRedemptions": 10})),
            coupon("USEDUP", &json!({"redemptionCount": 2, "maxRedemptions": 2, "status": "USED"})),
            coupon("OLD", &json!({"status": "EXPIRED", "restrictions": {"validUntil": "2023-07-31T05:45:25.934Z"}})),
            // It was valid when the file was written, and is over now.
            coupon("OVER", &json!({"restrictions": {"validUntil": "2023-07-31T05:45:25.934Z"}})),
            coupon("GONE", &json!({"deleted": true})),
            coupon("REF", &json!({"referralCoupon": true, "issuedTo": "C1", "allowAnonymous": true, "unknown": [1]})),
        ]);
        let path = file(&program, "coupons.json", &all.to_string());
        let expected = report(6, 0, 0, 0);
        assert_eq!(import(&program, &["--dry-run"], "coupons", &path), (Some(0), expected.clone()));
        assert_eq!(coupons(&program), Vec::<Value>::new());
        assert_eq!(import(&program, &[], "coupons", &path), (Some(0), expected));
        let told = coupons(&program);
        let of = |code: &str| told.iter().find(|one| one["code"] == code).unwrap();
        for (code, status, uses) in [("MW2023_7", "VALID", 4), ("USEDUP", "USED", 2), ("OLD", "EXPIRED", 0), ("OVER", "EXPIRED", 0)] {
            assert_eq!((&of(code)["status"], &of(code)["redemptionCount"]), (&json!(status), &json!(uses)), "{code}");
        }
        assert_eq!((&of("GONE")["deleted"], &of("REF")["referralCoupon"], &of("REF")["issuedTo"]), (&json!(true), &json!(true), &json!("C1")));
        for field in ["name", "description", "discountPercentage", "maxRedemptions", "mixins", "metadata", "restrictions"] {
            assert_eq!(of("MW2023_7")[field], all[0][field], "{field}");
        }
        assert!(verified(&program), "uses that are not here are told apart");
        assert_eq!(import(&program, &[], "coupons", &path), (Some(0), report(0, 0, 0, 6)));
        // What was exported can be imported elsewhere.
        program.ok(&["tenant", "create", "other", "--name", "Other"]);
        let exported = file(&program, "exported.json", &json!(told).to_string());
        let moved = program.json(&["import", "--tenant", "other", "--json", "coupons", &exported]);
        assert_eq!(moved, report(6, 0, 0, 0));
        assert_eq!(program.json(&["export", "--tenant", "other", "coupons"]).as_array().unwrap().len(), 6);
        assert!(verified(&program));
        assert_eq!(program.ok(&["import", "--tenant", "acme", "coupons", &path]).lines().collect::<Vec<_>>(),
            ["Imported 0 coupons.", "6 coupons were there already and were left alone."]);
    }

    async fn coupons_that_do_not_add_up_are_refused_and_named(db) {
        let program = Program::on(db);
        make_acme(&program);
        let referral = |code: &str| coupon(code, &json!({"referralCoupon": true, "issuedTo": "C1"}));
        let first = file(&program, "first.json", &json!([coupon("A", &json!({})), referral("R1")]).to_string());
        assert_eq!(import(&program, &[], "coupons", &first).0, Some(0));
        let wrong = [
            (coupon("T", &json!({"redemptionCount": 3, "maxRedemptions": 2})), "maxRedemptions is 2"),
            (coupon("T", &json!({"status": "USED"})), "no limit"),
            (coupon("T", &json!({"status": "EXPIRED"})), "does not lie behind"),
            (coupon("T", &json!({"discountPercentage": 101})), "discountPercentage"),
            (coupon("T", &json!({"redemptionCount": "3"})), "redemptionCount"),
            (coupon("\u{202e}", &json!({})), "code"),
            (json!({"name": "no code"}), "code: give the coupon's code"),
            (json!("text"), "invalid type"),
            (referral("R2"), "another referral coupon"),
        ];
        let mut all: Vec<Value> = wrong.iter().map(|(coupon, _)| coupon.clone()).collect();
        all.extend([coupon("A", &json!({"discountPercentage": 9})), coupon("b", &json!({})), coupon("B", &json!({}))]);
        let path = file(&program, "wrong.json", &json!(all).to_string());
        let (code, told) = import(&program, &[], "coupons", &path);
        // What was imported before is left alone, also where the file says something else now.
        assert_eq!((code, &told["imported"], &told["there_already"], &told["refused"]), (Some(1), &json!(1), &json!(1), &json!(10)));
        for (at, (_, reason)) in wrong.iter().enumerate() {
            let refused = told["refusals"].as_array().unwrap().iter().find(|one| one["place"] == json!(at + 1)).unwrap();
            assert!(refused["why"].as_str().unwrap().contains(reason), "{reason}: {refused}");
        }
        let twice = told["refusals"].as_array().unwrap().iter().find(|one| one["place"] == 12).unwrap();
        assert_eq!((&twice["what"], &twice["why"]), (&json!("B"), &json!("this code is there twice")));
        assert_eq!(coupons(&program).len(), 3);
        for (text, reason) in [("{}", "an array of coupons"), ("[", "EOF"), ("nonsense", "line 1")] {
            let path = file(&program, "broken.json", text);
            let printed = program.run_with(&["import", "--tenant", "acme", "coupons", &path], "");
            assert_eq!((printed.code, printed.err.contains(reason)), (Some(2), true), "{printed:?}");
        }
        let cut = file(&program, "cut.json", &format!("[{},", coupon("CUT", &json!({}))));
        let printed = program.run_with(&["import", "--tenant", "acme", "coupons", &cut], "");
        assert_eq!((printed.code, printed.err.contains("What stands before it was imported")), (Some(2), true), "{printed:?}");
        assert_eq!(coupons(&program).len(), 4);
        assert!(verified(&program));
    }
}
