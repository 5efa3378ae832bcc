//! Bulk changes over HTTP: uploaded as a file or pasted, looked at, booked, reversed; without JavaScript and with.

use std::time::Duration;

use guerdon::{app::App, domain::role::Role};
use reqwest::{
    Method,
    multipart::{Form, Part},
};

use super::{
    common::{on_both, wait},
    desk::{add, balance, employee, take},
    visitor::{Answer, Visitor, acme},
};

const BULK: &str = "/admin/acme/bulk";

/// Uploads a table as a file, as a browser does; gives the answer.
async fn upload(visitor: &Visitor, file: &[u8], fields: &[(&str, &str)]) -> Answer {
    let mut form = Form::new().text("csrf", visitor.token().await);
    for (name, value) in fields {
        form = form.text((*name).to_owned(), (*value).to_owned());
    }
    let part = Part::bytes(file.to_vec()).file_name("points.csv").mime_str("text/csv").unwrap();
    visitor.upload(BULK, form.part("file", part)).await
}

/// A batch that was uploaded: its address.
async fn batch(visitor: &Visitor, table: &str) -> String {
    upload(visitor, table.as_bytes(), &[("reason", "goodwill"), ("site", "main")]).await.location().to_owned()
}

/// Sends the form with this end of its address.
async fn press(visitor: &Visitor, at: &str, what: &str) -> Answer {
    let page = visitor.page(at).await;
    visitor.submit(&page, &format!("{at}/{what}"), &[]).await
}

/// The page of a batch once no job works on it any more.
async fn ended(visitor: &Visitor, at: &str) -> Answer {
    wait::until("the job ends", Duration::from_secs(30), async || {
        let page = visitor.page(at).await;
        (!page.has("#bulk-progress")).then_some(page)
    })
    .await
}

async fn three_customers(app: &App) {
    for id in ["C1", "C2", "C3"] {
        add(app, id, 100, None).await;
    }
}

