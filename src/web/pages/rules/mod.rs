//! `/admin/{tenant}/rules`: how each site awards points.

mod drafts;
mod example;
mod form;
mod trial;

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;

pub(crate) use drafts::{discard, publish};
use form::RuleForm;

use crate::{
    app::App,
    domain::{
        actor::Caller,
        calendar::ValidityEnd,
        ids::SiteCode,
        points::Points,
        role::Role,
        site::{Basis, EarningRule, Rounding, Shortfall, Site},
        site_change::SiteChange,
        time::Timestamp,
    },
    service::{
        rule_drafts,
        rule_trial::{self, Trial},
        sites::{self, Seen, SiteError},
    },
    texts::t,
    web::{
        access::Member,
        drafts::{Notice, WhichQuery, parse_seen, seen},
        error::WebError,
        facts::{Difference, Fact, differences, yes_or_no},
        filters,
        form::{Choice, Errors, Protected},
        format,
        html::{self, Want},
        people,
        query::escaped,
        shell::{Section, Shell, Toast},
    },
};

/// Versions of a rule that its page shows.
const VERSIONS: i64 = 50;

/// A site, as the list shows it.
struct Line {
    link: String,
    name: String,
    code: String,
    enabled: bool,
    factor: String,
    unit: String,
    months: String,
    prefix: String,
    /// Whether a change of it waits to be published.
    has_draft: bool,
}

#[derive(Template)]
#[template(path = "rules/index.html", blocks = ["main"])]
struct RulesPage<'a> {
    shell: &'a Shell,
    lines: &'a [Line],
    may_change: bool,
}

/// Points for a unit of money, with the two decimals that people expect: `1.00`, `0.125`.
fn factor(rule: &EarningRule) -> String {
    let mut factor = rule.factor.normalize();
    if factor.scale() < 2 {
        factor.rescale(2);
    }
    format::decimal(factor)
}

fn months(rule: &EarningRule) -> String {
    t!("format-months", count = rule.validity_months)
}

/// Lists the sites with their rules.
pub(crate) async fn index(member: Member, want: Want, app: Data<App>) -> Result<HttpResponse, WebError> {
    let tenant = &member.place.tenant;
    let drafts = rule_drafts::sites_with(&app.db, tenant).await?;
    let lines: Vec<Line> = sites::list(&app.db, tenant)
        .await?
        .into_iter()
        .map(|site| Line {
            link: address(&member, &site.code),
            enabled: site.rule.enabled,
            factor: factor(&site.rule),
            unit: t!("rules-for", amount = format::one_of(&site.currency)),
            months: months(&site.rule),
            has_draft: drafts.contains(&site.code),
            prefix: site.coupon_prefix,
            code: site.code.to_string(),
            name: site.name,
        })
        .collect();
    let shell = member.shell(Section::Rules, t!("rules-title"));
    let page = RulesPage { shell: &shell, lines: &lines, may_change: member.place.role >= Role::Manager };
    html::answer(&want, StatusCode::OK, &shell, &page, &page.as_main())
}

fn address(member: &Member, code: &SiteCode) -> String {
    format!("{}/{}", Section::Rules.address(&member.place.tenant), escaped(code.as_str()))
}

/// The value of a box that is ticked, or not.
fn ticked(yes: bool) -> String {
    if yes { "yes".to_owned() } else { String::new() }
}

fn rounding(rounding: Rounding) -> String {
    match rounding {
        Rounding::Floor => t!("rules-round-down"),
        Rounding::HalfUp => t!("rules-round-nearest"),
        Rounding::Ceiling => t!("rules-round-up"),
    }
}

fn basis(basis: Basis) -> String {
    match basis {
        Basis::Gross => t!("rules-gross"),
        Basis::Net => t!("rules-net"),
    }
}

