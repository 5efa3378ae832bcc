//! `/admin/{tenant}/sites`: the shops of a tenant.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;
use serde::Deserialize;

use crate::{
    app::App,
    domain::{ids::SiteCode, invalid::FieldErrors, role::Role, site::Site, site_change::SiteChange},
    service::{
        sites::{self, Seen, SiteError},
        tenants,
    },
    texts::t,
    web::{
        access::Member,
        error::WebError,
        facts::{Difference, Fact, differences},
        filters,
        form::{Errors, Protected},
        html::{self, Want},
        query::escaped,
        shell::{Section, Shell, Toast},
        widget,
    },
};

/// A site, as the list shows it.
struct Line {
    link: String,
    rule: String,
    name: String,
    code: String,
    zone: &'static str,
    currency: String,
    prefix: String,
    origins: Vec<String>,
}

#[derive(Template)]
#[template(path = "sites/index.html", blocks = ["main"])]
struct SitesPage<'a> {
    shell: &'a Shell,
    lines: &'a [Line],
    may_change: bool,
}

/// Lists the sites.
pub(crate) async fn index(member: Member, want: Want, app: Data<App>) -> Result<HttpResponse, WebError> {
    let tenant = &member.place.tenant;
    let lines: Vec<Line> = sites::list(&app.db, tenant)
        .await?
        .into_iter()
        .map(|site| Line {
            link: address(&member, &site.code),
            rule: format!("{}/{}", Section::Rules.address(tenant), escaped(site.code.as_str())),
            zone: site.zone.name(),
            currency: site.currency.as_str().to_owned(),
            prefix: site.coupon_prefix,
            origins: site.allowed_origins,
            code: site.code.to_string(),
            name: site.name,
        })
        .collect();
    let shell = member.shell(Section::Sites, t!("sites-title"));
    let page = SitesPage { shell: &shell, lines: &lines, may_change: member.place.role >= Role::Admin };
    html::answer(&want, StatusCode::OK, &shell, &page, &page.as_main())
}

fn address(member: &Member, code: &SiteCode) -> String {
    format!("{}/{}", Section::Sites.address(&member.place.tenant), escaped(code.as_str()))
}

/// The form of a site.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SiteForm {
    version: String,
    code: String,
    name: String,
    time_zone: String,
    currency: String,
    coupon_prefix: String,
    allowed_origins: String,
}

impl SiteForm {
    fn of(site: &Site) -> Self {
        Self {
            version: site.version.to_string(),
            code: site.code.to_string(),
            name: site.name.clone(),
            time_zone: site.zone.name().to_owned(),
            currency: site.currency.as_str().to_owned(),
            coupon_prefix: site.coupon_prefix.clone(),
            allowed_origins: site.allowed_origins.join("\n"),
        }
    }

    fn change(&self) -> Result<SiteChange, FieldErrors> {
        SiteChange::parse(|field| {
            Some(match field {
                "name" => &self.name,
                "time_zone" => &self.time_zone,
                "currency" => &self.currency,
                "coupon_prefix" => &self.coupon_prefix,
                "allowed_origins" => &self.allowed_origins,
                _ => return None,
            })
        })
    }
}

/// What the domain found, at the fields of the form.
fn errors_of(found: &FieldErrors) -> Errors {
    Errors::found(found, |field| match field {
        "code" => "code",
        "time_zone" => "time_zone",
        "currency" => "currency",
        "coupon_prefix" => "coupon_prefix",
        "allowed_origins" => "allowed_origins",
        _ => "name",
    })
}

#[derive(Template)]
#[template(path = "sites/site.html", blocks = ["main"])]
struct SitePage<'a> {
    shell: &'a Shell,
    errors: &'a Errors,
    /// The site that is changed; none for a new one.
    site: Option<&'a Site>,
    here: &'a str,
    form: &'a SiteForm,
    conflict: Option<&'a [Difference]>,
    facts: &'a [Fact],
    may_change: bool,
    /// What shows points on the shop's pages; empty for a new site.
    snippet: &'a str,
}

/// The lines that the shop's developers put into a page: the script of this release, and the element.
#[derive(Template)]
#[template(path = "sites/snippet.html")]
struct Snippet<'a> {
    base: &'a str,
    script: &'a widget::Widget,
    tenant: &'a str,
    site: &'a str,
}

fn snippet(app: &App, member: &Member, site: &Site) -> Result<String, WebError> {
    let base = app.settings.base_url();
    let (tenant, site) = (member.place.tenant.as_str(), site.code.as_str());
    let lines = Snippet { base: &base, script: widget::present(), tenant, site };
    html::rendered(&lines)
}

