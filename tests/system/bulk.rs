//! Bulk changes while servers die: right to the point, and seen in a real browser.
//!
//! `TEST_BULK_ROWS=100000` books that many rows instead of a few thousand.

use std::{
    collections::HashMap,
    env,
    fmt::Write as _,
    fs,
    time::{Duration, Instant},
};

use futures_util::stream;
use guerdon::{
    app::App,
    clock::SystemClock,
    config::Settings,
    domain::{
        actor::{Actor, Caller},
        bulk::{BatchState, RowState},
        ids::{CustomerId, SiteCode, TenantId},
    },
    service::{
        accounts,
        bulk::{self, Act, Batch, New, RowPage},
    },
    store::Backend,
};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use serde_json::{Value, json};

use super::people::{PASSWORD, sign_in};
use crate::common::{
    browser::Browser,
    database::TestDb,
    on_both,
    program::{Program, Server},
    wait,
};

/// How long a run may take; what a dead server held is free again after a quarter of a minute.
const LONGEST: Duration = Duration::from_mins(20);

fn rows_wanted() -> usize {
    env::var("TEST_BULK_ROWS").ok().and_then(|text| text.parse().ok()).unwrap_or(4_000)
}

/// A tenant with a manager, who is signed in to nothing yet.
fn set_up(program: &Program) -> Caller {
    program.ok(&["tenant", "create", "acme", "--name", "Acme", "--time-zone", "Europe/Berlin"]);
    let user = "user create --tenant acme --email max@example.com --name Max --role manager --password-stdin --json";
    let made = program.run_with(&user.split(' ').collect::<Vec<_>>(), PASSWORD);
    assert_eq!(made.code, Some(0), "{made:?}");
    let made: Value = serde_json::from_str(&made.out).unwrap();
    let actor = Actor::employee(made["user_id"].as_str().unwrap());
    Caller { tenant: TenantId::parse("acme").unwrap(), actor }
}

/// A table, what each customer has when it is booked, and how many rows can be booked.
struct Table {
    text: String,
    balances: HashMap<String, i64>,
    good: i64,
}

impl Table {
    /// Rows for a tenth as many customers, of which some would take too much.
    fn of(rows: usize) -> Self {
        let mut random = StdRng::seed_from_u64(20_261_123);
        let mut table = Self { text: "customer_id,points,reference\n".to_owned(), balances: HashMap::new(), good: 0 };
        for row in 0..rows {
            let customer = format!("C{}", random.random_range(0..rows / 10));
            let points = random.random_range(1..500) * if random.random_bool(0.6) { 1 } else { -1 };
            writeln!(table.text, "{customer},{points},R{row}").unwrap();
            let known = table.balances.contains_key(&customer);
            let balance = table.balances.get(&customer).copied().unwrap_or_default() + points;
            // A customer who has nothing yet opens an account with the first points.
            if balance >= 0 && (known || points > 0) {
                table.balances.insert(customer, balance);
                table.good += 1;
            }
        }
        table
    }
}

/// A batch that servers work on, while the test looks at the database.
struct Scene {
    app: App,
    caller: Caller,
    id: String,
}

impl Scene {
    async fn upload(db: &TestDb, caller: Caller, table: &Table) -> Self {
        let app = App::new((*db).clone(), SystemClock, Settings::default());
        let new = New {
            name: "points.csv".to_owned(),
            site: SiteCode::main(),
            default_reason: Some("goodwill".to_owned()),
            opens_accounts: true,
            zone: chrono_tz::UTC,
        };
        let pieces: Vec<_> = table.text.as_bytes().chunks(64 * 1024).map(|piece| Ok::<_, ()>(piece.to_vec())).collect();
        let uploaded = bulk::upload(&app, &caller, new, stream::iter(pieces)).await.unwrap();
        Self { app, caller, id: uploaded.batch_id }
    }

    async fn batch(&self) -> Batch {
        bulk::find(&self.app.db, &self.caller.tenant, &self.id).await.unwrap().unwrap()
    }

    async fn until(&self, what: &str, reached: impl Fn(&Batch) -> bool) -> Batch {
        wait::until(what, LONGEST, async || Some(self.batch().await).filter(|batch| reached(batch))).await
    }

    async fn act(&self, act: Act) {
        bulk::act(&self.app, &self.caller, &self.id, act).await.unwrap();
    }

    /// What each customer of the table has, and the entries that made it so.
    async fn assert_balances(&self, table: &Table, of: impl Fn(i64) -> i64) {
        for (customer, points) in &table.balances {
            let customer = CustomerId::parse(customer).unwrap();
            let now = self.app.now();
            let has = accounts::balance(&self.app.db, &self.caller.tenant, &customer, now).await.unwrap();
            assert_eq!(has, Some(of(*points)), "{customer}");
        }
    }
}

/// The servers of one installation: as many as its database lets there be.
async fn servers(program: &Program, db: &TestDb) -> Vec<Server> {
    let mut servers = vec![program.serve().await];
    if db.backend() == Backend::Postgres {
        servers.push(program.serve().await);
    }
    servers
}

