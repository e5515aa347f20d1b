//! Quotation marks within quotation marks (GB/T 15834: 双引号里面再用引号，用单引号).

/// A name within quotation marks; its own become single ones.
///
/// ```
/// use domain::quotation::quoted;
/// assert_eq!(quoted("“走近3·15”主题宣传活动"), "“‘走近3·15’主题宣传活动”");
/// ```
pub fn quoted(name: &str) -> String {
    format!("“{}”", name.replace('“', "‘").replace('”', "’"))
}
