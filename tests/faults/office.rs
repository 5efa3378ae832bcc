//! An admin with a browser whose requests go to one replica after the other.

use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::{Client, Response, StatusCode, redirect::Policy};

use crate::common::program::Program;

pub(crate) const EMAIL: &str = "ann@example.com";
pub(crate) const PASSWORD: &str = "a long enough sentence";

/// The admin. Cookies go to every port of a host, as browsers do.
pub(crate) struct Office {
    http: Client,
    bases: Vec<String>,
    next: AtomicUsize,
}

impl Office {
    /// Makes an admin of `acme`, who has not signed in.
    pub(crate) fn hire(program: &Program, bases: &[String]) -> Self {
        let create = ["user", "create", "--tenant", "acme", "--email", EMAIL, "--role", "admin", "--password-stdin"];
        assert_eq!(program.run_with(&create, &format!("{PASSWORD}\n")).code, Some(0));
        Self::at(bases)
    }

    fn at(bases: &[String]) -> Self {
        let http = Client::builder().cookie_store(true).no_proxy().redirect(Policy::none()).build().unwrap();
        Self { http, bases: bases.to_vec(), next: AtomicUsize::new(0) }
    }

    /// The same, signed in.
    pub(crate) async fn enter(program: &Program, bases: &[String]) -> Self {
        let office = Self::hire(program, bases);
        assert_eq!(office.sign_in(PASSWORD).await, StatusCode::SEE_OTHER);
        office
    }

    /// Signs in as the admin that there is already.
    pub(crate) async fn again(bases: &[String]) -> Self {
        let office = Self::at(bases);
        assert_eq!(office.sign_in(PASSWORD).await, StatusCode::SEE_OTHER);
        office
    }

    /// The address of a path on the next replica.
    fn url(&self, path: &str) -> String {
        let turn = self.next.fetch_add(1, Ordering::SeqCst);
        format!("{}{path}", self.bases[turn % self.bases.len()])
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.http.get(self.url(path)).send().await.unwrap()
    }

    /// Fills in the form of the page at `form`, which another replica may have made, and sends it.
    pub(crate) async fn submit(&self, form: &str, path: &str, fields: &[(&str, &str)]) -> Response {
        let page = self.get(form).await.text().await.unwrap();
        let csrf = page.split("name=\"csrf\" value=\"").last().unwrap().split('"').next().unwrap();
        self.post(path, &[&[("csrf", csrf)], fields].concat()).await
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let request = self.http.post(self.url(path)).header("sec-fetch-site", "same-origin").form(fields);
        request.send().await.unwrap()
    }

    pub(crate) async fn sign_in(&self, password: &str) -> StatusCode {
        self.submit("/admin/login", "/admin/login", &[("email", EMAIL), ("password", password)]).await.status()
    }

    pub(crate) async fn make_endpoint(&self, url: &str, event: &str) {
        let fields = [("url", url), ("event_types", event)];
        let answer = self.submit("/admin/acme/webhooks/new", "/admin/acme/webhooks", &fields).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
    }
}
