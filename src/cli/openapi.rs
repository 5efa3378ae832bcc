//! `guerdon openapi`

use super::{Failure, output};
use crate::api;

/// Print the API's document (OpenAPI, JSON)
///
/// A running server has the same at /openapi.json, and a page to read it at /docs/api.
#[derive(Debug, clap::Args)]
pub(super) struct Openapi {}

impl Openapi {
    #[expect(clippy::unused_self, reason = "every command runs alike")]
    pub(super) fn run(self) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(api::document())
            .map_err(|error| Failure::because("Cannot write the document", &error))?;
        output::line(&text);
        Ok(())
    }
}
