//! `/campaigns/{id}/summary`: the report of the whole campaign or of one unit, as it will stand on paper, with its figures as links.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use domain::Id;
use domain::campaign::summary::draft::draft;
use domain::campaign::summary::marks::{self, Doubt, Piece};
use domain::campaign::summary::permitted::may_write;
use domain::campaign::summary::{Part, Source, Summary};
use domain::unit::Actor;
use store::campaign::activity;
use store::campaign::summary::{self, StoredSummary, SummaryVersion};
use store::{event, unit};

use super::{Scope, facts, query_value};
use crate::campaign::trail;
use crate::{Answer, App, Choice, Frame, Visitor, clock, page};

/// A piece of a line: plain, or a figure that opens.
pub(super) struct Bit {
    text: String,
    /// Empty for plain text.
    path: String,
    /// What the figure is, for those who point at it.
    title: String,
}

/// A line of the paper.
pub(super) struct Line {
    is_heading: bool,
    bits: Vec<Bit>,
}

struct PartView {
    heading: String,
    lines: Vec<Line>,
    is_corrected: bool,
}

struct SourceView {
    number: u32,
    label: String,
    words: String,
    rule: String,
    n_origins: usize,
    path: String,
}

struct VersionView {
    version: i64,
    what: &'static str,
    who: String,
    at: String,
    path: String,
    is_shown: bool,
}

/// The report on the page.
struct Paper {
    title: String,
    addressee: String,
    parts: Vec<PartView>,
    annexes: Vec<String>,
    signature: Vec<String>,
    dated: String,
    sources: Vec<SourceView>,
    doubts: Vec<String>,
    /// The version that is shown, and the newest one.
    shown: i64,
    newest: i64,
    changed: String,
}

#[derive(Template)]
#[template(path = "summary/show.html")]
struct Show {
    frame: Frame,
    scope: Scope,
    units: Vec<Choice>,
    /// Reports there are: whose, address, when.
    others: Vec<(String, String, String)>,
    paper: Option<Paper>,
    versions: Vec<VersionView>,
    trail: Vec<trail::Line>,
    may_write: bool,
    /// May write, and the report is not final.
    may_change: bool,
    /// Who made it final, and when; empty when it is not.
    final_words: String,
}

impl Show {
    fn is_old(&self) -> bool {
        self.paper.as_ref().is_some_and(|it| it.shown != it.newest)
    }

    fn lead(&self) -> String {
        let saved = self.paper.as_ref().map(|it| format!(" · 第 {} 稿，{} 保存", it.newest, it.changed));
        format!("{}{}", self.scope.name(), saved.unwrap_or_default())
    }

    fn docx(&self, marked: bool) -> String {
        let unit = self.scope.unit_id().map(Id::to_string).unwrap_or_default();
        let version = self.paper.as_ref().filter(|_| self.is_old()).map(|it| it.shown.to_string()).unwrap_or_default();
        let pairs = [("unit", unit.as_str()), ("version", &version), ("marked", if marked { "1" } else { "" })];
        super::with_query(&format!("/campaigns/{}/summary.docx", self.scope.head.campaign_id), &pairs)
    }
}

