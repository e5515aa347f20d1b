//! The report as `.docx` in the layout of GB/T 9704: the text without its marks, or a copy to check with them, and the annex that says
//! where each figure comes from.

use axum::extract::{Path, RawQuery, State};
use domain::Id;
use domain::campaign::summary::marks::unmarked;
use domain::campaign::summary::{Source, Subject, Summary};
use domain::unit::Actor;
use gongwen::paper::Paper;
use gongwen::table::{Align, Table, TableCell};
use gongwen::write::docx::{self, Block, Section};
use gongwen::write::paper::section as paper_section;
use jiff::Timestamp;
use store::Read;
use store::campaign::summary;
use store::statistics::{self, Origin, Wanted};

use super::show::is_heading;
use super::{Scope, query_value};
use crate::statistics::file::filled;
use crate::statistics::filling::Filling;
use crate::statistics::scene::Scene;
use crate::{Answer, App, Error, Visitor, clock, page};

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
/// The annex that lists the sources; who strikes it from the list of annexes does not get it.
const ANNEX: &str = "数据来源表";
/// The most records that are listed of one source.
const ORIGINS: i64 = 20;

/// A source with the records and entries it counts.
struct Traced {
    source: Source,
    origins: Vec<Origin>,
    n: i64,
}

/// `GET /campaigns/{campaign_id}/summary.docx?unit=…&version=…&marked=1`
pub(crate) async fn as_docx(
    State(app): State<App>,
    Visitor(actor): Visitor,
    Path(campaign_id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let id = Id::from_text(campaign_id);
    let value = |name: &str| query_value(query.as_deref(), name);
    let (unit_id, version, is_marked) = (value("unit"), value("version").parse::<i64>().ok(), value("marked") == "1");
    let now = app.clock.now();
    let (content, number, is_final, traced, forms) = app
        .db
        .read(async move |tx| {
            let scope = Scope::load(&tx, &id, &unit_id).await?;
            let stored = summary::find(&tx, &id, scope.unit_id()).await?.ok_or(store::Error::NotFound)?;
            let number = version.unwrap_or(stored.version);
            let is_final = stored.is_final.is_some() && number == stored.version;
            let content = match version {
                Some(version) => summary::get_version(&tx, &stored.summary_id, version).await?,
                None => stored.content,
            };
            let mut traced = Vec::new();
            for source in content.used() {
                traced.push(trace(&tx, &scope, source).await?);
            }
            let forms = forms(&tx, &scope, &content, &actor, now).await?;
            Ok((content, number, is_final, traced, forms))
        })
        .await?;
    let version = if is_final { "定稿".to_owned() } else { format!("第{number}稿") };
    let written = format!("{}（{version}，{}导出）", content.title.now, clock::in_words(now));
    let title = content.title.now.clone();
    // A report with its annexes takes tens of milliseconds, which no other page should wait for.
    let write = move || docx::write(&sections(&content, &traced, &forms, is_marked, &written));
    let bytes = tokio::task::spawn_blocking(write).await.map_err(|error| Error::Internal(anyhow::Error::new(error)))?;
    let bytes = bytes.map_err(|error| Error::Internal(anyhow::anyhow!("{error}")))?;
    let name = domain::evidence::clean_name(&title);
    let kind = if is_marked { "核对稿，" } else { "" };
    page::file(&format!("{name}（{kind}{version}）.docx"), DOCX, bytes)
}

/// The forms that the report names as annexes, filled as the unit reports them: of the whole campaign, those that add up all others.
async fn forms(
    tx: &Read,
    scope: &Scope,
    summary: &Summary,
    actor: &Actor,
    now: Timestamp,
) -> store::Result<Vec<(String, Paper)>> {
    let mut papers = Vec::new();
    for form in statistics::form::list(tx, &scope.head.campaign_id).await? {
        let title = form.definition.title.clone();
        if !summary.annexes.now.lines().any(|it| it == title) {
            continue;
        }
        let scene = Scene::of(tx, form).await?;
        let Some(unit_id) = scope.unit_id().or(scene.reporting.top()).cloned() else { continue };
        let own = scene.latest(&unit_id).cloned();
        let filling = Filling::load(tx, scene, &unit_id, own).await?;
        papers.push((title, filled(&filling, actor, now)));
    }
    Ok(papers)
}

async fn trace(tx: &Read, scope: &Scope, source: &Source) -> store::Result<Traced> {
    let (mut origins, mut n) = (Vec::new(), 0);
    if let Some(Subject::Indicator { indicator, activity_id }) = Subject::from_key(&source.key) {
        let wanted = Wanted {
            indicator,
            units: scope.unit_id().map(|it| vec![it.clone()]),
            activity_id: activity_id.map(|it| it.to_string()).unwrap_or_default(),
            ..Wanted::default()
        };
        (origins, n) = statistics::origins_of(tx, &scope.head.campaign_id, &wanted, ORIGINS, 0).await?;
    }
    Ok(Traced { source: source.clone(), origins, n })
}

fn sections(
    summary: &Summary,
    traced: &[Traced],
    forms: &[(String, Paper)],
    is_marked: bool,
    written: &str,
) -> Vec<Section> {
    let text = |text: &str| if is_marked { text.to_owned() } else { unmarked(text) };
    let mut blocks = vec![Block::Title(broken(&summary.title.now))];
    let left = |text: String| Block::Line { text, align: Align::Left };
    let right = |text: &str| Block::Line { text: text.to_owned(), align: Align::Right };
    if !summary.addressee.now.is_empty() {
        blocks.push(left(format!("{}：", summary.addressee.now)));
    }
    // A part without a word does not go out as a bare heading.
    let parts = summary.parts.iter().filter(|(_, words)| !words.now.trim().is_empty());
    for (n, (part, words)) in (1..).zip(parts) {
        let heading = format!("{}、{}", gongwen::numeral::chinese(n), part.heading());
        blocks.push(Block::Heading { level: 1, text: heading });
        for line in words.now.lines() {
            let line_text = text(line);
            blocks.push(match is_heading(line) {
                true => Block::Heading { level: 2, text: line_text },
                false => Block::Paragraph(line_text),
            });
        }
    }
    let annexes: Vec<&str> = summary.annexes.now.lines().collect();
    if !annexes.is_empty() {
        blocks.push(Block::Blank);
    }
    let is_single = annexes.len() == 1;
    for (n, annex) in (1..).zip(&annexes) {
        let number = if is_single { String::new() } else { format!("{n}.") };
        let head = if n == 1 { "附件：" } else { "　　　" };
        blocks.push(Block::Paragraph(format!("{head}{number}{annex}")));
    }
    blocks.extend([Block::Blank, Block::Blank]);
    blocks.extend(summary.signature.now.lines().map(right));
    blocks.push(right(&summary.dated.now));
    let mut sections = vec![Section { is_landscape: false, blocks }];
    for (n, annex) in (1..).zip(&annexes) {
        let number = if is_single { String::new() } else { n.to_string() };
        let head = left(format!("附件{number}"));
        if annex.contains(ANNEX) {
            let mut blocks = vec![head];
            blocks.extend(sources(traced, is_marked, written));
            sections.push(Section { is_landscape: false, blocks });
        } else if let Some((_, form)) = forms.iter().find(|(title, _)| title == annex) {
            let mut form = paper_section(form);
            form.blocks.insert(0, head);
            sections.push(form);
        }
    }
    sections
}

/// Where the figures come from. What goes out names the figures of the whole report; the copy to check has every figure of every
/// activity, with the records it counts.
fn sources(traced: &[Traced], is_marked: bool, written: &str) -> Vec<Block> {
    let small = |text: &str| Block::Small { text: text.to_owned(), align: Align::Left };
    let is_of_activity = |it: &&Traced| match Subject::from_key(&it.source.key) {
        Some(Subject::Indicator { activity_id, .. } | Subject::Records { activity_id }) => activity_id.is_some(),
        _ => false,
    };
    let mut blocks = vec![Block::Title(ANNEX.to_owned())];
    let shown: Vec<&Traced> = traced.iter().filter(|it| is_marked || !is_of_activity(it)).collect();
    blocks.push(Block::Table(sources_table(&shown)));
    blocks.push(small(
        "注：联合开展的、同一场次、同一篇报道登记几次的，只算一次；条数是所计的记录、台账和投诉举报件数。",
    ));
    if shown.len() < traced.len() {
        let n = traced.len() - shown.len();
        blocks.push(small(&format!("另有 {n} 个分项活动的数，连同所计的每一条记录，列在“核对稿”里。")));
    }
    if is_marked && traced.iter().any(|it| !it.origins.is_empty()) {
        blocks.push(small("各项数据所计的记录和台账："));
        blocks.push(Block::Table(origins_table(traced)));
    }
    blocks.push(small(written));
    blocks
}

/// A title of two lines, broken before a word and the first line not much shorter than the second.
fn broken(title: &str) -> String {
    let n = title.chars().count();
    if n <= 21 {
        return title.to_owned();
    }
    let places =
        ["关于", "国际", "活动", "开展", "工作", "情况", "“"].iter().flat_map(|word| title.match_indices(word));
    let width = |at: usize| title.get(..at).map_or(0, |it| it.chars().count());
    let fits = places
        .map(|(at, _)| at)
        .filter(|at| (n.saturating_sub(23).max(n / 3)..=22).contains(&width(*at)) && n - width(*at) >= 4);
    match fits.min_by_key(|at| width(*at).abs_diff(n * 11 / 20)).and_then(|at| title.split_at_checked(at)) {
        Some((first, second)) => format!("{first}\n{second}"),
        None => title.to_owned(),
    }
}

fn sources_table(traced: &[&Traced]) -> Table {
    let columns = [
        ("来源", 4.0, Align::Center),
        ("数据", 11.0, Align::Left),
        ("数值", 10.0, Align::Right),
        ("条数", 4.0, Align::Center),
        ("计数办法", 15.0, Align::Left),
    ];
    let mut table = Table::new(&columns);
    for Traced { source, .. } in traced {
        let n = if source.n_origins == 0 { String::new() } else { source.n_origins.to_string() };
        let cells = [source.number.to_string(), source.label.clone(), source.words.clone(), n, source.rule.clone()];
        table.rows.push(cells.into_iter().map(TableCell::text).collect());
    }
    table
}

fn origins_table(traced: &[Traced]) -> Table {
    let columns = [
        ("来源", 4.0, Align::Center),
        ("日期", 7.0, Align::Center),
        ("活动或标题", 14.0, Align::Left),
        ("单位", 9.0, Align::Left),
        ("数值", 6.0, Align::Right),
    ];
    let mut table = Table::new(&columns);
    for Traced { source, origins, n } in traced {
        for origin in origins {
            let cells = [
                source.number.to_string(),
                origin.happened_on.clone(),
                origin.title.clone(),
                origin.unit_names.clone(),
                super::origins::value_words(&source.key, origin),
            ];
            table.rows.push(cells.into_iter().map(TableCell::text).collect());
        }
        let left = n - i64::try_from(origins.len()).unwrap_or_default();
        if left > 0 {
            let words = format!("来源{}另有{left}条，在系统中点开数字查看", source.number);
            table.rows.push(vec![TableCell::text(words).spanning(5, 1).aligned(Align::Left)]);
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::campaign::summary::{Part, Text};
    use gongwen::paper::PaperCell;

    #[test]
    fn a_long_title_is_broken_before_a_word() {
        let title = "云溪县2027年“3·15”国际消费者权益日活动总结";
        assert_eq!(broken(title), "云溪县2027年“3·15”\n国际消费者权益日活动总结");
        assert_eq!(broken("柳河市场监管所活动总结"), "柳河市场监管所活动总结");
        let unit = broken("柳河市场监管所关于云溪县2027年“3·15”国际消费者权益日活动开展情况的总结");
        assert_eq!(unit.lines().count(), 2, "{unit}");
    }

    #[test]
    fn the_paper_has_no_marks_no_bare_headings_and_its_annex_at_the_end() {
        let source = Source {
            number: 1,
            key: "records".to_owned(),
            label: "活动记录".to_owned(),
            words: "3条".to_owned(),
            rule: "逐项计数".to_owned(),
            n_origins: 3,
        };
        let summary = Summary {
            title: Text::of("活动总结"),
            addressee: Text::of("县局"),
            parts: vec![
                (Part::Overall, Text::of("（一）小标题\n登记3条［1］。")),
                (Part::Problems, Text::of("")),
                (Part::Next, Text::of("继续。")),
            ],
            annexes: Text::of("统计表\n数据来源表"),
            signature: Text::of("甲局\n乙会"),
            dated: Text::of("2027年3月31日"),
            sources: vec![source.clone()],
        };
        let traced = [Traced { source, origins: Vec::new(), n: 0 }];
        let words = |is_marked| -> Vec<String> {
            let form = Paper { cells: vec![PaperCell::text(0, 0, "填好的统计表")], ..Paper::default() };
            let all = sections(&summary, &traced, &[("统计表".to_owned(), form)], is_marked, "说明");
            all.iter().flat_map(|it| &it.blocks).map(|it| format!("{it:?}")).collect()
        };
        let clean = words(false).join("\n");
        assert!(clean.contains("登记3条。") && !clean.contains("［1］") && !clean.contains("问题与不足"), "{clean}");
        assert!(
            clean.contains("二、下一步打算") && clean.contains("附件：1.统计表") && clean.contains("附件2"),
            "{clean}"
        );
        assert!(clean.contains("附件1") && clean.contains("填好的统计表"), "an annex that is named is there: {clean}");
        assert!(words(true).join("\n").contains("登记3条［1］。"));
        let bytes = docx::write(&sections(&summary, &traced, &[], false, "说明")).unwrap();
        assert!(bytes.starts_with(b"PK"));
    }
}
