//! The server inside the test's own process: for plain HTTP, and where the clock has to move.

use std::net::SocketAddr;

use guerdon::{app::App, server};

/// Serves `app` on a free port for as long as the test runs, and returns the address, such as `http://127.0.0.1:4711`.
pub(crate) fn serve(app: &App) -> String {
    let listener = server::listen(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let running = server::start(app, listener, None).unwrap();
    format!("http://{}", running.address)
}
