//! An answer, and the rules every page keeps.

use std::collections::BTreeSet;

use axum::http::{HeaderMap, Method, StatusCode};
use dom_query::{Document, Selection};

use crate::routes;

/// An answer of the program.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) path: String,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Page {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Where a redirect leads.
    pub(crate) fn location(&self) -> String {
        self.header("location").to_owned()
    }

    pub(crate) fn html(&self) -> String {
        String::from_utf8(self.bytes.clone()).unwrap()
    }

    pub(crate) fn document(&self) -> Document {
        Document::from(self.html())
    }

    /// The visible text of `<main>`, one space between words.
    pub(crate) fn text(&self) -> String {
        words(&self.document().select("main").text())
    }

    /// The texts of every element a selector finds.
    pub(crate) fn texts(&self, selector: &str) -> Vec<String> {
        self.document().select(selector).iter().map(|it| words(&it.text())).collect()
    }

    /// The value of the first field of that name.
    pub(crate) fn value_of(&self, name: &str) -> String {
        let document = self.document();
        let field = document.select(&format!("main [name={name}], [name={name}]")).first();
        match field.attr("value") {
            Some(value) => value.to_string(),
            None => field.text().to_string(),
        }
    }

    /// The address of the first link whose text contains `words`.
    pub(crate) fn link(&self, words: &str) -> String {
        let document = self.document();
        let links = document.select("a[href]");
        let link = links.iter().find(|it| it.text().contains(words));
        link.unwrap_or_else(|| panic!("no link {words:?} in {}", self.path)).attr("href").unwrap().to_string()
    }

    /// The addresses of all links of `<main>`.
    pub(crate) fn links(&self) -> Vec<String> {
        let document = self.document();
        document.select("main a[href]").iter().filter_map(|it| it.attr("href")).map(|it| it.to_string()).collect()
    }

    /// The same page, after it has shown that it is in order.
    pub(crate) fn checked(self) -> Page {
        let document = self.document();
        let mut faults = Vec::new();
        check_head(&document, &mut faults);
        check_fields(&document, &mut faults);
        check_forms(&document, &mut faults);
        check_links(&document, &mut faults);
        check_ids(&document, &mut faults);
        check_policy(&document, &mut faults);
        check_words(&document, &mut faults);
        assert!(faults.is_empty(), "{} {}:\n  {}", self.status, self.path, faults.join("\n  "));
        self
    }
}

fn check_head(document: &Document, faults: &mut Vec<String>) {
    if document.select("html").attr("lang").as_deref() != Some("zh-CN") {
        faults.push("html needs lang=zh-CN".into());
    }
    let headings = document.select("h1");
    if headings.length() != 1 {
        faults.push(format!("one h1, not {}", headings.length()));
    }
    let (title, heading) = (words(&document.select("title").text()), words(&headings.text()));
    if !title.starts_with(&heading) || heading.is_empty() {
        faults.push(format!("the title {title:?} begins with the h1 {heading:?}"));
    }
    if document.select("main").length() != 1 {
        faults.push("one main".into());
    }
}

fn check_fields(document: &Document, faults: &mut Vec<String>) {
    for field in document.select("input, select, textarea").iter() {
        let kind = attr(&field, "type");
        if ["hidden", "submit", "button"].contains(&kind.as_str()) {
            continue;
        }
        let id = attr(&field, "id");
        let has_label = document.select("label").iter().any(|it| !id.is_empty() && attr(&it, "for") == id)
            || field.parent().is("label")
            || !attr(&field, "aria-label").is_empty();
        if !has_label {
            faults.push(format!("a field without a label: {}", field.html()));
        }
    }
    for button in document.select("button, summary").iter() {
        if words(&button.text()).is_empty() && attr(&button, "aria-label").is_empty() {
            faults.push(format!("a button without a word: {}", button.html()));
        }
    }
    for cell in document.select("img, svg[role=img]").iter() {
        if cell.attr("alt").is_none() && attr(&cell, "aria-label").is_empty() {
            faults.push(format!("a picture without words: {}", cell.html()));
        }
    }
}

