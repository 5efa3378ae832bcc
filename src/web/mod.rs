//! The back office: pages for the shop's employees.

mod access;
pub mod assets;
mod browser;
mod confirm;
mod csv;
mod drafts;
mod error;
mod facts;
pub mod filters;
mod form;
mod format;
mod guard;
mod html;
mod language;
mod pages;
mod people;
mod query;
mod roles;
mod scopes;
mod secret;
mod session;
mod session_cookie;
mod shell;
mod short_list;
mod upload;
mod widget;
mod words;

use actix_web::{
    cookie::Key,
    middleware::{Compress, from_fn},
    web::{self, ServiceConfig, get, post, resource},
};

pub use pages::api_docs::ApiDocument;
#[doc(hidden)]
pub use query::safe_next;

use crate::app::App;
use pages::{
    account, api_clients, api_docs, approvals, audit_log, birthdays, bulk, coupons, customer, customers, identity,
    inbox, ledger, options, overview, reasons, returns, rules, search, second_factor, settings, setup, sign_in,
    sign_in_code, sign_ins, sites, team, tenants, webhooks,
};

/// Adds the routes of the back office.
pub fn configure(cfg: &mut ServiceConfig, app: &App) {
    let own = Key::generate();
    assets::configure(cfg);
    widget::configure(cfg);
    cfg.service(
        resource("/docs/api").wrap(from_fn(guard::headers)).wrap(Compress::default()).route(get().to(api_docs::index)),
    );
    cfg.service(resource("/").get(async || html::see_other("/admin"))).service(
        web::scope("/admin")
            // The last is the first to see a request.
            .wrap(from_fn(error::pages))
            .wrap(from_fn(guard::same_origin))
            .wrap(session::middleware(app, own.clone()))
            .wrap(from_fn(error::without_session))
            // Before anybody reads a cookie: they are read once for a request.
            .wrap(from_fn(move |app, request, next| session_cookie::turn(own.clone(), app, request, next)))
            .wrap(from_fn(guard::headers))
            .wrap(Compress::default())
            .wrap(from_fn(guard::plain_for_other_sites))
            .wrap(from_fn(guard::without_nul))
            .wrap(from_fn(language::of_browser))
            .configure(of_nobody)
            // A scope does not take the answer to all else from the one around it.
            .service(web::scope("/{tenant}").configure(of_tenant).default_service(web::route().to(access::nowhere)))
            .default_service(web::route().to(access::nowhere)),
    );
}

/// Pages that belong to no tenant. Their first segments are reserved: no tenant is called so.
fn of_nobody(cfg: &mut ServiceConfig) {
    cfg.service(resource(["", "/"]).route(get().to(tenants::index)))
        .service(resource("/login").route(get().to(sign_in::form)).route(post().to(sign_in::sign_in)))
        .service(resource("/login/code").route(get().to(sign_in_code::form)).route(post().to(sign_in_code::give)))
        .service(
            resource("/login/password")
                .route(get().to(sign_in::password_form))
                .route(post().to(sign_in::choose_password)),
        )
        .service(resource("/logout").route(post().to(sign_in::sign_out)))
        .service(resource("/setup").route(get().to(setup::form)).route(post().to(setup::finish)))
        .service(resource("/tenants").route(post().to(tenants::create)))
        .service(resource("/tenants/new").route(get().to(tenants::new_form)))
        .service(resource("/tenants/{id}/join").route(post().to(tenants::join)))
        .service(resource("/account").route(get().to(account::index)))
        .service(
            resource("/account/second-factor")
                .route(get().to(second_factor::show))
                .route(post().to(second_factor::enrol)),
        )
        .service(resource("/account/second-factor/picture.svg").route(get().to(second_factor::picture)))
        .service(resource("/account/second-factor/codes").route(post().to(second_factor::renew_codes)))
        .service(resource("/account/second-factor/off").route(post().to(second_factor::turn_off)))
        .service(resource("/account/sign-ins").route(get().to(sign_ins::index)))
        .service(resource("/account/password").route(post().to(account::change_password)))
        .service(resource("/account/comfort").route(post().to(account::comfort)))
        .service(resource("/account/theme").route(post().to(account::switch_theme)))
        .service(resource("/account/sessions/end-others").route(post().to(account::end_other_sessions)))
        .service(resource("/account/sessions/{id}/end").route(post().to(account::end_session)));
}

