//! `/admin/{tenant}/options`: what customers can exchange their points for.

mod acts;
mod drafts;
mod export;
mod form;
mod list;
pub(in crate::web::pages) mod told;
mod typed;

use actix_web::{
    HttpResponse,
    web::{Data, Path, Query},
};
use askama::Template;

use super::history::Event;
use crate::{
    app::App,
    domain::{
        actor::Caller,
        audit::Subject,
        invalid::FieldErrors,
        option::{OptionDraft, RedeemOption},
        returned_coupon::WhenReturned,
        role::Role,
        site::Site,
    },
    secrets,
    service::{
        audit,
        idempotency::KeyedRequest,
        option_drafts,
        options::{self, Created, OptionError},
        sites,
    },
    texts::t,
    web::{
        access::Member,
        drafts::{Notice, WhichQuery, parse_seen, seen},
        error::WebError,
        facts::{Difference, Fact, differences},
        filters,
        form::{Choice, Errors, Protected},
        html::{self, Want},
        query::escaped,
        shell::{Section, Shell, Toast},
    },
};
pub(crate) use acts::{activate, confirm_deletion, deactivate, delete, down, place, restore, up};
pub(crate) use drafts::{discard, publish};
pub(crate) use export::export;
use form::{AMOUNT, ANYONE, BOUND, OptionForm, PERCENT, Place, SIGNED_IN};
use list::{ListQuery, Listed};
use told::Preview;

/// Changes that are told beside an option.
const CHANGES: u16 = 20;

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
    draft: Option<Notice>,
    history: Vec<Event>,
}

#[derive(Template)]
#[template(path = "options/index.html", blocks = ["main"])]
struct OptionsPage<'a> {
    shell: &'a Shell,
    query: &'a ListQuery,
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
        query: shown.query,
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
    let (draft, history) = match (shown.option, &link) {
        (Some(option), Some(link)) => (
            {
                let place = drafts::Place { link, query: shown.query, of_draft: form.of_draft == "yes" };
                drafts::notice(app, member, option, sites, place).await?
            },
            history(app, member, option).await?,
        ),
        _ => (None, Vec::new()),
    };
    Ok(Panel {
        draft,
        history,
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

/// What was done to an option, the newest first.
async fn history(app: &App, member: &Member, option: &RedeemOption) -> Result<Vec<Event>, WebError> {
    let subject = Subject::new("option", &option.id);
    let rows = audit::history(&app.db, &member.place.tenant, subject, CHANGES).await?;
    let named = |action: &str| match action {
        "option.created" => Some((t!("options-event-created"), false)),
        "option.changed" => Some((t!("options-event-changed"), true)),
        "option.archived" => Some((t!("options-event-archived"), false)),
        "option.restored" => Some((t!("options-event-restored"), false)),
        "option.moved" => Some((t!("options-event-moved"), true)),
        "option.draft_kept" => Some((t!("options-event-draft-kept"), true)),
        "option.draft_discarded" => Some((t!("options-event-draft-discarded"), false)),
        _ => None,
    };
    Ok(rows.iter().map(|kept| Event::new(kept, named)).collect())
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
    which: Query<WhichQuery>,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    let option = find(&app, &member, &path).await?;
    let kept = option_drafts::find(&app.db, &member.place.tenant, &option.id).await?;
    let (zone, errors) = (member.place.zone, Errors::default());
    let of_draft = which.is_draft() && kept.is_some();
    let mut form = match &kept {
        Some(kept) if of_draft => OptionForm::of(&RedeemOption { draft: kept.draft.clone(), ..option.clone() }, zone),
        _ => OptionForm::of(&option, zone),
    };
    form.draft_seen = seen(kept.as_ref());
    form.of_draft = if of_draft { "yes".to_owned() } else { String::new() };
    let shown = Shown { query: &query, option: Some(&option), form: Some(&form), errors: &errors, conflict: None };
    page(&member, &want, &app, shown).await
}

/// Does what the button of the form says; what became of it, for the toast.
async fn keep_or_save(
    app: &App,
    caller: &Caller,
    id: &str,
    version: i64,
    form: &OptionForm,
    make: impl Fn(&RedeemOption) -> Result<OptionDraft, FieldErrors>,
) -> Result<String, OptionError> {
    let looked_at = parse_seen(&form.draft_seen);
    if form.act == "draft" {
        option_drafts::keep(app, caller, id, looked_at, make).await?;
        return Ok(t!("options-draft-kept"));
    }
    if form.of_draft == "yes" {
        let looked_at = looked_at.ok_or(OptionError::DraftChanged)?;
        option_drafts::publish_as(app, caller, id, version, looked_at, make).await?;
        return Ok(t!("form-draft-published"));
    }
    options::update(app, caller, id, Some(version), make).await?;
    Ok(t!("options-saved"))
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
    // What was read above is read again from what the option is under the lock.
    let make = |present: &RedeemOption| {
        read(present).map_err(|_errors| FieldErrors::one("name", t!("options-save-once-more")))
    };
    let saved = keep_or_save(&app, &caller, &option.id, version, &form, make).await;
    match saved {
        Ok(told) => {
            member.toast(Toast::new(told))?;
            Ok(html::see_other(&format!("{}{}", address(&member, &option.id), query.as_text())))
        }
        Err(error @ (OptionError::Invalid(_) | OptionError::DraftChanged)) => {
            let errors = match &error {
                OptionError::Invalid(found) => form::found_at_fields(found),
                other => {
                    // Kept once more, it takes the place of the other one.
                    let kept = option_drafts::find(&app.db, &member.place.tenant, &option.id).await?;
                    form.draft_seen = seen(kept.as_ref());
                    let mut errors = Errors::default();
                    errors.add("name", other);
                    errors
                }
            };
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

impl From<OptionError> for WebError {
    /// What belongs into a form is put there; here is what has none.
    fn from(error: OptionError) -> Self {
        match error {
            OptionError::Unknown(_) => Self::Conflict(t!("options-gone")),
            OptionError::Invalid(_) | OptionError::Stale(_) | OptionError::DraftChanged | OptionError::KeyReused => {
                Self::Conflict(error.to_string())
            }
            OptionError::Store(error) => error.into(),
        }
    }
}
