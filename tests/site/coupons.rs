//! Coupons in the back office: found, made by hand, used, cancelled, deleted.

use guerdon::{
    app::App,
    domain::{
        actor::{Actor, Caller},
        code::CouponCode,
        coupon::{Coupon, CouponStatus, Discount, NewCouponRedemption},
        customer::PersonalData,
        ids::CustomerId,
        ledger::entry::Source,
        money::{Currency, Money},
        role::Role,
    },
    service::{
        coupons::{self, Answered, NewCoupon},
        customers::person,
        ledger::command::{Done, Remarks, Reply},
        points::{self, Asked},
    },
};
use serde_json::{Value, json};

use super::{
    common::{database::raw, on_both},
    desk::{add, balance, customer, employee, offer},
    visitor::{Answer, Visitor, acme, encoded, tenant},
};

const LIST: &str = "/admin/acme/coupons";
const NEW: &str = "/admin/acme/coupons/new";
const FILLED: [(&str, &str); 3] = [("name", "Sorry for the delay"), ("code", "sorry-1"), ("worth", "5,50")];

fn caller() -> Caller {
    Caller { tenant: tenant("acme"), actor: Actor::system("test") }
}

/// Makes a coupon, as a program does.
async fn make(app: &App, coupon: Value) {
    let mut whole = json!({"name": "Sale", "discountType": "PERCENT", "discountPercentage": 10});
    whole.as_object_mut().unwrap().extend(coupon.as_object().unwrap().clone());
    let new = NewCoupon::from_json(whole.as_object().unwrap()).unwrap();
    coupons::create(app, &caller(), &new, None, |_| (201, String::new())).await.unwrap();
}

/// Exchanges 500 points of a customer; gives the code.
async fn buy(app: &App, id: &str, option: &str) -> String {
    let asked = Asked { caller: caller(), source: Source::Api, key: None };
    match points::redeem_option(app, asked, customer(id), None, option, Remarks::default()).await.unwrap() {
        Reply::Done(Done::Redeemed { code, .. }) => code,
        other => panic!("{other:?}"),
    }
}

/// Uses a coupon for an order of 50 euros.
async fn checkout(app: &App, code: &str, id: Option<&str>, order: &str) -> String {
    let euros = |amount: i64| Money { amount: amount.into(), currency: Currency::parse("EUR").unwrap() };
    let used = NewCouponRedemption {
        order_total: euros(50),
        discount: euros(5),
        customer: id.map(customer),
        legal_entity_id: None,
        order_code: Some(order.to_owned()),
    };
    let code = CouponCode::parse(code).unwrap();
    match coupons::redeem(app, &caller(), &code, &used, None, |_| (201, String::new())).await.unwrap() {
        Answered::Now(id) => id,
        Answered::Before { .. } => unreachable!("it has no key"),
    }
}

async fn find(app: &App, code: &str) -> Coupon {
    coupons::find(&app.db, &tenant("acme"), code).await.unwrap().unwrap()
}

fn codes(page: &Answer) -> String {
    page.all("#coupon-rows tbody th > .code").join(" ")
}

async fn name(app: &App, id: &str, name: &str) {
    let data = PersonalData { name: Some(name.to_owned()), ..PersonalData::default() };
    person::set(app, &caller(), &CustomerId::parse(id).unwrap(), &data).await.unwrap();
}

/// Asks for the question before an act, and answers it.
async fn confirm(visitor: &Visitor, act: &str) -> Answer {
    let question = visitor.page(act).await;
    visitor.submit(&question, act, &[]).await
}

