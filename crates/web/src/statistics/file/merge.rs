//! `/forms/{id}/merge` and `/merges/{id}`: many filled forms at once, shown with every problem in its cell before anything is stored.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::statistics::form_reader::read_sheets;
use domain::statistics::merge::{HandedIn, problems_paper, sum_paper, units_paper};
use domain::unit::permitted::{self, UnitStep};
use domain::unit::{Actor, Role};
use domain::{FormErrors, Id};
use store::statistics::form_merge::{self, FormMerge, Listed, MergeFile};

use super::judge::{Judgement, judge};
use super::merge_view::{FormLine, Grid, ProblemLine, form_lines, grid, problem_lines};
use super::{export, media_type};
use crate::reader::{SheetReader, read_more_sheets};
use crate::statistics::scene::Scene;
use crate::{Answer, App, Error, Frame, Posted, PostedFile, Visitor, in_words, page};

/// More files than this are not looked at on one page.
const MOST_FILES: usize = 300;

/// Only the office stores the returns of others.
pub(crate) fn check_office(actor: &Actor, scene: &Scene) -> Result<(), Error> {
    if actor.role != Role::Office {
        return Err(Error::Forbidden("各单位报来的文件由活动办公室汇总。自己单位的数请在填报页填写。".into()));
    }
    if !scene.head.is_running {
        return Err(Error::Forbidden("这个活动方案已归档，统计表不能再改。".into()));
    }
    Ok(())
}

#[derive(Template)]
#[template(path = "statistics/merge_new.html")]
struct New {
    frame: Frame,
    scene: Scene,
    accept: &'static str,
    earlier: Vec<EarlierLine>,
    errors: FormErrors,
}

struct EarlierLine {
    path: String,
    words: String,
    state: &'static str,
}

async fn draw_new(app: &App, frame: Frame, actor: &Actor, form_id: &str, errors: FormErrors) -> Answer {
    let id = Id::from_text(form_id);
    let (scene, listed) =
        app.db.read(async move |tx| Ok((Scene::load(&tx, &id).await?, form_merge::list(&tx, &id, 20).await?))).await?;
    check_office(actor, &scene)?;
    let line = |it: Listed| EarlierLine {
        path: format!("/merges/{}", it.form_merge_id),
        words: format!("{}，{}上传 {} 份文件", in_words(it.created_at), it.person_name, it.n_files),
        state: if it.committed_at.is_some() { "已录入" } else { "没有录入" },
    };
    let earlier = listed.into_iter().map(line).collect();
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page::page_with(status, &New { frame, scene, accept: super::ACCEPT, earlier, errors })
}

/// `GET /forms/{stat_form_id}/merge`
pub(crate) async fn new(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(form_id): Path<String>,
) -> Answer {
    draw_new(&app, frame, &actor, &form_id, FormErrors::default()).await
}

/// `POST /forms/{stat_form_id}/merge`: the files are kept and read; nothing is stored as a return.
pub(crate) async fn create(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(form_id): Path<String>,
    posted: Posted,
) -> Answer {
    let id = Id::from_text(&form_id);
    let scene = {
        let id = id.clone();
        app.db.read(async move |tx| Scene::load(&tx, &id).await).await?
    };
    check_office(&actor, &scene)?;
    let given: Vec<&PostedFile> = posted.files("files").collect();
    let sentence = match given.len() {
        0 => Some("请选择各单位报来的统计表，可以一次选多份。".to_owned()),
        n if n > MOST_FILES => {
            Some(format!("一次最多 {MOST_FILES} 份，这次有 {n} 份；请分几次上传，或用命令 xiaobao merge。"))
        }
        _ => None,
    };
    if let Some(sentence) = sentence {
        return draw_new(&app, frame, &actor, &form_id, FormErrors::one("files", sentence)).await;
    }
    let (mut names, mut handed_in): (Vec<String>, Vec<HandedIn>) = Default::default();
    let mut reader = SheetReader::of_server();
    for file in &given {
        let name = unique(&domain::evidence::clean_name(&file.name), &names);
        handed_in.push(read(&mut reader, &name, file.bytes.clone()).await);
        names.push(name);
    }
    // One bad file among thirty is a problem of the merge; nothing but bad files is no merge.
    if let Some(sentence) = none_readable(&handed_in) {
        return draw_new(&app, frame, &actor, &form_id, FormErrors::one("files", sentence)).await;
    }
    let mut files = Vec::new();
    for (file, name) in given.iter().zip(names) {
        let saved = app.files.save(file.bytes.clone()).await?;
        files.push(MergeFile {
            media_type: media_type(&name).to_owned(),
            name,
            sha256: saved.sha256,
            size: saved.size,
        });
    }
    let (now, person_id) = (app.clock.now(), actor.person_id.clone());
    let merge_id =
        app.db.write(async move |tx| form_merge::insert(&tx, &id, &person_id, &files, &handed_in, now).await).await?;
    page::go(&format!("/merges/{merge_id}"))
}

