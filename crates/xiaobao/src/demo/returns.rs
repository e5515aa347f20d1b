//! The statistics form of the demonstration: one unit approved, one waiting for approval with a difference, one draft, one sent back;
//! the others have not begun.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use domain::Id;
use domain::campaign::plan::{StatForm, StatRow};
use domain::statistics::check::CellValue;
use domain::statistics::fill::{self, Proposal};
use domain::statistics::form::{FormDefinition, FormRow};
use domain::statistics::quantity;
use domain::statistics::stat_return::ReturnStatus;
use domain::unit::Actor;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::event::{self, NewEvent};
use store::statistics::{figures, form, overlap, stat_return};
use store::{Db, Tx};

/// What the page of a return of the demonstration shows.
struct Sample {
    login: &'static str,
    status: ReturnStatus,
    /// Row by its words, number as typed, reason.
    cells: &'static [(&'static str, &'static str, &'static str)],
    /// With what it was sent back.
    remark: &'static str,
    phone: &'static str,
    /// Every other cell is 0, or stays as the records say.
    is_full: bool,
}

const SAMPLES: &[Sample] = &[
    Sample {
        login: "jiance",
        status: ReturnStatus::Approved,
        cells: &[
            ("开展各类宣传活动", "2", "实验室开放两场，登记簿"),
            ("参加活动的消费者", "60余", "开放日签到表"),
            ("受理咨询", "14", "开放日咨询登记簿"),
        ],
        remark: "",
        phone: "0599-5550112",
        is_full: true,
    },
    Sample {
        login: "lead",
        status: ReturnStatus::Complete,
        cells: &[
            ("参加活动的消费者", "69", "另有23人由参训企业自行组织，未在系统登记"),
            ("受理咨询", "126", "含电话咨询，见值班登记簿"),
            ("受理投诉", "37", "含活动前转来、活动期间受理的"),
            ("当场调解成功", "21", "含活动前转来的"),
            ("为消费者挽回经济损失", "48600.50", "协议金额合计"),
        ],
        remark: "",
        phone: "0599-5550108",
        is_full: true,
    },
    Sample {
        login: "donghu",
        status: ReturnStatus::Draft,
        cells: &[("参加活动的消费者", "210", ""), ("发放宣传资料", "800余", "")],
        remark: "",
        phone: "0599-5550116",
        is_full: false,
    },
    Sample {
        login: "chengguan",
        status: ReturnStatus::Draft,
        cells: &[
            ("参加活动的消费者", "180", ""),
            ("受理咨询", "45", ""),
            ("受理投诉", "6", ""),
            ("当场调解成功", "8", ""),
        ],
        remark: "当场调解成功8件，多于受理投诉6件，请核对。",
        phone: "0599-5550115",
        is_full: true,
    },
];

/// Fills the returns of the first form of the campaign.
///
/// # Errors
/// When the sample has no form, or names a person or a row that is not there.
pub(super) async fn fill_in(
    db: &Db,
    campaign_id: &Id,
    actors: &BTreeMap<&'static str, Actor>,
    at: Timestamp,
) -> Result<()> {
    let office = actors.get("office").context("the office has nobody")?.clone();
    for (n, sample) in (0..).zip(SAMPLES) {
        let actor = actors.get(sample.login).with_context(|| sample.login)?.clone();
        let (campaign_id, office, at) = (campaign_id.clone(), office.clone(), at + SignedDuration::from_secs(n * 60));
        db.write(async move |tx| one(&tx, &campaign_id, sample, &actor, &office, at).await)
            .await
            .with_context(|| sample.login)?;
    }
    let (campaign_id, at) = (campaign_id.clone(), at + SignedDuration::from_secs(300));
    db.write(async move |tx| revise(&tx, &campaign_id, &office, at).await).await.context("准备演示的修订附件时")
}

/// The superior has sent a corrected annex: a row more, one with another unit. It waits for the office to decide.
async fn revise(tx: &Tx, campaign_id: &Id, office: &Actor, at: Timestamp) -> store::Result<()> {
    let form = form::list(tx, campaign_id).await?.into_iter().next().ok_or(store::Error::NotFound)?;
    let locked = form::lock(tx, &form.stat_form_id, form.version).await?;
    form::save(tx, &locked).await?;
    event::insert(tx, NewEvent::by(office, "stat_form", &form.stat_form_id, "changed", at));
    let row = |row: &FormRow| StatRow {
        number: row.number.clone(),
        label: row.label.clone(),
        unit: row.cells.first().and_then(|it| it.unit.clone()),
        parent: row.parent.clone(),
    };
    let mut rows: Vec<StatRow> = form.definition.rows.iter().map(row).collect();
    for row in rows.iter_mut().filter(|it| it.label.contains("销毁")) {
        row.unit = Some("件".to_owned());
    }
    rows.push(StatRow {
        number: Some("15".to_owned()),
        label: "发送公益短信".to_owned(),
        unit: Some("条/天".to_owned()),
        parent: None,
    });
    let annex = StatForm { title: Some(form.definition.title.clone()), head: form.definition.head.clone(), rows };
    store::campaign::revise::revise_annex(tx, &form.stat_form_id, &annex, &form.definition.column_heads).await
}

