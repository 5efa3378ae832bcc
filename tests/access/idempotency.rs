//! Idempotency keys: one effect for each, whatever is sent at once.

use guerdon::{
    app::App,
    service::idempotency::{self, Begun, KeyedRequest},
};

use crate::{
    caller,
    common::{database::raw, on_both},
};

fn keyed(key: &str, fingerprint: &str) -> KeyedRequest {
    KeyedRequest { key: key.to_owned(), fingerprint: fingerprint.to_owned() }
}

/// Does the work once; `Ok` says whether it was done now.
async fn work(app: &App, tenant: &str, request: Option<KeyedRequest>) -> Result<bool, &'static str> {
    let caller = caller(tenant);
    let mut tx = app.db.begin().await.unwrap();
    match idempotency::begin(&mut tx, &caller, request.as_ref(), app.now()).await.unwrap() {
        Begun::Fresh => {
            tx.query(raw("UPDATE server_settings SET value = value || '.' WHERE name = 'work'")).run().await.unwrap();
            idempotency::finish(&mut tx, &caller, request.as_ref(), 201, "{\"a\":1}").await.unwrap();
            tx.commit().await.unwrap();
            Ok(true)
        }
        Begun::Replay { status, body } => {
            assert_eq!((status, body.as_str()), (201, "{\"a\":1}"));
            Ok(false)
        }
        Begun::KeyReused => Err("reused"),
    }
}

async fn begin(app: &App) {
    let mut tx = app.db.begin().await.unwrap();
    tx.query(raw("INSERT INTO server_settings (name, value) VALUES ('work', '')")).run().await.unwrap();
    tx.commit().await.unwrap();
}

async fn done(app: &App) -> usize {
    let sql = raw("SELECT value FROM server_settings WHERE name = 'work'");
    app.db.query(sql).one::<(String,)>().await.unwrap().0.len()
}

on_both! {
    async fn fifty_equal_requests_at_once_have_one_effect(app, _clock) {
        begin(app).await;
        let tasks: Vec<_> = (0..50)
            .map(|_| {
                let app = app.clone();
                app.tasks.clone().spawn(async move { work(&app, "acme", Some(keyed("k", "f"))).await.unwrap() })
            })
            .collect();
        let mut fresh = 0;
        for task in tasks {
            fresh += usize::from(task.await.unwrap());
        }
        assert_eq!((fresh, done(app).await), (1, 1));
    }

    async fn another_request_under_the_key_is_refused(app, _clock) {
        begin(app).await;
        assert_eq!(work(app, "acme", Some(keyed("k", "f"))).await, Ok(true));
        assert_eq!(work(app, "acme", Some(keyed("k", "g"))).await, Err("reused"));
        assert_eq!(work(app, "acme", Some(keyed("l", "g"))).await, Ok(true));
        assert_eq!(work(app, "beta", Some(keyed("k", "g"))).await, Ok(true));
        assert_eq!(work(app, "acme", None).await, Ok(true));
        assert_eq!(work(app, "acme", None).await, Ok(true));
        assert_eq!(done(app).await, 5);
    }

    async fn work_that_was_rolled_back_leaves_the_key_free(app, _clock) {
        begin(app).await;
        let caller = caller("acme");
        let request = Some(keyed("k", "f"));
        let mut tx = app.db.begin().await.unwrap();
        let begun = idempotency::begin(&mut tx, &caller, request.as_ref(), app.now()).await.unwrap();
        assert_eq!(begun, Begun::Fresh);
        drop(tx);
        assert_eq!(work(app, "acme", Some(keyed("k", "other body"))).await, Ok(true));
    }
}
