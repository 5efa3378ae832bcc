//! What clients asked for and what they were told, and whether the database agrees.

use std::{
    collections::{BTreeMap, BTreeSet},
    panic::AssertUnwindSafe,
    sync::Mutex,
};

use futures_util::FutureExt as _;
use guerdon::store::{Backend, Db};
use serde_json::{Value, json};

use crate::{
    common::{
        database::{TestDb, raw},
        program::Program,
    },
    shop::Scene,
};

/// Something that a client asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// Adds points; under an id, under an Idempotency-Key, or under neither, and then it is never sent twice.
    Add { customer: String, points: i64, by: By },
    /// Takes points, under an id.
    Take { customer: String, points: i64 },
    /// Takes more points than there are, which is refused.
    TakeTooMany { customer: String },
    /// Exchanges points for a coupon, under an Idempotency-Key.
    Exchange { customer: String },
    /// Uses a coupon at checkout, under an Idempotency-Key.
    Use { customer: String, code: String },
    /// Reports a completed order, which earns a point a euro.
    Order { customer: String, euros: i64 },
    /// Reports that a part of an order came back.
    Return { customer: String, order: String, euros: i64 },
}

/// How a client names what it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Id,
    Key,
    Nothing,
}

/// One request, by a mark that nothing else has: its id or key, and its description where it has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Operation {
    pub(crate) mark: String,
    pub(crate) ask: Ask,
}

impl Operation {
    /// Whether it may be sent again.
    pub(crate) fn is_named(&self) -> bool {
        !matches!(self.ask, Ask::Add { by: By::Nothing, .. })
    }
}

/// What the client was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// A 2xx, with this answer.
    Acknowledged(Value),
    /// A rule said no.
    Refused,
    /// Nothing, or that the server failed: it is done or it is not.
    Unknown,
}

/// How many there are of each outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) acknowledged: usize,
    pub(crate) refused: usize,
    pub(crate) unknown: usize,
}

/// Everything that was asked for, with what was told last.
#[derive(Default)]
pub(crate) struct History {
    known: Mutex<BTreeMap<String, (Operation, Outcome)>>,
    counts: Mutex<Counts>,
}

impl History {
    /// Notes what the client was told. What was acknowledged once stays so, with the same answer.
    pub(crate) fn note(&self, operation: Operation, outcome: Outcome) {
        let mut known = self.known.lock().unwrap();
        if let Some((_, first @ Outcome::Acknowledged(_))) = known.get(&operation.mark) {
            match outcome {
                Outcome::Unknown => return,
                _ => assert_eq!(*first, outcome, "{operation:?} was answered otherwise when it was sent again"),
            }
        }
        let mut counts = self.counts.lock().unwrap();
        let before = known.insert(operation.mark.clone(), (operation, outcome.clone())).map(|(_, outcome)| outcome);
        for (outcome, change) in [(before, -1), (Some(outcome), 1)] {
            let count = match outcome {
                None => continue,
                Some(Outcome::Acknowledged(_)) => &mut counts.acknowledged,
                Some(Outcome::Refused) => &mut counts.refused,
                Some(Outcome::Unknown) => &mut counts.unknown,
            };
            *count = count.checked_add_signed(change).unwrap();
        }
    }

    pub(crate) fn counts(&self) -> Counts {
        *self.counts.lock().unwrap()
    }

    /// What was asked for and told up to now.
    pub(crate) fn all(&self) -> Vec<(Operation, Outcome)> {
        self.known.lock().unwrap().values().cloned().collect()
    }

    /// The operations with this outcome.
    pub(crate) fn which(&self, wanted: impl Fn(&Outcome) -> bool) -> Vec<Operation> {
        self.all().into_iter().filter(|(_, outcome)| wanted(outcome)).map(|(operation, _)| operation).collect()
    }
}

/// What the database says.
struct Stands {
    /// Entries by what they are found by: their description, or kind and reference for those of orders.
    entries: BTreeMap<String, Vec<Entry>>,
    /// The answer that is kept for each Idempotency-Key.
    keys: BTreeMap<String, Value>,
    /// Codes of exchanges, with the points of their entry.
    exchanges: BTreeMap<String, i64>,
    /// Codes of coupons that were bought, with how often each says that it was used.
    coupons: BTreeMap<String, i64>,
    /// Uses of coupons: id and code.
    uses: BTreeMap<String, String>,
}

/// An entry of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    customer: String,
    points: i64,
}

type EntryRow = (String, String, i64, Option<String>, Option<String>, Option<String>);

