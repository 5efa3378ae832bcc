//! `/admin/{tenant}/search`: what the search at the top of every page offers while somebody types: customers, the page
//! of a coupon, and the pages and actions of the back office, so that it also serves as the palette of commands.

use actix_web::{
    HttpResponse,
    web::{Data, Query},
};
use askama::Template;
use serde::Deserialize;

use crate::{
    app::App,
    domain::{
        customer::{fold, typed_words},
        role::Role,
    },
    service::{
        coupons,
        customers::{
            list::{self, ListQuery, Listing, Today, Total},
            recent,
        },
    },
    texts::{Message, t},
    web::{
        access::Member,
        error::WebError,
        filters,
        html::{self, Want},
        query::coupon_page,
        shell::{Section, Shell},
    },
};

use super::customers::Row;

/// Customers that are offered.
const CUSTOMERS: usize = 6;
/// Pages and actions that are offered.
const COMMANDS: usize = 5;

/// What the address says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    q: String,
}

/// A page or an action.
struct Command {
    label: String,
    href: String,
    icon: &'static str,
}

#[derive(Template)]
#[template(path = "search/results.html")]
struct Results {
    heading: String,
    customers: Vec<Row>,
    coupon: Option<(String, String)>,
    commands: Vec<Command>,
    told: String,
}

/// What can be done from anywhere: key of its name, end of its address, icon, least role.
const ACTIONS: [(&str, &str, &str, Role); 7] = [
    ("search-open-account", "/open-account", "user-round-plus", Role::Agent),
    ("search-new-option", "/options/new", "gift", Role::Manager),
    ("search-new-coupon", "/coupons/new", "ticket", Role::Manager),
    ("search-new-member", "/team/new", "shield-check", Role::Admin),
    ("search-new-client", "/api-clients/new", "key-round", Role::Admin),
    ("search-new-site", "/sites/new", "store", Role::Admin),
    ("search-new-endpoint", "/webhooks/new", "webhook", Role::Admin),
];

/// Whether every word that was typed begins a word of the label.
fn fits(label: &str, typed: &[String]) -> bool {
    let folded = fold(label);
    let words: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).collect();
    !typed.is_empty() && typed.iter().all(|typed| words.iter().any(|word| word.starts_with(typed.as_str())))
}

/// The pages and actions that fit, as far as the person's role goes.
fn commands(shell: &Shell, role: Role, typed: &[String]) -> Vec<Command> {
    let pages = shell.navigation().into_iter().flat_map(|group| group.items);
    let pages =
        pages.map(|item| Command { label: Message::new(item.label).to_string(), href: item.href, icon: item.icon });
    let actions = ACTIONS.iter().filter(|(.., least)| role >= *least);
    let actions = actions.map(|(key, path, icon, _)| Command {
        label: Message::new(key).to_string(),
        href: shell.at(path),
        icon,
    });
    let own = Command { label: t!("shell-your-account"), href: "/admin/account".to_owned(), icon: "circle-user-round" };
    let all = pages.chain(actions).chain([own]);
    all.filter(|command| fits(&command.label, typed)).take(COMMANDS).collect()
}

/// Offers what fits; without scripts the search is that of the customers.
pub(crate) async fn index(
    member: Member,
    asked: Query<Asked>,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    let shell = member.shell(Section::Customers, t!("nav-customers"));
    if !want.is_part("search-results") {
        let list = crate::web::query::Address::new(shell.at("/customers")).and("q", asked.q.trim());
        return Ok(html::see_other(&list.to_string()));
    }
    let today = Today { now: app.now(), zone: member.place.zone };
    let tenant = &member.place.tenant;
    if asked.q.trim().is_empty() {
        let recent = recent::list(&app.db, tenant, &member.person.user_id, today).await?;
        let told = if recent.is_empty() { t!("search-hint") } else { String::new() };
        let customers: Vec<Row> = recent.into_iter().map(|row| Row::new(Listing { row, by: None }, &shell)).collect();
        let heading = if customers.is_empty() { String::new() } else { t!("search-recent") };
        return html::bare(&Results { heading, customers, coupon: None, commands: Vec::new(), told });
    }
    let query = ListQuery { text: asked.q.clone(), size: CUSTOMERS, ..ListQuery::default() };
    let page = list::page(&app.db, tenant, &query, today).await?;
    let code = asked.q.trim().to_uppercase();
    let coupon = coupons::find(&app.db, tenant, &code).await?;
    let commands = commands(&shell, member.place.role, &typed_words(&asked.q));
    let told = match page.total {
        Total::Exactly(0) if coupon.is_some() || !commands.is_empty() => String::new(),
        Total::Exactly(0) => t!("search-nothing"),
        Total::Exactly(count) => t!("search-found", count = count),
        Total::MoreThan(count) => t!("search-found-more", count = count),
        Total::Unknown => String::new(),
    };
    html::bare(&Results {
        heading: String::new(),
        customers: page.rows.into_iter().map(|listing| Row::new(listing, &shell)).collect(),
        coupon: coupon.map(|coupon| (coupon.code.clone(), coupon_page(tenant, &coupon.code))),
        commands,
        told,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_found_by_the_beginnings_of_their_words() {
        for (typed, found) in
            [("redem opt", true), ("OPTIONS", true), ("option x", false), ("ption", false), ("", false)]
        {
            assert_eq!(fits("Redemption options", &typed_words(typed)), found, "{typed}");
        }
        assert!(fits("Prämien", &typed_words("prami")));
    }
}
