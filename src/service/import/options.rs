//! Redemption options, as the contract's list answers them.

use serde_json::{Map, Value};

use super::{Report, record};
use crate::{
    app::App,
    domain::{actor::Caller, option::OptionDraft},
    service::options::{self, Created, OptionError},
    store::DbError,
};

/// Makes options that are not there yet. One is there when an option of that name costs as much and gives the same.
///
/// # Errors
/// When the database fails.
pub async fn import_options(app: &App, caller: &Caller, all: Vec<Value>, dry_run: bool) -> Result<Report, DbError> {
    let mut report = Report::default();
    let mut there: Vec<OptionDraft> =
        options::list(&app.db, &caller.tenant).await?.into_iter().map(|option| option.draft).collect();
    for (place, written) in (1..).zip(all) {
        let mut map = match written {
            Value::Object(map) => map,
            _ => Map::new(),
        };
        map.remove("metadata");
        let name = map.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        let draft = match OptionDraft::from_json(&map) {
            Ok(draft) => draft,
            Err(wrong) => {
                report.refuse(place, &name, wrong.summary());
                continue;
            }
        };
        if there.contains(&draft) {
            report.there_already += 1;
            continue;
        }
        if !dry_run {
            match options::create(app, caller, &draft, None).await {
                Ok(Created::Now { .. } | Created::Before { .. }) => {}
                Err(OptionError::Store(failed)) => return Err(failed),
                Err(refused) => {
                    report.refuse(place, &name, refused.to_string());
                    continue;
                }
            }
        }
        there.push(draft);
        report.imported += 1;
    }
    if !dry_run && report.imported > 0 {
        record(app, caller, "options", &report).await?;
    }
    Ok(report)
}
