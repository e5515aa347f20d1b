//! What may be longer than the rule, each with its reason. A list to keep short: an entry that is no longer needed is a finding.

/// Path and reason.
pub(crate) const LONG_FILES: &[(&str, &str)] = &[];

/// Path, function and reason.
pub(crate) const LONG_FUNCTIONS: &[(&str, &str, &str)] = &[
    (
        "crates/domain/src/campaign/kind.rs",
        "words",
        "a table: one kind a line with the words that suggest it; cutting it would scatter the list",
    ),
    ("crates/domain/src/complaint/permitted.rs", "is_open", "a table: one step a line with when it is open"),
    ("crates/domain/src/complaint/import.rs", "read_row", "a table: one column of the platform a line"),
    ("crates/web/src/complaint/show.rs", "draw", "the page of a case: one part of it a line"),
    ("crates/xiaobao/src/demo/complaints/special.rs", "make", "one story in the order of time"),
];
