//! Photos: looked at with limits, kept as they came, shown as drawn anew (without place, time and whatever else stood in them).

use std::io::Cursor;
use std::path::PathBuf;

use domain::evidence::photo::PhotoFacts;
use domain::evidence::{self, FileKind, Rejection};
use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits};

use axum::http::{HeaderValue, header};
use axum::response::Response;
use store::attachment::Attachment;

use crate::{Answer, App, Error, PostedFile, page};

/// The most pixels a photo may have: twice what the cameras of telephones make, and far less than what fills the memory.
const PIXEL_LIMIT: u64 = 64_000_000;
/// The longest side of what is shown on a page of its own.
const VIEW_SIDE: u32 = 1600;
/// The longest side of what is shown in a list.
const THUMB_SIDE: u32 = 320;

/// A file that may be kept.
pub(crate) struct Accepted {
    pub(crate) name: String,
    pub(crate) kind: FileKind,
    pub(crate) bytes: Vec<u8>,
    /// Only of pictures.
    pub(crate) facts: Option<PhotoFacts>,
}

/// How a picture is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    View,
    Thumb,
}

impl Size {
    pub(crate) fn of(word: &str) -> Option<Size> {
        match word {
            "view" | "inline" => Some(Size::View),
            "thumb" => Some(Size::Thumb),
            _ => None,
        }
    }

    fn side(self) -> u32 {
        match self {
            Size::View => VIEW_SIDE,
            Size::Thumb => THUMB_SIDE,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Size::View => "view",
            Size::Thumb => "thumb",
        }
    }
}

/// Looks at one file a person sent. The outer error is ours, the inner one a sentence for the person.
pub(crate) async fn accept(file: PostedFile) -> Result<Result<Accepted, String>, Error> {
    let _permit = decoding().acquire().await.ok();
    let work = tokio::task::spawn_blocking(move || look(file));
    work.await.map_err(|error| Error::Internal(anyhow::Error::new(error)))
}

/// Decoding takes memory: one picture at a time.
fn decoding() -> &'static tokio::sync::Semaphore {
    static DECODING: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(1);
    &DECODING
}

fn look(file: PostedFile) -> Result<Accepted, String> {
    let (name, kind) = recognize(&file.name, &file.bytes)?;
    if kind == FileKind::Heic {
        return Err(format!(
            "“{name}”是 HEIC 照片，多数电脑打不开。请在手机“设置”的相机格式里选“兼容性最佳”，或把照片另存为 JPG 后再传。"
        ));
    }
    let facts = match kind.is_picture() {
        true => Some(facts_of(&file.bytes).map_err(|why| format!("“{name}”{why}"))?),
        false => None,
    };
    Ok(Accepted { name, kind, bytes: file.bytes, facts })
}

/// By content and name. A picture under the name of another kind of picture is common on telephones and gets its right name.
fn recognize(name: &str, bytes: &[u8]) -> Result<(String, FileKind), String> {
    match evidence::recognize(name, bytes) {
        Ok(kind) => Ok((evidence::clean_name(name), kind)),
        Err(Rejection::NameDiffers { name, found }) => {
            let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
            let stem = if stem.is_empty() { "照片" } else { stem };
            let right = ["jpg", "png", "webp", "gif", "heic"].map(|ending| format!("{stem}.{ending}"));
            let found_kind =
                right.iter().find_map(|it| evidence::recognize(it, bytes).ok().map(|kind| (it.clone(), kind)));
            found_kind.ok_or_else(|| Rejection::NameDiffers { name, found }.to_string())
        }
        Err(rejection) => Err(rejection.to_string()),
    }
}

/// The facts of a picture, and the proof that it can be drawn.
fn facts_of(bytes: &[u8]) -> Result<PhotoFacts, String> {
    let mut facts = PhotoFacts::default();
    let mut decoder = decoder(bytes)?;
    if let Ok(Some(block)) = decoder.exif_metadata() {
        facts.read_exif(&block);
    }
    let picture = decode(decoder)?;
    (facts.width, facts.height) = (picture.width(), picture.height());
    Ok(facts)
}

fn broken() -> String {
    "打不开，文件可能已损坏。请重新拍一张或换一个文件。".to_owned()
}

