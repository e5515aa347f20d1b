//! Adding and changing people.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use domain::{
    FormErrors, Id,
    unit::{
        Actor, Role,
        permitted::{self, PersonStep},
    },
};
use store::{event, event::NewEvent, person, person::Person, sign_in, unit, unit::Unit};

use crate::{Answer, App, Choice, Error, Frame, Posted, Visitor, history, page, password, sign_in::attempt};

struct Fields {
    name: String,
    login: String,
    unit: String,
    role: String,
    reason: String,
}

impl Fields {
    fn of(posted: &Posted) -> Fields {
        let text = |name: &str| posted.text(name).to_owned();
        Fields {
            name: text("name"),
            login: text("login").to_lowercase(),
            unit: text("unit"),
            role: text("role"),
            reason: text("reason"),
        }
    }

    fn check(&self, units: &[Unit]) -> Result<Role, FormErrors> {
        let mut errors = FormErrors::default();
        if self.name.is_empty() || self.name.chars().count() > 30 {
            errors.add("name", "请填写姓名，最多 30 个字。");
        }
        let is_letter = |c: char| c.is_ascii_alphanumeric() || "._-@".contains(c);
        if self.login.len() < 2 || self.login.len() > 60 || !self.login.chars().all(is_letter) {
            errors.add("login", "登录名用 2 到 60 个字母、数字或 . _ - @。");
        }
        if !units.iter().any(|unit| unit.is_active && unit.unit_id.as_str() == self.unit) {
            errors.add("unit", "请选择所在单位。");
        }
        let role = Role::ALL.iter().copied().find(|role| role.label() == self.role);
        if role.is_none() {
            errors.add("role", "请选择角色。");
        }
        errors.into_result(role.unwrap_or(Role::Officer))
    }
}

