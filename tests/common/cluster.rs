//! A PostgreSQL of the test's own that keeps its promises (`fsync` and all), and can be made to crash.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};
use tempfile::TempDir;

/// A running PostgreSQL, in a temporary folder and reached through a socket there; stopped and removed when dropped.
pub(crate) struct Cluster {
    folder: TempDir,
    programs: PathBuf,
    /// Where the data are, when not in the folder.
    elsewhere: Option<PathBuf>,
}

impl Cluster {
    /// Makes and starts one.
    pub(crate) fn start() -> Self {
        Self::start_with(None, &[], "max_connections = 60")
    }

    /// The same with its data elsewhere, such as on a small disk, made in this way and with these settings.
    pub(crate) fn start_with(data: Option<PathBuf>, how: &[&str], settings: &str) -> Self {
        let mut cluster = Self::in_folder();
        cluster.elsewhere = data;
        let data = cluster.data();
        let make = ["--pgdata", &data, "--username=guerdon", "--auth=trust", "--encoding=UTF8", "--no-sync"];
        cluster.run("initdb", &[&make, how].concat());
        cluster.set(settings);
        cluster.begin();
        cluster
    }

    /// Whether its main process is there.
    pub(crate) fn runs(&self) -> bool {
        let program = self.programs.join("pg_ctl");
        let mut command = if is_root() { Command::new("runuser") } else { Command::new(&program) };
        if is_root() {
            command.args(["-u", "postgres", "--"]).arg(&program);
        }
        command.args(["status", "--silent", "--pgdata", &self.data()]).current_dir(self.folder.path());
        command.output().unwrap().status.success()
    }

    /// Makes and starts a standby of another one, which streams what is written there.
    pub(crate) fn standby_of(primary: &Self) -> Self {
        let standby = Self::copy_of(primary, &["--write-recovery-conf"]);
        standby.begin();
        standby
    }

    /// A copy of another one that runs, made with `pg_basebackup`; not started yet.
    pub(crate) fn copy_of(running: &Self, how: &[&str]) -> Self {
        let cluster = Self::in_folder();
        let (host, data) = (running.folder.path().display().to_string(), cluster.data());
        let copy = ["--host", &host, "--username=guerdon", "--pgdata", &data, "--checkpoint=fast", "--no-sync"];
        cluster.run("pg_basebackup", &[&copy, how].concat());
        cluster.set("");
        cluster
    }

    fn in_folder() -> Self {
        // Short, because a socket's path is at most 107 characters.
        let folder = tempfile::Builder::new().prefix("guerdon-test.").tempdir_in("/tmp").unwrap();
        let cluster = Self { folder, programs: programs(), elsewhere: None };
        if is_root() {
            let given = Command::new("chown").arg("postgres").arg(cluster.folder.path()).status().unwrap();
            assert!(given.success(), "there is no user `postgres` to run PostgreSQL as");
        }
        cluster
    }

    /// Appends settings; of one that stands there twice the last counts.
    fn set(&self, settings: &str) {
        let own = format!("\nlisten_addresses = ''\nunix_socket_directories = '{}'\n", self.folder.path().display());
        let file = Path::new(&self.data()).join("postgresql.conf");
        let before = fs::read_to_string(&file).unwrap();
        fs::write(&file, format!("{before}{own}{settings}\n")).unwrap();
    }

    /// Runs statements on its one database, each by itself.
    pub(crate) async fn sql(&self, statements: &[&str]) {
        let mut connection = PgConnection::connect(&self.url()).await.unwrap();
        for statement in statements {
            connection.execute(AssertSqlSafe((*statement).to_owned())).await.unwrap();
        }
        connection.close().await.unwrap();
    }

    /// Whether a query answers `true`.
    pub(crate) async fn says(&self, query: &str) -> bool {
        let mut connection = PgConnection::connect(&self.url()).await.unwrap();
        let row = connection.fetch_one(AssertSqlSafe(query.to_owned())).await.unwrap();
        row.get(0)
    }

    /// Makes a primary of a standby.
    pub(crate) fn promote(&self) {
        self.run("pg_ctl", &["promote", "--silent", "--wait", "--pgdata", &self.data()]);
    }

    /// The socket that it listens on.
    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.path().join(".s.PGSQL.5432")
    }

    /// The address of another database on it.
    pub(crate) fn url_of(&self, database: &str) -> String {
        self.url().replace("/postgres?", &format!("/{database}?"))
    }

    /// The address of its one database.
    pub(crate) fn url(&self) -> String {
        format!("postgres://guerdon@localhost/postgres?host={}", self.folder.path().display())
    }

    /// Ends every process of it at once, without a checkpoint or a word to its clients.
    pub(crate) fn crash(&self) {
        self.run("pg_ctl", &["stop", "--silent", "--mode=immediate", "--pgdata", &self.data()]);
    }

    /// Starts it again: it recovers from its log what was committed.
    pub(crate) fn begin(&self) {
        let log = self.folder.path().join("postgres.log").display().to_string();
        self.run("pg_ctl", &["start", "--silent", "--wait", "--pgdata", &self.data(), "--log", &log]);
    }

    fn data(&self) -> String {
        let data = self.elsewhere.clone().unwrap_or_else(|| self.folder.path().join("data"));
        data.display().to_string()
    }

    /// Runs one of PostgreSQL's programs, which refuse to run as root.
    fn run(&self, program: &str, arguments: &[&str]) {
        let program = self.programs.join(program);
        let mut command = if is_root() { Command::new("runuser") } else { Command::new(&program) };
        if is_root() {
            command.args(["-u", "postgres", "--"]).arg(&program);
        }
        // Output of `pg_ctl start` is inherited by the server: it must not be a pipe that somebody waits on.
        let said = self.folder.path().join("said.txt");
        let file = fs::File::create(&said).unwrap();
        let status = command
            .args(arguments)
            .current_dir(self.folder.path())
            .stdout(file.try_clone().unwrap())
            .stderr(file)
            .status()
            .unwrap();
        assert!(status.success(), "{}: {}", program.display(), fs::read_to_string(said).unwrap());
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if Path::new(&self.data()).join("postmaster.pid").exists() {
            self.crash();
        }
    }
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().unwrap();
    output.stdout == b"0\n"
}

/// The folder of the newest PostgreSQL server programs; Debian keeps them out of the PATH.
fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|version| version.path());
    let debian = versions.filter(|version| version.join("bin/initdb").exists());
    let newest = debian.max_by_key(|version| {
        let name = version.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.parse::<u32>().unwrap_or_default()
    });
    let path = std::env::var_os("PATH").unwrap_or_default();
    newest
        .map(|version| version.join("bin"))
        .or_else(|| std::env::split_paths(&path).find(|folder| folder.join("initdb").exists()))
        .expect("PostgreSQL's server programs are missing: run `scripts/test`, which installs them")
}
