//! Summary reports (总结): drafted from the records, corrected, drafted again, taken along as `.docx`; each figure opens to what it counts.

pub(crate) mod edit;
mod facts;
pub(crate) mod finish;
pub(crate) mod origins;
pub(crate) mod paper;
pub(crate) mod show;
pub(crate) mod step;

#[cfg(test)]
mod tests;

use domain::Id;
use domain::campaign::light::Light;
use domain::campaign::progress::ActivityStatus;
use domain::campaign::schedule::Filter;
use domain::campaign::summary::Subject;
use store::campaign::head::{self, Head};
use store::{Read, unit};

use crate::campaign::address::activities_path;

/// Whose report a page is about.
#[derive(Debug, Clone)]
pub(crate) struct Scope {
    pub(crate) head: Head,
    /// `None` for the whole campaign.
    pub(crate) unit: Option<unit::Unit>,
}

impl Scope {
    pub(crate) async fn load(tx: &Read, campaign_id: &Id, unit_id: &str) -> store::Result<Scope> {
        let head = head::get(tx, campaign_id).await?;
        let unit = match unit_id {
            "" => None,
            unit_id => Some(unit::get(tx, &Id::from_text(unit_id)).await?),
        };
        Ok(Scope { head, unit })
    }

    pub(crate) fn unit_id(&self) -> Option<&Id> {
        self.unit.as_ref().map(|it| &it.unit_id)
    }

    /// Whose it is, in words.
    pub(crate) fn name(&self) -> &str {
        self.unit.as_ref().map_or("整个活动", |it| it.short_name.as_str())
    }

    /// The address of a page of this report.
    pub(crate) fn path(&self, page: &str) -> String {
        let unit = self.unit_id().map(|it| format!("?unit={}", encoded(it.as_str()))).unwrap_or_default();
        format!("/campaigns/{}/summary{page}{unit}", self.head.campaign_id)
    }

    /// The address of what a figure of this report counts.
    pub(crate) fn path_of(&self, key: &str) -> String {
        let Some(subject) = Subject::from_key(key) else { return self.path("") };
        let id = &self.head.campaign_id;
        let unit = self.unit_id().map(Id::to_string).unwrap_or_default();
        let activities = |status: Option<ActivityStatus>, light: Option<Light>| {
            activities_path(id, &Filter { unit: self.unit_id().cloned(), status, light, ..Filter::default() })
        };
        match subject {
            Subject::Indicator { indicator, activity_id } => {
                let activity = activity_id.map(|it| it.to_string()).unwrap_or_default();
                figures_path(id, &[("indicator", &indicator), ("unit", &unit), ("activity", &activity)])
            }
            Subject::Records { activity_id: None } => {
                with_query(&format!("/campaigns/{id}/records"), &[("unit", &unit)])
            }
            Subject::Records { activity_id: Some(activity_id) } => {
                with_query(&format!("/activities/{activity_id}/records"), &[("unit", &unit)])
            }
            Subject::Activities(status) => activities(status, None),
            Subject::Late => activities(None, Some(Light::Red)),
            Subject::Unrecorded => {
                format!("{}#unrecorded", with_query(&format!("/campaigns/{id}/dashboard"), &[("unit", &unit)]))
            }
            Subject::Units => format!("/campaigns/{id}/dashboard#units"),
        }
    }
}

/// The address of what a figure counts.
pub(crate) fn figures_path(campaign_id: &Id, pairs: &[(&str, &str)]) -> String {
    with_query(&format!("/campaigns/{campaign_id}/figures"), pairs)
}

/// A path with those pairs that have a value.
pub(crate) fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let query = query.extend_pairs(pairs.iter().filter(|(_, value)| !value.is_empty())).finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// One value of a query; empty when it is not there.
pub(crate) fn query_value(query: Option<&str>, name: &str) -> String {
    let found = form_urlencoded::parse(query.unwrap_or_default().as_bytes()).find(|(it, _)| it == name);
    found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
}
