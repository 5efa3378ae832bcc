//! The document of the API: what it says is there, and what is there it says.

use std::{collections::BTreeSet, sync::Arc};

use guerdon::{api, app::App, config::Settings};
use reqwest::Method;
use serde_json::{Map, Value};

use crate::{
    common::on_both,
    shop::{ALL, Shop, header, read},
};

/// Method, path and description of every operation in the document.
fn described() -> Vec<(String, &'static str, &'static Map<String, Value>)> {
    let paths = api::document()["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().iter().filter(|(_, operation)| operation.get("responses").is_some());
        methods.map(move |(method, operation)| (method.to_uppercase(), path.as_str(), operation.as_object().unwrap()))
    });
    operations.collect()
}

#[test]
fn every_route_is_in_the_document_and_the_reverse() {
    let registered: BTreeSet<(String, &str)> = api::operations().into_iter().collect();
    let described: BTreeSet<(String, &str)> = described().into_iter().map(|(method, path, _)| (method, path)).collect();
    assert_eq!(registered.difference(&described).collect::<Vec<_>>(), Vec::<&(String, &str)>::new(), "not described");
    assert_eq!(described.difference(&registered).collect::<Vec<_>>(), Vec::<&(String, &str)>::new(), "not registered");
    assert!(registered.len() > 30, "{registered:?}");
}

#[test]
fn every_operation_is_described_in_full() {
    let tags: Vec<&str> =
        api::document()["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    let mut ids = BTreeSet::new();
    for (method, path, operation) in described() {
        let case = format!("{method} {path}");
        assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{case}: its id is another's");
        assert!(!operation["summary"].as_str().unwrap_or_default().is_empty(), "{case}: no summary");
        let own: Vec<&str> = operation["tags"].as_array().unwrap().iter().map(|tag| tag.as_str().unwrap()).collect();
        assert!(own.len() == 1 && own.iter().all(|tag| tags.contains(tag)), "{case}: {own:?}");
        let parameters = operation.get("parameters").and_then(Value::as_array).cloned().unwrap_or_default();
        let in_path: BTreeSet<&str> =
            parameters.iter().filter(|one| one["in"] == "path").map(|one| one["name"].as_str().unwrap()).collect();
        let in_template: BTreeSet<&str> =
            path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}')).collect();
        assert_eq!(in_path, in_template, "{case}");
        for parameter in &parameters {
            assert!(parameter["description"].as_str().is_some_and(|text| !text.is_empty()), "{case}: {parameter}");
        }
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with('2')), "{case}: no success");
        assert!(responses.contains_key("500"), "{case}: no 500");
        for (status, response) in responses {
            assert!(response["description"].as_str().is_some_and(|text| !text.is_empty()), "{case} {status}");
            for (kind, content) in response.get("content").and_then(Value::as_object).into_iter().flatten() {
                assert_eq!(kind, "application/json", "{case} {status}");
                assert!(content.get("schema").is_some(), "{case} {status}");
            }
            if status.starts_with('4') && status != "404" {
                assert!(response.get("content").is_some(), "{case} {status} tells no body");
            }
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn walk(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(map) => {
                for (name, value) in map {
                    match value.as_str() {
                        Some(target) if name == "$ref" => found.push(target.to_owned()),
                        _ => walk(value, found),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, found)),
            _ => {}
        }
    }
    let mut references = Vec::new();
    walk(api::document(), &mut references);
    assert!(references.len() > 50);
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(api::document().pointer(pointer).is_some(), "{reference}");
    }
    let schemes = api::document()["components"]["securitySchemes"].as_object().unwrap();
    for (method, path, operation) in described() {
        for need in operation.get("security").and_then(Value::as_array).into_iter().flatten() {
            for (scheme, scopes) in need.as_object().unwrap() {
                let known = &schemes[scheme]["flows"]["clientCredentials"]["scopes"];
                for scope in scopes.as_array().unwrap() {
                    assert!(known.get(scope.as_str().unwrap()).is_some(), "{method} {path}: {scope}");
                }
            }
        }
    }
}

on_both! {
    async fn the_examples_of_bodies_are_taken(app, _clock) {
        let shop = Shop::open(app).await;
        let token = shop.token(ALL).await;
        let mut tried = 0;
        for (method, path, operation) in described() {
            let example = operation.get("requestBody").and_then(|body| body.pointer("/content/application~1json/example"));
            if let (Some(example), "POST") = (example, method.as_str()) {
                let answer = shop.post(&path.replace("{tenant}", "acme"), &token, example.to_string()).await;
                let (status, answer) = (answer.status().as_u16(), answer.text().await.unwrap());
                assert_eq!(status, 200, "{path}: {answer}");
                tried += 1;
            }
        }
        assert_eq!(tried, 3);
    }

    async fn the_document_names_the_public_address(app, _clock) {
        let read_it = async |app: &App| {
            let shop = Shop::serve(app);
            read(shop.request(Method::GET, "/openapi.json").send().await.unwrap()).await.1["servers"][0]["url"].clone()
        };
        assert_eq!(read_it(app).await, "/");
        let url = Some("https://points.example.com/".to_owned());
        let settings = Settings { public_url: url, ..app.settings.as_ref().clone() };
        assert_eq!(read_it(&App { settings: Arc::new(settings), ..app.clone() }).await, "https://points.example.com");
    }

    async fn every_described_operation_is_served(app, _clock) {
        let shop = Shop::open(app).await;
        for (method, path, operation) in described() {
            let address = path.replace("{tenant}", "acme").replace(['{', '}'], "");
            let answer = shop.request(Method::from_bytes(method.as_bytes()).unwrap(), &address).send().await.unwrap();
            let status = answer.status().as_u16();
            assert_ne!(status, 405, "{method} {path}");
            let body = answer.text().await.unwrap();
            assert!(!body.contains("There is nothing at this path."), "{method} {path}: {body}");
            assert!(operation["responses"].get(status.to_string()).is_some(), "{method} {path} answers {status}: {body}");
        }
    }

    async fn the_document_and_its_page_come_from_here(app, _clock) {
        let shop = Shop::open(app).await;
        let answer = shop.request(Method::GET, "/openapi.json").send().await.unwrap();
        assert_eq!(header(&answer, "content-type"), Some("application/json"));
        assert_eq!(read(answer).await, (200, api::document().clone()));
        let answer = shop.request(Method::GET, "/docs/api").send().await.unwrap();
        assert_eq!((answer.status().as_u16(), header(&answer, "content-type")), (200, Some("text/html; charset=utf-8")));
        assert!(header(&answer, "content-security-policy").unwrap().contains("default-src 'none'"));
        let page = answer.text().await.unwrap();
        let html = scraper::Html::parse_document(&page);
        let select = |text: &str| scraper::Selector::parse(text).unwrap();
        assert_eq!(html.select(&select("script, style, [style], [onclick]")).count(), 0);
        for element in html.select(&select("[src], [href]")) {
            let address = element.attr("src").or(element.attr("href")).unwrap();
            assert!(address.starts_with(['/', '#']) && !address.starts_with("//"), "{address}");
        }
        let titles: Vec<String> = html.select(&select("article h3")).map(|title| title.text().collect()).collect();
        for (_, path, operation) in described() {
            assert!(titles.iter().any(|title| title == operation["summary"].as_str().unwrap()), "{path}");
            assert!(page.contains(path), "{path}");
        }
        for text in ["about:blank", "rewardspoints.rewardpoints_manage", "allPointsAfterCreation", "Idempotency-Key"] {
            assert!(page.contains(text), "{text}");
        }
    }
}