fn check_forms(document: &Document, faults: &mut Vec<String>) {
    for form in document.select("form").iter() {
        let (action, method) = (form.attr("action"), attr(&form, "method").to_lowercase());
        if method == "dialog" {
            continue;
        }
        let Some(action) = action.filter(|it| !it.is_empty()) else {
            faults.push(format!("a form without an action: {}", form.html()));
            continue;
        };
        let verb = if method == "post" { Method::POST } else { Method::GET };
        if routes::access_of(&verb, &action).is_none() {
            faults.push(format!("a form to {verb} {action}, which is not in the list of routes"));
        }
        if method == "post" && attr(&form.select("[name=token]"), "value").is_empty() {
            faults.push(format!("a form without a token: {action}"));
        }
        let is_upload = attr(&form, "enctype") == "multipart/form-data";
        if form.select("input[type=file]").exists() && method == "post" && !is_upload {
            faults.push(format!("a form with a file needs enctype=\"multipart/form-data\": {action}"));
        }
    }
}

fn check_links(document: &Document, faults: &mut Vec<String>) {
    for link in document.select("a").iter() {
        let href = attr(&link, "href");
        if words(&link.text()).is_empty() && attr(&link, "aria-label").is_empty() {
            faults.push(format!("a link without a word: {href}"));
        }
        if let Some(id) = href.strip_prefix('#') {
            if id.is_empty() || !document.select("[id]").iter().any(|it| attr(&it, "id") == id) {
                faults.push(format!("a link to nowhere on the page: {href}"));
            }
        } else if href.starts_with('/') {
            if routes::access_of(&Method::GET, &href).is_none() {
                faults.push(format!("a link to {href}, which is not in the list of routes"));
            }
        } else if !["https://", "http://", "mailto:", "tel:", "webcal://", "?"].iter().any(|it| href.starts_with(it)) {
            faults.push(format!("a link to {href:?}"));
        }
    }
}

fn check_ids(document: &Document, faults: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for element in document.select("[id]").iter() {
        let id = attr(&element, "id");
        if !seen.insert(id.clone()) {
            faults.push(format!("the id {id} twice"));
        }
    }
    for name in ["aria-describedby", "aria-labelledby", "for"] {
        for element in document.select(&format!("[{name}]")).iter() {
            for id in attr(&element, name).split_whitespace().filter(|id| !seen.contains(*id)) {
                faults.push(format!("{name} names {id}, which is not there"));
            }
        }
    }
}

fn check_policy(document: &Document, faults: &mut Vec<String>) {
    if document.select("[style], style").exists() {
        faults.push("no inline style".into());
    }
    for script in document.select("script").iter() {
        if attr(&script, "src").is_empty() {
            faults.push("no inline script".into());
        }
    }
    for element in document.select("*").iter() {
        let attributes = element.attrs();
        if let Some(handler) = attributes.iter().find(|it| it.name.local.starts_with("on")) {
            faults.push(format!("no {}", handler.name.local));
        }
    }
    for element in document.select("[src], link[href]").iter() {
        let address = format!("{}{}", attr(&element, "src"), attr(&element, "href"));
        if address.contains("//") {
            faults.push(format!("no third party: {address}"));
        }
    }
}

fn check_words(document: &Document, faults: &mut Vec<String>) {
    let text = words(&document.select("body").text());
    for bad in ["{{", "{%", "None", "Some(", "Err(", "error", "Error", "undefined", "null", "NaN", "Internal"] {
        if text.contains(bad) {
            faults.push(format!("{bad:?} in the text"));
        }
    }
}

fn attr(element: &Selection, name: &str) -> String {
    element.attr(name).map(|value| value.to_string()).unwrap_or_default()
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
