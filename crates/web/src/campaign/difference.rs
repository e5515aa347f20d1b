//! 对比修订稿: what a revised notice changes in a running campaign, chosen line by line.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use domain::Id;
use domain::campaign::difference::apply::{Act, Decision, acts, choices};
use domain::campaign::difference::words::{Fate, words};
use domain::campaign::difference::{Difference, DutyRow, FormRow, Row, Standing, compare, duties, forms};
use domain::campaign::difference::{Field, FieldChange, StandingDuty, StandingForm};
use domain::campaign::publish::{NewActivity, Obstacle, Publication, obstacles, publication};
use domain::campaign::review::permitted::{IntakeStep, may_import, permitted};
use domain::campaign::review::resolve::{Tree, resolve};
use domain::unit::Actor;
use store::campaign::plan::{self, Campaign, Status};
use store::campaign::revise::{self, Revision};

mod trail;

use super::draft::{source_of, stage, tree};
use crate::{Answer, App, Error, FormErrors, Frame, Posted, Visitor, done, page_with};

#[derive(Template)]
#[template(path = "campaign/difference.html")]
struct Show {
    frame: Frame,
    draft_id: String,
    campaign_id: String,
    title: String,
    obstacles: Vec<Obstacle>,
    errors: FormErrors,
    rows: Vec<RowView>,
    same: Vec<String>,
    duties: Vec<LineView>,
    forms: Vec<LineView>,
    counts: [usize; 4],
    version: i64,
}

struct RowView {
    index: usize,
    /// `changed`, `added`, `removed`.
    kind: &'static str,
    number: String,
    title: String,
    progress: String,
    is_doubtful: bool,
    other_title: String,
    fields: Vec<FieldView>,
    choices: Vec<(&'static str, &'static str, bool)>,
}

