//! A ledger as a file: CSV with a byte order mark, or a spreadsheet ready to print. Text stays text, whatever it begins with.

use axum::extract::{Path, RawQuery, State};
use domain::Id;
use domain::campaign::record::RecordStatus;
use gongwen::table::{Align, Table, TableCell, Value};
use gongwen::write::xlsx::{self, Sheet};
use store::campaign::{material, media};

use super::{Around, Query, material as material_ledger, media as media_ledger};
use crate::{Answer, App, Error, Visitor, clock, page};

/// A ledger to be written.
pub(crate) struct Ledger {
    /// 媒体宣传台账, for the head of the sheet and the name of the file.
    pub(crate) title: String,
    pub(crate) campaign: String,
    pub(crate) table: Table,
}

/// A cell with a count, empty where nobody counted.
pub(crate) fn number(value: Option<i64>) -> TableCell {
    #[expect(clippy::cast_precision_loss, reason = "a spreadsheet counts with real numbers")]
    value.map_or_else(|| TableCell::text(""), |it| TableCell::number(it as f64))
}

/// The head of a table: name and width; figures stand at the right.
fn table(columns: &[(&str, f64)], figures: &[&str]) -> Table {
    let align = |name: &str| if figures.contains(&name) { Align::Right } else { Align::Left };
    let columns: Vec<_> = columns.iter().map(|(name, width)| (*name, *width, align(name))).collect();
    Table::new(&columns)
}

impl Ledger {
    fn name(&self, ending: &str) -> String {
        domain::evidence::clean_name(&format!("{} {}.{ending}", self.campaign, self.title))
    }

    pub(crate) fn csv(&self) -> Answer {
        let mut text = String::from("\u{FEFF}");
        for row in self.table.head.iter().chain(&self.table.rows) {
            let cells: Vec<String> = row.iter().map(cell).collect();
            text.push_str(&cells.join(","));
            text.push_str("\r\n");
        }
        page::file(&self.name("csv"), "text/csv; charset=utf-8", text.into_bytes())
    }