fn end(end: ValidityEnd) -> String {
    match end {
        ValidityEnd::Exact => t!("rules-end-exact"),
        ValidityEnd::StartOfDay => t!("rules-end-start-of-day"),
        ValidityEnd::EndOfDay => t!("rules-end-end-of-day"),
        ValidityEnd::EndOfMonth => t!("rules-end-end-of-month"),
    }
}

fn shortfall(shortfall: Shortfall) -> String {
    match shortfall {
        Shortfall::Clamp => t!("rules-clamp"),
        Shortfall::Owe => t!("rules-owe"),
    }
}

fn shortfalls() -> Vec<Choice> {
    let hint = |choice: Shortfall| match choice {
        Shortfall::Clamp => t!("rules-clamp-hint"),
        Shortfall::Owe => t!("rules-owe-hint"),
    };
    let choices = Shortfall::ALL.iter().copied();
    choices.map(|choice| Choice::new(choice.as_str(), shortfall(choice)).hinted(hint(choice))).collect()
}

/// A rule in words; with its site, the prefix too.
fn facts(rule: &EarningRule, prefix: Option<&str>) -> Vec<Fact> {
    let days = |days: u32| match days {
        0 => t!("rules-at-once"),
        days => t!("format-days", count = days),
    };
    let mut facts = vec![
        Fact::new(t!("rules-enabled"), yes_or_no(rule.enabled)),
        Fact::new(t!("rules-unit-of-money"), factor(rule)),
        Fact::new(t!("rules-fractions"), rounding(rule.rounding)),
        Fact::new(t!("rules-basis"), basis(rule.basis)),
        Fact::new(t!("rules-shipping"), yes_or_no(rule.with_shipping)),
        Fact::new(t!("rules-discounts"), yes_or_no(rule.after_discounts)),
        Fact::new(t!("rules-pending-days"), days(rule.pending_days)),
        Fact::new(
            t!("rules-cap-points"),
            rule.cap_per_order.map(Points::get).map_or_else(|| t!("rules-no-limit"), format::number),
        ),
        Fact::new(t!("rules-validity"), months(rule)),
        Fact::new(t!("rules-end"), end(rule.validity_end)),
        Fact::new(t!("rules-returns"), shortfall(rule.shortfall)),
    ];
    if let Some(prefix) = prefix {
        facts.push(Fact::new(
            t!("rules-prefix"),
            if prefix.is_empty() { t!("rules-no-prefix") } else { prefix.to_owned() },
        ));
    }
    facts
}

/// One version of a rule in its history.
struct Version {
    number: i64,
    since: Timestamp,
    author: String,
    /// Against the version before; none for the first.
    changes: Vec<Difference>,
}

async fn history(app: &App, member: &Member, code: &SiteCode) -> Result<Vec<Version>, WebError> {
    // One more than is shown, to know what the last of them changed.
    let rules = sites::rules(&app.db, &member.place.tenant, code, VERSIONS + 1).await?;
    let names = people::names(app, &member.place.tenant).await?;
    let before = rules.iter().skip(1).map(Some).chain([None]);
    let versions = rules.iter().zip(before).map(|((rule, author), before)| Version {
        number: rule.version,
        since: rule.holds_from,
        author: names.of(author),
        changes: before.map(|(before, _)| differences(facts(before, None), facts(rule, None))).unwrap_or_default(),
    });
    Ok(versions.take(usize::try_from(VERSIONS).unwrap_or(usize::MAX)).collect())
}

#[derive(Template)]
#[template(path = "rules/site.html", blocks = ["main"])]
struct RulePage<'a> {
    shell: &'a Shell,
    errors: &'a Errors,
    site: &'a Site,
    here: &'a str,
    /// Of the ratio.
    unit: String,
    form: &'a RuleForm,
    conflict: Option<&'a [Difference]>,
    draft: Option<Notice>,
    trial: Option<trial::Told>,
    example: &'a [String],
    facts: &'a [Fact],
    history: &'a [Version],
    roundings: &'a [Choice],
    bases: &'a [Choice],
    ends: &'a [Choice],
    shortfalls: &'a [Choice],
    may_change: bool,
}

