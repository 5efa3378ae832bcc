//! Connections to receivers, made only to addresses that something may be sent to.

use std::{
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use hyper::Uri;
use hyper_util::{
    client::legacy::connect::{Connected, Connection},
    rt::TokioIo,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::ServerName},
};
use tower_service::Service;
use url::Url;

use super::address;
use crate::domain::endpoint::Reach;

/// A receiver that does not even take the connection is given up sooner.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Makes connections. No proxy of the environment is used: it would connect to whatever it is asked for.
#[derive(Clone)]
pub struct Connector {
    reach: Reach,
    tls: TlsConnector,
}

impl Connector {
    /// Believes the certificates that browsers do, and those of this machine.
    pub fn new(reach: Reach) -> Self {
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap_or_else(|_| unreachable!("the provider knows the versions that it is built with"))
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self { reach, tls: TlsConnector::from(Arc::new(config)) }
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Stream>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<TokioIo<Stream>>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let (reach, tls) = (self.reach, self.tls.clone());
        Box::pin(async move { connect(&to, reach, tls).await.map(TokioIo::new) })
    }
}

async fn connect(to: &Uri, reach: Reach, tls: TlsConnector) -> io::Result<Stream> {
    let url = Url::parse(&to.to_string()).map_err(io::Error::other)?;
    // Looked up once; what is connected to is one of these.
    let addresses = address::resolve(&url, reach).await.map_err(io::Error::other)?;
    let tcp = match tokio::time::timeout(CONNECT_TIMEOUT, connect_first(&addresses)).await {
        Ok(connected) => connected?,
        Err(_late) => return Err(io::Error::other("it did not take the connection in time")),
    };
    tcp.set_nodelay(true)?;
    if url.scheme() != "https" {
        return Ok(Stream(Box::new(tcp)));
    }
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').to_owned();
    let name = ServerName::try_from(host).map_err(io::Error::other)?;
    Ok(Stream(Box::new(tls.connect(name, tcp).await?)))
}

/// One after the other, as they came.
async fn connect_first(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
    let mut failed = io::Error::other("the name cannot be found");
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(connected) => return Ok(connected),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// A connection, over TLS or not.
pub struct Stream(Box<dyn Duplex>);

impl Connection for Stream {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