fn decoder(bytes: &[u8]) -> Result<impl ImageDecoder, String> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| broken())?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(20_000);
    limits.max_image_height = Some(20_000);
    limits.max_alloc = Some(400 * 1024 * 1024);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(|_| broken())?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXEL_LIMIT {
        return Err(format!("有 {width}×{height} 像素，太大了。请用手机的普通模式拍摄，或缩小后再传。"));
    }
    Ok(decoder)
}

fn decode(mut decoder: impl ImageDecoder) -> Result<DynamicImage, String> {
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|_| broken())?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// A picture to be shown, as JPEG; drawn once and kept beside the files, because it can be drawn again at any time.
async fn shown(app: &App, file: &Kept<'_>, size: Size) -> Result<Vec<u8>, Error> {
    let path = app.files.picture(file.sha256, size.word());
    if let Ok(bytes) = tokio::fs::read(&path).await {
        return if file.is_sealed { Ok(app.files.unsealed(bytes).await?) } else { Ok(bytes) };
    }
    let original = file.read(app).await?;
    let _permit = decoding().acquire().await.ok();
    let work = tokio::task::spawn_blocking(move || draw(&original, size.side()));
    let drawn = work.await.map_err(|error| Error::Internal(anyhow::Error::new(error)))?;
    let drawn = drawn.map_err(|why| Error::Internal(anyhow::anyhow!("a kept picture: {why}")))?;
    if file.is_sealed {
        keep(path, &app.files.sealed(drawn.clone()).await?).await;
    } else {
        keep(path, &drawn).await;
    }
    Ok(drawn)
}

/// A kept file that is to be given out.
pub(crate) struct Kept<'a> {
    pub(crate) sha256: &'a str,
    pub(crate) file_name: &'a str,
    pub(crate) media_type: &'a str,
    /// Does it lie sealed? What people send with a complaint does, and so does a picture drawn from it.
    pub(crate) is_sealed: bool,
}

impl Kept<'_> {
    async fn read(&self, app: &App) -> store::Result<Vec<u8>> {
        match self.is_sealed {
            true => app.files.read_sealed(self.sha256).await,
            false => app.files.read(self.sha256).await,
        }
    }
}

/// Gives a kept file out: the original to take along, or, for `?thumb`, `?view` and `?inline`, its picture drawn anew.
pub(crate) async fn give(app: &App, attachment: &Attachment, query: Option<&str>) -> Answer {
    let Attachment { sha256, file_name, media_type, .. } = attachment;
    give_file(app, &Kept { sha256, file_name, media_type, is_sealed: false }, query).await
}

/// [`give`] of a file that is listed elsewhere.
pub(crate) async fn give_file(app: &App, file: &Kept<'_>, query: Option<&str>) -> Answer {
    let kind = FileKind::from_media_type(file.media_type);
    let size = query.and_then(Size::of).filter(|_| kind.is_some_and(FileKind::is_picture));
    let drawn = match size {
        // What cannot be drawn is still evidence, and still there to be taken along.
        Some(size) => shown(app, file, size).await.ok(),
        None => None,
    };
    let response = match drawn {
        Some(drawn) => {
            let mut response = page::file(file.file_name, "image/jpeg", drawn)?;
            response.headers_mut().insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("inline"));
            response
        }
        None => {
            let bytes = file.read(app).await?;
            page::file(file.file_name, kind.map_or("application/octet-stream", FileKind::media_type), bytes)?
        }
    };
    Ok(harmless(response, file.is_sealed))
}

/// Whatever it is, a browser shows it as a picture or keeps it as a file, and does nothing else with it.
fn harmless(mut response: Response, is_sealed: bool) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    // A sealed file is opened for a reason each time; a copy in the browser would open without one.
    let keeping = if is_sealed { "no-store" } else { "private, max-age=3600" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keeping));
    response
}

/// A copy that cannot be kept is drawn again the next time.
async fn keep(path: PathBuf, drawn: &[u8]) {
    let Some(folder) = path.parent() else { return };
    let part = path.with_extension(format!("{}.part", store::new_id()));
    if tokio::fs::create_dir_all(folder).await.is_err() || tokio::fs::write(&part, drawn).await.is_err() {
        return;
    }
    if tokio::fs::rename(&part, &path).await.is_err() {
        tracing::warn!("a drawn picture cannot be kept");
    }
}

