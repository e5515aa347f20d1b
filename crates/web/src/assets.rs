//! The style sheet, the script and the icons, each one file with its hash in the address.

use std::sync::LazyLock;

use axum::{
    extract::Path,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use crate::{Answer, Error, keys};

/// A file of the look.
pub(crate) struct Asset {
    url: String,
    media_type: &'static str,
    text: String,
}

impl Asset {
    fn new(stem: &str, ending: &str, media_type: &'static str, text: String) -> Asset {
        let hash: String = keys::hash_of(&text).chars().take(16).collect();
        Asset { url: format!("/assets/{stem}-{hash}.{ending}"), media_type, text }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

/// The layers in their order; a later one may lean on an earlier one.
const LAYERS: &[&str] = &[
    include_str!("../assets/css/1-tokens.css"),
    DARK,
    include_str!("../assets/css/2-base.css"),
    include_str!("../assets/css/3-shell.css"),
    include_str!("../assets/css/4-forms.css"),
    include_str!("../assets/css/5-parts.css"),
    include_str!("../assets/css/6-views.css"),
    include_str!("../assets/css/7-pages.css"),
    include_str!("../assets/css/8-intake.css"),
    include_str!("../assets/css/8-campaign.css"),
    include_str!("../assets/css/8-record.css"),
    include_str!("../assets/css/8-statistics.css"),
    include_str!("../assets/css/8-complaint.css"),
    include_str!("../assets/css/8-public.css"),
    include_str!("../assets/css/8-summary.css"),
    include_str!("../assets/css/8-dashboard.css"),
    include_str!("../assets/css/8-merge.css"),
    GRID,
    include_str!("../assets/css/9-print.css"),
];

/// Stands for the dark tokens, which are needed twice: by the machine's wish and by the switch.
const DARK: &str = "dark";
/// Stands for the counted classes.
const GRID: &str = "grid";

pub(crate) fn css() -> &'static Asset {
    static CSS: LazyLock<Asset> = LazyLock::new(|| {
        let text: String = LAYERS
            .iter()
            .map(|layer| match *layer {
                DARK => dark(),
                GRID => counted_classes(),
                layer => layer.to_owned(),
            })
            .collect();
        Asset::new("xiaobao", "css", "text/css; charset=utf-8", text)
    });
    &CSS
}

pub(crate) fn script() -> &'static Asset {
    static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
        Asset::new("xiaobao", "js", "text/javascript; charset=utf-8", include_str!("../assets/xiaobao.js").to_owned())
    });
    &SCRIPT
}

/// Only on the pages of records: what is saved without network waits in the browser.
pub(crate) fn record_script() -> &'static Asset {
    static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
        Asset::new("record", "js", "text/javascript; charset=utf-8", include_str!("../assets/record.js").to_owned())
    });
    &SCRIPT
}

pub(crate) fn sprite() -> &'static Asset {
    static SPRITE: LazyLock<Asset> =
        LazyLock::new(|| Asset::new("icons", "svg", "image/svg+xml", include_str!("../assets/icons.svg").to_owned()));
    &SPRITE
}

fn dark() -> String {
    let tokens = include_str!("../assets/css/1-tokens-dark.css");
    format!(
        "@media (prefers-color-scheme: dark) {{ :root:not([data-theme=light]) {{ {tokens} }} }}\n\
         :root[data-theme=dark] {{ {tokens} }}\n"
    )
}

/// Classes with a number in them, because the policy forbids `style=""`: `from-3 span-12` places a bar of a
/// Gantt chart in its column, `cols-31` says how many columns there are, `fill-40` fills a bar to 40 %.
fn counted_classes() -> String {
    let mut text = String::new();
    for n in 1..=200 {
        text += &format!(
            ".from-{n}{{grid-column-start:{n}}}.span-{n}{{grid-column-end:span {n}}}.cols-{n}{{--cols:{n}}}\n"
        );
    }
    for n in 0..=100 {
        text += &format!(".fill-{n}{{--fill:{n}%}}\n");
    }
    text
}

/// `GET /assets/{file}`
pub(crate) async fn show(Path(file): Path<String>) -> Answer {
    let all = [css(), script(), record_script(), sprite()];
    let asset = all.into_iter().find(|asset| asset.url.strip_prefix("/assets/") == Some(file.as_str()));
    let asset = asset.ok_or(Error::NotFound)?;
    Ok(forever(asset.media_type, asset.text.as_str()))
}

/// `GET /favicon.ico`: the seal.
pub(crate) async fn favicon() -> Answer {
    Ok(forever("image/svg+xml", include_str!("../assets/seal.svg")))
}

fn forever(media_type: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    (headers, text).into_response()
}
