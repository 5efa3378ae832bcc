//! A disk that is full, and is not any more.

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use reqwest::Method;
use tempfile::TempDir;

use crate::{
    common::{cluster::Cluster, program::Program, wait},
    history::{Ask, By, Operation, Outcome},
    rounds, seed,
    shop::Scene,
    writes,
};

/// A small filesystem of its own, in memory; unmounted when dropped.
pub(crate) struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    /// # Panics
    /// When nothing can be mounted: a full disk is never skipped in silence.
    pub(crate) fn new(size: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("guerdon-disk.").tempdir_in("/tmp").unwrap();
        let options = format!("size={size},mode=0777");
        let mount = ["mount", "-t", "tmpfs", "-o", &options, "guerdon-tests"];
        // Root may; others may where sudo lets them, as on the machines of CI.
        let mounted = [&mount[..], &[&["sudo", "-n"][..], &mount[..]].concat()].into_iter().any(|command| {
            let mut words = command.iter();
            let output = Command::new(words.next().unwrap()).args(words).arg(folder.path()).output();
            output.is_ok_and(|output| output.status.success())
        });
        assert!(mounted, "no small filesystem can be mounted: run the tests as root, or as somebody who may use sudo");
        Self { folder }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    fn ballast(&self) -> PathBuf {
        self.path().join("ballast")
    }

    /// Fills it to the last byte.
    fn fill(&self) {
        let mut file = File::options().create(true).append(true).open(self.ballast()).unwrap();
        let page = [0; 4096];
        while file.write_all(&page).is_ok() {}
    }

    fn empty(&self) {
        fs::remove_file(self.ballast()).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let path = self.path().to_owned();
        for command in [&["umount", "-l"][..], &["sudo", "-n", "umount", "-l"][..]] {
            let output = Command::new(command[0]).args(&command[1..]).arg(&path).output();
            if output.is_ok_and(|output| output.status.success()) {
                return;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_writes_and_loses_none_on_sqlite() {
    let disk = SmallDisk::new("40m");
    let url = format!("sqlite://{}/guerdon.db", disk.path().display());
    fill_up(&disk, Program::at(&url), &url, None, rounds(2)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_writes_and_loses_none_on_postgres() {
    let disk = SmallDisk::new("140m");
    // A short log, so that it is not the log alone that finds no room.
    let settings = "max_connections = 60\nmin_wal_size = 4MB\nmax_wal_size = 24MB";
    let data = disk.path().join("data");
    let cluster = Cluster::start_with(Some(data), &["--wal-segsize=1"], settings);
    let url = cluster.url();
    fill_up(&disk, Program::at(&url), &url, Some(&cluster), rounds(1)).await;
    // Before the disk that it runs on.
    drop(cluster);
}

/// Fills the disk under load and makes room again; every other time the server is killed meanwhile.
async fn fill_up(disk: &SmallDisk, program: Program, url: &str, cluster: Option<&Cluster>, rounds: usize) {
    let mut scene = Scene::set(program, url, seed()).await;
    for round in 0..rounds {
        let shop = std::sync::Arc::clone(&scene.shop);
        let fault = async || {
            disk.fill();
            let mut number = 0;
            wait::until("writes are refused", Duration::from_secs(20), async || {
                // The log that is there already takes some more.
                disk.fill();
                number += 1;
                let ask = Ask::Add { customer: "C1".to_owned(), points: 1, by: By::Id };
                let operation = Operation { mark: format!("full-{round}-{number}"), ask };
                (shop.ask(operation).await == Outcome::Unknown).then_some(())
            })
            .await;
            // What is there can be read; PostgreSQL may have stopped for lack of room for its log.
            if cluster.is_none_or(Cluster::runs) {
                let read = shop.request(Method::GET, "/reward-points/customer/C1").send().await.unwrap();
                assert!(cluster.is_some() || read.status() == 200, "{}", read.text().await.unwrap());
            }
            if round % 2 == 1 {
                scene.server.kill();
            }
            disk.empty();
            if let Some(cluster) = cluster.filter(|cluster| !cluster.runs()) {
                cluster.begin();
            }
            if round % 2 == 1 {
                scene.serve_again().await;
            }
        };
        shop.under_load(writes(100), fault).await;
        scene.settle().await;
    }
    scene.shop.tell("a full disk");
}
