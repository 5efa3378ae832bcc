//! Entries in words, the same on every page and in files.

pub(in crate::web::pages) use crate::domain::reason::name_of as reason_name;
use crate::{
    domain::{
        actor::{Actor, ActorKind},
        ids::{EntryId, SiteCode},
        ledger::entry::{EntryKind, Source},
    },
    service::history::Story,
    texts::{Language, in_language, t},
    web::format,
};

/// What the page calls an actor.
pub(in crate::web::pages) fn actor_name(actor: &Actor, name: Option<&str>) -> String {
    match (actor.kind, name) {
        (ActorKind::Employee | ActorKind::Client, Some(name)) => name.to_owned(),
        (ActorKind::Employee, None) => t!("entry-former-employee"),
        (ActorKind::Client, None) => t!("people-client", client = &actor.id),
        (ActorKind::Customer, _) => t!("entry-customer"),
        (ActorKind::System, _) => "Guerdon".to_owned(),
    }
}

/// What kind of entry it is, in words.
pub(in crate::web::pages) fn kind_name(kind: EntryKind) -> String {
    match kind {
        EntryKind::Earned => t!("entry-kind-earned"),
        EntryKind::Added => t!("entry-kind-added"),
        EntryKind::Removed => t!("entry-kind-removed"),
        EntryKind::Redeemed => t!("entry-kind-redeemed"),
        EntryKind::Expired => t!("entry-kind-expired"),
        EntryKind::TakenBack => t!("entry-kind-taken-back"),
        EntryKind::GivenBack => t!("entry-kind-given-back"),
        EntryKind::Closed => t!("entry-kind-closed"),
    }
}

/// By which road it came, in words.
pub(super) fn source_name(source: Source) -> String {
    match source {
        Source::Api => t!("entry-source-api"),
        Source::BackOffice => t!("entry-source-back-office"),
        Source::CommandLine => t!("entry-source-command-line"),
        Source::Job => t!("entry-source-job"),
        Source::Import => t!("entry-source-import"),
    }
}

/// What happened, in a few words.
pub(in crate::web::pages) fn title(story: &Story) -> String {
    let memo = &story.entry.memo;
    let text = |other: String| {
        let given = memo
            .reason
            .as_deref()
            .map(|code| reason_name(code, story.reason_label.as_deref()))
            .or_else(|| memo.description.clone());
        given.filter(|text| !text.is_empty()).unwrap_or(other)
    };
    match story.entry.kind {
        EntryKind::Added if memo.mends.is_some() => t!("entry-removal-undone"),
        EntryKind::Removed if memo.mends.is_some() => t!("entry-addition-undone"),
        EntryKind::Earned => match &memo.reference {
            Some(id) => t!("entry-order", order = id),
            None => t!("entry-some-order"),
        },
        EntryKind::Added => text(t!("entry-points-added")),
        EntryKind::Removed => text(t!("entry-points-removed")),
        EntryKind::Redeemed => match &memo.description {
            Some(text) if !text.is_empty() => t!("entry-redeemed", what = text),
            _ => t!("entry-points-redeemed"),
        },
        EntryKind::Expired => t!("entry-points-expired"),
        // Without an order it pays what earlier returns left to be paid.
        EntryKind::TakenBack => match &memo.reference {
            Some(id) => t!("entry-order-returned", order = id),
            None => text(t!("entry-points-owed")),
        },
        EntryKind::GivenBack => t!("entry-redemption-cancelled"),
        EntryKind::Closed => t!("entry-account-closed"),
    }
}

/// What more there is to say about it.
pub(in crate::web::pages) fn sub(story: &Story) -> String {
    let memo = &story.entry.memo;
    // What Guerdon wrote into an entry itself is English, and says no more than the title does.
    let told = [title(story), in_language(Language::English, || title(story))];
    let says_more = |text: &String| !told.iter().any(|told| told.contains(text.as_str()));
    let parts = [memo.description.clone().filter(says_more), memo.reference.clone().filter(says_more)];
    parts.into_iter().flatten().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// The columns of an entry in a file, behind those that name the customer.
pub(in crate::web::pages) const COLUMNS: [&str; 16] = [
    "entry_id",
    "recorded_at",
    "kind",
    "points",
    "balance_after",
    "valid_until",
    "reason",
    "description",
    "reference",
    "site",
    "actor_kind",
    "actor",
    "source",
    "coupon",
    "undoes",
    "private_note",
];

/// The cells of an entry in a file.
pub(in crate::web::pages) fn cells(story: &Story, zone: chrono_tz::Tz) -> Vec<String> {
    let (entry, memo) = (&story.entry, &story.entry.memo);
    let some = |text: Option<&str>| text.unwrap_or_default().to_owned();
    vec![
        entry.entry_id.to_string(),
        format::iso(entry.recorded_at, zone),
        entry.kind.as_str().to_owned(),
        entry.points.to_string(),
        entry.balance_after.to_string(),
        entry.valid_until.map_or_else(String::new, |at| format::iso(at, zone)),
        some(memo.reason.as_deref()),
        some(memo.description.as_deref()),
        some(memo.reference.as_deref()),
        some(memo.site.as_ref().map(SiteCode::as_str)),
        memo.actor.kind.as_str().to_owned(),
        story.actor_name.clone().unwrap_or_else(|| memo.actor.id.clone()),
        memo.source.as_str().to_owned(),
        some(story.coupon.as_ref().map(|coupon| coupon.code.as_str())),
        some(memo.mends.as_ref().map(EntryId::as_str)),
        some(story.note.as_deref()),
    ]
}
