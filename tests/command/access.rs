//! Tenants, users, API clients and tokens on the command line.

use guerdon::store::Backend;
use serde_json::{Value, json};

use crate::common::{database::TestDb, on_both, program::Program};

const PASSWORD: &str = "correct horse battery staple";

/// A command that is refused: exit code 2, one line that says why.
fn refused(program: &Program, arguments: &[&str], input: &str) -> String {
    let printed = program.run_with(arguments, input);
    assert_eq!(printed.code, Some(2), "guerdon {}: {printed:?}", arguments.join(" "));
    assert_eq!(printed.out, "", "guerdon {}", arguments.join(" "));
    assert_eq!(printed.err.lines().count(), 1, "guerdon {}: {}", arguments.join(" "), printed.err);
    printed.err
}

fn make_acme(program: &Program) {
    program.ok(&["tenant", "create", "acme", "--name", "Acme", "--time-zone", "Europe/Berlin", "--currency", "CHF"]);
}

fn make_user(program: &Program, email: &str, more: &[&str]) {
    let arguments = [&["user", "create", "--email", email, "--password-stdin"], more].concat();
    let printed = program.run_with(&arguments, &format!("{PASSWORD}\n"));
    assert_eq!(printed.code, Some(0), "{printed:?}");
}

on_both! {
    async fn a_tenant_is_made_with_its_site(db) {
        let program = Program::on(db);
        make_acme(&program);
        let mut tenants = program.json(&["tenant", "list", "--json"]);
        assert!(tenants[0]["created_at"].take().is_string());
        assert_eq!(tenants, json!([{
            "tenant": "acme", "name": "Acme", "time_zone": "Europe/Berlin", "currency": "CHF", "created_at": null,
            "agent_limit": 1_000, "manager_limit": null, "admin_limit": null, "birthday_points": false, "grace_days": 14,
            "customer_cancel_hours": 0, "demands_second_factor": false,
        }]));
        let set = ["tenant", "set", "acme", "--customer-cancel-hours", "24", "--grace-days", "0", "--json"];
        let now = program.json(&set);
        assert_eq!((&now["customer_cancel_hours"], &now["grace_days"], &now["agent_limit"]), (&json!(24), &json!(0), &json!(1_000)));
        assert!(program.ok(&["tenant", "set", "acme", "--name", "Acme AG"]).contains("cancel unused coupons within 24 hours"));
        let wrong = refused(&program, &["tenant", "set", "acme", "--grace-days", "-1", "--customer-cancel-hours", "x"], "");
        assert!(wrong.contains("--grace-days: Give a whole number from 0 to 366.") && wrong.contains("--customer-cancel-hours"), "{wrong}");
        let unknown = refused(&program, &["tenant", "set", "none", "--grace-days", "1"], "");
        assert!(unknown.contains("There is no tenant `none`."), "{unknown}");
        program.ok(&["tenant", "set", "acme", "--name", "Acme"]);
        assert!(program.ok(&["tenant", "list"]).contains("acme    Acme  Europe/Berlin  CHF"));
        let again = refused(&program, &["tenant", "create", "acme", "--name", "Acme"], "");
        assert!(again.contains("There is a tenant `acme` already."), "{again}");
    }

    async fn a_user_is_made_and_managed(db) {
        let program = Program::on(db);
        make_acme(&program);
        make_user(&program, "Ann@Example.com", &["--tenant", "acme", "--role", "admin", "--name", "Ann"]);
        make_user(&program, "op@example.com", &["--operator"]);
        let team = program.json(&["user", "list", "--tenant", "acme", "--json"]);
        assert_eq!((&team[0]["email"], &team[0]["role"]), (&json!("ann@example.com"), &json!("admin")));
        assert_eq!(team.as_array().map(Vec::len), Some(1));
        let all = program.json(&["user", "list", "--json"]);
        assert_eq!((&all[1]["email"], &all[1]["operator"]), (&json!("op@example.com"), &json!(true)));

        let email = ["--email", "ann@example.com"];
        let last = refused(&program, &["user", "remove", "--tenant", "acme", email[0], email[1]], "");
        assert!(last.contains("last admin"), "{last}");
        program.ok(&["user", "add", "--tenant", "acme", "--email", "op@example.com", "--role", "admin"]);
        program.ok(&["user", "set-role", "--tenant", "acme", email[0], email[1], "--role", "viewer"]);
        program.ok(&["user", "disable", email[0], email[1]]);
        assert!(program.ok(&["user", "list"]).contains("disabled"));
        program.ok(&["user", "enable", email[0], email[1]]);
        program.ok(&["user", "remove", "--tenant", "acme", email[0], email[1]]);
        let set = program.run_with(&["user", "set-password", email[0], email[1], "--password-stdin"], "another long password");
        assert_eq!(set.code, Some(0), "{set:?}");
    }

    async fn bad_input_is_refused_in_one_line(db) {
        let program = Program::on(db);
        make_acme(&program);
        make_user(&program, "ann@example.com", &["--tenant", "acme", "--role", "admin"]);
        let user = ["user", "create", "--password-stdin", "--email", "bob@example.com"];
        let with = |more: &[&'static str]| [&user, more].concat();
        for (arguments, input, reason) in [
            (with(&["--tenant", "acme", "--role", "boss"]), PASSWORD, "viewer, agent, manager and admin"),
            (with(&["--tenant", "acme"]), PASSWORD, "--role"),
            (with(&[]), PASSWORD, "--tenant"),
            (with(&["--tenant", "nowhere", "--role", "admin"]), PASSWORD, "There is no tenant `nowhere`."),
            (with(&["--tenant", "acme", "--role", "admin"]), "short\n", "at least 12 characters"),
            (with(&["--tenant", "acme", "--role", "admin"]), "password1234\n", "first that are guessed"),
            (with(&["--tenant", "acme", "--role", "admin"]), "", "at least 12 characters"),
            (vec!["user", "create", "--operator", "--email", "bob@example.com"], "", "--password-stdin"),
            (vec!["user", "create", "--operator", "--email", "bob", "--password-stdin"], PASSWORD, "e-mail address"),
            (vec!["user", "create", "--operator", "--email", "ann@example.com", "--password-stdin"], PASSWORD, "already"),
            (vec!["user", "disable", "--email", "nobody@example.com"], "", "There is no user nobody@example.com."),
            (vec!["tenant", "create", "ac", "--name", "x"], "", "3 to 16"),
            (vec!["tenant", "create", "customer", "--name", "x"], "", "a path of Guerdon"),
            (vec!["tenant", "create", "public", "--name", "x"], "", "a path of Guerdon"),
            (vec!["tenant", "create", "summaryBatch", "--name", "x"], "", "3 to 16"),
            (vec!["tenant", "create", "beta", "--name", ""], "", "name"),
            (vec!["tenant", "create", "beta", "--name", "a\nb"], "", "one line"),
            (vec!["tenant", "create", "beta", "--name", "x", "--currency", "XXX"], "", "ISO 4217"),
            (vec!["tenant", "create", "beta", "--name", "x", "--time-zone", "Mars"], "", "time zone"),
            (vec!["tenant", "create", "beta"], "", "--name"),
            (vec!["client", "create", "--tenant", "acme", "--name", "x", "--scope", "nope"], "", "There is no scope `nope`"),
            (vec!["client", "create", "--tenant", "acme", "--name", "x", "--scope", ""], "", "at least one scope"),
            (vec!["client", "create", "--tenant", "beta", "--name", "x", "--scope", "coupon.coupon_read"], "", "no tenant"),
            (vec!["client", "revoke", "acme.unknown"], "", "There is no API client `acme.unknown`."),
            (vec!["client", "revoke", "unknown"], "", "client id"),
            (vec!["client", "list", "--tenant", "beta"], "", "There is no tenant `beta`."),
            (vec!["token", "customer", "--tenant", "acme", "--customer", ""], "", "customer id"),
            (vec!["token", "customer", "--tenant", "beta", "--customer", "C1"], "", "no tenant"),
            (vec!["token", "customer", "--tenant", "acme", "--customer", "C1", "--ttl-seconds", "0"], "", "1 to 86400"),
            (vec!["token", "customer", "--tenant", "acme", "--customer", "C1", "--ttl-seconds", "-5"], "", "1 to 86400"),
            (vec!["nonsense"], "", "nonsense"),
            (vec!["tenant", "creat"], "", "create"),
        ] {
            let told = refused(&program, &arguments, input);
            assert!(told.contains(reason), "guerdon {}: {told}", arguments.join(" "));
        }
        assert_eq!(program.json(&["user", "list", "--json"]).as_array().map(Vec::len), Some(1));
        assert_eq!(program.json(&["tenant", "list", "--json"]).as_array().map(Vec::len), Some(1));
    }

    async fn a_client_and_a_customer_get_their_tokens(db) {
        let program = Program::on(db);
        make_acme(&program);
        let scopes = "rewardspoints.rewardpoints_view rewardspoints.rewardpoints_manage";
        let made = program.json(&["client", "create", "--tenant", "acme", "--name", "shop", "--scope", scopes, "--json"]);
        let Value::Object(fields) = &made else { panic!("{made}") };
        assert_eq!(fields.keys().collect::<Vec<_>>(), ["client_id", "client_secret"]);
        let (id, secret) = (made["client_id"].as_str().unwrap(), made["client_secret"].as_str().unwrap());
        assert!(id.starts_with("acme.") && secret.starts_with("gds_"), "{made}");

        let server = program.serve().await;
        let form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
        let ask = async || {
            let request = reqwest::Client::new().post(server.url("/oauth/token")).form(&form);
            request.send().await.unwrap().status().as_u16()
        };
        assert_eq!(ask().await, 200);
        // While the server runs.
        let listed = program.json(&["client", "list", "--tenant", "acme", "--json"]);
        assert_eq!((&listed[0]["scopes"], &listed[0]["revoked_at"]), (&json!(scopes), &Value::Null));
        assert!(listed[0]["last_used_at"].is_string(), "{listed}");
        assert!(!listed.to_string().contains(secret), "{listed}");
        // A new secret: the one before is good for a day more, or ends at once.
        let rotated = program.json(&["client", "rotate", id, "--json"]);
        assert!(rotated["client_secret"].as_str().is_some_and(|new| new.starts_with("gds_") && new != secret), "{rotated}");
        assert_eq!(ask().await, 200);
        assert!(program.ok(&["client", "rotate", id, "--at-once"]).contains("client_secret: gds_"));
        assert_eq!(ask().await, 401);
        program.ok(&["client", "revoke", id]);

        let token = program.json(&["token", "customer", "--tenant", "acme", "--customer", "C 1/ü", "--json"]);
        assert_eq!(token["expires_in"], 900);
        let text = token["access_token"].as_str().unwrap();
        assert_eq!(text.split_once('.').unwrap().0, "gdt_acme");
        let log = server.log();
        assert!(!log.contains(text) && !log.contains(secret) && !log.contains("C 1"), "{log}");
    }
}

/// Nothing to do with the database.
#[tokio::test(flavor = "multi_thread")]
async fn every_command_can_be_learnt_from_its_help() {
    let db = TestDb::empty(Backend::Sqlite).await;
    let program = Program::on(&db);
    for (arguments, told) in [
        (vec!["--help"], "Reward points for online shops"),
        (vec!["tenant", "create", "--help"], "guerdon tenant create acme"),
        (vec!["user", "create", "--help"], "guerdon user create --tenant acme"),
        (vec!["client", "create", "--help"], "rewardspoints.customertoken_issue"),
        (vec!["token", "customer", "--help"], "guerdon token customer"),
        (vec!["serve", "--help"], "Listening on"),
        (vec!["--version"], env!("CARGO_PKG_VERSION")),
    ] {
        let help = program.ok(&arguments);
        assert!(help.contains(told), "guerdon {}: {help}", arguments.join(" "));
    }
}