/// `GET /campaigns/{campaign_id}/summary?unit=…&version=…`
pub(crate) async fn show(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(campaign_id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let (id, today) = (Id::from_text(campaign_id), app.clock.today());
    let (unit_id, version) = (query_value(query.as_deref(), "unit"), query_value(query.as_deref(), "version"));
    let version: Option<i64> = version.parse().ok();
    let loaded = app
        .db
        .read(async move |tx| {
            let scope = Scope::load(&tx, &id, &unit_id).await?;
            let stored = summary::find(&tx, &id, scope.unit_id()).await?;
            let (mut versions, mut events, mut content, mut now) = (Vec::new(), Vec::new(), None, Vec::new());
            if let Some(stored) = &stored {
                versions = summary::list_versions(&tx, &stored.summary_id).await?;
                events = event::list_of(&tx, "summary", &stored.summary_id).await?;
                content = match version.filter(|it| *it != stored.version) {
                    Some(version) => Some(summary::get_version(&tx, &stored.summary_id, version).await?),
                    None => Some(stored.content.clone()),
                };
                now = draft(&facts::load(&tx, &scope, today).await?, &stored.content.sources).sources;
            }
            let others = summary::list(&tx, &id).await?;
            let units = unit::list(&tx).await?;
            let taking_part = activity::list_units(&tx, &id).await?;
            Ok(Loaded { scope, stored, content, versions, events, others, units, taking_part, now })
        })
        .await?;
    page::page(&view(frame, &actor, loaded, version))
}

struct Loaded {
    scope: Scope,
    stored: Option<StoredSummary>,
    content: Option<Summary>,
    versions: Vec<SummaryVersion>,
    events: Vec<event::Event>,
    others: Vec<summary::ListedSummary>,
    units: Vec<unit::Unit>,
    taking_part: Vec<activity::ActivityUnit>,
    /// The sources as they are today.
    now: Vec<Source>,
}

fn view(frame: Frame, actor: &Actor, loaded: Loaded, version: Option<i64>) -> Show {
    let Loaded { scope, stored, content, versions, events, others, units, taking_part, now } = loaded;
    let current = scope.unit_id().map(Id::to_string).unwrap_or_default();
    let name = |id: &Id| units.iter().find(|it| it.unit_id == *id).map(|it| it.short_name.clone()).unwrap_or_default();
    let takes_part = |it: &&unit::Unit| {
        taking_part.iter().any(|of| of.unit_id == it.unit_id) || it.unit_id.as_str() == current.as_str()
    };
    let choices =
        units.iter().filter(takes_part).map(|it| Choice::new(it.unit_id.to_string(), &it.short_name, &current));
    let choices = std::iter::once(Choice::new("", "整个活动", &current)).chain(choices).collect();
    let others = others
        .iter()
        .filter(|it| it.unit_id.as_ref() != scope.unit_id())
        .map(|it| {
            let of = it.unit_id.as_ref();
            let unit = of.map(Id::to_string).unwrap_or_default();
            let path = super::with_query(&format!("/campaigns/{}/summary", scope.head.campaign_id), &[("unit", &unit)]);
            (of.map_or_else(|| "整个活动".to_owned(), name), path, clock::in_words(it.changed_at))
        })
        .collect();
    let newest = stored.as_ref().map_or(0, |it| it.version);
    let shown = version.unwrap_or(newest);
    let paper = content.map(|it| Paper {
        shown,
        newest,
        changed: stored.as_ref().map(|it| clock::in_words(it.changed_at)).unwrap_or_default(),
        ..paper(&scope, &it, &now)
    });
    let versions = versions.iter().map(|it| version_view(&scope, it, shown)).collect();
    let may_write = may_write(actor, scope.head.is_running, scope.unit_id());
    let is_final = stored.as_ref().and_then(|it| it.is_final.as_ref());
    Show {
        may_write,
        may_change: may_write && is_final.is_none(),
        final_words: is_final.map(|it| format!("{}于 {} 定稿", it.by, clock::in_words(it.at))).unwrap_or_default(),
        trail: events.iter().rev().map(trail::line).collect(),
        frame,
        units: choices,
        others,
        paper,
        versions,
        scope,
    }
}

fn version_view(scope: &Scope, it: &SummaryVersion, shown: i64) -> VersionView {
    let unit = scope.unit_id().map(Id::to_string).unwrap_or_default();
    let version = it.version.to_string();
    VersionView {
        version: it.version,
        what: crate::history::kind_words(&it.kind),
        who: it.person_name.clone(),
        at: clock::in_words(it.at),
        path: super::with_query(
            &format!("/campaigns/{}/summary", scope.head.campaign_id),
            &[("unit", &unit), ("version", &version)],
        ),
        is_shown: it.version == shown,
    }
}

fn paper(scope: &Scope, summary: &Summary, now: &[Source]) -> Paper {
    let mut n = 0;
    let parts = summary.parts.iter().map(|(part, text)| {
        n += 1;
        PartView {
            heading: format!("{}、{}", gongwen::numeral::chinese(n), part.heading()),
            lines: text.now.lines().map(|it| line(scope, summary, it)).collect(),
            is_corrected: text.is_corrected(),
        }
    });
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let sources = summary.used().into_iter().map(|it| SourceView {
        number: it.number,
        label: it.label.clone(),
        words: it.words.clone(),
        rule: it.rule.clone(),
        n_origins: it.n_origins,
        path: scope.path_of(&it.key),
    });
    Paper {
        title: summary.title.now.clone(),
        addressee: summary.addressee.now.clone(),
        parts: parts.collect(),
        annexes: lines(&summary.annexes.now),
        signature: lines(&summary.signature.now),
        dated: summary.dated.now.clone(),
        sources: sources.collect(),
        doubts: marks::doubts(summary, now).iter().map(doubt_words).collect(),
        shown: 0,
        newest: 0,
        changed: String::new(),
    }
}

fn line(scope: &Scope, summary: &Summary, line: &str) -> Line {
    let mut bits: Vec<Bit> = Vec::new();
    let plain = |text: &str| Bit { text: text.to_owned(), path: String::new(), title: String::new() };
    for piece in marks::pieces(line) {
        match piece {
            Piece::Text(text) => bits.push(plain(&text)),
            Piece::Mark(number) => {
                let Some(source) = summary.source(number) else {
                    bits.push(plain(&marks::mark(number)));
                    continue;
                };
                // The figure itself is the link, where the text still says it as its source does.
                let last = bits.last().filter(|it| it.path.is_empty()).map(|it| it.text.clone()).unwrap_or_default();
                let words = match last.strip_suffix(source.words.as_str()) {
                    Some(head) => {
                        bits.pop();
                        if !head.is_empty() {
                            bits.push(plain(head));
                        }
                        source.words.clone()
                    }
                    None => marks::mark(number),
                };
                let title = format!("来源{number}：{}，{}", source.label, source.rule);
                bits.push(Bit { text: words, path: scope.path_of(&source.key), title });
            }
        }
    }
    Line { is_heading: is_heading(line), bits }
}

/// （一）宣传引导 on a line of its own is a heading of the second level.
pub(super) fn is_heading(line: &str) -> bool {
    let inside = line.strip_prefix('（').and_then(|it| it.split_once('）'));
    inside.is_some_and(|(number, words)| {
        let is_number = !number.is_empty() && number.chars().all(|it| "一二三四五六七八九十".contains(it));
        is_number && words.chars().count() <= 25 && !words.ends_with(['。', '；', '，'])
    })
}

fn doubt_words(doubt: &Doubt) -> String {
    match doubt {
        Doubt::Differs { number, label, words } => {
            format!("来源{number}“{label}”现在是{words}，文中写的不一样。请核对；重新起草可以更新没有改动过的数字。")
        }
        Doubt::Unknown(number) => format!("文中的标注［{number}］没有对应的来源，请删去或改正。"),
        Doubt::Empty(part) => match part {
            Part::Problems => "“问题与不足”还没有写：系统没有查到逾期、未登记的情况，其他不足请补写。".to_owned(),
            part => format!("“{}”还是空的。", part.heading()),
        },
    }
}