struct FieldView {
    code: &'static str,
    label: &'static str,
    before: String,
    after: String,
    /// A long text with a few changes as one; empty where the two are shown one after the other.
    pieces: Vec<(&'static str, String)>,
    is_contradiction: bool,
    /// `notice`, `hand` or nothing yet.
    chosen: String,
}

struct LineView {
    word: &'static str,
    tone: &'static str,
    title: String,
    details: Vec<String>,
}

/// Everything the comparison needs.
struct Compared {
    draft: Campaign,
    running: Campaign,
    tree: Tree,
    obstacles: Vec<Obstacle>,
    new: Publication,
    standing: Vec<Standing>,
    standing_duties: Vec<StandingDuty>,
    standing_forms: Vec<StandingForm>,
    difference: Difference,
    duties: Vec<DutyRow>,
    forms: Vec<FormRow>,
}

/// Compares inside a transaction, so that what is shown and what is applied are worked out alike.
async fn compared(
    tx: &store::Read,
    draft: Campaign,
    running: Campaign,
    today: jiff::civil::Date,
) -> store::Result<Compared> {
    let tree = tree(tx).await?;
    let made = |campaign: &Campaign| {
        let resolution = resolve(&campaign.draft.plan, campaign.draft.choices(), &tree);
        publication(&campaign.draft, &resolution, &tree, today, store::new_id)
    };
    let (mut new, base) = (made(&draft), made(&running));
    if let Ok(source) = source_of(&store::campaign::notice::get(tx, &draft.notice_id).await?) {
        new = new.with_column_heads(&source);
    }
    let resolution = resolve(&draft.draft.plan, draft.draft.choices(), &tree);
    let obstacles = obstacles(&draft.draft, &resolution);
    let standing = revise::standing(tx, &running.campaign_id).await?;
    let standing_duties = revise::standing_duties(tx, &running.campaign_id).await?;
    let standing_forms = revise::standing_forms(tx, &running.campaign_id).await?;
    let difference = compare(&standing, &base, &new.activities, &tree);
    let duties = duties(&standing_duties, &new.report_duties, &new.activities);
    let forms = forms(&standing_forms, &new.forms);
    Ok(Compared {
        draft,
        running,
        tree,
        obstacles,
        new,
        standing,
        standing_duties,
        standing_forms,
        difference,
        duties,
        forms,
    })
}

/// `GET /campaigns/{id}/difference`
pub(crate) async fn show(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(id): Path<String>,
) -> Answer {
    draw(&app, frame, &actor, &id, &BTreeMap::new(), FormErrors::default()).await
}

async fn draw(
    app: &App,
    frame: Frame,
    actor: &Actor,
    id: &str,
    decisions: &BTreeMap<usize, Decision>,
    errors: FormErrors,
) -> Answer {
    if !may_import(actor) {
        return Err(Error::NotFound);
    }
    let (campaign_id, today) = (Id::from_text(id), app.clock.today());
    let compared = app
        .db
        .read(async move |tx| {
            let draft = plan::get(&tx, &campaign_id).await?;
            let revises_id = draft.revises_id.clone().ok_or(store::Error::NotFound)?;
            if draft.status != Status::Draft {
                return Err(store::Error::NotFound);
            }
            let running = plan::get(&tx, &revises_id).await?;
            compared(&tx, draft, running, today).await
        })
        .await?;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut rows = Vec::new();
    let mut same = Vec::new();
    for (index, row) in compared.difference.rows.iter().enumerate() {
        match row {
            Row::Same { new, .. } => same.extend(compared.new.activities.get(*new).map(|it| it.title.clone())),
            row => rows.extend(row_view(index, row, &compared, decisions.get(&index))),
        }
    }
    let count = |kind: &str| rows.iter().filter(|row| row.kind == kind).count();
    let counts = [count("added"), count("changed"), count("removed"), same.len()];
    page_with(
        status,
        &Show {
            frame,
            draft_id: id.to_owned(),
            campaign_id: compared.running.campaign_id.to_string(),
            title: compared.running.title.clone(),
            obstacles: compared.obstacles.clone(),
            errors,
            counts,
            same,
            rows,
            duties: duty_lines(&compared),
            forms: form_lines(&compared),
            version: compared.running.version,
        },
    )
}

fn number(number: Option<u32>) -> String {
    number.map(|it| it.to_string()).unwrap_or_default()
}

/// What a choice for a line of the difference says.
fn choice_words(row: &Row, action: &str) -> &'static str {
    match (row, action) {
        (Row::Changed { is_doubtful: true, .. }, "take") => "是同一项活动，按修订稿修改",
        (Row::Changed { .. }, "take") => "按修订稿修改",
        (Row::Changed { .. }, "both") => "是两项不同的活动，旧的保留，另外新增",
        (Row::Changed { .. }, _) => "保持现在的内容",
        (Row::Added { .. }, "take") => "新增这项活动并派发任务",
        (Row::Added { .. }, _) => "不新增",
        (_, "take") => "取消这项活动，收回未完成的任务",
        (_, _) => "保留这项活动",
    }
}

fn row_view(index: usize, row: &Row, compared: &Compared, decision: Option<&Decision>) -> Option<RowView> {
    let (allowed, proposed) = choices(row, &compared.standing);
    let chosen = decision.map(|it| it.action.as_str()).filter(|it| !it.is_empty()).unwrap_or(proposed);
    let words = |action: &str| choice_words(row, action);
    let choices = allowed.iter().map(|it| (*it, words(it), *it == chosen)).collect();
    let old = |at: &usize| compared.standing.get(*at);
    let new = |at: &usize| compared.new.activities.get(*at);
    Some(match row {
        Row::Same { .. } => return None,
        Row::Added { new: at } => {
            let it = new(at)?;
            RowView {
                index,
                kind: "added",
                number: number(it.number),
                title: it.title.clone(),
                progress: String::new(),
                is_doubtful: false,
                other_title: String::new(),
                fields: added_fields(it, &compared.tree),
                choices,
            }
        }
        Row::Removed { old: at } => {
            let it = old(at)?;
            RowView {
                index,
                kind: "removed",
                number: number(it.number),
                title: it.title.clone(),
                progress: it.progress(),
                is_doubtful: false,
                other_title: String::new(),
                fields: Vec::new(),
                choices,
            }
        }
        Row::Changed { old: at, new: fresh, fields, is_doubtful } => {
            let (it, fresh) = (old(at)?, new(fresh)?);
            RowView {
                index,
                kind: "changed",
                number: number(fresh.number),
                title: it.title.clone(),
                progress: it.progress(),
                is_doubtful: *is_doubtful,
                other_title: fresh.title.clone(),
                fields: fields.iter().map(|change| field_view(change, decision)).collect(),
                choices,
            }
        }
    })
}

