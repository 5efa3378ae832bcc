//! The tables of a PostgreSQL are split by tenant, as the guide says, and the program works on.

use std::process::Command;

use guerdon::store::{Backend, Db};
use reqwest::Client;
use serde_json::{Value, json};

use crate::common::{
    database::{TestDb, raw},
    program::{Program, Server},
};

/// Splits the tables.
fn split(db: &TestDb) -> String {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/deploy/partition.sql");
    let mut psql = Command::new("psql");
    psql.args(["--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-v", "partitions=4", "-f", script, "-d", db.url()]);
    let output = psql.output().expect("psql is there with PostgreSQL's client");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    said
}

/// Everything that keeps the tables right: constraints, unique indexes, triggers. Those of the parts are left out.
async fn rules(db: &Db) -> Vec<String> {
    let sql =
        "SELECT c.conrelid::regclass || ': ' || c.conname || ' ' || pg_get_constraintdef(c.oid) FROM pg_constraint c
            JOIN pg_class t ON t.oid = c.conrelid
            WHERE c.connamespace = current_schema()::regnamespace AND c.conparentid = 0 AND NOT t.relispartition
        UNION ALL SELECT replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ') FROM pg_index i
            JOIN pg_class t ON t.oid = i.indrelid
            WHERE t.relnamespace = current_schema()::regnamespace AND NOT t.relispartition
        UNION ALL SELECT pg_get_triggerdef(g.oid) FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid
            WHERE NOT g.tgisinternal AND t.relnamespace = current_schema()::regnamespace AND NOT t.relispartition
        ORDER BY 1";
    let rows: Vec<(String,)> = db.query(raw(sql)).all().await.unwrap();
    rows.into_iter().map(|(rule,)| rule).collect()
}

struct Shop<'a> {
    server: &'a Server,
    http: Client,
    token: String,
}

impl<'a> Shop<'a> {
    async fn new(program: &Program, server: &'a Server, tenant: &str) -> Self {
        program.ok(&["tenant", "create", tenant, "--name", tenant]);
        let scope = "rewardspoints.rewardpoints_view rewardspoints.rewardpoints_manage";
        let client =
            program.json(&["client", "create", "--tenant", tenant, "--name", "shop", "--scope", scope, "--json"]);
        let form = json!({
            "grant_type": "client_credentials", "client_id": client["client_id"], "client_secret": client["client_secret"],
        });
        let http = Client::builder().no_proxy().build().unwrap();
        let answer: Value =
            http.post(server.url("/oauth/token")).form(&form).send().await.unwrap().json().await.unwrap();
        Self { server, http, token: answer["access_token"].as_str().unwrap().to_owned() }
    }

    async fn post(&self, path: &str, body: &Value) -> u16 {
        let request = self.http.post(self.server.url(path)).bearer_auth(&self.token).json(body);
        request.send().await.unwrap().status().as_u16()
    }

    /// Adds and redeems, and sends one of them twice.
    async fn work(&self, round: usize) {
        for customer in 0..5 {
            let path = format!("/reward-points/customer/C{customer}");
            let body = json!({"id": format!("a{round}-{customer}"), "points": 100, "description": "x"});
            assert_eq!(self.post(&format!("{path}/addPoints"), &body).await, 201);
            assert_eq!(self.post(&format!("{path}/addPoints"), &body).await, 201);
            let spent = json!({"points": 30, "description": "y"});
            assert_eq!(self.post(&format!("{path}/redeemPoints"), &spent).await, 201);
        }
    }

    async fn balance(&self) -> String {
        let request = self.http.get(self.server.url("/reward-points/customer/C1")).bearer_auth(&self.token);
        request.send().await.unwrap().text().await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_that_are_split_by_tenant_keep_their_rules_and_work_on() {
    let db = TestDb::new(Backend::Postgres).await;
    let program = Program::on(&db);
    let before = rules(&db).await;
    assert!(before.len() > 150, "{}", before.len());
    let server = program.serve().await;
    let (acme, other) = (Shop::new(&program, &server, "acme").await, Shop::new(&program, &server, "other").await);
    acme.work(1).await;
    other.work(1).await;
    server.stop();
    let (acme_token, other_token) = (acme.token.clone(), other.token.clone());
    split(&db);
    assert_eq!(rules(&db).await, before);
    assert!(split(&db).contains("partitioned already"));
    let server = program.serve().await;
    let http = Client::builder().no_proxy().build().unwrap();
    let acme = Shop { server: &server, http: http.clone(), token: acme_token };
    let other = Shop { server: &server, http, token: other_token };
    acme.work(2).await;
    other.work(1).await;
    // What was sent before the split is known after it.
    assert_eq!((acme.balance().await, other.balance().await), ("140".to_owned(), "40".to_owned()));
    assert_eq!(program.json(&["verify", "--json"])["problems"], json!([]));
    // History is refused any change, in the parts too.
    let refused = db.query(raw("UPDATE entries SET points = points + 1")).run().await;
    assert!(refused.is_err_and(|error| error.to_string().contains("only ever inserted")));
    // A statement that names its tenant looks into one part.
    let plan: Vec<(String,)> =
        db.query(raw("EXPLAIN SELECT * FROM entries WHERE tenant_id = 'acme'")).all().await.unwrap();
    let parts = plan.iter().filter(|(line,)| line.contains("entries_")).filter(|(line,)| line.contains(" on ")).count();
    assert_eq!(parts, 1, "{plan:?}");
}
