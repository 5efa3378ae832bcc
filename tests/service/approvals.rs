//! Adjustments within a limit and above it: asked for, approved once by somebody else, declined, withdrawn.

use futures_util::future::join_all;
use guerdon::{
    app::App,
    config::Settings,
    domain::{
        actor::{Actor, Caller},
        approval::State,
        email::Email,
        ids::{CustomerId, EntryId, TenantId, UserId},
        ledger::entry::Source,
        password::Password,
        points::Points,
        refusal::Refusal,
        role::Role,
        tenant::TenantChange,
    },
    service::{
        accounts,
        adjustments::{self, Adjustment, Outcome, Wish},
        approvals::{self, Approval, ApprovalError},
        customers::person,
        history,
        idempotency::KeyedRequest,
        ledger::{LedgerError, command::Remarks},
        memberships,
        points::{self, AddPoints, Asked, PointsError},
        tenants,
        users::{self, NewUser},
        verify,
    },
};

use crate::{
    common::on_both,
    desk::{caller, log, tenant},
};

/// A tenant whose agents add or remove 1,000 points at once, and its people.
pub(crate) struct Team<'a> {
    app: &'a App,
    pub(crate) agent: Caller,
    agent_too: Caller,
    viewer: Caller,
    pub(crate) manager: Caller,
    admin: Caller,
}

fn acme() -> TenantId {
    TenantId::parse("acme").unwrap()
}

fn customer() -> CustomerId {
    CustomerId::parse("C1").unwrap()
}

async fn member(app: &App, name: &str, role: Role) -> Caller {
    let new = NewUser {
        email: Email::parse(&format!("{name}@example.com")).unwrap(),
        name: name.to_owned(),
        operator: false,
        membership: Some((acme(), role)),
    };
    let password = Password::parse("a long enough sentence").unwrap();
    let id = users::create(app, &Actor::system("test"), &new, &password).await.unwrap();
    Caller { tenant: acme(), actor: Actor::employee(id.as_str()) }
}

impl<'a> Team<'a> {
    pub(crate) async fn new(app: &'a App) -> Self {
        tenant(app, "acme").await;
        Self {
            app,
            agent: member(app, "tim", Role::Agent).await,
            agent_too: member(app, "toni", Role::Agent).await,
            viewer: member(app, "vera", Role::Viewer).await,
            manager: member(app, "lena", Role::Manager).await,
            admin: member(app, "jonas", Role::Admin).await,
        }
    }

    async fn adjust(&self, by: &Caller, amount: i64) -> Result<Outcome, ApprovalError> {
        adjustments::adjust(self.app, asked(by), adjustment(amount)).await
    }

    /// Asks for what is above the limit.
    async fn ask(&self, by: &Caller, amount: i64) -> String {
        match self.adjust(by, amount).await.unwrap() {
            Outcome::Waits(id) => id,
            Outcome::Booked(entry) => panic!("booked {entry:?}"),
        }
    }

    /// Points that nobody's limit holds.
    async fn give(&self, amount: i64) {
        let points = Points::new(amount).unwrap();
        let add = AddPoints { id: None, points, valid_until: None, remarks: Remarks::default() };
        let asked = Asked { caller: caller("acme"), source: Source::Api, key: None };
        let asked = Asked { caller: Caller { actor: Actor::system("test"), ..asked.caller }, ..asked };
        points::add(self.app, asked, customer(), None, add).await.unwrap();
    }

    async fn limit(&self, manager: Option<i64>, admin: Option<i64>) {
        let change = TenantChange { manager_limit: Some(manager), admin_limit: Some(admin), ..TenantChange::default() };
        tenants::change(self.app, &self.admin, None, &change).await.unwrap();
    }

    async fn balance(&self) -> i64 {
        accounts::balance(&self.app.db, &acme(), &customer(), self.app.now()).await.unwrap().unwrap_or_default()
    }

    async fn approval(&self, id: &str) -> Approval {
        approvals::find(&self.app.db, &acme(), id).await.unwrap().unwrap()
    }

    async fn waiting(&self, who: &Caller) -> i64 {
        let id = UserId::parse(&who.actor.id).unwrap();
        memberships::access(&self.app.db, &acme(), &id).await.unwrap().unwrap().waiting
    }

    async fn assert_proven(&self) {
        let report = verify::verify(&self.app.db).await.unwrap();
        assert!(report.ok, "{:#?}", report.problems);
    }
}

