//! What stands around the content of every page: who is signed in, where, and where one can go from here.

use actix_session::{Session, SessionExt as _};
use actix_web::{HttpRequest, http::Method};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{error::WebError, query::coupon_page, session};
use crate::{
    domain::{
        ids::{TenantId, UserId},
        limits::Limits,
        money::Currency,
        role::Role,
    },
    texts::{self, Language, t},
};

/// The cookie with the theme that the person chose.
pub(crate) const THEME_COOKIE: &str = "guerdon-theme";
/// The cookie of those who turned the single-key shortcuts off.
pub(crate) const KEYS_COOKIE: &str = "guerdon-keys";
/// More messages than this are never waiting for one page.
const TOASTS_MAX: usize = 5;
const TOASTS: &str = "toasts";

/// The person who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) user_id: UserId,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) operator: bool,
    /// The language that the person chose.
    pub(crate) language: Option<Language>,
}

/// The tenant whose pages are shown.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) tenant: TenantId,
    pub(crate) name: String,
    pub(crate) zone: Tz,
    pub(crate) currency: Currency,
    pub(crate) role: Role,
    /// How many points each role adds or removes at once.
    pub(crate) limits: Limits,
    /// Requests for approval that wait for somebody like this member.
    pub(crate) waiting: i64,
}

/// A short message that something was done, and the way to undo it if there is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Toast {
    pub(crate) text: String,
    pub(crate) action: Option<ToastAction>,
}

/// A button in a toast: posts to an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ToastAction {
    pub(crate) label: String,
    pub(crate) post: String,
}

impl Toast {
    /// A message of a noun and a verb, such as “Points added”.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), action: None }
    }
}

/// Keeps a toast for the next page of this session.
pub(crate) fn toast(session: &Session, toast: Toast) -> Result<(), WebError> {
    let mut waiting: Vec<Toast> = session.get(TOASTS).ok().flatten().unwrap_or_default();
    waiting.push(toast);
    let too_many = waiting.len().saturating_sub(TOASTS_MAX);
    session::put(session, TOASTS, waiting.split_off(too_many))
}

/// The parts of the back office, in the order of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Overview,
    Customers,
    Ledger,
    Coupons,
    Birthdays,
    Approvals,
    Returns,
    Bulk,
    Options,
    Rules,
    Reasons,
    Sites,
    Team,
    ApiClients,
    CustomerSignIn,
    Inbox,
    Settings,
    Webhooks,
    AuditLog,
}

/// One link of the navigation.
#[derive(Debug)]
pub(crate) struct NavItem {
    pub(crate) href: String,
    /// Its key in `locales/`.
    pub(crate) label: &'static str,
    pub(crate) icon: &'static str,
    /// The letter that goes there after `g`.
    pub(crate) key: &'static str,
    pub(crate) current: bool,
    /// How much waits there for this person.
    pub(crate) waiting: i64,
}

/// Links of the navigation under one heading.
#[derive(Debug)]
pub(crate) struct NavGroup {
    /// Its key in `locales/`.
    pub(crate) label: &'static str,
    pub(crate) items: Vec<NavItem>,
}

impl Section {
    const GROUPS: [(&'static str, &'static [Self]); 3] = [
        (
            "nav-daily",
            &[
                Self::Overview,
                Self::Customers,
                Self::Ledger,
                Self::Coupons,
                Self::Birthdays,
                Self::Approvals,
                Self::Returns,
                Self::Bulk,
            ],
        ),
        ("nav-programme", &[Self::Options, Self::Rules, Self::Reasons, Self::Sites]),
        (
            "nav-administration",
            &[
                Self::Team,
                Self::ApiClients,
                Self::CustomerSignIn,
                Self::Inbox,
                Self::Webhooks,
                Self::Settings,
                Self::AuditLog,
            ],
        ),
    ];

    /// End of its address, key of its name in `locales/`, icon, key on the keyboard.
    const fn facts(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::Overview => ("", "nav-overview", "layout-dashboard", "o"),
            Self::Customers => ("/customers", "nav-customers", "users", "c"),
            Self::Ledger => ("/ledger", "nav-ledger", "arrow-left-right", "h"),
            Self::Coupons => ("/coupons", "nav-coupons", "ticket", "k"),
            Self::Birthdays => ("/birthdays", "nav-birthdays", "cake", "d"),
            Self::Approvals => ("/approvals", "nav-approvals", "stamp", "v"),
            Self::Options => ("/options", "nav-options", "gift", "r"),
            Self::Rules => ("/rules", "nav-rules", "settings-2", "e"),
            Self::Reasons => ("/reasons", "nav-reasons", "message-square-text", "u"),
            Self::Sites => ("/sites", "nav-sites", "store", "s"),
            Self::Team => ("/team", "nav-team", "shield-check", "t"),
            Self::ApiClients => ("/api-clients", "nav-api-clients", "key-round", "a"),
            Self::CustomerSignIn => ("/customer-sign-in", "nav-customer-sign-in", "lock", "p"),
            Self::Returns => ("/returns", "nav-returns", "package-x", "b"),
            Self::Bulk => ("/bulk", "nav-bulk", "upload", "m"),
            Self::Inbox => ("/inbox", "nav-inbox", "inbox", "i"),
            Self::Settings => ("/settings", "nav-settings", "building-2", "n"),
            Self::Webhooks => ("/webhooks", "nav-webhooks", "webhook", "w"),
            Self::AuditLog => ("/audit-log", "nav-audit-log", "scroll-text", "l"),
        }
    }

    /// Who may see it.
    pub(crate) const fn least_role(self) -> Role {
        match self {
            Self::Overview
            | Self::Customers
            | Self::Ledger
            | Self::Coupons
            | Self::Birthdays
            | Self::Approvals
            | Self::Returns
            | Self::Options
            | Self::Rules
            | Self::Sites
            | Self::Settings => Role::Viewer,
            Self::Reasons | Self::Bulk => Role::Manager,
            Self::Team | Self::ApiClients | Self::CustomerSignIn | Self::Inbox | Self::Webhooks | Self::AuditLog => {
                Role::Admin
            }
        }
    }

    /// The address of its first page.
    pub(crate) fn address(self, tenant: &TenantId) -> String {
        let (path, ..) = self.facts();
        format!("/admin/{tenant}{path}")
    }
}

