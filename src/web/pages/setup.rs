//! `/admin/setup`: the first user, by the link in the log.

use actix_session::Session;
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use askama::Template;
use serde::Deserialize;

use super::{
    sign_in::{device, enter, link_gone},
    tenants::parse_tenant,
};
use crate::{
    app::App,
    domain::{access::AccessRefusal, email::Email, name, password::Password},
    service::{
        access::AccessError,
        setup::{self, FirstSteps},
        sign_in,
    },
    texts::t,
    web::{
        error::WebError,
        filters,
        form::{Errors, OpenToken, Protected},
        html,
        shell::Shell,
    },
};

/// The link.
#[derive(Debug, Deserialize)]
pub(crate) struct SetupQuery {
    #[serde(default)]
    token: String,
}

/// The form.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct SetupForm {
    token: String,
    name: String,
    email: String,
    password: String,
    tenant_name: String,
    tenant_id: String,
    time_zone: String,
    currency: String,
}

#[derive(Template)]
#[template(path = "setup.html")]
struct SetupPage<'a> {
    shell: &'a Shell,
    errors: &'a Errors,
    form: &'a SetupForm,
    token: &'a str,
}

/// Shows the form behind a good link.
pub(crate) async fn form(
    request: HttpRequest,
    query: Query<SetupQuery>,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    if !setup::is_good(&app, &query.token).await? {
        return link_gone(&request, &t!("setup-link-gone"));
    }
    let form = SetupForm {
        token: query.into_inner().token,
        time_zone: "Europe/Berlin".to_owned(),
        currency: "EUR".to_owned(),
        ..SetupForm::default()
    };
    show(&request, &form, &Errors::default())
}

fn show(request: &HttpRequest, form: &SetupForm, errors: &Errors) -> Result<HttpResponse, WebError> {
    let open = OpenToken::of(request);
    let (shell, status) = errors.mark(Shell { csrf: open.value.clone(), ..Shell::new(request, t!("setup-page")) });
    let page = SetupPage { shell: &shell, errors, form, token: &form.token };
    open.keep(html::whole(status, &page)?)
}

impl SetupForm {
    fn parse(&self, errors: &mut Errors) -> Option<(FirstSteps, Password)> {
        let name = errors.check("name", name::parse(&self.name));
        let email = errors.check("email", Email::parse(&self.email));
        let password = errors.check("password", Password::parse_for(&self.password, &self.email));
        let wanted = !(self.tenant_name.trim().is_empty() && self.tenant_id.trim().is_empty());
        let tenant = if wanted {
            let fields = ["tenant_id", "tenant_name", "time_zone", "currency"];
            parse_tenant(errors, fields, [&self.tenant_id, &self.tenant_name, &self.time_zone, &self.currency])
        } else {
            None
        };
        if !errors.is_empty() {
            return None;
        }
        Some((FirstSteps { email: email?, name: name?, tenant }, password?))
    }
}

/// Makes the first user, and signs them in.
pub(crate) async fn finish(
    request: HttpRequest,
    session: Session,
    app: Data<App>,
    form: Protected<SetupForm>,
) -> Result<HttpResponse, WebError> {
    let form = form.0;
    let mut errors = Errors::default();
    let Some((steps, password)) = form.parse(&mut errors) else {
        return show(&request, &form, &errors);
    };
    match setup::finish(&app, &form.token, &steps, &password).await {
        Ok(Some(user_id)) => {
            let signed_in = sign_in::sign_in_by_link(&app, &user_id, &device(&request, &app)).await?;
            enter(&request, &session, &app, &signed_in, None).await
        }
        Ok(None) => link_gone(&request, &t!("setup-link-gone")),
        Err(AccessError::Refused(refusal)) => {
            let field = if matches!(refusal, AccessRefusal::TenantTaken(_)) { "tenant_id" } else { "email" };
            errors.add(field, refusal);
            show(&request, &form, &errors)
        }
        Err(error) => Err(error.into()),
    }
}