/// What a page of a rule shows besides the rule that is stored.
struct Shown<'a> {
    form: &'a RuleForm,
    errors: &'a Errors,
    conflict: Option<&'a [Difference]>,
    trial: Option<&'a Trial>,
}

async fn show(
    member: &Member,
    want: &Want,
    app: &App,
    site: &Site,
    shown: Shown<'_>,
) -> Result<HttpResponse, WebError> {
    let Shown { form, errors, conflict, trial } = shown;
    let (shell, status) = errors.mark(member.shell(Section::Rules, t!("rules-of", site = &site.name)));
    let typed = form.change().map_or_else(|_errors| site.clone(), |change| change.apply(site));
    let kept = rule_drafts::find(&app.db, &member.place.tenant, &site.code).await?;
    let page = RulePage {
        draft: kept.map(|kept| drafts::notice(member, site, kept, form.of_draft == "yes")),
        shell: &shell,
        errors,
        site,
        here: &address(member, &site.code),
        unit: t!("rules-unit", amount = format::one_of(&site.currency)),
        form,
        conflict,
        trial: trial.map(|trial| trial::told(trial, site)),
        example: &example::of(&typed, app.now()),
        facts: &facts(&site.rule, Some(&site.coupon_prefix)),
        history: &history(app, member, &site.code).await?,
        roundings: &Rounding::ALL.iter().map(|one| Choice::new(one.as_str(), rounding(*one))).collect::<Vec<_>>(),
        bases: &Basis::ALL.iter().map(|one| Choice::new(one.as_str(), basis(*one))).collect::<Vec<_>>(),
        ends: &ValidityEnd::ALL.iter().map(|one| Choice::new(one.as_str(), end(*one))).collect::<Vec<_>>(),
        shortfalls: &shortfalls(),
        may_change: member.place.role >= Role::Manager,
    };
    let answer = html::answer(want, status, &shell, &page, &page.as_main())?;
    Ok(if conflict.is_some() { html::in_conflict(answer) } else { answer })
}

async fn find(app: &App, member: &Member, code: &str) -> Result<Site, WebError> {
    let code = SiteCode::parse(code).map_err(|_no_code| WebError::NotFound)?;
    sites::find(&app.db, &member.place.tenant, &code).await?.ok_or(WebError::NotFound)
}

/// The part of the path that names a site.
type OfSite = Path<(String, String)>;

/// Shows the rule of a site, with its form for those who may change it; or with the draft in the form, and what it would
/// have given.
pub(crate) async fn show_rule(
    member: Member,
    path: OfSite,
    which: Query<WhichQuery>,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    let site = find(&app, &member, &path.1).await?;
    let tenant = &member.place.tenant;
    let kept = rule_drafts::find(&app.db, tenant, &site.code).await?;
    let may_change = member.place.role >= Role::Manager;
    let drafted = kept.as_ref().filter(|_| which.is_draft() && may_change).map(|kept| kept.draft.apply(&site));
    let trial = match &drafted {
        Some(drafted) => Some(rule_trial::run(&app.db, tenant, drafted, app.now()).await?),
        None => None,
    };
    let mut form = RuleForm::of(drafted.as_ref().unwrap_or(&site));
    form.draft_seen = seen(kept.as_ref());
    form.of_draft = ticked(drafted.is_some());
    let shown = Shown { form: &form, errors: &Errors::default(), conflict: None, trial: trial.as_ref() };
    show(&member, &want, &app, &site, shown).await
}