fn adjustment(amount: i64) -> Adjustment {
    let points = Points::new(amount.abs()).unwrap();
    let wish = if amount > 0 { Wish::Add { points, valid_until: None } } else { Wish::Remove { points } };
    let remarks = Remarks {
        reason: Some("goodwill".to_owned()),
        description: Some("Parcel lost".to_owned()),
        private_note: Some("Second time".to_owned()),
        ..Remarks::default()
    };
    Adjustment { customer: customer(), wish, site: None, remarks }
}

fn refusal(error: ApprovalError) -> Refusal {
    match error {
        ApprovalError::Points(PointsError::Ledger(LedgerError::Refused(refusal))) => refusal,
        other => panic!("{other}"),
    }
}

fn asked(by: &Caller) -> Asked {
    Asked { caller: by.clone(), source: Source::BackOffice, key: None }
}

on_both! {
    async fn above_the_limit_a_second_person_decides(app, _clock) {
        let team = Team::new(app).await;
        assert!(matches!(team.adjust(&team.agent, 1_000).await.unwrap(), Outcome::Booked(Some(_))));
        let id = team.ask(&team.agent, 1_001).await;
        assert_eq!(team.balance().await, 1_000, "asking moves no points");
        assert!(matches!(team.adjust(&team.viewer, 1).await, Err(ApprovalError::NotYours)));
        let waiting = [&team.agent, &team.agent_too, &team.viewer, &team.manager, &team.admin].map(|who| team.waiting(who));
        assert_eq!(join_all(waiting).await, [0, 0, 0, 1, 1]);

        assert!(matches!(approvals::approve(app, &team.agent, &id, None).await, Err(ApprovalError::Own)));
        assert!(matches!(approvals::approve(app, &team.agent_too, &id, None).await, Err(ApprovalError::AboveLimit)));
        assert!(matches!(approvals::decline(app, &team.agent_too, &id, None).await, Err(ApprovalError::AboveLimit)));
        let client = Caller { actor: Actor { kind: guerdon::domain::actor::ActorKind::Client, id: "acme.shop".to_owned() }, ..team.agent.clone() };
        assert!(matches!(approvals::approve(app, &client, &id, None).await, Err(ApprovalError::NotYours)));
        assert!(matches!(approvals::withdraw(app, &team.manager, &id).await, Err(ApprovalError::NotYours)));
        assert_eq!(team.balance().await, 1_000);

        approvals::approve(app, &team.manager, &id, Some("Fine".to_owned())).await.unwrap();
        assert_eq!(team.balance().await, 2_001);
        let told = history::entry(&app.db, &acme(), &customer(), &EntryId::parse(&id).unwrap()).await.unwrap().unwrap();
        assert_eq!(told.story.entry.memo.actor, team.agent.actor, "booked in the name of whoever asked");
        assert_eq!(told.approved_by.as_deref(), Some("lena"));
        assert_eq!(told.story.note.as_deref(), Some("Second time"));
        let kept = team.approval(&id).await;
        assert_eq!((kept.state, kept.decider.as_deref(), kept.decision_note.as_deref()), (State::Approved, Some("lena"), Some("Fine")));
        assert!(matches!(approvals::approve(app, &team.admin, &id, None).await, Err(ApprovalError::Closed)));
        assert!(matches!(approvals::decline(app, &team.admin, &id, None).await, Err(ApprovalError::Closed)));
        assert!(matches!(approvals::withdraw(app, &team.agent, &id).await, Err(ApprovalError::Closed)));
        assert_eq!((team.balance().await, team.waiting(&team.manager).await), (2_001, 0));
        team.assert_proven().await;
    }

    async fn managers_and_admins_have_limits_where_the_tenant_sets_them(app, _clock) {
        let team = Team::new(app).await;
        assert!(matches!(team.adjust(&team.manager, 100_000).await.unwrap(), Outcome::Booked(_)));
        team.limit(Some(5_000), Some(20_000)).await;
        assert!(matches!(team.adjust(&team.manager, 5_000).await.unwrap(), Outcome::Booked(_)));
        let id = team.ask(&team.manager, -5_001).await;
        assert_eq!((team.waiting(&team.manager).await, team.waiting(&team.admin).await), (0, 1));
        approvals::approve(app, &team.admin, &id, None).await.unwrap();
        assert_eq!(team.balance().await, 99_999);
        let id = team.ask(&team.agent, 5_001).await;
        assert!(matches!(approvals::approve(app, &team.manager, &id, None).await, Err(ApprovalError::AboveLimit)));
        let id = team.ask(&team.admin, 20_001).await;
        assert!(matches!(approvals::approve(app, &team.admin, &id, None).await, Err(ApprovalError::Own)));
        approvals::withdraw(app, &team.admin, &id).await.unwrap();
        assert_eq!(team.approval(&id).await.state, State::Withdrawn);
        let contradiction = TenantChange { manager_limit: Some(Some(999)), ..TenantChange::default() };
        assert!(tenants::change(app, &team.admin, None, &contradiction).await.is_err());
    }

    /// The rule stands twice: in the domain, and in the question that counts for the navigation.
    async fn what_waits_is_counted_as_the_rule_says(app, _clock) {
        let team = Team::new(app).await;
        team.limit(Some(1_000), Some(1_000)).await;
        for amount in [1_001, 2_500, 5_000, 5_001, 9_000] {
            for by in [&team.agent, &team.manager, &team.admin] {
                team.ask(by, amount).await;
            }
        }
        for (manager, admin) in [(Some(1_000), Some(1_000)), (Some(2_500), Some(5_000)), (Some(5_000), None), (None, None)] {
            team.limit(manager, admin).await;
            let (all, _) = approvals::list(&app.db, &acme(), Some(State::Open), None, 100).await.unwrap();
            assert_eq!(all.len(), 15);
            for who in [&team.viewer, &team.agent, &team.manager, &team.admin] {
                let id = UserId::parse(&who.actor.id).unwrap();
                let access = memberships::access(&app.db, &acme(), &id).await.unwrap().unwrap();
                let decidable = all.iter().filter(|one| approvals::may_decide(access.limits, access.role, &id, one));
                assert_eq!(access.waiting, i64::try_from(decidable.count()).unwrap(), "{manager:?} {admin:?} {:?}", access.role);
            }
        }
    }

    async fn many_who_decide_at_once_book_once_or_not_at_all(app, clock) {
        let other = App::new(app.db.clone(), clock.clone(), Settings::default());
        let team = Team::new(app).await;
        let mut booked = 0;
        for round in 0..12 {
            let id = team.ask(&team.agent, 1_500).await;
            let decide = |n: usize| {
                let (app, team, id) = (if n.is_multiple_of(2) { app } else { &other }, &team, &id);
                async move {
                    match (n + round) % 4 {
                        0 => approvals::decline(app, &team.admin, id, None).await.map(|()| State::Declined),
                        1 if round % 3 == 0 => approvals::withdraw(app, &team.agent, id).await.map(|()| State::Withdrawn),
                        2 => approvals::approve(app, &team.admin, id, None).await.map(|()| State::Approved),
                        _ => approvals::approve(app, &team.manager, id, None).await.map(|()| State::Approved),
                    }
                }
            };
            let done: Vec<_> = join_all((0..8).map(decide)).await;
            let states: Vec<State> = done.iter().filter_map(|one| one.as_ref().ok().copied()).collect();
            assert_eq!(states.len(), 1, "one decides: {done:?}");
            assert!(done.iter().all(|one| matches!(one, Ok(_) | Err(ApprovalError::Closed))), "{done:?}");
            assert_eq!(team.approval(&id).await.state, states[0]);
            booked += i64::from(states[0] == State::Approved) * 1_500;
            assert_eq!(team.balance().await, booked, "{states:?}");
        }
        team.assert_proven().await;
    }

    async fn what_cannot_be_booked_any_more_stays_open(app, _clock) {
        let team = Team::new(app).await;
        assert_eq!(refusal(team.adjust(&team.agent, -1_500).await.unwrap_err()), Refusal::NotEnough { has: 0, asked: 1_500 });
        team.give(2_000).await;
        let id = team.ask(&team.agent, -1_500).await;
        team.adjust(&team.manager, -600).await.unwrap();
        let refused = approvals::approve(app, &team.manager, &id, None).await.unwrap_err();
        assert_eq!(refusal(refused), Refusal::NotEnough { has: 1_400, asked: 1_500 });
        let kept = team.approval(&id).await;
        assert_eq!((kept.state, kept.decided_by, kept.decision_note), (State::Open, None, None));
        team.give(100).await;
        approvals::approve(app, &team.manager, &id, None).await.unwrap();
        assert_eq!(team.balance().await, 0);

        let id = team.ask(&team.agent, 3_000).await;
        points::close(app, asked(&team.manager), customer()).await.unwrap();
        let refused = approvals::approve(app, &team.manager, &id, None).await.unwrap_err();
        assert_eq!(refusal(refused), Refusal::AccountClosed(customer()));
        assert_eq!(team.approval(&id).await.state, State::Open);
        points::open(app, asked(&team.manager), customer(), None, None).await.unwrap();
        approvals::approve(app, &team.manager, &id, None).await.unwrap();
        assert_eq!(team.balance().await, 3_000);
        team.assert_proven().await;
    }

    async fn undoing_follows_the_limit(app, _clock) {
        let team = Team::new(app).await;
        let id = team.ask(&team.agent, 1_500).await;
        approvals::approve(app, &team.manager, &id, None).await.unwrap();
        let entry = EntryId::parse(&id).unwrap();
        let undo = |by: &Caller| adjustments::undo(app, asked(by), customer(), entry.clone(), Remarks::default());
        assert_eq!(refusal(undo(&team.agent_too).await.unwrap_err()), Refusal::NotUndoable, "agents undo what is their own");
        let Outcome::Waits(first) = undo(&team.agent).await.unwrap() else { panic!("undone at once") };
        assert_eq!(undo(&team.agent).await.unwrap(), Outcome::Waits(first.clone()), "asked once");
        assert_eq!(team.balance().await, 1_500);
        approvals::approve(app, &team.manager, &first, None).await.unwrap();
        assert_eq!(team.balance().await, 0);
        let told = history::entry(&app.db, &acme(), &customer(), &entry).await.unwrap().unwrap();
        let undoing = told.story.mended.unwrap().entry_id;
        let told = history::entry(&app.db, &acme(), &customer(), &undoing).await.unwrap().unwrap();
        assert_eq!((told.approved_by.as_deref(), told.story.entry.memo.actor), (Some("lena"), team.agent.actor.clone()));
        assert_eq!(refusal(undo(&team.manager).await.unwrap_err()), Refusal::AlreadyUndone);
        team.assert_proven().await;
    }

    async fn a_form_that_is_sent_twice_asks_once(app, _clock) {
        let team = Team::new(app).await;
        let send = |amount: i64, sent: &str| {
            let keyed = KeyedRequest { key: "form:1".to_owned(), fingerprint: sent.to_owned() };
            let asked = Asked { key: Some((keyed, |_| (200, String::new()))), ..asked(&team.agent) };
            adjustments::adjust(app, asked, adjustment(amount))
        };
        let sent = join_all((0..6).map(|_| send(1_500, "a"))).await;
        let ids: Vec<Outcome> = sent.into_iter().map(Result::unwrap).collect();
        assert!(ids.iter().all(|one| *one == ids[0]), "{ids:?}");
        assert_eq!(approvals::list(&app.db, &acme(), None, None, 10).await.unwrap().0.len(), 1);
        assert_eq!(refusal(send(1_600, "b").await.unwrap_err()), Refusal::KeyReused);
        assert_eq!(refusal(send(500, "b").await.unwrap_err()), Refusal::KeyReused);
    }

    async fn everything_is_in_the_audit_log_but_no_notes(app, _clock) {
        let team = Team::new(app).await;
        for decision in [State::Approved, State::Declined, State::Withdrawn] {
            let id = team.ask(&team.agent, 1_500).await;
            match decision {
                State::Approved => approvals::approve(app, &team.manager, &id, None).await.unwrap(),
                State::Declined => approvals::decline(app, &team.manager, &id, Some("No".to_owned())).await.unwrap(),
                _ => approvals::withdraw(app, &team.agent, &id).await.unwrap(),
            }
        }
        let rows = log(app, "acme").await;
        let actions: Vec<&str> = rows.iter().map(|row| row.0.as_str()).filter(|action| action.starts_with("approval.")).collect();
        let asked = "approval.asked";
        assert_eq!(actions, ["approval.withdrawn", asked, "approval.declined", asked, "approval.approved", asked]);
        assert!(rows.iter().all(|row| !row.2.contains("Second time") && !row.2.contains("Parcel lost")), "{rows:?}");
        person::erase(app, &team.manager, &customer()).await.unwrap();
        let (all, _) = approvals::list(&app.db, &acme(), None, None, 10).await.unwrap();
        assert!(all.iter().all(|one| one.private_note.is_none() && one.decision_note.is_none()));
        team.assert_proven().await;
    }
}
