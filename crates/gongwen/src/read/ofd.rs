//! OFD (GB/T 33190-2016): the fixed-layout format of Chinese public bodies.
//!
//! Characters stand at places in millimetres; reading order, lines, tables and paragraphs come from `flow`.

use super::archive::{Archive, resolve};
use super::builder::Builder;
use super::error::ReadError;
use super::flow::{self, Page, Rule, Run};
use super::limits::Limits;
use super::xml::{self, Element};
use crate::source::{Format, Source};
use std::collections::HashMap;

const POINTS_PER_MM: f64 = 72.0 / 25.4;

/// Reads the first document of the archive.
pub(crate) fn read(archive: &mut Archive<'_>, limits: &Limits) -> Result<Source, ReadError> {
    let root = load(archive, "OFD.xml", limits)?;
    let document = root
        .at(&["DocBody", "DocRoot"])
        .map(|it| resolve("OFD.xml", it.text().trim()))
        .ok_or_else(|| ReadError::damaged("OFD 文件缺少文档入口"))?;
    if root.at(&["DocBody"]).is_some_and(|it| it.child("Encryption").is_some()) || archive.contains("Encryptions.xml") {
        return Err(ReadError::Encrypted);
    }
    let outline = load(archive, &document, limits)?;
    let pages = outline.child("Pages").map(|it| it.elements().filter(|it| it.name == "Page").collect::<Vec<_>>());
    let pages = pages.unwrap_or_default();
    if pages.len() > limits.pages {
        return Err(ReadError::complex(format!("超过 {} 页", limits.pages)));
    }
    let common = outline.child("CommonData");
    let usual_box = common.and_then(|it| it.at(&["PageArea", "PhysicalBox"])).and_then(numbers_in);
    let templates: HashMap<&str, String> = common
        .into_iter()
        .flat_map(Element::elements)
        .filter(|it| it.name == "TemplatePage")
        .filter_map(|it| Some((it.attribute("ID")?, resolve(&document, it.attribute("BaseLoc")?))))
        .collect();
    let mut builder = Builder::new(limits);
    let mut laid_out = Vec::with_capacity(pages.len());
    let mut has_picture = false;
    for (n, page) in pages.into_iter().enumerate() {
        let Some(part) = page.attribute("BaseLoc").map(|it| resolve(&document, it)) else { continue };
        let content = load(archive, &part, limits)?;
        let physical = content.at(&["Area", "PhysicalBox"]).and_then(numbers_in).or_else(|| usual_box.clone());
        let (width, height) = match physical.as_deref() {
            Some([_, _, width, height, ..]) => (*width, *height),
            _ => (210.0, 297.0),
        };
        let mut sheet = Sheet::default();
        for used in content.elements().filter(|it| it.name == "Template") {
            if let Some(part) = used.attribute("TemplateID").and_then(|it| templates.get(it)) {
                sheet.page(&load(archive, part, limits)?);
            }
        }
        sheet.page(&content);
        if sheet.runs.is_empty() {
            builder.note(format!("第{}页没有文字。", n + 1));
        }
        has_picture |= sheet.has_picture;
        laid_out.push(Page {
            width: width * POINTS_PER_MM,
            height: height * POINTS_PER_MM,
            runs: sheet.runs,
            rules: sheet.rules,
        });
    }
    flow::put_pages(laid_out, &mut builder)?;
    match builder.finish(Format::Ofd) {
        Err(ReadError::Empty) if has_picture => Err(ReadError::NoTextLayer),
        other => other,
    }
}

fn load(archive: &mut Archive<'_>, part: &str, limits: &Limits) -> Result<Element, ReadError> {
    let bytes = archive.read(part)?.ok_or_else(|| ReadError::damaged(format!("缺少部件 {part}")))?;
    xml::parse(&bytes, part, limits)
}

fn numbers_in(element: &Element) -> Option<Vec<f64>> {
    Some(numbers(&element.text())).filter(|it| it.len() >= 4)
}

fn numbers(text: &str) -> Vec<f64> {
    text.split_whitespace().filter_map(|it| it.parse::<f64>().ok()).filter(|it| it.is_finite()).collect()
}

/// What stands on one page.
#[derive(Default)]
struct Sheet {
    runs: Vec<Run>,
    rules: Vec<Rule>,
    has_picture: bool,
}

/// Where an object stands and how it is turned and scaled.
struct Frame {
    x: f64,
    y: f64,
    matrix: [f64; 6],
}

impl Frame {
    fn of(object: &Element) -> Frame {
        let corner = object.attribute("Boundary").map(numbers).unwrap_or_default();
        let matrix = object.attribute("CTM").map(numbers).and_then(|it| <[f64; 6]>::try_from(it).ok());
        Frame {
            x: corner.first().copied().unwrap_or(0.0),
            y: corner.get(1).copied().unwrap_or(0.0),
            matrix: matrix.unwrap_or([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]),
        }
    }

