//! The automatic numbers of Word: lists, levels, counters, and how a number is written.

use super::style::{NumberRef, Styles};
use crate::read::xml::Element;
use std::collections::{HashMap, HashSet};

const N_LEVELS: usize = 9;

#[derive(Debug, Clone)]
struct Level {
    start: i64,
    format: String,
    text: String,
    /// The deepest outer level whose step sets this one back; `Some(0)` never.
    restart: Option<usize>,
    is_legal: bool,
    style: Option<String>,
}

#[derive(Debug, Clone, Default)]
struct Template {
    levels: Vec<Option<Level>>,
    style_link: Option<String>,
}

#[derive(Debug, Clone, Default)]
struct List {
    template: String,
    starts: HashMap<usize, i64>,
    levels: HashMap<usize, Level>,
}

/// The lists of a document with the state of their counters.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    templates: HashMap<String, Template>,
    lists: HashMap<String, List>,
    /// Lists of one template count together.
    counters: HashMap<String, [Option<i64>; N_LEVELS]>,
    started: HashSet<(String, usize)>,
}

impl Numbering {
    pub(super) fn new(root: &Element, styles: &Styles) -> Numbering {
        let mut numbering = Numbering::default();
        for element in root.elements() {
            match element.name.as_str() {
                "abstractNum" => {
                    let Some(id) = element.attribute("abstractNumId") else { continue };
                    let mut template = Template {
                        levels: vec![None; N_LEVELS],
                        style_link: element.value_of("numStyleLink").map(str::to_owned),
                    };
                    for level in element.elements().filter(|it| it.name == "lvl") {
                        if let Some((n, level)) = read_level(level)
                            && let Some(place) = template.levels.get_mut(n)
                        {
                            *place = Some(level);
                        }
                    }
                    numbering.templates.insert(id.to_owned(), template);
                }
                "num" => {
                    let (Some(id), Some(template)) = (element.attribute("numId"), element.value_of("abstractNumId"))
                    else {
                        continue;
                    };
                    let mut list = List { template: template.to_owned(), ..List::default() };
                    for change in element.elements().filter(|it| it.name == "lvlOverride") {
                        let Some(n) = change.attribute("ilvl").and_then(|it| it.parse().ok()) else { continue };
                        if let Some(start) = change.value_of("startOverride").and_then(|it| it.parse().ok()) {
                            list.starts.insert(n, start);
                        }
                        if let Some((n, level)) = change.child("lvl").and_then(read_level) {
                            list.levels.insert(n, level);
                        }
                    }
                    numbering.lists.insert(id.to_owned(), list);
                }
                _ => {}
            }
        }
        numbering.follow_style_links(styles);
        numbering
    }

    /// A template may only point to a numbering style, whose list has the levels.
    fn follow_style_links(&mut self, styles: &Styles) {
        let mut moved = HashMap::new();
        for (id, template) in &self.templates {
            let target = template
                .style_link
                .as_deref()
                .and_then(|it| styles.list_of(it))
                .and_then(|it| self.lists.get(it))
                .map(|it| it.template.clone());
            if let Some(target) = target.filter(|it| it != id) {
                moved.insert(id.clone(), target);
            }
        }
        for list in self.lists.values_mut() {
            if let Some(target) = moved.get(&list.template) {
                list.template.clone_from(target);
            }
        }
    }

    /// Counts a paragraph and returns its number as written, or `None` for a paragraph that shows none.
    pub(super) fn next(&mut self, number: &NumberRef, style: Option<&str>) -> Option<String> {
        let list_id = number.list.as_deref()?;
        let list = self.lists.get(list_id)?;
        let template = self.templates.get(&list.template)?;
        let level_of = |n: usize| list.levels.get(&n).or_else(|| template.levels.get(n)?.as_ref());
        let by_style = style.and_then(|style| {
            (0..N_LEVELS).find(|n| level_of(*n).is_some_and(|it| it.style.as_deref() == Some(style)))
        });
        let n = number.level.or(by_style).unwrap_or(0).min(N_LEVELS - 1);
        let level = level_of(n)?;
        let counters = self.counters.entry(list.template.clone()).or_default();
        let forced = list.starts.get(&n).filter(|_| !self.started.contains(&(list_id.to_owned(), n))).copied();
        let next = match (forced, counters.get(n).copied().flatten()) {
            (Some(start), _) => start,
            (None, Some(last)) => last.saturating_add(1),
            (None, None) => level.start,
        };
        self.started.insert((list_id.to_owned(), n));
        for (deeper, counter) in counters.iter_mut().enumerate() {
            if deeper == n {
                *counter = Some(next);
            } else if deeper > n && level_of(deeper).is_none_or(|it| it.restart.is_none_or(|most| n < most)) {
                *counter = None;
            }
        }
        if level.format == "none" && !level.text.contains(|it: char| !matches!(it, '%' | '0'..='9')) {
            return None;
        }
        if level.format == "bullet" {
            return Some(bullet(&level.text));
        }
        let mut written = String::new();
        let mut rest = level.text.chars().peekable();
        while let Some(c) = rest.next() {
            let place = rest.peek().and_then(|it| it.to_digit(10)).filter(|it| *it > 0);
            match place.and_then(|it| usize::try_from(it - 1).ok()) {
                Some(place) if c == '%' => {
                    rest.next();
                    let Some(shown) = level_of(place) else { continue };
                    let value = counters.get(place).copied().flatten().unwrap_or(shown.start);
                    let format = if level.is_legal { "decimal" } else { shown.format.as_str() };
                    written.push_str(&write_number(value, format));
                }
                _ => written.push(c),
            }
        }
        Some(written).filter(|it| !it.trim().is_empty())
    }
}

