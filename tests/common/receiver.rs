//! A program that takes webhooks, or does not: on a real socket, so that it can also break off or never answer.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use guerdon::domain::{
    time::Timestamp,
    webhook::{self, Message, WebhookSecret},
};
use serde_json::Value;

use super::wait;

/// What it does with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Answers with this status and no body.
    Answer(u16),
    /// Answers with this status and these lines of the head.
    AnswerWith(u16, &'static str),
    /// Answers 200, and then sends without end.
    Babble,
    /// Reads, and never answers.
    Hang,
    /// Reads, and closes the connection.
    Close,
}

/// A request that came.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) line: String,
    pub(crate) headers: BTreeMap<String, String>,
    /// As text, what is none replaced.
    pub(crate) body: String,
    pub(crate) bytes: Vec<u8>,
    /// Whether it was answered with a 2xx.
    pub(crate) taken: bool,
}

impl Received {
    pub(crate) fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Which of the secrets signed it; as a receiver with a library of the scheme would see it.
    pub(crate) fn signed_by(&self, secrets: &[&str], now: Timestamp) -> Option<usize> {
        let secrets: Vec<WebhookSecret> = secrets.iter().map(|one| WebhookSecret::parse(one).unwrap()).collect();
        let at_secs = self.headers["webhook-timestamp"].parse().unwrap();
        let message = Message { id: self.id(), at_secs, body: self.body.as_bytes() };
        webhook::check(&secrets, message, &self.headers["webhook-signature"], now).ok()
    }
}

#[derive(Default)]
struct State {
    /// For the next requests, one after the other; then the usual.
    next: Vec<Manner>,
    usual: Option<Manner>,
    received: Vec<Received>,
    connections: usize,
}

/// The program; it ends with the test.
#[derive(Clone)]
pub(crate) struct Receiver {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl Receiver {
    /// One that takes everything.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let receiver = Self { address: listener.local_addr().unwrap(), state: Arc::default() };
        let shared = receiver.clone();
        thread::spawn(move || {
            for connection in listener.incoming() {
                let shared = shared.clone();
                thread::spawn(move || shared.serve(connection.unwrap()));
            }
        });
        receiver
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/points?from=guerdon", self.address)
    }

    /// Where it is, without a path.
    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on it behaves like this.
    pub(crate) fn usually(&self, manner: Manner) {
        self.state.lock().unwrap().usual = Some(manner);
    }

    /// For the next requests it behaves like this, then as usual.
    pub(crate) fn next(&self, manners: &[Manner]) {
        self.state.lock().unwrap().next.extend(manners.iter().cloned());
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.state.lock().unwrap().received.clone()
    }

    /// What it took, by webhook-id.
    pub(crate) fn taken(&self) -> BTreeMap<String, Vec<Received>> {
        let mut taken: BTreeMap<String, Vec<Received>> = BTreeMap::new();
        for one in self.received().into_iter().filter(|one| one.taken) {
            taken.entry(one.id().to_owned()).or_default().push(one);
        }
        taken
    }

    pub(crate) fn connections(&self) -> usize {
        self.state.lock().unwrap().connections
    }

    /// Waits until so many requests came.
    pub(crate) async fn wait_for(&self, count: usize) -> Vec<Received> {
        wait::until(&format!("{count} requests came"), Duration::from_mins(1), async || {
            Some(self.received()).filter(|received| received.len() >= count)
        })
        .await
    }

    fn serve(&self, stream: TcpStream) {
        self.state.lock().unwrap().connections += 1;
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut stream = stream;
        while let Some(mut request) = read(&mut reader) {
            let manner = {
                let mut state = self.state.lock().unwrap();
                let usual = state.usual.clone().unwrap_or(Manner::Answer(200));
                let manner = if state.next.is_empty() { usual } else { state.next.remove(0) };
                request.taken = matches!(manner, Manner::Babble)
                    || matches!(manner, Manner::Answer(status) | Manner::AnswerWith(status, _) if status / 100 == 2);
                state.received.push(request);
                manner
            };
            let head =
                |status: u16, lines: &str| format!("HTTP/1.1 {status} Told\r\n{lines}content-length: 4\r\n\r\ntold");
            let written = match manner {
                Manner::Answer(204) => stream.write_all(b"HTTP/1.1 204 Told\r\n\r\n"),
                Manner::Answer(status) => stream.write_all(head(status, "").as_bytes()),
                Manner::AnswerWith(status, lines) => stream.write_all(head(status, lines).as_bytes()),
                Manner::Babble => {
                    let mut written = stream.write_all(b"HTTP/1.1 200 Told\r\n\r\n");
                    while written.is_ok() {
                        written = stream.write_all(&[b'x'; 4_096]);
                    }
                    written
                }
                Manner::Hang => {
                    thread::sleep(Duration::from_mins(10));
                    Ok(())
                }
                Manner::Close => return,
            };
            if written.is_err() {
                return;
            }
        }
    }
}

/// The next request of a connection, whole.
fn read(reader: &mut BufReader<TcpStream>) -> Option<Received> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|bytes| *bytes > 0)?;
    let mut headers = BTreeMap::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok().filter(|bytes| *bytes > 0)?;
        let Some((name, value)) = header.trim_end().split_once(": ") else { break };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let mut body = vec![0; headers.get("content-length")?.parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    let text = String::from_utf8_lossy(&body).into_owned();
    Some(Received { line: line.trim_end().to_owned(), headers, body: text, bytes: body, taken: false })
}