    pub(crate) fn xlsx(self) -> Answer {
        let name = self.name("xlsx");
        let sheet = Sheet {
            name: self.title.clone(),
            title: Some(self.title),
            notes: vec![self.campaign],
            table: self.table,
            is_landscape: true,
        };
        let bytes = xlsx::write(&[sheet]).map_err(|error| Error::Internal(anyhow::Error::new(error)))?;
        page::file(&name, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", bytes)
    }
}

/// A guard before what a spreadsheet would take for a formula; quotes around what would break the line.
fn cell(cell: &TableCell) -> String {
    let text = cell.words();
    let is_text = matches!(cell.value, Value::Text(_));
    let is_formula = is_text && text.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    let guarded = if is_formula { format!("'{text}") } else { text };
    if guarded.contains([',', '"', '\n', '\r', '\'']) {
        format!("\"{}\"", guarded.replace('"', "\"\""))
    } else {
        guarded
    }
}

/// `GET /campaigns/{campaign_id}/media.csv` and `/media.xlsx`: what the list shows, with its filter, all of it.
pub(crate) async fn media_csv(state: State<App>, visitor: Visitor, path: Path<String>, query: RawQuery) -> Answer {
    of_media(state, visitor, path, query).await?.csv()
}

pub(crate) async fn media_xlsx(state: State<App>, visitor: Visitor, path: Path<String>, query: RawQuery) -> Answer {
    of_media(state, visitor, path, query).await?.xlsx()
}

async fn of_media(
    State(app): State<App>,
    Visitor(_): Visitor,
    Path(campaign_id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Ledger, Error> {
    let around = Around::load(&app, Id::from_text(campaign_id)).await?;
    let (filter, id) = (media_ledger::filter_of(&Query::of(query.as_deref())), around.head.campaign_id.clone());
    let entries = app.db.read(async move |tx| media::list(&tx, &id, &filter, i64::from(i32::MAX)).await).await?;
    let columns = [
        ("日期", 11.0),
        ("类别", 12.0),
        ("媒体", 16.0),
        ("标题", 32.0),
        ("链接", 30.0),
        ("数量", 8.0),
        ("天数", 6.0),
        ("阅读量", 9.0),
        ("阅读量更新", 16.0),
        ("报送单位", 14.0),
        ("活动", 24.0),
        ("状态", 8.0),
        ("备注", 18.0),
    ];
    let mut lines = table(&columns, &["数量", "天数", "阅读量"]);
    for media in &entries {
        let entry = &media.entry;
        lines.rows.push(vec![
            TableCell::text(entry.published_on.to_string()),
            TableCell::text(entry.kind.label()),
            TableCell::text(&entry.outlet),
            TableCell::text(&entry.title),
            TableCell::text(&entry.link),
            number(Some(entry.pieces)),
            number(Some(entry.days)),
            number(entry.reads),
            TableCell::text(media.reads_at.map(clock::in_words).unwrap_or_default()),
            TableCell::text(&media.unit_name),
            TableCell::text(&media.activity_title),
            TableCell::text(if media.n_same > 1 && entry.kind.is_one_article() {
                "有效，多单位登记"
            } else {
                media.status.label()
            }),
            TableCell::text(&entry.note),
        ]);
    }
    Ok(Ledger { title: "媒体宣传台账".to_owned(), campaign: around.head.title, table: lines })
}

/// `GET /campaigns/{campaign_id}/materials.csv` and `/materials.xlsx`: what the list shows, with its filter, all of it.
pub(crate) async fn materials_csv(state: State<App>, visitor: Visitor, path: Path<String>, query: RawQuery) -> Answer {
    of_materials(state, visitor, path, query).await?.csv()
}

pub(crate) async fn materials_xlsx(state: State<App>, visitor: Visitor, path: Path<String>, query: RawQuery) -> Answer {
    of_materials(state, visitor, path, query).await?.xlsx()
}

async fn of_materials(
    State(app): State<App>,
    Visitor(_): Visitor,
    Path(campaign_id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Ledger, Error> {
    let around = Around::load(&app, Id::from_text(campaign_id)).await?;
    let (filter, id) = (material_ledger::filter_of(&Query::of(query.as_deref())), around.head.campaign_id.clone());
    let entries = app.db.read(async move |tx| material::list(&tx, &id, &filter, i64::from(i32::MAX)).await).await?;
    let columns = [
        ("日期", 11.0),
        ("类别", 12.0),
        ("资料名称", 28.0),
        ("印制", 9.0),
        ("发放", 9.0),
        ("计入统计", 9.0),
        ("地点", 20.0),
        ("填报单位", 14.0),
        ("活动", 26.0),
        ("状态", 8.0),
        ("备注", 18.0),
    ];
    let mut lines = table(&columns, &["印制", "发放", "计入统计"]);
    for material in &entries {
        let entry = &material.entry;
        let counted = entry.counted().filter(|_| material.status == RecordStatus::Kept);
        lines.rows.push(vec![
            TableCell::text(entry.happened_on.to_string()),
            TableCell::text(entry.kind.label()),
            TableCell::text(&entry.title),
            number(entry.printed),
            number(entry.handed_out),
            number(counted),
            TableCell::text(&entry.place),
            TableCell::text(&material.unit_name),
            TableCell::text(&material.activity_title),
            TableCell::text(material.status.label()),
            TableCell::text(&entry.note),
        ]);
    }
    Ok(Ledger { title: "宣传资料台账".to_owned(), campaign: around.head.title, table: lines })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_stays_text_and_a_number_stays_a_number() {
        assert_eq!(cell(&TableCell::text("=1+1")), "\"'=1+1\"");
        assert_eq!(cell(&TableCell::text("a,b\"c")), "\"a,b\"\"c\"");
        assert_eq!(cell(&number(Some(-3))), "-3");
        assert_eq!(cell(&number(None)), "");
    }
}
