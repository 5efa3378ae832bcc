//! Points on birthdays: once for each customer and year, by whatever hand.

use chrono::NaiveDate;
use futures_util::future::join_all;
use guerdon::{
    app::App,
    clock::MockClock,
    config::Settings,
    domain::{
        actor::Caller,
        ids::CustomerId,
        ledger::entry::Source,
        points::Points,
        reason::{BIRTHDAY, ReasonDraft, Validity},
        tenant::TenantChange,
        time::Timestamp,
    },
    service::{
        accounts,
        approvals::ApprovalError,
        birthdays::{self, BirthdayError, Given},
        customers::person::{self, Birthday, PersonalData},
        points::{self, Asked},
        reasons, tenants,
    },
};

use crate::{approvals::Team, common::on_both, desk::caller};

fn customer(id: &str) -> CustomerId {
    CustomerId::parse(id).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn noon(clock: &MockClock, text: &str) {
    clock.set(Timestamp::parse(&format!("{text}T11:00:00Z")).unwrap());
}

async fn born(app: &App, id: &str, birthday: &str) {
    let person = PersonalData { birthday: Some(Birthday::parse(birthday).unwrap()), ..PersonalData::default() };
    person::set(app, &caller("acme"), &customer(id), &person).await.unwrap();
    let asked = Asked { caller: caller("acme"), source: Source::Api, key: None };
    points::open(app, asked, customer(id), None, None).await.unwrap();
}

async fn balance(app: &App, id: &str) -> i64 {
    accounts::balance(&app.db, &caller("acme").tenant, &customer(id), app.now()).await.unwrap().unwrap()
}

async fn by_itself(app: &App, by: &Caller) {
    let change = TenantChange { birthday_points: Some(true), ..TenantChange::default() };
    tenants::change(app, by, None, &change).await.unwrap();
}

async fn set(app: &App, points: Option<i64>, validity: Option<Validity>) {
    let reason = reasons::find(&app.db, &caller("acme").tenant, BIRTHDAY).await.unwrap().unwrap();
    let draft = ReasonDraft {
        points: points.map(|points| Points::new(points).unwrap()),
        validity,
        note: Some("All the best!".to_owned()),
        ..reason.draft
    };
    reasons::update(app, &caller("acme"), BIRTHDAY, reason.version, &draft).await.unwrap();
}

on_both! {
    async fn many_who_congratulate_at_once_give_once(app, clock) {
        let other = App::new(app.db.clone(), clock.clone(), Settings::default());
        let team = Team::new(app).await;
        by_itself(app, &team.manager).await;
        born(app, "C1", "1990-01-15").await;
        let today = day("2027-01-15");
        let give = |n: usize| {
            let (app, team) = (if n.is_multiple_of(2) { app } else { &other }, &team);
            async move {
                match n % 3 {
                    0 => birthdays::give_due(app).await.unwrap(),
                    1 => usize::from(birthdays::give(app, &team.agent, &customer("C1"), today).await.unwrap() == Given::Now),
                    _ => usize::from(birthdays::give(app, &team.manager, &customer("C1"), today).await.unwrap() == Given::Now),
                }
            }
        };
        let given: usize = join_all((0..12).map(give)).await.into_iter().sum();
        assert_eq!((given, balance(app, "C1").await), (1, 100));
        // Other points than at the first click are no second present.
        set(app, Some(250), None).await;
        assert_eq!(birthdays::give(app, &team.agent, &customer("C1"), today).await.unwrap(), Given::Before);
        assert_eq!(birthdays::give_due(app).await.unwrap(), 0);
        noon(clock, "2028-01-15");
        assert_eq!(birthdays::give_due(app).await.unwrap(), 1);
        assert_eq!(balance(app, "C1").await, 250, "those of the year before have ended");
    }

    async fn points_come_by_themselves_where_the_tenant_wants_that(app, clock) {
        let team = Team::new(app).await;
        for (id, birthday) in [("C1", "01-16"), ("C2", "1980-01-15"), ("C3", "01-16"), ("C4", "01-16")] {
            born(app, id, birthday).await;
        }
        points::close(app, Asked { caller: caller("acme"), source: Source::Api, key: None }, customer("C3")).await.unwrap();
        set(app, Some(150), Some(Validity::Days(30))).await;
        // 00:30 on the 16th in Berlin.
        clock.set(Timestamp::parse("2027-01-15T23:30:00Z").unwrap());
        assert_eq!(birthdays::give_due(app).await.unwrap(), 0, "nobody turned it on");
        by_itself(app, &team.manager).await;
        assert_eq!(birthdays::give_due(app).await.unwrap(), 2);
        assert_eq!((balance(app, "C1").await, balance(app, "C2").await, balance(app, "C4").await), (150, 0, 150));
        let listed = birthdays::on(&app.db, &caller("acme").tenant, (day("2027-01-16"), chrono_tz::Europe::Berlin), None, 1).await.unwrap();
        assert_eq!((listed.0[0].customer.as_str(), listed.0[0].given_at.is_some(), listed.1), ("C1", true, true));
        clock.set(Timestamp::parse("2027-02-14T23:00:00Z").unwrap());
        assert_eq!(balance(app, "C1").await, 0, "they ended as the reason says");
    }

    async fn those_born_on_29_february_have_the_28th_where_there_is_no_29th(app, clock) {
        let team = Team::new(app).await;
        by_itself(app, &team.manager).await;
        born(app, "C1", "1996-02-29").await;
        for (today, given) in [("2027-02-28", 1), ("2027-03-01", 0), ("2028-02-28", 0), ("2028-02-29", 1), ("2028-03-01", 0)] {
            noon(clock, today);
            assert_eq!(birthdays::give_due(app).await.unwrap(), given, "{today}");
        }
    }

    async fn late_is_possible_for_a_week_and_early_never(app, clock) {
        let team = Team::new(app).await;
        born(app, "C1", "01-10").await;
        born(app, "C2", "12-31").await;
        let give = |id: &'static str, on: &'static str| {
            let (app, agent) = (app, team.agent.clone());
            async move { birthdays::give(app, &agent, &customer(id), day(on)).await }
        };
        let early = |given| matches!(given, Err(BirthdayError::NoBirthday));
        noon(clock, "2027-01-09");
        assert!(early(give("C1", "2027-01-10").await), "tomorrow");
        noon(clock, "2027-01-18");
        assert!(early(give("C1", "2027-01-10").await), "eight days ago");
        noon(clock, "2027-01-17");
        assert!(early(give("C1", "2027-01-11").await), "another day");
        assert_eq!(give("C1", "2027-01-10").await.unwrap(), Given::Now);
        // Over New Year, and on the day itself a year later.
        noon(clock, "2028-01-02");
        assert_eq!(give("C2", "2027-12-31").await.unwrap(), Given::Now);
        noon(clock, "2028-12-31");
        assert_eq!(give("C2", "2028-12-31").await.unwrap(), Given::Now);
        assert!(matches!(give("C9", "2028-12-31").await, Err(BirthdayError::NoBirthday)));
    }

    async fn what_is_above_the_limit_or_not_set_is_not_given(app, _clock) {
        let team = Team::new(app).await;
        born(app, "C1", "01-15").await;
        let today = day("2027-01-15");
        let give = |by: &Caller| {
            let by = by.clone();
            async move { birthdays::give(app, &by, &customer("C1"), today).await }
        };
        set(app, Some(1_001), None).await;
        assert!(matches!(give(&team.agent).await, Err(BirthdayError::Approval(ApprovalError::AboveLimit))));
        set(app, None, None).await;
        assert!(matches!(give(&team.manager).await, Err(BirthdayError::NoPoints)));
        set(app, Some(50), None).await;
        reasons::archive(app, &caller("acme"), BIRTHDAY).await.unwrap();
        by_itself(app, &team.manager).await;
        assert!(matches!(give(&team.manager).await, Err(BirthdayError::NoPoints)));
        assert_eq!(birthdays::give_due(app).await.unwrap(), 0);
        reasons::restore(app, &caller("acme"), BIRTHDAY).await.unwrap();
        assert_eq!(give(&team.agent).await.unwrap(), Given::Now);
        assert_eq!(balance(app, "C1").await, 50);
    }
}
