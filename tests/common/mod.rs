//! What the integration tests share. Each test binary takes this folder in as a module of its own:
//! `#[path = "../common/mod.rs"] mod common;`.

#![allow(dead_code, reason = "each test binary uses a part of this folder")]

pub(crate) mod browser;
pub(crate) mod clock;
pub(crate) mod cluster;
pub(crate) mod database;
pub(crate) mod issuer;
pub(crate) mod local;
pub(crate) mod program;
pub(crate) mod proxy;
pub(crate) mod receiver;
pub(crate) mod source;
pub(crate) mod wait;

/// Writes each body once and makes two tests of it, `name::sqlite` and `name::postgres`, each with a
/// migrated database of its own.
///
/// `async fn name(db)` gets a `&TestDb`, which is a `&Db` where one is wanted;
/// `async fn name(app, clock)` gets an `&App` and the `&MockClock` that it takes the time from.
macro_rules! on_both {
    ($( $(#[$attribute:meta])* async fn $name:ident($($argument:ident),+) $body:block )+) => {$(
        mod $name {
            use super::*;

            $crate::common::on_both!(@body ($($argument),+) $body);

            $(#[$attribute])*
            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                run(guerdon::store::Backend::Sqlite).await;
            }

            $(#[$attribute])*
            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                run(guerdon::store::Backend::Postgres).await;
            }
        }
    )+};
    (@body ($db:ident) $body:block) => {
        async fn body($db: &$crate::common::database::TestDb) $body

        async fn run(backend: guerdon::store::Backend) {
            body(&$crate::common::database::TestDb::new(backend).await).await;
        }
    };
    (@body ($app:ident, $clock:ident) $body:block) => {
        async fn body($app: &guerdon::app::App, $clock: &guerdon::clock::MockClock) $body

        async fn run(backend: guerdon::store::Backend) {
            let db = $crate::common::database::TestDb::new(backend).await;
            let clock = $crate::common::clock::stopped();
            body(&db.app(&clock), &clock).await;
        }
    };
}

pub(crate) use on_both;
