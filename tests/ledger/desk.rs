//! A tenant with its customers, and short ways to ask the ledger for something.

use futures_util::future::join_all;
use guerdon::{
    app::App,
    domain::{
        actor::{Actor, Caller},
        ids::{CustomerId, EntryId, SiteCode, TenantId},
        ledger::entry::{EntryKind, Source},
        points::Points,
        refusal::Refusal,
        site::EarningRule,
        site_change::SiteChange,
        time::Timestamp,
    },
    service::{
        idempotency::KeyedRequest,
        ledger::{
            LedgerError,
            command::{Command, Done, NewCredit, NewDebit, NewRedemption, OwnId, Remarks, Reply, Request},
        },
        sites,
    },
    store::{ledger::read, options},
};
use serde_json::json;

use crate::common::database::raw;

pub(crate) type Answer = Result<Reply, LedgerError>;

/// A tenant on an empty database.
pub(crate) struct Desk<'a> {
    pub(crate) app: &'a App,
    pub(crate) tenant: TenantId,
}

pub(crate) fn customer(id: &str) -> CustomerId {
    CustomerId::parse(id).unwrap()
}

impl<'a> Desk<'a> {
    pub(crate) async fn open(app: &'a App, tenant: &str) -> Self {
        let mut tx = app.db.begin().await.unwrap();
        let sql = format!(
            "INSERT INTO tenants (tenant_id, name, time_zone, currency, grace_days, agent_limit, created_at)
             VALUES ('{tenant}', 'Shop', 'Europe/Berlin', 'EUR', 14, 500, 0)"
        );
        tx.query(raw(sql)).run().await.unwrap();
        tx.commit().await.unwrap();
        Self { app, tenant: TenantId::parse(tenant).unwrap() }
    }

    pub(crate) fn request(&self, id: &str, command: Command) -> Request {
        let caller = Caller { tenant: self.tenant.clone(), actor: Actor::system("test") };
        Request { caller, source: Source::Api, customer: customer(id), command, key: None }
    }

    pub(crate) async fn submit(&self, id: &str, command: Command) -> Answer {
        self.app.ledger.submit(self.request(id, command)).await
    }

    pub(crate) async fn add(&self, id: &str, points: i64, secs: i64) -> Answer {
        let until = self.app.now().plus_secs(secs);
        self.submit(id, Command::Credit(EntryKind::Added, credit(points, until, None))).await
    }

    pub(crate) async fn take(&self, id: &str, points: i64) -> Answer {
        self.submit(id, Command::Debit(EntryKind::Redeemed, debit(points, None))).await
    }

    pub(crate) async fn balance(&self, id: &str) -> Option<i64> {
        let (app, id) = (&self.app, customer(id));
        let alone = read::balance(&app.db, &self.tenant, &id, app.now()).await.unwrap();
        let among = [
            app.reads.balances.ask((self.tenant.clone(), customer("nobody"))),
            app.reads.balances.ask((self.tenant.clone(), id)),
        ];
        let among = join_all(among).await.pop().unwrap().unwrap();
        assert_eq!(alone, among, "the balance read alone and among others");
        alone
    }

    /// Offers an option for 100 points, with a stock or without.
    pub(crate) async fn offer(&self, option_id: &str, stock: Option<i64>, per_customer: Option<i64>) {
        let option = json!({
            "type": "coupon", "name": "5 EUR", "points": 100, "stock": stock, "maxPerCustomer": per_customer,
            "coupon": {"name": "5 EUR", "discountType": "ABSOLUTE",
                "discountAbsolute": {"amount": 5, "currency": "EUR"}, "maxRedemptions": 1}
        });
        let draft = guerdon::domain::option::OptionDraft::from_json(option.as_object().unwrap()).unwrap();
        let mut tx = self.app.db.begin().await.unwrap();
        assert!(options::insert(&mut tx, &self.tenant, option_id, &draft, self.app.now()).await.unwrap());
        tx.commit().await.unwrap();
    }

    /// Makes the site `main`.
    pub(crate) async fn open_site(&self) {
        let caller = Caller { tenant: self.tenant.clone(), actor: Actor::system("test") };
        let factor = |name: &str| {
            [("enabled", "true"), ("factor", "1")].iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
        };
        let change = SiteChange::parse(factor).unwrap();
        sites::create(self.app, &caller, &SiteCode::main(), &change).await.unwrap();
    }

    /// The earning rule of the site `main`: a point for each euro.
    pub(crate) async fn rule(&self) -> EarningRule {
        sites::find(&self.app.db, &self.tenant, &SiteCode::main()).await.unwrap().unwrap().rule
    }

    pub(crate) async fn redeem(&self, id: &str, option_id: &str) -> Answer {
        self.submit(id, redemption(option_id)).await
    }

    /// Asserts that the ledger proves itself.
    pub(crate) async fn assert_proven(&self) {
        let report = guerdon::service::verify::verify(&self.app.db).await.unwrap();
        assert!(report.ok, "{:#?}", report.problems);
    }
}

pub(crate) fn redemption(option_id: &str) -> Command {
    Command::Redeem(NewRedemption {
        option_id: option_id.to_owned(),
        site: SiteCode::main(),
        prefix: "ACM".to_owned(),
        remarks: Remarks::default(),
    })
}

pub(crate) fn own(id: &str, fingerprint: &str) -> OwnId {
    OwnId { id: EntryId::parse(id).unwrap(), fingerprint: fingerprint.to_owned() }
}

pub(crate) fn credit(points: i64, valid_until: Timestamp, id: Option<OwnId>) -> NewCredit {
    let points = Points::new(points).unwrap();
    NewCredit { id, points, available_from: None, valid_until, remarks: Remarks::default() }
}

pub(crate) fn debit(points: i64, id: Option<OwnId>) -> NewDebit {
    NewDebit { id, points: Points::new(points).unwrap(), remarks: Remarks::default() }
}

pub(crate) fn keyed(mut request: Request, key: &str, fingerprint: &str) -> Request {
    let keyed = KeyedRequest { key: key.to_owned(), fingerprint: fingerprint.to_owned() };
    request.key = Some((keyed, |done| match done {
        Done::Redeemed { code, .. } => (200, code.clone()),
        _ => (201, String::new()),
    }));
    request
}

/// The refusal, when it was one.
pub(crate) fn refusal(answer: Answer) -> Option<Refusal> {
    match answer {
        Err(LedgerError::Refused(refusal)) => Some(refusal),
        Err(other) => panic!("{other}"),
        Ok(_) => None,
    }
}
