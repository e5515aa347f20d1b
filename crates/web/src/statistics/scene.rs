//! A form with everything around it: its campaign, who reports it by when, and where every unit stands.

use domain::Id;
use domain::campaign::light::{Light, Verdict};
use domain::statistics::due::{self, Due};
use domain::statistics::reporting::Reporting;
use domain::statistics::stat_return::{ReturnStatus, ReturnStep, Standing, permitted};
use domain::unit::Actor;
use jiff::Timestamp;
use jiff::civil::DateTime;
use std::collections::{BTreeMap, BTreeSet};
use store::Read;
use store::campaign::head::{self, Head};
use store::statistics::form::{self, Call, Form};
use store::statistics::stat_return::{self, StatReturn};
use store::unit::{self, Unit};

use crate::campaign::lamp::{self, Lamp};
use crate::clock;

/// So many units are named in a sentence.
const NAMED: usize = 8;

/// A form and where its units stand.
#[derive(Clone)]
pub(crate) struct Scene {
    pub(crate) head: Head,
    pub(crate) form: Form,
    pub(crate) call: Call,
    pub(crate) units: Vec<Unit>,
    pub(crate) reporting: Reporting,
    pub(crate) returns: Vec<StatReturn>,
    pub(crate) near_days: i64,
    /// Where each unit stands in `units`.
    unit_places: BTreeMap<Id, usize>,
    /// Where the returns of each unit stand in `returns`, the first one first.
    return_places: BTreeMap<Id, Vec<usize>>,
}

/// An instant as the clock on the wall shows it.
pub(crate) fn wall(at: Timestamp) -> DateTime {
    clock::in_zone(at).datetime()
}

impl Scene {
    /// The form of a published campaign.
    pub(crate) async fn load(tx: &Read, stat_form_id: &Id) -> store::Result<Scene> {
        let form = form::get(tx, stat_form_id).await?;
        Scene::of(tx, form).await
    }

    /// Around a form that was loaded.
    pub(crate) async fn of(tx: &Read, form: Form) -> store::Result<Scene> {
        let units = unit::list(tx).await?;
        let call = form::call(tx, &form).await?;
        let nodes = units.iter().map(crate::unit::node).collect();
        let returns = stat_return::list(tx, &form.stat_form_id).await?;
        let mut return_places: BTreeMap<Id, Vec<usize>> = BTreeMap::new();
        for (n, it) in returns.iter().enumerate() {
            return_places.entry(it.unit_id.clone()).or_default().push(n);
        }
        Ok(Scene {
            unit_places: units.iter().enumerate().map(|(n, it)| (it.unit_id.clone(), n)).collect(),
            return_places,
            head: head::get(tx, &form.campaign_id).await?,
            reporting: Reporting::new(nodes, call.units.clone()),
            returns,
            near_days: lamp::near_days(tx).await?,
            units,
            call,
            form,
        })
    }

    /// The unit.
    pub(crate) fn unit(&self, unit_id: &Id) -> Option<&Unit> {
        self.units.get(*self.unit_places.get(unit_id)?)
    }

    /// The returns of a unit, the first one first.
    pub(crate) fn returns_of(&self, unit_id: &Id) -> impl DoubleEndedIterator<Item = &StatReturn> {
        let places = self.return_places.get(unit_id).into_iter().flatten();
        places.filter_map(|n| self.returns.get(*n))
    }

    /// The latest return of a unit.
    pub(crate) fn latest(&self, unit_id: &Id) -> Option<&StatReturn> {
        self.returns_of(unit_id).next_back()
    }

    /// The return that counts: the latest one that was handed in.
    pub(crate) fn handed_in(&self, unit_id: &Id) -> Option<&StatReturn> {
        self.returns_of(unit_id).rfind(|it| it.status != ReturnStatus::Draft)
    }

    /// The return of a unit that stands in the return above: the latest approved one, and the one handed in while none is approved.
    pub(crate) fn counting(&self, unit_id: &Id) -> Option<&StatReturn> {
        let approved = self.returns_of(unit_id).rfind(|it| it.status == ReturnStatus::Approved);
        approved.or_else(|| self.handed_in(unit_id))
    }

