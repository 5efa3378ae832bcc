//! Everything that reads what comes from outside, as functions that take any bytes. Each panics when what it reads breaks
//! a rule: what is taken keeps its bounds, and is the same when it is written and read again.
//!
//! `tests/api/parsers.rs` hands them their corpus, and mutations of it.

use actix_web::{
    http::header::{AcceptLanguage, COOKIE, Header as _, HeaderValue, Preference},
    test::TestRequest,
};
use chrono::{Datelike as _, NaiveDate};
use guerdon::{
    domain::{
        bulk::{
            self,
            reading::{self, Column, Layout, Rules},
        },
        calendar,
        code::CouponCode,
        coupon::{CouponDraft, CouponField, CouponRedemptionField, MovedCoupon, NewCouponRedemption},
        coupon_settings::CouponSettings,
        customer::{self, Birthday, PersonalData},
        email::Email,
        endpoint::{EndpointUrl, Reach},
        feed::{self, Feed, emporix},
        identity::{KeySet, Unproven},
        ids::{ClientId, CustomerId, EntryId, OrderId, ReturnId, SiteCode, TenantId},
        list_query::{Field, PAGE_SIZE_MAX, Page, Test, parse_criteria, parse_order},
        merge_patch,
        money::{self, Currency},
        name,
        network::{self, Network},
        option::OptionDraft,
        order::{basket::Basket, returned::Content, snapshot::Snapshot},
        past::{Past, WrittenSummary},
        percent,
        points::Points,
        scope::Scopes,
        second_factor::TypedCode,
        site::{EarningRule, Site},
        site_change::SiteChange,
        strict_json,
        time::Timestamp,
        token,
        totp::TotpSecret,
        webhook::{self, Message, WebhookSecret},
    },
    service::import::reading::{self as files, Piece},
    texts::Language,
    web::safe_next,
};
use serde_json::{Map, Value};

/// A function that takes any bytes.
pub(crate) type Target = fn(&[u8]);

/// Every target by its name, which is that of its corpus.
pub(crate) const ALL: [(&str, Target); 14] = [
    ("addresses", addresses),
    ("bulk_csv", bulk_csv),
    ("coupon_json", coupon_json),
    ("feed_json", feed_json),
    ("headers", headers),
    ("ids", ids),
    ("import_csv", import_csv),
    ("import_json", import_json),
    ("list_query", list_query),
    ("numbers", numbers),
    ("option_json", option_json),
    ("order_json", order_json),
    ("strict_json", json),
    ("tokens", tokens),
];

/// Noon on 15 January 2027.
fn now() -> Timestamp {
    Timestamp::from_micros(1_800_014_400_000_000)
}

fn text(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}

/// A JSON object, as every body is read.
fn object(data: &[u8]) -> Option<Map<String, Value>> {
    match strict_json::parse(data) {
        Ok(Value::Object(map)) => Some(map),
        _ => None,
    }
}

