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
    let mut command = guerdon(&folder, &["demo", "--customers", "120", "--listen", "127.0.0.1:0"]);
    let mut demo = Ended(command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    let mut lines = BufReader::new(demo.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let base = lines.find_map(|line| line.strip_prefix("Listening on ").map(str::to_owned)).unwrap();
    let told: Vec<String> = lines.by_ref().take_while(|line| !line.contains("Ctrl-C")).collect();
    for role in ["admin", "manager", "agent", "viewer", "operator"] {
        assert!(told.iter().any(|line| line.contains('@') && line.ends_with(role)), "{role}: {told:#?}");
    }
    let page = reqwest::get(format!("{base}/admin/login")).await.unwrap();
    assert_eq!(page.status(), 200);
    walk(&folder, &base);
    let url = ["--database-url", "sqlite://guerdon-demo.db"];
    let printed = guerdon(&folder, &[&["verify", "--json"], &url[..]].concat()).output().unwrap();
    let report: Value = serde_json::from_slice(&printed.stdout).unwrap();
    assert_eq!(report["ok"], json!(true), "{report}");
    assert!(report["entries"].as_i64().unwrap() > 500, "{report}");
}

/// Pastes what the README tells people to paste while the demo runs.
fn walk(folder: &tempfile::TempDir, base: &str) {
    let readme = include_str!("../../README.md");
    let after = readme.split("## From a token to a coupon").nth(1).unwrap();
    let pasted = after.split("```").nth(1).unwrap().strip_prefix("sh").unwrap();
    let here =
        pasted.replace("http://127.0.0.1:8080", base).replace("target/release/guerdon", env!("CARGO_BIN_EXE_guerdon"));
    assert_ne!(here, pasted);
    let shell = Command::new("bash").args(["-euc", &here]).current_dir(folder).output().unwrap();
    let said = String::from_utf8(shell.stdout).unwrap();
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!((shell.status.success(), lines.len()), (true, 2), "{said}{}", String::from_utf8_lossy(&shell.stderr));
    assert_eq!(lines[0], "600");
    let coupon: Value = serde_json::from_str(lines[1]).unwrap();
    assert_eq!((&coupon["status"], &coupon["issuedTo"]), (&json!("VALID"), &json!("C1")));
    assert!(coupon["code"].as_str().unwrap().starts_with("ALP-"));
}