    /// A place inside the object in points on the page.
    fn place(&self, x: f64, y: f64) -> (f64, f64) {
        let [a, b, c, d, e, f] = self.matrix;
        ((self.x + a * x + c * y + e) * POINTS_PER_MM, (self.y + b * x + d * y + f) * POINTS_PER_MM)
    }

    fn scale(&self) -> (f64, f64) {
        let [a, b, c, d, ..] = self.matrix;
        (a.hypot(b), c.hypot(d))
    }
}

impl Sheet {
    fn page(&mut self, page: &Element) {
        for layer in page.child("Content").into_iter().flat_map(Element::elements) {
            self.objects(layer);
        }
    }

    fn objects(&mut self, parent: &Element) {
        for object in parent.elements() {
            if object.attribute("Visible") == Some("false") {
                continue;
            }
            match object.name.as_str() {
                "TextObject" => self.text(object),
                "PathObject" => self.path(object),
                "ImageObject" => self.has_picture = true,
                "PageBlock" | "Layer" => self.objects(object),
                _ => {}
            }
        }
    }

    fn text(&mut self, object: &Element) {
        let frame = Frame::of(object);
        let (scale_x, scale_y) = frame.scale();
        let size = object.attribute("Size").and_then(|it| it.parse::<f64>().ok()).unwrap_or(4.0).abs();
        let stretch = object.attribute("HScale").and_then(|it| it.parse::<f64>().ok()).unwrap_or(1.0);
        // A text code without a place of its own goes on from the one before.
        let (mut x, mut y) = (0.0, 0.0);
        for code in object.elements().filter(|it| it.name == "TextCode") {
            let at = |name: &str| code.attribute(name).and_then(|it| it.trim().parse::<f64>().ok());
            x = at("X").unwrap_or(x);
            y = at("Y").unwrap_or(y);
            let text = code.text();
            let text = text.trim_matches(['\n', '\r', '\t']);
            let across = code.attribute("DeltaX").map(|it| steps(it, text.len())).unwrap_or_default();
            let down = code.attribute("DeltaY").map(|it| steps(it, text.len())).unwrap_or_default();
            // One run a character: gaps between them become visible to the lines.
            for (n, c) in text.chars().enumerate() {
                let (left, base) = frame.place(x, y);
                let width = if c.is_ascii() { 0.5 } else { 1.0 } * size * stretch;
                let step = across.get(n).copied().unwrap_or(if down.is_empty() { width } else { 0.0 });
                let width = if step > 0.0 { width.min(step) } else { width };
                self.runs.push(Run {
                    x: left,
                    y: base,
                    width: width * scale_x * POINTS_PER_MM,
                    size: size * scale_y * POINTS_PER_MM,
                    text: c.to_string(),
                });
                x += step;
                y += down.get(n).copied().unwrap_or(0.0);
            }
        }
    }

    /// Straight strokes of a path, for tables.
    fn path(&mut self, object: &Element) {
        let frame = Frame::of(object);
        let Some(data) = object.child("AbbreviatedData").map(Element::text) else { return };
        let mut words = data.split_whitespace();
        let (mut start, mut at) = ((0.0, 0.0), (0.0, 0.0));
        while let Some(word) = words.next() {
            let mut next = || words.next().and_then(|it| it.parse::<f64>().ok()).unwrap_or(0.0);
            match word {
                "S" | "M" => {
                    at = (next(), next());
                    start = at;
                }
                "L" => {
                    let to = (next(), next());
                    self.stroke(&frame, at, to);
                    at = to;
                }
                "Q" => {
                    let _ = (next(), next());
                    at = (next(), next());
                }
                "B" => {
                    let _ = (next(), next(), next(), next());
                    at = (next(), next());
                }
                "A" => {
                    let _ = (next(), next(), next(), next(), next());
                    at = (next(), next());
                }
                "C" => {
                    self.stroke(&frame, at, start);
                    at = start;
                }
                _ => {}
            }
        }
    }

    fn stroke(&mut self, frame: &Frame, from: (f64, f64), to: (f64, f64)) {
        let ((x1, y1), (x2, y2)) = (frame.place(from.0, from.1), frame.place(to.0, to.1));
        self.rules.push(Rule { x1, y1, x2, y2 });
    }
}

/// The advances of a `DeltaX`: numbers, with `g n v` for v said n times.
fn steps(text: &str, most: usize) -> Vec<f64> {
    let mut steps = Vec::new();
    let mut words = text.split_whitespace();
    while let Some(word) = words.next() {
        if steps.len() > most {
            break;
        }
        if word == "g" {
            let n = words.next().and_then(|it| it.parse::<usize>().ok()).unwrap_or(0);
            let value = words.next().and_then(|it| it.parse::<f64>().ok()).unwrap_or(0.0);
            steps.extend(std::iter::repeat_n(value, n.min(most)));
        } else if let Ok(value) = word.parse::<f64>() {
            steps.push(value);
        }
    }
    steps
}
