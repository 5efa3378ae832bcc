//! What comes along for operators: dashboard, alerts and settings name what the program has.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use guerdon::{config::Settings, store::Backend};
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

/// What `[package.metadata.deb]` says.
fn package() -> toml::Table {
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    manifest["package"]["metadata"]["deb"].as_table().unwrap().clone()
}

/// The files of the package for Debian: where they are here, where there, and their mode.
fn assets() -> Vec<[String; 3]> {
    let text = |value: &toml::Value| value.as_str().unwrap().to_owned();
    let asset = |asset: &toml::Value| match asset {
        toml::Value::Array(parts) => [text(&parts[0]), text(&parts[1]), text(&parts[2])],
        named => [text(&named["source"]), text(&named["dest"]), text(&named["mode"])],
    };
    package()["assets"].as_array().unwrap().iter().map(asset).collect()
}

/// Where a file of this repository is after the package was installed.
fn installed(source: &str) -> String {
    let assets = assets();
    let [_, to, _] = assets.iter().find(|[from, ..]| from == source).unwrap_or_else(|| panic!("{source}"));
    let name = Path::new(source).file_name().unwrap().to_str().unwrap();
    if to.ends_with('/') { format!("/{to}{name}") } else { format!("/{to}") }
}

/// The values of a setting of systemd's.
fn values<'a>(unit: &'a str, name: &str) -> Vec<&'a str> {
    unit.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix('=')).collect()
}

#[test]
fn files_that_the_package_is_made_of_are_there() {
    let package = package();
    let mut files: Vec<String> = assets().into_iter().map(|[from, ..]| from).collect();
    files.push(package["changelog"].as_str().unwrap().to_owned());
    files.push(package["license-file"][0].as_str().unwrap().to_owned());
    let units = &package["systemd-units"];
    files.push(format!("{}/{}.service", units["unit-scripts"].as_str().unwrap(), units["unit-name"].as_str().unwrap()));
    for file in files.iter().filter(|file| *file != "target/release/guerdon") {
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(file).is_file(), "{file}");
    }
    let version = format!("guerdon ({}-1) ", env!("CARGO_PKG_VERSION"));
    assert!(read(package["changelog"].as_str().unwrap()).starts_with(&version), "the newest of the changelog");
}

#[test]
fn scripts_of_the_package_can_be_read_and_run_twice() {
    for script in ["postinst", "postrm"] {
        let file = format!("deploy/debian/{script}");
        let text = read(&file);
        assert!(text.starts_with("#!/bin/sh\n") && text.contains("\nset -e\n"), "{file}");
        // Where what starts and stops the service is put in.
        assert!(text.contains("\n#DEBHELPER#\n"), "{file}");
        let read = Command::new("sh").arg("-n").arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(&file)).status();
        assert!(read.unwrap().success(), "{file}");
    }
    // What would fail the second time is asked for first.
    let postinst = read("deploy/debian/postinst");
    let asked = postinst.find("if ! getent passwd guerdon").unwrap();
    assert!(postinst.find("adduser --system").is_some_and(|at| at > asked));
    // A ledger is never taken.
    assert!(!Regex::new(r"(?m)^\s*rm\b").unwrap().is_match(&read("deploy/debian/postrm")));
}

#[test]
fn unit_package_and_settings_name_the_same_paths() {
    let (unit, ours) = (read("deploy/guerdon.service"), read("deploy/debian/package.conf"));
    let (postinst, settings) = (read("deploy/debian/postinst"), read("deploy/debian/guerdon.toml"));
    assert_eq!(values(&unit, "ExecStart"), [format!("{} serve", installed("target/release/guerdon"))]);
    let config = installed("deploy/debian/guerdon.toml");
    assert_eq!(values(&ours, "Environment"), [format!("GUERDON_CONFIG={config}")]);
    assert_eq!(installed("deploy/debian/package.conf"), "/usr/lib/systemd/system/guerdon.service.d/package.conf");
    // The user of the unit is the one that is made, and reads the settings.
    assert_eq!((values(&ours, "User"), values(&ours, "Group")), (vec!["guerdon"], vec!["guerdon"]));
    assert_eq!(values(&ours, "DynamicUser"), ["no"]);
    assert!(postinst.contains("adduser --system --group") && postinst.contains("'Guerdon reward points' guerdon\n"));
    assert!(postinst.contains(&format!("chown root:guerdon {config}\n")), "{postinst}");
    // The folder of the data is that of the unit, of the scripts and of the settings.
    let data = values(&unit, "WorkingDirectory")[0];
    assert_eq!(format!("/var/lib/{}", values(&unit, "StateDirectory")[0]), data);
    assert!(postinst.contains(&format!("install -d -o guerdon -g guerdon -m 700 {data}\n")), "{postinst}");
    assert!(read("deploy/debian/postrm").contains(&format!("rmdir --ignore-fail-on-non-empty {data}\n")));
    let as_it_comes: Settings = toml::from_str(&settings).unwrap();
    as_it_comes.check().unwrap();
    assert_eq!(as_it_comes.database_url(), format!("sqlite://{data}/guerdon.db"));
    assert_eq!(as_it_comes.secret_file(), Path::new(data).join("guerdon.key"));
    // What is there to be put in is understood, too.
    for line in settings.lines().filter_map(|line| line.strip_prefix('#')).filter(|line| !line.starts_with(' ')) {
        toml::from_str::<Settings>(line).unwrap_or_else(|error| panic!("{line}: {error}")).check().unwrap();
    }
}
