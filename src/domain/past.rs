//! The past of an account that comes from another service: read from its summary, and lived again in a fresh book.

use serde::Deserialize;

use super::{
    actor::Actor,
    ids::{CustomerId, EntryId},
    ledger::{
        Account,
        book::{Book, Credit, Debit, Loaded, NewId},
        entry::{DESCRIPTION_CHARS_MAX, EntryKind, Memo, REFERENCE_CHARS_MAX, Source},
    },
    points::Points,
    text::{self, Lines},
    time::Timestamp,
};

/// A customer's summary as the contract writes it. What is worked out, such as `usedWith`, is not read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WrittenSummary {
    customer_id: String,
    active_points: i64,
    summary: WrittenLists,
}

impl WrittenSummary {
    /// Whose summary it says it is.
    pub fn customer(&self) -> &str {
        &self.customer_id
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WrittenLists {
    #[serde(default)]
    added_points_list: Vec<WrittenEntry>,
    #[serde(default)]
    redeemed_points_list: Vec<WrittenEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WrittenEntry {
    id: String,
    #[serde(rename = "reference-id")]
    reference: Option<String>,
    description: Option<String>,
    points: i64,
    created_at: String,
    all_points_after_creation: Option<i64>,
    used_points: Option<i64>,
    valid_until: Option<String>,
}

/// What happened to an account elsewhere, in order.
#[derive(Debug)]
pub struct Past {
    /// Whose.
    pub customer: CustomerId,
    active_points: i64,
    added: Vec<PastEntry>,
    redeemed: Vec<PastEntry>,
}

#[derive(Debug)]
struct PastEntry {
    id: EntryId,
    reference: Option<String>,
    description: Option<String>,
    points: Points,
    at: Timestamp,
    balance_after: Option<i64>,
    used: Option<i64>,
    /// Of points that came; `None`: as the site's rule says.
    valid_until: Option<Timestamp>,
}

impl Past {
    /// Reads a summary.
    ///
    /// # Errors
    /// In words: what of it cannot have happened.
    pub fn read(written: WrittenSummary, now: Timestamp) -> Result<Self, String> {
        let customer = CustomerId::parse(&written.customer_id).map_err(|error| error.to_string())?;
        let read = |entries: Vec<WrittenEntry>| -> Result<Vec<PastEntry>, String> {
            let mut read =
                entries.into_iter().map(|entry| PastEntry::read(entry, now)).collect::<Result<Vec<_>, _>>()?;
            read.sort_by_key(|entry| entry.at);
            Ok(read)
        };
        let (added, redeemed) = (read(written.summary.added_points_list)?, read(written.summary.redeemed_points_list)?);
        let past = Self { customer, active_points: written.active_points, added, redeemed };
        let mut ids: Vec<&EntryId> = past.ids().collect();
        ids.sort_unstable();
        if let Some(twice) = ids.windows(2).find_map(|two| (two.first() == two.last()).then(|| two.first())).flatten() {
            return Err(format!("the id {twice} is there twice"));
        }
        Ok(past)
    }

    /// The ids of its entries.
    pub fn ids(&self) -> impl Iterator<Item = &EntryId> {
        self.added.iter().chain(&self.redeemed).map(|entry| &entry.id)
    }

    /// When it begins; `None` when nothing happened.
    pub fn begin(&self) -> Option<Timestamp> {
        [self.added.first(), self.redeemed.first()].into_iter().flatten().map(|entry| entry.at).min()
    }

    /// Lives it again in a fresh account, up to `now`. `until` tells when points end whose end is not written.
    ///
    /// # Errors
    /// In words: what does not add up.
    pub fn live(
        &self,
        account: Account,
        until: &dyn Fn(Timestamp) -> Timestamp,
        now: Timestamp,
        new_id: NewId<'_>,
    ) -> Result<Book, String> {
        let mut book = Book::open(account, Vec::new(), Loaded::All);
        book.open_account();
        let (mut added, mut redeemed) = (self.added.iter().peekable(), self.redeemed.iter().peekable());
        let mut left = Some(0);
        loop {
            let comes = match (added.peek(), redeemed.peek()) {
                (Some(come), Some(go)) => come_first(come, go, book.account.balance),
                (Some(_), None) => true,
                (None, Some(_)) => false,
                (None, None) => break,
            };
            let Some(entry) = (if comes { added.next() } else { redeemed.next() }) else { break };
            book.settle(entry.at, new_id);
            if comes {
                let valid_until = entry.valid_until.unwrap_or_else(|| until(entry.at));
                if valid_until <= entry.at {
                    return Err(format!("the points of {} end before they begin", entry.id));
                }
                if valid_until > now {
                    left = left.zip(entry.used).map(|(left, used)| left + entry.points.get() - used);
                }
                let credit = Credit {
                    entry_id: entry.id.clone(),
                    kind: EntryKind::Added,
                    points: entry.points,
                    available_from: None,
                    valid_until,
                    memo: entry.memo(),
                };
                book.credit(credit, entry.at).map_err(|refusal| format!("{}: {refusal}", entry.id))?;
            } else {
                let debit = Debit {
                    entry_id: entry.id.clone(),
                    kind: EntryKind::Redeemed,
                    points: entry.points,
                    memo: entry.memo(),
                    first_from: None,
                };
                book.debit(debit, entry.at).map_err(|refusal| format!("{}: {refusal}", entry.id))?;
            }
            entry.check_balance(&book)?;
        }
        book.settle(now, new_id);
        self.check_end(&book, left)?;
        Ok(book)
    }

    /// What is left by the lists, by the summary and by living it again must be the same, but for what expired since
    /// the summary was written.
    fn check_end(&self, book: &Book, left: Option<i64>) -> Result<(), String> {
        let balance = book.account.balance;
        if let Some(left) = left.filter(|left| *left != balance) {
            return Err(format!("the entries come to {balance} points today, and usedPoints leaves {left}"));
        }
        // What expired after the last entry may have been there still when the summary was written.
        let last = self.added.iter().chain(&self.redeemed).map(|entry| entry.at).max();
        let expired = book.entries().iter().filter(|entry| entry.kind == EntryKind::Expired);
        let since: i64 = expired.filter(|entry| Some(entry.recorded_at) > last).map(|entry| -entry.points).sum();
        if self.active_points < balance || self.active_points > balance + since {
            return Err(format!(
                "the entries come to {balance} points today, and activePoints is {}",
                self.active_points
            ));
        }
        Ok(())
    }
}

/// Whether the points that came are to be booked before those that went. In the same millisecond the balances after
/// them tell; without these, points come before they go.
fn come_first(come: &PastEntry, go: &PastEntry, balance: i64) -> bool {
    if come.at != go.at {
        return come.at < go.at;
    }
    let fits = |entry: &PastEntry, points: i64| entry.balance_after == Some(balance + points);
    fits(come, come.points.get()) || !fits(go, -go.points.get())
}

impl PastEntry {
    fn read(written: WrittenEntry, now: Timestamp) -> Result<Self, String> {
        let id = EntryId::parse(&written.id).map_err(|error| format!("an entry's id: {error}"))?;
        let wrong = |what: &str, why: &dyn ToString| format!("{what} of {id}: {}", why.to_string());
        let points = Points::new(written.points).map_err(|error| wrong("points", &error))?;
        let at = Timestamp::parse(&written.created_at).map_err(|error| wrong("createdAt", &error))?;
        if at > now {
            return Err(wrong("createdAt", &"it lies ahead"));
        }
        let valid_until = written.valid_until.map(|text| Timestamp::parse(&text)).transpose();
        let valid_until = valid_until.map_err(|error| wrong("validUntil", &error))?;
        let used = written.used_points;
        if used.is_some_and(|used| used < 0 || used > points.get()) {
            return Err(wrong("usedPoints", &format!("give 0 to {}", points.get())));
        }
        let description = written.description.filter(|text| !text.is_empty());
        if let Some(text) = &description {
            text::check(text, DESCRIPTION_CHARS_MAX, Lines::Many).map_err(|error| wrong("description", &error))?;
        }
        if let Some(text) = &written.reference {
            text::check(text, REFERENCE_CHARS_MAX, Lines::One).map_err(|error| wrong("reference-id", &error))?;
        }
        let balance_after = written.all_points_after_creation;
        Ok(Self { reference: written.reference, description, points, at, balance_after, used, valid_until, id })
    }

    fn memo(&self) -> Memo {
        Memo {
            reference: self.reference.clone(),
            description: self.description.clone(),
            ..Memo::new(Actor::system("import"), Source::Import)
        }
    }

    /// The other service may record an expiry later than it happened, so only balances before the first one must fit.
    fn check_balance(&self, book: &Book) -> Result<(), String> {
        let expired = book.entries().iter().any(|entry| entry.kind == EntryKind::Expired);
        match self.balance_after {
            Some(written) if written != book.account.balance && !expired => Err(format!(
                "after {} there are {} points, and allPointsAfterCreation is {written}",
                self.id, book.account.balance
            )),
            _ => Ok(()),
        }
    }
}
