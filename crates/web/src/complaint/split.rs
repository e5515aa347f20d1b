//! `/complaints/{id}/split`: a submission that holds two matters becomes two cases (第九条 "予以分别处理").

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::complaint::case::CaseKind;
use domain::complaint::event::CaseEvent;
use domain::complaint::intake::{Particulars, TEXT_LIMIT, is_whole};
use domain::complaint::permitted::{may_arrange, may_see, may_unmask};
use domain::unit::Actor;
use domain::{FormErrors, Id};
use jiff::Timestamp;
use store::Tx;
use store::complaint::case::{self, Case, NewCase};
use store::complaint::file::{self, CaseFile, NewFile};
use store::event::{self, NewEvent};

use super::Around;
use super::moment::last_change;
use crate::{Answer, App, Choice, Error, Frame, Posted, Visitor, page};

#[derive(Template)]
#[template(path = "complaint/split.html")]
struct Split {
    frame: Frame,
    case: Case,
    kinds: Vec<Choice>,
    files: Vec<Paper>,
    own_text: String,
    other_text: String,
    version: i64,
    /// The words of the tip-off stand only in a paper of the letter.
    is_in_paper: bool,
    /// Who has changed the case since, and when; empty when nobody has.
    stale: String,
    errors: FormErrors,
}

/// The box that says so.
const IN_PAPER: &str = "in_paper";

impl Split {
    /// What stands below a text: with papers it may be empty, where the tip-off stands in one.
    fn hint(&self, words: &str) -> String {
        let rest = if self.files.is_empty() {
            ""
        } else {
            "只在勾了“举报内容在来信原件中”时可以不写。"
        };
        format!("{words}{rest}")
    }

    fn lead(&self) -> String {
        let rules = self.case.state.rules;
        let (apart, secrecy) = (rules.apart(), rules.secrecy());
        format!(
            "一件材料同时包含投诉和举报内容的，分别处理（{apart}）。两件分别编号、分别计时；举报那一件依法保密（{secrecy}）。"
        )
    }
}

/// A file of the case, and where it goes.
struct Paper {
    file: CaseFile,
    goes: Vec<Choice>,
}

/// Where a file goes when nobody says otherwise: a scan of the whole letter tells of the tip-off (第三十七条).
const SAFE: &str = "";
const GOES: &[(&str, &str)] = &[
    (SAFE, "只放举报件（没有举报的，留在原件）"),
    ("stay", "留在原来这一件"),
    ("go", "随拆出的一件"),
    ("both", "两件都放"),
];

fn papers(files: Vec<CaseFile>, posted: Option<&Posted>) -> Vec<Paper> {
    let goes = |file: &CaseFile| {
        let current = posted.map_or(SAFE, |it| it.text(&field_of(file))).to_owned();
        GOES.iter().map(|it| Choice::new(it.0, it.1, &current)).collect()
    };
    files.into_iter().map(|file| Paper { goes: goes(&file), file }).collect()
}

fn field_of(file: &CaseFile) -> String {
    format!("file_{}", file.complaint_file_id)
}

/// Does the file stay, does it go with the other half?
fn places_of(choice: &str, own: CaseKind, other: CaseKind) -> (bool, bool) {
    match choice {
        "stay" => (true, false),
        "go" => (false, true),
        "both" => (true, true),
        _ => (own == CaseKind::Tipoff || other != CaseKind::Tipoff, other == CaseKind::Tipoff),
    }
}

/// Puts the files where they belong. What leaves a case stays on record, as every file that is taken off.
async fn divide(
    tx: &Tx,
    posted: &Posted,
    (own, other): (&Case, &Case),
    actor: &Actor,
    now: Timestamp,
) -> store::Result<()> {
    // As they are now: one that came while the form was open is divided too.
    for paper in &file::list(tx, &own.complaint_id).await? {
        let choice = posted.text(&field_of(paper));
        let (stays, goes) = places_of(choice, own.state.matter, other.state.matter);
        let reason = format!("拆分：{}", paper.file_name);
        if goes {
            let new = NewFile {
                sha256: paper.sha256.clone(),
                file_name: paper.file_name.clone(),
                media_type: paper.media_type.clone(),
                size: u64::try_from(paper.size).unwrap_or(0),
            };
            file::insert(tx, &other.complaint_id, &new, paper.origin, Some(&actor.person_id), now).await?;
            // The same the other way round: that it was split from a tip-off stays unsaid.
            let of_tipoff = own.state.matter == CaseKind::Tipoff;
            let reason = if of_tipoff { paper.file_name.clone() } else { reason.clone() };
            let put = NewEvent::by(actor, case::AREA, &other.complaint_id, "attached", now);
            event::insert(tx, put.reason(reason));
        }
        if !stays {
            file::remove(tx, &paper.complaint_file_id).await?;
            // Whoever has the complaint reads its trail, and must not learn from it what the paper was (第三十七条).
            let reason = if other.state.matter == CaseKind::Tipoff { String::new() } else { reason };
            let taken = NewEvent::by(actor, case::AREA, &own.complaint_id, "detached", now);
            event::insert(tx, taken.reason(reason));
        }
    }
    Ok(())
}

