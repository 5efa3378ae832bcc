//! A real Chromium, driven through the WebDriver protocol by Debian's chromedriver.
//!
//! Each browser has a driver, a profile and a cache of its own. Elements are found as people find them, by their
//! label or their text, and every step waits until what it needs is there. When the browser is dropped, its console
//! must be empty: no error of a script, no breach of the content security policy, no file that is missing.

use std::{
    env, fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::wait;

/// How long a page may take; generous, because the tests share the machine.
const PATIENCE: Duration = Duration::from_secs(20);
/// The key under which WebDriver names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// What the driver says of an element that is being replaced, or is not quite there yet.
const PASSING: [&str; 4] = ["stale element", "does not belong to the document", "intercepted", "not interactable"];

/// Finds the control with a label, an accessible name, an id or a name.
const CONTROL: &str = r#"
    const [wanted] = arguments;
    const clean = text => (text || "").replace(/\s+/g, " ").trim();
    const shown = element => element.checkVisibility() && element.type !== "hidden";
    for (const label of document.querySelectorAll("label")) {
        const text = clean(label.textContent).replace(" (optional)", "");
        if (text === wanted && label.control && shown(label.control)) return label.control;
    }
    for (const element of document.querySelectorAll("input, select, textarea, [role=switch], [role=combobox]")) {
        const names = [element.getAttribute("aria-label"), element.id, element.name].map(clean);
        if (names.includes(wanted) && shown(element)) return element;
    }
    return null;
"#;

/// Finds what can be pressed, by its text or its accessible name; the topmost dialog first.
const BUTTON: &str = r#"
    const [wanted] = arguments;
    const clean = text => (text || "").replace(/\s+/g, " ").trim();
    const dialogs = document.querySelectorAll("dialog[open]");
    const scope = dialogs.length ? dialogs[dialogs.length - 1] : document;
    const pressable = "button, a[href], summary, input[type=submit], [role=button], [role=tab], [role=option]";
    const found = [...scope.querySelectorAll(pressable)].filter(element => element.checkVisibility());
    const named = element => [element.innerText, element.getAttribute("aria-label"), element.value, element.id].map(clean);
    return found.find(element => named(element).includes(wanted)) || null;
"#;

/// Finds what can be pressed inside an element with a shadow root, `HOST|TEXT`.
const BUTTON_WITHIN: &str = r#"
    const [host, wanted] = arguments[0].split("|");
    const clean = text => (text || "").replace(/\s+/g, " ").trim();
    const root = document.querySelector(host)?.shadowRoot;
    const found = [...root?.querySelectorAll("button, a[href]") ?? []].filter(element => element.checkVisibility());
    return found.find(element => [element.innerText, element.getAttribute("aria-label")].map(clean).includes(wanted)) || null;
"#;

/// The text that a person sees inside an element with a shadow root.
const TEXT_WITHIN: &str = r#"
    const inside = document.querySelector(arguments[0])?.shadowRoot?.children ?? [];
    const shown = [...inside].filter(element => element.nodeName === "SLOT" || element.checkVisibility());
    const text = shown.map(element => element.nodeName === "SLOT" ? element.getRootNode().host.innerText : element.innerText);
    return text.join(" ").replace(/\s+/g, " ").trim();
"#;

/// A Chromium with one window.
pub(crate) struct Browser {
    http: Client,
    /// The address of the session at the driver.
    session: String,
    /// The address of the site.
    base: String,
    /// Parts of console messages that the test expects.
    expected: Vec<String>,
    driver: Child,
    profile: TempDir,
}

/// A part of the page.
pub(crate) struct Element<'b> {
    browser: &'b Browser,
    id: String,
}

