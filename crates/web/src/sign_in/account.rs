//! My account: the own sign-ins, the own password.

use askama::Template;
use axum::{extract::State, http::StatusCode};
use store::{event, event::NewEvent, person, sign_in};

use super::attempt;
use crate::{Answer, App, Error, FormErrors, Frame, Posted, Visitor, clock, cookie, keys, page, password};

/// One sign-in as the page shows it.
struct Line {
    /// Short enough to be no secret, long enough to be one of mine.
    key: String,
    client: String,
    began: String,
    seen: String,
    is_this: bool,
}

#[derive(Template)]
#[template(path = "sign_in/account.html")]
struct Show {
    frame: Frame,
    name: String,
    login: String,
    unit: String,
    role: &'static str,
    lines: Vec<Line>,
}

/// `GET /account`
pub(crate) async fn show(State(app): State<App>, frame: Frame, Visitor(actor): Visitor, jar: cookie::Jar) -> Answer {
    let this = this_hash(&app, &jar);
    let (person_id, now) = (actor.person_id.clone(), app.clock.now());
    let work = app
        .db
        .read(async move |tx| Ok((person::get(&tx, &person_id).await?, sign_in::list(&tx, &person_id, now).await?)));
    let (person, sign_ins) = work.await?;
    let lines = sign_ins.into_iter().map(|it| Line {
        key: key_of(&it.token_hash),
        client: it.client,
        began: clock::in_words(it.created_at),
        seen: clock::in_words(it.seen_at),
        is_this: it.token_hash == this,
    });
    page::page(&Show {
        frame,
        name: actor.name,
        login: person.login,
        unit: actor.unit_name,
        role: actor.role.label(),
        lines: lines.collect(),
    })
}

/// `POST /account/sign-ins/end`: one, or with `all` every other one.
pub(crate) async fn end(State(app): State<App>, Visitor(actor): Visitor, jar: cookie::Jar, posted: Posted) -> Answer {
    let (this, key, now) = (this_hash(&app, &jar), posted.text("key").to_owned(), app.clock.now());
    let work = app.db.write(async move |tx| {
        if key == "all" {
            sign_in::remove_all(&tx, &actor.person_id, Some(&this)).await?;
        } else {
            for it in sign_in::list(&tx, &actor.person_id, now).await? {
                if key_of(&it.token_hash) == key {
                    sign_in::remove(&tx, &it.token_hash).await?;
                }
            }
        }
        event::insert(&tx, NewEvent::by(&actor, "sign_in", &actor.person_id, "ended", now));
        Ok(())
    });
    work.await?;
    page::done("/account", "已让该处退出登录。")
}

#[derive(Template)]
#[template(path = "sign_in/password.html")]
struct Edit {
    frame: Frame,
    is_forced: bool,
    errors: FormErrors,
}

/// `GET /account/password`
pub(crate) async fn edit_password(frame: Frame) -> Answer {
    let is_forced = frame.must_change_password();
    page::page(&Edit { frame, is_forced, errors: FormErrors::default() })
}

/// `POST /account/password`
pub(crate) async fn update_password(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    jar: cookie::Jar,
    client: attempt::Client,
    posted: Posted,
) -> Answer {
    let person_id = actor.person_id.clone();
    let work = app
        .db
        .read(async move |tx| Ok((person::get(&tx, &person_id).await?, person::password_hash(&tx, &person_id).await?)));
    let (person, hash) = work.await?;
    let mut errors = FormErrors::default();
    let (old, new) = (posted.raw("old_password").to_owned(), posted.raw("new_password").to_owned());
    // Counted like a sign-in: an unwatched screen must not be a place to guess the password at leisure.
    match attempt::count(&app, &person.login, &client).await? {
        attempt::Counted::Locked(until) => {
            let sentence = format!("连续输错次数过多，请在 {} 之后再试。", attempt::clock_time(until));
            errors.add("old_password", sentence);
        }
        attempt::Counted::Left(_) if password::is_right(&app, old.clone(), Some(hash)).await? => {
            let (login, address) = (person.login.clone(), client.subject());
            app.db.write(async move |tx| attempt::succeeded(&tx, &login, &address).await).await?;
        }
        attempt::Counted::Left(left) => errors.add("old_password", format!("现在的密码不对，还可以试 {left} 次。")),
    }
    if let Err(sentence) = domain::unit::password::check(&new, &[&person.login, &actor.name, &actor.unit_name]) {
        errors.add("new_password", sentence);
    } else if new == old {
        errors.add("new_password", "新密码不能与现在的密码相同。");
    }
    if posted.raw("new_password_again") != new {
        errors.add("new_password_again", "两次输入的新密码不一样。");
    }
    if !errors.is_empty() {
        let is_forced = frame.must_change_password();
        return page::page_with(StatusCode::UNPROCESSABLE_ENTITY, &Edit { frame, is_forced, errors });
    }
    save(&app, actor, new, this_hash(&app, &jar)).await?;
    page::done("/", "密码已修改，其他地方的登录已全部退出。")
}

async fn save(app: &App, actor: domain::unit::Actor, new: String, this: String) -> Result<(), Error> {
    let hash = password::hash(new).await?;
    let now = app.clock.now();
    let work = app.db.write(async move |tx| {
        person::save_password(&tx, &actor.person_id, &hash, false).await?;
        sign_in::remove_all(&tx, &actor.person_id, Some(&this)).await?;
        event::insert(&tx, NewEvent::by(&actor, "person", &actor.person_id, "password_changed", now));
        Ok(())
    });
    Ok(work.await?)
}

fn this_hash(app: &App, jar: &cookie::Jar) -> String {
    jar.get(cookie::sign_in_name(app.config.is_secure())).map(keys::hash_of).unwrap_or_default()
}

fn key_of(token_hash: &str) -> String {
    token_hash.chars().take(16).collect()
}