/// Pages of a tenant, below `/{tenant}`: one pattern that is matched once, instead of one in the memory of every worker
/// for each page. Each handler asks for the role that it needs.
fn of_tenant(cfg: &mut ServiceConfig) {
    cfg.service(resource("").route(get().to(overview::index)))
        .service(resource("/overview.csv").route(get().to(overview::export)))
        .service(resource("/search").route(get().to(search::index)))
        .service(resource("/customers").route(get().to(customers::index)))
        .service(resource("/customers.csv").route(get().to(customers::export)))
        .configure(of_customer)
        .service(resource("/ledger").route(get().to(ledger::index)))
        .service(resource("/ledger.csv").route(get().to(ledger::export)))
        .configure(of_coupons)
        .configure(of_access)
        .service(resource("/settings").route(get().to(settings::show)).route(post().to(settings::save)))
        .service(resource("/audit-log").route(get().to(audit_log::index)))
        .service(resource("/audit-log.csv").route(get().to(audit_log::export)))
        .service(resource("/audit-log/prove").route(post().to(audit_log::prove)))
        .configure(of_bulk)
        .configure(of_inbox)
        .configure(of_returns)
        .configure(of_approvals)
        .configure(of_webhooks)
        .configure(of_customer_sign_in)
        .configure(of_programme);
}

/// Who and what may get in: people and programs.
fn of_access(cfg: &mut ServiceConfig) {
    cfg.service(resource("/team").route(get().to(team::index)).route(post().to(team::add)))
        .service(resource("/team.csv").route(get().to(team::export)))
        .service(resource("/team/new").route(get().to(team::new_form)))
        .service(resource("/team/{user}").route(get().to(team::show)).route(post().to(team::set_role)))
        .service(resource("/team/{user}/link").route(post().to(team::make_link)))
        .service(
            resource("/team/{user}/deactivate")
                .route(get().to(team::confirm_deactivation))
                .route(post().to(team::deactivate)),
        )
        .service(resource("/team/{user}/reactivate").route(post().to(team::reactivate)))
        .service(
            resource("/team/{user}/reset-second-factor")
                .route(get().to(team::confirm_reset))
                .route(post().to(team::reset_second_factor)),
        )
        .service(resource("/team/{user}/remove").route(get().to(team::confirm_removal)).route(post().to(team::remove)))
        .service(resource("/api-clients").route(get().to(api_clients::index)).route(post().to(api_clients::create)))
        .service(resource("/api-clients.csv").route(get().to(api_clients::export)))
        .service(resource("/api-clients/new").route(get().to(api_clients::new_form)))
        .service(
            resource("/api-clients/{client}/limit")
                .route(get().to(api_clients::ask_limit))
                .route(post().to(api_clients::set_limit)),
        )
        .service(
            resource("/api-clients/{client}/rotate")
                .route(get().to(api_clients::ask_rotation))
                .route(post().to(api_clients::rotate)),
        )
        .service(resource("/api-clients/{client}/drop-old-secret").route(post().to(api_clients::drop_old_secret)))
        .service(
            resource("/api-clients/{client}/revoke")
                .route(get().to(api_clients::confirm_revocation))
                .route(post().to(api_clients::revoke)),
        );
}

/// Orders that came back and were paid with coupons bought with points.
fn of_returns(cfg: &mut ServiceConfig) {
    cfg.service(resource("/returns").route(get().to(returns::index)))
        .service(
            resource("/returns/{case}/give-back")
                .route(get().to(returns::confirm_giving_back))
                .route(post().to(returns::give_back)),
        )
        .service(resource("/returns/{case}/keep").route(post().to(returns::keep)))
        .service(resource("/returns/{case}/reopen").route(post().to(returns::reopen)));
}

/// Changes of many customers at once.
fn of_bulk(cfg: &mut ServiceConfig) {
    let of = |rest: &str| resource(format!("/bulk/{{batch}}{rest}"));
    cfg.service(resource("/bulk").route(get().to(bulk::index)).route(post().to(bulk::upload)))
        .service(resource("/bulk/new").route(get().to(bulk::new_form)))
        .service(resource("/bulk/template.csv").route(get().to(bulk::template)))
        .service(of("").route(get().to(bulk::show)))
        .service(of("/progress").route(get().to(bulk::progress)))
        .service(of("/rows.csv").route(get().to(bulk::export)))
        .service(of("/check").route(post().to(bulk::check_again)))
        .service(of("/ask").route(post().to(bulk::ask)))
        .service(of("/decide").route(post().to(bulk::decide)))
        .service(of("/withdraw").route(post().to(bulk::withdraw)))
        .service(of("/run").route(post().to(bulk::run)))
        .service(of("/stop").route(post().to(bulk::stop)))
        .service(of("/continue").route(post().to(bulk::go_on)))
        .service(of("/reverse").route(get().to(bulk::confirm_reversal)).route(post().to(bulk::reverse)))
        .service(of("/discard").route(get().to(bulk::confirm_discarding)).route(post().to(bulk::discard)));
}

