//! `/settings/tokens`: with what other programs act for people (接口令牌): made, listed, taken back, while the service runs.
//!
//! A token is shown once, when it is made; what is kept of it opens nothing. It can do what its person can, so that its making and its
//! end stand in the history of the person.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::{FormErrors, Id};
use store::complaint::token::{self, Token};
use store::event::{self, NewEvent};
use store::person;

use crate::{Answer, App, Choice, Error, Frame, Posted, Visitor, clock, new_token, page};

/// The longest name of a program.
const NAME: usize = 40;

/// One token as the page shows it.
struct Line {
    id: String,
    name: String,
    person: String,
    made: String,
    is_active: bool,
}

#[derive(Template)]
#[template(path = "token/list.html")]
struct List {
    frame: Frame,
    lines: Vec<Line>,
    people: Vec<Choice>,
    /// What was typed for the name of the program.
    program: String,
    errors: FormErrors,
    /// Shown once, right after it was made.
    made: Option<String>,
}

/// What stands in the form.
#[derive(Default)]
struct Typed {
    person_id: String,
    name: String,
    errors: FormErrors,
}

async fn draw(app: &App, frame: Frame, typed: Typed, made: Option<String>) -> Answer {
    let (tokens, people) = app.db.read(async |tx| Ok((token::list(&tx).await?, person::list(&tx).await?))).await?;
    let who = |id: &Id| people.iter().find(|it| it.person_id == *id);
    let line = |it: Token| Line {
        person: who(&it.person_id).map_or_else(String::new, |it| format!("{}（{}）", it.name, it.login)),
        is_active: it.is_active && who(&it.person_id).is_some_and(|it| it.is_active),
        made: clock::in_words(it.created_at),
        id: it.token_id,
        name: it.name,
    };
    let choice = |it: &person::Person| {
        let label = format!("{}（{}，{}）", it.name, it.login, it.role.label());
        Choice::new(it.person_id.to_string(), label, &typed.person_id)
    };
    let status = if typed.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let first = std::iter::once(Choice::new("", "请选择", &typed.person_id));
    let list = List {
        people: first.chain(people.iter().filter(|it| it.is_active).map(choice)).collect(),
        lines: tokens.into_iter().map(line).collect(),
        program: typed.name,
        errors: typed.errors,
        made,
        frame,
    };
    page::page_with(status, &list)
}

/// `GET /settings/tokens`
pub(crate) async fn list(State(app): State<App>, frame: Frame) -> Answer {
    draw(&app, frame, Typed::default(), None).await
}

/// `POST /settings/tokens`
pub(crate) async fn create(State(app): State<App>, frame: Frame, Visitor(actor): Visitor, posted: Posted) -> Answer {
    let (person_id, name) = (posted.text("person").to_owned(), posted.text("name").to_owned());
    let mut errors = FormErrors::default();
    if name.is_empty() || name.chars().count() > NAME {
        errors.add("name", format!("请写明给哪个程序用，{NAME} 字以内，如“网格中心转办”。"));
    }
    let people = app.db.read(async |tx| person::list(&tx).await).await?;
    let Some(whose) = people.into_iter().find(|it| it.is_active && it.person_id.as_str() == person_id) else {
        errors.add("person", "请选择程序以谁的身份办理；停用的人员不能有令牌。");
        return draw(&app, frame, Typed { person_id, name, errors }, None).await;
    };
    if !errors.is_empty() {
        return draw(&app, frame, Typed { person_id, name, errors }, None).await;
    }
    let ((plain, hash), now) = (new_token(), app.clock.now());
    app.db
        .write(async move |tx| {
            token::insert_named(&tx, &hash, &whose.person_id, &name, now).await?;
            let made = NewEvent::by(&actor, "person", &whose.person_id, "token_created", now);
            event::insert(&tx, made.reason(name.clone()));
            Ok(())
        })
        .await?;
    draw(&app, frame, Typed::default(), Some(plain)).await
}

/// `POST /settings/tokens/{token_id}/end`
pub(crate) async fn end(State(app): State<App>, Visitor(actor): Visitor, Path(token_id): Path<String>) -> Answer {
    let now = app.clock.now();
    app.db
        .try_write(async move |tx| -> Result<(), Error> {
            let ended = token::end(&tx, &token_id).await?;
            let ended = ended.ok_or_else(|| Error::Conflict("这个令牌已经停用，或者没有这个令牌。".into()))?;
            let event = NewEvent::by(&actor, "person", &ended.person_id, "token_ended", now);
            event::insert(&tx, event.reason(ended.name));
            Ok(())
        })
        .await?;
    page::done("/settings/tokens", "令牌已停用，用它的程序马上不能再办理。")
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Method;
    use domain::unit::Role;
    use store::testing::each_engine;

    use super::*;
    use crate::testing::TestApp;

    #[tokio::test]
    async fn a_token_is_made_and_taken_back_while_the_service_runs() {
        each_engine(async |db| {
            let app = TestApp::on(db).await;
            let admin = app.visitor(Role::Admin).await;
            assert!(admin.get("/settings").await.link("接口令牌").ends_with("/settings/tokens"));
            assert!(admin.get("/settings/tokens").await.text().contains("还没有接口令牌"));
            let person = app.actor(Role::Officer).await.person_id.to_string();
            let refused = admin.post("/settings/tokens", &[("person", &person)]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(refused.text().contains("给哪个程序用"), "{}", refused.text());
            let made = admin.post("/settings/tokens", &[("person", &person), ("name", "网格中心转办")]).await;
            assert_eq!(made.status, StatusCode::OK, "{}", made.text());
            let plain = made.texts("code.secret").concat();
            let asks = async || {
                let bearer = format!("Bearer {plain}");
                let headers = [("authorization", bearer.as_str())];
                app.stranger().send(Method::GET, "/api/v1/complaints", Body::empty(), &headers).await.status
            };
            assert_eq!(asks().await, StatusCode::OK);
            let page = admin.get("/settings/tokens").await;
            assert!(page.text().contains("网格中心转办") && !page.html().contains(&plain), "shown once");
            let ended = admin.post(&page.document().select("form.token-end").attr("action").unwrap(), &[]).await;
            assert_eq!(ended.status, StatusCode::SEE_OTHER, "{}", ended.text());
            tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
            assert_eq!(asks().await, StatusCode::UNAUTHORIZED);
            let history = admin.get(&format!("/people/{person}")).await;
            for words in ["新建访问令牌", "停用访问令牌", "网格中心转办"] {
                assert!(history.text().contains(words), "{words}: {}", history.text());
            }
            for role in [Role::Office, Role::Leader, Role::Officer, Role::Auditor] {
                let who = app.visitor(role).await;
                assert_eq!(who.fetch("/settings/tokens").await.status, StatusCode::FORBIDDEN, "{role:?}");
            }
        })
        .await;
    }
}
