//! Bulk changes: checked before a point moves, booked once whatever happens, and reversed as far as can be.

use std::{fmt::Write as _, sync::Mutex};

use futures_util::{future::join_all, stream};
use guerdon::{
    app::App,
    clock::{Clock as _, MockClock},
    domain::{
        actor::{Actor, Caller},
        approval::State,
        bulk::{BatchState, Problem, RowState, reading::TableProblem},
        email::Email,
        ids::{CustomerId, EntryId, SiteCode},
        ledger::entry::Source,
        password::Password,
        points::Points,
        role::Role,
        tenant::TenantChange,
    },
    service::{
        accounts,
        bulk::{
            self, Act, Batch, BulkError, New, Row, RowPage, UploadError,
            requests::{self, BulkRequest, Looked},
            work,
        },
        ledger::command::Remarks,
        points::{self, AddPoints, Asked, TakePoints},
        tenants,
        users::{self, NewUser},
        verify,
    },
};

use crate::{
    common::on_both,
    desk::{self, log},
};

fn customer(id: &str) -> CustomerId {
    CustomerId::parse(id).unwrap()
}

fn asked() -> Asked {
    Asked { caller: desk::caller("acme"), source: Source::Api, key: None }
}

async fn add(app: &App, id: &str, amount: i64) {
    let remarks = Remarks::default();
    let add = AddPoints { id: None, points: Points::new(amount).unwrap(), valid_until: None, remarks };
    points::add(app, asked(), customer(id), None, add).await.unwrap();
}

async fn take(app: &App, id: &str, amount: i64) {
    let take = TakePoints { id: None, points: Points::new(amount).unwrap(), remarks: Remarks::default() };
    points::remove(app, asked(), customer(id), take).await.unwrap();
}

async fn balance(app: &App, id: &str) -> i64 {
    accounts::balance(&app.db, &desk::caller("acme").tenant, &customer(id), app.now()).await.unwrap().unwrap_or(-1)
}

/// A member of the tenant with this role.
async fn member(app: &App, name: &str, role: Role) -> Caller {
    let new = NewUser {
        email: Email::parse(&format!("{name}@example.com")).unwrap(),
        name: name.to_owned(),
        operator: false,
        membership: Some((desk::caller("acme").tenant, role)),
    };
    let password = Password::parse("a long enough sentence").unwrap();
    let user = users::create(app, &Actor::system("test"), &new, &password).await.unwrap();
    Caller { tenant: desk::caller("acme").tenant, actor: Actor::employee(user.as_str()) }
}

/// A tenant, and a manager of it.
async fn acme(app: &App) -> Caller {
    desk::tenant(app, "acme").await;
    member(app, "max", Role::Manager).await
}

fn new() -> New {
    New {
        name: "points.csv".to_owned(),
        site: SiteCode::main(),
        default_reason: Some("goodwill".to_owned()),
        opens_accounts: false,
        zone: chrono_tz::Europe::Berlin,
    }
}

async fn upload_as(app: &App, caller: &Caller, new: New, table: &str) -> Result<String, UploadError> {
    // In small pieces, that end wherever they like.
    let pieces: Vec<Result<Vec<u8>, ()>> = table.as_bytes().chunks(7).map(|piece| Ok(piece.to_vec())).collect();
    bulk::upload(app, caller, new, stream::iter(pieces)).await.map(|uploaded| uploaded.batch_id)
}

async fn upload(app: &App, caller: &Caller, table: &str) -> String {
    upload_as(app, caller, new(), table).await.unwrap()
}

async fn batch(app: &App, caller: &Caller, id: &str) -> Batch {
    bulk::find(&app.db, &caller.tenant, id).await.unwrap().unwrap()
}

async fn rows(app: &App, caller: &Caller, id: &str, state: Option<RowState>) -> Vec<Row> {
    bulk::rows(&app.db, &caller.tenant, id, state, RowPage::After(0), 10_000).await.unwrap().rows
}

async fn problems(app: &App, caller: &Caller, id: &str, state: RowState) -> Vec<(i64, Problem)> {
    let rows = rows(app, caller, id, Some(state)).await;
    rows.iter().map(|row| (row.line, row.problem().unwrap())).collect()
}

async fn act(app: &App, caller: &Caller, id: &str, what: Act) {
    bulk::act(app, caller, id, what).await.unwrap();
}

