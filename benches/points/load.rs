//! Asking again and again, many at once, and counting.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
};

/// How many ask at once.
pub(crate) const AT_ONCE: usize = 64;

/// What came of it.
pub(crate) struct Rate {
    pub(crate) per_second: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
}

impl Rate {
    /// Of the time that each of the answers took, all within `time`.
    pub(crate) fn of(mut took: Vec<Duration>, time: Duration) -> Self {
        assert!(!took.is_empty(), "nothing was answered");
        took.sort_unstable();
        let at = |share: usize| took[(took.len() - 1) * share / 100].as_secs_f64() * 1_000.0;
        let count = u32::try_from(took.len()).unwrap();
        Self { per_second: f64::from(count) / time.as_secs_f64(), p50_ms: at(50), p99_ms: at(99) }
    }
}

/// Runs `AT_ONCE` workers for `time`. Each does one thing after another: `work(worker, n)`.
pub(crate) async fn repeat<F>(time: Duration, work: impl Fn(usize, usize) -> F + Clone + Send + 'static) -> Rate
where
    F: Future<Output = ()> + Send,
{
    let mut workers = JoinSet::new();
    let end = Instant::now() + time;
    for worker in 0..AT_ONCE {
        let work = work.clone();
        workers.spawn(async move {
            let (mut took, mut n) = (Vec::new(), 0);
            while Instant::now() < end {
                let begun = Instant::now();
                work(worker, n).await;
                took.push(begun.elapsed());
                n += 1;
            }
            took
        });
    }
    Rate::of(workers.join_all().await.into_iter().flatten().collect(), time)
}

/// How often is asked.
#[derive(Clone, Copy)]
pub(crate) enum Pace {
    /// Each worker asks again when it has its answer.
    AtOnce,
    /// So many are asked per second, whatever comes back; what waits longer than its turn is counted from its turn.
    PerSecond(f64),
}

/// Sends requests over `AT_ONCE` kept connections for `time`; every answer must begin with `status`.
pub(crate) async fn over_http(
    address: SocketAddr,
    time: Duration,
    pace: Pace,
    status: &'static str,
    request: impl Fn(usize, usize) -> String + Clone + Send + 'static,
) -> Rate {
    let mut workers = JoinSet::new();
    let start = Instant::now();
    let end = start + time;
    for worker in 0..AT_ONCE {
        let request = request.clone();
        workers.spawn(async move {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.set_nodelay(true).unwrap();
            let (mut took, mut n, mut buffer) = (Vec::new(), 0, Vec::with_capacity(4_096));
            let mut turn = match pace {
                Pace::AtOnce => None,
                Pace::PerSecond(rate) => {
                    let between = Duration::from_secs_f64(to_f64(AT_ONCE) / rate);
                    Some((start + between.mul_f64(to_f64(worker) / to_f64(AT_ONCE)), between))
                }
            };
            while Instant::now() < end {
                let begun = match &mut turn {
                    None => Instant::now(),
                    Some((turn, between)) => {
                        let mine = *turn;
                        tokio::time::sleep_until(mine.into()).await;
                        *turn += *between;
                        mine
                    }
                };
                stream.write_all(request(worker, n).as_bytes()).await.unwrap();
                read_answer(&mut stream, &mut buffer).await;
                assert!(buffer.starts_with(status.as_bytes()), "{}", String::from_utf8_lossy(&buffer));
                took.push(begun.elapsed());
                n += 1;
            }
            took
        });
    }
    Rate::of(workers.join_all().await.into_iter().flatten().collect(), time)
}

fn to_f64(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap())
}

/// Reads one answer with a `content-length`.
async fn read_answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) {
    buffer.clear();
    loop {
        let read = stream.read_buf(buffer).await.unwrap();
        assert!(read > 0, "the server closed the connection");
        let Some(head) = buffer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
        let length =
            text.lines().find_map(|line| line.strip_prefix("content-length:")).map_or(0, |n| n.trim().parse().unwrap());
        while buffer.len() < head + 4 + length {
            assert!(stream.read_buf(buffer).await.unwrap() > 0, "the server closed the connection");
        }
        return;
    }
}

/// What actix-web answers when there is nothing to do.
pub(crate) async fn bare_answer(time: Duration) -> Rate {
    use actix_web::{App, HttpResponse, HttpServer, web};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = HttpServer::new(|| {
        App::new()
            .route("/", web::get().to(|| async { HttpResponse::Ok().content_type("application/json").body("2000") }))
    })
    .disable_signals()
    .listen(listener)
    .unwrap()
    .run();
    let handle = server.handle();
    tokio::spawn(server);
    let rate = over_http(address, time, Pace::AtOnce, "HTTP/1.1 200", |_, _| get("/", "none")).await;
    handle.stop(false).await;
    rate
}

pub(crate) fn get(path: &str, token: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n")
}

pub(crate) fn post(path: &str, token: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}
