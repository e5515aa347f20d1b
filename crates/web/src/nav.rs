//! The lines of the navigation. A line is shown when its route is there for the person, so it cannot disagree with the list of routes.

use axum::http::Method;
use domain::unit::Actor;

use crate::routes;

/// One line of the navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub path: &'static str,
    pub label: &'static str,
    /// The name of the icon in the sprite.
    pub icon: &'static str,
    pub is_current: bool,
}

/// Path, label, icon; the first four stand in the bottom bar of a phone.
const LINES: &[(&str, &str, &str)] = &[
    ("/desk", "我的工作台", "desk"),
    ("/records/new", "记一次", "camera"),
    ("/complaints", "投诉举报", "phone"),
    ("/campaigns", "活动方案", "campaign"),
    ("/campaigns/import", "导入通知", "import"),
    ("/units", "单位", "unit"),
    ("/people", "人员", "people"),
    ("/audit", "审计日志", "audit"),
    ("/settings", "设置", "settings"),
    ("/help", "帮助", "help"),
];

/// The lines this person may open.
pub(crate) fn lines(actor: Option<&Actor>, path: &str) -> Vec<Line> {
    let here = path.split('?').next().unwrap_or_default();
    let may_open = |path| routes::access_of(&Method::GET, path).is_some_and(|access| access.allows(actor));
    let lines = LINES.iter().filter(|(path, _, _)| may_open(path));
    let is_below = |path: &str| here == path || here.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
    // The longest line that leads here is the current one: /campaigns/import stands below /campaigns.
    let current = LINES.iter().map(|(path, _, _)| *path).filter(|path| is_below(path)).max_by_key(|path| path.len());
    let is_current = |path: &str| current == Some(path);
    lines.map(|&(path, label, icon)| Line { path, label, icon, is_current: is_current(path) }).collect()
}
