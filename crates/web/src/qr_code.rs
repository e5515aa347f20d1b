//! QR codes (二维码) for paper: a venue, a page to record on.

use crate::Error;

/// A QR code as one SVG path in units of a module, with the quiet zone of four modules around it.
pub(crate) fn path(text: &str) -> Result<(String, usize), Error> {
    let code = qrcode::QrCode::new(text.as_bytes()).map_err(|error| Error::Internal(anyhow::Error::new(error)))?;
    let width = code.width();
    let mut drawn = String::new();
    for (index, color) in code.to_colors().iter().enumerate() {
        if *color == qrcode::Color::Dark {
            let (x, y) = (index % width + 4, index / width + 4);
            drawn.push_str(&format!("M{x} {y}h1v1h-1z"));
        }
    }
    Ok((drawn, width + 8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_a_square_with_a_quiet_zone() {
        let (drawn, side) = path("购物广场 开源路1号 3月15日").unwrap();
        assert!(side >= 29 && drawn.starts_with("M4 4h1v1h-1z"), "{side} {drawn}");
    }
}
