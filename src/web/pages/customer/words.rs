//! Entries in words, the same on every page and in files.

use crate::{
    domain::{
        actor::{Actor, ActorKind},
        ids::{EntryId, SiteCode},
        ledger::entry::{EntryKind, Source},
        reason::Reason,
    },
    service::history::Story,
    web::format,
};

/// What the page calls an actor.
pub(in crate::web::pages) fn actor_name(actor: &Actor, name: Option<&str>) -> String {
    match (actor.kind, name) {
        (ActorKind::Employee | ActorKind::Client, Some(name)) => name.to_owned(),
        (ActorKind::Employee, None) => "A former employee".to_owned(),
        (ActorKind::Client, None) => format!("API client {}", actor.id),
        (ActorKind::Customer, _) => "Customer".to_owned(),
        (ActorKind::System, _) => "Guerdon".to_owned(),
    }
}

/// What kind of entry it is, in words.
pub(in crate::web::pages) const fn kind_name(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Earned => "Earned",
        EntryKind::Added => "Added",
        EntryKind::Removed => "Removed",
        EntryKind::Redeemed => "Redeemed",
        EntryKind::Expired => "Expired",
        EntryKind::TakenBack => "Taken back",
        EntryKind::GivenBack => "Given back",
        EntryKind::Closed => "Account closed",
    }
}

/// By which road it came, in words.
pub(super) const fn source_name(source: Source) -> &'static str {
    match source {
        Source::Api => "through the API",
        Source::BackOffice => "in the back office",
        Source::CommandLine => "on the command line",
        Source::Job => "by itself",
        Source::Import => "with an import",
    }
}

/// The words of a reason; those of another program stay as they are.
pub(super) fn reason_name(reason: &str) -> String {
    Reason::parse(reason).map_or_else(|_own| reason.to_owned(), |known| known.label().to_owned())
}

/// What happened, in a few words.
pub(in crate::web::pages) fn title(story: &Story) -> String {
    let memo = &story.entry.memo;
    let text = |other: &str| {
        let given = memo.reason.as_deref().map(reason_name).or_else(|| memo.description.clone());
        given.filter(|text| !text.is_empty()).unwrap_or_else(|| other.to_owned())
    };
    let order = |other: &str| memo.reference.as_ref().map_or_else(|| other.to_owned(), |id| format!("Order {id}"));
    match story.entry.kind {
        EntryKind::Added if memo.mends.is_some() => "Removal undone".to_owned(),
        EntryKind::Removed if memo.mends.is_some() => "Addition undone".to_owned(),
        EntryKind::Earned => order("Order"),
        EntryKind::Added => text("Points added"),
        EntryKind::Removed => text("Points removed"),
        EntryKind::Redeemed => match &memo.description {
            Some(text) if !text.is_empty() => format!("Redeemed: {text}"),
            _ => "Points redeemed".to_owned(),
        },
        EntryKind::Expired => "Points expired".to_owned(),
        // Without an order it pays what earlier returns left to be paid.
        EntryKind::TakenBack => match &memo.reference {
            Some(id) => format!("Order {id} returned"),
            None => text("Points owed"),
        },
        EntryKind::GivenBack => "Redemption cancelled".to_owned(),
        EntryKind::Closed => "Account closed".to_owned(),
    }
}

/// What more there is to say about it.
pub(in crate::web::pages) fn sub(story: &Story) -> String {
    let memo = &story.entry.memo;
    let told = title(story);
    let reference = memo.reference.as_ref().filter(|id| !told.contains(id.as_str()));
    let parts = [memo.description.clone().filter(|text| !told.contains(text.as_str())), reference.cloned()];
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
