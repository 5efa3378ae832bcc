//! The page that shows a secret, once.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;

use super::{
    error::WebError,
    filters,
    html::{self, Want},
    shell::Shell,
};

/// A value to be copied.
pub(crate) struct Labelled {
    /// What it is.
    pub(crate) label: String,
    /// The value.
    pub(crate) value: String,
}

/// What is shown once.
pub(crate) struct Given {
    /// Name of the page that it belongs to, and its address.
    pub(crate) list: String,
    pub(crate) back: String,
    /// What to do with it.
    pub(crate) text: String,
    pub(crate) heading: String,
    /// What happens to it afterwards.
    pub(crate) warning: String,
    pub(crate) secrets: Vec<Labelled>,
}

#[derive(Template)]
#[template(path = "_parts/secret.html", blocks = ["main"])]
struct SecretPage<'a> {
    shell: &'a Shell,
    given: &'a Given,
}

impl Given {
    /// Shows it. This answers the form itself: nothing that could be shown again is kept anywhere.
    pub(crate) fn show(&self, want: &Want, shell: &Shell) -> Result<HttpResponse, WebError> {
        let page = SecretPage { shell, given: self };
        html::answer(want, StatusCode::CREATED, shell, &page, &page.as_main())
    }
}
