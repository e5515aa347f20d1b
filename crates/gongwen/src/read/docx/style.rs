//! Paragraph styles: which are headings, which are numbered.

use crate::read::xml::Element;
use std::collections::HashMap;

/// Styles may be based on each other in a circle.
const MOST_ANCESTORS: usize = 20;

/// The numbering a paragraph or a style asks for: the list and the level in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct NumberRef {
    pub(super) list: Option<String>,
    pub(super) level: Option<usize>,
}

impl NumberRef {
    /// Reads `w:numPr` out of paragraph properties.
    pub(super) fn of(properties: &Element) -> Option<NumberRef> {
        let numbering = properties.child("numPr")?;
        Some(NumberRef {
            list: numbering.value_of("numId").map(str::to_owned),
            level: numbering.value_of("ilvl").and_then(|it| it.parse().ok()),
        })
    }
}

#[derive(Debug, Default)]
struct Style {
    based_on: Option<String>,
    heading: Option<u8>,
    number: Option<NumberRef>,
}

/// The style sheet of a document.
#[derive(Debug, Default)]
pub(super) struct Styles {
    by_id: HashMap<String, Style>,
    /// Numbering styles: id → list.
    lists: HashMap<String, String>,
    default: Option<String>,
}

impl Styles {
    pub(super) fn new(root: &Element) -> Styles {
        let mut styles = Styles::default();
        for element in root.elements().filter(|it| it.name == "style") {
            let Some(id) = element.attribute("styleId") else { continue };
            let number = element.child("pPr").and_then(NumberRef::of);
            match element.attribute("type") {
                Some("numbering") => {
                    if let Some(list) = number.and_then(|it| it.list) {
                        styles.lists.insert(id.to_owned(), list);
                    }
                }
                Some("paragraph") | None => {
                    if matches!(element.attribute("default"), Some("1" | "true" | "on")) {
                        styles.default = Some(id.to_owned());
                    }
                    let outline = element.child("pPr").and_then(outline_level);
                    let heading = outline.or_else(|| element.value_of("name").and_then(level_of_name));
                    let based_on = element.value_of("basedOn").map(str::to_owned);
                    styles.by_id.insert(id.to_owned(), Style { based_on, heading, number });
                }
                Some(_) => {}
            }
        }
        styles
    }

    /// The list that a numbering style stands for.
    pub(super) fn list_of(&self, numbering_style: &str) -> Option<&str> {
        self.lists.get(numbering_style).map(String::as_str)
    }

    /// The level of heading of a paragraph with these properties.
    pub(super) fn heading(&self, properties: Option<&Element>) -> Option<u8> {
        let own = properties.and_then(|it| it.child("outlineLvl")?.attribute("val")?.parse::<u8>().ok());
        let level = match own {
            Some(level) => Some(level.saturating_add(1)),
            None => self.chain(properties).find_map(|it| it.1.heading),
        };
        level.filter(|it| (1..=9).contains(it))
    }

    /// The numbering of a paragraph, with the style that asked for it when it was the style.
    pub(super) fn number(&self, properties: Option<&Element>) -> Option<(NumberRef, Option<&str>)> {
        if let Some(own) = properties.and_then(NumberRef::of) {
            if own.list.is_some() {
                return Some((own, None));
            }
            // Only the level stands here; the list comes from the style.
            let (inherited, style) = self.style_number(properties)?;
            return Some((NumberRef { list: inherited.list, level: own.level.or(inherited.level) }, style));
        }
        self.style_number(properties)
    }

    fn style_number(&self, properties: Option<&Element>) -> Option<(NumberRef, Option<&str>)> {
        let mut level = None;
        for (id, style) in self.chain(properties) {
            if let Some(number) = &style.number {
                level = level.or(number.level);
                if number.list.is_some() {
                    return Some((NumberRef { list: number.list.clone(), level }, Some(id)));
                }
            }
        }
        None
    }

    /// The style of a paragraph and those it is based on.
    fn chain(&self, properties: Option<&Element>) -> impl Iterator<Item = (&str, &Style)> {
        let first = properties.and_then(|it| it.value_of("pStyle")).or(self.default.as_deref());
        let first = first.and_then(|it| self.by_id.get_key_value(it));
        std::iter::successors(first, |(_, style)| {
            style.based_on.as_ref().and_then(|it| self.by_id.get_key_value(it.as_str()))
        })
        .take(MOST_ANCESTORS)
        .map(|(id, style)| (id.as_str(), style))
    }
}

fn outline_level(properties: &Element) -> Option<u8> {
    let level: u8 = properties.value_of("outlineLvl")?.parse().ok()?;
    Some(level.saturating_add(1))
}

fn level_of_name(name: &str) -> Option<u8> {
    let name = name.to_ascii_lowercase();
    if name == "title" || name == "标题" {
        return Some(1);
    }
    let digits = name.strip_prefix("heading ").or_else(|| name.strip_prefix("标题 "))?;
    digits.trim().parse().ok()
}
