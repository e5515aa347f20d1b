//! The forms of the open steps, drawn from the fields of the rule.

use domain::FormErrors;
use domain::complaint::case::{CaseKind, Channel};
use domain::complaint::permitted::Permitted;
use domain::complaint::step::{FieldKind, IS_HELD, Step, StepField};
use domain::complaint::suggestion::Suggestion;
use jiff::civil::Date;
use store::complaint::case::Case;

use super::Around;
use crate::campaign::days::day_with_weekday;
use crate::{Choice, Posted};

/// One step with its form.
pub(crate) struct StepForm {
    pub(crate) step: Step,
    pub(crate) article: &'static str,
    /// 最迟 3月24日（周三）
    pub(crate) due: String,
    pub(crate) is_late: bool,
    pub(crate) is_open: bool,
    pub(crate) fields: Vec<FieldView>,
}

/// One field with what was typed.
pub(crate) struct FieldView {
    pub(crate) field: StepField,
    pub(crate) id: String,
    pub(crate) value: String,
    pub(crate) choices: Vec<Choice>,
    pub(crate) error: Option<String>,
}

impl FieldView {
    /// How the template draws it.
    pub(crate) fn shape(&self) -> &'static str {
        match self.field.kind {
            FieldKind::Area => "area",
            FieldKind::Tick => "tick",
            FieldKind::Unit | FieldKind::Person | FieldKind::Choice(_) => "select",
            FieldKind::PastDay | FieldKind::Day => "date",
            FieldKind::Time => "time",
            FieldKind::Line | FieldKind::Money => "text",
        }
    }
}

/// What was sent with an error, so that it stands there again.
pub(crate) struct Sent<'a> {
    pub(crate) step: Step,
    pub(crate) posted: &'a Posted,
    pub(crate) errors: &'a FormErrors,
}

/// What the choices of a form come from.
pub(crate) struct Sources<'a> {
    pub(crate) around: &'a Around,
    pub(crate) case: &'a Case,
    pub(crate) people: &'a [(String, String)],
    pub(crate) suggestions: &'a [Suggestion],
    pub(crate) today: Date,
}

pub(crate) fn form(permitted: &Permitted, sources: &Sources<'_>, sent: Option<&Sent<'_>>) -> StepForm {
    let step = permitted.step;
    let sent = sent.filter(|it| it.step == step);
    // Only mediation may end here with an agreement; what is decided already is not asked again.
    let state = &sources.case.state;
    let asks_outcome = state.matter == CaseKind::Complaint && state.outcome.is_none();
    let is_asked = |it: &&StepField| match (step, it.name) {
        (Step::Close, "outcome") => asks_outcome,
        // Asked only of a day that has passed.
        (_, IS_HELD) => sent.is_some_and(|it| it.posted.text("on").parse::<Date>().is_ok_and(|on| on < sources.today)),
        _ => true,
    };
    let asked = step.fields(state.rules).iter().filter(is_asked);
    let fields = asked.map(|field| view(step, field, sources, sent)).collect();
    StepForm {
        step,
        article: permitted.article,
        due: permitted.due.map(|it| format!("最迟 {}", day_with_weekday(it, sources.today))).unwrap_or_default(),
        is_late: permitted.due.is_some_and(|it| it < sources.today),
        is_open: sent.is_some(),
        fields,
    }
}

fn view(step: Step, field: &StepField, sources: &Sources<'_>, sent: Option<&Sent<'_>>) -> FieldView {
    let value = match sent {
        Some(sent) => sent.posted.raw(field.name).to_owned(),
        None => at_first(step, field, sources),
    };
    let choices = match field.kind {
        FieldKind::Unit => {
            let units = sources
                .around
                .handling_units()
                .map(|it| Choice::new(it.unit_id.to_string(), it.short_name.clone(), &value));
            std::iter::once(Choice::new("", "请选择", &value)).chain(units).collect()
        }
        FieldKind::Person => {
            let people = sources.people.iter().map(|it| Choice::new(it.0.clone(), it.1.clone(), &value));
            std::iter::once(Choice::new("", "请选择", &value)).chain(people).collect()
        }
        FieldKind::Choice(all) => {
            let needs_first = field.is_needed && value.is_empty();
            let first = needs_first.then(|| Choice::new("", "请选择", &value));
            first.into_iter().chain(all.iter().map(|it| Choice::new(it.0, it.1, &value))).collect()
        }
        _ => Vec::new(),
    };
    FieldView {
        field: *field,
        id: format!("f-{}-{}", step.code(), field.name),
        choices,
        error: sent.and_then(|it| it.errors.of(field.name)).map(str::to_owned),
        value,
    }
}

fn yes_no(said: Option<bool>) -> String {
    said.map_or("", |it| if it { "yes" } else { "no" }).to_owned()
}

/// What stands in a field before anybody typed.
fn at_first(step: Step, field: &StepField, sources: &Sources<'_>) -> String {
    match (field.kind, field.name) {
        (FieldKind::PastDay, _) => sources.today.to_string(),
        (FieldKind::Unit, _) if step == Step::Dispatch => {
            sources.suggestions.first().map(|it| it.unit_id.to_string()).unwrap_or_default()
        }
        // Asked again after a refusal: what was said stands there.
        (FieldKind::Choice(_), "consumer") => yes_no(sources.case.state.consumer_consents),
        (FieldKind::Choice(_), "business") => yes_no(sources.case.state.business_consents),
        (FieldKind::Choice(_), "told") => {
            let is_platform = sources.case.state.channel == Channel::Platform12315;
            if is_platform { "platform" } else { "phone" }.to_owned()
        }
        _ => String::new(),
    }
}
