//! What a photo says about itself: when and where it was taken, and with what.
//!
//! These facts are kept as evidence beside the original. What the pages show is drawn anew and carries none of them.

use jiff::civil::DateTime;

/// The facts of a photo. Everything may be missing: most programs that pass photos on take it away.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PhotoFacts {
    /// In pixels, as it is shown.
    pub width: u32,
    /// In pixels, as it is shown.
    pub height: u32,
    /// When it was taken, by the clock of the camera.
    pub taken_at: Option<DateTime>,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
    /// The make and model.
    pub camera: String,
}

impl PhotoFacts {
    /// Adds what stands in a block of EXIF (the part that begins with `II*` or `MM*`). What cannot be read is left out.
    pub fn read_exif(&mut self, block: &[u8]) {
        let block = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
        let Ok(exif) = exif::Reader::new().read_raw(block.to_vec()) else { return };
        let field = |tag| exif.get_field(tag, exif::In::PRIMARY);
        self.taken_at = field(exif::Tag::DateTimeOriginal).or_else(|| field(exif::Tag::DateTime)).and_then(taken_at);
        self.latitude = field(exif::Tag::GPSLatitude)
            .and_then(degrees)
            .map(|it| signed(it, field(exif::Tag::GPSLatitudeRef), 'S'))
            .filter(|it| (-90.0..=90.0).contains(it));
        self.longitude = field(exif::Tag::GPSLongitude)
            .and_then(degrees)
            .map(|it| signed(it, field(exif::Tag::GPSLongitudeRef), 'W'))
            .filter(|it| (-180.0..=180.0).contains(it));
        if self.latitude.is_none() || self.longitude.is_none() {
            (self.latitude, self.longitude) = (None, None);
        }
        let words = [exif::Tag::Make, exif::Tag::Model].map(|tag| field(tag).map(text).unwrap_or_default());
        let [make, model] = words;
        self.camera = if model.starts_with(&make) { model } else { format!("{make} {model}") }.trim().to_owned();
    }

    /// Where it was taken, in words: `39.7170°N 117.3090°E`.
    pub fn place(&self) -> Option<String> {
        let (latitude, longitude) = (self.latitude?, self.longitude?);
        let (ns, ew) = (if latitude < 0.0 { 'S' } else { 'N' }, if longitude < 0.0 { 'W' } else { 'E' });
        Some(format!("{:.4}°{ns} {:.4}°{ew}", latitude.abs(), longitude.abs()))
    }
}

fn taken_at(field: &exif::Field) -> Option<DateTime> {
    let exif::Value::Ascii(lines) = &field.value else { return None };
    let at = exif::DateTime::from_ascii(lines.first()?).ok()?;
    let part = |it: u8| i8::try_from(it).ok();
    let year = i16::try_from(at.year).ok().filter(|it| *it > 1990)?;
    DateTime::new(year, part(at.month)?, part(at.day)?, part(at.hour)?, part(at.minute)?, part(at.second)?, 0).ok()
}

fn degrees(field: &exif::Field) -> Option<f64> {
    let exif::Value::Rational(parts) = &field.value else { return None };
    let part = |n: usize| parts.get(n).filter(|it| it.denom != 0).map(exif::Rational::to_f64);
    let degrees = part(0)? + part(1).unwrap_or(0.0) / 60.0 + part(2).unwrap_or(0.0) / 3600.0;
    degrees.is_finite().then_some(degrees)
}

fn signed(degrees: f64, reference: Option<&exif::Field>, negative: char) -> f64 {
    if reference.map(text).unwrap_or_default().starts_with(negative) { -degrees } else { degrees }
}

/// The plain characters of a text field, at most 60.
fn text(field: &exif::Field) -> String {
    let exif::Value::Ascii(lines) = &field.value else { return String::new() };
    let bytes = lines.first().map(Vec::as_slice).unwrap_or_default();
    String::from_utf8_lossy(bytes).chars().filter(|it| !it.is_control()).take(60).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A little-endian block with make, time and place, put together by hand.
    fn block() -> Vec<u8> {
        let mut bytes = b"II*\0\x08\0\0\0".to_vec();
        let entry = |tag: u16, kind: u16, count: u32, value: u32| {
            [
                tag.to_le_bytes().to_vec(),
                kind.to_le_bytes().to_vec(),
                count.to_le_bytes().to_vec(),
                value.to_le_bytes().to_vec(),
            ]
            .concat()
        };
        // Main: make at 100, time at 120, place at 50.
        bytes.extend(3_u16.to_le_bytes());
        bytes.extend(entry(0x010F, 2, 6, 110));
        bytes.extend(entry(0x0132, 2, 20, 120));
        bytes.extend(entry(0x8825, 4, 1, 50));
        bytes.extend(0_u32.to_le_bytes());
        assert_eq!(bytes.len(), 50);
        bytes.extend(4_u16.to_le_bytes());
        bytes.extend(entry(1, 2, 2, u32::from(b'N')));
        bytes.extend(entry(2, 5, 3, 140));
        bytes.extend(entry(3, 2, 2, u32::from(b'E')));
        bytes.extend(entry(4, 5, 3, 164));
        bytes.extend(0_u32.to_le_bytes());
        bytes.resize(110, 0);
        bytes.extend(b"XBCAM\0");
        bytes.resize(120, 0);
        bytes.extend(b"2027:03:15 09:41:00\0");
        for part in [39_u32, 43, 12, 117, 18, 36] {
            bytes.extend(part.to_le_bytes());
            bytes.extend(1_u32.to_le_bytes());
        }
        bytes
    }

    #[test]
    fn time_place_and_camera_are_read() {
        let mut facts = PhotoFacts::default();
        facts.read_exif(&block());
        assert_eq!(facts.taken_at, Some(jiff::civil::date(2027, 3, 15).at(9, 41, 0, 0)));
        assert_eq!(facts.place().as_deref(), Some("39.7200°N 117.3100°E"));
        assert_eq!(facts.camera, "XBCAM");
    }

    #[test]
    fn a_broken_block_says_nothing() {
        let whole = block();
        for end in 0..whole.len() {
            let mut facts = PhotoFacts::default();
            facts.read_exif(&whole[..end]);
            if let Some(latitude) = facts.latitude {
                assert!((-90.0..=90.0).contains(&latitude));
            }
        }
        let mut facts = PhotoFacts::default();
        facts.read_exif(b"nonsense");
        assert_eq!(facts, PhotoFacts::default());
    }
}
