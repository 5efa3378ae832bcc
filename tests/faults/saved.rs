//! Backups that are made while clients write: what was acknowledged before is in them, and nothing is half there.

use std::{fs, path::Path, process::Command};

use guerdon::store::Backend;

use crate::{
    common::{cluster::Cluster, database::TestDb, program::Program},
    history::{Operation, Outcome, judge},
    rounds, seed,
    shop::{Scene, Shop},
    writes,
};

/// What a backup has to agree with: what was acknowledged before it was begun is there, and of what was asked for until
/// it ended anything may be there.
fn as_of(before: Vec<(Operation, Outcome)>, until: Vec<(Operation, Outcome)>) -> Vec<(Operation, Outcome)> {
    let mut history: std::collections::BTreeMap<_, _> =
        until.into_iter().map(|(operation, outcome)| (operation.mark.clone(), (operation, later(&outcome)))).collect();
    for (operation, outcome) in before {
        history.insert(operation.mark.clone(), (operation, outcome));
    }
    history.into_values().collect()
}

/// What is acknowledged after a backup was begun may be in it.
fn later(outcome: &Outcome) -> Outcome {
    match outcome {
        Outcome::Refused => Outcome::Refused,
        Outcome::Acknowledged(_) | Outcome::Unknown => Outcome::Unknown,
    }
}

/// Lets `save` make a backup while clients write. Returns what it has to agree with.
async fn save(shop: &Shop, save: impl FnOnce()) -> Vec<(Operation, Outcome)> {
    let fault = async || {
        let before = shop.history.all();
        tokio::task::block_in_place(save);
        as_of(before, shop.history.all())
    };
    shop.under_load(writes(100), fault).await.0
}

/// The restored database is right, and serves.
async fn is_right(restored: &Program, url: &str, history: &[(Operation, Outcome)]) {
    judge(history, url).await;
    let report = restored.json(&["verify", "--json"]);
    assert_eq!((&report["ok"], &report["problems"]), (&serde_json::json!(true), &serde_json::json!([])));
    let server = restored.serve().await;
    assert!(server.stop().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_made_under_load_is_restored_on_sqlite() {
    let db = TestDb::new(Backend::Sqlite).await;
    let scene = Scene::set(Program::on(&db), db.url(), seed()).await;
    for round in 0..rounds(1) {
        let file = scene.program.folder().join(format!("copy-{round}.db"));
        let path = file.to_str().unwrap();
        let history = save(&scene.shop, || drop(scene.program.ok(&["backup", path]))).await;
        // As `docs/operating.md` says: the copy takes the place of the database, whose log goes with it.
        let place = tempfile::tempdir().unwrap();
        let restored = place.path().join("guerdon.db");
        fs::rename(&file, &restored).unwrap();
        let url = format!("sqlite://{}", restored.display());
        is_right(&Program::at(&url), &url, &history).await;
    }
    scene.settle().await;
    scene.shop.tell("backups by `guerdon backup`");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_and_a_base_backup_made_under_load_are_restored_on_postgres() {
    let cluster = Cluster::start();
    let scene = Scene::set(Program::at(&cluster.url()), &cluster.url(), seed()).await;
    for round in 0..rounds(1) {
        let file = scene.program.folder().join(format!("copy-{round}.dump"));
        let path = file.to_str().unwrap();
        let history = save(&scene.shop, || drop(scene.program.ok(&["backup", path]))).await;
        let name = format!("restored_{round}");
        cluster.sql(&[&format!("CREATE DATABASE {name}")]).await;
        let url = cluster.url_of(&name);
        restore(&file, &url);
        is_right(&Program::at(&url), &url, &history).await;

        let mut copy = None;
        let history = save(&scene.shop, || copy = Some(Cluster::copy_of(&cluster, &["--wal-method=stream"]))).await;
        let copy = copy.unwrap();
        copy.begin();
        is_right(&Program::at(&copy.url()), &copy.url(), &history).await;
    }
    scene.settle().await;
    scene.shop.tell("backups by `guerdon backup` with pg_dump, and by pg_basebackup");
}

/// As `docs/operating.md` says.
fn restore(file: &Path, url: &str) {
    let restore = ["--no-owner", "--exit-on-error", "--single-transaction", "--dbname", url];
    let output = Command::new("pg_restore").args(restore).arg(file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_does_not_fit_leaves_no_file() {
    let db = TestDb::new(Backend::Sqlite).await;
    let program = Program::on(&db);
    program.ok(&["tenant", "create", "acme", "--name", "Acme"]);
    let disk = crate::disk::SmallDisk::new("100k");
    let file = disk.path().join("copy.db");
    let failed = program.run(&["backup", file.to_str().unwrap()]);
    assert_eq!(failed.code, Some(1), "{failed:?}");
    let left: Vec<_> = fs::read_dir(disk.path()).unwrap().map(|file| file.unwrap().path()).collect();
    assert!(left.is_empty(), "{left:?}");
}