async fn one(
    tx: &Tx,
    campaign_id: &Id,
    sample: &Sample,
    actor: &Actor,
    office: &Actor,
    at: Timestamp,
) -> store::Result<()> {
    let form = form::list(tx, campaign_id).await?.into_iter().next().ok_or(store::Error::NotFound)?;
    let begun = stat_return::begin(tx, &form.stat_form_id, &actor.unit_id, 0, at).await?;
    let mut own = stat_return::lock(tx, &begun.stat_return_id, None).await?;
    let counted = figures(tx, campaign_id, Some(&actor.unit_id)).await?;
    let totals = fill::count(&form.definition, &counted);
    let proposals = totals.iter().map(|(key, total)| (key.clone(), Proposal::of(total))).collect();
    let typed = values(&form.definition, &proposals, sample);
    let stored = if sample.status == ReturnStatus::Draft {
        typed
    } else {
        fill::effective(&form.definition, &proposals, &typed)
    };
    for (key, value) in &stored {
        stat_return::save_value(tx, &own.stat_return_id, key, value).await?;
    }
    (own.contact_name, own.contact_phone) = (actor.name.clone(), sample.phone.to_owned());
    own.status = sample.status;
    sample.remark.clone_into(&mut own.remark);
    let event = |actor: &Actor, kind| NewEvent::by(actor, "stat_return", &own.stat_return_id, kind, at);
    let unit = json!({ "单位": own.unit_name });
    event::insert(tx, event(actor, "return_begun").detail(unit.clone()));
    if sample.status != ReturnStatus::Draft || !sample.remark.is_empty() {
        event::insert(tx, event(actor, "return_completed").detail(unit.clone()));
        own.completed_at = Some(at).filter(|_| sample.status != ReturnStatus::Draft);
        let units = [actor.unit_id.clone()];
        overlap::keep(
            tx,
            &own.stat_return_id,
            &overlap::of_units(tx, campaign_id, &units, &overlap::Stands::load(tx, campaign_id).await?).await?,
        )
        .await?;
    }
    if !sample.remark.is_empty() {
        event::insert(
            tx,
            NewEvent::by(office, "stat_return", &own.stat_return_id, "return_sent_back", at).reason(sample.remark),
        );
    }
    if sample.status == ReturnStatus::Approved {
        (own.approved_at, own.approved_by) = (Some(at), Some(office.name.clone()));
        event::insert(tx, NewEvent::by(office, "stat_return", &own.stat_return_id, "return_approved", at).detail(unit));
    }
    stat_return::save(tx, &own).await
}

/// The cells as the sample types them.
fn values(
    form: &FormDefinition,
    proposals: &BTreeMap<String, Proposal>,
    sample: &Sample,
) -> BTreeMap<String, CellValue> {
    let mut values = BTreeMap::new();
    for (row, cell) in form.cells() {
        let mut value = CellValue::default();
        let (measure, multiple) = cell.measure();
        let typed = sample.cells.iter().find(|(label, ..)| row.label.contains(label));
        if let Some((_, typed, reason)) = typed
            && let Ok(Some(quantity)) = quantity::read(typed, measure, multiple)
        {
            (value.reported, value.is_estimate) = (Some(quantity.value), quantity.is_estimate);
            (*reason).clone_into(&mut value.reason);
        } else if sample.is_full && proposals.get(&cell.key).is_none_or(|it| !it.is_known()) {
            value.reported = Some(0);
        }
        values.insert(cell.key.clone(), value);
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::campaign::read::read;
    use gongwen::source::Source;

    /// The rows the samples fill stand in the form of the sample notice.
    #[test]
    fn every_row_of_a_sample_is_in_the_form() {
        let text = include_str!("../../../../samples/notice-2027.txt");
        let plan = read(&Source::from_text(text)).plans.into_iter().next().unwrap();
        let form = FormDefinition::from_plan(plan.forms.first().unwrap(), Some(2027));
        for (label, typed, _) in SAMPLES.iter().flat_map(|it| it.cells) {
            let (_, cell) =
                form.cells().find(|(row, _)| row.label.contains(label)).unwrap_or_else(|| panic!("{label}"));
            let (measure, multiple) = cell.measure();
            assert!(quantity::read(typed, measure, multiple).is_ok(), "{label}: {typed}");
        }
    }
}
