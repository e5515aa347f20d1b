//! Venues (会场): where a campaign meets the public.

use serde::{Deserialize, Serialize};

/// What a venue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VenueKind {
    /// 主会场.
    Main,
    /// 分会场.
    Satellite,
    /// 咨询点.
    Stand,
}

impl VenueKind {
    /// Every kind, the main venue first.
    pub const ALL: &[VenueKind] = &[VenueKind::Main, VenueKind::Satellite, VenueKind::Stand];

    /// The code in the database and in forms.
    pub fn code(self) -> &'static str {
        match self {
            VenueKind::Main => "main",
            VenueKind::Satellite => "satellite",
            VenueKind::Stand => "stand",
        }
    }

    /// The kind of a code; `None` for anything else.
    pub fn from_code(code: &str) -> Option<VenueKind> {
        VenueKind::ALL.iter().copied().find(|it| it.code() == code)
    }

    /// The word on the page.
    pub fn label(self) -> &'static str {
        match self {
            VenueKind::Main => "主会场",
            VenueKind::Satellite => "分会场",
            VenueKind::Stand => "咨询点",
        }
    }
}
