//! Settings: flags, then variables, then the file; and what `serve` refuses to begin with.

use std::{fs, os::unix::fs::PermissionsExt as _};

use guerdon::store::Backend;

use crate::common::{
    database::{TestDb, raw},
    on_both,
    program::Program,
};

/// A program in a folder of its own, on a database that is there only once a command made it.
fn program(folder: &tempfile::TempDir) -> (Program, String) {
    let url = format!("sqlite://{}/made.db", folder.path().display());
    (Program::at(&url), url)
}

fn tenants(program: &Program, more: &[&str]) -> usize {
    let arguments = [&["tenant", "list", "--json"], more].concat();
    program.json(&arguments).as_array().map_or(0, Vec::len)
}

#[test]
fn a_flag_goes_before_a_variable_and_that_before_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let url = |name: &str| format!("sqlite://{}/{name}.db", folder.path().display());
    let file = folder.path().join("guerdon.toml");
    fs::write(&file, format!("database_url = \"{}\"\nlog = \"off\"\n", url("file"))).unwrap();
    let file = file.display().to_string();
    let program = Program::at(&url("variable"));
    program.ok(&["tenant", "create", "one", "--name", "x"]);
    for id in ["one", "two"] {
        program.ok(&["tenant", "create", id, "--name", "x", "--database-url", &url("flag")]);
    }
    assert_eq!(tenants(&program, &["--config", &file]), 1);
    assert_eq!(tenants(&program, &["--config", &file, "--database-url", &url("flag")]), 2);
    assert!(!folder.path().join("file.db").exists());
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let (program, _) = program(&folder);
    let file = folder.path().join("guerdon.toml");
    let path = file.display().to_string();
    for (text, reason) in [
        (None, "Cannot read"),
        (Some("listn = \"x\""), "line 1: unknown field `listn`"),
        (Some("workers = 2\nlisten = 5"), "line 2"),
        (Some("workers = 0"), "line 1"),
        (Some("token_lifetime = 10"), "300 to 86400"),
        (Some("expiry_notice_days = [30, 0]"), "1 to 365"),
        (Some("trusted_proxies = [\"10.0.0.0/99\"]"), "10.0.0.0/99"),
        (Some("log_format = \"xml\""), "xml"),
    ] {
        if let Some(text) = text {
            fs::write(&file, text).unwrap();
        }
        let printed = program.run(&["migrate", "--config", &path]);
        assert_eq!(printed.code, Some(2), "{text:?}: {printed:?}");
        assert_eq!(printed.err.lines().count(), 1, "{}", printed.err);
        assert!(printed.err.contains(reason), "{text:?}: {}", printed.err);
    }
}

#[test]
fn settings_that_are_of_no_use_are_named() {
    let folder = tempfile::tempdir().unwrap();
    for (variable, value, reason) in [
        ("GUERDON_LISTEN", "nowhere", "--listen"),
        ("GUERDON_DATABASE_URL", "mysql://localhost", "sqlite:// or postgres://"),
        ("GUERDON_PUBLIC_URL", "points.example.com", "https://points.example.com"),
        ("GUERDON_LOG", "guerdon=louder", "log filter"),
        ("GUERDON_LOG_FORMAT", "xml", "--log-format"),
        ("GUERDON_WORKERS", "0", "--workers"),
        ("GUERDON_TOKEN_LIFETIME", "5", "300 to 86400"),
        ("GUERDON_EXPIRY_NOTICE_DAYS", "366", "1 to 365"),
        ("GUERDON_WEBHOOKS_ALLOW_PRIVATE", "perhaps", "--webhooks-allow-private"),
        ("GUERDON_TRUSTED_PROXIES", "10.0.0.0/8,x", "is no network"),
        ("GUERDON_ALLOW_UNSAFE_DATABASE", "perhaps", "--allow-unsafe-database"),
    ] {
        let program = program(&folder).0.with(variable, value);
        let printed = program.run(&["migrate"]);
        assert_eq!(printed.code, Some(2), "{variable}: {printed:?}");
        assert!(printed.err.contains(reason) && printed.err.lines().count() == 1, "{variable}: {}", printed.err);
    }
}

#[test]
fn the_machines_failures_are_told_apart_from_bad_input() {
    for (url, reason) in [
        ("sqlite:///nowhere/at/all/guerdon.db", "Cannot open the database"),
        ("postgres://guerdon@localhost:1/guerdon", "refused"),
    ] {
        let printed = Program::at(url).run(&["migrate"]);
        assert_eq!(printed.code, Some(1), "{printed:?}");
        assert!(printed.err.contains(reason) && printed.err.lines().count() == 1, "{}", printed.err);
    }
}

