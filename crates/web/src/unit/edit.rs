//! Adding and changing a unit.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::{StatusCode, Uri},
};
use domain::{
    FormErrors, Id,
    unit::{
        Actor, UnitKind,
        permitted::{self, UnitStep},
        tree::{self, UnitForm},
    },
};
use store::{event, event::NewEvent, unit, unit::Unit};

use crate::{Answer, App, Choice, Error, Frame, Posted, Visitor, history, page};

/// What stands in the fields.
#[derive(Default)]
struct Fields {
    name: String,
    short_name: String,
    kind: String,
    aliases: String,
    sort_key: String,
    parent: String,
    reason: String,
}

impl Fields {
    fn of(posted: &Posted) -> Fields {
        let text = |name: &str| posted.text(name).to_owned();
        Fields {
            name: text("name"),
            short_name: text("short_name"),
            kind: text("kind"),
            aliases: text("aliases"),
            sort_key: text("sort_key"),
            parent: text("parent"),
            reason: text("reason"),
        }
    }

    fn parse(&self) -> Result<UnitForm, FormErrors> {
        tree::parse(&self.name, &self.short_name, &self.kind, &self.aliases, &self.sort_key)
    }
}

#[derive(Template)]
#[template(path = "unit/edit.html")]
struct Edit {
    frame: Frame,
    title: &'static str,
    action: String,
    version: i64,
    is_new: bool,
    may_move: bool,
    fields: Fields,
    kinds: Vec<Choice>,
    parents: Vec<Choice>,
    errors: FormErrors,
    /// What somebody else has saved meanwhile: label and text.
    theirs: Vec<(&'static str, String)>,
}

fn form(
    frame: Frame,
    all: &[Unit],
    fields: Fields,
    existing: Option<&Unit>,
    errors: FormErrors,
    may_move: bool,
) -> Edit {
    let nodes: Vec<tree::Node> = all.iter().map(super::node).collect();
    let may_stand_below = |it: &&Unit| {
        it.is_active && existing.is_none_or(|unit| tree::may_move(&nodes, &unit.unit_id, Some(&it.unit_id)))
    };
    let kind = if fields.kind.is_empty() { UnitKind::Section.label() } else { &fields.kind };
    let kinds = UnitKind::ALL.iter().map(|it| Choice::new(it.label(), it.label(), kind)).collect();
    let mut parents = vec![Choice::new("", "（最上级）", &fields.parent)];
    parents.extend(
        all.iter().filter(may_stand_below).map(|it| Choice::new(it.unit_id.as_str(), &it.name, &fields.parent)),
    );
    Edit {
        frame,
        title: if existing.is_some() { "修改单位" } else { "新建单位" },
        action: existing.map_or_else(|| "/units".to_owned(), |unit| format!("/units/{}/edit", unit.unit_id)),
        version: existing.map_or(0, |unit| unit.version),
        is_new: existing.is_none(),
        may_move,
        fields,
        kinds,
        parents,
        errors,
        theirs: Vec::new(),
    }
}

fn refuse_unless(actor: &Actor, step: UnitStep) -> Result<(), Error> {
    if permitted::unit_steps(actor).contains(&step) {
        return Ok(());
    }
    Err(Error::Forbidden("只有系统管理员可以这样调整单位。请联系管理员。".into()))
}

/// `GET /units/new?parent=`
pub(crate) async fn new(State(app): State<App>, frame: Frame, uri: Uri) -> Answer {
    let query = uri.query().unwrap_or_default();
    let parent = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "parent");
    let parent = parent.map(|(_, id)| id.into_owned()).unwrap_or_default();
    let all = app.db.read(async |tx| unit::list(&tx).await).await?;
    page::page(&form(frame, &all, Fields { parent, ..Fields::default() }, None, FormErrors::default(), true))
}