fn later(clock: &MockClock, secs: i64) {
    clock.set(clock.now().plus_secs(secs));
}

async fn work_off(app: &App) {
    while work::work_off(app).await.unwrap() {}
}

async fn is_proven(app: &App) {
    let found = verify::verify(&app.db).await.unwrap();
    assert!(found.problems.is_empty(), "{:?}", found.problems);
}

/// A table of rows for customers `C0`, `C1`, ..., each of which has 100 points at first.
fn long_table(rows: usize) -> String {
    let mut table = "customer_id,points,reference\n".to_owned();
    for row in 0..rows {
        let points = if row % 3 == 0 { -40 } else { 25 };
        writeln!(table, "C{},{points},R{row}", row % 40).unwrap();
    }
    table
}

/// Lets managers move so many points at once.
async fn limit_managers(app: &App, most: i64) {
    let change = TenantChange { agent_limit: Some(1), manager_limit: Some(Some(most)), ..TenantChange::default() };
    tenants::change(app, &desk::caller("acme"), None, &change).await.unwrap();
}

async fn asked_for(app: &App, caller: &Caller, id: &str) -> BulkRequest {
    requests::newest(&app.db, &caller.tenant, id).await.unwrap().unwrap()
}

/// What somebody looks at who decides now.
async fn looked(app: &App, caller: &Caller, id: &str, note: Option<&str>) -> Looked {
    Looked {
        request_id: asked_for(app, caller, id).await.request_id,
        checked_at: batch(app, caller, id).await.checked_at,
        note: note.map(str::to_owned),
    }
}

