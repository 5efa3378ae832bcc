//! How fast points are read and moved, on both databases, as shares of what the machine gives.
//!
//! `scripts/bench` runs it. In one run and on the same cores it measures, with 64 at a time:
//!
//! - a bare actix-web answer: what HTTP costs at least;
//! - reading a balance, adding and redeeming points through the whole server, over keep-alive connections;
//! - the same without the web layer: the read model and the ledger's queue called directly;
//! - redeeming at half of that rate, for how long it takes when the machine is not at its end;
//! - plain SQL on SQLite in one process: in tables with nothing but what is needed, and in the product's own;
//!
//! and prints each as a rate and as ratios. Absolute figures are the machine's; the ratios are what to compare. With the
//! argument `growth` it measures instead what becomes of the figures when accounts have many lots, and a tenant many
//! accounts.

#![expect(
    clippy::disallowed_methods,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark: it may end at once when something is off"
)]

mod growth;
mod load;
mod plain_sqlite;
mod world;

/// That of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use std::{env, time::Duration};

use load::{Pace, Rate};
use world::{Operation, World};

/// How long each figure is measured.
const SECS: u64 = 4;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let secs = env::var("BENCH_SECS").ok().and_then(|text| text.parse().ok()).unwrap_or(SECS);
    let time = Duration::from_secs(secs);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bench.db");
    let mut databases = vec![("SQLite", format!("sqlite://{}", file.display()))];
    match env::var("BENCH_POSTGRES_URL") {
        Ok(url) => databases.push(("PostgreSQL", url)),
        Err(_) => println!("PostgreSQL is left out: set BENCH_POSTGRES_URL, or run scripts/bench"),
    }
    println!("{:<46}{:>12}{:>12}{:>12}", "", "per second", "p50 ms", "p99 ms");
    if env::args().any(|argument| argument == "growth") {
        for (name, url) in &databases {
            runtime.block_on(growth::run(name, url, time));
        }
        return;
    }
    runtime.block_on(run(databases, time));
    let (add, redeem) = plain_sqlite::run(&folder.path().join("plain.db"), time);
    println!();
    println!("SQLite: plain SQL in one process, 64 in a transaction: add {add:.0}, redeem {redeem:.0} per second");
    let (add, redeem) = plain_sqlite::run_in_own_schema(&file, time);
    println!("SQLite: the same in the product's own tables: add {add:.0}, redeem {redeem:.0} per second");
}

async fn run(databases: Vec<(&'static str, String)>, time: Duration) {
    let bare = load::bare_answer(time).await;
    line("bare actix-web answer", &bare);
    for (name, url) in databases {
        let world = World::make(&url).await;
        println!();
        let mut shares = Vec::new();
        for operation in world::OPERATIONS {
            let direct = world.direct(operation, time).await;
            let http = world.http(operation, time, Pace::AtOnce).await;
            line(&format!("{name}: {operation}, without the web layer"), &direct);
            line(&format!("{name}: {operation}, over HTTP"), &http);
            shares.push((operation, http.per_second / direct.per_second, http.per_second / bare.per_second));
            if operation == Operation::Redeem {
                let half = world.http(operation, time, Pace::PerSecond(http.per_second / 2.0)).await;
                line(&format!("{name}: {operation}, over HTTP at half of that"), &half);
            }
        }
        println!();
        for (operation, of_direct, of_bare) in shares {
            println!(
                "{name}: {operation} over HTTP is {of_direct:.2} of the same without the web layer, {of_bare:.3} of a bare answer"
            );
        }
        world.stop().await;
    }
}

fn line(what: &str, rate: &Rate) {
    println!("{what:<46}{:>12.0}{:>12.2}{:>12.2}", rate.per_second, rate.p50_ms, rate.p99_ms);
}
