//! `/complaints/views`: views of the queue that people keep under a name, for themselves or for their unit.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use domain::{FormErrors, Id};
use store::complaint::view::{self, SavedView};
use store::event::{self, NewEvent};

use super::list::Query;
use crate::{Answer, App, Error, Frame, Posted, Visitor, page};

/// The box that lets a view of the same name be replaced.
const REPLACE: &str = "replace";
/// What became of a view that was to be kept.
enum Kept {
    Done,
    Full,
    /// Another one has that name.
    Namesake,
}

/// The most views of one person.
const MOST: usize = 20;

#[derive(Template)]
#[template(path = "complaint/views.html")]
struct List {
    frame: Frame,
    views: Vec<(SavedView, bool)>,
    has_default: bool,
    typed_name: String,
    query: String,
    is_shared: bool,
    /// A view of that name is there already: replacing it is asked.
    asks_replace: bool,
    errors: FormErrors,
}

async fn draw(app: &App, frame: Frame, actor: domain::unit::Actor, typed: Option<(&Posted, FormErrors)>) -> Answer {
    let person_id = actor.person_id.clone();
    let views = app.db.read(async move |tx| view::list(&tx, &actor).await).await?;
    let status = if typed.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let text = |name: &str| typed.as_ref().map(|it| it.0.raw(name).to_owned()).unwrap_or_default();
    let list = List {
        has_default: views.iter().any(|it| it.is_default && it.person_id == person_id),
        typed_name: text("name"),
        query: text("query"),
        is_shared: typed.as_ref().is_some_and(|it| it.0.is_set("is_shared")),
        asks_replace: typed.as_ref().is_some_and(|it| it.1.of(REPLACE).is_some()),
        errors: typed.map(|it| it.1).unwrap_or_default(),
        views: views.into_iter().map(|it| (it.clone(), it.person_id == person_id)).collect(),
        frame,
    };
    page::page_with(status, &list)
}

/// `GET /complaints/views`
pub(crate) async fn list(State(app): State<App>, frame: Frame, Visitor(actor): Visitor) -> Answer {
    draw(&app, frame, actor, None).await
}

/// `POST /complaints/views`: keeps what the list shows under a name.
pub(crate) async fn create(State(app): State<App>, frame: Frame, Visitor(actor): Visitor, posted: Posted) -> Answer {
    let name = posted.text("name").to_owned();
    // Read and written again, so that nothing but a query is ever kept; and no words, for they may name a person.
    let shown = Query::of(Some(posted.text("query")));
    let query = shown.with(&[("q", "")]);
    let left_out =
        if shown.get("q").is_empty() { "" } else { "搜索的词可能写着人名和电话，没有存进去。" };
    let is_shared = posted.is_set("is_shared");
    if name.is_empty() || name.chars().count() > 20 {
        let errors = FormErrors::one("name", "请给视图取个名字，20 字以内。");
        return draw(&app, frame, actor, Some((&posted, errors))).await;
    }
    if query.len() > 1000 {
        let errors = FormErrors::one("name", "筛选条件太长，请减少后再存。");
        return draw(&app, frame, actor, Some((&posted, errors))).await;
    }
    let now = app.clock.now();
    let kept = name.clone();
    let (may_replace, who) = (posted.is_set(REPLACE), actor.clone());
    let path = if query.is_empty() { "/complaints?view=".to_owned() } else { format!("/complaints?{query}") };
    let done = app
        .db
        .try_write(async move |tx| -> Result<Kept, Error> {
            let own = view::list(&tx, &actor).await?;
            let others = own.iter().filter(|it| it.person_id == actor.person_id && it.name != kept).count();
            if others >= MOST {
                return Ok(Kept::Full);
            }
            let is_namesake = |it: &SavedView| it.person_id == actor.person_id && it.name == kept;
            let is_same = |it: &SavedView| it.query == query && it.is_shared == is_shared;
            if own.iter().any(|it| is_namesake(it) && !is_same(it)) && !may_replace {
                return Ok(Kept::Namesake);
            }
            view::save(&tx, &actor, &kept, &query, is_shared, now).await?;
            let detail = serde_json::json!({ "视图": kept, "共享": is_shared });
            let id = actor.person_id.clone();
            event::insert(&tx, NewEvent::by(&actor, "complaint", &id, "view_saved", now).detail(detail));
            Ok(Kept::Done)
        })
        .await?;
    match done {
        Kept::Full => page::done("/complaints/views", &format!("!每人最多存 {MOST} 个视图，请先删掉不用的。")),
        Kept::Namesake => {
            let sentence = format!("您已经有一个视图叫“{name}”，条件不同。换一个名字，或者打勾替换它。");
            draw(&app, frame, who, Some((&posted, FormErrors::one(REPLACE, sentence)))).await
        }
        Kept::Done => page::done(&path, &format!("已存为视图“{name}”。{left_out}")),
    }
}

/// `POST /complaints/views/change`: which one comes first; or one is removed.
pub(crate) async fn update(State(app): State<App>, Visitor(actor): Visitor, posted: Posted) -> Answer {
    let id = Id::from_text(posted.text("id"));
    let how = posted.text("how").to_owned();
    let now = app.clock.now();
    let words = app
        .db
        .try_write(async move |tx| -> Result<&'static str, Error> {
            let person_id = actor.person_id.clone();
            match how.as_str() {
                "default" | "plain" => {
                    let first = Some(&id).filter(|_| how == "default");
                    view::make_default(&tx, &actor, first).await?;
                    event::insert(&tx, NewEvent::by(&actor, "complaint", &person_id, "view_made_default", now));
                    Ok(if first.is_some() {
                        "打开投诉举报时先显示这个视图。"
                    } else {
                        "打开投诉举报时先显示全部待办。"
                    })
                }
                "remove" => {
                    view::remove(&tx, &actor, &id).await?;
                    event::insert(&tx, NewEvent::by(&actor, "complaint", &person_id, "view_removed", now));
                    Ok("视图已删除，案件不受影响。")
                }
                _ => Err(Error::Unreadable("请从视图列表里操作。".into())),
            }
        })
        .await?;
    page::done("/complaints/views", words)
}
