//! `guerdon demo`: from nothing to a shop with a year of customers.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};

struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn guerdon(folder: &tempfile::TempDir, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guerdon"));
    command.args(arguments).current_dir(folder).env_clear();
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_is_served_signed_in_to_and_proves_itself() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = guerdon(&folder, &["demo", "--listen", "127.0.0.1:0"]);
    let mut demo = Ended(command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    let mut lines = BufReader::new(demo.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let base = lines.find_map(|line| line.strip_prefix("Listening on ").map(str::to_owned)).unwrap();
    let told: Vec<String> = lines.by_ref().take_while(|line| !line.contains("Ctrl-C")).collect();
    for role in ["admin", "manager", "agent", "viewer", "operator"] {
        assert!(told.iter().any(|line| line.contains('@') && line.ends_with(role)), "{role}: {told:#?}");
    }
    let page = reqwest::get(format!("{base}/admin/login")).await.unwrap();
    assert_eq!(page.status(), 200);
    let url = ["--database-url", "sqlite://guerdon-demo.db"];
    let printed = guerdon(&folder, &[&["verify", "--json"], &url[..]].concat()).output().unwrap();
    let report: Value = serde_json::from_slice(&printed.stdout).unwrap();
    assert_eq!(report["ok"], json!(true), "{report}");
    assert!(report["entries"].as_i64().unwrap() > 1_000, "{report}");
}
