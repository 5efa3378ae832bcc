//! A proxy between a client and its servers that passes bytes on, and can lose, hold and cut them.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream, UnixStream},
    sync::watch,
};

use super::wait;

/// How often a proxy asks its servers whether they are ready.
const ASKED_EVERY: Duration = Duration::from_millis(100);

/// Where a connection is led.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// `host:port`.
    Tcp(String),
    Unix(PathBuf),
}

impl Place {
    /// The server that a PostgreSQL address names, such as `postgres://me@localhost/points?host=/run/postgresql`.
    pub(crate) fn postgres(url: &str) -> Self {
        let (base, options) = url.split_once('?').unwrap_or((url, ""));
        if let Some(folder) = options.split('&').find_map(|option| option.strip_prefix("host=")) {
            return Self::Unix(PathBuf::from(folder).join(".s.PGSQL.5432"));
        }
        let host = base.split(['@', '/']).nth(3).unwrap();
        Self::Tcp(if host.contains(':') { host.to_owned() } else { format!("{host}:5432") })
    }

    async fn connect(&self) -> std::io::Result<Box<dyn Stream>> {
        Ok(match self {
            Self::Tcp(address) => {
                let stream = TcpStream::connect(address).await?;
                stream.set_nodelay(true)?;
                Box::new(stream)
            }
            Self::Unix(path) => Box::new(UnixStream::connect(path).await?),
        })
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// What is done with bytes that a client sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    Pass,
    /// They never arrive; the connection is cut.
    Cut,
    /// They arrive, and the connection is cut when the server answers.
    CutAtAnswer,
    /// They and all after them stay where they are until the proxy lets everything pass again.
    Hold,
}

type Rule = Arc<dyn Fn(&[u8]) -> Act + Send + Sync>;

struct State {
    places: Mutex<VecDeque<Place>>,
    rule: Mutex<Option<Rule>>,
    /// Whether nothing is passed on, in either direction.
    held: watch::Sender<bool>,
    /// Counted up to cut every connection.
    cuts: watch::Sender<u64>,
    /// How often the rule said something else than to pass.
    struck: AtomicUsize,
    /// Only servers whose `/health/ready` says so are connected to.
    asks_health: bool,
}

/// The proxy; it ends with the test.
#[derive(Clone)]
pub(crate) struct Proxy {
    address: SocketAddr,
    state: Arc<State>,
}

impl Proxy {
    /// A proxy in front of one place.
    pub(crate) async fn to(place: Place) -> Self {
        Self::start(vec![place], false).await
    }

    /// A proxy that leads connection after connection to another one of the HTTP servers that are ready.
    pub(crate) async fn balancing(bases: &[String]) -> Self {
        let place = |base: &String| Place::Tcp(base.trim_start_matches("http://").to_owned());
        Self::start(bases.iter().map(place).collect(), true).await
    }

    async fn start(places: Vec<Place>, asks_health: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let state = Arc::new(State {
            places: Mutex::new(places.into()),
            rule: Mutex::default(),
            held: watch::Sender::new(false),
            cuts: watch::Sender::new(0),
            struck: AtomicUsize::new(0),
            asks_health,
        });
        let proxy = Self { address: listener.local_addr().unwrap(), state: Arc::clone(&state) };
        aside(async move {
            let ready = Arc::new(Mutex::new(Vec::new()));
            if asks_health {
                aside(watch_health(Arc::clone(&state), Arc::clone(&ready)));
            }
            while let Ok((client, _)) = listener.accept().await {
                let (state, ready) = (Arc::clone(&state), Arc::clone(&ready));
                aside(async move {
                    let _ = client.set_nodelay(true);
                    if let Some(server) = connect(&state, &ready).await {
                        carry(&state, client, server).await;
                    }
                });
            }
        });
        proxy
    }

    /// A PostgreSQL address by way of this proxy.
    pub(crate) fn postgres(&self, url: &str) -> String {
        let (base, _options) = url.split_once('?').unwrap_or((url, ""));
        let (scheme, rest) = base.split_once("://").unwrap();
        let (user, rest) = rest.split_once('@').unwrap();
        let (_host, database) = rest.split_once('/').unwrap();
        format!("{scheme}://{user}@{}/{database}", self.address)
    }

    /// The address of an HTTP server behind it.
    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Leads new connections to these places from now on.
    pub(crate) fn lead_to(&self, places: &[Place]) {
        *self.state.places.lock().unwrap() = places.to_vec().into();
    }

