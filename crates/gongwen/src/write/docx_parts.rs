//! The parts of a `.docx` that are the same in every document: styles, fonts, footers.

/// Twips of the type area: 156 mm, and 225 mm on a turned page.
pub(super) const PORTRAIT_WIDTH: u32 = 8844;
pub(super) const LANDSCAPE_WIDTH: u32 = 12756;

pub(super) const DECLARATION: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
pub(super) const NAMESPACES: &str = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships""#;

const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml";

pub(super) const TABLE_HEAD: &str = concat!(
    r#"<w:tbl><w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:jc w:val="center"/><w:tblBorders>"#,
    r#"<w:top w:val="single" w:sz="8" w:space="0" w:color="auto"/><w:left w:val="single" w:sz="4" w:space="0" w:color="auto"/>"#,
    r#"<w:bottom w:val="single" w:sz="8" w:space="0" w:color="auto"/><w:right w:val="single" w:sz="4" w:space="0" w:color="auto"/>"#,
    r#"<w:insideH w:val="single" w:sz="4" w:space="0" w:color="auto"/><w:insideV w:val="single" w:sz="4" w:space="0" w:color="auto"/>"#,
    r#"</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="85" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>"#
);

/// Margins of 37, 26, 35 and 28 mm; on a turned page the binding edge is at the top.
pub(super) fn section_properties(is_landscape: bool) -> String {
    let (size, margins) = if is_landscape {
        (
            r#"w:w="16838" w:h="11906" w:orient="landscape""#,
            r#"w:top="1587" w:right="2098" w:bottom="1474" w:left="1984""#,
        )
    } else {
        (r#"w:w="11906" w:h="16838""#, r#"w:top="2098" w:right="1474" w:bottom="1984" w:left="1588""#)
    };
    let footer = if is_landscape { 850 } else { 1361 };
    format!(
        r#"<w:sectPr><w:footerReference w:type="default" r:id="rFooterOdd"/><w:footerReference w:type="even" r:id="rFooterEven"/><w:pgSz {size}/><w:pgMar {margins} w:header="851" w:footer="{footer}" w:gutter="0"/></w:sectPr>"#
    )
}

/// Every part but the text.
pub(super) fn fixed() -> Vec<(&'static str, String)> {
    vec![
        ("[Content_Types].xml", content_types()),
        ("_rels/.rels", relationships(&[("rDocument", "officeDocument", "word/document.xml")])),
        (
            "word/_rels/document.xml.rels",
            relationships(&[
                ("rStyles", "styles", "styles.xml"),
                ("rFonts", "fontTable", "fontTable.xml"),
                ("rSettings", "settings", "settings.xml"),
                ("rFooterOdd", "footer", "footer1.xml"),
                ("rFooterEven", "footer", "footer2.xml"),
            ]),
        ),
        ("word/styles.xml", styles()),
        ("word/fontTable.xml", font_table()),
        (
            "word/settings.xml",
            format!(
                r#"{DECLARATION}<w:settings {NAMESPACES}><w:evenAndOddHeaders/><w:characterSpacingControl w:val="compressPunctuation"/></w:settings>"#
            ),
        ),
        ("word/footer1.xml", footer(r#"<w:ind w:right="280"/><w:jc w:val="right"/>"#)),
        ("word/footer2.xml", footer(r#"<w:ind w:left="280"/><w:jc w:val="left"/>"#)),
    ]
}

fn content_types() -> String {
    let parts: String = [
        ("document", "document.main"),
        ("styles", "styles"),
        ("fontTable", "fontTable"),
        ("settings", "settings"),
        ("footer1", "footer"),
        ("footer2", "footer"),
    ]
    .iter()
    .map(|(part, kind)| format!(r#"<Override PartName="/word/{part}.xml" ContentType="{WORD}.{kind}+xml"/>"#))
    .collect();
    format!(
        r#"{DECLARATION}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>{parts}</Types>"#
    )
}

fn relationships(targets: &[(&str, &str, &str)]) -> String {
    let links: String = targets
        .iter()
        .map(|(id, kind, target)| format!(r#"<Relationship Id="{id}" Type="{OFFICE}/{kind}" Target="{target}"/>"#))
        .collect();
    format!(r#"{DECLARATION}<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>"#)
}

/// The page number between dashes, of 14 pt.
fn footer(place: &str) -> String {
    let run = |content: &str| format!(r#"<w:r><w:rPr>{}<w:sz w:val="28"/></w:rPr>{content}</w:r>"#, fonts("宋体"));
    let field = |kind: &str| run(&format!(r#"<w:fldChar w:fldCharType="{kind}"/>"#));
    format!(
        "{DECLARATION}<w:ftr {NAMESPACES}><w:p><w:pPr>{place}</w:pPr>{}{}{}{}{}{}{}</w:p></w:ftr>",
        run("<w:t xml:space=\"preserve\">— </w:t>"),
        field("begin"),
        run("<w:instrText xml:space=\"preserve\"> PAGE </w:instrText>"),
        field("separate"),
        run("<w:t>1</w:t>"),
        field("end"),
        run("<w:t xml:space=\"preserve\"> —</w:t>"),
    )
}

fn fonts(east_asian: &str) -> String {
    format!(
        r#"<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman" w:eastAsia="{east_asian}"/>"#
    )
}

/// The fonts of the standard with what to take where they are not installed.
fn font_table() -> String {
    let list: String = [
        ("方正小标宋简体", "方正小标宋_GBK;华文中宋;Noto Serif CJK SC;宋体"),
        ("仿宋_GB2312", "仿宋;FangSong;华文仿宋;Noto Serif CJK SC"),
        ("楷体_GB2312", "楷体;KaiTi;华文楷体;Noto Serif CJK SC"),
        ("黑体", "SimHei;Noto Sans CJK SC"),
        ("宋体", "SimSun;Noto Serif CJK SC"),
    ]
    .iter()
    .map(|(name, others)| {
        format!(
            r#"<w:font w:name="{name}"><w:altName w:val="{}"/><w:charset w:val="86"/></w:font>"#,
            others.replace(';', ",")
        )
    })
    .collect();
    format!("{DECLARATION}<w:fonts {NAMESPACES}>{list}</w:fonts>")
}

/// One paragraph style.
struct Style {
    id: &'static str,
    name: &'static str,
    font: &'static str,
    half_points: u32,
    paragraph: &'static str,
}

fn styles() -> String {
    // 22 lines in 225 mm: 29 pt from line to line; 28 characters in 156 mm: a fifth of a point less than 16 pt each.
    const BODY: &str = r#"<w:spacing w:line="579" w:lineRule="exact"/><w:ind w:firstLineChars="200" w:firstLine="632"/><w:jc w:val="both"/>"#;
    const LINE: &str = r#"<w:spacing w:line="579" w:lineRule="exact"/>"#;
    const TITLE: &str =
        r#"<w:keepNext/><w:spacing w:before="0" w:after="579" w:line="700" w:lineRule="exact"/><w:jc w:val="center"/>"#;
    const SUBTITLE: &str = r#"<w:spacing w:after="290" w:line="579" w:lineRule="exact"/><w:jc w:val="center"/>"#;
    const CELL: &str = r#"<w:spacing w:before="40" w:after="40"/>"#;
    let list = [
        Style { id: "Body", name: "公文正文", font: "仿宋_GB2312", half_points: 32, paragraph: BODY },
        Style { id: "Line", name: "公文顶格", font: "仿宋_GB2312", half_points: 32, paragraph: LINE },
        Style { id: "Title", name: "Title", font: "方正小标宋简体", half_points: 44, paragraph: TITLE },
        Style { id: "Subtitle", name: "Subtitle", font: "楷体_GB2312", half_points: 32, paragraph: SUBTITLE },
        Style { id: "Heading1", name: "heading 1", font: "黑体", half_points: 32, paragraph: BODY },
        Style { id: "Heading2", name: "heading 2", font: "楷体_GB2312", half_points: 32, paragraph: BODY },
        Style { id: "Heading3", name: "heading 3", font: "仿宋_GB2312", half_points: 32, paragraph: BODY },
        Style { id: "Heading4", name: "heading 4", font: "仿宋_GB2312", half_points: 32, paragraph: BODY },
        Style { id: "TableHead", name: "公文表头", font: "黑体", half_points: 24, paragraph: CELL },
        Style { id: "TableText", name: "公文表格", font: "仿宋_GB2312", half_points: 24, paragraph: CELL },
    ];
    let list: String = list
        .iter()
        .map(|style| {
            let level = style.id.strip_prefix("Heading").and_then(|it| it.parse::<u32>().ok());
            let outline = level.map(|it| format!(r#"<w:outlineLvl w:val="{}"/>"#, it.saturating_sub(1))).unwrap_or_default();
            let keep = if level.is_some() { "<w:keepNext/>" } else { "" };
            let spacing = if style.half_points == 32 { r#"<w:spacing w:val="-4"/>"# } else { "" };
            format!(
                r#"<w:style w:type="paragraph" w:customStyle="{}" w:styleId="{}"><w:name w:val="{}"/><w:qFormat/><w:pPr>{keep}{}{outline}</w:pPr><w:rPr>{}{spacing}<w:sz w:val="{}"/><w:szCs w:val="{}"/></w:rPr></w:style>"#,
                u8::from(!style.name.is_ascii()),
                style.id,
                style.name,
                style.paragraph,
                fonts(style.font),
                style.half_points,
                style.half_points,
            )
        })
        .collect();
    format!(
        r#"{DECLARATION}<w:styles {NAMESPACES}><w:docDefaults><w:rPrDefault><w:rPr>{}<w:sz w:val="32"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>{list}</w:styles>"#,
        fonts("仿宋_GB2312")
    )
}