fn draw(bytes: &[u8], side: u32) -> Result<Vec<u8>, String> {
    let picture = decode(decoder(bytes)?)?;
    let picture = if picture.width().max(picture.height()) > side { picture.thumbnail(side, side) } else { picture };
    let mut drawn = Vec::new();
    // Colours only: what was transparent becomes what it covers, and nothing of the original's own words comes along.
    let encoder = JpegEncoder::new_with_quality(&mut drawn, 82);
    DynamicImage::ImageRgb8(picture.to_rgb8()).write_with_encoder(encoder).map_err(|_| broken())?;
    Ok(drawn)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A photo of one colour, with an EXIF block that says when it was taken.
    pub(crate) fn photo() -> Vec<u8> {
        let picture = DynamicImage::ImageRgb8(image::RgbImage::from_pixel(640, 480, image::Rgb([20, 80, 92])));
        let mut plain = Vec::new();
        picture.write_with_encoder(JpegEncoder::new_with_quality(&mut plain, 80)).unwrap();
        let mut block = b"Exif\0\0II*\0\x08\0\0\0\x01\0".to_vec();
        block.extend([0x32, 0x01, 2, 0, 20, 0, 0, 0, 26, 0, 0, 0, 0, 0, 0, 0]);
        block.extend(b"2024:03:01 08:30:00\0");
        let mut bytes = plain[..2].to_vec();
        bytes.extend([0xFF, 0xE1]);
        bytes.extend(u16::try_from(block.len() + 2).unwrap().to_be_bytes());
        bytes.extend(block);
        bytes.extend(&plain[2..]);
        bytes
    }

    fn file(name: &str, bytes: &[u8]) -> PostedFile {
        PostedFile { field: "files".into(), name: name.into(), bytes: bytes.to_vec() }
    }

    /// A picture that says it is 30,000 pixels wide and high, in fifty bytes.
    fn bomb() -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR".to_vec();
        bytes.extend(30_000_u32.to_be_bytes());
        bytes.extend(30_000_u32.to_be_bytes());
        bytes.extend([8, 2, 0, 0, 0]);
        bytes.extend(0_u32.to_be_bytes());
        bytes.extend(b"\0\0\0\0IEND\xAE\x42\x60\x82");
        bytes
    }

    #[test]
    fn every_picture_that_is_drawn_goes_with_its_file() {
        assert_eq!([Size::View, Size::Thumb].map(Size::word), store::files::PICTURES);
    }

    #[test]
    fn a_photo_is_accepted_with_its_facts_and_drawn_without_them() {
        let accepted = look(file("IMG_1.jpg", &photo())).ok().unwrap();
        let facts = accepted.facts.unwrap();
        assert_eq!((facts.width, facts.height), (640, 480));
        assert_eq!(facts.taken_at, Some(jiff::civil::date(2024, 3, 1).at(8, 30, 0, 0)));
        let drawn = draw(&photo(), 320).unwrap();
        assert!(!drawn.windows(4).any(|it| it == b"Exif"));
        assert_eq!(image::load_from_memory(&drawn).unwrap().width(), 320);
    }

    #[test]
    fn hostile_files_are_refused_with_a_sentence() {
        let table = [
            ("bomb.png", bomb(), "“bomb.png”"),
            ("half.jpg", photo()[..300].to_vec(), "“half.jpg”打不开"),
            ("x.svg", b"<svg onload=alert(1)>".to_vec(), "不能上传"),
            ("x.jpg", b"<html><script>".to_vec(), "不能上传"),
            ("x.heic", b"....ftypheic....".to_vec(), "HEIC"),
            ("x.jpg", b"....ftypheic....".to_vec(), "HEIC"),
            ("x.docx", photo(), ""),
        ];
        for (name, bytes, words) in table {
            match look(file(name, &bytes)) {
                Err(sentence) => assert!(sentence.contains(words) && !words.is_empty(), "{name}: {sentence}"),
                Ok(accepted) => assert_eq!((words, accepted.name.as_str()), ("", "x.jpg"), "{name}"),
            }
        }
    }
}