/// `POST /units`
pub(crate) async fn create(State(app): State<App>, frame: Frame, Visitor(actor): Visitor, posted: Posted) -> Answer {
    refuse_unless(&actor, UnitStep::Add)?;
    let fields = Fields::of(&posted);
    let all = app.db.read(async |tx| unit::list(&tx).await).await?;
    let refused = |fields, errors| {
        page::page_with(StatusCode::UNPROCESSABLE_ENTITY, &form(frame, &all, fields, None, errors, true))
    };
    let parsed = match fields.parse() {
        Ok(parsed) => parsed,
        Err(errors) => return refused(fields, errors),
    };
    let parent_id = (!fields.parent.is_empty()).then(|| Id::from_text(&fields.parent));
    let (at, reason) = (app.clock.now(), fields.reason.clone());
    let work = app.db.write(async move |tx| {
        let new = unit::NewUnit {
            parent_id: parent_id.clone(),
            name: parsed.name.clone(),
            short_name: parsed.short_name.clone(),
            kind: parsed.kind,
            sort_key: parsed.sort_key,
        };
        let unit = unit::insert(&tx, &new, at).await?;
        unit::save_aliases(&tx, &unit.unit_id, &parsed.aliases).await?;
        let detail = history::detail(&[("名称", "", &unit.name)]);
        let event = NewEvent::by(&actor, "unit", &unit.unit_id, "created", at).reason(&reason).detail(detail);
        event::insert(&tx, event);
        Ok(unit)
    });
    match work.await {
        Ok(unit) => page::done(&format!("/units/{}", unit.unit_id), &format!("已新建“{}”。", unit.name)),
        Err(error) if error.is_conflict("unit", "name") => refused(fields, taken()),
        Err(error) => Err(error.into()),
    }
}

fn taken() -> FormErrors {
    FormErrors::one("name", "已有同名的单位。请换一个名称，或把它作为别名加到那个单位上。")
}

/// `GET /units/{unit_id}/edit`
pub(crate) async fn edit(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(unit_id): Path<String>,
) -> Answer {
    let (unit, all, aliases) = load(&app, unit_id).await?;
    let may_move = permitted::unit_steps(&actor).contains(&UnitStep::Move);
    page::page(&form(frame, &all, fields_of(&unit, &aliases), Some(&unit), FormErrors::default(), may_move))
}

async fn load(app: &App, unit_id: String) -> Result<(Unit, Vec<Unit>, Vec<String>), Error> {
    let id = Id::from_text(unit_id);
    let work = app.db.read(async move |tx| {
        let unit = unit::get(&tx, &id).await?;
        let aliases = unit::list_aliases(&tx).await?.remove(&id).unwrap_or_default();
        Ok((unit, unit::list(&tx).await?, aliases))
    });
    Ok(work.await?)
}

fn fields_of(unit: &Unit, aliases: &[String]) -> Fields {
    Fields {
        name: unit.name.clone(),
        short_name: unit.short_name.clone(),
        kind: unit.kind.label().to_owned(),
        aliases: aliases.join("\n"),
        sort_key: unit.sort_key.to_string(),
        parent: unit.parent_id.as_ref().map(Id::to_string).unwrap_or_default(),
        reason: String::new(),
    }
}

/// `POST /units/{unit_id}/edit`
pub(crate) async fn update(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(unit_id): Path<String>,
    posted: Posted,
) -> Answer {
    refuse_unless(&actor, UnitStep::Change)?;
    let (unit, all, aliases) = load(&app, unit_id).await?;
    let mut fields = Fields::of(&posted);
    let may_move = permitted::unit_steps(&actor).contains(&UnitStep::Move);
    let before = fields_of(&unit, &aliases);
    if !may_move {
        fields.parent.clone_from(&before.parent);
    }
    let refused = |status, fields, errors, theirs| {
        let mut page = form(frame, &all, fields, Some(&unit), errors, may_move);
        page.theirs = theirs;
        page::page_with(status, &page)
    };
    let parsed = match fields.parse() {
        Ok(parsed) => parsed,
        Err(errors) => return refused(StatusCode::UNPROCESSABLE_ENTITY, fields, errors, Vec::new()),
    };
    let nodes: Vec<tree::Node> = all.iter().map(super::node).collect();
    let parent_id = (!fields.parent.is_empty()).then(|| Id::from_text(&fields.parent));
    if !tree::may_move(&nodes, &unit.unit_id, parent_id.as_ref()) {
        let errors = FormErrors::one("parent", "单位不能放在自己或自己的下级单位之下。请另选上级。");
        return refused(StatusCode::UNPROCESSABLE_ENTITY, fields, errors, Vec::new());
    }
    match save(&app, actor, &unit.unit_id, posted.version(), parsed, parent_id, fields.reason.clone()).await {
        Ok(()) => page::done(&format!("/units/{}", unit.unit_id), "已保存。"),
        Err(store::Error::Stale) => refused(StatusCode::CONFLICT, fields, FormErrors::default(), words(&before, &all)),
        Err(error) if error.is_conflict("unit", "name") => {
            refused(StatusCode::UNPROCESSABLE_ENTITY, fields, taken(), Vec::new())
        }
        Err(error) => Err(error.into()),
    }
}