/// Everything around a page's content.
#[derive(Debug)]
pub(crate) struct Shell {
    pub(crate) lang: &'static str,
    pub(crate) title: String,
    /// `light` or `dark`, when the person chose one.
    pub(crate) theme: Option<&'static str>,
    /// Whether single keys are shortcuts.
    pub(crate) keys: bool,
    pub(crate) csrf: String,
    /// Path and query of this page.
    pub(crate) here: String,
    pub(crate) person: Option<Person>,
    pub(crate) place: Option<Place>,
    pub(crate) section: Option<Section>,
    pub(crate) toasts: Vec<Toast>,
    /// Whether this page only reads, so that its address can stand in the browser's history.
    pub(crate) reads: bool,
}

impl Shell {
    /// The shell of a page with this title. Takes the toasts that wait in the session.
    pub(crate) fn new(request: &HttpRequest, title: impl Into<String>) -> Self {
        let session = request.get_session();
        let toasts = if session.contains_key(TOASTS) { session.remove_as(TOASTS) } else { None };
        Self {
            title: title.into(),
            csrf: session::csrf(&session).unwrap_or_default(),
            toasts: toasts.and_then(Result::ok).unwrap_or_default(),
            ..Self::bare(request)
        }
    }

    /// The shell of a page that knows of no session.
    pub(crate) fn bare(request: &HttpRequest) -> Self {
        Self {
            lang: texts::current().as_str(),
            title: String::new(),
            theme: theme(request),
            keys: request.cookie(KEYS_COOKIE).is_none_or(|cookie| cookie.value() != "off"),
            csrf: String::new(),
            here: request.uri().path_and_query().map_or_else(|| "/admin".to_owned(), ToString::to_string),
            person: None,
            place: None,
            section: None,
            toasts: Vec::new(),
            reads: request.method() == Method::GET,
        }
    }

    /// The zone in which this page tells times.
    pub(crate) fn zone(&self) -> Tz {
        self.place.as_ref().map_or(Tz::UTC, |place| place.zone)
    }

    /// The name of the tenant.
    pub(crate) fn tenant_name(&self) -> &str {
        self.place.as_ref().map_or("", |place| place.name.as_str())
    }

    /// The same page, which now says that something is wrong with its form.
    #[must_use]
    pub(crate) fn refused(self) -> Self {
        Self { title: t!("shell-error-title", title = self.title), ..self }
    }

    /// The address of a page of this tenant.
    pub(crate) fn at(&self, path: &str) -> String {
        self.place.as_ref().map_or_else(|| "/admin".to_owned(), |place| format!("/admin/{}{path}", place.tenant))
    }

    /// The address of a coupon's page.
    pub(crate) fn coupon(&self, code: &str) -> String {
        self.place.as_ref().map_or_else(|| "/admin".to_owned(), |place| coupon_page(&place.tenant, code))
    }

    /// The navigation as far as this person's role goes.
    pub(crate) fn navigation(&self) -> Vec<NavGroup> {
        let Some(place) = &self.place else { return Vec::new() };
        Section::GROUPS
            .into_iter()
            .map(|(label, sections)| NavGroup {
                label,
                items: sections
                    .iter()
                    .filter(|section| place.role >= section.least_role())
                    .map(|section| {
                        let (_, label, icon, key) = section.facts();
                        let current = self.section == Some(*section);
                        let waiting = if *section == Section::Approvals { place.waiting } else { 0 };
                        NavItem { href: section.address(&place.tenant), label, icon, key, current, waiting }
                    })
                    .collect(),
            })
            .filter(|group| !group.items.is_empty())
            .collect()
    }
}

fn theme(request: &HttpRequest) -> Option<&'static str> {
    match request.cookie(THEME_COOKIE)?.value() {
        "light" => Some("light"),
        "dark" => Some("dark"),
        _ => None,
    }
}