/// Why there is nothing to add up, file by file; `None` when at least one holds a form.
fn none_readable(handed_in: &[HandedIn]) -> Option<String> {
    const MOST_NAMED: usize = 5;
    let why = |it: &HandedIn| match &it.sheets {
        Err(sentence) => Some(sentence.clone()),
        Ok(sheets) if sheets.iter().all(|it| it.form.definition.rows.is_empty()) => {
            Some("里面没有统计表，表头要有“项目”和“数量”两列。".to_owned())
        }
        Ok(_) => None,
    };
    // One sentence for all files of which it is true.
    let mut reasons: Vec<(String, Vec<&str>)> = Vec::new();
    for it in handed_in {
        let why = why(it)?;
        match reasons.iter_mut().find(|known| known.0 == why) {
            Some((_, files)) => files.push(&it.file),
            None => reasons.push((why, vec![&it.file])),
        }
    }
    let one = |(why, files): &(String, Vec<&str>)| {
        let named: String = files.iter().take(MOST_NAMED).map(|it| format!("“{it}”")).collect();
        let more = if files.len() > MOST_NAMED { format!("等 {} 份", files.len()) } else { String::new() };
        format!("{named}{more}：{why}")
    };
    Some(format!("没有一份能汇总。{}", reasons.iter().map(one).collect::<String>()))
}

/// Two files of one name stay two.
fn unique(name: &str, before: &[String]) -> String {
    let is_taken = |name: &str| before.iter().any(|it| it == name);
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let numbered =
        |n: usize| if ending.is_empty() { format!("{stem}（{n}）") } else { format!("{stem}（{n}）.{ending}") };
    if !is_taken(name) {
        return name.to_owned();
    }
    (2..).map(numbered).find(|it| !is_taken(it)).unwrap_or_else(|| name.to_owned())
}

async fn read(reader: &mut SheetReader, name: &str, bytes: Vec<u8>) -> HandedIn {
    let sheets = match read_more_sheets(reader, name, bytes).await {
        // The layouts of the units' copies are not needed again.
        Ok(file) => Ok(read_sheets(&file)
            .into_iter()
            .map(|mut it| {
                it.form.definition.layout = None;
                it
            })
            .collect()),
        Err(error) => Err(error.of_table()),
    };
    HandedIn { file: name.to_owned(), sheets }
}

#[derive(Template)]
#[template(path = "statistics/merge.html")]
struct Show {
    frame: Frame,
    scene: Scene,
    id: Id,
    version: i64,
    /// What the commit must still find.
    seen: String,
    summary: String,
    uploaded: String,
    committed: String,
    refusal: String,
    forms: Vec<FormLine>,
    n_to_store: usize,
    n_unknown: usize,
    /// May this person create a unit?
    may_create: bool,
    grid: Grid,
    problems: Vec<ProblemLine>,
}

/// `GET /merges/{form_merge_id}`
pub(crate) async fn show(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(form_merge_id): Path<String>,
) -> Answer {
    draw(&app, frame, &actor, Id::from_text(form_merge_id), String::new(), StatusCode::OK).await
}

