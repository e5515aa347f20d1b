//! The task table (任务分解表): who does what, when and where, as rows that go to paper.
//!
//! A row is filled from a plan ([`TaskTable::of_plan`]) or from the running campaign, which also says how far it is.
//! [`TaskTable::of_unit`] leaves what one unit leads or supports.

use gongwen::table::{Align, Table, TableCell};

use super::kind::ActivityKind;
use super::plan::{Plan, ReportDuty};

/// One activity in the table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaskRow {
    /// Its ordinal.
    pub number: Option<u32>,
    /// The heading it stands under.
    pub group: Option<String>,
    /// Its title.
    pub title: String,
    /// What kind it is.
    pub kind: ActivityKind,
    /// Lead units by name.
    pub leads: Vec<String>,
    /// Supporting units by name.
    pub supports: Vec<String>,
    /// Dates in words.
    pub dates: Vec<String>,
    /// Places.
    pub places: Vec<String>,
    /// How far it is, for a running campaign.
    pub status: Option<String>,
}

/// One report duty in the table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DutyRow {
    /// Who hands in.
    pub who: Option<String>,
    /// What.
    pub what: Vec<String>,
    /// To whom.
    pub to: Vec<String>,
    /// Which way.
    pub via: Vec<String>,
    /// By when, in words.
    pub due: Option<String>,
    /// How far it is, for a running campaign.
    pub status: Option<String>,
}

/// The whole table of one plan or campaign.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaskTable {
    /// The title of the plan.
    pub title: String,
    /// 年主题.
    pub theme: Option<String>,
    /// The activities in order.
    pub rows: Vec<TaskRow>,
    /// The report duties.
    pub duties: Vec<DutyRow>,
}

impl TaskTable {
    /// The table of a plan.
    pub fn of_plan(plan: &Plan) -> TaskTable {
        let rows = plan.activities.iter().map(|activity| TaskRow {
            number: activity.number,
            group: activity.group.clone(),
            title: activity.title.clone(),
            kind: activity.kind,
            leads: activity.leads.clone(),
            supports: activity.supports.clone(),
            dates: unique(activity.dates.iter().map(|it| it.text.clone())),
            places: activity.places.clone(),
            status: None,
        });
        TaskTable {
            title: plan.title.clone().or_else(|| plan.label.clone()).unwrap_or_else(|| "活动方案".to_owned()),
            theme: plan.theme.clone(),
            rows: rows.collect(),
            duties: plan.report_duties.iter().map(duty_row).collect(),
        }
    }

    /// Every unit that leads or supports, in the order of first mention, leads before supports.
    pub fn units(&self) -> Vec<String> {
        let leads = self.rows.iter().flat_map(|it| &it.leads);
        let supports = self.rows.iter().flat_map(|it| &it.supports);
        unique(leads.chain(supports).cloned())
    }

    /// What one unit leads or supports, and the duties it hands in by name or that nobody is named for.
    pub fn of_unit(&self, unit: &str) -> TaskTable {
        let is_in = |names: &[String]| names.iter().any(|it| it == unit);
        TaskTable {
            title: self.title.clone(),
            theme: self.theme.clone(),
            rows: self.rows.iter().filter(|it| is_in(&it.leads) || is_in(&it.supports)).cloned().collect(),
            duties: self
                .duties
                .iter()
                .filter(|it| it.who.as_deref().is_none_or(|who| concerns(who, unit)))
                .cloned()
                .collect(),
        }
    }

    /// The activities as a table for paper; the column 进展 only when a row knows it.
    ///
    /// With `unit` the column of lead and support becomes one that says which of the two the unit is.
    pub fn activities_table(&self, unit: Option<&str>) -> Table {
        let has_status = self.rows.iter().any(|it| it.status.is_some());
        let mut columns = vec![("序号", 3.0, Align::Center), ("活动", 17.0, Align::Left), ("类型", 6.5, Align::Center)];
        if unit.is_some() {
            columns.push(("本单位", 4.0, Align::Center));
        }
        columns.extend([
            ("牵头单位", 9.0, Align::Left),
            ("配合单位", 8.0, Align::Left),
            ("时间", 8.0, Align::Left),
            ("地点", 7.0, Align::Left),
        ]);
        if has_status {
            columns.push(("进展", 6.0, Align::Center));
        }
        let n_columns = columns.len();
        let mut table = Table::new(&columns);
        let mut group: Option<&str> = None;
        for row in &self.rows {
            if row.group.as_deref() != group {
                group = row.group.as_deref();
                if let Some(group) = group {
                    table.rows.push(vec![TableCell::text(group).spanning(n_columns, 1).aligned(Align::Left)]);
                }
            }
            let number = row.number.map(|it| it.to_string()).unwrap_or_default();
            let mut cells = vec![number, row.title.clone(), row.kind.label().to_owned()];
            if let Some(unit) = unit {
                let is_lead = row.leads.iter().any(|it| it == unit);
                cells.push(if is_lead { "牵头" } else { "配合" }.to_owned());
            }
            cells.extend([row.leads.join("、"), row.supports.join("、"), row.dates.join("；"), row.places.join("；")]);
            if has_status {
                cells.push(row.status.clone().unwrap_or_default());
            }
            table.rows.push(cells.into_iter().map(TableCell::text).collect());
        }
        table
    }