#[test]
fn the_database_is_its_owners_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (program, _) = program(&folder);
    program.ok(&["migrate"]);
    let mode = fs::metadata(folder.path().join("made.db")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_others_can_read_are_warned_about() {
    let folder = tempfile::tempdir().unwrap();
    let (program, _) = program(&folder);
    assert!(!program.serve().await.log().contains("Others can read"));
    for file in [folder.path().join("made.db"), program.folder().join("guerdon.key")] {
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    }
    let log = program.serve().await.log();
    for file in ["made.db", "guerdon.key"] {
        let told = log.lines().any(|line| line.contains("Others can read") && line.contains(&format!("{file}: ")));
        assert!(told, "{file}: {log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_file_is_served_once() {
    let db = TestDb::new(Backend::Sqlite).await;
    let program = Program::on(&db);
    let first = program.serve().await;
    let second = program.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!((second.code, second.out.as_str()), (Some(1), ""));
    assert!(second.err.contains("Another `guerdon serve`"), "{}", second.err);
    // Nor by another name of the same file.
    let link = program.folder().join("link.db");
    std::os::unix::fs::symlink(db.url().trim_start_matches("sqlite://"), &link).unwrap();
    let linked = Program::at(&format!("sqlite://{}", link.display())).run(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(linked.err.contains("Another `guerdon serve`"), "{linked:?}");
    assert!(first.stop().success());
    program.serve().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_may_lose_writes_is_not_served() {
    let db = TestDb::new(Backend::Postgres).await;
    let unsafe_settings = guerdon::service::health::unsafe_settings(&db).await.unwrap();
    assert!(unsafe_settings.contains(&"fsync=off".to_owned()), "the tests' server runs with fsync=off");
    let printed = Program::at(db.url()).run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!((printed.code, printed.out.as_str()), (Some(1), ""));
    assert!(printed.err.contains("fsync=off"), "{}", printed.err);
}

on_both! {
    async fn a_newer_schema_is_refused(db) {
        let mut tx = db.begin().await.unwrap();
        let sql = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (999999, 'of the future', TRUE, ";
        let sql = match db.backend() {
            Backend::Sqlite => format!("{sql} x'00', 0)"),
            Backend::Postgres => format!("{sql} '\\x00', 0)"),
        };
        tx.query(raw(sql)).run().await.unwrap();
        tx.commit().await.unwrap();
        let program = Program::on(db);
        for arguments in [vec!["serve", "--listen", "127.0.0.1:0"], vec!["migrate"], vec!["tenant", "list"]] {
            let printed = program.run(&arguments);
            assert_eq!((printed.code, printed.out.as_str()), (Some(1), ""), "{arguments:?}");
            assert!(printed.err.contains("made by a newer Guerdon"), "{}", printed.err);
        }
    }

    async fn metrics_can_have_a_listener_of_their_own(db) {
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap();
        drop(taken);
        let program = Program::on(db).with("GUERDON_METRICS_LISTEN", &address.to_string());
        let server = program.serve().await;
        let metrics = reqwest::get(format!("http://{address}/metrics")).await.unwrap();
        assert!(metrics.text().await.unwrap().contains("guerdon_clock_drift_milliseconds"));
        assert_eq!(reqwest::get(server.url("/metrics")).await.unwrap().status(), 404);
    }

    async fn another_secret_key_is_warned_about(db) {
        let program = Program::on(db);
        assert!(!program.serve().await.log().contains("is not the one"));
        assert!(!program.serve().await.log().contains("is not the one"));
        // Another folder, and so another key.
        assert!(Program::on(db).serve().await.log().contains("is not the one"));
    }

    async fn the_log_can_be_json(db) {
        let program = Program::on(db).with("GUERDON_LOG_FORMAT", "json");
        let server = program.serve().await;
        reqwest::get(server.url("/reward-points/customer/C1?siteCode=secret")).await.unwrap();
        assert!(server.stop().success());
        let log = server.log();
        let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(lines.iter().any(|line| line["response.status"] == 404 || line["response.status"] == 401), "{log}");
        assert!(!log.contains("C1") && !log.contains("secret"), "{log}");
    }
}

#[test]
fn the_help_of_a_command_shows_the_settings_that_it_reads() {
    let folder = tempfile::tempdir().unwrap();
    let (program, _) = program(&folder);
    let common = ["--config", "--database-url", "--log", "--log-format"];
    let servers = ["--listen", "--public-url", "--workers", "--drain-seconds", "--otlp-endpoint", "--trusted-proxies"];
    for (command, reads_database, reads_key, serves) in [
        ("", true, true, true),
        ("serve", true, true, true),
        ("demo", true, true, true),
        ("migrate", true, false, false),
        ("verify", true, false, false),
        ("expire", true, false, false),
        ("backup", true, false, false),
        ("import", true, false, false),
        ("export", true, false, false),
        ("site set", true, false, false),
        ("tenant create", true, false, false),
        ("user", true, false, false),
        ("user create", true, false, false),
        ("client create", true, false, false),
        ("token customer", true, false, false),
        ("secrets rotate", true, true, false),
        ("secrets status", true, true, false),
        ("openapi", false, false, false),
    ] {
        let mut arguments: Vec<&str> = command.split_whitespace().collect();
        arguments.push("--help");
        let help = program.ok(&arguments);
        let shows = |flag: &str| help.split_whitespace().any(|word| word == flag);
        for flag in common {
            assert_eq!(shows(flag), reads_database, "{command} {flag}: {help}");
        }
        assert_eq!(shows("--secret-file"), reads_key, "{command}: {help}");
        for flag in servers {
            assert_eq!(shows(flag), serves, "{command} {flag}: {help}");
        }
    }
}

#[test]
fn settings_that_a_command_does_not_read_are_let_pass() {
    let folder = tempfile::tempdir().unwrap();
    let (program, url) = program(&folder);
    let program = program.with("GUERDON_PUBLIC_URL", "https://points.example.com");
    for arguments in [
        &["tenant", "create", "one", "--name", "x", "--listen", "127.0.0.1:1"][..],
        &["--workers", "2", "tenant", "create", "two", "--name", "x", "--database-url", &url],
        &["tenant", "--trusted-proxies", "10.0.0.0/8", "create", "three", "--name", "x"],
    ] {
        program.ok(arguments);
    }
    assert_eq!(tenants(&program, &[]), 3);
    // What is not understood is refused as everywhere.
    let printed = program.run(&["verify", "--listen", "nowhere"]);
    assert_eq!(printed.code, Some(2), "{printed:?}");
}
