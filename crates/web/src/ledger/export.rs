//! A ledger as a file: CSV with a byte order mark, or a spreadsheet ready to print. Text stays text, whatever it begins with.

use axum::extract::{Path, RawQuery, State};
use domain::Id;
use domain::campaign::record::RecordStatus;
use gongwen::csv;
use gongwen::table::{Align, Table, TableCell, Value};
use gongwen::write::xlsx::{self, Sheet};
use store::campaign::material::{self, Material};
use store::campaign::media::{self, Media};

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

/// A column of a ledger: its name, its width, what an entry says in it.
type Column<T> = (&'static str, f64, fn(&T) -> TableCell);

/// The entries as a table; a column of figures stands at the right.
fn table<T>(columns: &[Column<T>], entries: &[T], figures: &[&str]) -> Table {
    let align = |name: &str| if figures.contains(&name) { Align::Right } else { Align::Left };
    let head: Vec<_> = columns.iter().map(|(name, width, _)| (*name, *width, align(name))).collect();
    let mut table = Table::new(&head);
    table.rows.extend(entries.iter().map(|entry| columns.iter().map(|(_, _, cell)| cell(entry)).collect::<Vec<_>>()));
    table
}

const MEDIA: &[Column<Media>] = &[
    ("日期", 11.0, |it| TableCell::text(it.entry.published_on.to_string())),
    ("类别", 12.0, |it| TableCell::text(it.entry.kind.label())),
    ("媒体", 16.0, |it| TableCell::text(&it.entry.outlet)),
    ("标题", 32.0, |it| TableCell::text(&it.entry.title)),
    ("链接", 30.0, |it| TableCell::text(&it.entry.link)),
    ("数量", 8.0, |it| number(Some(it.entry.pieces))),
    ("天数", 6.0, |it| number(Some(it.entry.days))),
    ("阅读量", 9.0, |it| number(it.entry.reads)),
    ("阅读量更新", 16.0, |it| TableCell::text(it.reads_at.map(clock::in_words).unwrap_or_default())),
    ("报送单位", 14.0, |it| TableCell::text(&it.unit_name)),
    ("活动", 24.0, |it| TableCell::text(&it.activity_title)),
    ("状态", 8.0, |it| {
        let is_shared = it.n_same > 1 && it.entry.kind.is_one_article();
        TableCell::text(if is_shared { "有效，多单位登记" } else { it.status.label() })
    }),
    ("备注", 18.0, |it| TableCell::text(&it.entry.note)),
];

const MATERIALS: &[Column<Material>] = &[
    ("日期", 11.0, |it| TableCell::text(it.entry.happened_on.to_string())),
    ("类别", 12.0, |it| TableCell::text(it.entry.kind.label())),
    ("资料名称", 28.0, |it| TableCell::text(&it.entry.title)),
    ("印制", 9.0, |it| number(it.entry.printed)),
    ("发放", 9.0, |it| number(it.entry.handed_out)),
    ("计入统计", 9.0, |it| number(it.entry.counted().filter(|_| it.status == RecordStatus::Kept))),
    ("地点", 20.0, |it| TableCell::text(&it.entry.place)),
    ("填报单位", 14.0, |it| TableCell::text(&it.unit_name)),
    ("活动", 26.0, |it| TableCell::text(&it.activity_title)),
    ("状态", 8.0, |it| TableCell::text(it.status.label())),
    ("备注", 18.0, |it| TableCell::text(&it.entry.note)),
];

impl Ledger {
    fn name(&self, ending: &str) -> String {
        domain::evidence::clean_name(&format!("{} {}.{ending}", self.campaign, self.title))
    }

    pub(crate) fn csv(&self) -> Answer {
        let lines = self.table.head.iter().chain(&self.table.rows).map(|row| row.iter().map(cell));
        // A figure below zero is no formula, so the guard is asked for words alone.
        let text = lines.fold(csv::MARK.to_owned(), |text, cells| text + &cells.collect::<Vec<_>>().join(",") + "\r\n");
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

fn cell(cell: &TableCell) -> String {
    let words = cell.words();
    if matches!(cell.value, Value::Text(_)) { csv::quoted(&csv::guarded(&words)) } else { words }
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
    let table = table(MEDIA, &entries, &["数量", "天数", "阅读量"]);
    Ok(Ledger { title: "媒体宣传台账".to_owned(), campaign: around.head.title, table })
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
    let table = table(MATERIALS, &entries, &["印制", "发放", "计入统计"]);
    Ok(Ledger { title: "宣传资料台账".to_owned(), campaign: around.head.title, table })
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
