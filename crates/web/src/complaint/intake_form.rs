//! The fields of an intake form as typed, for the new form and the correction.

use domain::FormErrors;
use domain::complaint::case::{CaseKind, Channel, Demand};
use domain::complaint::category::CategorySide;
use domain::complaint::intake::{Particulars, yuan};
use domain::complaint::term::RuleVersion;

use super::Around;
use crate::{Choice, Posted};

/// The form, with everything typed kept.
pub(crate) struct IntakeForm {
    /// Whose articles the hints name.
    pub(crate) law: RuleVersion,
    pub(crate) errors: FormErrors,
    pub(crate) kinds: Vec<Choice>,
    pub(crate) channels: Vec<Choice>,
    pub(crate) categories: Vec<Choice>,
    pub(crate) problems: Vec<Choice>,
    pub(crate) demands: Vec<Choice>,
    fields: Vec<(String, String)>,
}

impl IntakeForm {
    /// The text of a field.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|it| it.0 == name).map_or("", |it| it.1.as_str())
    }

    pub(crate) fn is_set(&self, name: &str) -> bool {
        !self.get(name).is_empty()
    }

    pub(crate) fn identity_hint(&self) -> String {
        format!("需要核验真实身份时填写（{}）。", self.law.particulars())
    }

    pub(crate) fn papers_label(&self) -> String {
        format!("已收授权委托书原件和受托人身份证明（{}）", self.law.agent())
    }

    pub(crate) fn others_hint(&self) -> String {
        format!("共同投诉：每行一人，姓名和电话（{}）。", self.law.joint())
    }

    /// Is the fold with the agent and the others in use?
    pub(crate) fn has_others(&self) -> bool {
        ["agent_name", "others", "representatives", "consumer_id"].iter().any(|it| self.is_set(it))
    }

    pub(crate) fn of(
        fields: Vec<(String, String)>,
        around: &Around,
        law: RuleVersion,
        errors: FormErrors,
    ) -> IntakeForm {
        let get = |name: &str| fields.iter().find(|it| it.0 == name).map_or("", |it| it.1.as_str());
        let is_kind = |kind: &CaseKind| fields.iter().any(|it| it.0 == "kind" && it.1 == kind.code());
        let kinds = CaseKind::ALL
            .iter()
            .map(|it| Choice { value: it.code().to_owned(), label: it.label().to_owned(), is_chosen: is_kind(it) })
            .collect();
        let demands = Demand::ALL
            .iter()
            .map(|it| {
                let name = format!("demand_{}", it.code());
                Choice { is_chosen: !get(&name).is_empty(), value: name, label: it.label().to_owned() }
            })
            .collect();
        IntakeForm {
            law,
            kinds,
            demands,
            channels: Channel::CHOICES.iter().map(|it| Choice::new(it.0, it.1, get("channel"))).collect(),
            categories: nodes(around, &[CategorySide::Goods, CategorySide::Service], get("category")),
            problems: nodes(around, &[CategorySide::Problem], get("problem")),
            errors,
            fields,
        }
    }

    /// The form as it was sent.
    pub(crate) fn typed(posted: &Posted, around: &Around, law: RuleVersion, errors: FormErrors) -> IntakeForm {
        IntakeForm::of(posted.fields().to_vec(), around, law, errors)
    }

    /// The form of stored particulars.
    pub(crate) fn stored(particulars: &Particulars, around: &Around, law: RuleVersion) -> IntakeForm {
        IntakeForm::of(fields_of(particulars), around, law, FormErrors::default())
    }
}

/// The particulars as fields of the form.
fn fields_of(particulars: &Particulars) -> Vec<(String, String)> {
    let (consumer, business) = (&particulars.consumer, &particulars.business);
    let agent = consumer.agent.clone().unwrap_or_default();
    let tick = |it: bool| if it { "1".to_owned() } else { String::new() };
    let mut fields: Vec<(String, String)> = [
        ("consumer_name", consumer.name.clone()),
        ("consumer_phone", consumer.phone.clone()),
        ("consumer_address", consumer.address.clone()),
        ("consumer_id", consumer.id_number.clone()),
        ("others", consumer.others.clone()),
        ("representatives", consumer.representatives.clone()),
        ("agent_name", agent.name),
        ("agent_phone", agent.phone),
        ("agent_authority", agent.authority),
        ("agent_papers", tick(agent.has_papers)),
        ("business_name", business.name.clone()),
        ("business_address", business.address.clone()),
        ("business_phone", business.phone.clone()),
        ("credit_code", business.credit_code.clone()),
        ("platform", business.platform.clone()),
        ("category", particulars.category.clone()),
        ("problem", particulars.problem.clone()),
        ("goods", particulars.goods.clone()),
        ("order_number", particulars.order_number.clone()),
        ("bought_on", particulars.bought_on.map(|it| it.to_string()).unwrap_or_default()),
        ("place", particulars.place.clone()),
        ("demand", particulars.demand.clone()),
        ("amount", particulars.amount_fen.map(yuan).unwrap_or_default()),
        ("text", particulars.text.clone()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    fields.extend(particulars.demands.iter().map(|it| (format!("demand_{}", it.code()), "1".to_owned())));
    fields
}

fn nodes(around: &Around, sides: &[CategorySide], current: &str) -> Vec<Choice> {
    let is_offered =
        |it: &&domain::complaint::category::Category| sides.contains(&it.side) && (it.is_active || it.code == current);
    let label = |it: &domain::complaint::category::Category| match it.side {
        CategorySide::Problem => it.name.clone(),
        side => format!("{}·{}", side.label(), it.name),
    };
    let nodes = around.categories.iter().filter(is_offered).map(|it| Choice::new(it.code.clone(), label(it), current));
    std::iter::once(Choice::new("", "未分类", current)).chain(nodes).collect()
}
