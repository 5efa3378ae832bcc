//! Pages in a real Chromium.

use actix_web::{App, HttpResponse, HttpServer, web};

use crate::common::browser::Browser;

/// A small site with a strict policy, to see that the browser reports what it should.
fn site() -> String {
    let page = |body: &'static str| {
        web::get().to(move || async move {
            HttpResponse::Ok()
                .insert_header(("Content-Security-Policy", "default-src 'self'; img-src *"))
                .content_type("text/html; charset=utf-8")
                .body(format!("<!doctype html><title>t</title>{body}"))
        })
    };
    let server = HttpServer::new(move || {
        App::new()
            .route("/favicon.ico", web::get().to(HttpResponse::NoContent))
            .route(
                "/form",
                page(
                    "<form action=/done><label>Your name <input name=n></label><label for=c>Colour</label>
                <select id=c name=c><option>red<option>green</select><button>Send it</button></form>",
                ),
            )
            .route("/done", page("<main id=m>Thank\n you</main><a href=/form>Back</a>"))
            .route("/inline", page("<p style='color: red'>red</p><script>document.title = 'x'</script>"))
            .route("/elsewhere", page("<img src='http://example.com/x.png' alt=''>"))
    });
    let server = server.workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
    let address = server.addrs()[0];
    #[expect(clippy::disallowed_methods, reason = "lives as long as the test")]
    tokio::spawn(server.run());
    format!("http://{address}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_can_use_a_page() {
    let browser = Browser::open(&site()).await;
    browser.goto("/form").await;
    browser.fill("Your name", "first").await;
    browser.fill("Your name", "Zoë").await;
    browser.choose("Colour", "green").await;
    assert_eq!(browser.find("input").await.value().await, "Zoë");
    browser.click("Send it").await;
    browser.arrive_at("/done?n=Zo%C3%AB&c=green").await;
    browser.see("Thank you").await;
    assert_eq!(browser.text("#m").await, "Thank you");
    browser.resize(360, 700).await;
    assert_eq!(browser.script("return innerWidth;", serde_json::json!([])).await, 360);
    browser.click("Back").await;
    browser.arrive_at("/form").await;
    assert_eq!(browser.count("option, button").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_breach_of_the_policy_is_in_the_console() {
    let mut browser = Browser::open(&site()).await;
    browser.goto("/inline").await;
    browser.see("red").await;
    let said = browser.console().await;
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said.iter().all(|message| message.contains("Content Security Policy")), "{said:?}");
    browser.goto("/nowhere").await;
    browser.expect_in_console("status of 404");
    assert_eq!(browser.console().await, Vec::<String>::new());
    browser.goto("/elsewhere").await;
    let said = browser.console().await;
    assert!(said.len() == 1 && said[0].contains("ERR_NAME_NOT_RESOLVED"), "{said:?}");
}
