//! Statistics (统计): the forms of a campaign, the returns of the units, and what stands behind each number.

pub(crate) mod approve;
pub(crate) mod before;
pub(crate) mod cell;
pub(crate) mod desk;
pub(crate) mod file;
pub(crate) mod filling;
pub(crate) mod form_change;
pub(crate) mod form_edit;
pub(crate) mod form_list;
pub(crate) mod form_show;
pub(crate) mod last_year;
mod looks;
pub(crate) mod overview;
pub(crate) mod scene;
mod sheet;
pub(crate) mod stat_return;
pub(crate) mod step;

#[cfg(test)]
mod tests;

pub(crate) use scene::Counts;

use crate::Error;

/// Who may not change a form reads why.
fn not_the_office(is_running: bool) -> Error {
    if is_running {
        Error::Forbidden("统计表由活动办公室修改。要改项目或口径，请告诉活动办公室。".into())
    } else {
        Error::Forbidden("这个活动方案已归档，统计表不能再改。".into())
    }
}