    /// The report duties as a table for paper.
    pub fn duties_table(&self) -> Table {
        let has_status = self.duties.iter().any(|it| it.status.is_some());
        let mut columns = vec![
            ("报送单位", 10.0, Align::Left),
            ("报送内容", 18.0, Align::Left),
            ("时限", 10.0, Align::Left),
            ("报送至", 9.0, Align::Left),
            ("方式", 6.0, Align::Left),
        ];
        if has_status {
            columns.push(("进展", 6.0, Align::Center));
        }
        let mut table = Table::new(&columns);
        for duty in &self.duties {
            let mut cells = vec![
                duty.who.clone().unwrap_or_default(),
                duty.what.join("、"),
                duty.due.clone().unwrap_or_default(),
                duty.to.join("、"),
                duty.via.join("、"),
            ];
            if has_status {
                cells.push(duty.status.clone().unwrap_or_default());
            }
            table.rows.push(cells.into_iter().map(TableCell::text).collect());
        }
        table
    }
}

fn duty_row(duty: &ReportDuty) -> DutyRow {
    DutyRow {
        who: duty.who.clone(),
        what: duty.what.clone(),
        to: duty.to.clone(),
        via: duty.via.clone(),
        due: duty.due.as_ref().map(|it| it.text.clone()),
        status: None,
    }
}

/// 局属各单位, 各科室、所: a word for all of them concerns each.
fn concerns(who: &str, unit: &str) -> bool {
    who.contains(unit) || who.contains('各') || who.contains("所有") || who.contains("有关单位")
}

/// Each once, in the order of first mention.
fn unique(values: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = Vec::new();
    for value in values {
        if !seen.contains(&value) {
            seen.push(value);
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::super::plan::{Activity, DateKind, DateMention, Span};
    use super::*;

    fn sample() -> Plan {
        let date = DateMention {
            kind: DateKind::Point,
            start: Some("2025-03-15".to_owned()),
            end: None,
            time: None,
            text: "3月15日".to_owned(),
            span: Span::default(),
        };
        let names = |list: &[&str]| list.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        let consulting = Activity {
            number: Some(1),
            group: Some("(一)宣传".to_owned()),
            title: "现场咨询".to_owned(),
            leads: names(&["消保科"]),
            supports: names(&["城关所", "东坡所"]),
            dates: vec![date.clone(), date.clone()],
            places: names(&["文化广场"]),
            ..Activity::default()
        };
        let sampling = Activity {
            number: Some(2),
            title: "快检".to_owned(),
            leads: names(&["食品科", "城关所"]),
            ..consulting.clone()
        };
        let duty = ReportDuty {
            who: Some("各单位".to_owned()),
            what: names(&["总结"]),
            to: names(&["消保科"]),
            via: Vec::new(),
            due: Some(date),
            span: Span::default(),
        };
        let other = ReportDuty { who: Some("食品科".to_owned()), ..duty.clone() };
        Plan {
            title: Some("方案".to_owned()),
            activities: vec![consulting, sampling],
            report_duties: vec![duty, other],
            ..Plan::default()
        }
    }

    #[test]
    fn units_stand_in_the_order_of_first_mention() {
        assert_eq!(TaskTable::of_plan(&sample()).units(), ["消保科", "食品科", "城关所", "东坡所"]);
    }

    #[test]
    fn a_unit_sees_what_it_leads_and_supports_and_the_duties_of_all() {
        let table = TaskTable::of_plan(&sample()).of_unit("城关所");
        assert_eq!((table.rows.len(), table.duties.len()), (2, 1));
        let paper = table.activities_table(Some("城关所"));
        let shares: Vec<String> = paper.rows.iter().filter(|it| it.len() > 1).map(|it| it[3].words()).collect();
        assert_eq!(shares, ["配合", "牵头"]);
    }

    #[test]
    fn a_heading_stands_once_over_its_activities() {
        let paper = TaskTable::of_plan(&sample()).activities_table(None);
        assert_eq!(paper.rows.len(), 3);
        assert_eq!(paper.rows[0][0].column_span, 7);
        assert_eq!(paper.rows[1][5].words(), "3月15日");
    }
}
