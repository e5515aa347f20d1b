//! What a person typed wrong: one sentence per field, kept in the order of the form.

/// The errors of one form: field name → sentence. An empty list means the form is fine.
///
/// ```
/// let mut errors = domain::FormErrors::default();
/// errors.add("title", "请填写活动名称。");
/// assert_eq!(errors.of("title"), Some("请填写活动名称。"));
/// assert!(errors.into_result(()).is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FormErrors(Vec<(String, String)>);

impl FormErrors {
    /// One field, one sentence.
    pub fn one(field: impl Into<String>, sentence: impl Into<String>) -> FormErrors {
        let mut errors = FormErrors::default();
        errors.add(field, sentence);
        errors
    }

    /// Adds a sentence; the first one of a field wins, because a person reads one at a time.
    pub fn add(&mut self, field: impl Into<String>, sentence: impl Into<String>) {
        let field = field.into();
        if self.of(&field).is_none() {
            self.0.push((field, sentence.into()));
        }
    }

    /// The sentence of a field.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == field).map(|(_, sentence)| sentence.as_str())
    }

    /// Nothing wrong?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every field with its sentence, in the order of the form.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(field, sentence)| (field.as_str(), sentence.as_str()))
    }

    /// The value, when nothing is wrong.
    ///
    /// # Errors
    /// The errors, when there are some.
    pub fn into_result<T>(self, value: T) -> Result<T, FormErrors> {
        if self.is_empty() { Ok(value) } else { Err(self) }
    }
}
