//! `/complaints.csv` and `/complaints.xlsx`: what the list shows, with its filter. The person stays masked in a file.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use domain::complaint::case::CaseKind;
use domain::complaint::identity::{masked_name, masked_phone};
use domain::unit::Actor;
use gongwen::table::{Align, Value};
use gongwen::write::list::{Column, List};
use store::complaint::case::Case;
use store::complaint::queue;
use store::event::{self, NewEvent};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::Around;
use super::list::{Query, filter_of, near_until};
use crate::{Answer, App, Error, Visitor, page};

const COLUMNS: &[Column] = &[
    ("登记编号", 16.0, Align::Left),
    ("平台编号", 18.0, Align::Left),
    ("类型", 6.0, Align::Left),
    ("渠道", 12.0, Align::Left),
    ("收到日期", 11.0, Align::Left),
    ("投诉人", 8.0, Align::Left),
    ("电话", 13.0, Align::Left),
    ("经营者", 26.0, Align::Left),
    ("信用代码", 20.0, Align::Left),
    ("商品或服务", 14.0, Align::Left),
    ("分类", 12.0, Align::Left),
    ("问题", 12.0, Align::Left),
    ("诉求", 16.0, Align::Left),
    ("争议金额（元）", 10.0, Align::Right),
    ("内容", 40.0, Align::Left),
    ("状态", 10.0, Align::Left),
    ("承办单位", 12.0, Align::Left),
    ("经办人", 8.0, Align::Left),
    ("下一期限", 11.0, Align::Left),
    ("结果", 12.0, Align::Left),
    ("办结日期", 11.0, Align::Left),
    ("挽回损失（元）", 10.0, Align::Right),
    ("评价", 8.0, Align::Left),
];

fn row(case: &Case, around: &Around) -> Vec<Value> {
    let (state, particulars) = (&case.state, &case.particulars);
    let is_secret = state.matter == CaseKind::Tipoff;
    let person = |masked: String| if is_secret { String::new() } else { masked };
    #[expect(clippy::cast_precision_loss, reason = "a spreadsheet counts with real numbers")]
    let amount = |fen: Option<i64>| fen.map_or_else(|| String::new().into(), |it| Value::Number(it as f64 / 100.0));
    let node = |code: &str| if code.is_empty() { String::new() } else { around.category_name(code) };
    vec![
        case.number.clone().into(),
        case.external_number.clone().unwrap_or_default().into(),
        state.matter.label().to_owned().into(),
        state.channel.label().to_owned().into(),
        state.received_on.to_string().into(),
        person(masked_name(&particulars.consumer.name)).into(),
        person(masked_phone(&particulars.consumer.phone)).into(),
        particulars.business.name.clone().into(),
        particulars.business.credit_code.clone().into(),
        particulars.goods.clone().into(),
        node(&particulars.category).into(),
        node(&particulars.problem).into(),
        particulars.demand_words().into(),
        amount(particulars.amount_fen),
        particulars.text.clone().into(),
        state.label().to_owned().into(),
        state.unit_name.clone().into(),
        state.handler_name.clone().into(),
        case.due_on.map(|it| it.to_string()).unwrap_or_default().into(),
        state.outcome.map(|it| it.label().to_owned()).unwrap_or_default().into(),
        state.closed_on.or(state.declined_on).map(|it| it.to_string()).unwrap_or_default().into(),
        amount(state.recovered_fen),
        state.contentment().map(|it| it.label().to_owned()).unwrap_or_default().into(),
    ]
}

/// Cases of one reading: a file of a million lines takes the memory of these.
const PAGE: i64 = 1_000;

/// Hands all lines on, page by page, to somebody who writes them on a thread of his own, and records the export.
async fn hand_on(app: &App, actor: &Actor, query: Option<&str>, to: &Sender<Vec<Vec<Value>>>) -> Result<(), Error> {
    let query = Query::of(query);
    let (now, today) = (app.clock.now(), app.clock.today());
    let around = Arc::new(app.db.read(async |tx| Around::load(&tx).await).await?);
    let filter = filter_of(&query, &around, actor);
    let near = near_until(&around, today);
    let (mut after, mut n) = (None, 0);
    loop {
        let (filter, behind, of) = (filter.clone(), after.take(), Arc::clone(&around));
        let read = app.db.read(async move |tx| {
            let page = queue::list(&tx, &filter, now, near, behind.as_ref(), PAGE).await?;
            Ok((page.cases.iter().map(|it| row(it, &of)).collect::<Vec<_>>(), page.next))
        });
        let (rows, next) = read.await?;
        n += rows.len();
        // Who writes has stopped: his error says why.
        if to.send(rows).await.is_err() || next.is_none() {
            break;
        }
        after = next;
    }
    let (actor, detail) = (actor.clone(), serde_json::json!({ "件数": n }));
    let log = app.db.write(async move |tx| {
        let id = actor.person_id.clone();
        event::insert(&tx, NewEvent::by(&actor, "complaint", &id, "exported", now).detail(detail.clone()));
        Ok(())
    });
    Ok(log.await?)
}

/// Writes the lines as they come into a file without a name, which is gone when it has been sent.
async fn send(
    app: &App,
    actor: &Actor,
    query: Option<&str>,
    write: impl FnOnce(Receiver<Vec<Vec<Value>>>, &mut File) -> anyhow::Result<()> + Send + 'static,
) -> Result<File, Error> {
    let (to, from) = channel(2);
    let writing = tokio::task::spawn_blocking(move || -> anyhow::Result<File> {
        let mut file = tempfile::tempfile()?;
        write(from, &mut file)?;
        Ok(file)
    });
    let handed_on = hand_on(app, actor, query, &to).await;
    drop(to);
    let file = writing.await.map_err(|error| Error::Internal(anyhow::Error::new(error)))?;
    handed_on?;
    file.map_err(Error::Internal)
}

/// `GET /complaints.csv`
pub(crate) async fn csv(State(app): State<App>, Visitor(actor): Visitor, RawQuery(query): RawQuery) -> Answer {
    let file = send(&app, &actor, query.as_deref(), |mut from, file| {
        let mut file = BufWriter::new(file);
        file.write_all(gongwen::csv::MARK.as_bytes())?;
        file.write_all(gongwen::csv::line(COLUMNS.iter().map(|it| it.0)).as_bytes())?;
        while let Some(rows) = from.blocking_recv() {
            for row in rows {
                file.write_all(gongwen::csv::line(row.iter().map(Value::words)).as_bytes())?;
            }
        }
        Ok(file.flush()?)
    });
    page::long_file("投诉举报清单.csv", "text/csv; charset=utf-8", file.await?)
}

/// `GET /complaints.xlsx`
pub(crate) async fn xlsx(State(app): State<App>, Visitor(actor): Visitor, RawQuery(query): RawQuery) -> Answer {
    let note = format!("导出日期：{}", app.clock.today());
    let file = send(&app, &actor, query.as_deref(), move |mut from, file| {
        let mut list = List::begin("投诉举报", "投诉举报清单", &note, COLUMNS)?;
        while let Some(rows) = from.blocking_recv() {
            for row in rows {
                list.push(&row)?;
            }
        }
        Ok(list.finish(BufWriter::new(file))?)
    });
    page::long_file(
        "投诉举报清单.xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        file.await?,
    )
}
