//! Redemption options: added, changed, put in order, deleted, by those who may.

use guerdon::{
    app::App,
    domain::{actor::Actor, actor::Caller, option::RedeemOption, role::Role, site_change::SiteChange},
    service::{audit, options, sites},
};

use super::{
    common::on_both,
    visitor::{Answer, Visitor, acme, make_user, tenant},
};

const LIST: &str = "/admin/acme/options";
const NEW: [(&str, &str); 3] = [("name", "€5 voucher"), ("points", "500"), ("worth", "5.00")];

async fn all(app: &App) -> Vec<RedeemOption> {
    options::list(&app.db, &tenant("acme")).await.unwrap()
}

/// Adds an option and gives the address of its page.
async fn add(app: &App, visitor: &Visitor, fields: &[(&str, &str)]) -> String {
    let form = visitor.page("/admin/acme/options/new").await;
    let filled = NEW.into_iter().filter(|(name, _)| fields.iter().all(|(other, _)| name != other));
    let fields: Vec<(&str, &str)> = filled.chain(fields.iter().copied()).collect();
    assert_eq!(visitor.submit(&form, LIST, &fields).await.location(), LIST);
    format!("{LIST}/{}", all(app).await.last().unwrap().id)
}

fn names(page: &Answer) -> Vec<String> {
    page.all("tbody th a")
}

async fn sign_in(site: &super::visitor::Site, app: &App, role: Role) -> Visitor {
    let email = format!("{}@example.com", role.as_str());
    make_user(app, &email, role.label(), Some(role)).await;
    let visitor = site.visitor();
    visitor.sign_in(&email).await;
    visitor
}

