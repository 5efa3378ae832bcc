//! Who asks, and what they may do, read from the database at each request.

use std::{future::Future, pin::Pin};

use actix_session::{Session, SessionExt as _};
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, HttpResponse, dev::Payload, web::Data};

use super::{
    error::WebError,
    session,
    shell::{Person, Place, Section, Shell, Toast, toast},
};
use crate::{
    app::{App, RequestTenant},
    domain::{
        actor::{Actor, Caller},
        ids::{TenantId, UserId},
        role::Role,
    },
    service::{memberships, team, users},
    texts::{self, Language},
};

/// What a request has found out about its person, kept with it for the error page.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) person: Person,
    pub(super) place: Option<Place>,
}

/// Somebody who is signed in, on a page of no tenant.
pub(crate) struct SignedIn {
    pub(crate) person: Person,
    request: HttpRequest,
}

/// A member of the tenant whose page is asked for.
pub(crate) struct Member {
    pub(crate) person: Person,
    pub(crate) place: Place,
    request: HttpRequest,
}

impl From<users::User> for Person {
    fn from(user: users::User) -> Self {
        Self {
            language: user.language.as_deref().and_then(Language::parse),
            user_id: user.user_id,
            name: user.name,
            email: user.email.as_str().to_owned(),
            operator: user.operator,
        }
    }
}

fn user_id(request: &HttpRequest) -> Result<UserId, WebError> {
    let id = session::user_id(&request.get_session()).ok_or(WebError::SignIn)?;
    UserId::parse(&id).map_err(|_no_id| WebError::SignIn)
}

fn app(request: &HttpRequest) -> Result<Data<App>, WebError> {
    request
        .app_data::<Data<App>>()
        .cloned()
        .ok_or_else(|| WebError::internal("finding the application", "it is not there"))
}

type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, WebError>>>>;

impl FromRequest for SignedIn {
    type Error = WebError;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let Seen { person, .. } = find(&request, None).await?;
            Ok(Self { person, request })
        })
    }
}

impl SignedIn {
    /// What stands around a page with this title.
    pub(crate) fn shell(&self, title: impl Into<String>) -> Shell {
        Shell { person: Some(self.person.clone()), ..Shell::new(&self.request, title) }
    }

    /// The session of this request.
    pub(crate) fn session(&self) -> Session {
        self.request.get_session()
    }

    /// Keeps a toast for the next page.
    pub(crate) fn toast(&self, message: Toast) -> Result<(), WebError> {
        toast(&self.session(), message)
    }

    /// Who acts.
    pub(crate) fn actor(&self) -> Actor {
        Actor::employee(self.person.user_id.as_str())
    }

    /// Refuses everybody but operators.
    pub(crate) fn require_operator(&self) -> Result<(), WebError> {
        if self.person.operator { Ok(()) } else { Err(WebError::Operator) }
    }
}

impl FromRequest for Member {
    type Error = WebError;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let tenant = request.match_info().get("tenant").and_then(|text| TenantId::parse(text).ok());
            let Seen { person, place } = find(&request, tenant).await?;
            // Whether there is such a tenant is nobody's business who is no member of it.
            let place = place.ok_or(WebError::NotFound)?;
            Ok(Self { person, place, request })
        })
    }
}

/// Finds out who asks and what they may do in `tenant`, and keeps it with the request.
async fn find(request: &HttpRequest, tenant: Option<TenantId>) -> Result<Seen, WebError> {
    let app = app(request)?;
    let user_id = user_id(request)?;
    let access = match &tenant {
        Some(tenant) => memberships::access(&app.db, tenant, &user_id).await?,
        None => None,
    };
    // Nothing of the tenant is shown before there is a second factor, not even its name around an error.
    if let Some(access) = access.as_ref().filter(|access| access.lacks_second_factor) {
        request.extensions_mut().insert(Seen { person: access.user.clone().into(), place: None });
        return Err(WebError::SecondFactor);
    }
    let seen = match (tenant, access) {
        (Some(tenant), Some(access)) => Seen {
            person: access.user.into(),
            place: Some(Place {
                tenant,
                name: access.tenant_name,
                zone: access.zone,
                currency: access.currency,
                role: access.role,
                limits: access.limits,
                waiting: access.waiting,
            }),
        },
        // A user who was disabled meanwhile has no session any more.
        _ => Seen { person: users::find_active(&app.db, &user_id).await?.ok_or(WebError::SignIn)?.into(), place: None },
    };
    if let Some(language) = seen.person.language {
        texts::set_current(language);
    }
    if let Some(place) = seen.place.as_ref().filter(|_| app.traces.are_sent()) {
        request.extensions_mut().insert(RequestTenant(place.tenant.clone()));
    }
    request.extensions_mut().insert(seen.clone());
    Ok(seen)
}

/// Answers what is no page: in the shell of the tenant that its address names, if the person is a member of it.
pub(super) async fn nowhere(request: HttpRequest) -> Result<HttpResponse, WebError> {
    find(&request, tenant_in_path(&request)).await?;
    Err(WebError::NotFound)
}

/// What is known of the person, or can be found out: for pages that tell what went wrong.
pub(super) async fn seen(request: &HttpRequest) -> Option<Seen> {
    let known = request.extensions().get::<Seen>().cloned();
    match known {
        Some(seen) => Some(seen),
        None => find(request, tenant_in_path(request)).await.ok(),
    }
}

fn tenant_in_path(request: &HttpRequest) -> Option<TenantId> {
    request.path().split('/').nth(2).and_then(|text| TenantId::parse(text).ok())
}

impl Member {
    /// Refuses those whose role is below `least`; says who else could.
    pub(crate) async fn require(&self, app: &App, least: Role) -> Result<(), WebError> {
        if self.place.role >= least {
            return Ok(());
        }
        Err(WebError::Role { least, able: self.able(app, least).await? })
    }

    /// The names of those whose role is `least` or above.
    pub(crate) async fn able(&self, app: &App, least: Role) -> Result<Vec<String>, WebError> {
        let team = team::list(&app.db, &self.place.tenant).await?;
        let able = team.into_iter().filter(|one| one.role >= least && one.user.disabled_at.is_none());
        Ok(able.map(|one| one.user.name).collect())
    }

    /// This member, acting in this tenant.
    pub(crate) fn caller(&self) -> Caller {
        Caller { tenant: self.place.tenant.clone(), actor: Actor::employee(self.person.user_id.as_str()) }
    }

    /// What stands around a page with this title.
    pub(crate) fn shell(&self, section: Section, title: impl Into<String>) -> Shell {
        Shell {
            person: Some(self.person.clone()),
            place: Some(self.place.clone()),
            section: Some(section),
            ..Shell::new(&self.request, title)
        }
    }

    /// Keeps a toast for the next page.
    pub(crate) fn toast(&self, message: Toast) -> Result<(), WebError> {
        toast(&self.request.get_session(), message)
    }
}
