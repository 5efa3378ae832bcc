//! The cookie of a session while the key that seals it is exchanged.

use std::sync::Arc;

use guerdon::{app::App, secrets::SecretKey};

use super::{
    common::on_both,
    visitor::{Visitor, acme, serve},
};

async fn is_in(visitor: &Visitor) -> bool {
    visitor.get("/admin/acme").await.status == 200
}

on_both! {
    async fn a_session_outlives_a_change_of_the_key_on_every_replica(app, _clock) {
        let (site, ann) = acme(app).await;
        let bob = site.visitor();
        bob.sign_in("ann@example.com").await;
        let before = app.secret.ring();
        let twin = App { secret: Arc::new(before.as_ref().clone().into()), ..app.clone() };
        let other = serve(&twin);
        let ann_there = other.visited_by(&ann);
        assert!(is_in(&ann).await && is_in(&ann_there).await);
        assert_eq!(ann.page("/admin/acme").await.header("set-cookie"), "", "nothing is sealed anew");

        let new = SecretKey::random();
        let added = before.as_ref().clone().with(new.clone());
        let used = added.led_by(&new.id()).unwrap();
        app.secret.replace(added.clone());
        assert!(is_in(&ann).await && is_in(&ann_there).await);
        twin.secret.replace(added);
        app.secret.replace(used.clone());
        let page = ann.page("/admin/acme").await;
        let set = page.header("set-cookie");
        for part in ["guerdon=", "HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(set.contains(part), "{part}: {set}");
        }
        assert_eq!(ann.page("/admin/acme").await.header("set-cookie"), "");
        assert!(is_in(&ann_there).await, "sealed with the new key, which is not the first one there");
        assert!(is_in(&ann).await);
        twin.secret.replace(used.clone());
        assert!(is_in(&ann_there).await && is_in(&ann).await);

        let removed = used.without(&before.first().id());
        app.secret.replace(removed.clone());
        twin.secret.replace(removed);
        assert!(is_in(&ann).await && is_in(&ann_there).await);
        assert!(!is_in(&bob).await, "who never came meanwhile signs in again");
        // A new session, a form and the end of a session.
        bob.sign_in("ann@example.com").await;
        let page = bob.page("/admin/account").await;
        let out = bob.submit(&page, "/admin/logout", &[]).await;
        assert_eq!(out.status, 303, "{}", out.text);
        assert!(!is_in(&bob).await && is_in(&ann).await);
    }

    async fn other_cookies_stay_and_forged_ones_open_nothing(app, _clock) {
        let (site, ann) = acme(app).await;
        let nobody = site.visitor();
        for forged in ["guerdon=x", "guerdon=", "guerdon", "guerdon=%ff; guerdon=y", "a=b; guerdon=AAAA"] {
            let answer = nobody.send(reqwest::Method::GET, "/admin/acme", &[("cookie", forged)], String::new()).await;
            assert_eq!(answer.status, 303, "{forged}: {}", answer.text);
        }
        let dark = site.visited_by(&ann);
        let sent = dark.page("/admin/account").await;
        let set = dark.submit(&sent, "/admin/account/theme", &[("theme", "switch")]).await;
        assert_eq!(set.status, 303, "{}", set.text);
        assert_eq!(dark.page("/admin/acme").await.attribute("html", "data-theme"), "dark", "beside the session's");
    }
}
