//! `guerdon serve` as a process: how it starts, answers and ends.

use crate::common::{on_both, program::Program};

on_both! {
    async fn the_server_answers_and_stops_when_it_is_asked(db) {
        let program = Program::on(db);
        let server = program.serve().await;
        let live = reqwest::get(server.url("/health/live")).await.unwrap();
        assert_eq!(live.status(), 200);
        assert_eq!(live.text().await.unwrap(), r#"{"status":"live"}"#);
        let ended = server.stop();
        assert!(ended.success(), "{ended}: {}", server.log());
        assert!(reqwest::get(server.url("/health/live")).await.is_err());
    }

    async fn the_server_starts_again_after_it_was_killed(db) {
        let program = Program::on(db);
        program.serve().await.kill();
        let server = program.serve().await;
        assert_eq!(reqwest::get(server.url("/health/ready")).await.unwrap().status(), 200);
    }
}
