//! `guerdon secrets`

use std::path::Path;

use serde_json::json;

use super::{Failure, actor, connect, output, serve};
use crate::{
    app::App,
    config::Settings,
    domain::time::Timestamp,
    secrets::{KEYS_MAX, KeyRing, SecretKey, Secrets},
    service::secret_keys::{self, RotateError, SIGNED_SECS},
};

/// Change the installation's secret key while servers run.
#[derive(Debug, clap::Subcommand)]
#[command(after_help = STEPS)]
pub(super) enum SecretsCommand {
    /// Tell which keys the file holds, and how many secrets in the database each of them sealed
    Status(Status),
    /// Step 1: make a new key and add it to the file, where it opens but does not seal yet
    AddKey(AddKey),
    /// Step 2: make a key of the file the one that seals and signs
    UseKey(UseKey),
    /// Step 3: seal everything in the database with the key that seals now
    ///
    /// Safe to run beside `guerdon serve`, to stop, and to run again.
    Rotate(Rotate),
    /// Step 4: remove a key that is not used any more from the file
    RemoveKey(RemoveKey),
}

/// The whole of it, for the help.
const STEPS: &str = "Steps:
  guerdon secrets add-key           # then give the file to every replica, and wait until all have read it
  guerdon secrets use-key KEY       # then give the file to every replica, and wait until all have read it
  guerdon secrets rotate
  guerdon secrets remove-key OLD    # three days later, when old links have ended; on every replica

Servers read the file again every ten seconds and tell the names of its keys in their log.";

#[derive(Debug, clap::Args)]
pub(super) struct Status {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct AddKey {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct UseKey {
    /// The key's name, as `guerdon secrets status` tells it
    key: String,
}

#[derive(Debug, clap::Args)]
pub(super) struct Rotate {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct RemoveKey {
    /// The key's name, as `guerdon secrets status` tells it
    key: String,
    /// Do not wait until the links and sessions that it signed have ended: somebody else may know it
    #[arg(long)]
    at_once: bool,
}

impl From<RotateError> for Failure {
    fn from(error: RotateError) -> Self {
        match error {
            RotateError::Store(error) => error.into(),
            RotateError::OtherKeys => Self::Input(error.to_string()),
            RotateError::Unopened(_) | RotateError::Raced => Self::Failed(error.to_string()),
        }
    }
}

impl SecretsCommand {
    pub(super) async fn run(self, settings: Settings) -> Result<(), Failure> {
        let file = settings.secret_file();
        let secrets = Secrets::load(&file).map_err(|error| serve::unusable(&file, &error))?;
        let ring = secrets.ring();
        match self {
            Self::AddKey(AddKey { json }) => return add_key(&file, &ring, json),
            Self::UseKey(UseKey { key }) => {
                let led = ring.led_by(&key).ok_or_else(|| unknown(&file, &key))?;
                save(&file, &led)?;
                output::line(&format!(
                    "The key {key} seals from now on. Give every replica this file, then run `guerdon secrets rotate`."
                ));
                return Ok(());
            }
            Self::Status(_) | Self::Rotate(_) | Self::RemoveKey(_) => {}
        }
        let app = connect(settings).await?.with_secret(secrets);
        match self {
            Self::Status(Status { json }) => status(&app, json).await?,
            Self::Rotate(Rotate { json }) => rotate(&app, json).await?,
            Self::RemoveKey(RemoveKey { key, at_once }) => remove_key(&app, &file, &key, at_once).await?,
            Self::AddKey(_) | Self::UseKey(_) => {}
        }
        app.db.close().await;
        Ok(())
    }
}

fn unknown(file: &Path, key: &str) -> Failure {
    Failure::Input(format!(
        "There is no key `{key}` in {}: `guerdon secrets status` tells which there are.",
        file.display()
    ))
}

fn save(file: &Path, ring: &KeyRing) -> Result<(), Failure> {
    ring.save(file).map_err(|error| Failure::because(format!("Cannot write {}", file.display()), &error))
}

fn add_key(file: &Path, ring: &KeyRing, json: bool) -> Result<(), Failure> {
    if ring.keys().count() >= KEYS_MAX {
        return Err(Failure::Input(format!("The file holds {KEYS_MAX} keys already: remove those that are not used.")));
    }
    let key = SecretKey::random();
    let id = key.id();
    save(file, &ring.clone().with(key))?;
    if json {
        output::json(&json!({"key": id}));
    } else {
        output::line(&format!(
            "Added the key {id}. Give every replica this file, then run `guerdon secrets use-key {id}`."
        ));
    }
    Ok(())
}

async fn status(app: &App, json: bool) -> Result<(), Failure> {
    let status = secret_keys::status(app).await?;
    let first = status.keys.first().map(|(key, _)| key.clone()).unwrap_or_default();
    if json {
        let keys =
            status.keys.iter().map(|(key, sealed)| json!({"key": key, "seals": *key == first, "sealed": sealed}));
        let unopened = status.unopened.iter().map(ToString::to_string).collect::<Vec<_>>();
        let since = status.since.map(Timestamp::to_contract_z);
        output::json(&json!({"keys": keys.collect::<Vec<_>>(), "unopened": unopened, "rotated_at": since}));
    } else {
        let rows = status.keys.iter().map(|(key, sealed)| {
            let role = if *key == first { "seals" } else { "opens" };
            vec![key.clone(), role.to_owned(), sealed.to_string()]
        });
        output::table(&["KEY", "NOW", "SEALED"], rows);
        for place in &status.unopened {
            output::line(&format!("No key opens {place}."));
        }
    }
    if status.unopened.is_empty() { Ok(()) } else { Err(Failure::Told) }
}

async fn rotate(app: &App, json: bool) -> Result<(), Failure> {
    let rotated = secret_keys::rotate(app, &actor()).await?;
    if json {
        output::json(&json!({"key": rotated.key, "sealed_anew": rotated.sealed_anew}));
    } else {
        output::line(&format!(
            "Everything is sealed with the key {}; {} secrets were sealed anew.",
            rotated.key, rotated.sealed_anew
        ));
    }
    Ok(())
}

async fn remove_key(app: &App, file: &Path, key: &str, at_once: bool) -> Result<(), Failure> {
    let ring = app.secret.ring();
    if ring.find(key).is_none() {
        return Err(unknown(file, key));
    }
    if ring.first().id() == key {
        return Err(Failure::Input(format!(
            "The key {key} seals now: make another one the first (use-key), and rotate."
        )));
    }
    let status = secret_keys::status(app).await?;
    let sealed = status.keys.iter().find(|(id, _)| id == key).map_or(0, |(_, sealed)| *sealed);
    if sealed > 0 {
        return Err(Failure::Input(format!(
            "The key {key} is needed: it sealed {sealed} of the secrets. Run `guerdon secrets rotate` first."
        )));
    }
    let Some(since) = status.since else {
        return Err(Failure::Input(
            "Nobody has seen to it that the first key is the one that is used: run `guerdon secrets rotate` first."
                .to_owned(),
        ));
    };
    let ended = since.plus_secs(SIGNED_SECS);
    if app.now() < ended && !at_once {
        return Err(Failure::Input(format!(
            "Links that the key {key} signed may be good until {}: remove it after that, or say --at-once.",
            ended.to_contract_z()
        )));
    }
    save(file, &ring.as_ref().clone().without(key))?;
    output::line(&format!("Removed the key {key}. Remove it on every replica, too."));
    Ok(())
}
