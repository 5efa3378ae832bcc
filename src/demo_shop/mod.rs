//! A small shop whose customers collect points: what `guerdon demo` serves beside Guerdon, on an address of its own.
//!
//! It is a client of Guerdon as any shop is: it speaks the HTTP API with a client's token, puts the widget into its
//! pages, and knows nothing of Guerdon's inside. What it keeps itself (baskets, orders) lives as long as the process.

mod checkout;
mod client;
mod files;
pub mod filters;
mod goods;
mod pages;
mod sessions;
mod visit;

use std::{future::Future, io, net::TcpListener, time::Duration};

use actix_web::{App, HttpServer, web::Data};
use tokio_util::sync::CancellationToken;

use client::Guerdon;
use sessions::Sessions;

/// What the shop is told.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Where the shop's backend reaches Guerdon, such as `http://127.0.0.1:8080`.
    pub api: String,
    /// Where browsers reach Guerdon, when that is not the shop's host with Guerdon's port.
    pub public_url: Option<String>,
    /// The shop's tenant.
    pub tenant: String,
    /// The shop's API client.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
}

/// What the shop's API client may do.
pub const SCOPES: &str = "rewardspoints.rewardpoints_view rewardspoints.rewardpoints_manage \
     rewardspoints.customertoken_issue rewardspoints.customer_manage rewardspoints.order_manage coupon.coupon_read \
     coupon.coupon_redeem coupon.coupon_redeem_on_behalf";

/// How often the shop tries to introduce its customers to Guerdon, and how long after each attempt.
const ATTEMPTS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(500);

/// The shop, running.
struct Shop {
    plan: Plan,
    guerdon: Guerdon,
    sessions: Sessions,
}

/// Serves the shop on `listener` until `stopping` is cancelled.
///
/// # Errors
/// When the listener is of no use.
pub fn serve(
    plan: Plan,
    listener: TcpListener,
    stopping: CancellationToken,
) -> io::Result<impl Future<Output = ()> + Send> {
    let shop = Data::new(Shop { guerdon: Guerdon::of(&plan), sessions: Sessions::default(), plan });
    let shared = shop.clone();
    let server = HttpServer::new(move || App::new().app_data(shared.clone()).configure(pages::configure))
        .disable_signals()
        .workers(1)
        .shutdown_timeout(1)
        .listen(listener)?
        .run();
    let handle = server.handle();
    Ok(async move {
        let work = async {
            let (served, ()) = tokio::join!(server, introduce(&shop));
            if let Err(error) = served {
                tracing::error!(%error, "The demo shop has stopped");
            }
        };
        tokio::select! {
            () = work => {}
            () = stopping.cancelled() => handle.stop(true).await,
        }
    })
}

/// Tells Guerdon who the customers are; as often as the shop is started, for it changes nothing the second time.
async fn introduce(shop: &Shop) {
    for _ in 0..ATTEMPTS {
        match shop.guerdon.introduce().await {
            Ok(()) => return,
            Err(error) => tracing::debug!(?error, "The demo shop waits for Guerdon"),
        }
        tokio::time::sleep(PAUSE).await;
    }
}