#[derive(Template)]
#[template(path = "person/edit.html")]
struct Edit {
    frame: Frame,
    title: &'static str,
    action: String,
    version: i64,
    fields: Fields,
    units: Vec<Choice>,
    roles: Vec<Choice>,
    errors: FormErrors,
    /// What somebody else has saved meanwhile.
    theirs: Vec<(&'static str, String)>,
}

fn form(frame: Frame, all: &[Unit], fields: Fields, existing: Option<&Person>, errors: FormErrors) -> Edit {
    let mut units = vec![Choice::new("", "请选择", &fields.unit)];
    units.extend(
        all.iter().filter(|it| it.is_active).map(|it| Choice::new(it.unit_id.as_str(), &it.name, &fields.unit)),
    );
    let role = if fields.role.is_empty() { Role::Officer.label() } else { &fields.role };
    Edit {
        frame,
        title: if existing.is_some() { "修改人员" } else { "新建人员" },
        action: existing.map_or_else(|| "/people".to_owned(), |it| format!("/people/{}/edit", it.person_id)),
        version: existing.map_or(0, |it| it.version),
        roles: Role::ALL.iter().map(|it| Choice::new(it.label(), it.label(), role)).collect(),
        units,
        fields,
        errors,
        theirs: Vec::new(),
    }
}

async fn units(app: &App) -> Result<Vec<Unit>, Error> {
    Ok(app.db.read(async |tx| unit::list(&tx).await).await?)
}

async fn load(app: &App, actor: &Actor, person_id: &str, step: PersonStep) -> Result<Person, Error> {
    let id = Id::from_text(person_id);
    let person = app.db.read(async move |tx| person::get(&tx, &id).await).await?;
    if permitted::person_steps(actor, &person.person_id, &person.unit_id).contains(&step) {
        return Ok(person);
    }
    Err(Error::Forbidden("不能这样改动自己的账号，请由另一位系统管理员操作。".into()))
}

/// `GET /people/new`
pub(crate) async fn new(State(app): State<App>, frame: Frame) -> Answer {
    let fields = Fields::of(&Posted::default());
    page::page(&form(frame, &units(&app).await?, fields, None, FormErrors::default()))
}

/// `POST /people`
pub(crate) async fn create(State(app): State<App>, frame: Frame, Visitor(actor): Visitor, posted: Posted) -> Answer {
    let (fields, all) = (Fields::of(&posted), units(&app).await?);
    let role = match fields.check(&all) {
        Ok(role) => role,
        Err(errors) => {
            return page::page_with(StatusCode::UNPROCESSABLE_ENTITY, &form(frame, &all, fields, None, errors));
        }
    };
    let (one_time, at) = (password::one_time(), app.clock.now());
    let new = person::NewPerson {
        unit_id: Id::from_text(&fields.unit),
        login: fields.login.clone(),
        name: fields.name.clone(),
        role,
        password_hash: password::hash(one_time.clone()).await?,
        must_change_password: true,
    };
    let (by, reason) = (actor.clone(), fields.reason.clone());
    let work = app.db.write(async move |tx| {
        let person = person::insert(&tx, &new, at).await?;
        let detail = history::detail(&[("角色", "", role.label())]);
        let event = NewEvent::by(&by, "person", &person.person_id, "created", at).reason(&reason).detail(detail);
        event::insert(&tx, event);
        Ok(person.person_id)
    });
    match work.await {
        Ok(person_id) => super::draw(&app, frame, &actor, person_id, Some(one_time)).await,
        Err(error) if error.is_conflict("person", "login") => {
            page::page_with(StatusCode::UNPROCESSABLE_ENTITY, &form(frame, &all, fields, None, taken()))
        }
        Err(error) => Err(error.into()),
    }
}

fn taken() -> FormErrors {
    FormErrors::one("login", "这个登录名已有人用，请换一个。")
}

/// `GET /people/{person_id}/edit`
pub(crate) async fn edit(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(person_id): Path<String>,
) -> Answer {
    let person = load(&app, &actor, &person_id, PersonStep::Change).await?;
    page::page(&form(frame, &units(&app).await?, fields_of(&person), Some(&person), FormErrors::default()))
}

fn fields_of(person: &Person) -> Fields {
    Fields {
        name: person.name.clone(),
        login: person.login.clone(),
        unit: person.unit_id.to_string(),
        role: person.role.label().to_owned(),
        reason: String::new(),
    }
}

/// `POST /people/{person_id}/edit`
pub(crate) async fn update(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(person_id): Path<String>,
    posted: Posted,
) -> Answer {
    let before = load(&app, &actor, &person_id, PersonStep::Change).await?;
    let (fields, all) = (Fields::of(&posted), units(&app).await?);
    let role = match fields.check(&all) {
        Ok(role) => role,
        Err(errors) => {
            return page::page_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &form(frame, &all, fields, Some(&before), errors),
            );
        }
    };
    match save(&app, actor, &before, posted.version(), &fields, role, &all).await {
        Ok(()) => page::done(&format!("/people/{person_id}"), "已保存。"),
        Err(store::Error::Stale) => {
            let mut page = form(frame, &all, fields, Some(&before), FormErrors::default());
            let unit = unit_name(&all, before.unit_id.as_str());
            page.theirs = vec![
                ("姓名", before.name),
                ("登录名", before.login),
                ("单位", unit),
                ("角色", before.role.label().into()),
            ];
            page::page_with(StatusCode::CONFLICT, &page)
        }
        Err(error) if error.is_conflict("person", "login") => {
            page::page_with(StatusCode::UNPROCESSABLE_ENTITY, &form(frame, &all, fields, Some(&before), taken()))
        }
        Err(error) => Err(error.into()),
    }
}

fn unit_name(all: &[Unit], unit_id: &str) -> String {
    all.iter().find(|it| it.unit_id.as_str() == unit_id).map(|it| it.name.clone()).unwrap_or_default()
}

