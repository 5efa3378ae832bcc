//! `/admin/{tenant}/options`: what customers can exchange their points for.

mod form;
mod list;
pub(in crate::web::pages) mod told;
mod typed;

use actix_web::{
    HttpResponse,
    web::{Data, Path, Query},
};
use askama::Template;

use crate::{
    app::App,
    domain::{option::RedeemOption, returned_coupon::WhenReturned, role::Role, site::Site},
    secrets,
    service::{
        idempotency::KeyedRequest,
        options::{self, Created, OptionError, Step},
        sites,
    },
    texts::t,
    web::{
        access::Member,
        confirm::Confirm,
        error::WebError,
        facts::{Difference, Fact, differences},
        filters,
        form::{Button, Choice, Errors, Protected},
        html::{self, Want},
        query::escaped,
        shell::{Section, Shell, Toast, ToastAction},
    },
};
use form::{AMOUNT, ANYONE, BOUND, OptionForm, PERCENT, Place, SIGNED_IN};
use list::{ListQuery, Listed};
use told::Preview;

/// The form, or for those who may not change it the facts, beside the list.
struct Panel<'a> {
    title: String,
    /// Where the form is sent to.
    action: String,
    /// Of the option: the beginning of the addresses of its buttons; none for a new one.
    link: Option<String>,
    form: &'a OptionForm,
    errors: &'a Errors,
    conflict: Option<&'a [Difference]>,
    preview: Preview,
    facts: Vec<Fact>,
    sites: Vec<Choice>,
    currencies: Vec<Choice>,
    is_archived: bool,
    is_active: bool,
    zone: &'static str,
    uses: Option<options::Uses>,
}

#[derive(Template)]
#[template(path = "options/index.html", blocks = ["main"])]
struct OptionsPage<'a> {
    shell: &'a Shell,
    listed: &'a Listed,
    panel: Option<&'a Panel<'a>>,
    kinds: &'a [Choice],
    holders: &'a [Choice],
    returns: &'a [Choice],
    may_change: bool,
}

impl Panel<'_> {
    /// The sign of the currency of the form's amounts.
    fn unit(&self) -> &str {
        &self.form.currency
    }
}

fn kinds() -> [Choice; 2] {
    [Choice::new(AMOUNT, t!("options-amount")), Choice::new(PERCENT, t!("options-percent"))]
}

fn holders() -> [Choice; 3] {
    [
        Choice::new(ANYONE, t!("options-holder-anyone")).hinted(t!("options-holder-anyone-hint")),
        Choice::new(SIGNED_IN, t!("options-holder-signed-in")),
        Choice::new(BOUND, t!("options-holder-bound")),
    ]
}

fn returns() -> [Choice; 3] {
    [
        Choice::new(WhenReturned::Ask.as_str(), t!("options-ask")).hinted(t!("options-ask-hint")),
        Choice::new(WhenReturned::GiveBack.as_str(), t!("options-give-back")).hinted(t!("options-give-back-hint")),
        Choice::new(WhenReturned::Keep.as_str(), t!("options-keep-spent")),
    ]
}

/// What a page of options is made for.
struct Shown<'a> {
    query: &'a ListQuery,
    /// The option beside the list, if there is one.
    option: Option<&'a RedeemOption>,
    /// Its form, or that of a new one.
    form: Option<&'a OptionForm>,
    errors: &'a Errors,
    conflict: Option<&'a [Difference]>,
}

async fn page(member: &Member, want: &Want, app: &App, shown: Shown<'_>) -> Result<HttpResponse, WebError> {
    let tenant = &member.place.tenant;
    let sites = sites::list(&app.db, tenant).await?;
    let listed = list::read(app, member, shown.query, shown.option).await?;
    let panel = match shown.form {
        Some(form) => Some(panel(app, member, &shown, form, &sites).await?),
        None => None,
    };
    let title = panel.as_ref().map_or_else(|| t!("options-title"), |panel| panel.title.clone());
    let (shell, status) = shown.errors.mark(member.shell(Section::Options, title));
    let page = OptionsPage {
        shell: &shell,
        listed: &listed,
        panel: panel.as_ref(),
        kinds: &kinds(),
        holders: &holders(),
        returns: &returns(),
        may_change: member.place.role >= Role::Manager,
    };
    let answer = html::answer(want, status, &shell, &page, &page.as_main())?;
    Ok(if shown.conflict.is_some() { html::in_conflict(answer) } else { answer })
}