    /// Which units below have not handed in: a total without them should not be sent on unseen. Empty where nobody is missing.
    pub(crate) fn missing_words(&self, own: &StatReturn) -> String {
        let below = self.reporting.below(&own.unit_id);
        let missing: Vec<&Id> = below.iter().filter(|it| self.handed_in(it).is_none()).collect();
        if missing.is_empty() || own.status == ReturnStatus::Approved {
            return String::new();
        }
        let n_begun = missing.iter().filter(|it| self.latest(it).is_some()).count();
        let begun =
            if n_begun > 0 { format!("，其中{n_begun}个已经开始填但没有提交") } else { String::new() };
        let names: Vec<&str> =
            missing.iter().filter_map(|it| self.unit(it)).take(NAMED).map(|it| it.short_name.as_str()).collect();
        let more = if missing.len() > NAMED { "等" } else { "" };
        format!(
            "{}个下级单位中还有{}个没有交表{begun}：{}{more}。它们现在只按活动记录计入，没有提交的表里填的数不在其中。",
            below.len(),
            missing.len(),
            names.join("、")
        )
    }

    /// What the actor may do with the latest return of this unit, as if it had this status.
    pub(crate) fn steps(&self, actor: &Actor, unit_id: &Id, status: ReturnStatus) -> BTreeSet<ReturnStep> {
        let parent_id = self.parent(unit_id);
        let standing = Standing { status, is_running: self.head.is_running, unit_id, parent_id: parent_id.as_ref() };
        permitted(actor, &standing)
    }

    /// The unit above that approves.
    pub(crate) fn parent(&self, unit_id: &Id) -> Option<Id> {
        self.unit(unit_id).and_then(|it| it.parent_id.clone())
    }

    /// Where a unit stands today.
    pub(crate) fn verdict(&self, unit_id: &Id, now: DateTime) -> Verdict {
        match self.handed_in(unit_id) {
            Some(it) => due::judge(Some(it.status), it.completed_at.map(wall), self.call.due, now, self.near_days),
            None => {
                let status = self.latest(unit_id).map(|it| it.status);
                due::judge(status, None, self.call.due, now, self.near_days)
            }
        }
    }

    /// The same as a light.
    pub(crate) fn lamp(&self, unit_id: &Id, now: DateTime) -> Lamp {
        Lamp::of(self.verdict(unit_id, now), self.handed_in(unit_id).is_some())
    }

    /// The name of the form for lists.
    pub(crate) fn title(&self) -> String {
        let title = self.form.definition.title.clone();
        if title.is_empty() { "统计表".to_owned() } else { title }
    }

    /// 今天17:00前, or empty.
    pub(crate) fn due_words(&self, now: DateTime) -> String {
        self.call.due.map(|it: Due| it.words(now.date())).unwrap_or_default()
    }

    /// How the units stand, counted.
    pub(crate) fn counts(&self, now: DateTime) -> Counts {
        let mut counts = Counts::default();
        for unit_id in self.reporting.units() {
            counts.n_all += 1;
            match self.handed_in(unit_id).map(|it| it.status) {
                Some(ReturnStatus::Approved) => counts.n_approved += 1,
                Some(_) => counts.n_complete += 1,
                None => {
                    counts.n_draft += usize::from(self.latest(unit_id).is_some());
                    counts.n_late += usize::from(self.verdict(unit_id, now).light == Light::Red);
                }
            }
        }
        counts
    }
}

/// How many units stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) n_all: usize,
    /// Handed in and not approved yet.
    pub(crate) n_complete: usize,
    pub(crate) n_approved: usize,
    pub(crate) n_draft: usize,
    /// Not handed in though it was due.
    pub(crate) n_late: usize,
}

impl Counts {
    /// Handed in, approved or not.
    pub(crate) fn n_handed_in(self) -> usize {
        self.n_complete + self.n_approved
    }
}
