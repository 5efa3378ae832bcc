//! Makes of an OpenAPI document what the page shows.

use serde_json::{Map, Value, json};

/// Schemas within schemas, at most: no description is deeper, and one that holds itself would have no end.
const DEPTH_MAX: usize = 8;
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// What the page shows.
pub(super) struct Documentation {
    pub(super) title: String,
    pub(super) version: String,
    pub(super) introduction: Vec<Text>,
    pub(super) groups: Vec<Group>,
}

/// A paragraph.
pub(super) struct Text(pub(super) Vec<Piece>);

/// A part of a paragraph.
pub(super) enum Piece {
    Plain(String),
    Code(String),
    Strong(String),
}

/// Operations that belong together.
pub(super) struct Group {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) about: Vec<Text>,
    pub(super) operations: Vec<Operation>,
}

/// A method on a path.
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) summary: String,
    pub(super) about: Vec<Text>,
    pub(super) needs: Vec<Need>,
    pub(super) parameters: Vec<Field>,
    pub(super) body: Option<Body>,
    pub(super) answers: Vec<Answer>,
}

/// A token that will do.
pub(super) struct Need {
    pub(super) token: String,
    pub(super) scopes: Vec<String>,
}

/// A parameter, or a field of a body.
pub(super) struct Field {
    pub(super) name: String,
    /// `path`, `query` or `header`; empty for fields of bodies.
    pub(super) place: String,
    pub(super) kind: String,
    pub(super) required: bool,
    pub(super) about: Vec<Text>,
}

/// A body that is sent or answered.
pub(super) struct Body {
    pub(super) content_type: String,
    pub(super) fields: Vec<Field>,
    pub(super) example: String,
}

/// What is answered with a status.
pub(super) struct Answer {
    pub(super) status: String,
    pub(super) is_error: bool,
    pub(super) about: Vec<Text>,
    pub(super) body: Option<Body>,
}

impl Documentation {
    /// What `document` says.
    pub(super) fn of(document: &Value) -> Self {
        let reader = Reader { document };
        let tags = document.get("tags").and_then(Value::as_array).into_iter().flatten();
        let groups = tags.enumerate().map(|(place, tag)| reader.group(place, tag));
        Self {
            title: text(document, "/info/title"),
            version: text(document, "/info/version"),
            introduction: paragraphs(&text(document, "/info/description")),
            groups: groups.filter(|group| !group.operations.is_empty()).collect(),
        }
    }
}

fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The paragraphs of a text in which backticks mark code and double asterisks what is strong.
fn paragraphs(text: &str) -> Vec<Text> {
    text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()).map(pieces).collect()
}

fn pieces(paragraph: &str) -> Text {
    let mut pieces = Vec::new();
    for (place, part) in paragraph.split('`').enumerate() {
        if place % 2 == 1 {
            pieces.push(Piece::Code(part.to_owned()));
            continue;
        }
        for (place, part) in part.split("**").enumerate() {
            match part {
                "" => {}
                part if place % 2 == 1 => pieces.push(Piece::Strong(part.to_owned())),
                part => pieces.push(Piece::Plain(part.to_owned())),
            }
        }
    }
    Text(pieces)
}

struct Reader<'a> {
    document: &'a Value,
}

impl<'a> Reader<'a> {
    fn group(&self, place: usize, tag: &Value) -> Group {
        let name = text(tag, "/name");
        let paths = self.document.get("paths").and_then(Value::as_object).into_iter().flatten();
        let operations = paths.flat_map(|(path, item)| METHODS.iter().map(move |method| (path, item, *method)));
        let operations = operations.filter_map(|(path, item, method)| {
            let operation = item.get(method)?;
            let tags = operation.get("tags").and_then(Value::as_array)?;
            tags.iter().any(|tag| tag == name.as_str()).then(|| self.operation(path, method, operation))
        });
        let operations = operations.collect();
        let about = paragraphs(&text(tag, "/description"));
        Group { id: format!("group-{place}"), name, about, operations }
    }

    fn operation(&self, path: &str, method: &str, operation: &Value) -> Operation {
        let parameters = operation.get("parameters").and_then(Value::as_array).into_iter().flatten();
        let responses = operation.get("responses").and_then(Value::as_object).into_iter().flatten();
        let needs = operation.get("security").and_then(Value::as_array).into_iter().flatten();
        Operation {
            id: text(operation, "/operationId"),
            method: method.to_uppercase(),
            path: path.to_owned(),
            summary: text(operation, "/summary"),
            about: paragraphs(&text(operation, "/description")),
            needs: needs.filter_map(|need| self.need(need)).collect(),
            parameters: parameters.map(|parameter| self.parameter(parameter)).collect(),
            body: operation.get("requestBody").and_then(|body| self.body(body)),
            answers: responses.map(|(status, response)| self.answer(status, response)).collect(),
        }
    }

    fn need(&self, need: &Value) -> Option<Need> {
        let (scheme, scopes) = need.as_object()?.iter().next()?;
        let pointer = format!("/components/securitySchemes/{scheme}/description");
        let scopes = scopes.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
        let about = text(self.document, &pointer);
        Some(Need { token: about.trim_end_matches('.').to_owned(), scopes: scopes.collect() })
    }

    fn parameter(&self, parameter: &Value) -> Field {
        let schema = parameter.get("schema").unwrap_or(&Value::Null);
        Field {
            name: text(parameter, "/name"),
            place: text(parameter, "/in"),
            kind: self.kind(schema),
            required: parameter.get("required").and_then(Value::as_bool).unwrap_or_default(),
            about: paragraphs(&text(parameter, "/description")),
        }
    }