fn facts(site: &Site) -> Vec<Fact> {
    let or = |text: &str, none: String| if text.is_empty() { none } else { text.to_owned() };
    vec![
        Fact::new(t!("sites-name"), site.name.as_str()),
        Fact::new(t!("sites-time-zone"), site.zone.name()),
        Fact::new(t!("sites-currency"), site.currency.as_str()),
        Fact::new(t!("sites-prefix"), or(&site.coupon_prefix, t!("sites-no-prefix"))),
        Fact::new(t!("sites-origins"), or(&site.allowed_origins.join(", "), t!("sites-no-pages"))),
    ]
}

/// Shows the form for a new site.
pub(crate) async fn new_form(member: Member, want: Want, app: Data<App>) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let tenant = tenants::find(&app.db, &member.place.tenant).await?.ok_or(WebError::NotFound)?;
    let form = SiteForm {
        time_zone: tenant.zone.name().to_owned(),
        currency: tenant.currency.as_str().to_owned(),
        ..SiteForm::default()
    };
    show_new(&member, &want, &form, &Errors::default())
}

fn show_new(member: &Member, want: &Want, form: &SiteForm, errors: &Errors) -> Result<HttpResponse, WebError> {
    let (shell, status) = errors.mark(member.shell(Section::Sites, t!("sites-create")));
    let here = Section::Sites.address(&member.place.tenant);
    let page = SitePage {
        shell: &shell,
        errors,
        site: None,
        here: &here,
        form,
        conflict: None,
        facts: &[],
        may_change: true,
        snippet: "",
    };
    html::answer(want, status, &shell, &page, &page.as_main())
}

/// Makes a site.
pub(crate) async fn create(
    member: Member,
    want: Want,
    app: Data<App>,
    form: Protected<SiteForm>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let form = form.0;
    let mut errors = Errors::default();
    let code = errors.check("code", SiteCode::parse(form.code.trim()));
    let change = form.change().map_err(|found| errors.extend(errors_of(&found))).ok();
    let (Some(code), Some(change)) = (code, change) else { return show_new(&member, &want, &form, &errors) };
    match sites::create(&app, &member.caller(), &code, &change).await {
        Ok(_site) => {
            member.toast(Toast::new(t!("sites-created")))?;
            Ok(html::see_other(&Section::Sites.address(&member.place.tenant)))
        }
        Err(taken @ SiteError::Taken(_)) => {
            errors.add("code", taken);
            show_new(&member, &want, &form, &errors)
        }
        Err(error) => Err(error.into()),
    }
}

/// The part of the path that names a site.
type OfSite = Path<(String, String)>;

async fn find(app: &App, member: &Member, code: &str) -> Result<Site, WebError> {
    let code = SiteCode::parse(code).map_err(|_no_code| WebError::NotFound)?;
    sites::find(&app.db, &member.place.tenant, &code).await?.ok_or(WebError::NotFound)
}

fn show_site(
    app: &App,
    member: &Member,
    want: &Want,
    site: &Site,
    form: &SiteForm,
    errors: &Errors,
    conflict: Option<&[Difference]>,
) -> Result<HttpResponse, WebError> {
    let (shell, status) = errors.mark(member.shell(Section::Sites, &site.name));
    let page = SitePage {
        shell: &shell,
        errors,
        site: Some(site),
        here: &address(member, &site.code),
        form,
        conflict,
        facts: &facts(site),
        may_change: member.place.role >= Role::Admin,
        snippet: &snippet(app, member, site)?,
    };
    let answer = html::answer(want, status, &shell, &page, &page.as_main())?;
    Ok(if conflict.is_some() { html::in_conflict(answer) } else { answer })
}

/// Shows a site, with its form for those who may change it.
pub(crate) async fn show(member: Member, path: OfSite, want: Want, app: Data<App>) -> Result<HttpResponse, WebError> {
    let site = find(&app, &member, &path.1).await?;
    show_site(&app, &member, &want, &site, &SiteForm::of(&site), &Errors::default(), None)
}

/// Changes a site's settings.
pub(crate) async fn save(
    member: Member,
    path: OfSite,
    want: Want,
    app: Data<App>,
    form: Protected<SiteForm>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let site = find(&app, &member, &path.1).await?;
    let mut form = form.0;
    let settings = form.version.parse().map_err(|_none| WebError::no_version())?;
    let change = match form.change() {
        Ok(change) => change,
        Err(found) => return show_site(&app, &member, &want, &site, &form, &errors_of(&found), None),
    };
    // The form changes no rule.
    let seen = Seen { settings, rule: site.rule.version };
    match sites::change(&app, &member.caller(), &site.code, Some(seen), &change).await {
        Ok(_changed) => {
            member.toast(Toast::new(t!("sites-saved")))?;
            Ok(html::see_other(&Section::Sites.address(&member.place.tenant)))
        }
        Err(SiteError::Stale(now)) => {
            form.version = now.version.to_string();
            let differences = differences(facts(&now), facts(&change.apply(&now)));
            show_site(&app, &member, &want, &now, &form, &Errors::default(), Some(&differences))
        }
        Err(error) => Err(error.into()),
    }
}