fn read_level(element: &Element) -> Option<(usize, Level)> {
    let n: usize = element.attribute("ilvl")?.parse().ok()?;
    let format = element.child("numFmt").or_else(|| element.at(&["AlternateContent", "Choice", "numFmt"]));
    let format = match format.and_then(|it| it.attribute("val")) {
        Some("custom") => format.and_then(|it| it.attribute("format")).unwrap_or("decimal"),
        Some(format) => format,
        None => "decimal",
    };
    let level = Level {
        start: element.value_of("start").and_then(|it| it.parse().ok()).unwrap_or(1),
        format: format.to_owned(),
        text: element.value_of("lvlText").unwrap_or_default().to_owned(),
        restart: element.value_of("lvlRestart").and_then(|it| it.parse().ok()),
        is_legal: element.is_on("isLgl"),
        style: element.value_of("pStyle").map(str::to_owned),
    };
    Some((n, level))
}

/// Bullets are drawn with symbol fonts; what stands in the file is a private character.
fn bullet(text: &str) -> String {
    match text.chars().next() {
        Some(c) if !c.is_ascii_alphanumeric() && !('\u{e000}'..='\u{f8ff}').contains(&c) => text.to_owned(),
        _ => "•".to_owned(),
    }
}

/// A number in one of the formats of `ST_NumberFormat`.
pub(super) fn write_number(value: i64, format: &str) -> String {
    let in_series = |first: u32, most: i64| {
        u32::try_from(value - 1)
            .ok()
            .filter(|_| (1..=most).contains(&value))
            .and_then(|it| char::from_u32(first + it))
            .map_or_else(|| value.to_string(), |it| it.to_string())
    };
    match format {
        "chineseCounting"
        | "chineseCountingThousand"
        | "ideographDigital"
        | "japaneseCounting"
        | "taiwaneseCounting"
        | "taiwaneseCountingThousand"
        | "japaneseDigitalTenThousand"
        | "taiwaneseDigital"
        | "koreanDigital" => {
            chinese(value, &["〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"], &["", "十", "百", "千"])
        }
        "chineseLegalSimplified" | "ideographLegalTraditional" | "japaneseLegal" => {
            chinese(value, &["零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"], &["", "拾", "佰", "仟"])
        }
        "ideographTraditional" => pick(value, "甲乙丙丁戊己庚辛壬癸"),
        "ideographZodiac" => pick(value, "子丑寅卯辰巳午未申酉戌亥"),
        "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" => match value {
            21..=35 => {
                char::from_u32(0x3251 + u32::try_from(value - 21).unwrap_or(0)).map(String::from).unwrap_or_default()
            }
            _ => in_series(0x2460, 20),
        },
        "decimalEnclosedParen" => in_series(0x2474, 20),
        "decimalEnclosedFullstop" => in_series(0x2488, 20),
        "ideographEnclosedCircle" => in_series(0x3280, 10),
        "decimalFullWidth" | "decimalFullWidth2" => value
            .to_string()
            .chars()
            .map(|it| it.to_digit(10).and_then(|d| char::from_u32(0xff10 + d)).unwrap_or(it))
            .collect(),
        "decimalZero" => format!("{value:02}"),
        "upperRoman" => roman(value),
        "lowerRoman" => roman(value).to_lowercase(),
        "upperLetter" => letters(value),
        "lowerLetter" => letters(value).to_lowercase(),
        "none" => String::new(),
        _ => value.to_string(),
    }
}

fn pick(value: i64, series: &str) -> String {
    let place = usize::try_from(value - 1).ok();
    place.and_then(|it| series.chars().nth(it)).map_or_else(|| value.to_string(), |it| it.to_string())
}

/// 十一, 二十, 一百〇五.
fn chinese(value: i64, digits: &[&str; 10], units: &[&str; 4]) -> String {
    if !(0..=9999).contains(&value) {
        return value.to_string();
    }
    let digit = |it: u32| digits.get(usize::try_from(it).unwrap_or(0)).copied().unwrap_or_default();
    let text = value.to_string();
    let n_digits = text.len();
    let mut written = String::new();
    let mut has_gap = false;
    for (place, d) in text.chars().filter_map(|it| it.to_digit(10)).enumerate() {
        if d == 0 {
            has_gap = !written.is_empty();
            continue;
        }
        if std::mem::take(&mut has_gap) {
            written.push_str(digit(0));
        }
        let unit = n_digits - 1 - place;
        // 十一, not 一十一.
        if !(n_digits == 2 && unit == 1 && d == 1) || units.get(1) == Some(&"拾") {
            written.push_str(digit(d));
        }
        written.push_str(units.get(unit).copied().unwrap_or_default());
    }
    if written.is_empty() { digit(0).to_owned() } else { written }
}

fn roman(value: i64) -> String {
    const STEPS: [(i64, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if !(1..=3999).contains(&value) {
        return value.to_string();
    }
    let mut rest = value;
    let mut written = String::new();
    for (step, letters) in STEPS {
        while rest >= step {
            written.push_str(letters);
            rest -= step;
        }
    }
    written
}

/// A … Z, AA, BB: Word repeats the letter.
fn letters(value: i64) -> String {
    let Ok(place) = u32::try_from(value - 1) else { return value.to_string() };
    let letter = char::from_u32(u32::from(b'A') + place % 26).unwrap_or('A');
    std::iter::repeat_n(letter, usize::try_from(place / 26 + 1).unwrap_or(1).min(8)).collect()
}
