//! What a spreadsheet library does not tell: hidden rows and columns, widths of columns, the orientation of the page.
//!
//! Nothing here is needed to read the cells, so a part that cannot be understood is passed over.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::archive::{Archive, resolve};
use super::encoding;
use super::limits::Limits;
use super::xml;

const WORKBOOK: &str = "xl/workbook.xml";
/// No form has more columns.
const MOST_COLUMNS: u32 = 200;
const MOST_MARKS: usize = 10_000;

/// What is known of one sheet beyond its cells.
#[derive(Debug, Default)]
pub(super) struct Marks {
    hidden_rows: Vec<u32>,
    hidden_columns: Vec<RangeInclusive<u32>>,
    widths: Vec<(RangeInclusive<u32>, f64)>,
    default_width: f64,
    pub(super) is_landscape: bool,
}

impl Marks {
    pub(super) fn is_hidden(&self, row: u32, column: u32) -> bool {
        self.hidden_rows.binary_search(&row).is_ok() || self.hidden_columns.iter().any(|it| it.contains(&column))
    }

    /// Tenths of a Chinese character for each column that has a width of its own, and those before it.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded before the cast")]
    pub(super) fn widths(&self) -> Vec<u32> {
        let n = self.widths.iter().map(|it| it.0.end().saturating_add(1)).max().unwrap_or(0).min(MOST_COLUMNS);
        let default = if self.default_width > 0.0 { self.default_width } else { 8.43 };
        let width = |column: u32| {
            let own = self.widths.iter().find(|it| it.0.contains(&column)).map_or(default, |it| it.1);
            // A Chinese character takes two of the widths that a spreadsheet counts.
            (own.clamp(1.0, 255.0) * 5.0) as u32
        };
        (0..n).map(width).collect()
    }
}

/// The marks of every sheet by its name.
pub(super) fn marks_of(archive: &mut Archive<'_>, limits: &Limits) -> HashMap<String, Marks> {
    let parts = parts(archive, limits).unwrap_or_default();
    let mut all = HashMap::new();
    for (name, part) in parts {
        if let Ok(Some(bytes)) = archive.read(&part) {
            all.insert(name, read(&encoding::decode_xml(&bytes)));
        }
    }
    all
}

/// The name of each sheet and the part that holds it.
fn parts(archive: &mut Archive<'_>, limits: &Limits) -> Option<Vec<(String, String)>> {
    let book = xml::parse(&archive.read(WORKBOOK).ok()??, WORKBOOK, limits).ok()?;
    let links = archive.read("xl/_rels/workbook.xml.rels").ok()??;
    let links = xml::parse(&links, "xl/_rels/workbook.xml.rels", limits).ok()?;
    let targets: HashMap<&str, String> = links
        .elements()
        .filter_map(|it| Some((it.attribute("Id")?, resolve(WORKBOOK, it.attribute("Target")?))))
        .collect();
    let sheets = book.child("sheets")?.elements().take(500);
    Some(
        sheets
            .filter_map(|it| Some((it.attribute("name")?.to_owned(), targets.get(it.attribute("id")?)?.clone())))
            .collect(),
    )
}

fn read(text: &str) -> Marks {
    let mut reader = Reader::from_str(text);
    let mut marks = Marks::default();
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(start) | Event::Empty(start) => marks.take(&start),
            Event::Eof => break,
            _ => {}
        }
    }
    marks.hidden_rows.sort_unstable();
    marks
}

impl Marks {
    fn take(&mut self, start: &BytesStart<'_>) {
        match start.local_name().as_ref() {
            "row" if is_on(start, "hidden") && self.hidden_rows.len() < MOST_MARKS => {
                let row = value(start, "r").and_then(|it| it.parse::<u32>().ok());
                self.hidden_rows.extend(row.and_then(|it| it.checked_sub(1)));
            }
            "col" if self.widths.len() < MOST_MARKS => {
                let of = |name: &str| value(start, name).and_then(|it| it.parse::<u32>().ok());
                let (Some(first), Some(last)) = (of("min"), of("max")) else { return };
                let columns = first.saturating_sub(1)..=last.saturating_sub(1).min(first.saturating_add(MOST_COLUMNS));
                if is_on(start, "hidden") {
                    self.hidden_columns.push(columns.clone());
                }
                if let Some(width) = value(start, "width").and_then(|it| it.parse::<f64>().ok()) {
                    self.widths.push((columns, width));
                }
            }
            "sheetFormatPr" => {
                self.default_width = value(start, "defaultColWidth").and_then(|it| it.parse().ok()).unwrap_or(0.0);
            }
            "pageSetup" => self.is_landscape = value(start, "orientation").is_some_and(|it| it == "landscape"),
            _ => {}
        }
    }
}

fn value(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = start.attributes().with_checks(false).flatten().find(|it| it.key.local_name().as_ref() == name)?;
    Some(attribute.value.to_string())
}

fn is_on(start: &BytesStart<'_>, name: &str) -> bool {
    value(start, name).is_some_and(|it| it == "1" || it == "true")
}
