//! `guerdon demo`

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{Failure, failure, output, progress, serve};
use crate::{
    clock::{Clock as _, SystemClock},
    config::Settings,
    demo::{self, PASSWORD, SIGN_INS, TENANT},
    store::Db,
};

/// Where the demo is kept when no database is named.
const DATABASE_URL: &str = "sqlite://guerdon-demo.db";

/// Try Guerdon out: make a demo shop with a year of customers, serve it, and print the sign-ins
///
/// The demo has a database of its own, guerdon-demo.db in this folder, and is there again the next time. Delete the
/// file, or say --fresh, to begin anew.
#[derive(Debug, clap::Args)]
pub(super) struct Demo {
    /// Make the demo anew, and forget what was done in it
    #[arg(long)]
    fresh: bool,
    /// How many customers the shop has when it is made
    #[arg(long, value_name = "N", default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    customers: u32,
}

impl Demo {
    pub(super) async fn run(self, mut settings: Settings) -> Result<(), Failure> {
        if settings.listen().ip().is_loopback() {
            // Whoever tries it out has a receiver on this machine, too, and nobody else can reach it.
            settings.webhooks_allow_private.get_or_insert(true);
        }
        let url = settings.database_url.get_or_insert_with(|| DATABASE_URL.to_owned()).clone();
        match file_of(&url) {
            Some(file) => self.prepare_file(&file, &settings).await?,
            None => self.prepare_server(&url, &settings).await?,
        }
        serve::serve(settings, |address| {
            let base = format!("http://{address}");
            output::line("");
            output::line(&format!("The back office of Alpenglow Outfitters is at {base}/admin/{TENANT}"));
            output::line("Sign in as one of these:");
            output::line("");
            for sign_in in &SIGN_INS {
                let role = sign_in.role.map_or("operator", crate::domain::role::Role::as_str);
                output::line(&format!("  {:<28} {PASSWORD}   {role}", sign_in.email));
            }
            output::line("");
            output::line(&format!("The API is described at {base}/docs/api. Stop with Ctrl-C."));
        })
        .await
    }

    /// Makes the file under another name first, so that one left half done is never taken for the demo.
    async fn prepare_file(&self, file: &Path, settings: &Settings) -> Result<(), Failure> {
        if self.fresh {
            for suffix in ["", "-wal", "-shm"] {
                remove(&with_suffix(file, suffix))?;
            }
        }
        if file.exists() {
            return Ok(());
        }
        let unfinished = with_suffix(file, ".unfinished");
        for suffix in ["", "-wal", "-shm"] {
            remove(&with_suffix(&unfinished, suffix))?;
        }
        let url = format!("sqlite://{}", unfinished.display());
        let db = Db::connect_unsynced(&url).await?;
        self.fill(&db, settings).await?;
        db.close().await;
        fs::File::open(&unfinished)?.sync_all()?;
        Ok(fs::rename(&unfinished, file)?)
    }

    async fn prepare_server(&self, url: &str, settings: &Settings) -> Result<(), Failure> {
        if self.fresh {
            return Err(Failure::Input("--fresh is for the demo's own file: drop the database yourself".to_owned()));
        }
        let db = Db::connect(url).await.map_err(|error| Failure::because("Cannot open the database", &error))?;
        db.migrate().await.map_err(|error| failure::migration(&error))?;
        if !demo::is_there(&db).await.map_err(failed)? {
            self.fill(&db, settings).await?;
        }
        db.close().await;
        Ok(())
    }

    async fn fill(&self, db: &Db, settings: &Settings) -> Result<(), Failure> {
        db.migrate().await.map_err(|error| failure::migration(&error))?;
        output::line(&format!(
            "Making the demo: more than a year in the life of a shop with {} customers",
            self.customers
        ));
        let bar = progress::bar(u64::from(demo::DAYS), "days");
        let size = usize::try_from(self.customers).unwrap_or(usize::MAX);
        let day_is_over = |day| bar.set_position(u64::from(day));
        let secret = serve::secret_key(settings)?;
        demo::make(db, settings.clone(), secret, size, SystemClock.now(), &day_is_over).await.map_err(failed)?;
        bar.finish_and_clear();
        Ok(())
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn failed(error: anyhow::Error) -> Failure {
    Failure::Failed(format!("Cannot make the demo: {error:#}"))
}

/// The file of a SQLite address.
fn file_of(url: &str) -> Option<PathBuf> {
    let rest = url.strip_prefix("sqlite:")?;
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    Some(PathBuf::from(rest.split('?').next().unwrap_or(rest)))
}

fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.to_path_buf().into_os_string();
    name.push(suffix);
    PathBuf::from(name)
}

fn remove(file: &Path) -> Result<(), Failure> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Failure::because(format!("Cannot delete {}", file.display()), &error))
        }
        _ => Ok(()),
    }
}