/// Works out the example for what is typed in the form, before it is saved.
pub(crate) async fn example(
    member: Member,
    path: OfSite,
    query: Query<RuleForm>,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    let site = find(&app, &member, &path.1).await?;
    let sentences = match query.change() {
        Ok(change) => example::of(&change.apply(&site), app.now()),
        Err(_errors) => vec![t!("rules-incomplete")],
    };
    if want.is_part("example") {
        return html::bare(&ExamplePart { sentences: &sentences });
    }
    Ok(html::see_other(&address(&member, &site.code)))
}

#[derive(Template)]
#[template(path = "rules/example.html")]
struct ExamplePart<'a> {
    sentences: &'a [String],
}

/// Does what the button of the form says; what became of it, for the toast.
async fn keep_or_save(
    app: &App,
    caller: &Caller,
    code: &SiteCode,
    versions: Seen,
    form: &RuleForm,
    change: &SiteChange,
) -> Result<String, SiteError> {
    let looked_at = parse_seen(&form.draft_seen);
    if form.act == "draft" {
        rule_drafts::keep(app, caller, code, looked_at, change).await?;
        return Ok(t!("rules-draft-kept"));
    }
    if form.of_draft == "yes" {
        let looked_at = looked_at.ok_or(SiteError::DraftChanged)?;
        rule_drafts::publish_as(app, caller, code, versions, looked_at, change).await?;
        return Ok(t!("form-draft-published"));
    }
    sites::change(app, caller, code, Some(versions), change).await?;
    Ok(t!("rules-saved"))
}

/// Changes the rule of a site, or keeps the change as a draft.
pub(crate) async fn save(
    member: Member,
    path: OfSite,
    want: Want,
    app: Data<App>,
    form: Protected<RuleForm>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let site = find(&app, &member, &path.1).await?;
    let mut form = form.0;
    let versions = form.seen()?;
    let change = match form.change() {
        Ok(change) => change,
        Err(errors) => {
            let shown = Shown { form: &form, errors: &errors, conflict: None, trial: None };
            return show(&member, &want, &app, &site, shown).await;
        }
    };
    if form.act == "try" {
        let trial = rule_trial::run(&app.db, &member.place.tenant, &change.apply(&site), app.now()).await?;
        let shown = Shown { form: &form, errors: &Errors::default(), conflict: None, trial: Some(&trial) };
        return show(&member, &want, &app, &site, shown).await;
    }
    match keep_or_save(&app, &member.caller(), &site.code, versions, &form, &change).await {
        Ok(told) => {
            member.toast(Toast::new(told))?;
            Ok(html::see_other(&address(&member, &site.code)))
        }
        Err(error @ SiteError::DraftChanged) => {
            // Kept once more, it takes the place of the other one.
            let kept = rule_drafts::find(&app.db, &member.place.tenant, &site.code).await?;
            form.draft_seen = seen(kept.as_ref());
            let mut errors = Errors::default();
            errors.add("factor", error);
            let shown = Shown { form: &form, errors: &errors, conflict: None, trial: None };
            show(&member, &want, &app, &site, shown).await
        }
        Err(SiteError::Stale(now)) => {
            // Saved once more, the form takes the place of what it now shows.
            form.settings_version = now.version.to_string();
            form.rule_version = now.rule.version.to_string();
            let yours = change.apply(&now);
            let differences =
                differences(facts(&now.rule, Some(&now.coupon_prefix)), facts(&yours.rule, Some(&yours.coupon_prefix)));
            let shown = Shown { form: &form, errors: &Errors::default(), conflict: Some(&differences), trial: None };
            show(&member, &want, &app, &now, shown).await
        }
        Err(error) => Err(error.into()),
    }
}

impl From<SiteError> for WebError {
    /// What belongs into a form is put there; here is what has none.
    fn from(error: SiteError) -> Self {
        match error {
            SiteError::Unknown(_) | SiteError::TenantUnknown(_) => Self::NotFound,
            SiteError::Taken(_) | SiteError::Stale(_) | SiteError::DraftChanged => Self::Conflict(error.to_string()),
            SiteError::Store(error) => error.into(),
        }
    }
}