impl Stands {
    async fn read(url: &str) -> Self {
        let db = Db::connect(url).await.unwrap();
        let rows: Vec<EntryRow> = db
            .query(raw("SELECT a.customer_id, e.kind, e.points, e.description, e.reference_id, e.redemption_id
                 FROM entries e JOIN accounts a ON a.tenant_id = e.tenant_id AND a.account_id = e.account_id"))
            .all()
            .await
            .unwrap();
        let mut entries: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
        for (customer, kind, points, description, reference, redemption) in rows {
            let found_by = match (kind.as_str(), description, reference, redemption) {
                ("earned" | "taken_back", _, Some(order), None) => format!("{kind} {order}"),
                ("redeemed", _, _, Some(redemption)) => format!("exchange {redemption}"),
                (_, Some(description), ..) => description,
                (kind, ..) => format!("an entry of kind {kind} without a description"),
            };
            entries.entry(found_by).or_default().push(Entry { customer, points });
        }
        let keys: Vec<(String, String)> = db.query(raw("SELECT key, body FROM idempotency_keys")).all().await.unwrap();
        let keys = keys.into_iter().map(|(key, body)| (key, serde_json::from_str(&body).unwrap_or_default())).collect();
        let redemptions: Vec<(String, String)> =
            db.query(raw("SELECT code, redemption_id FROM redemptions")).all().await.unwrap();
        let mut exchanges = BTreeMap::new();
        for (code, redemption) in redemptions {
            let of = entries.remove(&format!("exchange {redemption}")).unwrap_or_default();
            assert_eq!(of.len(), 1, "the exchange for {code} has {of:?} for an entry");
            exchanges.insert(code, of[0].points);
        }
        let coupons: Vec<(String, i64)> =
            db.query(raw("SELECT code, redemption_count FROM coupons")).all().await.unwrap();
        let uses: Vec<(String, String)> =
            db.query(raw("SELECT coupon_redemption_id, code FROM coupon_redemptions")).all().await.unwrap();
        db.close().await;
        let (coupons, uses) = (coupons.into_iter().collect(), uses.into_iter().collect());
        Self { entries, keys, exchanges, coupons, uses }
    }
}

/// Compares what clients were told with what stands in the database: what was acknowledged is there once and as it was
/// asked for; what was refused is not; of what is unknown there is one or none; nothing is there that nobody asked for,
/// and nothing is half there.
pub(crate) async fn judge(history: &[(Operation, Outcome)], url: &str) {
    let mut stands = Stands::read(url).await;
    let mut codes = BTreeSet::new();
    let mut uses = BTreeSet::new();
    for (operation, outcome) in history {
        let mark = &operation.mark;
        let times = match &operation.ask {
            Ask::Add { customer, points, .. } => stands.take(mark, customer, *points),
            Ask::Take { customer, points } => stands.take(mark, customer, -points),
            Ask::TakeTooMany { customer } => stands.take(mark, customer, 0),
            Ask::Order { customer, euros } => stands.take(&format!("earned {mark}"), customer, *euros),
            Ask::Return { customer, order, euros } => stands.take(&format!("taken_back {order}"), customer, -euros),
            Ask::Exchange { .. } => match stands.keys.get(mark) {
                None => 0,
                Some(answer) => {
                    told_the_same(operation, outcome, answer);
                    let code = answer["code"].as_str().unwrap().to_owned();
                    assert_eq!(stands.exchanges.get(&code), Some(&-super::shop::PRICE), "{operation:?} {code}");
                    assert!(stands.coupons.contains_key(&code), "{operation:?}: there is no coupon {code}");
                    assert!(codes.insert(code), "{operation:?}: its code is another one's, too");
                    1
                }
            },
            Ask::Use { code, .. } => match stands.keys.get(mark) {
                None => 0,
                Some(answer) => {
                    told_the_same(operation, outcome, answer);
                    let id = answer["id"].as_str().unwrap().to_owned();
                    assert_eq!(stands.uses.get(&id), Some(code), "{operation:?}");
                    assert_eq!(stands.coupons.get(code), Some(&1), "{operation:?}");
                    assert!(uses.insert(id), "{operation:?}: its use is another one's, too");
                    1
                }
            },
        };
        match outcome {
            Outcome::Acknowledged(_) => {
                assert_eq!(times, 1, "{operation:?} was acknowledged and is there {times} times");
            }
            Outcome::Refused => assert_eq!(times, 0, "{operation:?} was refused and is there"),
            Outcome::Unknown => assert!(times <= 1, "{operation:?} is there {times} times"),
        }
    }
    assert_eq!(stands.entries, BTreeMap::new(), "nobody asked for these entries");
    assert_eq!(
        stands.exchanges.into_keys().collect::<BTreeSet<_>>(),
        codes,
        "nobody asked for some of these exchanges"
    );
    assert_eq!(stands.coupons.keys().cloned().collect::<BTreeSet<_>>(), codes, "coupons and exchanges differ");
    assert_eq!(stands.uses.into_keys().collect::<BTreeSet<_>>(), uses, "nobody asked for some of these uses");
    let used: i64 = stands.coupons.values().sum();
    assert_eq!(usize::try_from(used).unwrap(), uses.len(), "coupons say that they were used otherwise");
}

impl Stands {
    /// How often an entry stands, which is found by this; it must be as it was asked for.
    fn take(&mut self, found_by: &str, customer: &str, points: i64) -> usize {
        let found = self.entries.remove(found_by).unwrap_or_default();
        for entry in &found {
            assert_eq!(*entry, Entry { customer: customer.to_owned(), points }, "{found_by}");
        }
        found.len()
    }
}

/// The answer that is kept is the one that was given.
fn told_the_same(operation: &Operation, outcome: &Outcome, kept: &Value) {
    if let Outcome::Acknowledged(told) = outcome {
        assert_eq!(told, kept, "{operation:?}");
    }
}

/// The answer of an operation that has none worth comparing.
pub(crate) fn no_answer() -> Value {
    json!(null)
}

/// What would go unnoticed if the judge were blind: something lost, something doubled, something half done.
#[tokio::test(flavor = "multi_thread")]
async fn the_judge_is_not_blind() {
    let db = TestDb::new(Backend::Sqlite).await;
    let scene = Scene::set(Program::on(&db), db.url(), crate::seed()).await;
    scene.shop.under_load(200, async || {}).await;
    scene.settle().await;
    let history = scene.shop.history.all();
    let noticed = async |history: &[(Operation, Outcome)]| {
        let judged = AssertUnwindSafe(judge(history, db.url())).catch_unwind().await;
        judged.err().map(|panic| panic.downcast::<String>().map_or_else(|_| String::new(), |text| *text))
    };
    assert_eq!(noticed(&history).await, None);
    let find = |wanted: fn(&Ask) -> bool| {
        let acknowledged = |(operation, outcome): &&(Operation, Outcome)| {
            wanted(&operation.ask) && matches!(outcome, Outcome::Acknowledged(_))
        };
        history.iter().find(acknowledged).unwrap().clone()
    };
    // Acknowledged and not there.
    let (mut lost, told) = find(|ask| matches!(ask, Ask::Add { .. }));
    lost.mark.push_str("-lost");
    let with_lost = [history.clone(), vec![(lost, told)]].concat();
    assert!(noticed(&with_lost).await.unwrap().contains("was acknowledged and is there 0 times"));
    // There, and nobody asked for it; refused, and there.
    let kinds: [fn(&Ask) -> bool; 3] = [
        |ask| matches!(ask, Ask::Add { .. }),
        |ask| matches!(ask, Ask::Exchange { .. }),
        |ask| matches!(ask, Ask::Order { .. }),
    ];
    for wanted in kinds {
        let (operation, _) = find(wanted);
        let without: Vec<_> = history.iter().filter(|(other, _)| *other != operation).cloned().collect();
        assert!(noticed(&without).await.unwrap().contains("nobody asked for"));
        let refused = [without, vec![(operation, Outcome::Refused)]].concat();
        assert!(noticed(&refused).await.unwrap().contains("was refused and is there"));
    }
    // Another code than the one that was told, and a coupon that stands alone.
    let (exchange, _) = find(|ask| matches!(ask, Ask::Exchange { .. }));
    let told_otherwise = history.iter().cloned().map(|(operation, outcome)| {
        let otherwise = operation == exchange;
        (operation, if otherwise { Outcome::Acknowledged(json!({"code": "ACM-OTHER"})) } else { outcome })
    });
    assert!(noticed(&told_otherwise.collect::<Vec<_>>()).await.is_some());
    let mut tx = db.begin().await.unwrap();
    let columns = "name, description, discount_type, discount_percentage, discount_amount, discount_currency, \
         allow_anonymous, max_redemptions, max_redemptions_per_customer, restrictions, redemption_count, version, \
         created_at, modified_at";
    let copy = format!(
        "INSERT INTO coupons (tenant_id, code, {columns}) SELECT tenant_id, 'ALONE', {columns} FROM coupons LIMIT 1"
    );
    tx.query(raw(copy)).run().await.unwrap();
    tx.commit().await.unwrap();
    assert!(noticed(&history).await.unwrap().contains("coupons and exchanges differ"));
}
