//! What a report is drafted from, gathered in one read.

use std::collections::BTreeMap;

use domain::Id;
use domain::campaign::light;
use domain::campaign::permitted::Part;
use domain::campaign::schedule::Entry;
use domain::campaign::summary::draft::figure_words;
use domain::campaign::summary::facts::{ActivityFacts, Facts, FigureFacts, FormSays};
use domain::statistics::indicator::{Adding, FigureSource, INDICATORS, Indicator, SAID_ALREADY};
use domain::statistics::rollup::{Figure, total};
use domain::statistics::stat_return::ReturnStatus;
use jiff::civil::Date;
use store::campaign::{activity, duty, head, summary};
use store::statistics::case_figure::{self, CaseSum};
use store::statistics::stat_return::StatReturn;
use store::{Read, statistics};

use super::Scope;
use crate::campaign::lamp;
use crate::statistics::filling::Filling;
use crate::statistics::scene::Scene;

/// The most notes that are looked at for examples.
const NOTES: i64 = 200;

pub(super) async fn load(tx: &Read, scope: &Scope, today: Date) -> store::Result<Facts> {
    let (id, unit_id) = (&scope.head.campaign_id, scope.unit_id());
    let plan = head::plan(tx, id).await?;
    let near_days = lamp::near_days(tx).await?;
    let all = activity::list(tx, id).await?;
    let entries = lamp::entries(&all, &activity::list_units(tx, id).await?, today, near_days);
    let gathered = Gathered {
        figures: statistics::figures(tx, id, unit_id).await?,
        counts: statistics::origin_counts(tx, id, unit_id).await?,
        cases: case_figure::case_sums(tx, id, unit_id.map(std::slice::from_ref)).await?,
        records: summary::record_counts(tx, id, unit_id).await?,
        notes: summary::notes(tx, id, unit_id, NOTES).await?,
        unit_id: unit_id.cloned(),
    };
    let is_mine = |entry: &&Entry| unit_id.is_none_or(|id| entry.units.iter().any(|it| it.0 == *id));
    let duties = duty::list(tx, id).await?;
    let duty_units = duty::list_units(tx, id).await?;
    let mine = |it: &&duty::DutyUnit| unit_id.is_none_or(|id| it.unit_id == *id);
    let owed: Vec<&duty::DutyUnit> = duty_units.iter().filter(mine).collect();
    let late_duties = late_duties(&duties, &owed, &handed_in(tx, id).await?, today);
    let addressee = duty_units.iter().find(|it| unit_id.is_some_and(|id| it.unit_id == *id));
    let addressee = addressee.and_then(|it| duties.iter().find(|duty| duty.report_duty_id == it.report_duty_id));
    Ok(Facts {
        campaign_title: scope.head.title.clone(),
        document_number: plan.document_number,
        theme: scope.head.theme.clone(),
        period: (scope.head.starts_on, scope.head.ends_on),
        issuers: plan.issuers,
        unit: scope.unit.as_ref().map(|it| it.name.clone()),
        addressee: addressee.map(|it| it.to.join("、")).unwrap_or_default(),
        today,
        activities: entries.iter().filter(is_mine).map(|it| gathered.activity(it)).collect(),
        figures: gathered.all(),
        n_records: gathered.records.iter().map(|(_, n)| whole(*n)).sum(),
        n_units: summary::units(tx, id).await?.len(),
        forms: statistics::form::list(tx, id).await?.into_iter().map(|it| it.definition.title).collect(),
        form_says: form_says(tx, id, unit_id, &gathered.figures).await?,
        late_duties,
    })
}

/// What is owed and late; what several units owe alike is said once, with their names.
fn late_duties(
    duties: &[duty::ReportDuty],
    owed: &[&duty::DutyUnit],
    handed_in: &[(Id, String)],
    today: Date,
) -> Vec<String> {
    let mut late: Vec<(String, Vec<String>)> = Vec::new();
    for it in owed.iter().filter(|it| !it.is_handed_in) {
        let Some(of) = duties.iter().find(|duty| duty.report_duty_id == it.report_duty_id) else { continue };
        let Some(due_on) = of.due_on.filter(|day| *day < today) else { continue };
        // A form that was handed in is not owed, though the paper beside it is.
        let is_owed =
            |what: &&String| !handed_in.iter().any(|(unit, title)| *unit == it.unit_id && is_form(what, title));
        let what: Vec<&str> = of.what.iter().filter(is_owed).map(String::as_str).collect();
        if what.is_empty() {
            continue;
        }
        let said = format!("{}（应于{}月{}日报送）", what.join("、"), due_on.month(), due_on.day());
        match late.iter_mut().find(|(known, _)| *known == said) {
            Some((_, units)) => units.push(it.unit_name.clone()),
            None => late.push((said, vec![it.unit_name.clone()])),
        }
    }
    let line = |(said, units): (String, Vec<String>)| {
        let n = units.len();
        let count = if n > 3 { format!("等{n}个单位") } else { String::new() };
        format!("{}{count}：{said}", units.join("、"))
    };
    late.into_iter().map(line).collect()
}

/// The units that have handed in a form, with its title.
async fn handed_in(tx: &Read, campaign_id: &Id) -> store::Result<Vec<(Id, String)>> {
    let mut found = Vec::new();
    for form in statistics::form::list(tx, campaign_id).await? {
        let returns = statistics::stat_return::list(tx, &form.stat_form_id).await?;
        let is_in = |it: &&StatReturn| it.status != ReturnStatus::Draft;
        found.extend(returns.iter().filter(is_in).map(|it| (it.unit_id.clone(), form.definition.title.clone())));
    }
    Ok(found)
}