on_both! {
    async fn options_are_searched_and_the_file_holds_what_is_found(app, _clock) {
        let (_site, ann) = acme(app).await;
        add(app, &ann, &[("name", "Größe zählt"), ("description", "A mug")]).await;
        add(app, &ann, &[("name", "Tea"), ("name_de", "Tasse Tee")]).await;
        add(app, &ann, &[("name", "Biscuit")]).await;
        for (typed, found) in [("grosse", vec!["Größe zählt"]), ("tasse", vec!["Tea"]), ("mug", vec!["Größe zählt"]), ("cake", vec![])] {
            assert_eq!(names(&ann.page(&format!("{LIST}?q={typed}")).await), found, "{typed}");
        }
        let page = ann.page(&format!("{LIST}?q=tasse&sort=-points")).await;
        assert_eq!((page.all(".chip"), page.attribute(".chip a", "href")), (vec!["“tasse”".to_owned()], format!("{LIST}?sort=-points")));
        assert_eq!(page.attribute("[name=sort]", "value"), "-points");
        assert!(!page.has(".moves"), "a part of the list cannot be put in order");
        let file = ann.page(&page.attribute("a[href*='.csv']", "href")).await;
        assert!(file.text.contains("Tea") && !file.text.contains("Biscuit"), "{}", file.text);
    }

    async fn an_option_is_added_and_changed_without_a_script(app, _clock) {
        let (_site, ann) = acme(app).await;
        let empty = ann.page(LIST).await;
        assert!(empty.one(".empty").contains("Offer something for points"));
        let page = add(app, &ann, &[("description", "Off your next order"), ("min_order", "25"), ("stock", "1,000"),
            ("name_de", "5-€-Gutschein")]).await;
        let list = ann.page(LIST).await;
        assert_eq!(list.one("tbody tr"), "€5 voucher Off your next order €5.00 from €25.00 · 0 in 28 days · 1,000 left \
            500 points €5.00 from €25.00 0 1,000 Active");
        assert!(list.one("#toasts").contains("Option added"));
        let form = ann.page(&page).await;
        assert_eq!(form.one("#edit h2"), "Edit “€5 voucher”");
        assert_eq!(form.all("#preview .offer"), ["€5 voucher Off your next order 500 points", "5-€-Gutschein 500 points"]);
        assert_eq!(form.all("#preview .hint"), ["100 points are worth €1.00 to the customer.", "Orders of €500.00 earn as many."]);
        let changed = [("kind", "percent"), ("worth", "12,5"), ("holder", "bound"), ("until", "2027-12-24")];
        assert_eq!(ann.submit(&form, &page, &changed).await.location(), page);
        let option = all(app).await.remove(0);
        assert_eq!((option.version, option.draft.stock, option.draft.names.len()), (2, Some(1000), 1));
        let json = option.to_json();
        assert_eq!(json["coupon"]["discountPercentage"].to_string(), "12.5");
        assert_eq!(json["coupon"]["restrictions"]["minOrderValue"]["amount"].to_string(), "25");
        assert_eq!((&json["boundToCustomer"], &json["activeUntil"]), (&true.into(), &"2027-12-24T23:00:00.000Z".into()));
        let form = ann.page(&page).await;
        assert_eq!((form.attribute("#worth", "value"), form.attribute("#until", "value")), ("12.5".into(), "2027-12-24".into()));
        assert!(form.has("[name=holder][value=bound][checked]"));
    }

    async fn what_does_not_fit_comes_back_with_what_was_typed(app, _clock) {
        let (_site, ann) = acme(app).await;
        let form = ann.page("/admin/acme/options/new").await;
        for visitor in [&ann, &ann.with_htmx("main")] {
            let refused = visitor.submit(&form, LIST, &[("name", " "), ("points", "5oo"), ("worth", "0"), ("uses", "3")]).await;
            assert_eq!(refused.status, 422);
            assert!(refused.one("title").starts_with("Error: Add option"));
            assert_eq!(refused.all(".error-summary a"), [
                "Give a text; it must not be empty.",
                "Give a whole number of points from 1 to 1,000,000,000.",
                "Give an amount above zero, such as 5.00.",
            ]);
            assert_eq!(refused.attribute(".error-summary li:nth-child(2) a", "href"), "#points");
            for (field, typed) in [("points", "5oo"), ("worth", "0"), ("uses", "3")] {
                assert_eq!(refused.attribute(&format!("#{field}"), "value"), typed);
            }
            assert_eq!(refused.attribute("#points", "aria-invalid"), "true");
            assert!(refused.attribute("#points", "aria-describedby").contains("points-error"));
            assert_eq!(refused.one("#points-error"), "Error: Give a whole number of points from 1 to 1,000,000,000.");
        }
        assert_eq!(all(app).await, []);
        let page = add(app, &ann, &[]).await;
        let form = ann.page(&page).await;
        let refused = ann.submit(&form, &page, &[("stock", "-1")]).await;
        assert_eq!((refused.status.as_u16(), refused.attribute("#stock", "value")), (422, "-1".to_owned()));
        assert_eq!(all(app).await[0].version, 1);
    }

    async fn sending_the_form_twice_adds_one_option(app, _clock) {
        let (_site, ann) = acme(app).await;
        let form = ann.page("/admin/acme/options/new").await;
        for _ in 0..2 {
            assert_eq!(ann.submit(&form, LIST, &NEW).await.location(), LIST);
        }
        assert_eq!(all(app).await.len(), 1);
        // Somebody went back and typed something else.
        let again = ann.submit(&form, LIST, &[&NEW[..], &[("min_order", "10")]].concat()).await;
        assert_eq!(again.status, 422);
        assert!(again.one(".error-summary").contains("This form was sent before"));
        assert_eq!(again.attribute("#min_order", "value"), "10");
        assert_eq!(ann.submit(&again, LIST, &[]).await.location(), LIST);
        assert_eq!(all(app).await.len(), 2);
    }

    async fn of_two_who_change_an_option_the_second_sees_both(app, _clock) {
        let (site, ann) = acme(app).await;
        let max = sign_in(&site, app, Role::Manager).await;
        let page = add(app, &ann, &[]).await;
        let (anns, maxs) = (ann.page(&page).await, max.page(&page).await);
        ann.submit(&anns, &page, &[("points", "600"), ("name", "Theirs")]).await.location();
        for visitor in [&max, &max.with_htmx("main")] {
            let stale = visitor.submit(&maxs, &page, &[("points", "700"), ("stock", "5")]).await;
            assert_eq!(stale.status, 409);
            assert!(stale.one("#conflict").contains("Somebody changed this option since you opened it."));
            assert_eq!(stale.all("#conflict tbody tr"), ["Name Theirs €5 voucher", "Cost 600 points 700 points", "Stock No limit 5"]);
            assert_eq!((stale.attribute("#points", "value"), stale.attribute("#name", "value")), ("700".into(), "€5 voucher".into()));
            if visitor.get(LIST).await.text.starts_with("<!DOCTYPE") {
                assert_eq!(stale.header("hx-retarget"), "#main");
            }
        }
        let option = all(app).await.remove(0);
        assert_eq!((option.version, option.draft.points.get(), option.draft.name.as_str()), (2, 600, "Theirs"));
        // Saved once more, it is what the second wants.
        let stale = max.submit(&maxs, &page, &[("points", "700")]).await;
        assert_eq!(max.submit(&stale, &page, &[]).await.location(), page);
        let option = all(app).await.remove(0);
        assert_eq!((option.version, option.draft.points.get(), option.draft.name.as_str()), (3, 700, "€5 voucher"));
    }

    async fn a_change_is_kept_as_a_draft_and_published(app, clock) {
        let (site, ann) = acme(app).await;
        let page = add(app, &ann, &[]).await;
        clock.set(app.now().plus_secs(60));
        let form = ann.page(&page).await;
        assert!(!form.has("#draft"));
        let kept = ann.submit(&form, &page, &[("points", "600"), ("name", "Six"), ("act", "draft")]).await;
        assert_eq!(kept.location(), page);
        assert_eq!(all(app).await[0].draft.points.get(), 500);
        let list = ann.page(LIST).await;
        assert!(list.one("tbody tr").contains("Active Change waits"));
        // The form shows what is offered until somebody asks for the draft.
        let form = ann.page(&page).await;
        let told = form.one("#draft");
        assert!(told.starts_with("There is a draft of a change. Ann Archer kept it on "), "{told}");
        assert_eq!(form.all("#draft tbody tr"), ["Name €5 voucher Six", "Cost 500 points 600 points"]);
        assert_eq!(form.attribute("#points", "value"), "500");
        let form = ann.page(&format!("{page}?form=draft")).await;
        assert_eq!((form.attribute("#points", "value"), form.one("#submit")), ("600".into(), "Save and publish".into()));
        // Another one kept a draft meanwhile.
        let max = sign_in(&site, app, Role::Manager).await;
        clock.set(app.now().plus_secs(60));
        let maxs = max.page(&format!("{page}?form=draft")).await;
        max.submit(&maxs, &page, &[("points", "650"), ("act", "draft")]).await.location();
        let refused = ann.submit(&form, &page, &[("points", "700"), ("act", "draft")]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.one(".error-summary").contains("Somebody kept, published or discarded a draft"));
        assert_eq!(refused.attribute("#points", "value"), "700");
        let stale = ann.submit(&form, &format!("{page}/publish"), &[]).await;
        assert_eq!(stale.status, 409);
        let form = ann.page(&page).await;
        assert_eq!(ann.submit(&form, &format!("{page}/publish"), &[]).await.location(), page);
        assert_eq!((all(app).await[0].draft.points.get(), all(app).await[0].version), (650, 2));
        let form = ann.page(&page).await;
        assert!(!form.has("#draft") && form.one("#toasts").contains("Draft published"));
        let history = form.all(".events li");
        assert!(history[0].starts_with("Changed ") && history[0].contains("Ann"), "{history:?}");
        assert!(history[0].contains("Points 500 650") && history[0].contains("Name €5 voucher Six"), "{history:?}");
        assert!(history.last().unwrap().starts_with("Added "), "{history:?}");
    }

    async fn a_draft_is_discarded(app, _clock) {
        let (_site, ann) = acme(app).await;
        let page = add(app, &ann, &[]).await;
        let form = ann.page(&page).await;
        ann.submit(&form, &page, &[("points", "600"), ("act", "draft")]).await.location();
        let form = ann.page(&page).await;
        assert_eq!(ann.submit(&form, &format!("{page}/discard"), &[]).await.location(), page);
        let form = ann.page(&page).await;
        assert!(!form.has("#draft") && form.all(".events li")[0].contains("Draft discarded"));
        assert_eq!((all(app).await[0].draft.points.get(), all(app).await[0].version), (500, 1));
    }

    async fn the_options_are_a_file(app, _clock) {
        let (_site, ann) = acme(app).await;
        add(app, &ann, &[("name", "=1+1"), ("points", "900")]).await;
        add(app, &ann, &[("name", "b"), ("active", "")]).await;
        let list = ann.page(&format!("{LIST}?sort=points")).await;
        let file = ann.page(&list.attribute("a[href*='.csv']", "href")).await;
        assert_eq!(file.header("content-disposition"), "attachment; filename=\"options.csv\"");
        let lines: Vec<&str> = file.text.lines().collect();
        assert!(lines[0].ends_with("id,name,description,points,gets,order_from,state,place,from,until,stock,left,redeemed_28_days,created_at,modified_at"));
        assert!(lines[1].contains(",b,,500,€5.00,,draft,2,") && lines[2].contains(",'=1+1,,900,€5.00,,active,1,"), "{lines:?}");
        let drafts = ann.page(&format!("{LIST}.csv?status=draft")).await;
        assert_eq!(drafts.text.lines().count(), 2);
    }

    async fn options_move_by_buttons(app, _clock) {
        let (_site, ann) = acme(app).await;
        for name in ["a", "b", "c"] {
            add(app, &ann, &[("name", name)]).await;
        }
        let order = all(app).await;
        let list = ann.page(LIST).await;
        assert_eq!(names(&list), ["a", "b", "c"]);
        let up = format!("{LIST}/{}/up", order[2].id);
        assert_eq!(ann.submit(&list, &up, &[]).await.location(), LIST);
        assert_eq!(names(&ann.page(LIST).await), ["a", "c", "b"]);
        // Dragged, it goes to a place.
        let place = list.attribute("tbody tr:nth-child(1) [data-grip]", "data-grip");
        assert_eq!(place, format!("{LIST}/{}/place", order[0].id));
        let token = ann.token().await;
        assert_eq!(ann.post(&place, &[("csrf", token.as_str()), ("place", "3")]).await.location(), LIST);
        assert_eq!(names(&ann.page(LIST).await), ["c", "b", "a"]);
        assert_eq!(ann.post(&place, &[("csrf", token.as_str()), ("place", "many")]).await.status, 400);
        assert_eq!(ann.post(&place, &[("csrf", token.as_str()), ("place", "1")]).await.location(), LIST);
        // With htmx the list comes back at once, and the button keeps its id, and so the focus.
        let list = ann.page(LIST).await;
        let moved = ann.with_htmx("main").submit(&list, &up, &[]).await;
        assert_eq!((names(&moved), moved.header("hx-push-url")), (vec!["c".into(), "a".into(), "b".into()], LIST));
        assert!(moved.has(&format!("[id='up-{}'][aria-disabled=true]", order[2].id)));
        let down = format!("{LIST}/{}/down", order[1].id);
        assert_eq!(ann.submit(&ann.page(LIST).await, &down, &[]).await.location(), LIST);
        assert_eq!(names(&ann.page(LIST).await), ["c", "a", "b"]);
    }

    async fn tabs_and_headings_narrow_and_sort_the_list(app, _clock) {
        let (_site, ann) = acme(app).await;
        for (name, points, active) in [("b", "300", "yes"), ("a", "100", ""), ("c", "200", "yes")] {
            let active: &[(&str, &str)] = if active.is_empty() { &[("active", "")] } else { &[] };
            add(app, &ann, &[&[("name", name), ("points", points)], active].concat()).await;
        }
        let page = add(app, &ann, &[("name", "old")]).await;
        let question = ann.page(&format!("{page}/delete")).await;
        ann.submit(&question, &format!("{page}/delete"), &[]).await.location();
        let list = ann.page(LIST).await;
        assert_eq!(list.all(".tabs a"), ["All 3", "Active 2", "Draft 1", "Archived 1"]);
        for (query, expected) in [
            ("", "b a c"), ("?status=active", "b c"), ("?status=draft", "a"), ("?status=archived", "old"),
            ("?sort=points", "a c b"), ("?sort=-points", "b c a"), ("?status=active&sort=points", "c b"),
            ("?status=nonsense&sort=nonsense", "b a c"),
        ] {
            let list = ann.page(&format!("{LIST}{query}")).await;
            assert_eq!(names(&list).join(" "), expected, "{query}");
            let sorted = usize::from(query.contains("sort=p") || query.contains("sort=-p"));
            assert_eq!(list.all("[aria-sort]").len(), sorted, "{query}");
        }
        let sorted = ann.page(&format!("{LIST}?status=active&sort=points")).await;
        assert_eq!(sorted.attribute("[aria-sort]", "aria-sort"), "ascending");
        assert_eq!(sorted.attribute("[aria-sort] a", "href"), format!("{LIST}?status=active&sort=-points"));
        // The list stays as it is beside an option.
        let link = sorted.attribute("tbody tr th a", "href");
        assert!(link.ends_with("?status=active&sort=points#edit"), "{link}");
        assert_eq!(names(&ann.page(link.trim_end_matches("#edit")).await).join(" "), "c b");
    }

    async fn deleting_says_what_it_means_and_can_be_undone(app, _clock) {
        let (_site, ann) = acme(app).await;
        let page = add(app, &ann, &[]).await;
        let delete = format!("{page}/delete");
        let question = ann.page(&delete).await;
        assert_eq!(question.one("h1"), "Delete “€5 voucher”?");
        assert!(question.one("main").contains("Nobody has redeemed it.") && question.one("main").contains("can be restored"));
        let dialog = ann.with_htmx("dialog").get(&delete).await;
        assert!(dialog.text.trim_start().starts_with("<form") && dialog.has("[data-close]"));
        assert_eq!(all(app).await[0].archived_at, None, "asking changes nothing");
        assert_eq!(ann.submit(&question, &delete, &[]).await.location(), LIST);
        assert!(all(app).await[0].archived_at.is_some());
        let list = ann.page(LIST).await;
        let undo = format!("{page}/restore");
        assert_eq!(list.attribute(".toast form", "action"), undo);
        assert!(list.one(".empty").contains("No options here"));
        let archived = ann.page(&page).await;
        assert!(!archived.has("#option-form") && archived.has(&format!("form[action='{undo}']")));
        assert_eq!(ann.get(&delete).await.status, 409);
        assert_eq!(ann.submit(&archived, &undo, &[]).await.location(), page);
        assert_eq!(all(app).await[0].archived_at, None);
        // A second press on the old page does no harm.
        let again = ann.submit(&archived, &undo, &[]).await;
        assert_eq!(again.status, 409);
        assert!(again.one("main").contains("somebody deleted or restored it"));
    }

    async fn an_option_is_activated_and_deactivated(app, _clock) {
        let (_site, ann) = acme(app).await;
        let page = add(app, &ann, &[]).await;
        let form = ann.page(&page).await;
        assert_eq!(ann.submit(&form, &format!("{page}/deactivate"), &[]).await.location(), page);
        assert!(!all(app).await[0].draft.active);
        let form = ann.page(&page).await;
        assert!(form.one("#toasts").contains("Option deactivated") && form.one("tbody").contains("Draft"));
        assert_eq!(ann.submit(&form, &format!("{page}/activate"), &[]).await.location(), page);
        assert!(all(app).await[0].draft.active);
    }

    async fn sites_are_chosen_where_there_are_several(app, clock) {
        let (_site, ann) = acme(app).await;
        assert!(!ann.page("/admin/acme/options/new").await.has("[name=site]"));
        let caller = Caller { tenant: tenant("acme"), actor: Actor::system("test") };
        let swiss = SiteChange::parse(|field| match field {
            "name" => Some("Acme CH"),
            "currency" => Some("CHF"),
            _ => None,
        });
        let code = guerdon::domain::ids::SiteCode::parse("ch").unwrap();
        clock.set(app.now().plus_secs(1));
        sites::create(app, &caller, &code, &swiss.unwrap()).await.unwrap();
        let form = ann.page("/admin/acme/options/new").await;
        assert_eq!(form.all("#currency option"), ["EUR", "CHF"]);
        assert_eq!(form.one("#currency option[selected]"), "EUR");
        let none = ann.submit(&form, LIST, &[&NEW[..], &[("every_site", "")]].concat()).await;
        assert_eq!(none.one("#site-error"), "Error: Choose at least one site.");
        let forged = ann.submit(&form, LIST, &[&NEW[..], &[("every_site", ""), ("site", "at")]].concat()).await;
        assert!(forged.one("#site-error").contains("There is no site `at`."));
        let page = add(app, &ann, &[("every_site", ""), ("site", "ch"), ("site", "main"), ("currency", "CHF")]).await;
        let option = all(app).await.remove(0);
        let codes: Vec<&str> = option.draft.sites.iter().map(guerdon::domain::ids::SiteCode::as_str).collect();
        assert_eq!((codes, told(&option)), (vec!["ch", "main"], "{\"amount\":5,\"currency\":\"CHF\"}".to_owned()));
        assert_eq!(ann.page(&page).await.all("[name=site][checked]").len(), 2);
    }

    async fn the_preview_follows_what_is_typed(app, _clock) {
        let (_site, ann) = acme(app).await;
        let typed = "name=%3Cb%3EFive&description=Off&points=1%20000&kind=amount&worth=12.50&currency=EUR";
        let part = ann.with_htmx("preview").get(&format!("{LIST}/preview?{typed}")).await;
        assert_eq!(part.one(".offer"), "<b>Five Off 1,000 points");
        assert_eq!(part.all(".hint"), ["100 points are worth €1.25 to the customer.", "Orders of €1,000.00 earn as many."]);
        assert!(!part.text.contains("<html"));
        let half = ann.with_htmx("preview").get(&format!("{LIST}/preview?points=x&worth=&name=")).await;
        assert_eq!(half.one(".offer"), "Name of the option");
        assert_eq!(ann.get(&format!("{LIST}/preview?{typed}")).await.location(), LIST);
        assert_eq!(all(app).await, []);
    }

    async fn viewers_look_and_managers_change(app, _clock) {
        let (site, ann) = acme(app).await;
        let page = add(app, &ann, &[("min_order", "25")]).await;
        let viewer = sign_in(&site, app, Role::Viewer).await;
        let list = viewer.page(LIST).await;
        assert!(!list.has(".btn-primary") && !list.has("tbody form"));
        let shown = viewer.page(&page).await;
        assert!(!shown.has("#edit form") && !shown.has("#savebar"));
        assert!(shown.one("#edit .facts").contains("Order from €25.00"));
        let manager = sign_in(&site, app, Role::Manager).await;
        assert!(manager.page(&page).await.has("#option-form"));
        let logged = audit::list(&app.db, &Caller { tenant: tenant("acme"), actor: Actor::system("test") },
            &audit::AuditFilter::default(), None, 9).await.unwrap();
        assert!(logged.rows.iter().any(|told| told.row.action == "option.created"));
        assert_eq!(viewer.get(&format!("{LIST}/none")).await.status, 404);
    }
}

fn told(option: &RedeemOption) -> String {
    option.to_json()["coupon"]["discountAbsolute"].to_string()
}
