//! `/admin/{tenant}`: where a member begins.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;

use crate::web::{
    access::Member,
    error::WebError,
    filters,
    html::{self, Want},
    shell::{Section, Shell},
};

#[derive(Template)]
#[template(path = "overview/index.html", blocks = ["main"])]
struct OverviewPage<'a> {
    shell: &'a Shell,
}

/// Shows where one can go.
pub(crate) async fn index(member: Member, want: Want) -> Result<HttpResponse, WebError> {
    let shell = member.shell(Section::Overview, "Overview");
    let page = OverviewPage { shell: &shell };
    html::answer(&want, StatusCode::OK, &shell, &page, &page.as_main())
}