/// Does a duty of the notice (`《2027年“3·15”活动统计表》`) ask for the form of this title?
fn is_form(what: &str, title: &str) -> bool {
    let plain = |text: &str| text.chars().filter(|it| it.is_alphanumeric()).collect::<String>();
    let (what, title) = (plain(what), plain(title));
    !what.is_empty() && !title.is_empty() && (title.contains(&what) || what.contains(&title))
}

/// What the forms of the same unit, or of the one that adds up all, say otherwise than the records.
async fn form_says(
    tx: &Read,
    campaign_id: &Id,
    unit_id: Option<&Id>,
    figures: &[Figure],
) -> store::Result<Vec<FormSays>> {
    let mut says = Vec::new();
    for form in statistics::form::list(tx, campaign_id).await? {
        let scene = Scene::of(tx, form).await?;
        let Some(unit_id) = unit_id.or(scene.reporting.top()).cloned() else { continue };
        let Some(own) = scene.latest(&unit_id).cloned() else { continue };
        let filling = Filling::load(tx, scene, &unit_id, Some(own)).await?;
        let values = filling.values();
        let definition = &filling.scene.form.definition;
        let differing = definition.cells().filter_map(|(_, cell)| {
            let indicator = cell.indicator().filter(|_| cell.topic().is_none())?;
            let value = values.get(&cell.key)?;
            let recorded = total(figures, indicator.code, None);
            let is_none = |it: i64| it == 0 && recorded.value.is_none() && recorded.side_by_side.is_empty();
            let reported = value.reported.filter(|it| Some(*it) != recorded.value && !is_none(*it))?;
            let own = indicator.plain_amount(reported, value.is_estimate);
            let recorded = figure_words(indicator.code, &recorded).unwrap_or_else(|| "没有登记".to_owned());
            Some(format!("{}{own}（登记{recorded}）", indicator.label).replace("（登记没有登记）", "（没有登记）"))
        });
        says.push(FormSays {
            form: definition.title.clone(),
            state: if filling.is_draft() { "拟上报" } else { "上报" },
            differing: differing.collect(),
        });
    }
    Ok(says)
}

fn whole(n: i64) -> usize {
    usize::try_from(n).unwrap_or_default()
}

/// The figures of the report before they are added.
struct Gathered {
    figures: Vec<Figure>,
    counts: Vec<(String, Id, i64)>,
    cases: BTreeMap<&'static str, CaseSum>,
    records: Vec<(Id, i64)>,
    notes: Vec<(Id, Date, String, String)>,
    unit_id: Option<Id>,
}

impl Gathered {
    /// Every indicator of the report that has a figure.
    fn all(&self) -> Vec<FigureFacts> {
        INDICATORS
            .iter()
            .filter(|it| !SAID_ALREADY.contains(&it.code))
            .filter_map(|indicator| {
                let total = total(&self.figures, indicator.code, None);
                let of_records = self.counts.iter().filter(|(code, _, _)| code == indicator.code);
                let n_cases = self.cases.get(indicator.code).map_or(0, |it| whole(it.n));
                let n = of_records.map(|(_, _, n)| whole(*n)).sum::<usize>() + self.entries(indicator) + n_cases;
                let figure = FigureFacts { indicator: indicator.code.to_owned(), total, n_origins: n };
                (!figure.total.origins.is_empty()).then_some(figure)
            })
            .collect()
    }

    /// How many ledger entries stand behind an indicator: their figures carry their day, those of records only where they stand alone.
    fn entries(&self, indicator: &Indicator) -> usize {
        let is_single = matches!(indicator.adding, Adding::Last | Adding::Never);
        if is_single && indicator.source != FigureSource::Media {
            return 0;
        }
        let is_entry = |it: &&Figure| !it.on.is_empty() && !case_figure::is_of_cases(it);
        self.figures.iter().filter(|it| it.indicator == indicator.code).filter(is_entry).count()
    }

    fn activity(&self, entry: &Entry) -> ActivityFacts {
        let id = &entry.activity_id;
        let own: Vec<&Figure> = self.figures.iter().filter(|it| it.origin == *id).collect();
        let figures = INDICATORS.iter().filter_map(|indicator| {
            let total = total(own.iter().copied(), indicator.code, None);
            let n = self.counts.iter().find(|(code, activity_id, _)| code == indicator.code && activity_id == id);
            let n_origins = n.map_or(0, |(_, _, n)| whole(*n));
            let figure = FigureFacts { indicator: indicator.code.to_owned(), total, n_origins };
            (!figure.total.origins.is_empty()).then_some(figure)
        });
        let part = self.unit_id.as_ref().and_then(|id| entry.units.iter().find(|it| it.0 == *id)).map(|it| it.1);
        let leads = entry.units.iter().filter(|it| it.1 == Part::Lead).map(|it| it.2.clone());
        let notes = self.notes.iter().filter(|it| it.0 == *id);
        ActivityFacts {
            activity_id: id.clone(),
            number: entry.number,
            title: entry.title.clone(),
            kind: entry.kind,
            status: entry.status,
            light: entry.light,
            due_on: light::deadline(entry.due_on, entry.ends_on, entry.starts_on),
            leads: leads.collect(),
            part,
            n_records: self.records.iter().find(|it| it.0 == *id).map_or(0, |it| whole(it.1)),
            figures: figures.collect(),
            notes: notes.map(|(_, day, units, words)| (*day, units.clone(), words.clone())).collect(),
        }
    }
}