async fn panel<'a>(
    app: &App,
    member: &Member,
    shown: &Shown<'a>,
    form: &'a OptionForm,
    sites: &[Site],
) -> Result<Panel<'a>, WebError> {
    let place = Place { zone: member.place.zone, sites, present: shown.option };
    let list = Section::Options.address(&member.place.tenant);
    let link = shown.option.map(|option| format!("{list}/{}", escaped(&option.id)));
    let uses = match shown.option {
        Some(option) => Some(options::uses(&app.db, &member.place.tenant, &option.id, app.now()).await?),
        None => None,
    };
    Ok(Panel {
        title: shown.option.map_or_else(|| t!("options-add"), |option| t!("options-edit", name = &option.draft.name)),
        action: format!("{}{}", link.as_deref().unwrap_or(&list), shown.query.as_text()),
        link,
        form,
        errors: shown.errors,
        conflict: shown.conflict,
        preview: Preview::of(form, &place),
        facts: shown.option.map(|option| told::facts(&option.draft, sites, place.zone)).unwrap_or_default(),
        sites: sites
            .iter()
            .map(|site| {
                let hint = if site.coupon_prefix.is_empty() { t!("options-no-prefix") } else { String::new() };
                Choice::new(site.code.as_str(), &site.name).hinted(hint)
            })
            .collect(),
        currencies: place.currencies().iter().map(|code| Choice::new(code, code)).collect(),
        is_archived: shown.option.is_some_and(|option| option.archived_at.is_some()),
        is_active: shown.option.is_some_and(|option| option.draft.active),
        zone: place.zone.name(),
        uses,
    })
}

/// Lists the options.
pub(crate) async fn index(
    member: Member,
    query: Query<ListQuery>,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    let errors = Errors::default();
    let shown = Shown { query: &query, option: None, form: None, errors: &errors, conflict: None };
    page(&member, &want, &app, shown).await
}

/// Shows the form for a new option beside the list.
pub(crate) async fn new_form(
    member: Member,
    query: Query<ListQuery>,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let sites = sites::list(&app.db, &member.place.tenant).await?;
    let form = OptionForm::new(&Place { zone: member.place.zone, sites: &sites, present: None });
    show_new(&member, &want, &app, &query, &form, &Errors::default()).await
}

async fn show_new(
    member: &Member,
    want: &Want,
    app: &App,
    query: &ListQuery,
    form: &OptionForm,
    errors: &Errors,
) -> Result<HttpResponse, WebError> {
    page(member, want, app, Shown { query, option: None, form: Some(form), errors, conflict: None }).await
}

