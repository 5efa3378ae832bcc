//! The real program: its commands, and its server as a process of its own, on a database of the test's own.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    sync::Mutex,
    time::Duration,
};

use guerdon::store::Backend;
use serde_json::Value;
use tempfile::TempDir;

use super::{database::TestDb, wait};

/// A folder to run in, and the settings of the installation that the commands work on.
pub(crate) struct Program {
    folder: TempDir,
    variables: Vec<(&'static str, String)>,
}

/// How a command ended and what it printed.
#[derive(Debug)]
pub(crate) struct Printed {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Program {
    /// The program on the test's database.
    pub(crate) fn on(db: &TestDb) -> Self {
        let program = Self::at(db.url());
        match db.backend() {
            Backend::Sqlite => program,
            // The server of the tests keeps nothing on disk in time, which `serve` refuses.
            Backend::Postgres => program.with("GUERDON_ALLOW_UNSAFE_DATABASE", "true"),
        }
    }

    /// The program on the database with this address.
    pub(crate) fn at(url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("guerdon.key").display().to_string();
        let variables = vec![("GUERDON_DATABASE_URL", url.to_owned()), ("GUERDON_SECRET_FILE", secret)];
        Self { folder, variables }
    }

    /// The same with one more setting.
    pub(crate) fn with(mut self, variable: &'static str, value: &str) -> Self {
        self.variables.push((variable, value.to_owned()));
        self
    }

    /// The folder that the commands run in.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The settings, for a script that calls the program itself.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        self.variables.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// A command, which sees nothing of the environment of the tests.
    fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guerdon"));
        command.args(arguments).current_dir(&self.folder).env_clear().env("RUST_BACKTRACE", "1");
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs a command to its end, with `input` as what is typed.
    pub(crate) fn run_with(&self, arguments: &[&str], input: &str) -> Printed {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A command that does not read what is typed may be gone by now.
        let _ = child.stdin.take().map(|mut stdin| stdin.write_all(input.as_bytes()));
        let output = child.wait_with_output().unwrap();
        Printed {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Printed {
        self.run_with(arguments, "")
    }

    /// Runs a command that must succeed.
    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        let printed = self.run(arguments);
        assert_eq!(printed.code, Some(0), "guerdon {}: {printed:?}", arguments.join(" "));
        printed.out
    }

    /// Runs a command that must succeed and print JSON.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let out = self.ok(arguments);
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("guerdon {}: {error}: {out}", arguments.join(" ")))
    }

    /// Starts `guerdon serve` on a free port and waits until it is ready.
    pub(crate) async fn serve(&self) -> Server {
        self.serve_at("127.0.0.1:0").await
    }

    /// The same on this address, such as that of a server that died.
    pub(crate) async fn serve_at(&self, listen: &str) -> Server {
        let server = self.begin_serving(listen, &[]);
        server.ready().await;
        server
    }

    /// Starts `guerdon serve` with more settings, and returns once it listens; it may not be ready.
    pub(crate) fn begin_serving(&self, listen: &str, more: &[(&str, &str)]) -> Server {
        let log = self.folder.path().join("serve.log");
        let mut command = self.command(["serve", "--listen", listen]);
        command.envs(more.iter().copied());
        let appended = File::options().create(true).append(true).open(&log).unwrap();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(appended).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let Some(base) = line.trim().strip_prefix("Listening on ") else {
            let _ = child.kill();
            panic!("guerdon serve does not start: {line}{}", fs::read_to_string(&log).unwrap());
        };
        Server { base: base.to_owned(), child: Mutex::new(child), log, _out: out }
    }
}

/// `guerdon serve`, running; killed when dropped.
pub(crate) struct Server {
    base: String,
    child: Mutex<Child>,
    log: PathBuf,
    /// Closed, it would make the next line that the server prints an error.
    _out: BufReader<ChildStdout>,
}

impl Server {
    /// The address of a path on this server.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// What it has logged up to now.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// Waits until it can work.
    pub(crate) async fn ready(&self) {
        let ready = self.url("/health/ready");
        wait::until("the server is ready", Duration::from_secs(20), async || {
            reqwest::get(&ready).await.is_ok_and(|answer| answer.status().is_success()).then_some(())
        })
        .await;
    }

    /// Ends it in an instant, as `kill -9` does.
    pub(crate) fn kill(&self) {
        let mut child = self.child.lock().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Where it listens, to be given to [`Program::serve_at`] when it is gone.
    pub(crate) fn listen(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    /// Asks it to stop, as a service manager does, and waits for its end.
    pub(crate) fn stop(&self) -> ExitStatus {
        self.signal("TERM");
        self.child.lock().unwrap().wait().unwrap()
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.id().to_string();
        let sent = Command::new("kill").args([&format!("-{name}"), &id]).status().unwrap();
        assert!(sent.success());
    }

    /// The number of its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.lock().unwrap().id()
    }

    /// Waits until it has ended by itself.
    pub(crate) async fn ended(&self) -> ExitStatus {
        wait::until("the server has ended", Duration::from_secs(40), async || {
            self.child.lock().unwrap().try_wait().unwrap()
        })
        .await
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Ok(child) = self.child.get_mut() {
            let _ = child.kill();
            let _ = child.wait();
        }
        if std::thread::panicking() {
            eprintln!("The log of `guerdon serve`:\n{}", fs::read_to_string(&self.log).unwrap_or_default());
        }
    }
}
