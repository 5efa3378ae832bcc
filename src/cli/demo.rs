//! `guerdon demo`

use std::{
    fs,
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
};

use super::{Failure, failure, output, progress, serve};
use crate::{
    app::App,
    clock::{Clock as _, SystemClock},
    config::Settings,
    demo::{self, PASSWORD, SIGN_INS, TENANT},
    demo_shop, server,
    store::Db,
};

/// Where the demo is kept when no database is named.
const DATABASE_URL: &str = "sqlite://guerdon-demo.db";

/// Try Guerdon out: make a demo shop with a year of customers, serve it, and print the sign-ins
///
/// Beside the back office a small shop is served, which is a client of Guerdon: buy, collect and redeem there.
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
    /// Address and port of the shop [default: the port after that of --listen, or any that is free]
    #[arg(long, value_name = "ADDRESS")]
    shop_listen: Option<SocketAddr>,
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
        let wanted = self.shop_listen;
        serve::serve(settings, async move |app, address| {
            let shop = open_shop(app, address, wanted).await?;
            let base = format!("http://{address}");
            output::line("");
            output::line(&format!("The back office of Alpenglow Outfitters is at {base}/admin/{TENANT}"));
            output::line("Sign in there as one of these:");
            output::line("");
            for sign_in in &SIGN_INS {
                let role = sign_in.role.map_or("operator", crate::domain::role::Role::as_str);
                output::line(&format!("  {:<28} {PASSWORD}   {role}", sign_in.email));
            }
            output::line("");
            output::line(&format!("Its shop, in which customers buy, collect and redeem, is at http://{shop}"));
            output::line(&format!("The API is described at {base}/docs/api. Stop with Ctrl-C."));
            Ok(())
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

/// Opens the shop beside Guerdon, which is served at `address`; answers where it is.
async fn open_shop(app: &App, address: SocketAddr, wanted: Option<SocketAddr>) -> Result<SocketAddr, Failure> {
    let listener = shop_listener(address, wanted)?;
    let shop = listener.local_addr()?;
    let here = |ip: IpAddr| if ip.is_unspecified() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { ip };
    let told = SocketAddr::new(here(shop.ip()), shop.port());
    let origins = [format!("http://{told}"), format!("http://localhost:{}", shop.port())];
    let client = demo::equip_shop(app, demo_shop::SCOPES, &origins).await.map_err(failed)?;
    let plan = demo_shop::Plan {
        api: format!("http://{}", SocketAddr::new(here(address.ip()), address.port())),
        public_url: app.settings.public_url.clone(),
        tenant: client.tenant.to_owned(),
        client_id: client.client_id,
        client_secret: client.client_secret,
    };
    app.tasks.spawn(demo_shop::serve(plan, listener, app.stopping.clone())?);
    Ok(told)
}

fn shop_listener(guerdon: SocketAddr, wanted: Option<SocketAddr>) -> Result<TcpListener, Failure> {
    if let Some(wanted) = wanted {
        let listener = server::listen(wanted);
        return listener.map_err(|error| Failure::because(format!("Cannot open the shop on {wanted}"), &error));
    }
    let next = SocketAddr::new(guerdon.ip(), guerdon.port().checked_add(1).unwrap_or_default());
    Ok(server::listen(next).or_else(|_taken| server::listen(SocketAddr::new(guerdon.ip(), 0)))?)
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
