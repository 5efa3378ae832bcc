//! The question before something is taken away, as a dialog and as a page of its own.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;

use super::{
    error::WebError,
    filters,
    html::{self, Want},
    shell::Shell,
};

/// What is asked.
pub(crate) struct Confirm {
    /// Names the object.
    pub(crate) question: String,
    /// The numbers, and what stays.
    pub(crate) sentences: Vec<String>,
    /// Where the answer is posted to.
    pub(crate) action: String,
    /// Where the page leads back to.
    pub(crate) back: String,
    /// The safe button.
    pub(crate) keep: String,
    /// The other one, which repeats the verb.
    pub(crate) act: String,
}

#[derive(Template)]
#[template(path = "_parts/confirm.html", blocks = ["dialog", "main"])]
struct ConfirmPage<'a> {
    shell: &'a Shell,
    confirm: &'a Confirm,
}

impl Confirm {
    /// Asks.
    pub(crate) fn ask(&self, want: &Want, shell: &Shell) -> Result<HttpResponse, WebError> {
        let page = ConfirmPage { shell, confirm: self };
        if want.is_part("dialog") {
            return html::bare(&page.as_dialog());
        }
        html::answer(want, StatusCode::OK, shell, &page, &page.as_main())
    }
}
