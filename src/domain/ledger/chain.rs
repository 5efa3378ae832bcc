//! The hash chain of an account: each entry's hash covers the one before it, all of its own fields and the
//! lots it took from, so that a changed, missing or swapped row shows.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use super::entry::Entry;
use crate::domain::{
    ids::{EntryId, SiteCode, TenantId},
    time::Timestamp,
};

/// What the first entry of an account is chained to.
pub const START: &str = "";

/// The hash of `entry`, given the hash of the one before it: SHA-256, base64url.
pub fn link(previous: &str, tenant: &TenantId, account_id: i64, entry: &Entry) -> String {
    let mut hasher = Hasher(Sha256::new());
    let memo = &entry.memo;
    hasher.text(Some("guerdon ledger 1"));
    hasher.text(Some(previous));
    hasher.text(Some(tenant.as_str()));
    hasher.number(account_id);
    hasher.number(entry.seq);
    hasher.text(Some(entry.entry_id.as_str()));
    hasher.text(Some(entry.kind.as_str()));
    hasher.number(entry.points);
    hasher.number(entry.balance_after);
    hasher.number(entry.recorded_at.micros());
    hasher.number(entry.settled_at.micros());
    hasher.time(entry.available_from);
    hasher.time(entry.valid_until);
    hasher.text(memo.site.as_ref().map(SiteCode::as_str));
    hasher.text(memo.reference.as_deref());
    hasher.text(memo.description.as_deref());
    hasher.text(memo.reason.as_deref());
    hasher.text(Some(memo.actor.kind.as_str()));
    hasher.text(Some(&memo.actor.id));
    hasher.text(Some(memo.source.as_str()));
    hasher.text(memo.mends.as_ref().map(EntryId::as_str));
    hasher.text(memo.redemption.as_deref());
    hasher.text(memo.details.as_deref());
    hasher.text(memo.fingerprint.as_deref());
    // In lot order, which is how the rows can be read again.
    let mut takes = entry.takes.clone();
    takes.sort_by_key(|take| take.lot_seq);
    for take in takes {
        hasher.number(take.lot_seq);
        hasher.number(take.points);
    }
    URL_SAFE_NO_PAD.encode(hasher.0.finalize())
}

/// Feeds fields one after another so that no two different rows feed the same bytes.
struct Hasher(Sha256);

impl Hasher {
    fn text(&mut self, text: Option<&str>) {
        match text {
            None => self.0.update([0]),
            Some(text) => {
                self.0.update([1]);
                self.0.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
                self.0.update(text.as_bytes());
            }
        }
    }

    fn number(&mut self, number: i64) {
        self.0.update([2]);
        self.0.update(number.to_be_bytes());
    }

    fn time(&mut self, at: Option<Timestamp>) {
        match at {
            None => self.0.update([0]),
            Some(at) => self.number(at.micros()),
        }
    }
}
