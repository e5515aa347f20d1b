//! Forms that units of the demonstration handed in as files: two in order, one with words for a number, one of a unit nobody knows.

use std::path::Path;

use anyhow::{Context, Result};
use domain::Id;
use domain::statistics::form::FormCell;
use domain::statistics::form_reader::read_sheets;
use domain::statistics::layout::{Fill, Filling, paper};
use domain::statistics::merge::HandedIn;
use domain::unit::Actor;
use gongwen::write::paper::{write_docx, write_xlsx};
use jiff::Timestamp;
use store::Db;
use store::files::Files;
use store::statistics::form;
use store::statistics::form_merge::{self, MergeFile};

/// Name of the file, unit as it names itself, figures as typed in the order of the rows; what is left out is 0.
const FILES: &[(&str, &str, &[&str])] = &[
    ("执法大队统计表.xlsx", "综合行政执法大队", &["1", "0", "45", "12", "0", "300余", "6", "2", "1", "3600"]),
    ("价监科.docx", "价监科", &["2", "1", "120", "8", "0", "500", "15", "3", "3", "800"]),
    ("广告科上报.xlsx", "广告科", &["1", "0", "若干", "5", "0", "200", "4", "-1", "0", "0"]),
    ("桥头服务站.xlsx", "桥头消费维权服务站", &["1", "1", "60", "2", "0", "80", "9", "0", "0", "0"]),
];

/// Uploads them for the first form of the campaign; the office has not looked at them yet.
///
/// # Errors
/// When the sample has no form, or a file cannot be written or read.
pub(super) async fn upload(db: &Db, data: &Path, campaign_id: &Id, office: &Actor, at: Timestamp) -> Result<()> {
    let id = campaign_id.clone();
    let forms = db.read(async move |tx| form::list(&tx, &id).await).await?;
    let form = forms.into_iter().next().context("the sample has no form")?;
    let folder = Files::open(data)?;
    let (mut files, mut handed_in) = (Vec::new(), Vec::new());
    for (name, unit, typed) in FILES {
        let mut filling = Filling::default();
        filling.head.insert("填报单位".to_owned(), (*unit).to_owned());
        let figures = form.definition.cells().zip(typed.iter().chain(std::iter::repeat(&"0")));
        filling.cells.extend(figures.map(|((_, cell), typed)| (cell.key.clone(), fill(cell, typed))));
        let sheet = paper(&form.definition, &filling);
        let bytes = if name.ends_with("docx") { write_docx(&[sheet])? } else { write_xlsx(&[sheet])? };
        let mut sheets = read_sheets(&gongwen::read_sheets(name, &bytes, &gongwen::Limits::default())?);
        sheets.iter_mut().for_each(|it| it.form.definition.layout = None);
        handed_in.push(HandedIn { file: (*name).to_owned(), sheets: Ok(sheets) });
        let saved = folder.save(bytes).await?;
        let media_type = "application/octet-stream".to_owned();
        files.push(MergeFile { name: (*name).to_owned(), sha256: saved.sha256, size: saved.size, media_type });
    }
    let (form_id, person_id) = (form.stat_form_id, office.person_id.clone());
    db.write(async move |tx| form_merge::insert(&tx, &form_id, &person_id, &files, &handed_in, at).await).await?;
    Ok(())
}

/// What somebody typed by hand: words stay words.
fn fill(cell: &FormCell, typed: &str) -> Fill {
    let (measure, multiple) = cell.measure();
    match typed.parse::<i64>() {
        Ok(number) if number >= 0 => {
            let value = number.saturating_mul(measure.base_units()).saturating_mul(multiple);
            Fill::Number { value, is_estimate: false }
        }
        _ => Fill::Text(typed.to_owned()),
    }
}
