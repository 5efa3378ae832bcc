//! The audit log: complete, in order, and unable to be changed unseen.

use guerdon::{
    app::App,
    domain::{actor::Actor, actor::Caller, audit::Subject},
    service::audit::{self, AuditFilter},
    store::{Db, db::retry_on_conflict},
};
use serde_json::json;

use crate::{
    caller,
    common::{database::raw, on_both},
    tenant_id,
};

async fn record(app: &App, caller: &Caller, action: &'static str, id: &str) {
    retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        let (before, after) = (json!({"n": 1}), json!({"n": 2}));
        let subject = Subject::new("thing", id);
        audit::record(&mut tx, caller, action, subject, Some(before), Some(after), app.now()).await?;
        tx.commit().await
    })
    .await
    .unwrap();
}

async fn problems(db: &Db) -> Vec<(String, i64)> {
    let check = audit::verify(db).await.unwrap();
    check.problems.into_iter().map(|problem| (problem.tenant, problem.seq)).collect()
}

/// Changes rows behind the back of the triggers, as somebody with the database's password might.
async fn tamper(db: &Db, statement: &str) {
    let off = match db.backend() {
        guerdon::store::Backend::Sqlite => {
            vec!["DROP TRIGGER audit_log_no_update", "DROP TRIGGER audit_log_no_delete"]
        }
        guerdon::store::Backend::Postgres => vec!["ALTER TABLE audit_log DISABLE TRIGGER ALL"],
    };
    let mut tx = db.begin().await.unwrap();
    for off in off {
        tx.query(raw(off)).run().await.unwrap();
    }
    tx.query(raw(statement)).run().await.unwrap();
    tx.commit().await.unwrap();
}

async fn three_rows(app: &App) {
    for id in ["a", "b", "c"] {
        record(app, &caller("acme"), "thing.changed", id).await;
    }
    record(app, &caller("beta"), "thing.changed", "a").await;
    assert_eq!(problems(&app.db).await, []);
}

