//! Whether this process lives and can work, and what it counts.

use actix_web::{
    HttpResponse, guard,
    http::header,
    web::{self, Data, ServiceConfig},
};
use serde_json::json;

use crate::{app::App, secrets::SecretKey, service, store::Db};

/// Adds `/health/live` and `/health/ready`.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(web::resource("/health/live").get(live)).service(web::resource("/health/ready").get(ready));
}

/// Adds `/metrics`, on a listener of their own.
pub fn configure_metrics(cfg: &mut ServiceConfig) {
    cfg.service(web::resource("/metrics").get(metrics));
}

/// Adds `/metrics` beside everything else, for who connects directly. What a proxy hands on comes from anywhere, and
/// finds nothing there.
pub fn configure_metrics_beside(cfg: &mut ServiceConfig) {
    let direct = guard::fn_guard(|asked| {
        let through = ["x-forwarded-for", "forwarded"].map(|name| asked.head().headers().contains_key(name));
        !through.contains(&true)
    });
    cfg.service(web::resource("/metrics").guard(direct).get(metrics));
}

async fn live() -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({"status": "live"}))
}

/// Not ready while it stops, so that a load balancer sends nothing new, nor with a clock by which points would expire
/// at another time than elsewhere.
async fn ready(app: Data<App>) -> HttpResponse {
    let ready = !app.stopping.is_cancelled() && service::health::is_ready(&app).await;
    let mut answer = if ready { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    answer
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(json!({"status": if ready { "ready" } else { "not ready" }}))
}

async fn metrics(app: Data<App>) -> HttpResponse {
    let (open, idle) = match &app.db {
        Db::Sqlite { read, write } => (read.size() + write.size(), read.num_idle() + write.num_idle()),
        Db::Postgres(pool) => (pool.size(), pool.num_idle()),
    };
    let inbox = service::feeds::inbox::all_counts(&app.db).await.unwrap_or_default();
    // Without the database the rest is still worth knowing.
    let (waiting, parked) = service::webhooks::open_deliveries_of_all(&app.db).await.unwrap_or((-1, -1));
    let webhooks_age = service::webhooks::oldest_due_secs(&app.db, app.now()).await.unwrap_or(-1);
    let inbox_age = service::feeds::inbox::oldest_secs(&app.db, app.now()).await.unwrap_or(-1);
    let text = app.metrics.render(&[
        ("guerdon_webhooks_oldest_seconds", "For how long the oldest delivery is due; -1 when unknown.", webhooks_age),
        ("guerdon_inbox_oldest_seconds", "For how long the oldest event is due; -1 when unknown.", inbox_age),
        ("guerdon_webhooks_pending", "Webhook deliveries that wait to be sent; -1 when that is unknown.", waiting),
        ("guerdon_webhooks_parked", "Webhook deliveries that were given up; -1 when that is unknown.", parked),
        ("guerdon_inbox_waiting", "Events of shops that are to be worked off.", inbox.waiting),
        ("guerdon_inbox_failed", "Events of shops that somebody has to look at.", inbox.failed),
        ("guerdon_database_connections", "Open connections to the database.", i64::from(open)),
        (
            "guerdon_database_connections_idle",
            "Open connections that nobody uses.",
            i64::try_from(idle).unwrap_or(i64::MAX),
        ),
    ]) + &secret_keys(&app);
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(text)
}

/// Which keys this process has: whoever exchanges them sees here that every replica has taken the new one.
fn secret_keys(app: &App) -> String {
    let ring = app.secret.ring();
    let line = |(key, role): (String, &str)| format!("guerdon_secret_key_info{{key=\"{key}\",use=\"{role}\"}} 1\n");
    let others = ring.others().iter().map(SecretKey::id).map(|key| (key, "opens"));
    let lines: String = std::iter::once((ring.first().id(), "seals")).chain(others).map(line).collect();
    let help = "# HELP guerdon_secret_key_info The secret keys of this process, by name.";
    format!("{help}\n# TYPE guerdon_secret_key_info gauge\n{lines}")
}