on_both! {
    async fn a_batch_above_the_limit_is_booked_when_a_second_person_approves(app, _clock) {
        let max = acme(app).await;
        let (mia, ann) = (member(app, "mia", Role::Manager).await, member(app, "ann", Role::Admin).await);
        add(app, "C1", 100).await;
        let id = upload(app, &max, "customer_id,points\nC1,60\nC1,-20\nNobody,900\n").await;
        assert!(matches!(requests::ask(app, &max, &id).await, Err(BulkError::NotNeeded)));
        limit_managers(app, 50).await;
        assert!(matches!(bulk::act(app, &max, &id, Act::Run).await, Err(BulkError::AboveLimit(60))));
        for _twice in 0..2 {
            requests::ask(app, &max, &id).await.unwrap();
        }
        let request = asked_for(app, &max, &id).await;
        assert_eq!((request.row_count, request.points_to_add, request.points_to_take, request.largest), (2, 60, 20, 60));
        assert_eq!(requests::list(&app.db, &max.tenant, Some(State::Open)).await.unwrap(), [request]);
        let looked = looked(app, &max, &id, None).await;
        for (caller, why) in [(&max, "AboveLimit(60)"), (&mia, "AboveLimit(60)")] {
            let refused = requests::approve(app, caller, &id, &looked).await.unwrap_err();
            assert_eq!(format!("{refused:?}"), why);
        }
        requests::approve(app, &ann, &id, &looked).await.unwrap();
        work_off(app).await;
        let done = batch(app, &max, &id).await;
        assert_eq!((done.state, done.run_by, balance(app, "C1").await), (BatchState::Done, Some(ann.name()), 140));
        let request = asked_for(app, &max, &id).await;
        assert_eq!((request.state, request.decider.as_deref(), request.asker.as_deref()), (State::Approved, Some("ann"), Some("max")));
        for late in [
            requests::approve(app, &ann, &id, &looked).await,
            requests::decline(app, &ann, &id, &looked).await,
            requests::withdraw(app, &max, &id).await,
        ] {
            assert!(matches!(late, Err(BulkError::Closed)), "{late:?}");
        }
        let actions: Vec<String> = log(app, "acme").await.into_iter().map(|(action, ..)| action).collect();
        assert_eq!(actions[..3], ["bulk_batch.booked", "bulk_batch.approved", "bulk_batch.approval_asked"]);
        is_proven(app).await;
    }

    async fn who_asked_does_not_decide_however_far_their_limit_reaches_by_then(app, _clock) {
        let max = acme(app).await;
        add(app, "C1", 100).await;
        limit_managers(app, 50).await;
        let id = upload(app, &max, "customer_id,points\nC1,60\n").await;
        requests::ask(app, &max, &id).await.unwrap();
        limit_managers(app, 500).await;
        let own = requests::approve(app, &max, &id, &looked(app, &max, &id, None).await).await;
        assert!(matches!(own, Err(BulkError::Own)), "{own:?}");
        // They need nobody any more, and the request ends with the run.
        act(app, &max, &id, Act::Run).await;
        assert_eq!(asked_for(app, &max, &id).await.state, State::Withdrawn);
    }

    async fn a_declined_batch_stays_and_what_changed_since_is_looked_at_again(app, clock) {
        let max = acme(app).await;
        let ann = member(app, "ann", Role::Admin).await;
        add(app, "C1", 100).await;
        limit_managers(app, 50).await;
        let id = upload(app, &max, "customer_id,points\nC1,-60\n").await;
        requests::ask(app, &max, &id).await.unwrap();
        requests::decline(app, &ann, &id, &looked(app, &max, &id, Some("Too many")).await).await.unwrap();
        let declined = asked_for(app, &max, &id).await;
        assert_eq!((declined.state, declined.decision_note.as_deref()), (State::Declined, Some("Too many")));
        assert_eq!(batch(app, &max, &id).await.state, BatchState::Checked);
        requests::ask(app, &max, &id).await.unwrap();
        let before = looked(app, &max, &id, None).await;
        later(clock, 60);
        act(app, &max, &id, Act::CheckAgain).await;
        work_off(app).await;
        let old = requests::approve(app, &ann, &id, &before).await;
        assert!(matches!(old, Err(BulkError::State(BatchState::Checked))), "{old:?}");
        requests::withdraw(app, &max, &id).await.unwrap();
        requests::ask(app, &max, &id).await.unwrap();
        // Thrown away, it takes its requests along.
        act(app, &max, &id, Act::Discard).await;
        assert!(requests::list(&app.db, &max.tenant, None).await.unwrap().is_empty());
        assert_eq!(balance(app, "C1").await, 100);
    }

    async fn of_many_who_decide_at_once_one_does(app, _clock) {
        let max = acme(app).await;
        let ann = member(app, "ann", Role::Admin).await;
        add(app, "C1", 100).await;
        limit_managers(app, 50).await;
        let id = upload(app, &max, "customer_id,points\nC1,60\n").await;
        let asking = join_all((0..4).map(|_| requests::ask(app, &max, &id))).await;
        assert!(asking.iter().all(Result::is_ok), "{asking:?}");
        assert_eq!(requests::list(&app.db, &max.tenant, None).await.unwrap().len(), 1);
        let looked = &looked(app, &max, &id, Some("x")).await;
        let (approving, declining, withdrawing) = futures_util::join!(
            join_all((0..3).map(|_| requests::approve(app, &ann, &id, looked))),
            join_all((0..3).map(|_| requests::decline(app, &ann, &id, looked))),
            requests::withdraw(app, &max, &id),
        );
        let done = approving.iter().chain(&declining).chain([&withdrawing]).filter(|done| done.is_ok()).count();
        assert_eq!(done, 1, "{approving:?} {declining:?} {withdrawing:?}");
        work_off(app).await;
        let approved = asked_for(app, &max, &id).await.state == State::Approved;
        assert_eq!(balance(app, "C1").await, if approved { 160 } else { 100 });
    }

    async fn a_check_tells_what_is_wrong_and_what_it_comes_to(app, _clock) {
        let max = acme(app).await;
        add(app, "C1", 100).await;
        add(app, "C2", 30).await;
        let id = upload(app, &max, "customer_id;points;reference;note\n\
            C1;50;A;\nC1;-140;;\nC1;-20;;\nC2;-31;;\nC2;-30;;\nNobody;5;;\nC1;50;A;\nC1;7;A;\nC1;-10;;\nC1;x;;\nC1;-10;;\n").await;
        let checked = batch(app, &max, &id).await;
        assert_eq!((checked.state, checked.row_count, checked.bad_count), (BatchState::Checked, 11, 7));
        assert_eq!(problems(app, &max, &id, RowState::Bad).await, vec![
            (4, Problem::NotEnough { has: 10, asked: 20 }),
            (5, Problem::NotEnough { has: 30, asked: 31 }),
            (7, Problem::UnknownCustomer),
            (8, Problem::RowTwice { line: 2 }),
            (9, Problem::ReferenceTwice { line: 2 }),
            (11, Problem::PointsUnreadable),
            (12, Problem::RowTwice { line: 10 }),
        ]);
        assert_eq!((checked.customer_count, checked.points_to_add, checked.points_to_take), (2, 50, 180));
        assert_eq!(checked.balance_before, 130);
        assert_eq!((balance(app, "C1").await, balance(app, "C2").await), (100, 30), "nothing has moved");
        assert_eq!(log(app, "acme").await[0].0, "bulk_batch.uploaded");
    }

    async fn a_check_is_made_again_when_time_has_passed(app, clock) {
        let max = acme(app).await;
        add(app, "C1", 100).await;
        let id = upload(app, &max, "customer_id,points\nC1,-80\nC2,5\n").await;
        assert_eq!(problems(app, &max, &id, RowState::Bad).await, vec![(3, Problem::UnknownCustomer)]);
        take(app, "C1", 50).await;
        add(app, "C2", 1).await;
        later(clock, 60);
        act(app, &max, &id, Act::CheckAgain).await;
        work_off(app).await;
        assert_eq!(problems(app, &max, &id, RowState::Bad).await, vec![(2, Problem::NotEnough { has: 50, asked: 80 })]);
        let checked = batch(app, &max, &id).await;
        assert_eq!((checked.bad_count, checked.points_to_add, checked.balance_before), (1, 5, 1));
    }

    async fn good_rows_are_booked_with_all_that_they_say(app, _clock) {
        let max = acme(app).await;
        add(app, "C1", 100).await;
        let table = "customer_id,points,reason,note,private_note,valid_until,reference\n\
            C1,40,birthday,Happy birthday!,VIP,2027-03-01,B-1\nC1,-25,,,,,\nNobody,5,,,,,\n";
        let id = upload(app, &max, table).await;
        act(app, &max, &id, Act::Run).await;
        assert_eq!(batch(app, &max, &id).await.state, BatchState::Running);
        work_off(app).await;
        let done = batch(app, &max, &id).await;
        assert_eq!((done.state, done.booked_count, done.refused_count), (BatchState::Done, 2, 0));
        assert_eq!((done.points_added, done.points_taken), (40, 25));
        assert_eq!(balance(app, "C1").await, 115);
        let tenant = &max.tenant;
        let kept = accounts::entries(&app.db, tenant, &customer("C1"), 0, 10).await.unwrap().unwrap();
        let (added, removed) = (&kept.entries[1], &kept.entries[2]);
        assert_eq!((added.points, added.kind.as_str(), removed.points, removed.kind.as_str()), (40, "added", -25, "removed"));
        assert_eq!(added.entry_id, EntryId::parse(&format!("bulk-{id}-1")).unwrap());
        assert_eq!(added.valid_until.unwrap().to_contract_z(), "2027-02-28T23:00:00.000Z");
        assert_eq!(added.memo.actor, max.actor);
        assert_eq!(
            [&added.memo.reason, &added.memo.description, &added.memo.reference].map(Option::as_deref),
            [Some("birthday"), Some("Happy birthday!"), Some("B-1")]
        );
        assert_eq!(removed.memo.reason.as_deref(), Some("goodwill"));
        assert_eq!(rows(app, &max, &id, Some(RowState::Bad)).await.len(), 1);
        let actions: Vec<String> = log(app, "acme").await.into_iter().map(|(action, ..)| action).collect();
        assert_eq!(actions[..3], ["bulk_batch.booked", "bulk_batch.run", "bulk_batch.uploaded"]);
        is_proven(app).await;
    }

    async fn rows_that_the_ledger_refuses_are_told_and_the_others_booked(app, clock) {
        let max = acme(app).await;
        for id in ["C1", "C2", "C3", "C4"] {
            add(app, id, 100).await;
        }
        let table = "customer_id,points,valid_until\nC1,-80,\nC2,-80,\nC3,5,2027-01-16\nC4,5,\n";
        let id = upload(app, &max, table).await;
        assert_eq!(batch(app, &max, &id).await.bad_count, 0);
        take(app, "C1", 90).await;
        points::close(app, asked(), customer("C4")).await.unwrap();
        later(clock, 2 * 86_400);
        act(app, &max, &id, Act::Run).await;
        work_off(app).await;
        assert_eq!(problems(app, &max, &id, RowState::Refused).await, vec![
            (2, Problem::NotEnough { has: 10, asked: 80 }),
            (4, Problem::ValidUntilPast),
            (5, Problem::UnknownCustomer),
        ]);
        let done = batch(app, &max, &id).await;
        assert_eq!((done.booked_count, done.refused_count, done.points_taken), (1, 3, 80));
        assert_eq!((balance(app, "C2").await, balance(app, "C4").await), (20, -1));
        is_proven(app).await;
    }

    async fn accounts_are_opened_only_where_the_batch_says_so(app, _clock) {
        let max = acme(app).await;
        let table = "customer_id,points\nNew,50\nOther,-1\nNew,-20\n";
        let closed = upload(app, &max, table).await;
        assert_eq!(batch(app, &max, &closed).await.bad_count, 3);
        let opens = upload_as(app, &max, New { opens_accounts: true, ..new() }, table).await.unwrap();
        assert_eq!(problems(app, &max, &opens, RowState::Bad).await, vec![(3, Problem::UnknownCustomer)]);
        act(app, &max, &opens, Act::Run).await;
        work_off(app).await;
        assert_eq!(balance(app, "New").await, 30);
    }

    async fn a_run_is_for_managers(app, _clock) {
        let max = acme(app).await;
        add(app, "C1", 100).await;
        let id = upload(app, &max, "customer_id,points\nC1,5\n").await;
        for role in [Role::Viewer, Role::Agent] {
            let low = member(app, role.as_str(), role).await;
            assert!(matches!(bulk::act(app, &low, &id, Act::Run).await, Err(BulkError::NotAllowed)));
        }
        let system = Caller { actor: Actor::system("test"), ..max.clone() };
        assert!(matches!(bulk::act(app, &system, &id, Act::Run).await, Err(BulkError::NotAllowed)));
        desk::tenant(app, "other").await;
        let stranger = Caller { tenant: desk::caller("other").tenant, ..max.clone() };
        assert!(matches!(bulk::act(app, &stranger, &id, Act::Run).await, Err(BulkError::Unknown)));
        assert_eq!(batch(app, &max, &id).await.state, BatchState::Checked);
    }

    async fn each_act_asks_how_the_batch_stands(app, _clock) {
        let max = acme(app).await;
        add(app, "C1", 100).await;
        let id = upload(app, &max, "customer_id,points\nC1,5\n").await;
        for not_yet in [Act::Stop, Act::GoOn, Act::Reverse] {
            assert!(matches!(bulk::act(app, &max, &id, not_yet).await, Err(BulkError::State(BatchState::Checked))));
        }
        act(app, &max, &id, Act::Run).await;
        for too_late in [Act::Run, Act::CheckAgain, Act::Discard, Act::Reverse] {
            assert!(matches!(bulk::act(app, &max, &id, too_late).await, Err(BulkError::State(BatchState::Running))));
        }
        work_off(app).await;
        assert_eq!(balance(app, "C1").await, 105);
        let other = upload(app, &max, "customer_id,points\nC1,6\n").await;
        act(app, &max, &other, Act::Discard).await;
        assert!(bulk::find(&app.db, &max.tenant, &other).await.unwrap().is_none());
        assert!(rows(app, &max, &other, None).await.is_empty());
        assert_eq!(log(app, "acme").await[0].0, "bulk_batch.discarded");
    }

    async fn what_was_booked_is_reversed_and_what_cannot_be_is_told(app, _clock) {
        let max = acme(app).await;
        for id in ["C1", "C2", "C3", "C4"] {
            add(app, id, 100).await;
        }
        let id = upload(app, &max, "customer_id,points\nC1,60\nC1,-160\nC2,50\nC3,50\nC4,-30\n").await;
        act(app, &max, &id, Act::Run).await;
        work_off(app).await;
        assert_eq!(balance(app, "C1").await, 0);
        take(app, "C2", 120).await;
        let by_hand = EntryId::parse(&format!("bulk-{id}-4")).unwrap();
        points::undo(app, asked(), customer("C3"), by_hand, Remarks::default()).await.unwrap();
        act(app, &max, &id, Act::Reverse).await;
        work_off(app).await;
        let reversed = batch(app, &max, &id).await;
        assert_eq!((reversed.state, reversed.reversed_count, reversed.kept_count), (BatchState::Reversed, 3, 2));
        assert_eq!(reversed.points_reversed, 60 - 160 - 30);
        assert_eq!(problems(app, &max, &id, RowState::Kept).await, vec![
            (4, Problem::NotEnough { has: 30, asked: 50 }),
            (5, Problem::AlreadyUndone),
        ]);
        assert_eq!((balance(app, "C1").await, balance(app, "C4").await), (100, 100));
        add(app, "C2", 20).await;
        act(app, &max, &id, Act::Reverse).await;
        work_off(app).await;
        let again = batch(app, &max, &id).await;
        assert_eq!((again.state, again.reversed_count, again.kept_count), (BatchState::Reversed, 4, 1));
        assert_eq!((balance(app, "C2").await, balance(app, "C3").await), (0, 100));
        let actions: Vec<String> = log(app, "acme").await.into_iter().map(|(action, ..)| action).collect();
        assert_eq!(actions[..2], ["bulk_batch.reversal_ended", "bulk_batch.reversed"]);
        is_proven(app).await;
    }

    async fn a_run_that_is_stopped_goes_on_where_it_was(app, _clock) {
        let max = acme(app).await;
        for number in 0..40 {
            add(app, &format!("C{number}"), 10_000).await;
        }
        let id = upload(app, &max, &long_table(1_200)).await;
        act(app, &max, &id, Act::Run).await;
        act(app, &max, &id, Act::Stop).await;
        work_off(app).await;
        let stopped = batch(app, &max, &id).await;
        assert_eq!((stopped.state, stopped.booked_count), (BatchState::Stopped, 0));
        act(app, &max, &id, Act::GoOn).await;
        let stops = async {
            while batch(app, &max, &id).await.booked_count == 0 {
                tokio::task::yield_now().await;
            }
            // It may have come to its end already.
            drop(bulk::act(app, &max, &id, Act::Stop).await);
        };
        futures_util::future::join(work_off(app), stops).await;
        if batch(app, &max, &id).await.state == BatchState::Stopped {
            act(app, &max, &id, Act::GoOn).await;
            work_off(app).await;
        }
        let done = batch(app, &max, &id).await;
        assert_eq!((done.state, done.booked_count, done.refused_count), (BatchState::Done, 1_200, 0));
        is_proven(app).await;
    }

    async fn a_run_that_was_stopped_is_reversed_with_what_was_not_noted(app, clock) {
        let max = acme(app).await;
        add(app, "C1", 100).await;
        add(app, "C2", 100).await;
        let id = upload(app, &max, "customer_id,points\nC1,60\nC2,-60\n").await;
        act(app, &max, &id, Act::Run).await;
        // A worker booked the first row and died before it could note that.
        let entry = EntryId::parse(&format!("bulk-{id}-1")).unwrap();
        let add = AddPoints { id: Some(entry), points: Points::new(60).unwrap(), valid_until: None, remarks: Remarks::default() };
        points::add(app, asked(), customer("C1"), None, add).await.unwrap();
        act(app, &max, &id, Act::Stop).await;
        later(clock, 60);
        work_off(app).await;
        assert_eq!(batch(app, &max, &id).await.state, BatchState::Stopped);
        act(app, &max, &id, Act::Reverse).await;
        work_off(app).await;
        assert_eq!((balance(app, "C1").await, balance(app, "C2").await), (100, 100));
        let reversed = batch(app, &max, &id).await;
        assert_eq!((reversed.booked_count, reversed.reversed_count, reversed.points_reversed), (1, 1, 60));
        let states: Vec<RowState> = rows(app, &max, &id, None).await.iter().map(|row| row.state).collect();
        assert_eq!(states, [RowState::Reversed, RowState::LeftOut]);
        is_proven(app).await;
    }

    async fn workers_that_take_a_batch_from_each_other_book_each_row_once(app, clock) {
        let max = acme(app).await;
        for number in 0..40 {
            add(app, &format!("C{number}"), 1_000).await;
        }
        let id = upload(app, &max, &long_table(1_200)).await;
        let booked = async |what: Act, end: BatchState| {
            act(app, &max, &id, what).await;
            // Every lease seems to have ended long ago, a few times for each that is noted.
            let taken = Mutex::new((-1, 0));
            let take_away = |noted: i64| {
                let mut taken = taken.lock().unwrap();
                *taken = if taken.0 == noted { (noted, taken.1 + 1) } else { (noted, 0) };
                if taken.1 < 3 {
                    later(clock, 31);
                }
            };
            join_all((0..4).map(|_| async {
                // Another server, with writers of its own.
                let other = App::new(app.db.clone(), clock.clone(), (*app.settings).clone());
                loop {
                    let stands = batch(app, &max, &id).await;
                    if stands.state == end {
                        break;
                    }
                    take_away(stands.booked_count + stands.reversed_count);
                    work::work_off(&other).await.unwrap();
                }
            }))
            .await;
        };
        booked(Act::Run, BatchState::Done).await;
        let done = batch(app, &max, &id).await;
        assert!(done.turn > 1, "nobody took the batch from anybody: {}", done.turn);
        assert_eq!((done.booked_count, done.refused_count), (1_200, 0));
        assert_eq!((done.points_added, done.points_taken), (800 * 25, 400 * 40));
        let mut sum = 0;
        for number in 0..40 {
            sum += balance(app, &format!("C{number}")).await;
        }
        assert_eq!(sum, 40_000 + 800 * 25 - 400 * 40);
        booked(Act::Reverse, BatchState::Reversed).await;
        let reversed = batch(app, &max, &id).await;
        assert_eq!((reversed.reversed_count, reversed.kept_count), (1_200, 0));
        for number in 0..40 {
            assert_eq!(balance(app, &format!("C{number}")).await, 1_000);
        }
        is_proven(app).await;
    }

    async fn an_upload_that_fails_leaves_nothing_behind(app, clock) {
        let max = acme(app).await;
        let refused = upload_as(app, &max, new(), "customer_id,amount\nC1,5\n").await;
        assert!(matches!(refused, Err(UploadError::Table(TableProblem::ColumnUnknown(_)))));
        let pieces = [Ok(b"customer_id,points\nC1,5\n".to_vec()), Err(())];
        let cut_off = bulk::upload(app, &max, new(), stream::iter(pieces)).await;
        assert!(matches!(cut_off, Err(UploadError::CutOff)), "{cut_off:?}");
        let endless = stream::repeat_with(|| Ok::<_, ()>(vec![b'x'; 1 << 20]));
        assert!(matches!(bulk::upload(app, &max, new(), endless).await, Err(UploadError::TooLarge)));
        assert!(bulk::list(&app.db, &max.tenant, None, 10).await.unwrap().0.is_empty());
        // What a server that died had taken in goes later.
        let never = bulk::upload(app, &max, new(), stream::pending::<Result<Vec<u8>, ()>>());
        assert!(tokio::time::timeout(std::time::Duration::from_millis(200), never).await.is_err());
        assert_eq!(bulk::purge(app).await.unwrap(), 0);
        later(clock, 2 * 3_600);
        assert_eq!((bulk::purge(app).await.unwrap(), bulk::purge(app).await.unwrap()), (1, 0));
    }

    async fn the_same_file_is_noticed_while_its_points_stand(app, _clock) {
        let max = acme(app).await;
        add(app, "C1", 100).await;
        let table = "customer_id,points\nC1,5\n";
        let first = upload(app, &max, table).await;
        let second = upload(app, &max, table).await;
        let same = async || bulk::same_content(&app.db, &batch(app, &max, &second).await).await.unwrap();
        assert!(same().await.is_none(), "nothing was booked");
        act(app, &max, &first, Act::Run).await;
        work_off(app).await;
        assert_eq!(same().await.unwrap().batch_id, first);
        act(app, &max, &first, Act::Reverse).await;
        work_off(app).await;
        assert!(same().await.is_none(), "it was reversed");
    }

    async fn rows_are_listed_page_by_page_in_both_directions(app, _clock) {
        let max = acme(app).await;
        add(app, "C1", 1_000).await;
        let table: Vec<String> = (1..=25).map(|row| format!("C1,{row}")).collect();
        let id = upload(app, &max, &format!("customer_id,points\n{}", table.join("\n"))).await;
        let list = async |page| bulk::rows(&app.db, &max.tenant, &id, Some(RowState::Ready), page, 10).await.unwrap();
        let places = |listed: &bulk::Listed| (listed.rows[0].row_no, listed.rows.len(), listed.before, listed.after);
        assert_eq!(places(&list(RowPage::After(0)).await), (1, 10, false, true));
        assert_eq!(places(&list(RowPage::After(20)).await), (21, 5, true, false));
        assert_eq!(places(&list(RowPage::Before(21)).await), (11, 10, true, true));
        assert_eq!(places(&list(RowPage::Before(11)).await), (1, 10, false, true));
    }
}
