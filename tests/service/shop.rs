//! A tenant with customers whose points move, for the tests that read about them.

use guerdon::{
    app::App,
    domain::{
        actor::{Actor, Caller},
        customer::PersonalData,
        ids::{CustomerId, EntryId, TenantId},
        ledger::entry::{EntryKind, Source},
        money::Currency,
        option::OptionDraft,
        points::Points,
        time::Timestamp,
    },
    service::{
        customers::{list::Today, person},
        ledger::command::{Command, Done, NewCredit, NewDebit, NewRedemption, Remarks, Reply, Request},
        tenants::{self, NewTenant},
    },
    store::options,
};
use serde_json::json;

use crate::common::database::raw;

pub(crate) const DAY: i64 = 86_400;

pub(crate) fn customer(id: &str) -> CustomerId {
    CustomerId::parse(id).unwrap()
}

pub(crate) struct Shop<'a> {
    pub(crate) app: &'a App,
    pub(crate) tenant: TenantId,
}

impl<'a> Shop<'a> {
    /// A tenant in Berlin that pays in euros, with one site and one employee, Jonas Weber.
    pub(crate) async fn open(app: &'a App, tenant: &str) -> Self {
        let shop = Self { app, tenant: TenantId::parse(tenant).unwrap() };
        let (zone, currency) = ("Europe/Berlin".parse().unwrap(), Currency::parse("EUR").unwrap());
        let new = NewTenant { id: shop.tenant.clone(), name: "Shop".to_owned(), zone, currency };
        tenants::create(app, &Actor::system("test"), &new).await.unwrap();
        let mut tx = app.db.begin().await.unwrap();
        for sql in [
            "INSERT INTO users (user_id, email, name, password_hash, operator, created_at)
             VALUES ('u1', 'jonas@example.com', 'Jonas Weber', '', FALSE, 0) ON CONFLICT DO NOTHING"
                .to_owned(),
            format!("INSERT INTO memberships VALUES ('{tenant}', 'u1', 'agent', 0)"),
        ] {
            tx.query(raw(sql)).run().await.unwrap();
        }
        tx.commit().await.unwrap();
        shop
    }

    pub(crate) fn caller(&self) -> Caller {
        Caller { tenant: self.tenant.clone(), actor: Actor::employee("u1") }
    }

    pub(crate) fn today(&self) -> Today {
        Today { now: self.app.now(), zone: "Europe/Berlin".parse().unwrap() }
    }

    pub(crate) async fn submit(&self, id: &str, command: Command) -> Done {
        let request =
            Request { caller: self.caller(), source: Source::BackOffice, customer: customer(id), command, key: None };
        match self.app.ledger.submit(request).await.unwrap() {
            Reply::Done(done) => done,
            other => panic!("{other:?}"),
        }
    }

    async fn posted(&self, id: &str, command: Command) -> EntryId {
        match self.submit(id, command).await {
            Done::Posted(posted) => posted.entry_id,
            other => panic!("{other:?}"),
        }
    }

    /// Adds points that end after so many seconds.
    pub(crate) async fn add(&self, id: &str, points: i64, secs: i64) -> EntryId {
        self.add_with(id, EntryKind::Added, points, secs, Remarks::default()).await
    }

    pub(crate) async fn add_with(
        &self,
        id: &str,
        kind: EntryKind,
        points: i64,
        secs: i64,
        remarks: Remarks,
    ) -> EntryId {
        let valid_until = self.app.now().plus_secs(secs);
        let points = Points::new(points).unwrap();
        let credit = NewCredit { id: None, points, available_from: None, valid_until, remarks };
        self.posted(id, Command::Credit(kind, credit)).await
    }

    pub(crate) async fn add_pending(&self, id: &str, points: i64, from: Timestamp, until: Timestamp) {
        let points = Points::new(points).unwrap();
        let credit =
            NewCredit { id: None, points, available_from: Some(from), valid_until: until, remarks: Remarks::default() };
        self.posted(id, Command::Credit(EntryKind::Earned, credit)).await;
    }

    pub(crate) async fn remove(&self, id: &str, points: i64) -> EntryId {
        let debit = NewDebit { id: None, points: Points::new(points).unwrap(), remarks: Remarks::default() };
        self.posted(id, Command::Debit(EntryKind::Removed, debit)).await
    }

    /// Offers a voucher of so many euros for so many points, under its price as id.
    pub(crate) async fn offer(&self, points: i64, euros: i64) {
        let option = json!({
            "type": "coupon", "name": format!("{euros} euro voucher"), "points": points,
            "coupon": {"name": "Voucher", "discountType": "ABSOLUTE",
                "discountAbsolute": {"amount": euros, "currency": "EUR"}, "maxRedemptions": 1}
        });
        let draft = OptionDraft::from_json(option.as_object().unwrap()).unwrap();
        let mut tx = self.app.db.begin().await.unwrap();
        assert!(options::insert(&mut tx, &self.tenant, &points.to_string(), &draft, self.app.now()).await.unwrap());
        tx.commit().await.unwrap();
    }

    /// Redeems the option with this price; gives the coupon's code.
    pub(crate) async fn redeem(&self, id: &str, points: i64) -> String {
        let wanted = NewRedemption {
            option_id: points.to_string(),
            site: guerdon::domain::ids::SiteCode::main(),
            prefix: "SHP".to_owned(),
            remarks: Remarks::default(),
        };
        match self.submit(id, Command::Redeem(wanted)).await {
            Done::Redeemed { code, .. } => code,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn know(&self, id: &str, name: &str, email: &str, birthday: &str) {
        let today = self.today().date();
        let person = PersonalData::parse(name, email, birthday, "", today).unwrap();
        person::set(self.app, &self.caller(), &customer(id), &person).await.unwrap();
    }
}
