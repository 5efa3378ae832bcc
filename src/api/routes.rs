//! The table of the API's routes: what is registered is what stands here, and the document is compared with it.

use std::collections::BTreeMap;

use actix_web::{
    FromRequest, Handler, HttpResponse, Responder, Route as ActixRoute,
    http::{Method, header},
    web::{self, ServiceConfig},
};
use serde_json::json;

/// One operation: a method on a path.
pub(super) struct Route {
    method: Method,
    path: &'static str,
    make: Box<dyn Fn() -> ActixRoute>,
}

macro_rules! methods {
    ($($(#[$doc:meta])* $name:ident => $method:ident;)+) => {$(
        $(#[$doc])*
        pub(super) fn $name<F, Args>(path: &'static str, handler: F) -> Route
        where
            F: Handler<Args>,
            Args: FromRequest + 'static,
            F::Output: Responder + 'static,
        {
            Route { method: Method::$method, path, make: Box::new(move || web::to(handler.clone())) }
        }
    )+};
}

methods! {
    /// `handler` answers GET.
    get => GET;
    /// `handler` answers POST.
    post => POST;
    /// `handler` answers PUT.
    put => PUT;
    /// `handler` answers PATCH.
    patch => PATCH;
    /// `handler` answers DELETE.
    delete => DELETE;
}

/// Registers the routes: those of one path together, in the order in which the paths first appear, so that a path with
/// a fixed segment stands before one with a parameter in its place. Other methods on a path get 405.
pub(super) fn register(cfg: &mut ServiceConfig, routes: &[Route]) {
    let mut paths: Vec<&'static str> = Vec::new();
    let mut by_path: BTreeMap<&'static str, Vec<&Route>> = BTreeMap::new();
    for route in routes {
        if !by_path.contains_key(route.path) {
            paths.push(route.path);
        }
        by_path.entry(route.path).or_default().push(route);
    }
    for path in paths {
        let routes = by_path.remove(path).unwrap_or_default();
        let allow: Vec<&str> = routes.iter().map(|route| route.method.as_str()).collect();
        let allow = allow.join(", ");
        let resource = routes
            .iter()
            .fold(web::resource(path), |resource, route| resource.route((route.make)().method(route.method.clone())));
        cfg.service(resource.default_service(web::to(move || {
            let allow = allow.clone();
            async move { method_not_allowed(&allow) }
        })));
    }
}

/// Method and path of each route, for comparing them with the document.
pub(super) fn list(routes: &[Route]) -> Vec<(String, &'static str)> {
    routes.iter().map(|route| (route.method.to_string(), route.path)).collect()
}

fn method_not_allowed(allow: &str) -> HttpResponse {
    let message = format!("This path takes {allow}.");
    HttpResponse::MethodNotAllowed()
        .insert_header((header::ALLOW, allow))
        .json(json!({ "status": 405, "type": "method_not_allowed", "message": message }))
}