    fn answer(&self, status: &str, response: &Value) -> Answer {
        Answer {
            status: status.to_owned(),
            is_error: !status.starts_with('2'),
            about: paragraphs(&text(response, "/description")),
            body: self.body(response),
        }
    }

    /// The body that `holder` describes under `content`.
    fn body(&self, holder: &Value) -> Option<Body> {
        let (content_type, content) = holder.get("content")?.as_object()?.iter().next()?;
        let schema = content.get("schema").unwrap_or(&Value::Null);
        let mut fields = Vec::new();
        self.fields(schema, "", 0, &mut fields);
        let example = content.get("example").cloned().unwrap_or_else(|| self.example(schema, 0));
        let example = if content_type == "application/x-www-form-urlencoded" {
            form(&example)
        } else {
            serde_json::to_string_pretty(&example).unwrap_or_default()
        };
        Some(Body { content_type: content_type.clone(), fields, example })
    }

    /// The schema itself, where one is meant that stands elsewhere, or one that may also be null.
    fn resolve(&self, schema: &'a Value) -> &'a Value {
        let mut schema = schema;
        for _ in 0..DEPTH_MAX {
            if let Some(elsewhere) = schema.get("$ref").and_then(Value::as_str) {
                let pointer = elsewhere.trim_start_matches('#');
                schema = self.document.pointer(pointer).unwrap_or(&Value::Null);
                continue;
            }
            let choices = schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array);
            let chosen = choices.and_then(|all| all.iter().find(|one| one.get("type") != Some(&json!("null"))));
            match chosen {
                Some(chosen) => schema = chosen,
                None => break,
            }
        }
        schema
    }

    /// The schemas that an object consists of.
    fn parts(&self, schema: &'a Value) -> Vec<&'a Value> {
        let schema = self.resolve(schema);
        match schema.get("allOf").and_then(Value::as_array) {
            Some(all) => all.iter().map(|part| self.resolve(part)).collect(),
            None => vec![schema],
        }
    }

    fn fields(&self, schema: &'a Value, prefix: &str, depth: usize, found: &mut Vec<Field>) {
        if depth > DEPTH_MAX {
            return;
        }
        if let Some(items) = self.resolve(schema).get("items") {
            return self.fields(items, &format!("{prefix}[]"), depth + 1, found);
        }
        for part in self.parts(schema) {
            let required: Vec<&str> = part
                .get("required")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            for (name, property) in part.get("properties").and_then(Value::as_object).into_iter().flatten() {
                let dot = if prefix.is_empty() { "" } else { "." };
                let full = format!("{prefix}{dot}{name}");
                // What is said where the field stands counts before what is said of its schema.
                let own = text(property, "/description");
                let about = if own.is_empty() { text(self.resolve(property), "/description") } else { own };
                found.push(Field {
                    name: full.clone(),
                    place: String::new(),
                    kind: self.kind(property),
                    required: required.contains(&name.as_str()),
                    about: paragraphs(&about),
                });
                self.fields(property, &full, depth + 1, found);
            }
        }
    }

    /// `string`, `integer`, `array of object` and the like, with what limits them.
    fn kind(&self, schema: &'a Value) -> String {
        let schema = self.resolve(schema);
        let mut kind = match schema.get("type") {
            Some(Value::String(kind)) => kind.clone(),
            Some(Value::Array(kinds)) => {
                kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("any").to_owned()
            }
            _ if schema.get("properties").or_else(|| schema.get("allOf")).is_some() => "object".to_owned(),
            _ => "any".to_owned(),
        };
        if let Some(items) = schema.get("items") {
            kind = format!("array of {}", self.kind(items));
        }
        let limit = |name: &str| schema.get(name).map(ToString::to_string);
        match (text(schema, "/format").as_str(), limit("minimum"), limit("maximum"), limit("maxLength")) {
            ("date-time", ..) => kind + ", a time",
            (_, Some(least), Some(most), _) => format!("{kind}, {least} to {most}"),
            (_, Some(least), None, _) => format!("{kind}, at least {least}"),
            (.., Some(most)) => format!("{kind}, up to {most} characters"),
            _ => kind,
        }
    }

    /// A value that fits the schema: its example, or one made of those of its parts.
    fn example(&self, schema: &'a Value, depth: usize) -> Value {
        let given = |schema: &Value| schema.get("example").or_else(|| schema.pointer("/examples/0")).cloned();
        if let Some(given) = given(schema).or_else(|| given(self.resolve(schema))) {
            return given;
        }
        let resolved = self.resolve(schema);
        if depth > DEPTH_MAX {
            return Value::Null;
        }
        if let Some(items) = resolved.get("items") {
            return Value::Array(vec![self.example(items, depth + 1)]);
        }
        let mut map = Map::new();
        for part in self.parts(schema) {
            for (name, property) in part.get("properties").and_then(Value::as_object).into_iter().flatten() {
                map.insert(name.clone(), self.example(property, depth + 1));
            }
        }
        let kind = self.kind(schema);
        match kind.split(',').next().unwrap_or_default() {
            _ if !map.is_empty() => Value::Object(map),
            "object" => json!({}),
            "string" if text(resolved, "/format") == "date-time" => json!("2027-01-31T23:59:59.000+00:00"),
            "string" => json!("..."),
            "integer" | "number" => json!(0),
            "boolean" => json!(false),
            _ => Value::Null,
        }
    }
}

/// An example as a form.
fn form(example: &Value) -> String {
    let fields = example.as_object().into_iter().flatten();
    let fields: Vec<String> =
        fields.map(|(name, value)| format!("{name}={}", value.as_str().unwrap_or_default())).collect();
    fields.join("&")
}