on_both! {
    async fn writers_at_once_make_one_chain_for_each_tenant(app, _clock) {
        let tasks: Vec<_> = (0..40)
            .map(|n| {
                let app = app.clone();
                app.tasks.clone().spawn(async move {
                    let tenant = if n % 2 == 0 { "acme" } else { "beta" };
                    record(&app, &caller(tenant), "thing.changed", &n.to_string()).await;
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        let check = audit::verify(&app.db).await.unwrap();
        assert_eq!((check.rows, check.problems.len()), (40, 0));
        let heads = audit::heads(&app.db).await.unwrap();
        assert_eq!(heads.iter().map(|(tenant, seq, _)| (tenant.as_str(), *seq)).collect::<Vec<_>>(), [
            ("acme", 20),
            ("beta", 20)
        ]);
    }

    async fn rows_cannot_be_changed_or_deleted(app, _clock) {
        three_rows(app).await;
        for statement in ["UPDATE audit_log SET action = 'x'", "DELETE FROM audit_log"] {
            let mut tx = app.db.begin().await.unwrap();
            assert!(tx.query(raw(statement)).run().await.is_err(), "{statement}");
        }
        assert_eq!(problems(&app.db).await, []);
    }

    async fn a_changed_row_shows(app, _clock) {
        three_rows(app).await;
        tamper(&app.db, "UPDATE audit_log SET after = '{}' WHERE tenant_id = 'acme' AND seq = 2").await;
        assert_eq!(problems(&app.db).await, [("acme".to_owned(), 2)]);
    }

    async fn a_forged_kind_of_actor_shows(app, _clock) {
        three_rows(app).await;
        tamper(&app.db, "UPDATE audit_log SET actor_kind = 'nobody' WHERE tenant_id = 'acme' AND seq = 3").await;
        assert_eq!(problems(&app.db).await, [("acme".to_owned(), 3)]);
    }

    async fn a_missing_row_shows(app, _clock) {
        three_rows(app).await;
        tamper(&app.db, "DELETE FROM audit_log WHERE tenant_id = 'acme' AND seq = 2").await;
        assert_eq!(problems(&app.db).await, [("acme".to_owned(), 2)]);
    }

    async fn a_row_of_another_tenant_shows(app, _clock) {
        three_rows(app).await;
        tamper(&app.db, "UPDATE audit_log SET tenant_id = 'gamma' WHERE tenant_id = 'beta'").await;
        assert_eq!(problems(&app.db).await, [("gamma".to_owned(), 1)]);
    }

    async fn the_list_pages_and_narrows(app, clock) {
        let acme = caller("acme");
        let ann = Caller { actor: Actor::employee("u-ann"), ..acme.clone() };
        for n in 0..5 {
            record(app, &acme, "thing.changed", &n.to_string()).await;
        }
        clock.set(app.now().plus_secs(60));
        record(app, &ann, "thing.renamed", "0").await;
        record(app, &caller("beta"), "thing.changed", "0").await;

        let all = AuditFilter::default();
        let mut seen = Vec::new();
        let mut before = None;
        loop {
            let page = audit::list(&app.db, &acme, &all, before, 4).await.unwrap();
            seen.extend(page.rows.iter().map(|kept| kept.row.seq));
            before = page.next;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(seen, [6, 5, 4, 3, 2, 1]);
        let exact = audit::list(&app.db, &acme, &all, None, 6).await.unwrap();
        assert_eq!((exact.rows.len(), exact.next), (6, None));

        let text = |text: &str| Some(text.to_owned());
        for (filter, expected) in [
            (AuditFilter { actor_id: text("u-ann"), ..AuditFilter::default() }, vec![6]),
            (AuditFilter { action: text("thing.renamed"), ..AuditFilter::default() }, vec![6]),
            (AuditFilter { subject_id: text("0"), ..AuditFilter::default() }, vec![6, 1]),
            (AuditFilter { subject_kind: text("user"), ..AuditFilter::default() }, vec![]),
            (AuditFilter { from: Some(app.now()), ..AuditFilter::default() }, vec![6]),
            (AuditFilter { until: Some(app.now()), ..AuditFilter::default() }, vec![5, 4, 3, 2, 1]),
        ] {
            let page = audit::list(&app.db, &acme, &filter, None, 50).await.unwrap();
            assert_eq!(page.rows.iter().map(|kept| kept.row.seq).collect::<Vec<_>>(), expected, "{filter:?}");
        }
        let actions = audit::actions(&app.db, &tenant_id("acme")).await.unwrap();
        assert_eq!(actions, ["thing.changed", "thing.renamed"]);
    }

    async fn text_is_found_wherever_it_stands(app, _clock) {
        let acme = caller("acme");
        let change = async |id: &str, after: serde_json::Value| {
            let mut tx = app.db.begin().await.unwrap();
            let subject = Subject::new("thing", id);
            audit::record(&mut tx, &acme, "thing.re_named", subject, None, Some(after), app.now()).await.unwrap();
            tx.commit().await.unwrap();
        };
        change("T-100%", json!({"name": "Ärger & Söhne"})).await;
        change("t_2", json!({"name": "O'Neill", "limit": 5000})).await;
        let found = async |text: &str| {
            let filter = AuditFilter { text: Some(text.to_owned()), ..AuditFilter::default() };
            let page = audit::list(&app.db, &acme, &filter, None, 50).await.unwrap();
            page.rows.iter().map(|kept| kept.row.seq).collect::<Vec<_>>()
        };
        for (text, rows) in [
            ("Ärger", vec![1]), ("o'neill", vec![2]), ("5000", vec![2]), ("thing re named", vec![2, 1]),
            ("thing.re_named", vec![2, 1]), ("100%", vec![1]), ("%", vec![1]), ("T_2", vec![2]), ("T_1", vec![]),
            ("!", vec![]), ("nowhere", vec![]), ("' OR 1=1 --", vec![]),
        ] {
            assert_eq!(found(text).await, rows, "{text}");
        }
    }

    async fn the_page_before_is_found_from_where_one_is(app, _clock) {
        let acme = caller("acme");
        for n in 0..7 {
            record(app, &acme, "thing.changed", &n.to_string()).await;
        }
        let newer = async |after: i64, limit: u16| {
            let (rows, more) = audit::list_newer(&app.db, &acme, &AuditFilter::default(), after, limit).await.unwrap();
            (rows.iter().map(|kept| kept.row.seq).collect::<Vec<_>>(), more)
        };
        assert_eq!(newer(2, 3).await, (vec![5, 4, 3], true));
        assert_eq!(newer(4, 3).await, (vec![7, 6, 5], false));
        assert_eq!(newer(7, 3).await, (vec![], false));
        let kinds = audit::subject_kinds(&app.db, &acme.tenant).await.unwrap();
        assert_eq!(kinds, ["thing"]);
    }

    async fn a_log_is_proved_and_tells_who_did_it_and_what_was_found(app, _clock) {
        three_rows(app).await;
        let acme = caller("acme");
        assert_eq!(audit::last_proof(&app.db, &acme.tenant).await.unwrap(), None);
        let check = audit::prove(app, &acme).await.unwrap();
        assert!(check.problems.is_empty() && check.rows == 3, "{check:?}");
        let proof = audit::last_proof(&app.db, &acme.tenant).await.unwrap().unwrap();
        assert_eq!((proof.at, proof.rows, proof.problem), (app.now(), 3, None));
        assert_eq!(audit::prove(app, &acme).await.unwrap().rows, 4, "the proof is a row, too");
        tamper(&app.db, "UPDATE audit_log SET after = '{}' WHERE tenant_id = 'acme' AND seq = 2").await;
        assert_eq!(audit::prove(app, &acme).await.unwrap().problems.len(), 1);
        let proof = audit::last_proof(&app.db, &acme.tenant).await.unwrap().unwrap();
        assert_eq!(proof.rows, 1);
        assert!(proof.problem.unwrap().starts_with("Row 2:"));
        assert_eq!(audit::last_proof(&app.db, &tenant_id("beta")).await.unwrap(), None);
    }
}
