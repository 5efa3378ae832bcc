//! What the audit log is told in: its actions, kinds of things and fields as people say them.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    domain::actor::{Actor, ActorKind},
    texts::{Message, t},
};

/// Longer values of a change are cut on the page.
const VALUE_CHARS_MAX: usize = 300;

/// What is done, with the key of its text.
const ACTIONS: [(&str, &str); 89] = [
    ("api_client.created", "audit-log-did-api-client-created"),
    ("api_client.old_secret_dropped", "audit-log-did-api-client-old-secret-dropped"),
    ("api_client.rate_changed", "audit-log-did-api-client-rate-changed"),
    ("api_client.revoked", "audit-log-did-api-client-revoked"),
    ("api_client.secret_rotated", "audit-log-did-api-client-secret-rotated"),
    ("approval.approved", "audit-log-did-approval-approved"),
    ("approval.asked", "audit-log-did-approval-asked"),
    ("approval.declined", "audit-log-did-approval-declined"),
    ("approval.withdrawn", "audit-log-did-approval-withdrawn"),
    ("audit_log.proved", "audit-log-did-audit-log-proved"),
    ("bulk_batch.approval_asked", "audit-log-did-bulk-batch-approval-asked"),
    ("bulk_batch.approval_declined", "audit-log-did-bulk-batch-approval-declined"),
    ("bulk_batch.approval_withdrawn", "audit-log-did-bulk-batch-approval-withdrawn"),
    ("bulk_batch.approved", "audit-log-did-bulk-batch-approved"),
    ("bulk_batch.booked", "audit-log-did-bulk-batch-booked"),
    ("bulk_batch.continued", "audit-log-did-bulk-batch-continued"),
    ("bulk_batch.discarded", "audit-log-did-bulk-batch-discarded"),
    ("bulk_batch.reversal_ended", "audit-log-did-bulk-batch-reversal-ended"),
    ("bulk_batch.reversed", "audit-log-did-bulk-batch-reversed"),
    ("bulk_batch.run", "audit-log-did-bulk-batch-run"),
    ("bulk_batch.stopped", "audit-log-did-bulk-batch-stopped"),
    ("bulk_batch.uploaded", "audit-log-did-bulk-batch-uploaded"),
    ("coupon.changed", "audit-log-did-coupon-changed"),
    ("coupon.created", "audit-log-did-coupon-created"),
    ("coupon.deleted", "audit-log-did-coupon-deleted"),
    ("coupon.redemption_deleted", "audit-log-did-coupon-redemption-deleted"),
    ("customer.person_changed", "audit-log-did-customer-person-changed"),
    ("customer.person_erased", "audit-log-did-customer-person-erased"),
    ("feed_secret.created", "audit-log-did-feed-secret-created"),
    ("feed_secret.removed", "audit-log-did-feed-secret-removed"),
    ("identity_provider.changed", "audit-log-did-identity-provider-changed"),
    ("identity_provider.created", "audit-log-did-identity-provider-created"),
    ("identity_provider.disabled", "audit-log-did-identity-provider-disabled"),
    ("identity_provider.enabled", "audit-log-did-identity-provider-enabled"),
    ("identity_provider.removed", "audit-log-did-identity-provider-removed"),
    ("inbox_event.retried", "audit-log-did-inbox-event-retried"),
    ("member.added", "audit-log-did-member-added"),
    ("member.deactivated", "audit-log-did-member-deactivated"),
    ("member.invitation_revoked", "audit-log-did-member-invitation-revoked"),
    ("member.link_made", "audit-log-did-member-link-made"),
    ("member.password_set", "audit-log-did-member-password-set"),
    ("member.reactivated", "audit-log-did-member-reactivated"),
    ("member.removed", "audit-log-did-member-removed"),
    ("member.role_changed", "audit-log-did-member-role-changed"),
    ("member.second_factor_reset", "audit-log-did-member-second-factor-reset"),
    ("option.archived", "audit-log-did-option-archived"),
    ("option.changed", "audit-log-did-option-changed"),
    ("option.created", "audit-log-did-option-created"),
    ("option.draft_discarded", "audit-log-did-option-draft-discarded"),
    ("option.draft_kept", "audit-log-did-option-draft-kept"),
    ("option.moved", "audit-log-did-option-moved"),
    ("option.restored", "audit-log-did-option-restored"),
    ("reason.archived", "audit-log-did-reason-archived"),
    ("reason.changed", "audit-log-did-reason-changed"),
    ("reason.created", "audit-log-did-reason-created"),
    ("reason.moved", "audit-log-did-reason-moved"),
    ("reason.restored", "audit-log-did-reason-restored"),
    ("returned_coupon.decided", "audit-log-did-returned-coupon-decided"),
    ("rule.changed", "audit-log-did-rule-changed"),
    ("rule.draft_discarded", "audit-log-did-rule-draft-discarded"),
    ("rule.draft_kept", "audit-log-did-rule-draft-kept"),
    ("secret_key.rotated", "audit-log-did-secret-key-rotated"),
    ("site.changed", "audit-log-did-site-changed"),
    ("site.coupon_settings_changed", "audit-log-did-site-coupon-settings-changed"),
    ("site.created", "audit-log-did-site-created"),
    ("tenant.changed", "audit-log-did-tenant-changed"),
    ("tenant.created", "audit-log-did-tenant-created"),
    ("tenant.imported", "audit-log-did-tenant-imported"),
    ("user.created", "audit-log-did-user-created"),
    ("user.disabled", "audit-log-did-user-disabled"),
    ("user.enabled", "audit-log-did-user-enabled"),
    ("user.operator_changed", "audit-log-did-user-operator-changed"),
    ("user.password_set", "audit-log-did-user-password-set"),
    ("user.recovery_codes_made", "audit-log-did-user-recovery-codes-made"),
    ("user.renamed", "audit-log-did-user-renamed"),
    ("user.second_factor_reset", "audit-log-did-user-second-factor-reset"),
    ("user.second_factor_set_up", "audit-log-did-user-second-factor-set-up"),
    ("user.second_factor_turned_off", "audit-log-did-user-second-factor-turned-off"),
    ("user.signed_in", "audit-log-did-user-signed-in"),
    ("webhook.changed", "audit-log-did-webhook-changed"),
    ("webhook.created", "audit-log-did-webhook-created"),
    ("webhook.deleted", "audit-log-did-webhook-deleted"),
    ("webhook.old_secret_dropped", "audit-log-did-webhook-old-secret-dropped"),
    ("webhook.parked_sent_again", "audit-log-did-webhook-parked-sent-again"),
    ("webhook.paused", "audit-log-did-webhook-paused"),
    ("webhook.resumed", "audit-log-did-webhook-resumed"),
    ("webhook.secret_rotated", "audit-log-did-webhook-secret-rotated"),
    ("webhook.sent_again", "audit-log-did-webhook-sent-again"),
    ("webhook.tested", "audit-log-did-webhook-tested"),
];