fn field_view(change: &FieldChange, decision: Option<&Decision>) -> FieldView {
    let chosen = match decision.and_then(|it| it.fields.get(&change.field)) {
        Some(true) => "notice",
        Some(false) => "hand",
        None => "",
    };
    FieldView {
        code: change.field.code(),
        label: change.field.label(),
        before: change.before.clone(),
        after: change.after.clone(),
        pieces: pieces(&change.before, &change.after),
        is_contradiction: change.is_contradiction,
        chosen: chosen.to_owned(),
    }
}

/// Short values are read faster one after the other.
const SHORTEST_MIXED: usize = 20;

fn pieces(before: &str, after: &str) -> Vec<(&'static str, String)> {
    if before.chars().count() < SHORTEST_MIXED {
        return Vec::new();
    }
    let name = |fate| match fate {
        Fate::Kept => "kept",
        Fate::Gone => "gone",
        Fate::New => "new",
    };
    words(before, after).into_iter().map(|(fate, words)| (name(fate), words)).collect()
}

/// What a new activity brings, in the shape of changed fields.
fn added_fields(new: &NewActivity, tree: &Tree) -> Vec<FieldView> {
    let units: Vec<&str> = new.units.iter().map(|(unit_id, _)| tree.name(unit_id)).collect();
    let dates: Vec<&str> = new.dates.iter().map(|it| it.text.as_str()).collect();
    let field = |field: Field, after: String| FieldView {
        code: field.code(),
        label: field.label(),
        before: String::new(),
        after,
        pieces: Vec::new(),
        is_contradiction: false,
        chosen: String::new(),
    };
    let fields = [
        field(Field::Text, new.text.clone()),
        field(Field::Units, units.join("、")),
        field(Field::Dates, dates.join("、")),
    ];
    fields.into_iter().filter(|it| !it.after.is_empty()).collect()
}

fn duty_lines(compared: &Compared) -> Vec<LineView> {
    let names = |ids: &[Id]| ids.iter().map(|id| compared.tree.name(id)).collect::<Vec<_>>().join("、");
    let line = |row: &DutyRow| match row {
        DutyRow::Same => None,
        DutyRow::Added { new } => {
            let it = compared.new.report_duties.get(*new)?;
            let details = vec![format!("由{}个单位报送", it.units.len())];
            Some(LineView { word: "新增", tone: "good", title: it.duty.what.join("、"), details })
        }
        DutyRow::Removed { old, stays } => {
            let it = compared.standing_duties.get(*old)?;
            let details = match stays {
                true => vec![format!("修订稿里没有了；已有{}个单位报送，予以保留", it.handed_in())],
                false => vec!["修订稿里没有了，还没有单位报送，予以删除".to_owned()],
            };
            Some(LineView { word: "删除", tone: "bad", title: it.what.join("、"), details })
        }
        DutyRow::Changed { old, fields, join, leave, .. } => {
            let it = compared.standing_duties.get(*old)?;
            let mut details: Vec<String> =
                fields.iter().map(|(label, before, after)| format!("{label}：{before} → {after}")).collect();
            if !join.is_empty() {
                details.push(format!("增加报送单位：{}", names(join)));
            }
            if !leave.is_empty() {
                details.push(format!("不再报送：{}", names(leave)));
            }
            Some(LineView { word: "修改", tone: "warn", title: it.what.join("、"), details })
        }
    };
    compared.duties.iter().filter_map(line).collect()
}

fn form_lines(compared: &Compared) -> Vec<LineView> {
    let line = |row: &FormRow| match row {
        FormRow::Same => None,
        FormRow::Added { new } => {
            let form = &compared.new.forms.get(*new)?.form;
            let title = form.title.clone().unwrap_or_else(|| "统计表".to_owned());
            Some(LineView { word: "新增", tone: "good", title, details: vec![format!("{}行", form.rows.len())] })
        }
        FormRow::Changed { new, join, leave, .. } => {
            let form = &compared.new.forms.get(*new)?.form;
            let mut details = Vec::new();
            if !join.is_empty() {
                details.push(format!("增加：{}", join.join("、")));
            }
            if !leave.is_empty() {
                details.push(format!("去掉：{}", leave.join("、")));
            }
            let title = form.title.clone().unwrap_or_else(|| "统计表".to_owned());
            Some(LineView { word: "修改", tone: "warn", title, details })
        }
    };
    compared.forms.iter().filter_map(line).collect()
}