on_both! {
    async fn a_batch_whose_servers_die_is_booked_and_reversed_to_the_point(db) {
        let program = Program::on(db);
        let caller = set_up(&program);
        let table = Table::of(rows_wanted());
        let mut running = servers(&program, db).await;
        let begun = Instant::now();
        let scene = Scene::upload(db, caller, &table).await;
        let taken_in = begun.elapsed();
        let checked = scene.until("it is checked", |batch| batch.state == BatchState::Checked).await;
        eprintln!("{} rows taken in within {taken_in:.1?}, checked within {:.1?}", checked.row_count, begun.elapsed());
        assert_eq!(checked.row_count - checked.bad_count, table.good);
        let sum: i64 = table.balances.values().sum();
        assert_eq!((checked.points_to_add - checked.points_to_take, checked.balance_before), (sum, 0));

        let begun = Instant::now();
        scene.act(Act::Run).await;
        let noted = scene.until("a quarter is booked", |batch| batch.booked_count > table.good / 4).await;
        assert_eq!(noted.state, BatchState::Running, "it ended before it could be killed");
        running.iter().for_each(Server::kill);
        let dead = scene.batch().await;
        assert!(dead.booked_count < table.good, "it ended before it was killed");
        eprintln!("killed after {} rows and {:.1?}", dead.booked_count, begun.elapsed());
        running = servers(&program, db).await;
        let done = scene.until("it is booked", |batch| batch.state == BatchState::Done).await;
        eprintln!("booked {} rows within {:.1?}", done.booked_count, begun.elapsed());
        assert_eq!((done.booked_count, done.refused_count), (table.good, 0));
        assert_eq!(done.points_added - done.points_taken, sum);
        assert!(done.turn > noted.turn, "nobody took it over");
        scene.assert_balances(&table, |points| points).await;
        let report = program.json(&["verify", "--json"]);
        assert_eq!((&report["ok"], &report["entries"]), (&true.into(), &table.good.into()), "{report}");

        let begun = Instant::now();
        scene.act(Act::Reverse).await;
        scene.until("a quarter is reversed", |batch| batch.reversed_count > table.good / 4).await;
        running.iter().for_each(Server::kill);
        assert_eq!(scene.batch().await.state, BatchState::Reversing, "it ended before it was killed");
        running = servers(&program, db).await;
        let reversed = scene.until("it is reversed", |batch| batch.state == BatchState::Reversed).await;
        eprintln!("reversed {} rows within {:.1?}", reversed.reversed_count, begun.elapsed());
        assert_eq!((reversed.reversed_count, reversed.kept_count, reversed.points_reversed), (table.good, 0, sum));
        scene.assert_balances(&table, |_| 0).await;
        assert_eq!(program.json(&["verify", "--json"])["ok"], true);
        let left = bulk::rows(&scene.app.db, &scene.caller.tenant, &scene.id, Some(RowState::Booked), RowPage::After(0), 1);
        assert!(left.await.unwrap().rows.is_empty());
        drop(running);
    }

    async fn a_manager_books_a_file_in_the_browser_while_the_server_dies(db) {
        let program = Program::on(db);
        set_up(&program);
        let mut server = program.serve().await;
        let address = server.url("").trim_start_matches("http://").to_owned();
        let mut browser = Browser::open(&server.url("")).await;
        for expected in ["ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE", "ERR_SOCKET", "htmx"] {
            browser.expect_in_console(expected);
        }
        sign_in(&browser, "max").await;
        browser.click("Bulk changes").await;
        browser.click("Upload file").await;
        let table = Table::of(6_000);
        let file = program.folder().join("points.csv");
        fs::write(&file, &table.text).unwrap();
        browser.tick("opens").await;
        browser.fill("file", file.to_str().unwrap()).await;
        browser.click("Upload and check").await;
        browser.see("To be looked at").await;
        browser.see("Left out").await;
        browser.screenshot("bulk-checked").await;
        browser.script("document.querySelector('form[action$=\"/run\"] button').click()", json!([])).await;
        browser.find("#bulk-progress progress[value]").await;
        browser.see("rows are booked.").await;
        server.kill();
        browser.see("Guerdon does not answer.").await;
        server = program.serve_at(&address).await;
        wait::until("the page tells that it is booked", LONGEST, async || {
            (browser.text(".page-head .badge").await == "Booked").then_some(())
        })
        .await;
        browser.see_no("Guerdon does not answer.").await;
        browser.screenshot("bulk-booked").await;
        let report = program.json(&["verify", "--json"]);
        assert_eq!((&report["ok"], &report["entries"]), (&true.into(), &table.good.into()), "{report}");
        drop(server);
    }

    async fn without_scripts_rows_are_pasted_booked_and_reversed(db) {
        let program = Program::on(db);
        set_up(&program);
        let server = program.serve().await;
        let browser = Browser::open(&server.url("")).await;
        browser.without_scripts().await;
        sign_in(&browser, "max").await;
        browser.goto("/admin/acme/bulk/new").await;
        browser.tick("opens").await;
        browser.fill("pasted", "customer_id;points\nC1;50\nC2;-30\n").await;
        browser.click("Upload and check").await;
        browser.see("No such customer is known.").await;
        browser.click("Book 1 row (+50)").await;
        wait::until("it is booked", LONGEST, async || {
            let path = browser.path().await;
            browser.goto(&path).await;
            (browser.text(".page-head .badge").await == "Booked").then_some(())
        })
        .await;
        let batch = browser.path().await;
        browser.click("Reverse all").await;
        browser.see("Reverse 1 row of Pasted rows?").await;
        browser.click("Reverse 1 row").await;
        // The question is not asked again, and who leaves before it was answered takes the answer back.
        browser.arrive_at(&batch).await;
        wait::until("it is reversed", LONGEST, async || {
            browser.goto(&batch).await;
            (browser.text(".page-head .badge").await == "Reversed").then_some(())
        })
        .await;
        drop(server);
    }
}
