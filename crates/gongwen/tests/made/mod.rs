//! Files made in code, so that no test needs a binary fixture.
#![allow(dead_code, reason = "each test file takes what it needs")]

use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;

/// A zip archive of these parts.
pub fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A Word document with this body and these further parts ("styles", "numbering", "footnotes").
pub fn docx(body: &str, others: &[(&str, &str)]) -> Vec<u8> {
    docx_in("http://schemas.openxmlformats.org/wordprocessingml/2006/main", body, others)
}

/// A Word document in the given namespace.
pub fn docx_in(namespace: &str, body: &str, others: &[(&str, &str)]) -> Vec<u8> {
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let main = format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w="{namespace}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:body>{body}</w:body></w:document>"#
    );
    let root = format!(
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="{office}/officeDocument" Target="word/document.xml"/></Relationships>"#
    );
    let links: String = others
        .iter()
        .map(|(kind, _)| format!(r#"<Relationship Id="{kind}" Type="{office}/{kind}" Target="{kind}.xml"/>"#))
        .collect();
    let links = format!(
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{links}</Relationships>"#
    );
    let mut parts: Vec<(String, Vec<u8>)> = vec![
        ("_rels/.rels".to_owned(), root.into_bytes()),
        ("word/document.xml".to_owned(), main.into_bytes()),
        ("word/_rels/document.xml.rels".to_owned(), links.into_bytes()),
    ];
    for (kind, content) in others {
        let content = format!(r#"<w:{kind} xmlns:w="{namespace}">{content}</w:{kind}>"#);
        parts.push((format!("word/{kind}.xml"), content.into_bytes()));
    }
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|it| (it.0.as_str(), it.1.as_slice())).collect();
    archive(&parts)
}

/// A paragraph of one run.
pub fn p(text: &str) -> String {
    format!(r#"<w:p><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>"#)
}

/// A PDF of these objects (the first is number 1), with a proper cross-reference table.
pub fn pdf(objects: &[Vec<u8>], trailer: &str) -> Vec<u8> {
    let mut out = b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut places = Vec::new();
    for (n, object) in objects.iter().enumerate() {
        places.push(out.len());
        out.extend(format!("{} 0 obj\n", n + 1).bytes());
        out.extend(object);
        out.extend(b"\nendobj\n");
    }
    let start = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for place in places {
        out.extend(format!("{place:010} 00000 n \n").bytes());
    }
    out.extend(
        format!("trailer\n<</Size {}/Root 1 0 R{trailer}>>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1).bytes(),
    );
    out
}

/// A PDF of one page with these lines (x, y from below, size, text) in a font that is not embedded.
pub fn pdf_of_lines(
    map: &str,
    encode: impl Fn(&str) -> Vec<u8>,
    lines: &[(f64, f64, f64, &str)],
    drawing: &str,
) -> Vec<u8> {
    let mut content = format!("{drawing}\nBT\n");
    for (x, y, size, text) in lines {
        let hex: String = encode(text).iter().map(|it| format!("{it:02x}")).collect();
        content.push_str(&format!("/F1 {size} Tf 1 0 0 1 {x} {y} Tm <{hex}> Tj\n"));
    }
    content.push_str("ET");
    let stream = format!("<</Length {}>>\nstream\n{content}\nendstream", content.len());
    let font = format!("<</Type/Font/Subtype/Type0/BaseFont/SimSun/Encoding/{map}/DescendantFonts[6 0 R]>>");
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>";
    let descendant = "<</Type/Font/Subtype/CIDFontType0/BaseFont/SimSun/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>/DW 1000/FontDescriptor 7 0 R>>";
    let descriptor = "<</Type/FontDescriptor/FontName/SimSun/Flags 4/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 859/Descent -141/CapHeight 700/StemV 80>>";
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page,
        &stream,
        &font,
        descendant,
        descriptor,
    ];
    pdf(&objects.map(|it| it.as_bytes().to_vec()), "")
}

/// An OFD whose pages hold these content parts.
pub fn ofd(pages: &[String]) -> Vec<u8> {
    let ns = r#"xmlns:ofd="http://www.ofdspec.org/2016""#;
    let list: String = (0..pages.len())
        .map(|it| format!(r#"<ofd:Page ID="{}" BaseLoc="Pages/P{it}/Content.xml"/>"#, it + 10))
        .collect();
    let root =
        format!(r#"<ofd:OFD {ns}><ofd:DocBody><ofd:DocRoot>/Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"#);
    let document = format!(
        r#"<ofd:Document {ns}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages>{list}</ofd:Pages></ofd:Document>"#
    );
    let mut parts = vec![("OFD.xml".to_owned(), root), ("Doc_0/Document.xml".to_owned(), document)];
    for (n, page) in pages.iter().enumerate() {
        let content = format!(
            r#"<ofd:Page {ns}><ofd:Content><ofd:Layer ID="{}">{page}</ofd:Layer></ofd:Content></ofd:Page>"#,
            100 + n
        );
        parts.push((format!("Doc_0/Pages/P{n}/Content.xml"), content));
    }
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|it| (it.0.as_str(), it.1.as_bytes())).collect();
    archive(&parts)
}

/// A text object of an OFD page; places in millimetres.
pub fn ofd_text(x: f64, y: f64, size: f64, text: &str) -> String {
    let n = text.chars().count().saturating_sub(1);
    format!(
        r#"<ofd:TextObject ID="9" Boundary="{x} {y} 150 10" Font="3" Size="{size}"><ofd:TextCode X="0" Y="5" DeltaX="g {n} {size}">{text}</ofd:TextCode></ofd:TextObject>"#
    )
}
