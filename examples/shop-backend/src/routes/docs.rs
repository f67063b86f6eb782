//! A page of all that can be asked, made of the OpenAPI document; it asks no other server for anything.

use std::fmt::Write as _;

use repurchase::segment::LabelKind;
use repurchase::shop::{Activity, Amount, Figure};
use serde_json::{Map, Value};
use utoipa::openapi::OpenApi;

const METHODS: [&str; 4] = ["get", "post", "put", "delete"];
const HEAD: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
    <meta name=\"color-scheme\" content=\"light dark\"><title>Shop backend</title><style>body{font:16px/1.5 system-ui;max-width:60rem;\
    margin:2rem auto;padding:0 1rem}code,pre{background:#8882;padding:.1em .3em;font-size:.95em}pre{padding:.6em;overflow-x:auto}\
    h2{margin-top:2.2em;font-size:1.1rem}table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;\
    padding:.3em .6em .3em 0;border-bottom:1px solid #8884}td:first-child{white-space:nowrap}</style>";

/// Every route with its parameters, bodies, examples and answers; then the rules; then the shapes.
pub(super) fn page(document: &OpenApi) -> String {
    let document = serde_json::to_value(document).unwrap_or_default();
    let mut page = String::from(HEAD);
    page += "<h1>Shop backend</h1><p>Send the token as <code>Authorization: Bearer ...</code>; a browser \
             <a href=\"/sign-in\">signs in</a>. <code>lang=en</code> or <code>lang=zh</code> in any query string says in which \
             language. What is refused says which field, what was found and what was expected. \
             <a href=\"#rules\">Rules</a>, <a href=\"#shapes\">shapes</a>, <a href=\"/openapi.json\">openapi.json</a>.</p>";
    for (path, item) in object(&document["paths"]) {
        for method in METHODS {
            if let Some(operation) = item.get(method) {
                route(&mut page, &document, method, path, operation);
            }
        }
    }
    rules(&mut page);
    page += "<h1 id=\"shapes\">Shapes</h1>";
    for (name, schema) in object(&document["components"]["schemas"]) {
        shape(&mut page, name, schema);
    }
    page + "</html>"
}

// Writing to a string does not fail.
fn route(page: &mut String, document: &Value, method: &str, path: &str, operation: &Value) {
    let summary = [text(&operation["summary"]), text(&operation["description"])];
    let _ = write!(page, "<h2><code>{} {}</code></h2>", method.to_uppercase(), escaped(path));
    summary.iter().filter(|text| !text.is_empty()).for_each(|text| {
        let _ = write!(page, "<p>{}</p>", escaped(text));
    });
    let parameters = list(&operation["parameters"]);
    if !parameters.is_empty() {
        *page += "<table><tr><th>parameter<th>what it is<th>example</tr>";
        for parameter in parameters {
            let schema = &parameter["schema"];
            let required = if parameter["required"] == true { "" } else { ", optional" };
            let example = [&parameter["example"], &schema["example"], &schema["default"]];
            let example = example.into_iter().find(|value| !value.is_null()).map(shown).unwrap_or_default();
            let (name, kind, what) = (text(&parameter["name"]), kind(schema), text(&parameter["description"]));
            let what = escaped(what);
            let _ =
                write!(page, "<tr><td><code>{name}</code><td>{what} ({kind}{required})<td>{}</tr>", escaped(&example));
        }
        *page += "</table>";
    }
    for (media, content) in object(&operation["requestBody"]["content"]) {
        let schema = &content["schema"];
        let example =
            if content["example"].is_null() { example(document, schema, 0) } else { content["example"].clone() };
        let example = serde_json::to_string_pretty(&example).unwrap_or_default();
        let _ = write!(page, "<p>Body, {media}: {}. For example</p><pre>{}</pre>", kind(schema), escaped(&example));
    }
    let answers = object(&operation["responses"]).filter(|(status, _)| status.starts_with('2'));
    for (status, answer) in answers {
        let _ = write!(page, "<p>Answers {status} {}", escaped(text(&answer["description"])));
        for (media, content) in object(&answer["content"]) {
            let _ = write!(page, " {media}: {}", kind(&content["schema"]));
        }
        *page += "</p>";
    }
}