async fn load(app: &App, id: &Id) -> Result<(FormMerge, Judgement), Error> {
    let id = id.clone();
    let loaded = app
        .db
        .read(async move |tx| {
            let upload = form_merge::get(&tx, &id).await?;
            let judgement = judge(&tx, &upload).await?;
            Ok((upload, judgement))
        })
        .await?;
    Ok(loaded)
}

pub(super) async fn draw(
    app: &App,
    frame: Frame,
    actor: &Actor,
    id: Id,
    refusal: String,
    status: StatusCode,
) -> Answer {
    let (upload, judgement) = load(app, &id).await?;
    check_office(actor, &judgement.scene)?;
    let forms = form_lines(&judgement);
    let show = Show {
        frame,
        id,
        version: upload.version,
        seen: judgement.fingerprint(),
        summary: domain::statistics::merge::summary_line(&judgement.merged),
        uploaded: format!("{}，{}上传", in_words(upload.created_at), upload.person_name),
        committed: upload.committed_at.map(in_words).unwrap_or_default(),
        refusal,
        n_to_store: judgement.forms.iter().filter(|it| it.is_stored()).count(),
        n_unknown: forms.iter().filter(|it| !it.choices.is_empty() && it.is_unknown).count(),
        forms,
        may_create: permitted::unit_steps(actor).contains(&UnitStep::Add),
        grid: grid(&judgement.merged),
        problems: problem_lines(&judgement.merged),
        scene: judgement.scene,
    };
    page::page_with(status, &show)
}

/// `POST /merges/{form_merge_id}/units`: a person says which unit a form is of.
pub(crate) async fn choose(
    State(app): State<App>,
    Visitor(actor): Visitor,
    Path(form_merge_id): Path<String>,
    posted: Posted,
) -> Answer {
    let id = Id::from_text(&form_merge_id);
    let version = posted.version();
    let mut chosen: BTreeMap<usize, Option<Id>> = BTreeMap::new();
    for (name, value) in posted.fields() {
        if let Some(number) = name.strip_prefix("unit-").and_then(|it| it.parse().ok())
            && !value.is_empty()
        {
            chosen.insert(number, (value != "none").then(|| Id::from_text(value.as_str())));
        }
    }
    if let Ok(number) = posted.text("create").parse() {
        return super::new_unit::create(&app, &actor, &id, version, number, chosen).await;
    }
    app.db
        .try_write(async move |tx| -> Result<(), Error> {
            let mut upload = form_merge::lock(&tx, &id, version).await?;
            let scene = Scene::load(&tx, &upload.stat_form_id).await?;
            check_office(&actor, &scene)?;
            take_choices(&mut upload, &scene, &chosen);
            form_merge::save(&tx, &upload).await?;
            Ok(())
        })
        .await?;
    page::done(&format!("/merges/{form_merge_id}"), "单位已对应好。请核对后录入。")
}

/// Takes what a person has chosen; a unit that is not there is no choice.
pub(super) fn take_choices(upload: &mut FormMerge, scene: &Scene, chosen: &BTreeMap<usize, Option<Id>>) {
    let known = |it: &Option<Id>| it.as_ref().is_none_or(|id| scene.unit(id).is_some());
    let chosen = chosen.iter().filter(|(_, unit)| known(unit));
    upload.choices.extend(chosen.map(|(number, unit)| (*number, unit.clone())));
}

/// `GET /merges/{form_merge_id}/result.xlsx`: the sum, every unit's figures, the list of problems.
pub(crate) async fn result(State(app): State<App>, Visitor(actor): Visitor, Path(id): Path<String>) -> Answer {
    let (_, judgement) = load(&app, &Id::from_text(id)).await?;
    check_office(&actor, &judgement.scene)?;
    let merged = &judgement.merged;
    let top = judgement.scene.reporting.top().and_then(|it| judgement.scene.unit(it));
    let head = top.map(|it| ("填报单位".to_owned(), it.name.clone())).into_iter().collect();
    let papers = [sum_paper(merged, head), units_paper(merged), problems_paper(merged)];
    export::send_xlsx(&format!("{} 汇总", judgement.scene.title()), &papers)
}
