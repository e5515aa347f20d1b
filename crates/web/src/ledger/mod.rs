//! The two ledgers of a campaign: media (媒体台账) and materials (宣传资料台账). They feed the same indicators as the records.

pub(crate) mod entry;
pub(crate) mod export;
pub(crate) mod file;
pub(crate) mod material;
pub(crate) mod media;
mod media_words;

#[cfg(test)]
mod tests;

use domain::campaign::record::permitted::{may_enter, may_record_somewhere};
use domain::campaign::record::{RecordStatus, permitted};
use domain::unit::{Actor, Role};
use domain::{FormErrors, Id};
use jiff::civil::Date;
use store::campaign::activity::{self, Activity};
use store::campaign::head::{self, Head};
use store::unit::{self, Unit};

use crate::campaign::days;
use crate::{App, Choice, Error, Posted};

/// What both ledgers show around their lines.
pub(crate) struct Around {
    pub(crate) head: Head,
    pub(crate) activities: Vec<Activity>,
    pub(crate) units: Vec<Unit>,
}

impl Around {
    async fn load(app: &App, campaign_id: Id) -> Result<Around, Error> {
        let around = app
            .db
            .read(async move |tx| {
                Ok(Around {
                    head: head::get(&tx, &campaign_id).await?,
                    activities: activity::list(&tx, &campaign_id).await?,
                    units: unit::list(&tx).await?,
                })
            })
            .await?;
        Ok(around)
    }

    /// The units the actor may enter for.
    fn enterable(&self, actor: &Actor, current: &str) -> Vec<Choice> {
        let mine = self.units.iter().filter(|it| it.is_active && may_enter(actor, self.head.is_running, &it.unit_id));
        let first = if actor.role == Role::Office { vec![Choice::new("", "请选择", current)] } else { Vec::new() };
        first
            .into_iter()
            .chain(mine.map(|it| Choice::new(it.unit_id.to_string(), it.short_name.clone(), current)))
            .collect()
    }

    fn unit_filter(&self, current: &str) -> Vec<Choice> {
        let all = self.units.iter().map(|it| Choice::new(it.unit_id.to_string(), it.short_name.clone(), current));
        std::iter::once(Choice::new("", "全部单位", current)).chain(all).collect()
    }

    fn activity_choices(&self, first: &str, current: &str) -> Vec<Choice> {
        let all = self.activities.iter().map(|it| {
            let number = it.number.map(|n| format!("{n}. ")).unwrap_or_default();
            let title: String = it.title.chars().take(40).collect();
            Choice::new(it.activity_id.to_string(), format!("{number}{title}"), current)
        });
        std::iter::once(Choice::new("", first, current)).chain(all).collect()
    }

    /// Is it an activity of this campaign, or none?
    fn is_activity(&self, activity_id: Option<&Id>) -> bool {
        activity_id.is_none_or(|id| self.activities.iter().any(|it| it.activity_id == *id))
    }
}

/// The query of a list.
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    fn of(query: Option<&str>) -> Query {
        Query(form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect())
    }

    fn get(&self, name: &str) -> String {
        self.0.iter().find(|(it, _)| it == name).map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    }

    /// The same view as a file.
    fn to_text(&self) -> String {
        let pairs = self.0.iter().filter(|(_, value)| !value.is_empty());
        form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
    }
}

/// Why an entry was not taken.
enum Refusal {
    Error(Error),
    Fields(FormErrors),
}

impl From<store::Error> for Refusal {
    fn from(error: store::Error) -> Refusal {
        Refusal::Error(error.into())
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Refusal {
        Refusal::Error(error)
    }
}

fn forbidden(head: &Head) -> Error {
    if head.is_running {
        Error::Forbidden("台账由各单位填报自己的，活动办公室可以替各单位填报。".into())
    } else {
        Error::Forbidden("这个活动方案已归档，台账不能再改。".into())
    }
}

/// May the actor take this step with an entry of this unit?
fn check(
    actor: &Actor,
    head: &Head,
    status: RecordStatus,
    unit_id: &Id,
    act: permitted::RecordAct,
) -> Result<(), Error> {
    let units = std::slice::from_ref(unit_id);
    if permitted::permitted(actor, head.is_running, status, units).contains(&act) {
        return Ok(());
    }
    Err(forbidden(head))
}

fn may_add(actor: &Actor, head: &Head) -> bool {
    head.is_running && may_record_somewhere(actor)
}

/// The key of an entry, so that sent twice is one.
fn client_key(posted: &Posted) -> String {
    let key = posted.text("client_key");
    let is_key = (16..=64).contains(&key.len()) && key.bytes().all(|it| it.is_ascii_alphanumeric());
    if is_key { key.to_owned() } else { store::new_id().to_string() }
}

/// The unit a new entry is of: the actor's own, where it is one to choose.
fn own_unit(actor: &Actor) -> String {
    if actor.role == Role::Office { String::new() } else { actor.unit_id.to_string() }
}

fn day(on: Date, today: Date) -> String {
    days::day_with_weekday(on, today)
}

fn count_words(value: Option<i64>) -> String {
    value.map(|it| domain::campaign::record::number(it, domain::statistics::measure::Measure::Item)).unwrap_or_default()
}
