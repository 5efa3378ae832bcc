//! The table of the API's routes: what is registered is what stands here, and the document is compared with it.

use std::collections::BTreeMap;

use actix_web::{
    FromRequest, Handler, HttpResponse, Resource, Responder, Route as ActixRoute, Scope,
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

/// Stands in paths for the tenant that they name.
const TENANT: &str = "/{tenant}";

/// Registers the routes: those of one path together, in the order in which the paths first appear, so that a path with
/// a fixed segment stands before one with a parameter in its place. What lies below one tenant's address comes last and
/// together, so that its beginning is matched once. Other methods on a path get 405.
pub(super) fn register(cfg: &mut ServiceConfig, routes: &[Route]) {
    let mut below_tenant: BTreeMap<&'static str, Vec<Resource>> = BTreeMap::new();
    for (path, routes) in by_path(routes) {
        match path.split_once(TENANT) {
            Some((service, rest)) => below_tenant.entry(service).or_default().push(resource(rest, &routes)),
            None => {
                cfg.service(resource(path, &routes));
            }
        }
    }
    for (service, resources) in below_tenant {
        cfg.service(resources.into_iter().fold(web::scope(&format!("{service}{TENANT}")), Scope::service));
    }
}

fn by_path(routes: &[Route]) -> Vec<(&'static str, Vec<&Route>)> {
    let mut paths: Vec<(&'static str, Vec<&Route>)> = Vec::new();
    for route in routes {
        match paths.iter_mut().find(|(path, _)| *path == route.path) {
            Some((_, known)) => known.push(route),
            None => paths.push((route.path, vec![route])),
        }
    }
    paths
}

fn resource(path: &str, routes: &[&Route]) -> Resource {
    let allow: Vec<&str> = routes.iter().map(|route| route.method.as_str()).collect();
    let allow = allow.join(", ");
    routes
        .iter()
        .fold(web::resource(path), |resource, route| resource.route((route.make)().method(route.method.clone())))
        .default_service(web::to(move || {
            let allow = allow.clone();
            async move { method_not_allowed(&allow) }
        }))
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
