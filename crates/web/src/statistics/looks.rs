//! What somebody should look at before a number is sent on: a figure that nobody has confirmed, and a day outside the campaign.
//!
//! Both count (a record counts in the campaign of its activity, decision 0022); each stands as a doubt at every cell, return and total that
//! counts it, with the way to the record.

use std::collections::BTreeSet;

use domain::Id;
use domain::statistics::form::FormCell;
use jiff::civil::Date;
use store::Read;
use store::campaign::head::Head;
use store::campaign::{record, record_question};
use store::statistics::outside::{Outside, days, outside};

use crate::record::show::{TIMES, questions, times_of};
use crate::statistics::scene::Scene;

/// One thing to look at.
#[derive(Debug, Clone)]
pub(crate) struct Look {
    pub(crate) path: String,
    pub(crate) title: String,
    pub(crate) day: Date,
    indicator: String,
    topic: String,
    units: Vec<Id>,
    /// 消费者参与约120,000人次，是本单位以往最大一次（640人次）的187倍; empty for a day outside.
    pub(crate) question: String,
}

/// Everything to look at in a campaign.
#[derive(Debug, Clone, Default)]
pub(crate) struct Looks {
    all: Vec<Look>,
    days: Option<(Date, Date)>,
    year: Option<i64>,
}

/// What a cell says of them.
pub(crate) struct CellLook {
    pub(crate) words: String,
    pub(crate) path: String,
    pub(crate) link: &'static str,
}

impl Looks {
    pub(crate) async fn load(tx: &Read, head: &Head) -> store::Result<Looks> {
        let mut all = Vec::new();
        let times = times_of(&store::setting::get(tx, TIMES, "").await?);
        for id in record_question::candidates(tx, &head.campaign_id, times).await? {
            let record = record::get(tx, &id).await?;
            let asked = questions(tx, &record).await?;
            if asked.is_empty() {
                continue;
            }
            let title = store::campaign::activity::get(tx, &record.activity_id).await?.title;
            all.extend(asked.into_iter().map(|it| Look {
                path: format!("/records/{id}"),
                title: title.clone(),
                day: record.happened_on,
                indicator: it.indicator,
                topic: record.topic.clone(),
                units: record.unit_ids(),
                question: it.words,
            }));
        }
        let days = days(tx, &head.campaign_id).await?;
        if let Some((first, last)) = days {
            let look = |it: Outside| Look {
                path: format!("/{}/{}", super::cell::folder(it.area), it.origin_id),
                title: it.title,
                day: it.happened_on,
                indicator: it.indicator,
                topic: it.topic,
                units: it.units,
                question: String::new(),
            };
            all.extend(outside(tx, &head.campaign_id, first, last).await?.into_iter().map(look));
        }
        Ok(Looks { all, days, year: head.year })
    }

    /// Of one cell in the return of a unit.
    pub(crate) fn of_cell(&self, cell: &FormCell, scope: Option<&BTreeSet<Id>>) -> Vec<&Look> {
        let Some(indicator) = cell.indicator() else { return Vec::new() };
        let is_own = |it: &&Look| {
            it.indicator == indicator.code
                && cell.topic().is_none_or(|topic| it.topic == topic)
                && scope.is_none_or(|scope| it.units.iter().any(|unit| scope.contains(unit)))
        };
        self.all.iter().filter(is_own).collect()
    }

    /// How many there are in the return of a unit, each record once for a cell.
    pub(crate) fn count(&self, scene: &Scene, unit_id: &Id) -> usize {
        let scope = scene.reporting.scope(unit_id);
        let cells = scene.form.definition.cells();
        cells.map(|(_, cell)| self.words_of(&self.of_cell(cell, scope.as_ref()), "").len()).sum()
    }

    /// In sentences: each unconfirmed figure by itself, the days outside together. `path` is that of the page of the cell.
    pub(crate) fn words_of(&self, looks: &[&Look], path: &str) -> Vec<CellLook> {
        let asked = looks.iter().filter(|it| !it.question.is_empty()).map(|it| CellLook {
            words: format!("还没有人核对：{}", it.question.trim_end_matches('。')),
            path: it.path.clone(),
            link: "看这条记录",
        });
        let mut found: Vec<CellLook> = asked.collect();
        let outside: Vec<&&Look> = looks.iter().filter(|it| it.question.is_empty()).collect();
        if let (Some(first), Some(words)) = (outside.first(), self.outside_words(&outside)) {
            let path = if path.is_empty() || outside.len() == 1 { first.path.clone() } else { format!("{path}#looks") };
            let link = if outside.len() == 1 { "看这条记录" } else { "看这些记录" };
            found.push(CellLook { words, path, link });
        }
        found
    }

    /// 其中2条记录的日期不在本年（2027），已计入.
    fn outside_words(&self, outside: &[&&Look]) -> Option<String> {
        let (first, last) = self.days?;
        let is_of_year = |it: &&&Look| Some(i64::from(it.day.year())) == self.year;
        let when = match self.year.filter(|_| !outside.iter().any(is_of_year)) {
            Some(year) => format!("本年（{year}）"),
            None => format!("活动期间（{first} 至 {last}）"),
        };
        Some(format!("其中{}条记录的日期不在{when}，已计入", outside.len()))
    }
}