fn is_plain(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

/// The strict reader takes no more than the usual one, and reads it alike.
fn json(data: &[u8]) {
    if let Ok(value) = strict_json::parse(data) {
        // The usual reader has names of its own for what a number or a text of JSON becomes; here they are any names.
        if !value.to_string().contains("$serde_json::private") {
            let usual: Value = serde_json::from_slice(data).expect("the usual reader takes it too");
            assert_eq!(value, usual);
        }
        let written = value.to_string();
        assert_eq!(strict_json::parse(written.as_bytes()).as_ref(), Ok(&value), "{written}");
    }
}

/// Ids and other names: within their bounds, and taken again as they are.
fn ids(data: &[u8]) {
    let Some(text) = text(data) else { return };
    macro_rules! same {
        ($($name:ident),+) => {$(
            if let Ok(id) = $name::parse(text) {
                assert!(is_plain(id.as_str()) && !id.as_str().is_empty());
                assert!(id.as_str().chars().count() <= 255);
                assert_eq!($name::parse(id.as_str()).as_ref(), Ok(&id), stringify!($name));
            }
        )+};
    }
    same!(CustomerId, EntryId, OrderId, ReturnId, SiteCode, TenantId, ClientId, CouponCode, Email);
    if let Ok(customer) = CustomerId::parse(text) {
        assert_eq!(customer.as_str(), text, "neither folded nor trimmed");
    }
    if let Ok(name) = name::parse(text) {
        assert_eq!(name::parse(&name).as_ref(), Ok(&name));
    }
    if let Ok(scopes) = Scopes::parse(text) {
        assert_eq!(Scopes::parse(&scopes.to_string()), Ok(scopes));
    }
    let folded = customer::fold(text);
    assert_eq!(customer::fold(&folded), folded);
    customer::typed_words(text);
    customer::all_words(text);
    // A path or a query: what is clean is decoded, and nothing that is decoded steers a terminal.
    if percent::is_clean(text) {
        assert!(text.split('/').all(|part| percent::decode(part).is_some_and(|part| is_plain(&part))));
    }
    for (key, value) in percent::pairs(text) {
        assert!([key, value].into_iter().flatten().all(|part| is_plain(&part)));
    }
}

/// Numbers, days and times as people and programs write them.
fn numbers(data: &[u8]) {
    let Some(text) = text(data) else { return };
    if let Ok(points) = Points::parse(text) {
        assert!((1..=1_000_000_000).contains(&points.get()));
        assert_eq!(Points::parse(&points.get().to_string()), Ok(points));
    }
    for read in [money::decimal(text), money::decimal_typed(text)].into_iter().flatten() {
        assert!(!read.is_sign_negative() && read.scale() <= 9);
        assert_eq!(money::decimal(&read.to_string()), Ok(read));
    }
    if let Ok(at) = Timestamp::parse(text) {
        assert!(at <= Timestamp::MAX);
        // Written with milliseconds, of which it is at most one away.
        let again = Timestamp::parse(&at.to_contract()).expect("what is written is read");
        assert!(at.micros().abs_diff(again.micros()) < 1_000, "{}", at.to_contract());
        assert_eq!(Timestamp::parse(&at.to_contract_z()), Ok(again));
    }
    if let Ok(birthday) = Birthday::parse(text) {
        birthday.in_leap_year();
        assert!(birthday.year().is_none_or(|year| (1800..=9999).contains(&year)));
    }
    if let Ok(day) = text.trim().parse::<NaiveDate>() {
        for zone in [chrono_tz::UTC, chrono_tz::Europe::Berlin, chrono_tz::Pacific::Apia, chrono_tz::Africa::Cairo] {
            let start = calendar::start_of(day, zone);
            if (1900..=9_000).contains(&day.year()) {
                // Apia left out a day; the start of that one is the next one's.
                let found = calendar::day_of(start, zone);
                assert!(found == day || day.succ_opt() == Some(found) && zone == chrono_tz::Pacific::Apia, "{zone}");
            }
        }
    }
    let _ = (Currency::parse(text), EarningRule::months(text), EarningRule::days(text), EarningRule::factor(text));
    let _ = (Site::prefix(text), Site::time_zone(text), Site::origin(text), token::rate(text));
    let _ = (TypedCode::parse(text), TotpSecret::parse(text).map(|secret| secret.find_step("123456", now())));
    let mut lines = text.lines();
    let (number, size) = (lines.next(), lines.next());
    if let Ok(page) = Page::parse(number, size) {
        assert!(page.offset >= 0 && (1..=PAGE_SIZE_MAX).contains(&page.size));
    }
}

fn criteria<F: Field>(text: &str) {
    let Ok(criteria) = parse_criteria::<F>(text) else { return };
    assert!((1..=16).contains(&criteria.len()));
    for one in criteria {
        match one.test {
            Test::IsOneOf(values) => assert!((1..=500).contains(&values.len())),
            // In a time that grows with the text alone.
            Test::Matches(pattern) => drop(pattern.is_match(text)),
        }
    }
}

fn order<F: Field>(text: &str) {
    let Ok(order) = parse_order::<F>(text) else { return };
    let written: Vec<String> = order
        .iter()
        .map(|one| format!("{}:{}", one.field.name(), if one.descending { "desc" } else { "asc" }))
        .collect();
    assert!(parse_order::<F>(&written.join(",")).is_ok_and(|again| again == order), "{written:?}");
}

/// The contract's language for lists.
fn list_query(data: &[u8]) {
    let Some(text) = text(data) else { return };
    criteria::<CouponField>(text);
    criteria::<CouponRedemptionField>(text);
    order::<CouponField>(text);
    order::<CouponRedemptionField>(text);
}

/// Tables of adjustments: every row is an adjustment within its bounds, or a problem with a name.
fn bulk_csv(data: &[u8]) {
    let rules = Rules {
        reasons: vec![("goodwill".to_owned(), "Goodwill".to_owned())],
        default_reason: Some("goodwill".to_owned()),
        zone: chrono_tz::Europe::Berlin,
        now: now(),
    };
    let heading = data.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let separator = reading::separator(&String::from_utf8_lossy(heading));
    let mut rows = csv::ReaderBuilder::new().flexible(true).delimiter(separator).from_reader(data);
    let Ok(heading) = rows.byte_headers().cloned() else { return };
    let heading: Vec<String> = heading.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
    let Ok(layout) = Layout::of(heading.iter().map(String::as_str)) else { return };
    for row in rows.records().take(500) {
        let Ok(row) = row else { continue };
        let cells = layout.cells(|place| row.get(place));
        let kept = reading::Cells::from_json(&cells.to_json());
        assert!(Column::ALL.into_iter().all(|column| !kept.get(column).contains('\0')), "no database takes that");
        match reading::read(&cells, &rules) {
            Ok(adjustment) => {
                assert!(adjustment.points != 0 && adjustment.points.unsigned_abs() <= 1_000_000_000);
                assert!(adjustment.valid_until.is_none_or(|until| until > rules.now && until <= Timestamp::MAX));
                assert!(adjustment.reference.iter().all(|text| is_plain(text)));
            }
            Err(problem) => drop(format!("{problem:?}")),
        }
    }
    if let Some(text) = text(data) {
        let _ = (bulk::RowState::parse(text), bulk::BatchState::parse(text));
    }
}

/// Tables of `guerdon import`.
fn import_csv(data: &[u8]) {
    let columns = ["customer_id", "name", "email", "birthday", "language"];
    let today = calendar::day_of(now(), chrono_tz::UTC);
    for piece in files::rows(columns, 1, std::io::Cursor::new(data.to_vec())) {
        let Piece::One(_, [customer, name, email, birthday, language]) = piece else { continue };
        let _ = CustomerId::parse(&customer);
        if let Ok(read) = PersonalData::parse(&name, &email, &birthday, &language, today) {
            let again = PersonalData::from_json(&read.to_json(), today);
            assert_eq!(again.as_ref(), Ok(&read));
            read.words();
        }
    }
    let columns = ["customer_id", "points", "valid_until", "description", "reference_id", "id"];
    for piece in files::rows(columns, 2, std::io::Cursor::new(data.to_vec())) {
        if let Piece::One(_, [customer, points, valid_until, ..]) = piece {
            let _ = (CustomerId::parse(&customer), Points::parse(&points), Timestamp::parse(&valid_until));
        }
    }
}

/// Documents of `guerdon import`.
fn import_json(data: &[u8]) {
    for piece in files::elements::<WrittenSummary>("summaries", std::io::Cursor::new(data.to_vec())) {
        let Piece::One(_, written) = piece else { continue };
        if let Ok(past) = Past::read(written, now()) {
            assert!(past.ids().all(|id| is_plain(id.as_str())));
            past.begin();
        }
    }
    for piece in files::elements::<Map<String, Value>>("coupons", std::io::Cursor::new(data.to_vec())) {
        let Piece::One(_, written) = piece else { continue };
        if let Ok(moved) = MovedCoupon::read(&written, now()) {
            moved.coupon(now()).to_json(now());
        }
    }
}

/// Bodies of coupons and their uses.
fn coupon_json(data: &[u8]) {
    let Some(map) = object(data) else { return };
    if let Ok(coupon) = CouponDraft::from_json(&map) {
        drop(format!("{coupon:?}"));
    }
    if let Ok(used) = NewCouponRedemption::from_json(&map) {
        assert!(!used.order_total.amount.is_sign_negative() && !used.discount.amount.is_sign_negative());
    }
    let mut patched = map.clone();
    merge_patch::merge(&mut patched, &map);
    let once = patched.clone();
    merge_patch::merge(&mut patched, &map);
    assert_eq!(patched, once, "a patch that is made twice changes nothing more");
    if let Ok((_, settings)) = CouponSettings::new(Map::new()).patched(&map) {
        assert!(settings.code_chars() < 1_000);
    }
}

/// Bodies of redemption options and of sites' rules.
fn option_json(data: &[u8]) {
    let Some(map) = object(data) else { return };
    if let Ok(draft) = OptionDraft::from_json(&map) {
        assert!((1..=1_000_000_000).contains(&draft.points.get()));
        drop(format!("{draft:?}"));
    }
    let _ = SiteChange::from_rule_json(&map);
    let _ = SiteChange::parse(|name| map.get(name).and_then(Value::as_str));
    if let Ok(person) = PersonalData::from_json(&map, calendar::day_of(now(), chrono_tz::UTC)) {
        person.words();
    }
}

/// Bodies of orders, baskets and returns.
fn order_json(data: &[u8]) {
    let Some(map) = object(data) else { return };
    if let Ok(order) = Snapshot::from_json(&map, now()) {
        drop(format!("{order:?}"));
        if let Ok(content) = Content::from_json(&map) {
            let _ = guerdon::domain::order::returned::check(&content, &order);
        }
    }
    let _ = Basket::from_json(&map);
    if let Ok(content) = Content::from_json(&map) {
        content.to_json();
    }
}

/// Events of shops, and how they are signed.
fn feed_json(data: &[u8]) {
    let Some(map) = object(data) else { return };
    for feed in [Feed::Orders, Feed::Emporix] {
        for named in [None, Some("order.updated"), Some("return.created"), Some("customer.deleted")] {
            let heading = feed::heading(feed, named, &map);
            assert!(heading.kind.chars().count() <= 255);
            let _ = feed::read(feed, named.unwrap_or(&heading.kind), &map, now());
        }
    }
    // What is signed is the same however the body is written.
    let value = Value::Object(map);
    let canonical = emporix::canonical(&value);
    if let Ok(again) = serde_json::from_str::<Value>(&canonical) {
        assert_eq!(emporix::canonical(&again), canonical);
    }
}

/// Tokens, credentials, keys and signatures, as anybody sends them.
fn tokens(data: &[u8]) {
    let Some(text) = text(data) else { return };
    if let Some(tenant) = token::tenant_of(text) {
        assert!(text.starts_with(&format!("gdt_{tenant}.")));
    }
    if let Some((id, secret)) = token::basic(text) {
        assert!(is_plain(&id) && is_plain(&secret));
    }
    if let Some(token) = Unproven::parse(Unproven::bare(text)) {
        drop((token.issuer(), token.audiences()));
    }
    if let Ok(keys) = KeySet::parse(text) {
        assert!(keys.keys.len() <= 100 && keys.skipped.iter().all(|key| key.what.chars().count() <= 100));
    }
    let secret = WebhookSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a secret");
    let message = Message { id: "msg-1", at_secs: 1_800_014_400, body: data };
    assert!(webhook::check(&[secret], message, text, now()).is_err(), "signed by nobody");
    if let Ok(read) = WebhookSecret::parse(text) {
        let revealed = read.reveal();
        assert_eq!(WebhookSecret::parse(&revealed).map(|again| again.reveal()).as_deref(), Ok(revealed.as_str()));
    }
}

/// Addresses that something is sent to, and networks.
fn addresses(data: &[u8]) {
    let Some(text) = text(data) else { return };
    if let Ok(address) = EndpointUrl::parse(text, Reach::Public) {
        let url = address.check(Reach::Public).expect("what is taken is taken again");
        assert_eq!(url.as_str(), address.as_str());
        assert_eq!((url.scheme(), url.username(), url.password(), url.fragment()), ("https", "", None, None));
        let host = url.host_str().unwrap_or_default();
        let own = host.trim_end_matches('.');
        assert!(host.contains(['.', ':']) && own != "localhost" && !own.ends_with(".localhost"), "{host}");
        if let Ok(address) = host.trim_matches(['[', ']']).parse() {
            assert!(network::is_global(address), "{host}");
        }
    }
    if let Ok(network) = text.parse::<Network>() {
        assert_eq!(network.to_string().parse::<Network>(), Ok(network));
        network::client_address([127, 0, 0, 1].into(), Some(text), &[network]);
    }
    network::client_address([127, 0, 0, 1].into(), Some(text), &["0.0.0.0/0".parse().expect("a network")]);
    if let Some(next) = safe_next(text) {
        // However a browser reads it, it stays here.
        let base = "https://points.example.com/admin/login";
        let led = url::Url::parse(base).and_then(|base| base.join(next)).expect("an address");
        assert_eq!(led.host_str(), Some("points.example.com"), "{next}");
        assert!(is_plain(next));
    }
}

/// What browsers send along.
fn headers(data: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(data) else { return };
    let request = TestRequest::default().insert_header(("accept-language", value.clone())).to_http_request();
    if let Ok(wanted) = AcceptLanguage::parse(&request) {
        for preference in wanted.ranked() {
            if let Preference::Specific(tag) = preference {
                let _ = Language::parse(&tag.to_string());
            }
        }
    }
    let request = TestRequest::default().insert_header((COOKIE, value)).to_http_request();
    if let Ok(cookies) = request.cookies() {
        for cookie in cookies.iter() {
            let _ = (cookie.name().len(), cookie.value().len());
        }
    }
    if let Some(text) = text(data) {
        let _ = Language::parse(text);
    }
}
