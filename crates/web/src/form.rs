//! Parts of forms that templates and handlers share.

/// One line of a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub is_chosen: bool,
}

impl Choice {
    /// A line that is chosen when its value is the current one.
    pub fn new(value: impl Into<String>, label: impl Into<String>, current: &str) -> Choice {
        let value = value.into();
        Choice { is_chosen: value == current, value, label: label.into() }
    }
}