on_both! {
    async fn a_coupon_is_made_by_hand_and_told_in_words(app, _clock) {
        let (site, ann) = acme(app).await;
        let vera = employee(app, &site, "Vera", Role::Viewer).await;
        let empty = ann.page(LIST).await;
        assert_eq!((empty.one(".empty h2"), empty.attribute(".empty a", "href")), ("No coupons yet".into(), NEW.into()));
        assert!(!vera.page(LIST).await.has(".empty a"));
        let form = ann.page(&format!("{NEW}?customer=C1")).await;
        assert!(form.has("[name=holder][value=one][checked]"));
        let filled = [("min_order", "25"), ("per_customer", "2"), ("uses", "1,000"), ("from", "2027-01-20"),
            ("until", "2027-02-28"), ("description", "We were late.")];
        let made = ann.submit(&form, LIST, &[&FILLED[..], &filled[..]].concat()).await;
        assert_eq!(made.location(), format!("{LIST}/SORRY-1"));
        let page = ann.page(made.location()).await;
        assert_eq!(page.one("h1"), "SORRY-1");
        assert_eq!(page.all(".page-head .badge"), ["Not valid yet"]);
        assert!(page.one("#toasts").contains("Coupon created"));
        assert_eq!(page.all(".strip dd"), ["€5.50 off", "0", "1,000"]);
        assert_eq!(page.all("[aria-labelledby=facts-title] .facts > div"), [
            "Order from €25.00", "Valid from 20 Jan 2027, 00:00", "Valid until 28 Feb 2027", "Can be used 1,000 times",
            "By one customer 2 times", "Who can use it One customer", "Customers C1",
        ]);
        assert!(page.one("[aria-labelledby=facts-title] .muted").contains("We were late."));
        assert!(page.one(".events").starts_with("Created "), "{}", page.one(".events"));
        assert!(page.one(".events").ends_with("Ann Archer"));
        assert!(page.attribute("[aria-labelledby=history-title] a", "href").ends_with("audit-log?subject=coupon%3ASORRY-1"));
        let coupon = find(app, "SORRY-1").await;
        assert_eq!(coupon.status(app.now()), CouponStatus::Inactive);
        assert!(matches!(coupon.template.discount, Discount::Absolute { amount, .. } if amount.to_string() == "5.5"));
        // Whoever may only read sees the same, and no button.
        let read = vera.page(made.location()).await;
        assert_eq!(read.all(".facts > div"), page.all(".facts > div"));
        assert!(!read.has(".page-actions a") && !read.has("[aria-labelledby=history-title] a"));
        assert!(vera.page(LIST).await.one("tbody tr").contains("Not valid yet") && !vera.page(LIST).await.has(".page-actions a"));
    }

    async fn what_does_not_fit_comes_back_with_what_was_typed(app, _clock) {
        let (_site, ann) = acme(app).await;
        make(app, json!({"code": "TAKEN"})).await;
        let form = ann.page(NEW).await;
        let typed = [("name", " "), ("code", "\u{202e}"), ("worth", "free"), ("uses", "-1"), ("from", "2027-03-02"),
            ("until", "2027-03-01"), ("holder", "one")];
        for visitor in [&ann, &ann.with_htmx("main")] {
            let refused = visitor.submit(&form, LIST, &typed).await;
            assert_eq!(refused.status, 422);
            assert!(refused.one("title").starts_with("Error: Create coupon"));
            let fields: Vec<String> = (1..=6).map(|at| refused.attribute(&format!(".error-summary li:nth-child({at}) a"), "href")).collect();
            assert_eq!(fields, ["#code", "#name", "#worth", "#customer", "#uses", "#until"], "{}", refused.one(".error-summary"));
            for (field, typed) in typed.into_iter().filter(|(field, _)| !["name", "holder"].contains(field)) {
                assert_eq!(refused.attribute(&format!("#{field}"), "value"), typed);
            }
            assert_eq!(refused.attribute("#worth", "aria-invalid"), "true");
            assert!(refused.one("#worth-error").contains("Give an amount above zero, such as 5.00."));
            assert!(refused.has("[name=holder][value=one][checked]"));
        }
        let taken = ann.submit(&form, LIST, &[&FILLED[..1], &FILLED[2..], &[("code", "taken")]].concat()).await;
        assert!(taken.one("#code-error").contains("There is a coupon TAKEN already."));
        let many = ann.submit(&form, LIST, &[&FILLED[..], &[("holder", "anyone"), ("per_customer", "1")]].concat()).await;
        assert!(many.one("#per_customer-error").contains("guests cannot be told apart"));
        assert_eq!(codes(&ann.page(LIST).await), "TAKEN");
    }

    async fn sending_the_form_twice_makes_one_coupon(app, _clock) {
        let (_site, ann) = acme(app).await;
        let form = ann.page(NEW).await;
        let fields = [("name", "Thanks"), ("kind", "percent"), ("worth", "12,5 %")];
        let first = ann.submit(&form, LIST, &fields).await.location().to_owned();
        assert_eq!(ann.submit(&form, LIST, &fields).await.location(), first);
        assert_eq!(ann.page(LIST).await.all("#coupon-rows tbody tr").len(), 1);
        let again = ann.submit(&form, LIST, &[("name", "More thanks"), ("kind", "shipping")]).await;
        assert!(again.status == 422 && again.one(".error-summary").contains("This form was sent before"));
        assert_ne!(ann.submit(&again, LIST, &[]).await.location(), first);
        assert_eq!(ann.page(LIST).await.all("#coupon-rows tbody tr").len(), 2);
    }

    async fn names_are_found_without_case_and_accents(app, clock) {
        let (_site, ann) = acme(app).await;
        add(app, "C1", 500, None).await;
        let option = offer(app, "Spring", 500).await;
        let bought = buy(app, "C1", &option).await;
        clock.set(app.now().plus_secs(1));
        make(app, json!({"code": "MADE", "name": "ÜBER Łódź ½"})).await;
        clock.set(app.now().plus_secs(1));
        make(app, json!({"code": "OLD", "name": "Überraschung für Ελλάδα"})).await;
        let found = async |text: &str| {
            let query = encoded(&[("q", text), ("sort", "created")]);
            codes(&ann.page(&format!("{LIST}?{query}")).await)
        };
        for text in ["uber", "UBER", "über", "ÜBER", "u\u{308}ber", " Über "] {
            assert_eq!(found(text).await, "MADE OLD", "{text}");
        }
        for (text, expected) in [
            ("lodz", "MADE"), ("1⁄2", "MADE"), ("ελλαδα", "OLD"), ("fur ΕΛΛΆΔΑ", "OLD"), ("VOUCHER", &*bought),
            ("voúcher", &*bought), ("ube_", ""), ("%", ""), ("ubr", ""),
        ] {
            assert_eq!(found(text).await, expected, "{text}");
        }
        // Made by a version that did not write down how a name is searched.
        let mut tx = app.db.begin().await.unwrap();
        tx.query(raw("UPDATE coupons SET name_search = NULL")).run().await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!((found("uber").await, found("ODZ").await), (String::new(), String::new()));
        assert_eq!(coupons::names::fold_all(app).await.unwrap(), 3);
        assert_eq!((found("uber").await, found("vouch").await), ("MADE OLD".to_owned(), bought));
        assert_eq!(coupons::names::fold_all(app).await.unwrap(), 0);
    }

    async fn the_list_is_searched_narrowed_and_sorted(app, clock) {
        let (_site, ann) = acme(app).await;
        name(app, "C2", "Zoë Müller").await;
        let option = { add(app, "C1", 500, None).await; offer(app, "€5 voucher", 500).await };
        make(app, json!({"code": "SPRING", "name": "100% fun_", "maxRedemptions": 2, "restrictions": {"validUntil": "2027-06-01T00:00:00Z"}})).await;
        clock.set(app.now().plus_secs(1));
        make(app, json!({"code": "ZOE", "issuedTo": "C2", "restrictions": {"validUntil": "2027-03-01T00:00:00Z"}})).await;
        clock.set(app.now().plus_secs(1));
        let bought = buy(app, "C1", &option).await;
        clock.set(app.now().plus_secs(1));
        make(app, json!({"code": "LATER", "restrictions": {"validFrom": "2027-12-01T00:00:00Z"}})).await;
        clock.set(app.now().plus_secs(1));
        make(app, json!({"code": "GONE"})).await;
        coupons::delete(app, &caller(), &CouponCode::parse("GONE").unwrap()).await.unwrap();
        checkout(app, "SPRING", Some("C1"), "B1").await;
        checkout(app, "SPRING", Some("C2"), "B2").await;
        let list = ann.page(LIST).await;
        assert_eq!(list.all(".tabs a"), ["All 4", "Valid 2", "Not valid yet 1", "Used up 1", "Expired 0", "Deleted 1"]);
        let all = format!("LATER {bought} ZOE SPRING");
        for (query, expected) in [
            ("", all.as_str()),
            ("?view=valid", &format!("{bought} ZOE")),
            ("?view=inactive", "LATER"),
            ("?view=used", "SPRING"),
            ("?view=expired", ""),
            ("?view=deleted", "GONE"),
            ("?q=%25", "SPRING"),
            ("?q=fun_", "SPRING"),
            ("?q=_", "SPRING"),
            ("?q=muller&view=valid", "ZOE"),
            ("?q=C2&view=valid", "ZOE"),
            ("?q=zo&sort=code", "ZOE"),
            ("?origin=points", &bought),
            ("?origin=hand&view=valid", "ZOE"),
            ("?customer=C1", &bought),
            ("?sort=until", &format!("ZOE SPRING {}", { let mut open = ["LATER", bought.as_str()]; open.sort_unstable(); open.join(" ") })),
            ("?sort=-used&view=used", "SPRING"),
            ("?sort=created", &format!("SPRING ZOE {bought} LATER")),
            ("?view=nonsense&sort=nonsense&origin=x&size=7&after=1.2&before=x&customer=%00", &all),
            ("?q=nothing+like+it&view=valid", ""),
        ] {
            let page = ann.page(&format!("{LIST}{query}")).await;
            assert_eq!(codes(&page), expected, "{query}");
            assert_eq!(page.all("[aria-sort]").len(), usize::from(!expected.is_empty()), "{query}");
        }
        let page = ann.page(&format!("{LIST}?q=z&origin=hand&customer=C2&view=valid&sort=-code")).await;
        assert_eq!(page.all(".chip"), ["“z”", "Made by the shop", "Customer Zoë Müller"]);
        assert_eq!(page.attribute(".chip a", "href"), format!("{LIST}?view=valid&origin=hand&customer=C2&sort=-code"));
        assert_eq!(page.attribute("[aria-sort]", "aria-sort"), "descending");
        let nothing = ann.page(&format!("{LIST}?q=nothing&view=valid")).await;
        assert!(nothing.one(".empty").contains("No coupon fits “nothing”") && nothing.one(".empty a") == "Clear filters");
        // A whole code leads on to its page; htmx gets the list.
        assert_eq!(ann.get(&format!("{LIST}?q=+spring")).await.location(), format!("{LIST}/SPRING"));
        let part = ann.with_htmx("coupon-rows").page(&format!("{LIST}?q=spring&sort=&view=")).await;
        assert!(part.has("#coupon-rows") && !part.text.contains("<html") && codes(&part) == "SPRING");
        assert_eq!(part.header("hx-push-url"), format!("{LIST}?q=spring"));
        assert_eq!(ann.get(&format!("{LIST}/NOTHING")).await.status, 404);
    }

    async fn pages_hold_every_coupon_once_while_new_ones_come(app, clock) {
        let (_site, ann) = acme(app).await;
        for at in 0..60 {
            make(app, json!({"code": format!("K{at:02}"), "name": format!("No. {}", at % 3)})).await;
            if at % 2 == 0 {
                clock.set(app.now().plus_secs(1));
            }
        }
        for (query, reversed) in [("?x=1", true), ("?sort=code", false), ("?sort=-until", true), ("?sort=used", false)] {
            let mut page = ann.page(&format!("{LIST}{query}")).await;
            let (mut seen, mut ranges) = (Vec::new(), Vec::new());
            loop {
                seen.extend(page.all("#coupon-rows tbody th > .code"));
                ranges.push(page.one(".card-foot [role=status]"));
                if !page.has("a[rel=next]") {
                    break;
                }
                page = ann.page(&page.attribute("a[rel=next]", "href")).await;
            }
            let mut expected: Vec<String> = (0..60).map(|at| format!("K{at:02}")).collect();
            if reversed {
                expected.reverse();
            }
            assert_eq!(seen, expected, "{query}");
            assert_eq!(ranges, ["1 to 25 of 60", "26 to 50 of 60", "51 to 60 of 60"], "{query}");
            let back = ann.page(&page.attribute("a[rel=prev]", "href")).await;
            assert_eq!(back.all("#coupon-rows tbody th > .code"), expected[25..50], "{query}");
            assert_eq!(back.one(".card-foot [role=status]"), "26 to 50 of 60", "{query}");
        }
        let second = ann.page(LIST).await.attribute("a[rel=next]", "href");
        let before = codes(&ann.page(&second).await);
        make(app, json!({"code": "NEWEST"})).await;
        assert_eq!(codes(&ann.page(&second).await), before);
        assert_eq!(ann.page(&format!("{LIST}?size=50&q=no.+1")).await.one(".card-foot [role=status]"), "1 to 20 of 20");
    }

    async fn a_coupon_tells_where_it_came_from_and_what_became_of_it(app, clock) {
        let (_site, ann) = acme(app).await;
        name(app, "C1", "Mara <b>").await;
        add(app, "C1", 700, None).await;
        let option = offer(app, "€5 voucher", 500).await;
        let code = buy(app, "C1", &option).await;
        let link = format!("{LIST}/{code}");
        let page = ann.page(&link).await;
        assert_eq!(page.all("[aria-labelledby=origin-title] dt"), ["Customer", "Redeemed", "On", "Site"]);
        let entry = page.attribute("[aria-labelledby=origin-title] a[href*='/entries/']", "href");
        assert!(ann.page(&entry).await.one("h1").contains("€5 voucher"));
        assert_eq!(ann.page(&entry).await.attribute("#coupon-code", "href"), link);
        let of_customer = ann.page("/admin/acme/customers/C1").await;
        assert_eq!(of_customer.attribute(".ledger .sub .code", "href"), link);
        assert_eq!(of_customer.attribute(".coupons .code", "href"), link);
        assert!(page.one("#uses").contains("This coupon has not been used."));
        let id = checkout(app, &code, Some("C1"), "B7 & <i>").await;
        clock.set(app.now().plus_secs(60));
        let page = ann.page(&link).await;
        assert_eq!(page.all("#uses tbody td")[0], "Mara <b>");
        let used = page.one("#uses tbody tr");
        for part in ["Order B7 & <i>", "recorded by test", "€5.00", "€50.00"] {
            assert!(used.contains(part), "{part}: {used}");
        }
        assert_eq!((page.all(".page-head .badge"), page.all(".strip dd")), (vec!["Used up".to_owned()], vec!["€5.00 off".into(), "1".into(), "0".into()]));
        assert!(!page.has("a[href$='/cancel']"));
        let give_back = page.attribute("#uses a.btn", "href");
        assert!(give_back.contains(&id));
        assert_eq!(confirm(&ann, &give_back).await.location(), link);
        let page = ann.page(&link).await;
        assert!(page.one("#uses tbody tr").contains("Given back") && !page.has("#uses a.btn"));
        assert_eq!(page.all(".page-head .badge"), ["Valid"]);
        assert!(page.one(".events li:first-child").starts_with("Use given back"));
        assert!(page.one(".events li:last-child").starts_with("Issued for 500 points"));
        assert_eq!(ann.get(&give_back).await.status, 404);
    }

    async fn cancelling_gives_the_points_back_once(app, _clock) {
        let (site, ann) = acme(app).await;
        let tim = employee(app, &site, "Tim", Role::Agent).await;
        add(app, "C1", 600, None).await;
        let option = offer(app, "€5 voucher", 500).await;
        let code = buy(app, "C1", &option).await;
        let link = format!("{LIST}/{code}");
        assert_eq!(balance(app, "C1").await, Some(100));
        let page = tim.page(&link).await;
        // Agents cancel, and neither make nor delete.
        assert_eq!(page.all(".page-actions a"), ["Cancel redemption"]);
        let question = tim.page(&format!("{link}/cancel")).await;
        assert_eq!(question.one("h1"), format!("Cancel the coupon {code} and give 500 points back?"));
        assert!(question.one(".dialog-page").contains("can be used for 14 days more"));
        for toast in ["Redemption cancelled", "Cancelled already"] {
            assert_eq!(tim.submit(&question, &format!("{link}/cancel"), &[]).await.location(), link);
            let page = tim.page(&link).await;
            assert!(page.one("#toasts").contains(toast));
            assert_eq!((page.all(".page-head .badge"), page.has(".page-actions a")), (vec!["Deleted".to_owned()], false));
            assert!(page.one("[aria-labelledby=origin-title]").contains("Cancelled"));
            assert_eq!(balance(app, "C1").await, Some(600));
        }
        assert!(ann.page("/admin/acme/customers/C1").await.one(".ledger tr[id]:nth-of-type(2)").contains("Redemption cancelled"));
        assert_eq!(ann.get(&format!("{link}/cancel")).await.status, 409);
        // What was used, or never bought, cannot be cancelled.
        let used = buy(app, "C1", &option).await;
        checkout(app, &used, Some("C1"), "B1").await;
        make(app, json!({"code": "BYHAND"})).await;
        for code in [used.as_str(), "BYHAND"] {
            assert_eq!(tim.get(&format!("{LIST}/{code}/cancel")).await.status, 409);
            let token = tim.token().await;
            assert_eq!(tim.post(&format!("{LIST}/{code}/cancel"), &[("csrf", &token)]).await.status, 409);
        }
        assert_eq!(balance(app, "C1").await, Some(100));
    }

    async fn a_deleted_coupon_keeps_its_page_and_its_code(app, _clock) {
        let (_site, ann) = acme(app).await;
        make(app, json!({"code": "a/b c?"})).await;
        let link = ann.page(LIST).await.attribute("#coupon-rows tbody th a", "href");
        assert_eq!(ann.page(&link).await.one("h1"), "A/B C?");
        let question = ann.page(&format!("{link}/delete")).await;
        assert_eq!(question.one("h1"), "Delete the coupon A/B C??");
        assert_eq!(ann.submit(&question, &format!("{link}/delete"), &[]).await.location(), LIST);
        let list = ann.page(LIST).await;
        assert!(list.one("#toasts").contains("Coupon deleted") && codes(&list).is_empty());
        assert_eq!(codes(&ann.page(&format!("{LIST}?view=deleted")).await), "A/B C?");
        let page = ann.page(&link).await;
        assert!(page.one(".events").starts_with("Deleted") && !page.has(".page-actions a"));
        assert_eq!(ann.get(&format!("{link}/delete")).await.status, 409);
        assert_eq!(ann.submit(&question, &format!("{link}/delete"), &[]).await.status, 404);
        let form = ann.page(NEW).await;
        assert_eq!(ann.submit(&form, LIST, &[&FILLED[..1], &FILLED[2..], &[("code", "A/B c?")]].concat()).await.status, 422);
    }

    async fn an_imported_coupon_tells_of_uses_elsewhere(app, _clock) {
        let (_site, ann) = acme(app).await;
        let coupon = json!({"code": "MOVED", "name": "Sale", "discountType": "PERCENT", "discountPercentage": 10,
            "maxRedemptions": 3, "redemptionCount": 2, "allowAnonymous": true, "metadata": {"version": 4}});
        let caller = caller();
        let mut import = guerdon::service::import::Coupons::new(app, &caller, false);
        import.take(1, coupon.as_object().unwrap()).await.unwrap();
        assert_eq!(import.finish().await.unwrap().imported, 1);
        let page = ann.page(&format!("{LIST}/MOVED")).await;
        assert_eq!(page.all(".strip dd"), ["10% off", "2", "1"]);
        assert!(page.one("#uses").contains("Used 2 times before it was taken over"));
        assert!(page.one(".events").starts_with("Imported"));
        let id = checkout(app, "MOVED", None, "B1").await;
        let page = ann.page(&format!("{LIST}/MOVED")).await;
        assert_eq!((page.all(".page-head .badge"), page.all("#uses tbody tr").len()), (vec!["Used up".to_owned()], 1));
        confirm(&ann, &format!("{LIST}/MOVED/uses/{id}/give-back")).await.location();
        assert_eq!(find(app, "MOVED").await.redemption_count, 2);
    }

    async fn a_coupon_used_often_shows_its_uses_page_by_page(app, clock) {
        let (_site, ann) = acme(app).await;
        make(app, json!({"code": "MANY", "allowAnonymous": true})).await;
        for at in 0..30 {
            checkout(app, "MANY", None, &format!("B{at:02}")).await;
            if at % 3 == 0 {
                clock.set(app.now().plus_secs(1));
            }
        }
        let first = ann.page(&format!("{LIST}/MANY")).await;
        assert_eq!((first.all("#uses tbody tr").len(), first.one("#uses .card-foot span")), (25, "25 of 30 uses".to_owned()));
        let second = ann.page(&first.attribute("#uses a[rel=next]", "href")).await;
        let orders: Vec<String> = [first.all("#uses tbody .sub .code"), second.all("#uses tbody .sub .code")].concat();
        let expected: Vec<String> = (0..30).rev().map(|at| format!("B{at:02}")).collect();
        assert_eq!(orders, expected);
        assert!(second.has("#uses .pager a") && !second.has("#uses a[rel=next]"));
        let give_back = second.attribute("#uses a.btn[href*='give-back']", "href");
        confirm(&ann, &give_back).await.location();
        assert_eq!(find(app, "MANY").await.redemption_count, 29);
        assert!(first.all("#uses tbody td")[0].contains("Guest"));
    }
}
