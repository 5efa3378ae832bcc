//! The HTTP server: the API, the back office, health and metrics on one listener.

pub mod access;
pub mod health;

use std::{
    io,
    net::{SocketAddr, TcpListener},
    time::Duration,
};

use actix_web::{
    App as ActixApp, HttpServer,
    dev::{Server, ServerHandle},
    middleware::from_fn,
    web::{Data, to},
};

use crate::{api, app::App, jobs, web};

/// Connections that wait to be accepted.
const BACKLOG: u32 = 1024;
/// How long requests may take to end once the server stops.
const SHUTDOWN_SECS: u64 = 20;
/// How long jobs may take to end once the server stops.
const JOBS_SHUTDOWN: Duration = Duration::from_secs(10);
/// Proxies keep connections for a minute; closing ours earlier makes them fail now and then.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// Within this time the head of a request must be there.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
/// For each thread; a crowd beyond it waits to be accepted.
const CONNECTIONS_MAX: usize = 10_000;

/// A server that runs.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    app: App,
    handle: ServerHandle,
    metrics: Option<ServerHandle>,
}

/// Listens on an address; port 0 chooses a free one. To be called within a runtime.
///
/// # Errors
/// When the address is taken or not ours.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { tokio::net::TcpSocket::new_v4()? } else { tokio::net::TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)?.into_std()
}

/// Begins to serve on `listener`, with `/metrics` on a listener of its own if there is one.
///
/// # Errors
/// When a listener is of no use.
pub fn start(app: &App, listener: TcpListener, metrics: Option<TcpListener>) -> io::Result<Running> {
    let address = listener.local_addr()?;
    let metrics_apart = metrics.is_some();
    let shared = app.clone();
    let mut server = HttpServer::new(move || {
        ActixApp::new()
            .app_data(Data::new(shared.clone()))
            .app_data(Data::new(web::ApiDocument(api::document())))
            .wrap(from_fn(access::survive))
            .wrap(from_fn(api::guard))
            .wrap(from_fn(access::watch))
            .configure(health::configure)
            .configure(|cfg| {
                if !metrics_apart {
                    health::configure_metrics(cfg);
                }
            })
            .configure(api::configure)
            .configure(|cfg| web::configure(cfg, &shared))
            .default_service(to(api::nothing_here))
    })
    .disable_signals()
    .shutdown_timeout(SHUTDOWN_SECS)
    .keep_alive(KEEP_ALIVE)
    .client_request_timeout(HEAD_TIMEOUT)
    .max_connections(CONNECTIONS_MAX);
    if let Some(workers) = app.settings.workers {
        server = server.workers(workers.get());
    }
    let server = server.listen(listener)?.run();
    let metrics = metrics.map(|listener| metrics_server(app.clone(), listener)).transpose()?;
    let running =
        Running { address, handle: server.handle(), metrics: metrics.as_ref().map(Server::handle), app: app.clone() };
    app.tasks.spawn(server);
    if let Some(metrics) = metrics {
        app.tasks.spawn(metrics);
    }
    jobs::start(app);
    Ok(running)
}

fn metrics_server(app: App, listener: TcpListener) -> io::Result<Server> {
    let server =
        HttpServer::new(move || ActixApp::new().app_data(Data::new(app.clone())).configure(health::configure_metrics));
    Ok(server.disable_signals().workers(1).shutdown_timeout(1).listen(listener)?.run())
}

impl Running {
    /// Says that it is not ready any more and ends its jobs, but still takes requests: whoever spreads them over several
    /// replicas has to notice first. Connections are closed after the request that is under way on them.
    pub fn drain(&self) {
        self.app.stopping.cancel();
    }

    /// Stops: lets requests and jobs that run come to their end, then closes the database.
    pub async fn stop(self) {
        self.drain();
        self.handle.stop(true).await;
        if let Some(metrics) = &self.metrics {
            metrics.stop(true).await;
        }
        self.app.tasks.close();
        if tokio::time::timeout(JOBS_SHUTDOWN, self.app.tasks.wait()).await.is_err() {
            tracing::warn!("Some jobs did not end in time and were left");
        }
        self.app.db.close().await;
    }
}
