//! `guerdon backup`

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{Failure, connect, output};
use crate::config::Settings;

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
        if url.starts_with("postgres") {
            self.dump(&url)?;
        } else {
            let path = self.file.to_str().ok_or_else(|| Failure::Input("Give a file name in UTF-8".to_owned()))?;
            app.db.copy_to(path).await.map_err(|error| Failure::because("Cannot write the copy", &error))?;
            restrict(&self.file)?;
            fs::File::open(&self.file)?.sync_all()?;
        }
        app.db.close().await;
        let size = fs::metadata(&self.file)?.len();
        output::line(&format!("Wrote {} ({size} bytes).", self.file.display()));
        Ok(())
    }

    /// Lets `pg_dump` write the copy. The password is not among its arguments, where every user could read it.
    fn dump(&self, url: &str) -> Result<(), Failure> {
        let (url, password) = without_password(url);
        let mut command = Command::new("pg_dump");
        command.arg("--format=custom").arg("--no-owner").arg("--file").arg(&self.file).arg("--dbname").arg(url);
        if let Some(password) = password {
            command.env("PGPASSWORD", password);
        }
        let status = command
            .status()
            .map_err(|error| Failure::because("Cannot run pg_dump; install PostgreSQL's client programs", &error))?;
        if !status.success() {
            return Err(Failure::Failed(format!("pg_dump ended with {status}")));
        }
        restrict(&self.file)
    }
}

/// Makes a file readable for its owner alone: it holds everything.
fn restrict(file: &Path) -> Result<(), Failure> {
    #[cfg(unix)]
    fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(())
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
