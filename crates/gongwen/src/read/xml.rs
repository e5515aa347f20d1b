//! A small XML tree with bounds, local names only: strict and transitional namespaces read alike.
//!
//! Entities of a document type are never expanded, so a billion laughs stay one.

use super::encoding;
use super::error::ReadError;
use super::limits::Limits;
use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

/// One element.
#[derive(Debug, Default)]
pub(crate) struct Element {
    pub(crate) name: String,
    attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Node>,
}

/// What stands in an element.
#[derive(Debug)]
pub(crate) enum Node {
    Element(Element),
    Text(String),
}

impl Element {
    /// The attribute with this local name.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|it| it.0 == name).map(|it| it.1.as_str())
    }

    /// The child elements.
    pub(crate) fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|it| match it {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The first child with this name.
    pub(crate) fn child(&self, name: &str) -> Option<&Element> {
        self.elements().find(|it| it.name == name)
    }

    /// The element at the end of a path of names.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Element> {
        path.iter().try_fold(self, |element, name| element.child(name))
    }

    /// `val` of the child with this name, as WordprocessingML puts its properties.
    pub(crate) fn value_of(&self, name: &str) -> Option<&str> {
        self.child(name).and_then(|it| it.attribute("val"))
    }

    /// A switch of WordprocessingML: present without a value means on.
    pub(crate) fn is_on(&self, name: &str) -> bool {
        self.child(name).is_some_and(|it| !matches!(it.attribute("val"), Some("0" | "false" | "off" | "none")))
    }

    /// The text directly in it.
    pub(crate) fn text(&self) -> String {
        self.children
            .iter()
            .filter_map(|it| match it {
                Node::Text(text) => Some(text.as_str()),
                Node::Element(_) => None,
            })
            .collect()
    }
}

/// Reads one XML part.
///
/// # Errors
/// [`ReadError::Damaged`] when it is not well formed, [`ReadError::TooComplex`] when it is too deep or too large.
pub(crate) fn parse(bytes: &[u8], what: &str, limits: &Limits) -> Result<Element, ReadError> {
    let text = encoding::decode_xml(bytes);
    let damaged = || ReadError::damaged(format!("{what} 的结构读不懂"));
    let mut reader = Reader::from_str(&text);
    let mut open: Vec<Element> = vec![Element::default()];
    let mut n_nodes = 0usize;
    loop {
        n_nodes += 1;
        if n_nodes > limits.nodes {
            return Err(ReadError::complex("文档元素过多"));
        }
        match reader.read_event().map_err(|_| damaged())? {
            Event::Start(start) => {
                if open.len() > limits.depth {
                    return Err(ReadError::complex("文档嵌套过深"));
                }
                open.push(element(&start));
            }
            Event::Empty(start) => put(&mut open, Node::Element(element(&start))),
            Event::End(_) => {
                let element = open.pop().ok_or_else(damaged)?;
                if open.is_empty() {
                    return Err(damaged());
                }
                put(&mut open, Node::Element(element));
            }
            Event::Text(text) => add_text(&mut open, &text.xml_content(XmlVersion::Implicit1_0)),
            Event::CData(text) => add_text(&mut open, &text.xml_content(XmlVersion::Implicit1_0)),
            Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                Ok(Some(c)) => add_text(&mut open, c.encode_utf8(&mut [0; 4])),
                _ => add_text(&mut open, predefined(&reference.xml_content(XmlVersion::Implicit1_0))),
            },
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    if open.len() != 1 {
        return Err(ReadError::damaged(format!("{what} 不完整")));
    }
    let document = open.pop().ok_or_else(damaged)?;
    document
        .children
        .into_iter()
        .find_map(|it| match it {
            Node::Element(root) => Some(root),
            Node::Text(_) => None,
        })
        .ok_or_else(damaged)
}

fn predefined(name: &str) -> &'static str {
    match name {
        "lt" => "<",
        "gt" => ">",
        "amp" => "&",
        "quot" => "\"",
        "apos" => "'",
        _ => "",
    }
}

fn element(start: &BytesStart<'_>) -> Element {
    let mut attributes = Vec::new();
    for attribute in start.attributes().with_checks(false).flatten() {
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_or_else(|_| attribute.value.to_string(), |it| it.into_owned());
        attributes.push((attribute.key.local_name().as_ref().to_owned(), value));
    }
    Element { name: start.local_name().as_ref().to_owned(), attributes, children: Vec::new() }
}

fn put(open: &mut [Element], node: Node) {
    if let Some(parent) = open.last_mut() {
        parent.children.push(node);
    }
}

fn add_text(open: &mut [Element], text: &str) {
    if let Some(parent) = open.last_mut() {
        if let Some(Node::Text(before)) = parent.children.last_mut() {
            before.push_str(text);
        } else if !text.is_empty() {
            parent.children.push(Node::Text(text.to_owned()));
        }
    }
}