/// The stored version in words, to stand beside what was typed.
fn words(fields: &Fields, all: &[Unit]) -> Vec<(&'static str, String)> {
    let parent = all.iter().find(|it| it.unit_id.as_str() == fields.parent);
    vec![
        ("单位名称", fields.name.clone()),
        ("简称", fields.short_name.clone()),
        ("类别", fields.kind.clone()),
        ("上级单位", parent.map_or_else(|| "（最上级）".to_owned(), |it| it.name.clone())),
        ("别名", fields.aliases.replace('\n', "、")),
        ("排序", fields.sort_key.clone()),
    ]
}

async fn save(
    app: &App,
    actor: Actor,
    unit_id: &Id,
    version: i64,
    parsed: UnitForm,
    parent_id: Option<Id>,
    reason: String,
) -> store::Result<()> {
    let (unit_id, at) = (unit_id.clone(), app.clock.now());
    let work = app.db.write(async move |tx| {
        let mut unit = unit::lock(&tx, &unit_id, Some(version)).await?;
        let aliases = unit::list_aliases(&tx).await?.remove(&unit_id).unwrap_or_default().join("、");
        let is_moved = unit.parent_id != parent_id;
        let parent = |id: Option<Id>| {
            let tx = &tx;
            async move {
                match id {
                    Some(id) => unit::get(tx, &id).await.map(|it| it.name),
                    None => Ok(String::new()),
                }
            }
        };
        let (old_parent, new_parent) = (parent(unit.parent_id.clone()).await?, parent(parent_id.clone()).await?);
        let detail = history::detail(&[
            ("名称", &unit.name, &parsed.name),
            ("简称", &unit.short_name, &parsed.short_name),
            ("类别", unit.kind.label(), parsed.kind.label()),
            ("上级单位", &old_parent, &new_parent),
            ("别名", &aliases, &parsed.aliases.join("、")),
            ("排序", &unit.sort_key.to_string(), &parsed.sort_key.to_string()),
        ]);
        unit.name.clone_from(&parsed.name);
        unit.short_name.clone_from(&parsed.short_name);
        unit.kind = parsed.kind;
        unit.sort_key = parsed.sort_key;
        unit.parent_id.clone_from(&parent_id);
        unit::save(&tx, &unit).await?;
        unit::save_aliases(&tx, &unit_id, &parsed.aliases).await?;
        let kind = if is_moved { "moved" } else { "changed" };
        event::insert(&tx, NewEvent::by(&actor, "unit", &unit_id, kind, at).reason(&reason).detail(detail));
        Ok(())
    });
    work.await
}

/// `POST /units/{unit_id}/active`: out of use, or into use again.
pub(crate) async fn set_active(
    State(app): State<App>,
    Visitor(actor): Visitor,
    Path(unit_id): Path<String>,
    posted: Posted,
) -> Answer {
    refuse_unless(&actor, UnitStep::SetActive)?;
    let (id, is_active, at) = (Id::from_text(&unit_id), posted.text("active") == "1", app.clock.now());
    let version = posted.version();
    let work = app.db.write(async move |tx| {
        let mut unit = unit::lock(&tx, &id, Some(version)).await?;
        unit.is_active = is_active;
        unit::save(&tx, &unit).await?;
        let kind = if is_active { "activated" } else { "deactivated" };
        event::insert(&tx, NewEvent::by(&actor, "unit", &id, kind, at));
        Ok(())
    });
    work.await?;
    let sentence = if is_active { "已重新启用。" } else { "已停用。以前的记录仍然保留。" };
    page::done(&format!("/units/{unit_id}"), sentence)
}
