//! Whoever changes a row behind the ledger's back is found out.

use guerdon::{domain::ledger::entry::EntryKind, service::ledger::command::Command, service::verify, store::Backend};

use crate::{
    common::{database::raw, on_both},
    desk::{Desk, debit},
};

const YEAR: i64 = 365 * 86_400;

/// A change that only somebody with the database's password can make, and words of the problem that names it.
const DAMAGES: [(&str, &str); 19] = [
    ("UPDATE accounts SET balance = balance + 1 WHERE customer_id = 'C1'", "balance is"),
    ("UPDATE accounts SET seq = seq + 1 WHERE customer_id = 'C1'", "but the last one is"),
    ("UPDATE accounts SET chain = 'x' WHERE customer_id = 'C1'", "chain does not end"),
    ("UPDATE accounts SET next_change_at = NULL WHERE customer_id = 'C1'", "changes next"),
    ("UPDATE entries SET points = points + 1 WHERE seq = 1", "was changed"),
    ("UPDATE entries SET actor_id = 'nobody' WHERE seq = 2", "was changed"),
    ("UPDATE entries SET description = 'other' WHERE seq = 1", "was changed"),
    ("UPDATE entries SET hash = 'x' WHERE seq = 1", "was changed"),
    ("DELETE FROM entries WHERE seq = 2", "entry 2 is missing"),
    ("UPDATE lots SET remaining = remaining - 1 WHERE seq = 1", "its usages leave"),
    ("UPDATE lots SET valid_until = valid_until + 1 WHERE seq = 1", "differs from the entry"),
    ("DELETE FROM lots WHERE seq = 1", "lot 1 is missing"),
    ("UPDATE usages SET points = points + 1", "usages add up"),
    ("DELETE FROM usages", "usages add up"),
    ("UPDATE redemptions SET points = 1", "differs from entry"),
    ("DELETE FROM redemptions", "the redemption of entry 3 is missing"),
    ("UPDATE coupons SET discount_amount = '500'", "is not worth"),
    ("UPDATE coupons SET redemption_count = 3", "says it was used 3 times; there are 0 uses"),
    ("UPDATE options SET redeemed = 0", "says it was redeemed 0 times"),
];

on_both! {
    async fn every_damage_is_named(app, _clock) {
        let desk = Desk::open(app, "acme").await;
        desk.add("C1", 1_000, YEAR).await.unwrap();
        desk.submit("C1", Command::Debit(EntryKind::Removed, debit(30, None))).await.unwrap();
        desk.offer("o1", Some(5), None).await;
        desk.redeem("C1", "o1").await.unwrap();
        desk.assert_proven().await;
        for (damage, words) in DAMAGES {
            // As the owner of the tables can: without triggers and foreign keys, in a copy that is thrown away.
            let mut tx = app.db.begin().await.unwrap();
            match app.db.backend() {
                Backend::Postgres => {
                    tx.query(raw("SET LOCAL session_replication_role = replica")).run().await.unwrap();
                }
                Backend::Sqlite => {
                    for trigger in triggers(app).await {
                        tx.query(raw(format!("DROP TRIGGER {trigger}"))).run().await.unwrap();
                    }
                    tx.query(raw("PRAGMA defer_foreign_keys = ON")).run().await.unwrap();
                }
            }
            tx.query(raw(damage)).run().await.unwrap();
            let problems = verify::verify_in(&mut tx).await.unwrap().problems;
            drop(tx);
            assert!(problems.iter().any(|found| found.problem.contains(words)), "{damage}: {problems:#?}");
            desk.assert_proven().await;
        }
    }
}

async fn triggers(app: &guerdon::app::App) -> Vec<String> {
    let query = app.db.query(raw("SELECT name FROM sqlite_schema WHERE type = 'trigger'"));
    query.all::<(String,)>().await.unwrap().into_iter().map(|(name,)| name).collect()
}
