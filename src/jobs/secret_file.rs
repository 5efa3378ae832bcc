//! Reads the file of the secret keys again now and then, so that keys are exchanged while the server runs.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crate::{
    app::App,
    secrets::{KeyRing, SecretKey},
    service::secret_keys,
};

/// How often. Whoever changes the file waits for so long.
const EVERY: Duration = Duration::from_secs(10);

/// Starts the job, if the keys came from a file.
pub(super) fn start(app: &App) {
    let Some(file) = app.secret.file().map(Path::to_owned) else { return };
    // What was told last: a file that stays wrong is told of once.
    let told = Arc::new(Mutex::new(String::new()));
    super::every(app, "secret_file", EVERY, move |app| {
        let (file, told) = (file.clone(), told.clone());
        async move {
            let read = secret_keys::read_again(&app, &file).await;
            let (ok, news) = match &read {
                Ok(None) => (true, String::new()),
                Ok(Some(ring)) => (true, format!("The secret keys were read again: {}", in_words(ring))),
                Err(error) => (false, format!("The secret keys in {} are not taken: {error}", file.display())),
            };
            let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
            if news != *told {
                match &read {
                    Ok(Some(_)) => tracing::info!("{news}"),
                    Err(_) => tracing::warn!("{news}. Those from before are used on"),
                    Ok(None) => {}
                }
                *told = news;
            }
            ok
        }
    });
}

fn in_words(ring: &KeyRing) -> String {
    let others: Vec<String> = ring.others().iter().map(SecretKey::id).collect();
    let first = ring.first().id();
    if others.is_empty() {
        format!("{first} seals")
    } else {
        format!("{first} seals, {} opens, too", others.join(", "))
    }
}
