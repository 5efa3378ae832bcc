//! Exchanging the secret key from the command line, beside a server that runs.

use std::{fs, os::unix::fs::PermissionsExt as _, time::Duration};

use guerdon::{
    clock::{Clock as _, SystemClock},
    domain::{
        actor::{Actor, Caller},
        feed::Feed,
        ids::TenantId,
        webhook::{Message, WebhookSecret},
    },
    secrets::KeyRing,
    service::feeds,
};
use serde_json::{Value, json};

use crate::common::{
    clock,
    database::TestDb,
    on_both,
    program::{Program, Server},
    wait,
};

/// A feed's secret, sealed with the keys in the program's file.
async fn make_secret(db: &TestDb, program: &Program) -> WebhookSecret {
    let ring = KeyRing::load(&program.folder().join("guerdon.key")).unwrap();
    let app = db.app(&clock::stopped()).with_secret(ring);
    let caller = Caller { tenant: TenantId::parse("acme").unwrap(), actor: Actor::system("test") };
    WebhookSecret::parse(&feeds::secrets::add(&app, &caller, Feed::Orders, None).await.unwrap()).unwrap()
}

/// Sends an event of the shop, signed; answers the status.
async fn send_event(server: &Server, secret: &WebhookSecret, id: &str) -> u16 {
    let (at_secs, body) = (SystemClock.now().micros() / 1_000_000, r#"{"type":"order.created"}"#);
    let request = reqwest::Client::new().post(server.url("/webhooks/acme/orders")).body(body);
    let request = request.header("content-type", "application/json").header("webhook-id", id);
    let signature = secret.sign(Message { id, at_secs, body: body.as_bytes() });
    let request = request.header("webhook-timestamp", at_secs.to_string()).header("webhook-signature", signature);
    request.send().await.unwrap().status().as_u16()
}

/// Waits until the server has these keys.
async fn wait_for(server: &Server, line: &str) {
    wait::until(line, Duration::from_secs(30), async || {
        let metrics = reqwest::get(server.url("/metrics")).await.ok()?.text().await.ok()?;
        metrics.contains(line).then_some(())
    })
    .await;
}

fn status(program: &Program) -> Value {
    program.json(&["secrets", "status", "--json"])
}

fn refused(program: &Program, arguments: &[&str], reason: &str) {
    let printed = program.run(arguments);
    assert_eq!((printed.code, printed.out.as_str()), (Some(2), ""), "{printed:?}");
    assert!(printed.err.contains(reason) && printed.err.lines().count() == 1, "{}", printed.err);
}

on_both! {
    async fn the_key_is_exchanged_beside_a_server_that_runs(db) {
        let program = Program::on(db);
        let server = program.serve().await;
        program.ok(&["tenant", "create", "acme", "--name", "Acme"]);
        let secret = make_secret(db, &program).await;
        let file = program.folder().join("guerdon.key");
        let old = KeyRing::load(&file).unwrap().first().id();
        assert_eq!(status(&program)["keys"], json!([{"key": old, "seals": true, "sealed": 1}]));
        assert_eq!(send_event(&server, &secret, "one").await, 202);

        let new = program.json(&["secrets", "add-key", "--json"])["key"].as_str().unwrap().to_owned();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        wait_for(&server, &format!("guerdon_secret_key_info{{key=\"{new}\",use=\"opens\"}} 1\n")).await;
        refused(&program, &["secrets", "remove-key", &old], "seals now");
        refused(&program, &["secrets", "remove-key", "00000000"], "no key `00000000`");
        refused(&program, &["secrets", "use-key", "00000000"], "no key `00000000`");

        assert!(program.ok(&["secrets", "use-key", &new]).contains("guerdon secrets rotate"));
        wait_for(&server, &format!("guerdon_secret_key_info{{key=\"{new}\",use=\"seals\"}} 1\n")).await;
        assert_eq!(send_event(&server, &secret, "two").await, 202);
        refused(&program, &["secrets", "remove-key", &old], "it sealed 1 of the secrets");

        assert_eq!(program.json(&["secrets", "rotate", "--json"]), json!({"key": new, "sealed_anew": 1}));
        assert!(program.ok(&["secrets", "rotate"]).contains("0 secrets were sealed anew"));
        assert_eq!(send_event(&server, &secret, "three").await, 202);
        refused(&program, &["secrets", "remove-key", &old], "--at-once");
        program.ok(&["secrets", "remove-key", &old, "--at-once"]);
        wait::until("the old key is gone", Duration::from_secs(30), async || {
            let metrics = reqwest::get(server.url("/metrics")).await.ok()?.text().await.ok()?;
            (!metrics.contains(&old)).then_some(())
        })
        .await;
        assert_eq!(send_event(&server, &secret, "four").await, 202);
        // The feed's and what recovery codes were signed with.
        let now = status(&program);
        assert_eq!((&now["keys"], &now["unopened"]), (&json!([{"key": new, "seals": true, "sealed": 2}]), &json!([])));
        let log = server.log();
        assert!(log.contains(&format!("{new} seals, {old} opens, too")) && !log.contains("ERROR"), "{log}");
        assert!(!log.contains(fs::read_to_string(&file).unwrap().trim()), "names are told, never keys");
    }

    async fn a_file_that_is_not_this_databases_changes_nothing(db) {
        let program = Program::on(db);
        assert!(program.serve().await.stop().success());
        program.ok(&["tenant", "create", "acme", "--name", "Acme"]);
        make_secret(db, &program).await;
        let stranger = Program::on(db);
        let missing = stranger.run(&["secrets", "rotate"]);
        assert_eq!(missing.code, Some(1), "{missing:?}");
        assert!(!stranger.folder().join("guerdon.key").exists(), "no key is made by the way");
        KeyRing::load_or_make(&stranger.folder().join("guerdon.key")).unwrap();
        refused(&stranger, &["secrets", "rotate"], "none of the keys");
        let unopened = stranger.run(&["secrets", "status"]);
        assert_eq!(unopened.code, Some(1), "{unopened:?}");
        assert!(unopened.out.contains("No key opens the secret") && unopened.out.contains("of acme"), "{unopened:?}");
        assert_eq!(status(&program)["keys"][0]["sealed"], 1);
    }
}