/// What is changed, with the key of its name.
const KINDS: [(&str, &str); 18] = [
    ("api_client", "audit-log-kind-api-client"),
    ("approval", "audit-log-kind-approval"),
    ("audit_log", "audit-log-kind-audit-log"),
    ("bulk_batch", "audit-log-kind-bulk-batch"),
    ("coupon", "audit-log-kind-coupon"),
    ("customer", "audit-log-kind-customer"),
    ("feed_secret", "audit-log-kind-feed-secret"),
    ("identity_provider", "audit-log-kind-identity-provider"),
    ("inbox_event", "audit-log-kind-inbox-event"),
    ("option", "audit-log-kind-option"),
    ("reason", "audit-log-kind-reason"),
    ("returned_coupon", "audit-log-kind-returned-coupon"),
    ("rule", "audit-log-kind-rule"),
    ("secret_key", "audit-log-kind-secret-key"),
    ("site", "audit-log-kind-site"),
    ("tenant", "audit-log-kind-tenant"),
    ("user", "audit-log-kind-user"),
    ("webhook", "audit-log-kind-webhook"),
];

/// Fields of what is changed, with the key of their names.
const FIELDS: [(&str, &str); 68] = [
    ("active", "audit-log-field-active"),
    ("activeFrom", "audit-log-field-active-from"),
    ("activeUntil", "audit-log-field-active-until"),
    ("adminLimit", "audit-log-field-admin-limit"),
    ("afterDiscounts", "audit-log-field-after-discounts"),
    ("agentLimit", "audit-log-field-agent-limit"),
    ("allowAnonymous", "audit-log-field-allow-anonymous"),
    ("allowedOrigins", "audit-log-field-allowed-origins"),
    ("amount", "audit-log-field-amount"),
    ("audience", "audit-log-field-audience"),
    ("basis", "audit-log-field-basis"),
    ("birthdayPoints", "audit-log-field-birthday-points"),
    ("boundToCustomer", "audit-log-field-bound-to-customer"),
    ("capPerOrder", "audit-log-field-cap-per-order"),
    ("coupon", "audit-log-field-coupon"),
    ("couponLifetimeDays", "audit-log-field-coupon-lifetime-days"),
    ("claim", "audit-log-field-claim"),
    ("couponPrefix", "audit-log-field-coupon-prefix"),
    ("currency", "audit-log-field-currency"),
    ("customerCancelHours", "audit-log-field-customer-cancel-hours"),
    ("demandsSecondFactor", "audit-log-field-demands-second-factor"),
    ("description", "audit-log-field-description"),
    ("direction", "audit-log-field-direction"),
    ("discountAbsolute", "audit-log-field-discount-absolute"),
    ("discountPercentage", "audit-log-field-discount-percentage"),
    ("discountType", "audit-log-field-discount-type"),
    ("enabled", "audit-log-field-enabled"),
    ("eventTypes", "audit-log-field-event-types"),
    ("factor", "audit-log-field-factor"),
    ("graceDays", "audit-log-field-grace-days"),
    ("issuer", "audit-log-field-issuer"),
    ("jwksUrl", "audit-log-field-jwks-url"),
    ("keys", "audit-log-field-keys"),
    ("label", "audit-log-field-label"),
    ("managerLimit", "audit-log-field-manager-limit"),
    ("maxPerCustomer", "audit-log-field-max-per-customer"),
    ("maxRedemptions", "audit-log-field-max-redemptions"),
    ("minOrderValue", "audit-log-field-min-order-value"),
    ("name", "audit-log-field-name"),
    ("names", "audit-log-field-names"),
    ("note", "audit-log-field-note"),
    ("oldSecretGoodUntil", "audit-log-field-old-secret-good-until"),
    ("operator", "audit-log-field-operator"),
    ("pendingDays", "audit-log-field-pending-days"),
    ("place", "audit-log-field-place"),
    ("points", "audit-log-field-points"),
    ("pointsAfterCoupon", "audit-log-field-points-after-coupon"),
    ("problem", "audit-log-field-problem"),
    ("rateLimit", "audit-log-field-rate-limit"),
    ("reason", "audit-log-field-reason"),
    ("restrictions", "audit-log-field-restrictions"),
    ("role", "audit-log-field-role"),
    ("rounding", "audit-log-field-rounding"),
    ("rows", "audit-log-field-rows"),
    ("scopes", "audit-log-field-scopes"),
    ("shortfall", "audit-log-field-shortfall"),
    ("sites", "audit-log-field-sites"),
    ("state", "audit-log-field-state"),
    ("stock", "audit-log-field-stock"),
    ("timeZone", "audit-log-field-time-zone"),
    ("undoes", "audit-log-field-undoes"),
    ("url", "audit-log-field-url"),
    ("validity", "audit-log-field-validity"),
    ("validityEnd", "audit-log-field-validity-end"),
    ("validityMonths", "audit-log-field-validity-months"),
    ("what", "audit-log-field-what"),
    ("whenOrderReturned", "audit-log-field-when-order-returned"),
    ("withShipping", "audit-log-field-with-shipping"),
];

