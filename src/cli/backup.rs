//! `guerdon backup`

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{Failure, connect, output};
use crate::{app::App, config::Settings};

/// Copy the database to a file, while the server runs
///
/// The copy holds everything that was acknowledged before it began, and is whole. SQLite: the file is a database like
/// the other; to restore, stop the server and put it in its place. PostgreSQL: `pg_dump` writes its custom format; to
/// restore, make an empty database and run `pg_restore`. Keep the secret key (guerdon.key) with it, but not beside it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  guerdon backup /var/backups/guerdon-$(date +%F).db\n  \
    GUERDON_DATABASE_URL=postgres://... guerdon backup /var/backups/guerdon.dump\n  \
    pg_restore --dbname=postgres://... /var/backups/guerdon.dump")]
pub(super) struct Backup {
    /// The file to write; it must not exist yet
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Backup {
    pub(super) async fn run(self, settings: Settings) -> Result<(), Failure> {
        if self.file.exists() {
            return Err(Failure::Input(format!("{} exists already: choose another file", self.file.display())));
        }
        let url = settings.database_url().to_owned();
        let app = connect(settings).await?;
        // It gets its name when it is whole, so that what a full disk cut off is never taken for a backup.
        let mut name = self.file.as_os_str().to_owned();
        name.push(".unfinished");
        let unfinished = PathBuf::from(name);
        if unfinished.exists() {
            fs::remove_file(&unfinished)?;
        }
        make_private(&unfinished)?;
        let copied = self.copy(&app, &url, &unfinished).await;
        app.db.close().await;
        if let Err(failure) = copied {
            let _ = fs::remove_file(&unfinished);
            return Err(failure);
        }
        let size = fs::metadata(&self.file)?.len();
        output::line(&format!("Wrote {} ({size} bytes).", self.file.display()));
        Ok(())
    }

    async fn copy(&self, app: &App, url: &str, unfinished: &Path) -> Result<(), Failure> {
        if url.starts_with("postgres") {
            dump(url, unfinished)?;
        } else {
            let path = unfinished.to_str().ok_or_else(|| Failure::Input("Give a file name in UTF-8".to_owned()))?;
            app.db.copy_to(path).await.map_err(|error| Failure::because("Cannot write the copy", &error))?;
        }
        fs::File::open(unfinished)?.sync_all()?;
        fs::rename(unfinished, &self.file)?;
        let folder = self.file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Ok(fs::File::open(folder)?.sync_all()?)
    }
}

/// Lets `pg_dump` write the copy. The password is not among its arguments, where every user could read it.
fn dump(url: &str, file: &Path) -> Result<(), Failure> {
    let (url, password) = without_password(url);
    let mut command = Command::new("pg_dump");
    command.arg("--format=custom").arg("--no-owner").arg("--file").arg(file).arg("--dbname").arg(url);
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    let status = command
        .status()
        .map_err(|error| Failure::because("Cannot run pg_dump; install PostgreSQL's client programs", &error))?;
    if !status.success() {
        return Err(Failure::Failed(format!("pg_dump ended with {status}")));
    }
    Ok(())
}

/// Makes an empty file that is readable for its owner alone, into which the copy is written: it holds everything, and
/// nobody else gets to read it while it grows.
fn make_private(file: &Path) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop)
}

/// A PostgreSQL address without its password, and the password.
fn without_password(url: &str) -> (String, Option<String>) {
    let parts = url.split_once("://").and_then(|(scheme, rest)| {
        let (user, rest) = rest.split_once('@')?;
        let (name, password) = user.split_once(':')?;
        let password = percent_encoding::percent_decode_str(password).decode_utf8().ok()?.into_owned();
        Some((format!("{scheme}://{name}@{rest}"), Some(password)))
    });
    parts.unwrap_or_else(|| (url.to_owned(), None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_taken_out() {
        let (url, password) = without_password("postgres://me:a%40b@db.example:5432/points?sslmode=require");
        assert_eq!(url, "postgres://me@db.example:5432/points?sslmode=require");
        assert_eq!(password.as_deref(), Some("a@b"));
        assert_eq!(without_password("postgres://me@/points?host=/tmp").1, None);
    }
}