fn check(around: &Around, actor: &Actor, case: &Case) -> Result<(), Error> {
    if !may_see(actor, &around.desk, &case.state) {
        return Err(Error::NotFound);
    }
    if !may_arrange(actor, &around.desk, &case.state) || !case.state.status.is_open() {
        return Err(Error::Forbidden("拆分由投诉举报机构办理，且这一件还没有办结。".into()));
    }
    // The other half carries the same person over: who may not learn who reported must not make a copy (第三十七条).
    if case.state.matter == CaseKind::Tipoff && !may_unmask(actor, &around.desk, &case.state) {
        return Err(Error::Forbidden("举报人的信息只有经办单位能看，拆分由经办单位退回后办理。".into()));
    }
    Ok(())
}

/// The half that is no tip-off is read by its unit, by both parties and in mediation: left as the whole letter it would tell them of the
/// tip-off (第三十七条). Two matters without a tip-off are at least two texts.
fn must_divide(case: &Case, kind: Option<CaseKind>, (own, other): (&str, &str), errors: &mut FormErrors) {
    for (field, text) in [("own_text", own), ("other_text", other)] {
        if text.is_empty() || text.chars().count() > TEXT_LIMIT {
            errors.add(field, format!("请填写这一件的内容，{TEXT_LIMIT} 字以内。"));
        }
    }
    let Some(kind) = kind else { return };
    let letter = &case.particulars.text;
    let told = "这里还是整封来信，举报的话也在里面，会被处理单位和双方当事人看到。请删去举报的内容，只留";
    if kind == CaseKind::Tipoff {
        if is_whole(own, letter) {
            errors.add("own_text", format!("{told}{}的事。", case.state.matter.label()));
        }
    } else if case.state.matter == CaseKind::Tipoff {
        if is_whole(other, letter) {
            errors.add("other_text", format!("{told}{}的事。", kind.label()));
        }
    } else if is_whole(own, letter) && is_whole(other, letter) {
        errors.add("own_text", "两边都是整封来信，还没有拆开。请各自删去属于另一件的部分。");
    }
}

/// The words of the tip-off stand only in a paper, so the text holds none of them and may stay whole, or be empty. Then the paper has to go
/// with the tip-off, and only there: it is what tells of it.
fn must_be_in_paper(
    case: &Case,
    kind: Option<CaseKind>,
    (texts, files): ((&str, &str), &[CaseFile]),
    posted: &Posted,
    errors: &mut FormErrors,
) {
    for (field, text) in [("own_text", texts.0), ("other_text", texts.1)] {
        if text.chars().count() > TEXT_LIMIT {
            errors.add(field, format!("请控制在 {TEXT_LIMIT} 字以内。"));
        }
    }
    let Some(kind) = kind else { return };
    let own = case.state.matter;
    if own != CaseKind::Tipoff && kind != CaseKind::Tipoff {
        errors.add(IN_PAPER, "两件都不是举报，不用勾这一项；请各写各的内容。");
        return;
    }
    let goes_alone = |it: &CaseFile| {
        let (stays, goes) = places_of(posted.text(&field_of(it)), own, kind);
        if own == CaseKind::Tipoff { stays && !goes } else { goes && !stays }
    };
    if !files.iter().any(goes_alone) {
        errors.add(IN_PAPER, "没有一份材料只放在举报件。请在“材料归哪一件”里，把写有举报内容的原件选为只放举报件。");
    }
}

/// The text of a tip-off of which nothing was typed: where its words stand. It is read only by who handles the tip-off.
fn text_in_paper(text: String, matter: CaseKind) -> String {
    if text.is_empty() && matter == CaseKind::Tipoff {
        "举报内容在来信原件中，见材料。".to_owned()
    } else {
        text
    }
}

fn kinds(case: &Case, current: &str) -> Vec<Choice> {
    let others = CaseKind::ALL.iter().filter(|it| **it != case.state.matter);
    others.map(|it| Choice::new(it.code(), it.label(), current)).collect()
}

async fn load(app: &App, actor: &Actor, id: Id) -> Result<(Around, Case, Vec<CaseFile>), Error> {
    let actor = actor.clone();
    app.db
        .try_read(async move |tx| -> Result<(Around, Case, Vec<CaseFile>), Error> {
            let around = Around::load(&tx).await?;
            let case = case::get(&tx, &id).await?;
            check(&around, &actor, &case)?;
            let files = file::list(&tx, &id).await?;
            Ok((around, case, files))
        })
        .await
}

/// `GET /complaints/{complaint_id}/split`
pub(crate) async fn new(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(id): Path<String>,
) -> Answer {
    let (_, case, files) = load(&app, &actor, Id::from_text(id)).await?;
    let text = case.particulars.text.clone();
    let current = if case.state.matter == CaseKind::Complaint { "report" } else { "complaint" };
    page::page(&Split {
        frame,
        kinds: kinds(&case, current),
        files: papers(files, None),
        own_text: text.clone(),
        other_text: text,
        version: case.version,
        is_in_paper: false,
        stale: String::new(),
        errors: FormErrors::default(),
        case,
    })
}

