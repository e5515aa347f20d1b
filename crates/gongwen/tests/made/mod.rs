//! Files made in code, so that no test needs a binary fixture.

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
