//! The forms of the review page: what was typed, and what stands in a part, as the same fields.

use domain::campaign::plan::{Activity, DateKind, DateMention, ReportDuty};
use domain::campaign::review::fields::{ActivityInput, DateInput, DutyInput, HeadInput, MOST};
use domain::campaign::review::{Draft, Seen};

use crate::{Choice, Posted};

/// The kinds of date with their words.
pub(super) const DATE_KINDS: &[(DateKind, &str, &str)] = &[
    (DateKind::Point, "point", "当天"),
    (DateKind::Range, "range", "期间"),
    (DateKind::Deadline, "deadline", "截止"),
    (DateKind::Open, "open", "起，不限止"),
    (DateKind::Recurring, "recurring", "定期"),
    (DateKind::Relative, "relative", "随某事定"),
    (DateKind::Undetermined, "undetermined", "待定"),
];

/// The word for a kind of date.
pub(super) fn date_kind_word(kind: DateKind) -> &'static str {
    DATE_KINDS.iter().find(|(it, ..)| *it == kind).map_or("待定", |(.., word)| word)
}

fn date_kind_code(kind: DateKind) -> &'static str {
    DATE_KINDS.iter().find(|(it, ..)| *it == kind).map_or("undetermined", |(_, code, _)| code)
}

/// The choice of kinds of date.
pub(super) fn date_kinds(current: &str) -> Vec<Choice> {
    let rest = DATE_KINDS.iter().map(|(_, code, word)| Choice::new(*code, *word, current));
    std::iter::once(Choice::new("", "自动", current)).chain(rest).collect()
}

/// A date as fields.
pub(super) fn date_input(date: &DateMention) -> DateInput {
    DateInput {
        kind: date_kind_code(date.kind).to_owned(),
        start: date.start.clone().unwrap_or_default(),
        end: date.end.clone().unwrap_or_default(),
        time: date.time.clone().unwrap_or_default(),
        text: date.text.clone(),
    }
}

/// An activity as fields.
pub(super) fn activity_input(activity: &Activity) -> ActivityInput {
    ActivityInput {
        number: activity.number.map(|it| it.to_string()).unwrap_or_default(),
        group: activity.group.clone().unwrap_or_default(),
        title: activity.title.clone(),
        text: activity.text.clone(),
        kind: kind_code(activity.kind),
        leads: activity.leads.join("、"),
        supports: activity.supports.join("、"),
        places: activity.places.join("、"),
        dates: activity.dates.iter().map(date_input).collect(),
    }
}

/// The code of a kind of activity.
pub(super) fn kind_code(kind: domain::campaign::kind::ActivityKind) -> String {
    match serde_json::to_value(kind) {
        Ok(serde_json::Value::String(code)) => code,
        _ => String::new(),
    }
}

/// A report duty as fields.
pub(super) fn duty_input(duty: &ReportDuty) -> DutyInput {
    DutyInput {
        who: duty.who.clone().unwrap_or_default(),
        what: duty.what.join("、"),
        to: duty.to.join("、"),
        via: duty.via.join("、"),
        due: duty.due.as_ref().map(date_input).unwrap_or_default(),
    }
}

/// Title, theme, year and period as fields.
pub(super) fn head_input(draft: &Draft) -> HeadInput {
    let plan = &draft.plan;
    let day = |day: fn(&domain::campaign::plan::Period) -> &Option<String>| {
        plan.period.as_ref().and_then(|period| day(period).clone()).unwrap_or_default()
    };
    HeadInput {
        title: plan.title.clone().unwrap_or_default(),
        theme: plan.theme.clone().unwrap_or_default(),
        year: plan.year.map(|it| it.to_string()).unwrap_or_default(),
        starts_on: day(|period| &period.start),
        ends_on: day(|period| &period.end),
    }
}

fn typed(posted: &Posted, name: &str) -> String {
    posted.text(name).to_owned()
}

fn typed_date(posted: &Posted, prefix: &str) -> DateInput {
    let field = |name: &str| typed(posted, &format!("{prefix}_{name}"));
    DateInput {
        kind: field("kind"),
        start: field("start"),
        end: field("end"),
        time: field("time"),
        text: field("text"),
    }
}

/// An activity as typed.
pub(super) fn typed_activity(posted: &Posted) -> ActivityInput {
    let n = posted.text("dates").parse::<usize>().unwrap_or_default().min(MOST);
    ActivityInput {
        number: typed(posted, "number"),
        group: typed(posted, "group"),
        title: typed(posted, "title"),
        text: typed(posted, "text"),
        kind: typed(posted, "kind"),
        leads: typed(posted, "leads"),
        supports: typed(posted, "supports"),
        places: typed(posted, "places"),
        dates: (0..n).map(|index| typed_date(posted, &format!("date{index}"))).collect(),
    }
}

/// A report duty as typed.
pub(super) fn typed_duty(posted: &Posted) -> DutyInput {
    DutyInput {
        who: typed(posted, "who"),
        what: typed(posted, "what"),
        to: typed(posted, "to"),
        via: typed(posted, "via"),
        due: typed_date(posted, "due"),
    }
}

/// Title, theme, year and period as typed.
pub(super) fn typed_head(posted: &Posted) -> HeadInput {
    HeadInput {
        title: typed(posted, "title"),
        theme: typed(posted, "theme"),
        year: typed(posted, "year"),
        starts_on: typed(posted, "starts_on"),
        ends_on: typed(posted, "ends_on"),
    }
}

/// Which part the form was rendered for, and in which state.
pub(super) fn seen(posted: &Posted, key: &str) -> Seen {
    Seen { key: key.parse().unwrap_or_default(), version: posted.text("version").parse().unwrap_or_default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_and_what_is_typed_are_the_same_fields() {
        let activity = Activity {
            number: Some(3),
            title: "现场咨询".into(),
            leads: vec!["市场科".into(), "消协".into()],
            dates: vec![DateMention {
                kind: DateKind::Deadline,
                start: None,
                end: Some("2025-03-15".into()),
                time: Some("下班前".into()),
                text: "3月15日下班前".into(),
                span: Default::default(),
            }],
            ..Activity::default()
        };
        let input = activity_input(&activity);
        let fields = input.parse(None).unwrap();
        assert_eq!(fields.leads, activity.leads);
        assert_eq!(fields.dates[0].kind, DateKind::Deadline);
        assert_eq!(fields.dates[0].time.as_deref(), Some("下班前"));
    }

    #[test]
    fn a_form_cannot_ask_for_endless_dates() {
        let posted = Posted::of(vec![("dates".into(), "99999999999".into()), ("title".into(), "甲".into())]);
        assert!(typed_activity(&posted).dates.len() <= MOST);
    }
}