fn decisions(posted: &Posted) -> BTreeMap<usize, Decision> {
    let mut decisions: BTreeMap<usize, Decision> = BTreeMap::new();
    for (name, value) in posted.fields() {
        let Some(rest) = name.strip_prefix("row") else { continue };
        let (index, field) = rest.split_once('_').map_or((rest, None), |(index, field)| (index, Some(field)));
        let Ok(index) = index.parse::<usize>() else { continue };
        let decision = decisions.entry(index).or_default();
        match field {
            None => decision.action.clone_from(value),
            Some(code) => {
                if let Some(field) = Field::ALL.iter().find(|it| it.code() == code) {
                    decision.fields.insert(*field, value == "notice");
                }
            }
        }
    }
    decisions
}

enum Failed {
    Store(store::Error),
    Wrong(FormErrors),
    Said(String),
}

impl From<store::Error> for Failed {
    fn from(error: store::Error) -> Failed {
        Failed::Store(error)
    }
}

/// `POST /campaigns/{id}/difference`: applies what was chosen.
pub(crate) async fn apply(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    if !may_import(&actor) {
        return Err(Error::NotFound);
    }
    let decided = decisions(&posted);
    let (draft_id, at, today) = (Id::from_text(&id), app.clock.now(), app.clock.today());
    let (by, chosen, seen) = (actor.clone(), decided.clone(), posted.version());
    let applied = app
        .db
        .try_write(async move |tx| -> Result<(Id, usize), Failed> {
            let draft = plan::lock(&tx, &draft_id).await?;
            let revises_id = draft.revises_id.clone().ok_or(store::Error::NotFound)?;
            if draft.status != Status::Draft {
                return Err(Failed::Said("这份修订稿已经应用过了。".to_owned()));
            }
            let running = plan::lock(&tx, &revises_id).await?;
            if !permitted(&by, stage(running.status)).contains(&IntakeStep::Revise) {
                return Err(Failed::Said("这个活动已经归档，不能再修订。请先恢复。".to_owned()));
            }
            if running.version != seen + 1 {
                return Err(Failed::Said(
                    "您打开页面之后，活动已被别的修订改过。请重新打开对比页面，核对后再应用。".to_owned(),
                ));
            }
            let mut compared = compared(&tx, draft, running, today).await?;
            if let Some(obstacle) = compared.obstacles.first() {
                return Err(Failed::Said(format!("还不能应用。{}", obstacle.sentence)));
            }
            let acts = acts(&compared.difference, &chosen, &compared.standing, &compared.new.activities)
                .map_err(Failed::Wrong)?;
            write(&tx, &by, &mut compared, &acts, at).await?;
            Ok((revises_id, acts.len()))
        })
        .await;
    match applied {
        Ok((campaign_id, n)) => {
            done(&format!("/campaigns/{campaign_id}"), &format!("修订已应用，共处理{n}项变化；已完成的工作都保留着。"))
        }
        Err(Failed::Store(error)) => Err(error.into()),
        Err(Failed::Said(sentence)) => Err(Error::Conflict(sentence)),
        Err(Failed::Wrong(errors)) => draw(&app, frame, &actor, &id, &decided, errors).await,
    }
}

/// Writes the revision; its draft goes, and the campaign follows the revised notice from now on.
async fn write(
    tx: &store::Tx,
    actor: &Actor,
    compared: &mut Compared,
    acts: &[Act],
    at: jiff::Timestamp,
) -> store::Result<()> {
    let revision = Revision {
        publication: &compared.new,
        standing: &compared.standing,
        acts,
        standing_duties: &compared.standing_duties,
        duties: &compared.duties,
        standing_forms: &compared.standing_forms,
        forms: &compared.forms,
    };
    revise::revise(tx, &compared.running, &revision, at).await?;
    trail::events(tx, actor, compared, acts, at);
    compared.draft.starts_on = compared.new.starts_on;
    compared.draft.ends_on = compared.new.ends_on;
    plan::save_revision(tx, &compared.running, &compared.draft).await?;
    plan::remove(tx, &compared.draft).await
}