/// What a rule can say: the words are the library's.
fn rules(page: &mut String) {
    let keys = |keys: &mut dyn Iterator<Item = (&str, &str)>| {
        keys.map(|(key, name)| format!("<code>{key}</code> ({name})")).collect::<Vec<_>>().join(", ")
    };
    let label =
        |label: &'static repurchase::scale::Label| (label.key(), label.name(repurchase::scale::Language::English));
    let figures = keys(&mut Figure::ALL.iter().map(|figure| label(figure.label())));
    let amounts = keys(&mut Amount::ALL.iter().map(|amount| label(amount.label())));
    let labels = keys(&mut LabelKind::ALL.iter().map(|kind| label(kind.label())));
    let activities = keys(&mut Activity::ALL.iter().map(|activity| label(activity.label())));
    let grammar = "rule       = {\"all\": [rule, ...]} | {\"any\": [rule, ...]} | {\"not\": rule} | condition\n\
                   condition  = {field: test} | {\"tag\": text}\n           \
                   | {\"attribute\": {\"name\": text, comparison}}\n           \
                   | {\"days_since\": {\"activity\": activity, \"category\": text, comparison}}, category if any\n\
                   test       = value, which means {\"=\": value} | {comparison}\n\
                   comparison = \"=\" | \"!=\" | \"<\" | \"<=\" | \">\" | \">=\": value\n           \
                   | \"between\": [number, number] | \"in\": [value, ...] | \"exists\": true or false";
    let _ = write!(
        page,
        "<h1 id=\"rules\">Rules</h1><pre>{}</pre><p>Fields that are numbers: {figures}.</p><p>Amounts of money, best written \
         as texts: {amounts}.</p><p>Labels, by their keys: {labels}; GET /segments lists the shop's.</p>\
         <p>Activities: {activities}.</p><p>Tags and attributes are those that GET /traits lists, activities those of POST /activities. \
         <code>probability_first_purchase</code> is of visitors, whom GET /visitors ranks: a rule that names it is asked of these, \
         and not of customers who have bought. A field that the shop does not supply is refused by its name. Of a customer of \
         whom something is not known, a comparison is neither true nor false; such customers are not selected, and \
         counted where that decides.</p><p>Lost after having been good:</p><pre>{}</pre>",
        escaped(grammar),
        escaped(
            "{\"all\": [{\"tier\": {\"in\": [\"vip\", \"supreme\"]}}, {\"days_since_last\": {\">=\": 60}}, {\"not\": {\"tag\": \"employee\"}}]}"
        )
    );
}

fn shape(page: &mut String, name: &str, schema: &Value) {
    let _ = write!(page, "<h2 id=\"{name}\">{name}</h2>");
    if !text(&schema["description"]).is_empty() {
        let _ = write!(page, "<p>{}</p>", escaped(text(&schema["description"])));
    }
    let properties: Vec<_> = object(&schema["properties"]).collect();
    if properties.is_empty() {
        let _ = write!(page, "<p>{}</p>", kind(schema));
        return;
    }
    let required = list(&schema["required"]);
    *page += "<table><tr><th>field<th>what it is<th>example</tr>";
    for (field, schema) in properties {
        let optional = if required.iter().any(|name| name == field) { "" } else { ", optional" };
        let (what, kind) = (escaped(text(&schema["description"])), kind(schema));
        let example = if schema["example"].is_null() { String::new() } else { shown(&schema["example"]) };
        let _ = write!(page, "<tr><td><code>{field}</code><td>{what} ({kind}{optional})<td>{}</tr>", escaped(&example));
    }
    *page += "</table>";
}

/// The kind of a value, in a word or a link.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|place| place.rsplit('/').next()) {
        return format!("<a href=\"#{name}\">{name}</a>");
    }
    for key in ["oneOf", "anyOf", "allOf"] {
        let kinds: Vec<_> = list(&schema[key]).iter().map(kind).collect();
        if !kinds.is_empty() {
            return kinds.join(" or ");
        }
    }
    let words = list(&schema["enum"]).iter().map(shown).collect::<Vec<_>>().join(", ");
    if !words.is_empty() {
        return format!("one of {}", escaped(&words));
    }
    let of = |kind: &str| match kind {
        "array" => format!("list of {}", self::kind(&schema["items"])),
        kind => schema["format"].as_str().unwrap_or(kind).to_owned(),
    };
    match &schema["type"] {
        Value::String(kind) => of(kind),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).map(of).collect::<Vec<_>>().join(" or "),
        _ => "any".to_owned(),
    }
}

/// A body that fits: the examples of its fields.
fn example(document: &Value, schema: &Value, depth: usize) -> Value {
    if !schema["example"].is_null() || depth > 4 {
        return schema["example"].clone();
    }
    if let Some(name) = schema["$ref"].as_str().and_then(|place| place.rsplit('/').next()) {
        return example(document, &document["components"]["schemas"][name], depth + 1);
    }
    if let Some(first) = ["oneOf", "anyOf", "allOf"].iter().find_map(|key| schema[*key].as_array()?.first()) {
        return example(document, first, depth + 1);
    }
    if !schema["items"].is_null() {
        return Value::Array(vec![example(document, &schema["items"], depth + 1)]);
    }
    if let Some(word) = list(&schema["enum"]).first() {
        return word.clone();
    }
    let fields =
        object(&schema["properties"]).map(|(field, schema)| (field.clone(), example(document, schema, depth + 1)));
    let fields: Map<String, Value> = fields.filter(|(_, value)| !value.is_null()).collect();
    if fields.is_empty() { Value::Null } else { Value::Object(fields) }
}

fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A text as it is, another value as JSON.
fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