impl Browser {
    /// Starts a Chromium for the site at `base`, such as `http://127.0.0.1:4711`.
    pub(crate) async fn open(base: &str) -> Self {
        let profile = tempfile::tempdir().unwrap();
        let missing = "Chromium is missing. Run `scripts/test`, which installs Debian's chromium and chromium-driver.";
        let mut driver = Command::new("chromedriver")
            .args(["--port=0", "--log-level=SEVERE"])
            // Chromium writes its caches below this, and with it nothing of the user's.
            .env("HOME", profile.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect(missing);
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines().map_while(Result::ok);
        let port = lines
            .find_map(|line| line.rsplit_once("started successfully on port ").map(|(_, port)| port.to_owned()))
            .expect("chromedriver says on which port it listens");
        let driver_url = format!("http://127.0.0.1:{}", port.trim_end_matches('.'));
        let http = Client::builder().no_proxy().build().unwrap();
        let mut browser =
            Self { http, session: driver_url.clone(), base: base.to_owned(), expected: Vec::new(), driver, profile };
        let session = browser.send(Method::POST, "/session", capabilities(browser.profile.path())).await.unwrap();
        browser.session = format!("{driver_url}/session/{}", session["sessionId"].as_str().unwrap());
        browser
    }

    /// Sends a command to the driver.
    async fn send(&self, method: Method, path: &str, body: Value) -> Result<Value, String> {
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.session));
        if method == Method::POST {
            request = request.json(&body);
        }
        let answer = request.send().await.map_err(|error| error.to_string())?;
        let failed = !answer.status().is_success();
        let mut answer: Value = answer.json().await.map_err(|error| error.to_string())?;
        let value = answer["value"].take();
        if failed { Err(format!("{path}: {}: {}", value["error"], value["message"])) } else { Ok(value) }
    }

    async fn post(&self, path: &str, body: Value) -> Result<Value, String> {
        self.send(Method::POST, path, body).await
    }

    /// Goes to a path of the site, as if it were typed.
    pub(crate) async fn goto(&self, path: &str) {
        self.post("/url", json!({"url": format!("{}{path}", self.base)})).await.unwrap();
    }

    /// The path, query and fragment of the page.
    pub(crate) async fn path(&self) -> String {
        let url = self.send(Method::GET, "/url", Value::Null).await.unwrap();
        url.as_str().unwrap().trim_start_matches(&self.base).to_owned()
    }

    /// Waits until the page's path is this.
    pub(crate) async fn arrive_at(&self, path: &str) {
        wait::until(&format!("the page is {path}"), PATIENCE, async || (self.path().await == path).then_some(())).await;
    }

    /// Runs a script in the page and returns what it returns.
    pub(crate) async fn script(&self, script: &str, arguments: Value) -> Value {
        self.post("/execute/sync", json!({"script": script, "args": arguments})).await.unwrap()
    }

    /// Waits until a script finds an element.
    async fn found_by(&self, script: &str, wanted: &str) -> Element<'_> {
        let id = wait::until(&format!("the page has `{wanted}`"), PATIENCE, async || {
            let found = self.post("/execute/sync", json!({"script": script, "args": [wanted]})).await.ok()?;
            found[ELEMENT].as_str().map(ToOwned::to_owned)
        })
        .await;
        Element { browser: self, id }
    }

    /// The first element that a CSS selector finds.
    pub(crate) async fn find(&self, selector: &str) -> Element<'_> {
        self.found_by("return document.querySelector(arguments[0]);", selector).await
    }

    /// How many visible elements a CSS selector finds now.
    pub(crate) async fn count(&self, selector: &str) -> u64 {
        let script = "return [...document.querySelectorAll(arguments[0])].filter(e => e.checkVisibility()).length;";
        self.script(script, json!([selector])).await.as_u64().unwrap()
    }

    /// Does something to an element; again, with the element that took its place, while the page replaces it.
    async fn act(&self, script: &str, wanted: &str, path: &str, body: Value) {
        wait::until(&format!("`{wanted}` lets itself be used"), PATIENCE, async || {
            let element = self.found_by(script, wanted).await;
            match self.post(&format!("/element/{}{path}", element.id), body.clone()).await {
                Ok(_) => Some(()),
                Err(error) if PASSING.iter().any(|passing| error.contains(passing)) => {
                    // To the driver, what lies below the fixed head of the page is in view.
                    let clear = "arguments[0].scrollIntoView({block: 'center'})";
                    let _ = self.post("/execute/sync", json!({"script": clear, "args": [{ELEMENT: element.id}]})).await;
                    None
                }
                Err(error) => panic!("{wanted}: {error}"),
            }
        })
        .await;
    }

    /// Types a value into the field with this label (or accessible name, id, name), over what is there.
    pub(crate) async fn fill(&self, label: &str, value: &str) {
        self.act(CONTROL, label, "/clear", json!({})).await;
        self.act(CONTROL, label, "/value", json!({"text": value})).await;
    }

    /// Chooses an entry of the list with this label.
    pub(crate) async fn choose(&self, label: &str, entry: &str) {
        let list = self.found_by(CONTROL, label).await;
        let script = "const option = [...arguments[0].options].find(o => o.text.trim() === arguments[1]);
            if (!option) return false;
            arguments[0].value = option.value;
            for (const kind of ['input', 'change']) arguments[0].dispatchEvent(new Event(kind, {bubbles: true}));
            return true;";
        let chosen = self.script(script, json!([{ELEMENT: list.id}, entry])).await;
        assert_eq!(chosen, Value::Bool(true), "`{label}` has no entry `{entry}`");
    }

    /// Ticks or unticks the box with this label.
    pub(crate) async fn tick(&self, label: &str) {
        self.act(CONTROL, label, "/click", json!({})).await;
    }

    /// Presses the button or follows the link with this text (or accessible name, id).
    pub(crate) async fn click(&self, text: &str) {
        self.act(BUTTON, text, "/click", json!({})).await;
    }

    /// Drags the middle of one element to the middle of another, as a hand with a mouse does.
    pub(crate) async fn drag(&self, from: &str, to: &str) {
        let middle = "const box = document.querySelector(arguments[0]).getBoundingClientRect();
            return [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)];";
        let (from, to) = (self.script(middle, json!([from])).await, self.script(middle, json!([to])).await);
        let go = |place: &Value, millis: u32| json!({"type": "pointerMove", "x": place[0], "y": place[1], "duration": millis});
        // A little further than the middle: that is where rows change places.
        let further = if to[1].as_i64() > from[1].as_i64() { 6 } else { -6 };
        let beyond = json!([to[0], to[1].as_i64().unwrap() + further]);
        let acts = [
            go(&from, 0),
            json!({"type": "pointerDown", "button": 0}),
            go(&to, 200),
            go(&beyond, 100),
            json!({"type": "pointerUp", "button": 0}),
        ];
        let mouse = json!({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": acts});
        self.post("/actions", json!({"actions": [mouse]})).await.unwrap();
    }

    /// Presses the button with this text (or accessible name) inside an element with a shadow root.
    pub(crate) async fn click_within(&self, host: &str, text: &str) {
        self.act(BUTTON_WITHIN, &format!("{host}|{text}"), "/click", json!({})).await;
    }

    /// The text that a person sees inside an element with a shadow root.
    pub(crate) async fn text_within(&self, host: &str) -> String {
        let text = self.post("/execute/sync", json!({"script": TEXT_WITHIN, "args": [host]})).await;
        text.ok().and_then(|text| text.as_str().map(ToOwned::to_owned)).unwrap_or_default()
    }

    /// Waits until a text is seen inside an element with a shadow root.
    pub(crate) async fn see_within(&self, host: &str, text: &str) {
        let seen = async || self.text_within(host).await.contains(text).then_some(());
        wait::until(&format!("`{host}` shows `{text}`"), PATIENCE, seen).await;
    }

    /// Waits until a script returns something that is neither null nor false, and returns that.
    pub(crate) async fn until(&self, what: &str, script: &str) -> Value {
        wait::until(what, PATIENCE, async || {
            let found = self.post("/execute/sync", json!({"script": script, "args": []})).await.ok()?;
            (!found.is_null() && found != Value::Bool(false)).then_some(found)
        })
        .await
    }

    /// Presses keys in whatever has the focus; WebDriver's private characters stand for keys such as Enter (`\u{e007}`).
    pub(crate) async fn press(&self, keys: &str) {
        let focused = self.send(Method::GET, "/element/active", Value::Null).await.unwrap();
        let id = focused[ELEMENT].as_str().unwrap();
        self.post(&format!("/element/{id}/value"), json!({"text": keys})).await.unwrap();
    }

    /// The text that a person sees in the first element that a CSS selector finds, spaces and line breaks as one space.
    pub(crate) async fn text(&self, selector: &str) -> String {
        wait::until(&format!("the page has `{selector}`"), PATIENCE, async || {
            let script = "return document.querySelector(arguments[0])?.innerText;";
            let text = self.post("/execute/sync", json!({"script": script, "args": [selector]})).await.ok()?;
            Some(text.as_str()?.split_whitespace().collect::<Vec<_>>().join(" "))
        })
        .await
    }

    /// The text that a person sees on the page now.
    async fn page(&self) -> String {
        let script = "return document.body ? document.body.innerText.replace(/\\s+/g, ' ') : '';";
        let page = self.post("/execute/sync", json!({"script": script, "args": []})).await;
        page.ok().and_then(|page| page.as_str().map(ToOwned::to_owned)).unwrap_or_default()
    }

    /// Waits until the page shows a text.
    pub(crate) async fn see(&self, text: &str) {
        let what = format!("the page shows `{text}`");
        wait::until(&what, PATIENCE, async || self.page().await.contains(text).then_some(())).await;
    }

    /// Waits until the page no longer shows a text.
    pub(crate) async fn see_no(&self, text: &str) {
        let what = format!("the page shows `{text}` no longer");
        wait::until(&what, PATIENCE, async || (!self.page().await.contains(text)).then_some(())).await;
    }

    /// Makes the window this large.
    pub(crate) async fn resize(&self, width: u32, height: u32) {
        // Windows have a least width; the emulated screen of a phone has none.
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Shows pages as a machine set to this colour scheme does, `light` or `dark`.
    pub(crate) async fn prefer(&self, scheme: &str) {
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.devtools("Emulation.setEmulatedMedia", features).await;
    }

    /// Goes on without JavaScript, from the next page on.
    pub(crate) async fn without_scripts(&self) {
        self.devtools("Emulation.setScriptExecutionDisabled", json!({"value": true})).await;
    }

    async fn devtools(&self, command: &str, parameters: Value) {
        self.post("/goog/cdp/execute", json!({"cmd": command, "params": parameters})).await.unwrap();
    }

    /// Keeps a picture of the window as `NAME.png` in the folder that `TEST_SCREENSHOTS` names, if it names one.
    pub(crate) async fn screenshot(&self, name: &str) {
        let Ok(folder) = env::var("TEST_SCREENSHOTS") else { return };
        let picture = self.send(Method::GET, "/screenshot", Value::Null).await.unwrap();
        let picture = BASE64_STANDARD.decode(picture.as_str().unwrap()).unwrap();
        fs::create_dir_all(&folder).unwrap();
        fs::write(Path::new(&folder).join(format!("{name}.png")), picture).unwrap();
    }

    /// Takes it that the console will have messages that hold `part`, such as `status of 403`.
    pub(crate) fn expect_in_console(&mut self, part: &str) {
        self.expected.push(part.to_owned());
    }

    /// What the console has said since it was last asked, without what is expected.
    pub(crate) async fn console(&self) -> Vec<String> {
        let entries = self.post("/se/log", json!({"type": "browser"})).await.unwrap_or_default();
        let messages = entries.as_array().into_iter().flatten().filter(|entry| entry["level"] != "INFO");
        messages
            .map(|entry| format!("{} {}", entry["level"], entry["message"]).replace('"', ""))
            // A form that is shown again with its errors answers 422, which the console calls a failure.
            .filter(|message| !message.contains("status of 422"))
            .filter(|message| !self.expected.iter().any(|part| message.contains(part)))
            .collect()
    }
}

impl Element<'_> {
    /// An attribute, if it has it.
    pub(crate) async fn attribute(&self, name: &str) -> Option<String> {
        let script = "return arguments[0].getAttribute(arguments[1]);";
        let value = self.browser.script(script, json!([{ELEMENT: self.id}, name])).await;
        value.as_str().map(ToOwned::to_owned)
    }

    /// What a field holds now.
    pub(crate) async fn value(&self) -> String {
        let value = self.browser.script("return arguments[0].value;", json!([{ELEMENT: self.id}])).await;
        value.as_str().unwrap_or_default().to_owned()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let this = &*self;
        let failed = std::thread::panicking();
        // A thread of its own: a runtime cannot wait inside another one.
        let said = std::thread::scope(|scope| {
            let ended = scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(async {
                    let said = this.console().await;
                    if failed {
                        let source = this.send(Method::GET, "/source", Value::Null).await;
                        eprintln!("The browser shows {}: {}", this.path().await, source.unwrap_or_default());
                    }
                    let _ = this.send(Method::DELETE, "", Value::Null).await;
                    said
                })
            });
            ended.join().unwrap_or_default()
        });
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        if failed {
            eprintln!("The browser's console: {said:?}");
        } else {
            assert!(said.is_empty(), "the browser's console is not empty:\n{}", said.join("\n"));
        }
    }
}

fn capabilities(profile: &Path) -> Value {
    let arguments = [
        "--headless",
        // Chromium refuses to run as root with its sandbox; it sees nothing but our own pages.
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--window-size=1280,900",
        "--lang=en",
        // It ends with its driver, however that ends.
        "--remote-debugging-pipe",
        // A page that loads anything from elsewhere fails.
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    ];
    let profile = format!("--user-data-dir={}", profile.join("profile").display());
    let arguments: Vec<&str> = arguments.into_iter().chain([profile.as_str()]).collect();
    json!({"capabilities": {"alwaysMatch": {
        "browserName": "chrome",
        "timeouts": {"pageLoad": 60_000, "script": 30_000},
        "goog:loggingPrefs": {"browser": "ALL"},
        "goog:chromeOptions": {"args": arguments},
    }}})
}
