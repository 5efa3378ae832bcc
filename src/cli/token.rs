//! `guerdon token`

use serde_json::json;

use super::{Failure, actor, connect, output, require_tenant};
use crate::{
    config::Settings,
    domain::{
        actor::Caller,
        ids::{CustomerId, TenantId},
        token,
    },
    service::tokens::{self, CustomerToken, TokenError},
};

/// Make access tokens.
#[derive(Debug, clap::Subcommand)]
pub(super) enum TokenCommand {
    /// Make a token with which a customer sees and redeems their own points
    ///
    /// A shop's backend gets such tokens from the API; this is for trying things out.
    #[command(after_help = "Example:\n  guerdon token customer --tenant acme --customer C1")]
    Customer(ForCustomer),
}

#[derive(Debug, clap::Args)]
pub(super) struct ForCustomer {
    /// Whose customer
    #[arg(long, value_parser = TenantId::parse)]
    tenant: TenantId,
    /// The shop's id of the customer
    #[arg(long = "customer", value_name = "ID", value_parser = CustomerId::parse)]
    customer_id: CustomerId,
    /// For how many seconds the token is good, 1 to 86400
    #[arg(long, value_name = "SECONDS", default_value_t = token::CUSTOMER_SECS, allow_negative_numbers = true)]
    ttl_seconds: i64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl TokenCommand {
    pub(super) async fn run(self, settings: Settings) -> Result<(), Failure> {
        let Self::Customer(ForCustomer { tenant, customer_id, ttl_seconds, json }) = self;
        let secs = token::customer_secs(ttl_seconds)?;
        let app = connect(settings).await?;
        require_tenant(&app, &tenant).await?;
        let caller = Caller { tenant, actor: actor() };
        let wanted = CustomerToken { customer: customer_id, secs, client: None };
        let issued = tokens::issue_to_customer(&app, &caller, &wanted, None).await.map_err(|error| match error {
            TokenError::Store(error) => Failure::from(error),
            refused => Failure::Input(refused.to_string()),
        })?;
        app.db.close().await;
        if json {
            output::json(&json!({"access_token": issued.access_token, "expires_in": issued.expires_in}));
        } else {
            output::line(&issued.access_token);
        }
        Ok(())
    }
}