on_both! {
    async fn a_file_is_checked_looked_at_and_booked(app, _clock) {
        let (site, _ann) = acme(app).await;
        let max = employee(app, &site, "Max", Role::Manager).await;
        three_customers(app).await;
        assert!(max.page(BULK).await.one(".empty").contains("Change many customers at once"));
        let table = "customer_id;points;note\nC1;50;Sorry <b>!\nC2;-30;\nNobody;5;\nC3;-101;\nC3;x;\n";
        let at = batch(&max, table).await;
        let page = max.page(&at).await;
        assert_eq!(page.one("h1"), "points.csv");
        assert_eq!(page.one(".page-head .badge"), "To be looked at");
        let facts = page.all(".facts").join(" ");
        for fact in ["Ready 2 rows", "Left out 3 rows", "Customers 2", "Added +50", "Removed −30", "Sum +20",
            "Their points now 200", "Afterwards 220"] {
            assert!(facts.contains(fact), "{fact} in {facts}");
        }
        let rows = page.all("#bulk-rows tbody tr");
        assert!(rows[0].contains("C1") && rows[0].contains("Sorry <b>!") && rows[0].contains("+50"), "{rows:?}");
        assert!(rows[2].contains("No such customer is known."));
        assert!(rows[3].contains("The customer has 100 points; 101 points would be removed."));
        assert!(rows[4].contains("Give whole points, such as 50 or -50."));
        assert_eq!(page.one("form[action$='/run'] button"), "Book 2 rows (+20)");
        assert_eq!(balance(app, "C1").await, Some(100), "nothing has moved");
        assert_eq!(press(&max, &at, "run").await.location(), at);
        let done = ended(&max, &at).await;
        assert_eq!(done.one(".page-head .badge"), "Booked");
        assert!(done.all(".facts").join(" ").contains("Booked 2 rows Added +50 Removed −30 Sum +20"));
        assert_eq!((balance(app, "C1").await, balance(app, "C2").await), (Some(150), Some(70)));
        let list = max.page(BULK).await;
        assert!(list.one("tbody tr").contains("points.csv") && list.one("tbody tr").contains("Max"));
        assert_eq!(list.one("tbody .badge"), "Booked");
    }

    async fn a_batch_above_the_limit_is_asked_for_and_decided(app, _clock) {
        let (site, ann) = acme(app).await;
        let max = employee(app, &site, "Max", Role::Manager).await;
        three_customers(app).await;
        let settings = "/admin/acme/settings";
        let form = ann.page(settings).await;
        ann.submit(&form, settings, &[("agent_limit", "100"), ("manager_limit", "1000")]).await.location();
        let at = batch(&max, "customer_id,points\nC1,1500\nC2,-30\n").await;
        let page = max.page(&at).await;
        assert!(!page.has("form[action$='/run']"));
        assert!(page.one("main .banner-caut").contains("A row moves 1,500 points, and your limit is 1,000."));
        assert_eq!(press(&max, &at, "ask").await.location(), at);
        let page = max.page(&at).await;
        let told = page.one("#request");
        for part in ["Max asked on", "2 rows", "+1,500", "−30", "Ann Archer can decide"] {
            assert!(told.contains(part), "{part}: {told}");
        }
        assert!(!page.has("button[value=approve]") && !page.has("form[action$='/ask']"));
        assert_eq!(max.page("/admin/acme/approvals").await.attribute("#batches a", "href"), at);
        assert!(ann.page("/admin/acme").await.all("#nav .count [aria-hidden]").contains(&"1".to_owned()));

        let page = ann.page(&at).await;
        let decide = format!("{at}/decide");
        let silent = ann.submit(&page, &decide, &[("act", "decline")]).await;
        assert_eq!((silent.status.as_u16(), silent.has("#note-error")), (422, true));
        assert_eq!(ann.submit(&page, &decide, &[("act", "decline"), ("note", "Ask <b>me</b> first")]).await.location(), at);
        let page = max.page(&at).await;
        assert!(page.one("#request").contains("Ann Archer declined this") && page.one("#request").contains("Ask <b>me</b> first"));
        press(&max, &at, "ask").await.location();
        press(&max, &at, "withdraw").await.location();
        press(&max, &at, "ask").await.location();
        let page = ann.page(&at).await;
        assert!(!page.has("form[action$='/run']"), "who decides says so on the request");
        assert_eq!(ann.submit(&page, &decide, &[("act", "approve")]).await.location(), at);
        assert_eq!(ended(&ann, &at).await.one(".page-head .badge"), "Booked");
        assert_eq!((balance(app, "C1").await, balance(app, "C2").await), (Some(1_600), Some(70)));
        let row = ann.page("/admin/acme/approvals?state=approved").await.one("#batches tbody tr");
        assert!(row.contains("Book 2 rows (+1,470)") && row.contains("Max") && row.contains("Ann Archer"), "{row}");
    }

    async fn the_rows_that_are_left_out_come_back_as_a_file_that_can_be_mended(app, _clock) {
        let (_site, ann) = acme(app).await;
        three_customers(app).await;
        let table = "customer_id,points,reason,note,valid_until,reference\n\
            C1,50,,,,\n=C9,5,birthday,\"- a, b\",2027-12-31,R1\nC3,x,nonsense,,,\n";
        let at = batch(&ann, table).await;
        let page = ann.page(&at).await;
        let file = ann.page(&page.attribute(".card-body a[download]", "href")).await;
        assert_eq!(file.header("content-disposition"), "attachment; filename=\"bulk-bad.csv\"");
        let lines: Vec<&str> = file.text.trim_start_matches('\u{feff}').lines().collect();
        assert_eq!(lines, [
            "customer_id,points,reason,note,private_note,valid_until,reference,line,problem",
            "'=C9,5,birthday,\"'- a, b\",,2027-12-31,R1,3,No such customer is known.",
            "C3,x,nonsense,,,,,4,\"Give whole points, such as 50 or -50.\"",
        ]);
        add(app, "=C9", 1, None).await;
        let mended = file.text.replace("x,nonsense", "-10,goodwill");
        let again = batch(&ann, &mended).await;
        let rows = ann.page(&again).await.all("#bulk-rows tbody tr");
        assert!(rows.len() == 2 && rows.iter().all(|row| row.contains("Ready")), "{rows:?}");
        assert!(rows[0].contains("=C9") && rows[0].contains("- a, b · R1"), "{rows:?}");
    }

    async fn rows_are_pasted_and_what_is_wrong_with_the_table_is_told_at_its_field(app, _clock) {
        let (_site, ann) = acme(app).await;
        three_customers(app).await;
        let form = ann.page(&format!("{BULK}/new")).await;
        assert!(form.has("form[enctype='multipart/form-data'] input[type=file]"));
        let nothing = ann.submit(&form, BULK, &[("pasted", " ")]).await;
        assert_eq!(nothing.status, 422);
        assert!(nothing.one("#file-error").contains("Choose a file, or paste rows."));
        let wrong = ann.submit(&form, BULK, &[("pasted", "customer_id,amount\nC1,5")]).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.one("#pasted-error").contains("There is no column “amount”."), "{}", wrong.text);
        assert!(wrong.one("textarea").contains("C1,5") && wrong.one(".error-summary").contains("amount"));
        let packed = upload(&ann, b"PK\x03\x04\0\0\xff\xfe", &[("reason", ""), ("site", "main")]).await;
        assert!(packed.one("#file-error").contains("CSV UTF-8"), "{}", packed.text);
        let elsewhere = upload(&ann, b"customer_id,points\nC1,5\n", &[("reason", "no"), ("site", "nowhere")]).await;
        assert_eq!(elsewhere.all(".error-summary li"), ["Choose one of the sites.", "Choose one of the reasons."]);
        let pasted = ann.submit(&form, BULK, &[("pasted", "customer_id\tpoints\r\nC1\t5")]).await;
        let page = ann.page(pasted.location()).await;
        assert_eq!((page.one("h1"), page.all("tbody tr").len()), ("Pasted rows".to_owned(), 1));
        assert_eq!(ann.page(BULK).await.all("tbody tr").len(), 1, "nothing is left of what was refused");
    }

    async fn an_upload_without_the_token_is_refused(app, _clock) {
        let (_site, ann) = acme(app).await;
        let part = Part::bytes(b"customer_id,points\nC1,5\n".to_vec()).file_name("points.csv");
        assert_eq!(ann.upload(BULK, Form::new().part("file", part)).await.status, 403);
        let part = Part::bytes(b"customer_id,points\nC1,5\n".to_vec()).file_name("points.csv");
        // Before the file was begun, or not at all.
        let late = Form::new().part("file", part).text("csrf", ann.token().await);
        assert_eq!(ann.upload(BULK, late).await.status, 403);
        let broken = [("content-type", "multipart/form-data; boundary=x")];
        let answer = ann.send(Method::POST, BULK, &broken, String::new()).await;
        assert!(matches!(answer.status.as_u16(), 400 | 403), "{}", answer.status);
        assert!(ann.page(BULK).await.has(".empty"));
    }

    async fn a_batch_is_reversed_after_a_question_and_what_could_not_be_is_listed(app, _clock) {
        let (_site, ann) = acme(app).await;
        three_customers(app).await;
        let at = batch(&ann, "customer_id,points\nC1,50\nC2,-30\n").await;
        press(&ann, &at, "run").await;
        ended(&ann, &at).await;
        take(app, "C1", 120).await;
        let question = ann.page(&format!("{at}/reverse")).await;
        assert_eq!(question.one("h1"), "Reverse 2 rows of points.csv?");
        assert!(question.one("main").contains("It added 50 points and removed 30 points."));
        assert!(ann.with_htmx("dialog").page(&format!("{at}/reverse")).await.has("form"));
        assert_eq!(ann.submit(&question, &format!("{at}/reverse"), &[]).await.location(), at);
        let done = ended(&ann, &at).await;
        assert_eq!(done.one(".page-head .badge"), "Reversed");
        assert!(done.one("main .banner").contains("1 row could not be reversed."));
        let kept = ann.page(&format!("{at}?show=kept")).await;
        assert!(kept.one("#bulk-rows tbody tr").contains("The customer has 30 points; 50 points would be removed."));
        assert_eq!((balance(app, "C1").await, balance(app, "C2").await), (Some(30), Some(100)));
        assert_eq!(kept.one(".page-actions a"), "Try the rest again");
        add(app, "C1", 20, None).await;
        let question = ann.page(&format!("{at}/reverse")).await;
        assert_eq!(ann.submit(&question, &format!("{at}/reverse"), &[]).await.location(), at);
        assert!(!ended(&ann, &at).await.has("main .banner"));
        assert_eq!(balance(app, "C1").await, Some(0));
    }

    async fn progress_is_polled_and_ends_with_the_whole_page(app, _clock) {
        let (_site, ann) = acme(app).await;
        three_customers(app).await;
        let at = batch(&ann, "customer_id,points\nC1,50\n").await;
        let polls = ann.with_htmx("bulk-progress");
        let whole = polls.page(&format!("{at}/progress")).await;
        assert_eq!(whole.header("hx-retarget"), "#main");
        assert!(whole.has("#bulk-rows") && !whole.text.contains("<html"));
        press(&ann, &at, "run").await;
        let last = wait::until("the run ends", Duration::from_secs(30), async || {
            let part = polls.page(&format!("{at}/progress")).await;
            let under_way = part.header("hx-retarget").is_empty();
            assert_eq!(under_way, part.has("progress") && !part.has("#bulk-rows"), "{}", part.text);
            (!under_way).then_some(part)
        })
        .await;
        assert!(last.text.contains("Booked") && last.has("#bulk-rows"));
    }

    async fn what_cannot_be_done_any_more_is_told(app, _clock) {
        let (site, ann) = acme(app).await;
        three_customers(app).await;
        let at = batch(&ann, "customer_id,points\nC1,50\n").await;
        let page = ann.page(&at).await;
        press(&ann, &at, "run").await;
        ended(&ann, &at).await;
        for what in ["run", "check", "stop", "continue", "discard"] {
            let token = ann.token().await;
            let answer = ann.post(&format!("{at}/{what}"), &[("csrf", &token)]).await;
            assert_eq!(answer.status, 409, "{what}");
            assert!(answer.one("main").contains("stands otherwise by now"));
        }
        assert_eq!(ann.submit(&page, &format!("{at}/run"), &[]).await.status, 409, "a second click books nothing");
        assert_eq!(balance(app, "C1").await, Some(150));
        assert_eq!(ann.get(&format!("{at}/discard")).await.status, 409);
        let other = batch(&ann, "customer_id,points\nC1,50\n").await;
        assert!(ann.page(&other).await.one("main .banner").contains("This file was booked before."));
        let question = ann.page(&format!("{other}/discard")).await;
        assert_eq!(ann.submit(&question, &format!("{other}/discard"), &[]).await.location(), BULK);
        assert_eq!(ann.get(&other).await.status, 404);
        let agent = employee(app, &site, "Agnes", Role::Agent).await;
        assert_eq!(agent.get(&at).await.status, 403);
        assert!(!agent.page("/admin/acme").await.has(&format!("#nav a[href='{BULK}']")));
    }

    async fn many_rows_are_paged_and_filtered_in_the_address(app, _clock) {
        let (_site, ann) = acme(app).await;
        add(app, "C1", 1_000, None).await;
        let rows: Vec<String> = (1..=120).map(|row| if row % 2 == 0 { format!("C1,{row}") } else { format!("X{row},1") }).collect();
        let at = batch(&ann, &format!("customer_id,points\n{}\n", rows.join("\n"))).await;
        let first = ann.page(&at).await;
        assert_eq!(first.all("#bulk-rows tbody tr").len(), 50);
        assert_eq!(first.all(".tabs a"), ["All 120", "Ready 60", "Left out 60"]);
        let next = ann.page(&first.attribute("a[rel=next]", "href")).await;
        assert!(next.all("#bulk-rows tbody tr")[0].starts_with("52"), "{:?}", next.all("#bulk-rows tbody tr")[0]);
        assert_eq!(ann.page(&next.attribute("a[rel=prev]", "href")).await.all("#bulk-rows tbody tr").len(), 50);
        let bad = ann.with_htmx("bulk-rows").page(&format!("{at}?show=bad")).await;
        assert!(bad.all("tbody tr").iter().all(|row| row.contains("Left out")) && !bad.text.contains("<html"));
        assert_eq!(bad.header("hx-push-url"), format!("{at}?show=bad"));
        assert!(ann.page(&format!("{at}?show=kept")).await.has(".empty"));
        assert_eq!(ann.page(&format!("{BULK}/template.csv")).await.text.lines().count(), 1);
    }

    async fn pages_speak_german_too(app, _clock) {
        let (_site, ann) = acme(app).await;
        three_customers(app).await;
        let at = batch(&ann, "customer_id,points\nC1,1000\nC2,-101\n").await;
        let german = [("accept-language", "de")];
        let page = ann.send(Method::GET, &at, &german, String::new()).await;
        assert_eq!(page.one(".page-head .badge"), "Zur Durchsicht");
        assert!(page.one("#bulk-rows").contains("Der Kunde hat 100 Punkte; 101 Punkte würden abgezogen."));
        assert_eq!(page.one("form[action$='/run'] button"), "1 Zeile buchen (+1.000)");
        let file = ann.send(Method::GET, &format!("{at}/rows.csv?show=bad"), &german, String::new()).await;
        assert!(file.text.contains("Der Kunde hat 100 Punkte"), "{}", file.text);
    }
}
