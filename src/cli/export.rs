//! `guerdon export`

use std::io::{self, Write as _};

use super::{Failure, connect, output, require_tenant};
use crate::{
    api::reward_points::view::CustomerSummary,
    app::App,
    config::Settings,
    domain::ids::TenantId,
    service::{coupons::desk, options, summary::Walk},
};

/// Print what a tenant has, as the API answers it
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  guerdon export --tenant acme summaries > summaries.json\n  \
    guerdon export --tenant acme options > options.json\n  \
    guerdon export --tenant acme coupons > coupons.json")]
pub(super) struct Export {
    /// The tenant
    #[arg(long, value_parser = TenantId::parse)]
    tenant: TenantId,
    /// What to print
    #[arg(value_enum)]
    what: What,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum What {
    /// Every customer with their history, as `GET /reward-points/summaryBatch` answers them
    Summaries,
    /// The redemption options, archived ones too
    Options,
    /// Every coupon, deleted ones too, as `GET /coupon/{tenant}/coupons` answers them
    Coupons,
}

impl Export {
    pub(super) async fn run(self, settings: Settings) -> Result<(), Failure> {
        let app = connect(settings).await?;
        require_tenant(&app, &self.tenant).await?;
        match self.what {
            What::Summaries => summaries(&app, self.tenant).await?,
            What::Options => output::line(&options::to_json(&options::list(&app.db, &self.tenant).await?)),
            What::Coupons => coupons(&app, &self.tenant).await?,
        }
        app.db.close().await;
        Ok(())
    }
}

/// Prints page by page: a million customers take no more memory than ten.
async fn summaries(app: &App, tenant: TenantId) -> Result<(), Failure> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut walk = Walk::new(tenant);
    let mut mark = "[";
    loop {
        let page = walk.next(&app.db, app.now()).await?;
        if page.is_empty() {
            break;
        }
        for summary in page {
            let text = serde_json::to_string(&CustomerSummary::from(summary))
                .map_err(|error| Failure::because("Cannot write a summary as JSON", &error))?;
            if write!(out, "{mark}\n{text}").is_err() {
                // The reader went away, as in `guerdon export ... | head`: no failure.
                return Ok(());
            }
            mark = ",";
        }
    }
    let begun = if mark == "[" { "[" } else { "" };
    let _ = writeln!(out, "{begun}\n]").and_then(|()| out.flush());
    Ok(())
}

/// The same for coupons, the oldest first.
async fn coupons(app: &App, tenant: &TenantId) -> Result<(), Failure> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let (mut after, mut mark) = (None, "[");
    loop {
        let page = desk::walk(&app.db, tenant, after.as_ref()).await?;
        for coupon in &page {
            if write!(out, "{mark}\n{}", serde_json::Value::Object(coupon.to_json(app.now()))).is_err() {
                return Ok(());
            }
            mark = ",";
        }
        let Some(last) = page.last() else { break };
        after = Some((last.created_at, last.code.clone()));
    }
    let begun = if mark == "[" { "[" } else { "" };
    let _ = writeln!(out, "{begun}\n]").and_then(|()| out.flush());
    Ok(())
}