    /// What is done with what clients send, from now on.
    pub(crate) fn rule(&self, rule: impl Fn(&[u8]) -> Act + Send + Sync + 'static) {
        *self.state.rule.lock().unwrap() = Some(Arc::new(rule));
    }

    /// Everything passes again.
    pub(crate) fn pass(&self) {
        *self.state.rule.lock().unwrap() = None;
        self.state.held.send_replace(false);
    }

    /// Nothing passes, and nobody is told: as if the network were gone.
    pub(crate) fn hold(&self) {
        self.state.held.send_replace(true);
    }

    /// Cuts every connection.
    pub(crate) fn cut(&self) {
        self.state.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// How often the rule was not to pass.
    pub(crate) fn struck(&self) -> usize {
        self.state.struck.load(Ordering::SeqCst)
    }

    /// Waits until the rule has struck so often.
    pub(crate) async fn until_struck(&self, times: usize) {
        wait::until("the proxy has struck", Duration::from_mins(1), async || (self.struck() >= times).then_some(()))
            .await;
    }
}

#[expect(clippy::disallowed_methods, reason = "ends with the test")]
fn aside(work: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(work);
}

async fn watch_health(state: Arc<State>, ready: Arc<Mutex<Vec<Place>>>) {
    let http = reqwest::Client::builder()
        .timeout(Duration::from_secs(1))
        .pool_max_idle_per_host(0)
        .no_proxy()
        .build()
        .unwrap();
    loop {
        let places: Vec<Place> = state.places.lock().unwrap().iter().cloned().collect();
        let mut now = Vec::new();
        for place in places {
            let Place::Tcp(address) = &place else { continue };
            let answer = http.get(format!("http://{address}/health/ready")).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                now.push(place);
            }
        }
        *ready.lock().unwrap() = now;
        tokio::time::sleep(ASKED_EVERY).await;
    }
}

/// Connects to the next place that takes the connection.
async fn connect(state: &State, ready: &Mutex<Vec<Place>>) -> Option<Box<dyn Stream>> {
    for _ in 0..50 {
        let places: Vec<Place> = {
            let mut places = state.places.lock().unwrap();
            places.rotate_left(1);
            places.iter().cloned().collect()
        };
        let ready = ready.lock().unwrap().clone();
        for place in places.iter().filter(|place| !state.asks_health || ready.contains(place)) {
            if let Ok(stream) = place.connect().await {
                return Some(stream);
            }
        }
        if !state.asks_health {
            return None;
        }
        tokio::time::sleep(ASKED_EVERY).await;
    }
    None
}

/// Passes bytes on in both directions until one side closes or the connection is cut.
async fn carry(state: &State, mut client: TcpStream, mut server: Box<dyn Stream>) {
    let (mut held, mut cuts) = (state.held.subscribe(), state.cuts.subscribe());
    let (mut asked, mut answered) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    let mut cut_at_answer = false;
    loop {
        tokio::select! {
            _ = cuts.changed() => return,
            read = client.read(&mut asked) => {
                let Ok(length @ 1..) = read else { return };
                let rule = state.rule.lock().unwrap().clone();
                let act = rule.map_or(Act::Pass, |rule| rule(&asked[..length]));
                if act != Act::Pass {
                    state.struck.fetch_add(1, Ordering::SeqCst);
                }
                match act {
                    Act::Pass => {}
                    Act::Cut => return,
                    Act::CutAtAnswer => cut_at_answer = true,
                    Act::Hold => {
                        state.held.send_replace(true);
                    }
                }
                if !passes(&mut held, &mut cuts).await || server.write_all(&asked[..length]).await.is_err() {
                    return;
                }
            }
            read = server.read(&mut answered) => {
                let Ok(length @ 1..) = read else { return };
                if cut_at_answer
                    || !passes(&mut held, &mut cuts).await
                    || client.write_all(&answered[..length]).await.is_err()
                {
                    return;
                }
            }
        }
    }
}

/// Waits while everything is held; whether the connection still stands then.
async fn passes(held: &mut watch::Receiver<bool>, cuts: &mut watch::Receiver<u64>) -> bool {
    tokio::select! {
        let_go = held.wait_for(|held| !held) => let_go.is_ok(),
        _ = cuts.changed() => false,
    }
}
