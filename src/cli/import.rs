//! `guerdon import`

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::mpsc::Receiver,
};

use indicatif::ProgressBar;

use super::{Failure, connect, output, progress, require_tenant};
use crate::{
    app::App,
    config::Settings,
    domain::{
        actor::{Actor, Caller},
        ids::{SiteCode, TenantId},
        site::Site,
    },
    service::{
        import::{
            Balance, Balances, Coupons, Person, Persons, Report, Summaries, import_options,
            reading::{self, Piece},
        },
        sites,
    },
};

/// So many refusals are printed; `--json` has up to a thousand.
const SHOWN_MAX: usize = 20;

/// Move in: take customers, options, coupons or opening balances from files
///
/// Safe to repeat: what is there already is left alone. What does not add up is refused and named by its place in the
/// file, and everything else is taken. Ends with exit code 1 when something was refused.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  guerdon import --tenant acme --dry-run summaries summaries.json\n  \
    guerdon import --tenant acme options options.json\n  \
    guerdon import --tenant acme coupons coupons.json\n  \
    guerdon import --tenant acme balances balances.csv\n  \
    guerdon import --tenant acme customers customers.csv\n\n\
    The columns of a CSV file are named in its first line. Balances: customer_id and points; valid_until, description,\n\
    reference_id and id if you like; valid_until is the first day on which the points are gone (2027-12-31, in the site's\n\
    time zone) or an instant. Customers: customer_id; name, email, birthday (1990-05-31 or --05-31) and language\n\
    if you like; a row takes the place of all that was known of its customer.")]
pub(super) struct Import {
    /// The tenant
    #[arg(long, value_name = "ID", value_parser = TenantId::parse)]
    tenant: TenantId,
    /// The site whose rule says when points end that come without an end
    #[arg(long, value_name = "CODE", default_value = "main", value_parser = SiteCode::parse)]
    site: SiteCode,
    /// Check everything, write nothing
    #[arg(long)]
    dry_run: bool,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
    /// What the file holds
    #[arg(value_enum)]
    what: What,
    /// The file; `-` for standard input
    file: PathBuf,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum What {
    /// Customers with their history: JSON, as `GET /reward-points/summaryBatch` answers them
    Summaries,
    /// Redemption options: JSON, as `GET /reward-points/{tenant}/redeemOptions` answers them
    Options,
    /// Coupons with how often they were used: JSON, as `GET /coupon/{tenant}/coupons` answers them
    Coupons,
    /// Opening balances: CSV, a row for each lot of points
    Balances,
    /// Personal data of customers: CSV, a row for each of them
    Customers,
}

impl Import {
    pub(super) async fn run(self, settings: Settings) -> Result<(), Failure> {
        let bar = progress::bar(size_of(&self.file), "bytes");
        let input = open(&self.file, &bar)?;
        let app = connect(settings).await?;
        require_tenant(&app, &self.tenant).await?;
        let Some(site) = sites::find(&app.db, &self.tenant, &self.site).await? else {
            return Err(Failure::Input(format!("There is no site `{}`.", self.site)));
        };
        let caller = Caller { tenant: self.tenant.clone(), actor: Actor::system("command line") };
        let report = match self.what {
            What::Summaries => self.summaries(&app, &caller, site, input).await,
            What::Options => self.options(&app, &caller, input).await,
            What::Coupons => self.coupons(&app, &caller, input).await,
            What::Balances => self.balances(&app, &caller, site, input).await,
            What::Customers => self.customers(&app, &caller, &site, input).await,
        }?;
        bar.finish_and_clear();
        app.db.close().await;
        self.tell(&report)
    }

    async fn summaries(&self, app: &App, caller: &Caller, site: Site, input: Input) -> Result<Report, Failure> {
        let pieces = reading::elements("summaries", input);
        let mut import = Summaries::new(app, caller, site, self.dry_run);
        while let Some(piece) = next(&pieces) {
            match piece {
                Piece::One(place, written) => import.take(place, written).await?,
                Piece::Wrong(place, why) => import.refuse(place, why),
                Piece::Broken(why) => {
                    import.finish().await?;
                    return Err(self.broken(&why));
                }
            }
        }
        Ok(import.finish().await?)
    }

    async fn coupons(&self, app: &App, caller: &Caller, input: Input) -> Result<Report, Failure> {
        let pieces = reading::elements("coupons", input);
        let mut import = Coupons::new(app, caller, self.dry_run);
        while let Some(piece) = next(&pieces) {
            match piece {
                Piece::One(place, written) => import.take(place, &written).await?,
                Piece::Wrong(place, why) => import.refuse(place, why),
                Piece::Broken(why) => {
                    import.finish().await?;
                    return Err(self.broken(&why));
                }
            }
        }
        Ok(import.finish().await?)
    }

    async fn balances(&self, app: &App, caller: &Caller, site: Site, input: Input) -> Result<Report, Failure> {
        let columns = ["customer_id", "points", "valid_until", "description", "reference_id", "id"];
        let pieces = reading::rows(columns, 2, input);
        let mut import = Balances::new(app, caller, site, self.dry_run);
        while let Some(piece) = next(&pieces) {
            match piece {
                Piece::One(line, [customer, points, valid_until, description, reference, id]) => {
                    let row = Balance { customer, points, valid_until, description, reference, id };
                    import.take(line, row).await.map_err(|error| failed(&error))?;
                }
                Piece::Wrong(line, why) => import.refuse(line, why),
                Piece::Broken(why) => {
                    import.finish().await.map_err(|error| failed(&error))?;
                    return Err(self.broken(&why));
                }
            }
        }
        import.finish().await.map_err(|error| failed(&error))
    }

    async fn customers(&self, app: &App, caller: &Caller, site: &Site, input: Input) -> Result<Report, Failure> {
        let columns = ["customer_id", "name", "email", "birthday", "language"];
        let pieces = reading::rows(columns, 1, input);
        let mut import = Persons::new(app, caller, site.zone, self.dry_run);
        while let Some(piece) = next(&pieces) {
            match piece {
                Piece::One(line, [customer, name, email, birthday, language]) => {
                    import.take(line, &Person { customer, name, email, birthday, language }).await?;
                }
                Piece::Wrong(line, why) => import.refuse(line, why),
                Piece::Broken(why) => {
                    import.finish().await?;
                    return Err(self.broken(&why));
                }
            }
        }
        Ok(import.finish().await?)
    }

    async fn options(&self, app: &App, caller: &Caller, input: Input) -> Result<Report, Failure> {
        let all = serde_json::from_reader(input).map_err(|error| self.broken(&error.to_string()))?;
        Ok(import_options(app, caller, all, self.dry_run).await?)
    }

    fn broken(&self, why: &str) -> Failure {
        let kept = if self.dry_run { "" } else { " What stands before it was imported; mend the file and repeat." };
        Failure::Input(format!("{}: {why}.{kept}", self.file.display()))
    }

    fn tell(&self, report: &Report) -> Result<(), Failure> {
        if self.json {
            output::json(report);
        } else {
            let what = match self.what {
                What::Summaries | What::Customers => "customers",
                What::Options => "options",
                What::Coupons => "coupons",
                What::Balances => "rows",
            };
            let done = if self.dry_run { "Would import" } else { "Imported" };
            let points = match self.what {
                What::Summaries | What::Balances => {
                    format!(" with {} points in {} entries", report.points, report.entries)
                }
                What::Options | What::Coupons | What::Customers => String::new(),
            };
            output::line(&format!("{done} {} {what}{points}.", report.imported));
            if report.there_already > 0 {
                output::line(&format!("{} {what} were there already and were left alone.", report.there_already));
            }
            for refused in report.refusals.iter().take(SHOWN_MAX) {
                output::line(&format!("Refused {}: {}: {}", refused.place, refused.what, refused.why));
            }
            if report.refused > 0 {
                output::line(&format!("{} {what} were refused.", report.refused));
            }
        }
        if report.refused > 0 { Err(Failure::Told) } else { Ok(()) }
    }
}

/// What is read, in a thread of its own.
type Input = Box<dyn Read + Send>;

fn size_of(file: &Path) -> u64 {
    file.metadata().map_or(0, |metadata| metadata.len())
}

fn open(file: &Path, bar: &ProgressBar) -> Result<Input, Failure> {
    if file == Path::new("-") {
        return Ok(Box::new(io::stdin()));
    }
    let opened =
        File::open(file).map_err(|error| Failure::Input(format!("Cannot read {}: {error}", file.display())))?;
    Ok(Box::new(bar.wrap_read(opened)))
}

/// The next piece that was read. The reader is always ahead, so this hardly waits.
fn next<T>(pieces: &Receiver<Piece<T>>) -> Option<Piece<T>> {
    tokio::task::block_in_place(|| pieces.recv().ok())
}

fn failed(error: &crate::service::ledger::LedgerError) -> Failure {
    Failure::because("The import stopped; repeat it", error)
}
