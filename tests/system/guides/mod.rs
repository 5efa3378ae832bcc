//! Every request and every piece of code of the guides, run against the real program.

mod samples;

use std::{
    fmt::Write as _,
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use guerdon::store::Backend;
use regex::Regex;
use reqwest::Client;
use serde_json::{Value, json};

use crate::common::{
    database::TestDb,
    program::{Program, Server},
    wait,
};

const INTEGRATING: &str = "docs/integrating.md";
const TOKENS: &str = "docs/token-endpoint.md";
/// The address in the guides.
const THERE: &str = "http://127.0.0.1:8080";

/// A program for one of the languages, and what it says when it is missing.
fn command(name: &str) -> Command {
    let known = Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(known.is_ok(), "`{name}` is missing. Run `scripts/test`, which installs it.");
    Command::new(name)
}

/// What a command printed on both outputs; it must succeed.
fn printed(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {text}");
    text
}

/// Makes the tenant and the client that the guide makes.
fn shop(program: &Program) -> Value {
    program.ok(&["tenant", "create", "acme", "--name", "Acme", "--currency", "EUR"]);
    let scope = "rewardspoints.rewardpoints_view rewardspoints.rewardpoints_manage rewardspoints.customertoken_issue";
    program.json(&["client", "create", "--tenant", "acme", "--name", "shop", "--scope", scope, "--json"])
}

async fn token(server: &Server, client: &Value) -> String {
    let form = json!({
        "grant_type": "client_credentials", "client_id": client["client_id"], "client_secret": client["client_secret"],
    });
    let answer = Client::new().post(server.url("/oauth/token")).form(&form).send().await.unwrap();
    let answer: Value = answer.error_for_status().unwrap().json().await.unwrap();
    answer["access_token"].as_str().unwrap().to_owned()
}

async fn add(server: &Server, token: &str, points: i64) {
    let request = Client::new().post(server.url("/reward-points/customer/C1/addPoints")).bearer_auth(token);
    let answer = request.json(&json!({"points": points, "description": "x"})).send().await.unwrap();
    assert_eq!(answer.status(), 201);
}

/// The names of the fields of an answer, as a guide shows it: with `...` for what is left out.
fn fields(shown: &str) -> Vec<String> {
    Regex::new(r#""([A-Za-z_]+)":"#).unwrap().captures_iter(shown).map(|found| found[1].to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_requests_of_the_guide_answer_as_it_says() {
    let db = TestDb::new(Backend::Sqlite).await;
    let program = Program::on(&db);
    let server = program.serve().await;
    let mut script =
        String::from("exec 2>&1\nset -euo pipefail\ncurl() { command curl --fail-with-body --show-error \"$@\"; }\n");
    let mut expected: Vec<(usize, Vec<String>)> = Vec::new();
    for sample in samples::of(INTEGRATING) {
        match sample.language.as_str() {
            "sh" => {
                writeln!(script, "echo; echo '@@{}'\n{}", sample.line, sample.code).unwrap();
                expected.push((sample.line, Vec::new()));
            }
            "json" => expected.last_mut().unwrap().1.extend(fields(&sample.code)),
            _ => {}
        }
    }
    assert!(expected.len() > 10, "the guide has requests");
    let folder = program.folder();
    let script = script.replace(THERE, &server.url("")).replace("/tmp/", &format!("{}/", folder.display()));
    fs::write(folder.join("guide.sh"), script).unwrap();
    fs::create_dir(folder.join("bin")).unwrap();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_guerdon"), folder.join("bin/guerdon")).unwrap();
    let path = format!("{}:{}", folder.join("bin").display(), std::env::var("PATH").unwrap());
    let mut bash = command("bash");
    bash.arg("guide.sh").current_dir(folder).env("PATH", path);
    let text = printed(bash.envs(program.variables()));
    let answers: Vec<&str> = text.split("@@").skip(1).collect();
    assert_eq!(answers.len(), expected.len(), "{text}");
    for ((line, names), answer) in expected.iter().zip(answers) {
        for name in names {
            assert!(answer.contains(&format!("\"{name}\"")), "{INTEGRATING}:{line}: no `{name}` in {answer}");
        }
    }
    // What the guide says beside its answers.
    assert!(text.contains("rounded down: 104") && text.contains("\"code\":\"ACM-"), "{text}");
    assert_eq!(program.json(&["verify", "--json"])["ok"], true);
    // The page of a shop that asks by itself.
    let customer = program.json(&["token", "customer", "--tenant", "acme", "--customer", "C1", "--json"]);
    let code = samples::with(INTEGRATING, "// balance.mjs").replace(THERE, &server.url(""));
    fs::write(folder.join("balance.mjs"), code).unwrap();
    let shown = printed(
        command("node")
            .arg("balance.mjs")
            .current_dir(folder)
            .env("CUSTOMER", customer["access_token"].as_str().unwrap()),
    );
    // 104 for the first order, taken back; 2,500 of a guest; 120 by hand; 500 spent.
    assert_eq!(shown.trim(), "2120");
}

/// The program of each language: its name, the file, what is added to call it, and the command.
const LANGUAGES: [(&str, &str, &str, &[&str]); 5] = [
    ("js", "token.mjs", "\nconsole.log(JSON.stringify(await customerToken('C1')));\n", &["node", "token.mjs"]),
    ("python", "token.py", "\nprint(json.dumps(customer_token('C1')))\n", &["python3", "token.py"]),
    ("php", "token.php", "\necho json_encode(guerdon_customer_token('C1'));\n", &["php", "token.php"]),
    ("ruby", "token.rb", "\nputs JSON.generate(Guerdon.customer_token('C1'))\n", &["ruby", "token.rb"]),
    (
        "java",
        "Points.java",
        "\nclass Main { public static void main(String[] none) throws Exception { \
             System.out.println(Points.customerToken(\"C1\")); } }\n",
        &["java", "Points.java"],
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_token_endpoint_works_in_every_language() {
    let db = TestDb::new(Backend::Sqlite).await;
    let program = Program::on(&db);
    let server = program.serve().await;
    let client = shop(&program);
    add(&server, &token(&server, &client).await, 120).await;
    let all = samples::of(TOKENS);
    for (language, file, call, start) in LANGUAGES {
        let mut found = all.iter().filter(|sample| sample.language == language);
        let sample = found.next().unwrap_or_else(|| panic!("{TOKENS} has nothing in {language}"));
        assert!(found.next().is_none(), "{TOKENS} has two pieces in {language}");
        let code = match language {
            // Java runs the first class of a file.
            "java" => {
                let (imports, class) = sample.code.split_once("\nclass Points").unwrap();
                format!("{imports}{call}class Points{class}")
            }
            _ => format!("{}{call}", sample.code),
        };
        fs::write(program.folder().join(file), code).unwrap();
        let mut run = command(start[0]);
        run.args(&start[1..])
            .current_dir(program.folder())
            .env("GUERDON", server.url(""))
            .env("GUERDON_TENANT", "acme");
        run.env("GUERDON_CLIENT_ID", client["client_id"].as_str().unwrap());
        run.env("GUERDON_CLIENT_SECRET", client["client_secret"].as_str().unwrap());
        let answer: Value = serde_json::from_str(printed(&mut run).trim()).unwrap();
        assert!(answer["expires_in"].as_i64().unwrap() > 60, "{language}: {answer}");
        let request = Client::new().get(server.url("/reward-points/public/customer"));
        let balance = request.bearer_auth(answer["access_token"].as_str().unwrap()).send().await.unwrap();
        assert_eq!(balance.text().await.unwrap(), "120", "{language}");
    }
}

/// A program that runs beside the test, and ends with it.
struct Beside(Child);

impl Drop for Beside {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What an admin does in the back office: gives the page that a form answers with.
async fn in_the_office(
    program: &Program,
    server: &Server,
    form: &str,
    action: &str,
    fields: &[(&str, &str)],
) -> String {
    let create =
        ["user", "create", "--tenant", "acme", "--email", "ann@example.com", "--role", "admin", "--password-stdin"];
    assert_eq!(program.run_with(&create, "a long enough sentence\n").code, Some(0));
    let browser = Client::builder().cookie_store(true).no_proxy().build().unwrap();
    let csrf = async |path: &str| {
        let page = browser.get(server.url(path)).send().await.unwrap().text().await.unwrap();
        let rest = page.split("name=\"csrf\" value=\"").last().unwrap().to_owned();
        rest.split('"').next().unwrap().to_owned()
    };
    let post = async |path: &str, fields: &[(&str, &str)]| {
        let fields: Vec<(&str, &str)> = fields.to_vec();
        let request = browser.post(server.url(path)).header("sec-fetch-site", "same-origin").form(&fields);
        request.send().await.unwrap().error_for_status().unwrap().text().await.unwrap()
    };
    let token = csrf("/admin/login").await;
    post("/admin/login", &[("csrf", &token), ("email", "ann@example.com"), ("password", "a long enough sentence")])
        .await;
    let token = csrf(form).await;
    post(action, &[&[("csrf", token.as_str())], fields].concat()).await
}

/// The secret that a page shows once.
fn secret_on(page: &str) -> String {
    let found = Regex::new(r"whsec_[A-Za-z0-9+/=]+").unwrap().find(page).map(|found| found.as_str().to_owned());
    found.unwrap_or_else(|| panic!("no secret on {page}"))
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_receiver_takes_what_guerdon_tells_and_nothing_else() {
    let db = TestDb::new(Backend::Sqlite).await;
    let program = Program::on(&db).with("GUERDON_WEBHOOKS_ALLOW_PRIVATE", "true");
    let server = program.serve().await;
    let client = shop(&program);
    let url = format!("http://127.0.0.1:{}/points", free_port());
    let fields = [("url", url.as_str()), ("event_types", "points.added"), ("event_types", "points.redeemed")];
    let page = in_the_office(&program, &server, "/admin/acme/webhooks/new", "/admin/acme/webhooks", &fields).await;
    let folder = program.folder();
    fs::write(folder.join("receiver.mjs"), samples::with(INTEGRATING, "// receiver.mjs")).unwrap();
    let log = fs::File::create(folder.join("receiver.log")).unwrap();
    let port = url.trim_start_matches("http://127.0.0.1:").trim_end_matches("/points");
    let mut node = command("node");
    node.arg("receiver.mjs").current_dir(folder).env("PORT", port).env("GUERDON_WEBHOOK_SECRET", secret_on(&page));
    let _receiver = Beside(node.stdout(log).spawn().unwrap());
    wait::until("the receiver listens", Duration::from_secs(20), async || {
        // What nobody signed is refused.
        let answer = Client::new().post(&url).body("{}").send().await.ok()?;
        assert_eq!(answer.status(), 401);
        Some(())
    })
    .await;
    let token = token(&server, &client).await;
    add(&server, &token, 120).await;
    add(&server, &token, 30).await;
    wait::until("the shop knows the balance", Duration::from_secs(30), async || {
        let told = fs::read_to_string(folder.join("receiver.log")).unwrap();
        told.contains("points.added C1 150\n").then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_told_of_as_the_guide_tells_it() {
    let db = TestDb::new(Backend::Sqlite).await;
    let program = Program::on(&db);
    let server = program.serve().await;
    let client = shop(&program);
    program.ok(&["site", "set", "--tenant", "acme", "--site", "main", "--enabled", "true", "--factor", "1"]);
    let form = "/admin/acme/inbox/set-up";
    let page = in_the_office(&program, &server, form, &format!("{form}/orders"), &[("secret", "")]).await;
    let code = samples::with(INTEGRATING, "// feed.mjs").replace(THERE, &server.url(""));
    fs::write(program.folder().join("feed.mjs"), code).unwrap();
    let mut node = command("node");
    printed(node.arg("feed.mjs").current_dir(program.folder()).env("GUERDON_FEED_SECRET", secret_on(&page)));
    let token = token(&server, &client).await;
    wait::until("the order earned", Duration::from_secs(30), async || {
        let request = Client::new().get(server.url("/reward-points/customer/C1")).bearer_auth(&token);
        (request.send().await.unwrap().text().await.unwrap() == "104").then_some(())
    })
    .await;
}

#[test]
fn every_link_between_the_guides_leads_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let link = Regex::new(r"\]\(([^)#\s]*)(#[^)\s]+)?\)").unwrap();
    let slug = |heading: &str| {
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.collect::<String>().trim().to_lowercase().replace(' ', "-")
    };
    let mut guides: Vec<_> = fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path()).collect();
    guides.push(root.join("README.md"));
    for guide in guides.iter().filter(|path| path.extension().is_some_and(|ending| ending == "md")) {
        let text = fs::read_to_string(guide).unwrap();
        for found in link.captures_iter(&text).filter(|found| !found[1].contains("://")) {
            let target = if found[1].is_empty() { guide.clone() } else { guide.parent().unwrap().join(&found[1]) };
            assert!(target.exists(), "{}: {}", guide.display(), &found[0]);
            let Some(anchor) = found.get(2) else { continue };
            let text = fs::read_to_string(&target).unwrap();
            let headings =
                text.lines().filter_map(|line| line.strip_prefix('#')).map(|line| slug(line.trim_start_matches('#')));
            let wanted = anchor.as_str().trim_start_matches('#');
            assert!(headings.into_iter().any(|heading| heading == wanted), "{}: {}", guide.display(), &found[0]);
        }
    }
}