/// Makes an option.
pub(crate) async fn create(
    member: Member,
    query: Query<ListQuery>,
    want: Want,
    app: Data<App>,
    form: Protected<OptionForm>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let mut form = form.0;
    let sites = sites::list(&app.db, &member.place.tenant).await?;
    let place = Place { zone: member.place.zone, sites: &sites, present: None };
    let draft = match form.parse(&place) {
        Ok(draft) => draft,
        Err(errors) => return show_new(&member, &want, &app, &query, &form, &errors).await,
    };
    // Two forms that say the same are one option only when they are the same form, sent twice.
    let fingerprint = secrets::sha256_hex(&format!("{draft:?}"));
    let key = KeyedRequest { key: format!("option form {}", form.key), fingerprint };
    match options::create(&app, &member.caller(), &draft, Some(&key)).await {
        Ok(Created::Now { .. } | Created::Before { .. }) => {
            member.toast(Toast::new(t!("options-added")))?;
            Ok(html::see_other(&list_address(&member, &ListQuery::default())))
        }
        Err(OptionError::Invalid(found)) => {
            show_new(&member, &want, &app, &query, &form, &form::found_at_fields(&found)).await
        }
        Err(OptionError::KeyReused) => {
            form.key = OptionForm::new(&place).key;
            let mut errors = Errors::default();
            errors.add("name", t!("options-sent-before"));
            show_new(&member, &want, &app, &query, &form, &errors).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The part of the path that names an option.
type OfOption = Path<(String, String)>;

async fn find(app: &App, member: &Member, path: &OfOption) -> Result<RedeemOption, WebError> {
    options::find(&app.db, &member.place.tenant, &path.1).await?.ok_or(WebError::NotFound)
}

fn list_address(member: &Member, query: &ListQuery) -> String {
    format!("{}{}", Section::Options.address(&member.place.tenant), query.as_text())
}

fn address(member: &Member, id: &str) -> String {
    format!("{}/{}", Section::Options.address(&member.place.tenant), escaped(id))
}

/// Shows an option beside the list.
pub(crate) async fn show(
    member: Member,
    path: OfOption,
    query: Query<ListQuery>,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    let option = find(&app, &member, &path).await?;
    let (form, errors) = (OptionForm::of(&option, member.place.zone), Errors::default());
    let shown = Shown { query: &query, option: Some(&option), form: Some(&form), errors: &errors, conflict: None };
    page(&member, &want, &app, shown).await
}

/// Changes an option.
pub(crate) async fn save(
    member: Member,
    path: OfOption,
    query: Query<ListQuery>,
    want: Want,
    app: Data<App>,
    form: Protected<OptionForm>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let mut form = form.0;
    let option = find(&app, &member, &path).await?;
    let version: i64 = form.version.parse().map_err(|_none| WebError::no_version())?;
    let sites = sites::list(&app.db, &member.place.tenant).await?;
    let zone = member.place.zone;
    let read = |present: &RedeemOption| form.parse(&Place { zone, sites: &sites, present: Some(present) });
    let errors = match read(&option) {
        Ok(_draft) => Errors::default(),
        Err(errors) => errors,
    };
    if !errors.is_empty() {
        let shown = Shown { query: &query, option: Some(&option), form: Some(&form), errors: &errors, conflict: None };
        return page(&member, &want, &app, shown).await;
    }
    let caller = member.caller();
    let saved = options::update(&app, &caller, &option.id, Some(version), |present| {
        // What was read above is read again from what the option is under the lock.
        read(present).map_err(|_errors| crate::domain::invalid::FieldErrors::one("name", t!("options-save-once-more")))
    });
    match saved.await {
        Ok(_option) => {
            member.toast(Toast::new(t!("options-saved")))?;
            Ok(html::see_other(&format!("{}{}", address(&member, &option.id), query.as_text())))
        }
        Err(OptionError::Invalid(found)) => {
            let errors = form::found_at_fields(&found);
            let shown =
                Shown { query: &query, option: Some(&option), form: Some(&form), errors: &errors, conflict: None };
            page(&member, &want, &app, shown).await
        }
        Err(OptionError::Stale(now)) => {
            let theirs = told::facts(&now.draft, &sites, zone);
            let yours = read(&now).map(|draft| told::facts(&draft, &sites, zone)).unwrap_or_default();
            let differences = differences(theirs, yours);
            // Saved once more, the form takes the place of what it now shows.
            form.version = now.version.to_string();
            let shown = Shown {
                query: &query,
                option: Some(&now),
                form: Some(&form),
                errors: &errors,
                conflict: Some(&differences),
            };
            page(&member, &want, &app, shown).await
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Template)]
#[template(path = "options/preview.html")]
struct PreviewPart<'a> {
    preview: &'a Preview,
}

/// Shows what is typed as a customer would see it.
pub(crate) async fn preview(
    member: Member,
    query: Query<OptionForm>,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    if !want.is_part("preview") {
        return Ok(html::see_other(&list_address(&member, &ListQuery::default())));
    }
    let sites = sites::list(&app.db, &member.place.tenant).await?;
    let place = Place { zone: member.place.zone, sites: &sites, present: None };
    html::bare(&PreviewPart { preview: &Preview::of(&query, &place) })
}

/// Offers an option.
pub(crate) async fn activate(
    member: Member,
    path: OfOption,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    set_active(&member, &path, &app, true).await
}

/// Stops offering an option.
pub(crate) async fn deactivate(
    member: Member,
    path: OfOption,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    set_active(&member, &path, &app, false).await
}

async fn set_active(member: &Member, path: &OfOption, app: &App, active: bool) -> Result<HttpResponse, WebError> {
    member.require(app, Role::Manager).await?;
    let option = options::set_active(app, &member.caller(), &path.1, active).await?;
    let link = address(member, &option.id);
    let (text, undo) =
        if active { (t!("options-activated"), "deactivate") } else { (t!("options-deactivated"), "activate") };
    member.toast(undoable(text, format!("{link}/{undo}")))?;
    Ok(html::see_other(&link))
}

fn undoable(text: String, post: String) -> Toast {
    Toast { text, action: Some(ToastAction { label: t!("ui-undo"), post }) }
}

/// Moves an option towards the beginning of the list.
pub(crate) async fn up(
    member: Member,
    path: OfOption,
    query: Query<ListQuery>,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    step(&member, &path, &query, &app, Step::Up).await
}

/// Moves an option towards the end of the list.
pub(crate) async fn down(
    member: Member,
    path: OfOption,
    query: Query<ListQuery>,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    step(&member, &path, &query, &app, Step::Down).await
}

async fn step(
    member: &Member,
    path: &OfOption,
    query: &ListQuery,
    app: &App,
    step: Step,
) -> Result<HttpResponse, WebError> {
    member.require(app, Role::Manager).await?;
    options::step(app, &member.caller(), &path.1, step).await?;
    Ok(html::see_other(&list_address(member, query)))
}

/// Asks before an option is deleted, and says what that means.
pub(crate) async fn confirm_deletion(
    member: Member,
    path: OfOption,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let option = find(&app, &member, &path).await?;
    if option.archived_at.is_some() {
        return Err(WebError::Conflict(t!("options-archived-already")));
    }
    let uses = options::uses(&app.db, &member.place.tenant, &option.id, app.now()).await?;
    let became = match uses.redeemed {
        0 => t!("options-delete-unused"),
        times => t!("options-delete-used", times = times, open = uses.open_coupons),
    };
    let link = address(&member, &option.id);
    let confirm = Confirm {
        question: t!("options-delete-question", name = &option.draft.name),
        sentences: vec![t!("options-delete-no-more"), became, t!("options-delete-archive")],
        action: format!("{link}/delete"),
        back: link,
        keep: t!("options-keep"),
        act: t!("options-delete-title"),
    };
    confirm.ask(&want, &member.shell(Section::Options, t!("options-delete-title")))
}

/// Deletes an option: it moves to the archive.
pub(crate) async fn delete(
    member: Member,
    path: OfOption,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    options::archive(&app, &member.caller(), &path.1).await?;
    member.toast(undoable(t!("options-deleted"), format!("{}/restore", address(&member, &path.1))))?;
    Ok(html::see_other(&list_address(&member, &ListQuery::default())))
}

/// Takes an option back out of the archive.
pub(crate) async fn restore(
    member: Member,
    path: OfOption,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    options::restore(&app, &member.caller(), &path.1).await?;
    member.toast(Toast::new(t!("options-restored")))?;
    Ok(html::see_other(&address(&member, &path.1)))
}

impl From<OptionError> for WebError {
    /// What belongs into a form is put there; here is what has none.
    fn from(error: OptionError) -> Self {
        match error {
            OptionError::Unknown(_) => Self::Conflict(t!("options-gone")),
            OptionError::Invalid(_) | OptionError::Stale(_) | OptionError::KeyReused => {
                Self::Conflict(error.to_string())
            }
            OptionError::Store(error) => error.into(),
        }
    }
}
