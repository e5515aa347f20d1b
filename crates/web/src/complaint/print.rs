//! `POST /complaints/print`: the sheets of the chosen cases, and their letters, on one page to print or in one `.docx`.
//!
//! A sheet shows the parties masked, as the page of the case does. A letter names them: whoever prints it has looked, and the log says so.

use askama::Template;
use axum::extract::State;
use domain::Id;
use domain::complaint::permitted::may_see;
use domain::unit::Actor;
use gongwen::table::{Align, Table, TableCell};
use gongwen::write::docx::{self, Block, Section};
use store::Read;
use store::complaint::case::{self, Case};
use store::complaint::file::{self, CaseFile};
use store::complaint::letter::{self, Letter};
use store::event::{self, NewEvent};

use super::bulk::MOST;
use super::letter::{blocks, day, may_write};
use super::{Around, list, look, show, trail, words};
use crate::{Answer, App, Error, Frame, Posted, Visitor, clock, page};

/// One case on paper.
struct SheetOf {
    title: String,
    status: String,
    lines: Vec<(&'static str, String)>,
    text: String,
    history: Vec<words::Line>,
}

/// One letter on paper.
struct LetterOf {
    letter: Letter,
    paragraphs: Vec<String>,
    day: String,
}

#[derive(Template)]
#[template(path = "complaint/print.html")]
struct Print {
    frame: Frame,
    sheets: Vec<SheetOf>,
    letters: Vec<LetterOf>,
    refused: Vec<String>,
    bureau: String,
    ids: Vec<String>,
    what: String,
    back: String,
}

/// A case with everything its sheet names.
struct CaseOf {
    case: Case,
    happened: Vec<case::Happened>,
    files: Vec<CaseFile>,
}

struct Papers {
    around: Around,
    actor: Actor,
    cases: Vec<CaseOf>,
    letters: Vec<Letter>,
    refused: Vec<String>,
    /// Whose letters are printed: the case, and the reason in the log.
    looks: Vec<(Id, String)>,
}

/// What is asked for: sheets, letters, or both.
fn asked(posted: &Posted) -> (bool, bool) {
    match posted.text("what") {
        "letters" => (false, true),
        "both" => (true, true),
        _ => (true, false),
    }
}

async fn gather(app: &App, actor: Actor, posted: &Posted) -> Result<Papers, Error> {
    let ids: Vec<Id> = posted.all("id").map(Id::from_text).collect();
    let (wants_sheets, wants_letters) = asked(posted);
    let now = app.clock.now();
    let n_chosen = ids.len();
    // Reading two hundred cases takes a while: beside the writer, not in it. Nothing is given out before the looks are logged.
    let papers = app
        .db
        .try_read(async move |tx| -> Result<Papers, Error> {
            let around = Around::load(&tx).await?;
            let mut papers = Papers {
                around,
                actor: actor.clone(),
                cases: Vec::new(),
                letters: Vec::new(),
                refused: Vec::new(),
                looks: Vec::new(),
            };
            for id in &ids {
                let case = case::get(&tx, id).await?;
                if !may_see(&papers.actor, &papers.around.desk, &case.state) {
                    return Err(Error::NotFound);
                }
                if wants_letters {
                    letters(&tx, &case, &mut papers).await?;
                }
                if wants_sheets {
                    let happened = case::events(&tx, id).await?;
                    let files = file::list(&tx, id).await?;
                    papers.cases.push(CaseOf { case, happened, files });
                }
            }
            Ok(papers)
        })
        .await?;
    let (actor, looks) = (papers.actor.clone(), papers.looks.clone());
    app.db
        .write(async move |tx| {
            for (id, reason) in looks.clone() {
                event::insert(&tx, NewEvent::by(&actor, case::AREA, &id, "looked", now).reason(reason));
            }
            let detail = serde_json::json!({ "件数": n_chosen });
            event::insert(&tx, NewEvent::by(&actor, case::AREA, &actor.person_id, "printed", now).detail(detail));
            Ok(())
        })
        .await?;
    Ok(papers)
}

async fn letters(tx: &Read, case: &Case, papers: &mut Papers) -> Result<(), Error> {
    if !may_write(&papers.actor, &papers.around, case) {
        papers.refused.push(format!("{}：文书由承办单位或投诉举报机构打印。", case.number));
        return Ok(());
    }
    let found = letter::list(tx, &case.complaint_id).await?;
    if found.is_empty() {
        papers.refused.push(format!("{}：还没有制作文书。", case.number));
        return Ok(());
    }
    let numbers: Vec<&str> = found.iter().map(|it| it.number.as_str()).collect();
    let reason = format!("批量打印文书{}", numbers.join("、"));
    papers.looks.push((case.complaint_id.clone(), reason));
    papers.letters.extend(found);
    Ok(())
}

fn sheet(of: &CaseOf, papers: &Papers) -> SheetOf {
    let CaseOf { case, happened, files } = of;
    let around = &papers.around;
    let is_closed = look::is_closed(around, &papers.actor, case);
    let line = |it: &case::Happened| words::line(it, case.state.rules, is_closed, files);
    let mut lines = show::parties(&case.particulars.consumer, case.state.matter, false).lines;
    lines.extend(show::business_lines(case).into_iter().map(|(word, value)| match word {
        "名称" => ("经营者", value),
        "地址" => ("经营者地址", value),
        "电话" => ("经营者电话", value),
        other => (other, value),
    }));
    lines.extend(show::fact_lines(case, around));
    if let Some(due_on) = case.due_on {
        lines.push(("下一期限", due_on.to_string()));
    }
    SheetOf {
        title: format!("{}　{}", case.number, case.state.matter.label()),
        status: case.state.label().to_owned(),
        lines,
        text: case.particulars.text.clone(),
        history: trail::for_paper(happened).map(line).collect(),
    }
}

/// `POST /complaints/print`
pub(crate) async fn show(State(app): State<App>, frame: Frame, Visitor(actor): Visitor, posted: Posted) -> Answer {
    let back = page::inside(posted.text("next")).to_owned();
    let ids: Vec<String> = posted.all("id").map(str::to_owned).collect();
    if let Some(sentence) = refusal(ids.len()) {
        return list::again(&app, frame, actor, &posted, back, sentence.trim_start_matches('!').to_owned()).await;
    }
    let mut papers = gather(&app, actor, &posted).await?;
    let letters = std::mem::take(&mut papers.letters).into_iter().map(|letter| LetterOf {
        paragraphs: letter.body.lines().filter(|it| !it.trim().is_empty()).map(str::to_owned).collect(),
        day: day(Some(clock::day_of(letter.made_at))),
        letter,
    });
    page::page(&Print {
        sheets: papers.cases.iter().map(|it| sheet(it, &papers)).collect(),
        letters: letters.collect(),
        bureau: papers.around.bureau().to_owned(),
        refused: papers.refused,
        ids,
        what: posted.text("what").to_owned(),
        back,
        frame,
    })
}

fn refusal(n: usize) -> Option<String> {
    match n {
        0 => Some("!没有选中案件：请先在左边勾选。".to_owned()),
        n if n > MOST => Some(format!("!一次最多打印 {MOST} 件，请分批。")),
        _ => None,
    }
}

/// `POST /complaints/print.docx`
pub(crate) async fn docx(State(app): State<App>, Visitor(actor): Visitor, posted: Posted) -> Answer {
    if let Some(sentence) = refusal(posted.all("id").count()) {
        return page::done(page::inside(posted.text("next")), &sentence);
    }
    let papers = gather(&app, actor, &posted).await?;
    if papers.cases.is_empty() && papers.letters.is_empty() {
        return page::done(page::inside(posted.text("next")), "!选中的案件还没有制作文书。");
    }
    let write = move || docx::write(&[Section { is_landscape: false, blocks: all_blocks(&papers) }]);
    let bytes = tokio::task::spawn_blocking(write)
        .await
        .map_err(|it| Error::Internal(anyhow::Error::new(it)))?
        .map_err(|it| Error::Internal(anyhow::Error::new(it)))?;
    page::file("投诉举报案件.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", bytes)
}

/// Every sheet and letter, each from a new page on.
fn all_blocks(papers: &Papers) -> Vec<Block> {
    let sheets = papers.cases.iter().map(|it| sheet_blocks(&sheet(it, papers)));
    let letters = papers.letters.iter().map(|it| blocks(it, papers.around.bureau()));
    let mut all: Vec<Block> = Vec::new();
    for it in sheets.chain(letters) {
        if !all.is_empty() {
            all.push(Block::PageBreak);
        }
        all.extend(it);
    }
    all
}

fn sheet_blocks(sheet: &SheetOf) -> Vec<Block> {
    let mut facts = Table::new(&[("项目", 20.0, Align::Left), ("内容", 60.0, Align::Left)]);
    facts.rows = std::iter::once(("状态", &sheet.status))
        .chain(sheet.lines.iter().map(|it| (it.0, &it.1)))
        .chain([("内容", &sheet.text)])
        .map(|(word, value)| vec![TableCell::text(word), TableCell::text(value.as_str())])
        .collect();
    let mut history =
        Table::new(&[("时间", 22.0, Align::Left), ("办理", 14.0, Align::Left), ("内容", 44.0, Align::Left)]);
    history.rows = sheet
        .history
        .iter()
        .map(|it| {
            let words = [it.who.as_str(), it.words.as_str()];
            let words: Vec<&str> = words.into_iter().filter(|it| !it.is_empty()).collect();
            vec![
                TableCell::text(it.at.as_str()),
                TableCell::text(it.what.as_str()),
                TableCell::text(words.join("：").as_str()),
            ]
        })
        .collect();
    vec![Block::Title(format!("案件登记表\n{}", sheet.title)), Block::Table(facts), Block::Blank, Block::Table(history)]
}
