//! PDF with a text layer.
//!
//! The crate that reads PDF stands behind [`PdfText`], since crates of this kind are young; everything that makes text
//! of its positions is ours (`flow`).

use super::builder::Builder;
use super::error::ReadError;
use super::flow::{self, Page, Rule, Run};
use super::limits::Limits;
use crate::source::{Format, Source};
use oxidize_pdf::graphics::extraction::{ExtractionConfig, GraphicsExtractor};
use oxidize_pdf::parser::{ParseError, ParseOptions, PdfDocument, PdfReader};
use oxidize_pdf::text::{ExtractionOptions, TextExtractor};
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What we need of a PDF: how many pages, and what stands where on each.
trait PdfText {
    fn n_pages(&mut self) -> Result<usize, ReadError>;
    /// `Ok(None)` for a page that cannot be read while others can.
    fn page(&mut self, n: usize) -> Result<Option<Page>, ReadError>;
}

/// Reads a PDF.
pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Source, ReadError> {
    // The reader is young and other people's files are strange: a panic in it is a damaged file.
    catch_unwind(AssertUnwindSafe(|| {
        let mut document = Oxidize::open(bytes, limits)?;
        read_with(&mut document, limits)
    }))
    .unwrap_or_else(|_| Err(ReadError::damaged("PDF 的内部结构有误")))
}

fn read_with(document: &mut impl PdfText, limits: &Limits) -> Result<Source, ReadError> {
    let n_pages = document.n_pages()?;
    if n_pages > limits.pages {
        return Err(ReadError::complex(format!("超过 {} 页", limits.pages)));
    }
    let mut builder = Builder::new(limits);
    let mut pages = Vec::with_capacity(n_pages);
    let (mut n_bytes, mut n_broken, mut n_silent) = (0usize, 0usize, 0usize);
    for n in 0..n_pages {
        match document.page(n)? {
            None => {
                n_broken += 1;
                builder.note(format!("第{}页读不出。", n + 1));
            }
            Some(page) => {
                let n_text: usize = page.runs.iter().map(|it| it.text.trim().len()).sum();
                if n_text == 0 {
                    n_silent += 1;
                    builder.note(format!("第{}页没有文字。", n + 1));
                }
                n_bytes = n_bytes.saturating_add(n_text);
                if n_bytes > limits.text_bytes {
                    return Err(ReadError::complex("文字过多"));
                }
                pages.push(page);
            }
        }
    }
    if n_pages == 0 || n_broken == n_pages {
        return Err(ReadError::damaged("PDF 的页面读不出"));
    }
    if n_silent + n_broken == n_pages {
        return Err(ReadError::NoTextLayer);
    }
    let all: String = pages.iter().flat_map(|it| &it.runs).map(|it| it.text.as_str()).collect();
    if is_gibberish(&all) {
        return Err(ReadError::NoTextLayer);
    }
    flow::put_pages(pages, &mut builder)?;
    builder.finish(Format::Pdf)
}

/// Fonts without a map to characters yield private or missing characters only.
fn is_gibberish(text: &str) -> bool {
    let is_lost = |c: &char| matches!(c, '\u{fffd}' | '\u{e000}'..='\u{f8ff}' | '\u{0}'..='\u{8}');
    let n_lost = text.chars().filter(is_lost).count();
    n_lost * 2 > text.chars().filter(|it| !it.is_whitespace()).count()
}

/// The reader of the crate `oxidize-pdf`.
struct Oxidize<'a> {
    document: PdfDocument<Cursor<&'a [u8]>>,
    text: TextExtractor,
    rules: GraphicsExtractor,
}

impl<'a> Oxidize<'a> {
    fn open(bytes: &'a [u8], limits: &Limits) -> Result<Oxidize<'a>, ReadError> {
        let reader = PdfReader::new_with_options(Cursor::new(bytes), ParseOptions::lenient()).map_err(error_of)?;
        if reader.is_encrypted() && !reader.is_unlocked() {
            return Err(ReadError::Encrypted);
        }
        let options = ExtractionOptions {
            preserve_layout: true,
            sort_by_position: false,
            merge_hyphenated: false,
            include_artifacts: true,
            max_extracted_bytes: Some(limits.text_bytes),
            ..ExtractionOptions::default()
        };
        Ok(Oxidize {
            document: PdfDocument::new(reader),
            text: TextExtractor::with_options(options),
            rules: GraphicsExtractor::new(ExtractionConfig::default()),
        })
    }
}

fn error_of(error: ParseError) -> ReadError {
    match error {
        ParseError::EncryptionNotSupported | ParseError::WrongPassword | ParseError::PdfLocked => ReadError::Encrypted,
        ParseError::EmptyFile => ReadError::Empty,
        _ => ReadError::damaged("PDF 的内部结构读不出"),
    }
}

impl PdfText for Oxidize<'_> {
    fn n_pages(&mut self) -> Result<usize, ReadError> {
        let n_pages = self.document.page_count().map_err(error_of)?;
        Ok(usize::try_from(n_pages).unwrap_or(usize::MAX))
    }

    fn page(&mut self, n: usize) -> Result<Option<Page>, ReadError> {
        let index = u32::try_from(n).unwrap_or(u32::MAX);
        let Ok(parsed) = self.document.get_page(index) else { return Ok(None) };
        let Ok(extracted) = self.text.extract_from_page(&self.document, index) else { return Ok(None) };
        let [left, bottom, right, top] = parsed.media_box;
        let turn = Turn { left, bottom, right, top, rotation: parsed.rotation.rem_euclid(360) };
        let (width, height) = turn.size();
        let runs = extracted
            .fragments
            .into_iter()
            .map(|it| {
                let (x, y) = turn.place(it.x, it.y);
                Run { x, y, width: it.width, size: it.font_size.abs(), text: it.text }
            })
            .collect();
        let rules = self.rules.extract_from_page(&self.document, n).map(|it| it.lines).unwrap_or_default();
        let rules = rules
            .into_iter()
            .map(|it| {
                let ((x1, y1), (x2, y2)) = (turn.place(it.x1, it.y1), turn.place(it.x2, it.y2));
                Rule { x1, y1, x2, y2 }
            })
            .collect();
        Ok(Some(Page { width, height, runs, rules }))
    }
}

/// How a page is turned for reading; PDF counts y upwards.
struct Turn {
    left: f64,
    bottom: f64,
    right: f64,
    top: f64,
    rotation: i32,
}

impl Turn {
    fn size(&self) -> (f64, f64) {
        let (width, height) = (self.right - self.left, self.top - self.bottom);
        if matches!(self.rotation, 90 | 270) { (height, width) } else { (width, height) }
    }

    fn place(&self, x: f64, y: f64) -> (f64, f64) {
        match self.rotation {
            90 => (y - self.bottom, x - self.left),
            180 => (self.right - x, y - self.bottom),
            270 => (self.top - y, self.right - x),
            _ => (x - self.left, self.top - y),
        }
    }
}