async fn save(
    app: &App,
    actor: Actor,
    before: &Person,
    version: i64,
    fields: &Fields,
    role: Role,
    all: &[Unit],
) -> store::Result<()> {
    // Names are personal data: the log says that a name changed, not which.
    let renamed = if before.name == fields.name { "" } else { "已更改" };
    let detail = history::detail(&[
        ("姓名", "", renamed),
        ("登录名", &before.login, &fields.login),
        ("单位", &unit_name(all, before.unit_id.as_str()), &unit_name(all, &fields.unit)),
        ("角色", before.role.label(), role.label()),
    ]);
    let (person_id, at) = (before.person_id.clone(), app.clock.now());
    let is_other_role = before.role != role;
    let (name, login, unit_id) = (fields.name.clone(), fields.login.clone(), Id::from_text(&fields.unit));
    let reason = fields.reason.clone();
    let work = app.db.write(async move |tx| {
        let mut person = person::lock(&tx, &person_id, Some(version)).await?;
        person.name.clone_from(&name);
        person.login.clone_from(&login);
        person.unit_id = unit_id.clone();
        person.role = role;
        person::save(&tx, &person).await?;
        if is_other_role {
            // Another role begins with a new sign-in.
            sign_in::remove_all(&tx, &person_id, None).await?;
        }
        let event = NewEvent::by(&actor, "person", &person_id, "changed", at);
        event::insert(&tx, event.reason(&reason).detail(detail.clone()));
        Ok(())
    });
    work.await
}

/// `POST /people/{person_id}/password`: a new one-time password, shown once.
pub(crate) async fn reset_password(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(person_id): Path<String>,
) -> Answer {
    let person = load(&app, &actor, &person_id, PersonStep::ResetPassword).await?;
    let (one_time, at) = (password::one_time(), app.clock.now());
    let hash = password::hash(one_time.clone()).await?;
    let (by, id) = (actor.clone(), person.person_id.clone());
    let work = app.db.write(async move |tx| {
        person::save_password(&tx, &id, &hash, true).await?;
        sign_in::remove_all(&tx, &id, None).await?;
        attempt::forget(&tx, &attempt::login_subject(&person.login)).await?;
        event::insert(&tx, NewEvent::by(&by, "person", &id, "password_reset", at));
        Ok(id.clone())
    });
    let id = work.await?;
    super::draw(&app, frame, &actor, id, Some(one_time)).await
}

/// `POST /people/{person_id}/unlock`
pub(crate) async fn unlock(State(app): State<App>, Visitor(actor): Visitor, Path(person_id): Path<String>) -> Answer {
    let person = load(&app, &actor, &person_id, PersonStep::Unlock).await?;
    let at = app.clock.now();
    let work = app.db.write(async move |tx| {
        attempt::forget(&tx, &attempt::login_subject(&person.login)).await?;
        event::insert(&tx, NewEvent::by(&actor, "person", &person.person_id, "unlocked", at));
        Ok(())
    });
    work.await?;
    page::done(&format!("/people/{person_id}"), "已解锁，可以重新登录。")
}

/// `POST /people/{person_id}/active`: out of use, or into use again.
pub(crate) async fn set_active(
    State(app): State<App>,
    Visitor(actor): Visitor,
    Path(person_id): Path<String>,
    posted: Posted,
) -> Answer {
    let before = load(&app, &actor, &person_id, PersonStep::SetActive).await?;
    let (is_active, version, at) = (posted.text("active") == "1", posted.version(), app.clock.now());
    let work = app.db.write(async move |tx| {
        let mut person = person::lock(&tx, &before.person_id, Some(version)).await?;
        person.is_active = is_active;
        person::save(&tx, &person).await?;
        sign_in::remove_all(&tx, &before.person_id, None).await?;
        let kind = if is_active { "activated" } else { "deactivated" };
        event::insert(&tx, NewEvent::by(&actor, "person", &before.person_id, kind, at));
        Ok(())
    });
    work.await?;
    let sentence = if is_active { "已重新启用。" } else { "已停用，该账号的登录已全部退出。" };
    page::done(&format!("/people/{person_id}"), sentence)
}
