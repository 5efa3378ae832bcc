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
use socket2::SockRef;

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
/// A client that takes nothing of its answer for so long is gone: the system cuts the connection.
const TAKEN_WITHIN: Duration = Duration::from_mins(2);
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
    give_up_after(&SockRef::from(&socket), TAKEN_WITHIN)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)?.into_std()
}

/// Has the system cut connections over which nothing of what is sent was taken for so long. What a listener accepts
/// inherits it. Nothing but the system can: the HTTP library waits for as long as the client likes.
#[cfg(target_os = "linux")]
fn give_up_after(socket: &SockRef<'_>, time: Duration) -> io::Result<()> {
    socket.set_tcp_user_timeout(Some(time))
}

/// Other systems keep to times of their own.
#[cfg(not(target_os = "linux"))]
fn give_up_after(_: &SockRef<'_>, _: Duration) -> io::Result<()> {
    Ok(())
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
                    health::configure_metrics_beside(cfg);
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

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt as _;

    use super::*;

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn who_never_takes_the_answer_is_cut_off() {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = listen(any).unwrap();
        assert_eq!(SockRef::from(&listener).tcp_user_timeout().unwrap(), Some(TAKEN_WITHIN));
        // The same with less patience.
        let time = Duration::from_secs(1);
        give_up_after(&SockRef::from(&listener), time).unwrap();
        listener.set_nonblocking(true).unwrap();
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        let client = tokio::net::TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (mut accepted, _) = listener.accept().await.unwrap();
        let sending = async {
            loop {
                if let Err(error) = accepted.write_all(&vec![0; 65_536]).await {
                    break error;
                }
            }
        };
        let error = tokio::time::timeout(Duration::from_secs(30), sending).await.expect("sending ends");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut, "{error}");
        // Who is merely idle stays.
        let idle = tokio::net::TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (mut accepted, _) = listener.accept().await.unwrap();
        tokio::time::sleep(time * 2).await;
        accepted.write_all(b"idle, but not behind").await.unwrap();
        drop((client, idle));
    }
}
