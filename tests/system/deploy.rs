//! What comes along for operators: dashboard, alerts and settings name what the program has.

use std::{collections::BTreeSet, fs, path::Path};

use guerdon::store::Backend;
use regex::Regex;

use crate::common::{database::TestDb, program::Program, source::files, wait};

fn read(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

fn found(text: &str, pattern: &str) -> BTreeSet<String> {
    Regex::new(pattern).unwrap().find_iter(text).map(|found| found.as_str().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn dashboard_and_alerts_ask_for_metrics_that_are_there() {
    let db = TestDb::new(Backend::Sqlite).await;
    let program = Program::on(&db);
    let server = program.serve().await;
    // The jobs have run once.
    let metrics = wait::until("the ledger was proven", std::time::Duration::from_secs(20), async || {
        let text = reqwest::get(server.url("/metrics")).await.ok()?.text().await.ok()?;
        (text.contains("guerdon_verify_problems 0\n") && text.contains("guerdon_ledger_points 0\n")).then_some(text)
    })
    .await;
    let there = found(&metrics, r"(?m)^guerdon_[a-z_]+");
    for file in ["deploy/alerts.yml", "deploy/grafana-dashboard.json"] {
        let asked = found(&read(file), r"\bguerdon_[a-z_]+");
        assert!(asked.len() > 8, "{file}: {asked:?}");
        let missing: Vec<_> = asked.difference(&there).collect();
        assert!(missing.is_empty(), "{file} asks for {missing:?}");
    }
    assert!(metrics.contains("guerdon_job_runs_total{job_name=\"gauges\",result=\"ok\"} 1\n"), "{metrics}");
    assert!(metrics.contains("guerdon_job_runs_total{job_name=\"expiry\",result=\"failed\"} 0\n"), "{metrics}");
    // The proof is not made again by the next process of the day.
    server.stop();
    assert_eq!(server.log().matches("The ledger proves itself").count(), 1);
    let again = program.serve().await;
    wait::until("the jobs have run", std::time::Duration::from_secs(20), async || {
        let text = reqwest::get(again.url("/metrics")).await.ok()?.text().await.ok()?;
        text.contains("guerdon_job_runs_total{job_name=\"gauges\",result=\"ok\"} 1\n").then_some(())
    })
    .await;
    assert_eq!(again.log().matches("The ledger proves itself").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_are_written_about_exist() {
    let db = TestDb::new(Backend::Sqlite).await;
    let help = Program::on(&db).ok(&["serve", "--help"]);
    let there = found(&help, r"\bGUERDON_[A-Z_]+");
    for file in ["deploy/guerdon.env", "deploy/Dockerfile", "docs/operating.md", "README.md"] {
        let named = found(&read(file), r"\bGUERDON_[A-Z_]+");
        let unknown: Vec<_> = named.difference(&there).collect();
        assert!(unknown.is_empty(), "{file} names {unknown:?}, and `guerdon serve --help` does not");
    }
}

#[test]
fn tests_that_are_written_about_exist() {
    let code: Vec<String> =
        ["src", "tests"].iter().flat_map(|folder| files(folder, ".rs")).map(|(_, text)| text).collect();
    let named = found(&read("docs/security.md"), r"`[a-z]+(_[a-z0-9]+){3,}`");
    assert!(named.len() > 80, "{named:?}");
    let is_test = |name: &str| code.iter().any(|text| text.contains(&format!("fn {}(", name.trim_matches('`'))));
    let missing: Vec<_> = named.iter().filter(|name| !is_test(name)).collect();
    assert!(missing.is_empty(), "docs/security.md names tests that there are not: {missing:?}");
}
