//! Forms on the desk of a unit and on the overview of a campaign: what is to be reported, by when.

use domain::Id;
use domain::campaign::desk::Drawer;
use domain::campaign::light::Light;
use domain::statistics::stat_return::{ReturnStatus, ReturnStep};
use domain::unit::Actor;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use store::Read;
use store::statistics::form;

use super::scene::{Counts, Scene, wall};
use crate::campaign::lamp::Lamp;

/// The forms of the running campaigns.
pub(crate) struct Forms {
    scenes: Vec<(Scene, String)>,
    now: DateTime,
}

/// A form as a line of a desk.
pub(crate) struct Line {
    pub(crate) path: String,
    pub(crate) title: String,
    pub(crate) campaign: String,
    pub(crate) when: String,
    pub(crate) note: String,
    pub(crate) lamp: Lamp,
    pub(crate) due_on: Option<Date>,
    pub(crate) drawer: Drawer,
    /// Where 填报 posts to; empty when there is nothing to begin.
    pub(crate) action: String,
}

impl Forms {
    /// Of every running campaign.
    pub(crate) async fn load(tx: &Read, at: Timestamp) -> store::Result<Forms> {
        let mut scenes = Vec::new();
        for (form, title) in form::list_running(tx).await? {
            scenes.push((Scene::of(tx, form).await?, title));
        }
        Ok(Forms { scenes, now: wall(at) })
    }

    /// Is the duty handed in by handing in a form, for this unit? Then the form stands on the desk instead of it.
    pub(crate) fn stand_for(&self, report_duty_id: &Id, unit_id: &Id) -> bool {
        let asks = |scene: &Scene| scene.call.duties.iter().any(|it| it.report_duty_id == *report_duty_id);
        self.scenes.iter().any(|(scene, _)| asks(scene) && scene.reporting.contains(unit_id))
    }

    /// How the forms of a unit stand: `None` is done.
    pub(crate) fn lights(&self, unit_id: &Id) -> Vec<Option<Light>> {
        let own = self.scenes.iter().filter(|(scene, _)| scene.reporting.units().any(|it| it == unit_id));
        own.map(|(scene, _)| standing(scene, unit_id, self.now)).collect()
    }

    /// The lines of a unit.
    pub(crate) fn lines(&self, actor: &Actor, unit_id: &Id) -> Vec<Line> {
        let own = self.scenes.iter().filter(|(scene, _)| scene.reporting.units().any(|it| it == unit_id));
        own.map(|(scene, campaign)| line(scene, campaign, actor, unit_id, self.now)).collect()
    }
}

/// Is the line done, and in which light is it otherwise?
fn standing(scene: &Scene, unit_id: &Id, now: DateTime) -> Option<Light> {
    let is_supplement = scene.latest(unit_id).is_some_and(|it| it.supplement > 0 && it.status == ReturnStatus::Draft);
    match scene.handed_in(unit_id) {
        Some(_) if !is_supplement => None,
        Some(_) => Some(Light::Gray),
        None => Some(scene.verdict(unit_id, now).light),
    }
}

fn line(scene: &Scene, campaign: &str, actor: &Actor, unit_id: &Id, now: DateTime) -> Line {
    let latest = scene.latest(unit_id);
    let verdict = scene.verdict(unit_id, now);
    let is_supplement = latest.is_some_and(|it| it.supplement > 0 && it.status == ReturnStatus::Draft);
    let sent_back = latest.filter(|it| it.status == ReturnStatus::Draft && it.supplement == 0 && !it.remark.is_empty());
    let note = match (sent_back, latest) {
        (Some(it), _) => format!("已退回：{}", it.remark),
        (None, Some(_)) if is_supplement => "补报还没有提交".to_owned(),
        _ => String::new(),
    };
    // A supplementary return that was begun is open work again, without a clock of its own.
    let is_done = standing(scene, unit_id, now).is_none();
    let due_on = scene.call.due.map(|it| it.on);
    let drawer = if !is_done && verdict.light == Light::Red {
        Drawer::Overdue
    } else {
        Drawer::of(if is_supplement { None } else { due_on }, is_done, now.date())
    };
    let path = format!("/forms/{}/units/{unit_id}", scene.form.stat_form_id);
    let may_begin = latest.is_none() && scene.steps(actor, unit_id, ReturnStatus::Draft).contains(&ReturnStep::Fill);
    let path_now = latest.map_or_else(|| path.clone(), |it| format!("/returns/{}", it.stat_return_id));
    Line {
        action: if may_begin { path } else { String::new() },
        path: path_now,
        title: scene.title(),
        campaign: campaign.to_owned(),
        when: scene.call.due.map(|it| format!("{}报", it.words(now.date()))).unwrap_or_default(),
        note,
        lamp: Lamp::of(verdict, is_done),
        due_on,
        drawer,
    }
}

/// How the units of a campaign stand with its forms, all forms together; `None` when it has none.
pub(crate) async fn counts(tx: &Read, campaign_id: &Id, now: DateTime) -> store::Result<Option<Counts>> {
    let mut sum: Option<Counts> = None;
    for form in form::list(tx, campaign_id).await? {
        let own = Scene::of(tx, form).await?.counts(now);
        let all = sum.get_or_insert_default();
        all.n_all += own.n_all;
        all.n_complete += own.n_complete;
        all.n_approved += own.n_approved;
        all.n_draft += own.n_draft;
        all.n_late += own.n_late;
    }
    Ok(sum)
}