fn told(table: &[(&str, &'static str)], name: &str) -> String {
    let known = table.iter().find(|(known, _)| *known == name);
    known.map_or_else(|| words(name), |(_, key)| Message::new(key).to_string())
}

/// `member.role_changed` as people say it.
pub(in crate::web::pages) fn action(name: &str) -> String {
    told(&ACTIONS, name)
}

/// `api_client` as people say it.
pub(super) fn kind(name: &str) -> String {
    told(&KINDS, name)
}

/// Who did something.
pub(super) fn actor(actor: &Actor, name: Option<String>) -> String {
    match actor.kind {
        ActorKind::Employee => name.unwrap_or_else(|| t!("people-former-member")),
        ActorKind::Client => name.unwrap_or_else(|| t!("people-client", client = &actor.id)),
        ActorKind::Customer => t!("people-customer", customer = &actor.id),
        ActorKind::System => t!("people-guerdon", part = &actor.id),
    }
}

/// What nobody gave a text: `thing.was_changed` is `Thing was changed`.
fn words(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        match c {
            '.' | '_' => words.push(' '),
            c if c.is_uppercase() => words.extend([' '].into_iter().chain(c.to_lowercase())),
            c => words.push(c),
        }
    }
    let mut chars = words.trim_start().chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// One field that a change touched.
pub(in crate::web::pages) struct Change {
    pub(in crate::web::pages) name: String,
    pub(in crate::web::pages) before: Option<String>,
    pub(in crate::web::pages) after: Option<String>,
}

/// The fields that differ, by name; those within others by both names.
pub(in crate::web::pages) fn changes(before: Option<&str>, after: Option<&str>) -> Vec<Change> {
    let (before, after) = (fields(before), fields(after));
    let mut names: Vec<&String> =
        before.keys().chain(after.keys().filter(|name| !before.contains_key(*name))).collect();
    names.sort();
    names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name))
        .map(|name| Change {
            name: name.split('/').map(|part| told(&FIELDS, part)).collect::<Vec<_>>().join(", "),
            before: before.get(name).cloned(),
            after: after.get(name).cloned(),
        })
        .collect()
}