/// What the desk does day by day: birthdays, and adjustments that wait for a second person.
fn of_approvals(cfg: &mut ServiceConfig) {
    cfg.service(resource("/birthdays").route(get().to(birthdays::index)))
        .service(resource("/birthdays/{customer}/give").route(post().to(birthdays::give)))
        .service(resource("/approvals").route(get().to(approvals::index)))
        .service(resource("/approvals/{approval}").route(get().to(approvals::show)).route(post().to(approvals::decide)))
        .service(resource("/approvals/{approval}/withdraw").route(post().to(approvals::withdraw)));
}

/// What the shop sends as events, and the secrets with which it signs them.
fn of_inbox(cfg: &mut ServiceConfig) {
    cfg.service(resource("/inbox").route(get().to(inbox::index)))
        .service(resource("/inbox.csv").route(get().to(inbox::export)))
        .service(resource("/inbox/retry").route(post().to(inbox::retry_failed)))
        .service(resource("/inbox/set-up").route(get().to(inbox::set_up)))
        .service(resource("/inbox/set-up/{feed}").route(post().to(inbox::add_secret)))
        .service(
            resource("/inbox/set-up/{secret}/remove")
                .route(get().to(inbox::confirm_removal))
                .route(post().to(inbox::remove_secret)),
        )
        .service(resource("/inbox/{event}").route(get().to(inbox::show)))
        .service(resource("/inbox/{event}/retry").route(post().to(inbox::retry)));
}

/// Where the shop wants to be told what happens, and what is sent there.
fn of_webhooks(cfg: &mut ServiceConfig) {
    let of = |rest: &str| resource(format!("/webhooks/{{endpoint}}{rest}"));
    cfg.service(resource("/webhooks").route(get().to(webhooks::index)).route(post().to(webhooks::create)))
        .service(resource("/webhooks/new").route(get().to(webhooks::new_form)))
        .service(resource("/webhooks/deliveries.csv").route(get().to(webhooks::export)))
        .service(resource("/webhooks/deliveries").route(get().to(webhooks::list)))
        .service(of("").route(get().to(webhooks::show)).route(post().to(webhooks::save)))
        .service(of("/pause").route(post().to(webhooks::pause)))
        .service(of("/resume").route(post().to(webhooks::resume)))
        .service(of("/test").route(post().to(webhooks::test)))
        .service(of("/rotate").route(get().to(webhooks::confirm_rotation)).route(post().to(webhooks::rotate)))
        .service(of("/drop-old-secret").route(post().to(webhooks::drop_old_secret)))
        .service(of("/delete").route(get().to(webhooks::confirm_deletion)).route(post().to(webhooks::delete)))
        .service(of("/send-parked").route(get().to(webhooks::confirm_sending)).route(post().to(webhooks::send_parked)))
        .service(of("/events/{event}").route(get().to(webhooks::show_delivery)))
        .service(of("/events/{event}/again").route(post().to(webhooks::again)));
}

/// Whose tokens the shop's customers may bring.
fn of_customer_sign_in(cfg: &mut ServiceConfig) {
    let of = |rest: &str| resource(format!("/customer-sign-in/{{provider}}{rest}"));
    cfg.service(resource("/customer-sign-in").route(get().to(identity::index)).route(post().to(identity::create)))
        .service(resource("/customer-sign-in/new").route(get().to(identity::new_form)))
        .service(
            resource("/customer-sign-in/try").route(get().to(identity::try_form)).route(post().to(identity::try_out)),
        )
        .service(of("").route(get().to(identity::show)).route(post().to(identity::save)))
        .service(of("/enable").route(post().to(identity::enable)))
        .service(of("/disable").route(post().to(identity::disable)))
        .service(of("/refresh").route(post().to(identity::refresh)))
        .service(of("/remove").route(get().to(identity::confirm_removal)).route(post().to(identity::remove)));
}

