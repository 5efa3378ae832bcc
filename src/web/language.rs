//! In which language a request is answered.

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{ACCEPT_LANGUAGE, AcceptLanguage, Header as _, Preference},
    middleware::Next,
};

use crate::texts::{self, Language};

/// Answers in the language that the browser asks for first and that is spoken here, until it is known who asks.
pub(super) async fn of_browser(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    texts::within(wanted(&request), next.call(request)).await
}

fn wanted(request: &ServiceRequest) -> Language {
    if !request.headers().contains_key(ACCEPT_LANGUAGE) {
        return Language::default();
    }
    let Ok(wanted) = AcceptLanguage::parse(request) else { return Language::default() };
    let spoken = |tag: &Preference<_>| match tag {
        Preference::Specific(tag) => Language::parse(&ToString::to_string(tag)),
        Preference::Any => Some(Language::default()),
    };
    wanted.ranked().iter().find_map(spoken).unwrap_or_default()
}