/// The fields of a JSON object, as people read them, by their paths.
fn fields(json: Option<&str>) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    if let Some(value) = json.and_then(|json| serde_json::from_str(json).ok()) {
        gather("", &value, &mut fields);
    }
    fields
}

fn gather(path: &str, value: &Value, fields: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let path = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
                gather(&path, value, fields);
            }
        }
        other => {
            if let Some(text) = shown(other) {
                fields.insert(if path.is_empty() { "value".to_owned() } else { path.to_owned() }, text);
            }
        }
    }
}

fn shown(value: &Value) -> Option<String> {
    let text = match value {
        Value::Null => return None,
        Value::String(text) => text.clone(),
        Value::Bool(true) => t!("ui-yes"),
        Value::Bool(false) => t!("ui-no"),
        Value::Array(items) => items.iter().filter_map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    };
    if text.chars().count() <= VALUE_CHARS_MAX {
        return Some(text);
    }
    Some(text.chars().take(VALUE_CHARS_MAX).chain("…".chars()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told_of(before: &str, after: &str) -> Vec<(String, Option<String>, Option<String>)> {
        changes(Some(before), Some(after)).into_iter().map(|one| (one.name, one.before, one.after)).collect()
    }

    fn one(name: &str, before: &str, after: &str) -> (String, Option<String>, Option<String>) {
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        (name.to_owned(), given(before), given(after))
    }

    #[test]
    fn only_what_differs_is_shown() {
        let found = told_of(r#"{"role":"agent","name":"A","gone":1}"#, r#"{"role":"admin","name":"A","new":true}"#);
        assert_eq!(found, [one("Gone", "1", ""), one("New", "", "Yes"), one("Role", "agent", "admin")]);
        assert!(changes(None, None).is_empty());
        assert_eq!(changes(None, Some("[\"a\",\"b\"]"))[0].after.as_deref(), Some("a, b"));
    }

    #[test]
    fn what_stands_within_is_told_field_by_field() {
        let found = told_of(
            r#"{"coupon":{"name":"A","discount":{"amount":5,"currency":"EUR"}}}"#,
            r#"{"coupon":{"name":"A","discount":{"amount":7,"currency":"EUR"}},"sites":["main","outlet"]}"#,
        );
        assert_eq!(found, [one("Coupon, Discount, Amount", "5", "7"), one("Sites", "", "main, outlet")]);
    }

    #[test]
    fn actions_read_as_words() {
        assert_eq!(action("member.role_changed"), "Role of member changed");
        assert_eq!(action("thing.was_changed"), "Thing was changed");
        assert_eq!((kind("api_client").as_str(), kind("")), ("API client", String::new()));
        assert_eq!(told(&FIELDS, "someField"), "Some field");
    }
}