/// Pages of what a tenant offers: options, rules, sites.
fn of_programme(cfg: &mut ServiceConfig) {
    cfg.service(resource("/options").route(get().to(options::index)).route(post().to(options::create)))
        .service(resource("/options.csv").route(get().to(options::export)))
        .service(resource("/options/new").route(get().to(options::new_form)))
        .service(resource("/options/preview").route(get().to(options::preview)))
        .service(resource("/options/{option}").route(get().to(options::show)).route(post().to(options::save)))
        .service(resource("/options/{option}/activate").route(post().to(options::activate)))
        .service(resource("/options/{option}/deactivate").route(post().to(options::deactivate)))
        .service(resource("/options/{option}/up").route(post().to(options::up)))
        .service(resource("/options/{option}/down").route(post().to(options::down)))
        .service(resource("/options/{option}/place").route(post().to(options::place)))
        .service(resource("/options/{option}/publish").route(post().to(options::publish)))
        .service(resource("/options/{option}/discard").route(post().to(options::discard)))
        .service(
            resource("/options/{option}/delete")
                .route(get().to(options::confirm_deletion))
                .route(post().to(options::delete)),
        )
        .service(resource("/options/{option}/restore").route(post().to(options::restore)))
        .configure(of_reasons)
        .service(resource("/rules").route(get().to(rules::index)))
        .service(resource("/rules/{site}").route(get().to(rules::show_rule)).route(post().to(rules::save)))
        .service(resource("/rules/{site}/example").route(get().to(rules::example)))
        .service(resource("/rules/{site}/publish").route(post().to(rules::publish)))
        .service(resource("/rules/{site}/discard").route(post().to(rules::discard)))
        .service(resource("/sites").route(get().to(sites::index)).route(post().to(sites::create)))
        .service(resource("/sites/new").route(get().to(sites::new_form)))
        .service(resource("/sites/{site}").route(get().to(sites::show)).route(post().to(sites::save)));
}

/// Why employees add and remove points.
fn of_reasons(cfg: &mut ServiceConfig) {
    cfg.service(resource("/reasons").route(get().to(reasons::index)).route(post().to(reasons::create)))
        .service(resource("/reasons/new").route(get().to(reasons::new_form)))
        .service(resource("/reasons/{reason}").route(get().to(reasons::show)).route(post().to(reasons::save)))
        .service(resource("/reasons/{reason}/archive").route(post().to(reasons::archive)))
        .service(resource("/reasons/{reason}/restore").route(post().to(reasons::restore)))
        .service(resource("/reasons/{reason}/up").route(post().to(reasons::up)))
        .service(resource("/reasons/{reason}/down").route(post().to(reasons::down)));
}

/// Coupons.
fn of_coupons(cfg: &mut ServiceConfig) {
    cfg.service(resource("/coupons").route(get().to(coupons::index)).route(post().to(coupons::create)))
        .service(resource("/coupons.csv").route(get().to(coupons::export)))
        .service(resource("/coupons/new").route(get().to(coupons::new_form)))
        .service(resource("/coupons/{code}").route(get().to(coupons::show)))
        .service(
            resource("/coupons/{code}/cancel")
                .route(get().to(coupons::confirm_cancelling))
                .route(post().to(coupons::cancel)),
        )
        .service(
            resource("/coupons/{code}/delete")
                .route(get().to(coupons::confirm_deletion))
                .route(post().to(coupons::delete)),
        )
        .service(
            resource("/coupons/{code}/uses/{use}/give-back")
                .route(get().to(coupons::confirm_giving_back))
                .route(post().to(coupons::give_back)),
        );
}

/// What can be done about a customer.
fn of_customer(cfg: &mut ServiceConfig) {
    cfg.service(resource("/open-account").route(get().to(customer::open_form)).route(post().to(customer::open_named)))
        .service(resource("/customers/{customer}").route(get().to(customer::show)))
        .service(resource("/customers/{customer}/statement").route(get().to(customer::show_statement)))
        .service(resource("/customers/{customer}/export.json").route(get().to(customer::export_file)))
        .service(resource("/customers/{customer}/history.csv").route(get().to(customer::export)))
        .service(resource("/customers/{customer}/adjust").route(post().to(customer::adjust)))
        .service(resource("/customers/{customer}/preview").route(get().to(customer::preview)))
        .service(resource("/customers/{customer}/person").route(post().to(customer::change_person)))
        .service(
            resource("/customers/{customer}/erase")
                .route(get().to(customer::confirm_erasing))
                .route(post().to(customer::erase)),
        )
        .service(resource("/customers/{customer}/open").route(post().to(customer::open)))
        .service(
            resource("/customers/{customer}/close")
                .route(get().to(customer::confirm_closing))
                .route(post().to(customer::close)),
        )
        .service(resource("/customers/{customer}/redeem").route(get().to(customer::options)))
        .service(
            resource("/customers/{customer}/redeem/{option}")
                .route(get().to(customer::confirm_redeeming))
                .route(post().to(customer::redeem)),
        )
        .service(resource("/customers/{customer}/entries/{entry}").route(get().to(customer::show_entry)))
        .service(
            resource("/customers/{customer}/entries/{entry}/undo")
                .route(get().to(customer::confirm_undoing))
                .route(post().to(customer::undo)),
        )
        .service(
            resource("/customers/{customer}/entries/{entry}/cancel")
                .route(get().to(customer::confirm_cancelling))
                .route(post().to(customer::cancel)),
        );
}