/// `POST /complaints/{complaint_id}/split`
pub(crate) async fn create(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let (id, now) = (Id::from_text(id), app.clock.now());
    let (around, case, files) = load(&app, &actor, id.clone()).await?;
    let version = posted.version();
    if version != case.version {
        return stale(&app, frame, &actor, id, &posted).await;
    }
    let (own_text, other_text) = (posted.text("own_text").to_owned(), posted.text("other_text").to_owned());
    let kind = CaseKind::from_code(posted.text("kind")).filter(|it| *it != case.state.matter);
    let mut errors = FormErrors::default();
    if kind.is_none() {
        errors.add("kind", "请选择拆出来的是什么。");
    }
    let is_in_paper = posted.is_set(IN_PAPER) && !files.is_empty();
    match is_in_paper {
        true => must_be_in_paper(&case, kind, ((&own_text, &other_text), &files), &posted, &mut errors),
        false => must_divide(&case, kind, (&own_text, &other_text), &mut errors),
    }
    let Some(kind) = kind.filter(|_| errors.is_empty()) else {
        let sent = Sent { posted: &posted, errors, stale: String::new() };
        return again(frame, case, files, sent);
    };
    let (own_text, other_text) = match is_in_paper {
        true => (text_in_paper(own_text, case.state.matter), text_in_paper(other_text, kind)),
        false => (own_text, other_text),
    };
    let (key, rules, who) = (id.clone(), case.state.rules, actor.clone());
    let halves = Halves { kind, own_text, other_text, form: posted.clone() };
    let divided =
        app.db.try_write(async move |tx| halve(&tx, &around, &actor, (&key, version), &halves, now).await).await;
    match divided {
        Ok(number) => {
            let words = format!("已拆出 {number}，两件分别计时、分别处理（{}）。", rules.apart());
            page::done(&format!("/complaints/{id}"), &words)
        }
        Err(Error::Stale) => stale(&app, frame, &who, id, &posted).await,
        Err(error) => Err(error),
    }
}

/// Somebody else has changed the case since the form was drawn: the form comes again beside the case as it is now.
async fn stale(app: &App, frame: Frame, actor: &Actor, id: Id, posted: &Posted) -> Answer {
    let (_, case, files) = load(app, actor, id.clone()).await?;
    let happened = app.db.read(async move |tx| case::events(&tx, &id).await).await?;
    let stale = last_change(&happened);
    again(frame, case, files, Sent { posted, errors: FormErrors::default(), stale })
}

/// What becomes of the two halves.
struct Halves {
    /// What is split off.
    kind: CaseKind,
    own_text: String,
    other_text: String,
    /// Where the papers go.
    form: Posted,
}

/// Divides a case as its form says; the number of the other half.
async fn halve(
    tx: &Tx,
    around: &Around,
    actor: &Actor,
    (key, version): (&Id, i64),
    halves: &Halves,
    now: Timestamp,
) -> Result<String, Error> {
    let mut case = case::lock(tx, key, Some(version)).await?;
    check(around, actor, &case)?;
    let mut particulars = case.particulars.clone();
    particulars.text.clone_from(&halves.other_text);
    let new = NewCase {
        kind: halves.kind,
        channel: case.state.channel,
        external_number: case.external_number.clone(),
        received_on: case.state.received_on,
        particulars,
        submission_id: Some(case.submission_id.clone()),
        client_key: None,
    };
    let law = around.law();
    let made = case::insert(tx, &new, law, Some(actor), now).await?.case();
    let own = Particulars { text: halves.own_text.clone(), ..case.particulars.clone() };
    case::correct(tx, &mut case, own, law, actor, now).await?;
    let with = vec![made.number.clone()];
    case::append(tx, &mut case, &[CaseEvent::Split { with }], law, Some(actor), now).await?;
    let mut other = case::lock(tx, &made.complaint_id, None).await?;
    let with = vec![case.number.clone()];
    case::append(tx, &mut other, &[CaseEvent::Split { with }], law, Some(actor), now).await?;
    divide(tx, &halves.form, (&case, &other), actor, now).await?;
    Ok(made.number)
}

/// A form that was not taken: what is wrong with it, or who has changed the case meanwhile.
struct Sent<'a> {
    posted: &'a Posted,
    errors: FormErrors,
    stale: String,
}

/// The page with what was typed.
fn again(frame: Frame, case: Case, files: Vec<CaseFile>, sent: Sent<'_>) -> Answer {
    let Sent { posted, errors, stale } = sent;
    let is_stale = !stale.is_empty();
    let split = Split {
        frame,
        kinds: kinds(&case, posted.text("kind")),
        files: papers(files, Some(posted)),
        own_text: posted.text("own_text").to_owned(),
        other_text: posted.text("other_text").to_owned(),
        version: if is_stale { case.version } else { posted.version() },
        is_in_paper: posted.is_set(IN_PAPER),
        stale,
        errors,
        case,
    };
    let status = if is_stale { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
    page::page_with(status, &split)
}
