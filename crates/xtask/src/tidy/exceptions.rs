//! What may be longer than the rule, each with its reason. A list to keep short: an entry that is no longer needed is a finding.

/// Path and reason.
pub(crate) const LONG_FILES: &[(&str, &str)] = &[];

/// Path, function and reason.
pub(crate) const LONG_FUNCTIONS: &[(&str, &str, &str)] = &[(
    "crates/domain/src/campaign/kind.rs",
    "words",
    "a table: one kind a line with the words that suggest it; cutting it would scatter the list",
)];
