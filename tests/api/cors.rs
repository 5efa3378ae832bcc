//! CORS: the pages of origins that a site lists may call the storefront's paths, and read every answer to it.

use guerdon::{
    domain::{ids::SiteCode, site_change::SiteChange},
    service::sites,
};
use reqwest::{Method, Response};

use crate::{
    common::on_both,
    shop::{ALL, Shop, caller, header},
};

const SHOP: &str = "https://shop.example.com";
const ALLOW_ORIGIN: &str = "access-control-allow-origin";

async fn list_origin(shop: &Shop, tenant: &str, origin: &str) {
    let change = SiteChange { allowed_origins: Some(vec![origin.to_owned()]), ..SiteChange::default() };
    sites::change(&shop.app, &caller(tenant), &SiteCode::main(), None, &change).await.unwrap();
}

async fn preflight(shop: &Shop, path: &str, origin: &str) -> Response {
    shop.request(Method::OPTIONS, path)
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,idempotency-key")
        .send()
        .await
        .unwrap()
}

async fn get(shop: &Shop, path: &str, origin: &str, token: Option<&str>) -> Response {
    let request = shop.request(Method::GET, path).header("origin", origin);
    let request = if let Some(token) = token { request.bearer_auth(token) } else { request };
    request.send().await.unwrap()
}

on_both! {
    async fn preflights_need_no_token_and_name_the_headers(app, _clock) {
        let shop = Shop::open(app).await;
        list_origin(&shop, "acme", SHOP).await;
        for path in ["/reward-points/public/customer/redeem", "/reward-points/acme/redeemOptions", "/oauth/token",
            "/coupon/acme/coupons/UNKNOWN/validation", "/reward-points/public/customer/%F0%9F%92%A1"] {
            let answer = preflight(&shop, path, SHOP).await;
            assert_eq!(answer.status(), 204, "{path}");
            assert_eq!(header(&answer, ALLOW_ORIGIN), Some(SHOP), "{path}");
            assert_eq!(header(&answer, "vary"), Some("Origin"));
            assert_eq!(header(&answer, "access-control-allow-methods"), Some("GET, POST, PUT, PATCH, DELETE"));
            assert_eq!(header(&answer, "access-control-max-age"), Some("600"));
            assert_eq!(header(&answer, "access-control-allow-credentials"), None);
            let headers = header(&answer, "access-control-allow-headers").unwrap();
            for name in ["Authorization", "Content-Type", "Emporix-Tenant", "X-Total-Count", "X-Version",
                "Accept-Language", "Content-Language", "X-Correlation-Id", "Idempotency-Key", "If-None-Match"] {
                assert!(headers.split(", ").any(|listed| listed == name), "{name} in {headers}");
            }
        }
    }

    async fn other_origins_get_no_leave(app, _clock) {
        let shop = Shop::open(app).await;
        list_origin(&shop, "acme", SHOP).await;
        for origin in ["https://evil.example", "null", "https://shop.example.com.evil.example", "http://shop.example.com",
            "https://shop.example.com\", \"x", "https://shop.example.co", "*", "%"] {
            let answer = preflight(&shop, "/reward-points/public/customer", origin).await;
            assert_eq!((answer.status().as_u16(), header(&answer, ALLOW_ORIGIN)), (204, None), "{origin}");
            let answer = get(&shop, "/reward-points/public/customer", origin, None).await;
            assert_eq!(header(&answer, ALLOW_ORIGIN), None, "{origin}");
            assert_eq!(header(&answer, "vary"), Some("Origin"));
        }
    }

    async fn errors_can_be_read_by_the_page(app, _clock) {
        let shop = Shop::open(app).await;
        list_origin(&shop, "acme", SHOP).await;
        let token = shop.token(ALL).await;
        for (path, token) in [
            ("/reward-points/public/customer", None),
            ("/reward-points/public/customer", Some("gdt_acme.expired")),
            ("/reward-points/public/nothing/here", Some(&*token)),
            ("/reward-points/public/customer/%ff", None),
            ("/oauth/token", None),
        ] {
            let answer = get(&shop, path, SHOP, token).await;
            assert!(answer.status().is_client_error(), "{path}");
            assert_eq!(header(&answer, ALLOW_ORIGIN), Some(SHOP), "{path}");
            let exposed = header(&answer, "access-control-expose-headers");
            assert_eq!(exposed, Some("X-Total-Count, Items-Count, Retry-After, ETag, RateLimit-Policy, RateLimit"));
        }
    }

    async fn one_tenants_origin_is_not_anothers(app, _clock) {
        let shop = Shop::open(app).await;
        list_origin(&shop, "beta", SHOP).await;
        let token = shop.token(ALL).await;
        // The path, or the token, says whose it is.
        let options = preflight(&shop, "/reward-points/acme/redeemOptions", SHOP).await;
        assert_eq!(header(&options, ALLOW_ORIGIN), None);
        let answer = get(&shop, "/reward-points/public/customer", SHOP, Some(&token)).await;
        assert_eq!(header(&answer, ALLOW_ORIGIN), None);
        // A preflight has no token: then any tenant's will do.
        let public = preflight(&shop, "/reward-points/public/customer", SHOP).await;
        assert_eq!(header(&public, ALLOW_ORIGIN), Some(SHOP));
        list_origin(&shop, "acme", SHOP).await;
        let answer = get(&shop, "/reward-points/public/customer", SHOP, Some(&token)).await;
        assert_eq!(header(&answer, ALLOW_ORIGIN), Some(SHOP), "a change acts at once");
    }

    async fn nothing_else_is_opened_to_browsers(app, _clock) {
        let shop = Shop::open(app).await;
        list_origin(&shop, "acme", SHOP).await;
        for path in ["/reward-points/acme/customerTokens", "/reward-points/customer/C1", "/reward-points/summaryBatch",
            "/coupon/acme/coupons", "/health/live", "/metrics", "/admin/login"] {
            let answer = preflight(&shop, path, SHOP).await;
            assert_eq!(header(&answer, ALLOW_ORIGIN), None, "{path}");
            assert_eq!(header(&answer, "access-control-allow-methods"), None, "{path}");
        }
    }
}
