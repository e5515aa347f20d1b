//! The one list of routes: method, path, who may use it, handler.
//!
//! The gate asks `Access` before the handler runs; finer rules (whose unit, which state) are asked by the handler from `permitted` of the area.

use std::time::Duration;

use axum::{
    Router,
    handler::Handler,
    http::{Method, StatusCode},
    middleware,
    routing::{MethodFilter, MethodRouter, on},
};
use domain::unit::{Actor, Role, permitted};
use store::campaign::{material::Material, media::Media};
use tower_http::timeout::TimeoutLayer;

use crate::campaign::{
    activities, activity, attachment, desk, difference, duty, edit, export, feed, notice, original, overview, paper,
    publish, review, session, step, units, venue,
};
use crate::statistics::file::{commit, export as file_export, merge, upload};
use crate::statistics::{
    approve, cell, form_change, form_edit, form_list, form_show, last_year, overview as returns, stat_return,
    step as return_step,
};
use crate::{
    App, again, api, assets, audit, complain, complaint, dashboard, gate, home, ledger, look, person, record, setting,
    sign_in, sign_in::account, summary, token, unit,
};

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody, without sign-in.
    Public,
    /// Everybody who is signed in.
    SignedIn,
    /// Another program that shows the token of a person (`/api/v1`); no cookie opens it.
    Token,
    /// Everybody with one of these roles.
    Roles(&'static [Role]),
}

impl Access {
    /// May this person (or stranger) use it?
    pub fn allows(self, actor: Option<&Actor>) -> bool {
        match self {
            Access::Public => true,
            Access::SignedIn => actor.is_some(),
            Access::Token => false,
            Access::Roles(roles) => actor.is_some_and(|actor| roles.contains(&actor.role)),
        }
    }
}

/// One line of the list.
pub(crate) struct Route {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) access: Access,
    pub(crate) upload: bool,
    handler: MethodRouter<App>,
}

impl Route {
    /// The form of this route may carry files (up to [`crate::posted::UPLOAD_LIMIT`]).
    fn with_files(mut self) -> Route {
        self.upload = true;
        self
    }
}

/// A page or file. `HEAD` comes with it.
fn get<H: Handler<T, App>, T: 'static>(path: &'static str, access: Access, handler: H) -> Route {
    Route { method: Method::GET, path, access, upload: false, handler: on(MethodFilter::GET, handler) }
}

/// A form. The gate reads it and checks its token; the handler takes `Posted`.
fn post<H: Handler<T, App>, T: 'static>(path: &'static str, access: Access, handler: H) -> Route {
    Route { method: Method::POST, path, access, upload: false, handler: on(MethodFilter::POST, handler) }
}

const PUBLIC: Access = Access::Public;
const SIGNED_IN: Access = Access::SignedIn;
/// Who takes part in activities; whose activity it is, the handlers ask.
const RECORDERS: Access = Access::Roles(&[Role::Office, Role::UnitLead, Role::Officer]);
/// Who imports notices and reviews drafts.
const EDITORS: Access = Access::Roles(&[Role::Admin, Role::Office]);
/// Who works with complaints or reads them; which ones, the handlers ask. The administrator has no part in them.
const CASES: Access = Access::Roles(&[Role::Office, Role::Leader, Role::UnitLead, Role::Officer, Role::Auditor]);
const ADMIN: Access = Access::Roles(permitted::MANAGE_PEOPLE);

/// Every route.
pub(crate) fn list() -> Vec<Route> {
    let mut routes = base();
    routes.extend(organisation());
    routes.extend(campaign());
    routes.extend(running());
    routes.extend(records());
    routes.extend(statistics());
    routes.extend(complaints());
    routes.extend(complaints_together());
    routes.extend(public_face());
    routes.extend(programs());
    routes.extend(summaries());
    routes.extend(form_files());
    routes
}

/// The program itself.
fn base() -> Vec<Route> {
    vec![
        get("/", PUBLIC, home::show),
        get("/help", PUBLIC, home::help),
        get("/again/{kept_page_id}", PUBLIC, again::show),
        get("/styleguide", PUBLIC, home::styleguide),
        get("/healthz", PUBLIC, home::health),
        get("/assets/{file}", PUBLIC, assets::show),
        get("/favicon.ico", PUBLIC, assets::favicon),
        post("/look", PUBLIC, look::update),
        get("/sign-in", PUBLIC, sign_in::show),
        post("/sign-in", PUBLIC, sign_in::create),
        post("/sign-out", SIGNED_IN, sign_in::destroy),
        get("/account", SIGNED_IN, account::show),
        post("/account/sign-ins/end", SIGNED_IN, account::end),
        get("/account/password", SIGNED_IN, account::edit_password),
        post("/account/password", SIGNED_IN, account::update_password),
    ]
}

/// Units, people, the trail.
fn organisation() -> Vec<Route> {
    vec![
        get("/units", SIGNED_IN, unit::list),
        get("/units/new", Access::Roles(permitted::CHANGE_UNITS), unit::new),
        post("/units", Access::Roles(permitted::CHANGE_UNITS), unit::create),
        get("/units/{unit_id}", SIGNED_IN, unit::show),
        get("/units/{unit_id}/edit", Access::Roles(permitted::CHANGE_UNITS), unit::edit),
        post("/units/{unit_id}/edit", Access::Roles(permitted::CHANGE_UNITS), unit::update),
        post("/units/{unit_id}/active", ADMIN, unit::set_active),
        get("/people", Access::Roles(permitted::SEE_PEOPLE), person::list),
        get("/people/new", ADMIN, person::new),
        post("/people", ADMIN, person::create),
        get("/people/{person_id}", Access::Roles(permitted::SEE_PEOPLE), person::show),
        get("/people/{person_id}/edit", ADMIN, person::edit),
        post("/people/{person_id}/edit", ADMIN, person::update),
        post("/people/{person_id}/password", ADMIN, person::reset_password),
        post("/people/{person_id}/unlock", ADMIN, person::unlock),
        post("/people/{person_id}/active", ADMIN, person::set_active),
        get("/audit", Access::Roles(permitted::READ_TRAIL), audit::list),
        get("/settings", ADMIN, setting::show),
        post("/settings", ADMIN, setting::update),
        get("/settings/tokens", ADMIN, token::list),
        post("/settings/tokens", ADMIN, token::create),
        post("/settings/tokens/{token_id}/end", ADMIN, token::end),
    ]
}

/// Notices, campaigns, activities, duties.
fn campaign() -> Vec<Route> {
    intake()
}

/// From the notice to the published campaign. A draft is there for its editors only: the handlers answer 404 to others.
fn intake() -> Vec<Route> {
    vec![
        get("/campaigns", SIGNED_IN, notice::list),
        get("/campaigns/import", EDITORS, notice::new),
        post("/campaigns/import", EDITORS, notice::create).with_files(),
        get("/campaigns/import/{notice_id}", EDITORS, notice::choose),
        post("/campaigns/import/{notice_id}", EDITORS, notice::chosen),
        get("/campaigns/{id}/review", SIGNED_IN, review::show),
        post("/campaigns/{id}/review/head", SIGNED_IN, review::head),
        post("/campaigns/{id}/review/activities/{key}", SIGNED_IN, review::activity),
        post("/campaigns/{id}/review/lines", SIGNED_IN, review::lines),
        post("/campaigns/{id}/review/requirements/{key}", SIGNED_IN, review::requirement),
        post("/campaigns/{id}/review/duties/{key}", SIGNED_IN, review::duty),
        post("/campaigns/{id}/review/forms/{key}", SIGNED_IN, review::stat_form),
        post("/campaigns/{id}/review/units", SIGNED_IN, units::update),
        post("/campaigns/{id}/review/warnings/{key}", SIGNED_IN, review::warning),
        post("/campaigns/{id}/publish", SIGNED_IN, publish::create),
        post("/campaigns/{id}/delete", SIGNED_IN, publish::delete),
        post("/campaigns/{id}/archive", SIGNED_IN, publish::archive),
        get("/campaigns/{id}/notice", SIGNED_IN, notice::show),
        get("/campaigns/{id}/notice/original", SIGNED_IN, original::show),
        get("/campaigns/{id}/reimport", SIGNED_IN, notice::renew),
        post("/campaigns/{id}/reimport", SIGNED_IN, notice::recreate).with_files(),
        get("/campaigns/{id}/difference", SIGNED_IN, difference::show),
        post("/campaigns/{id}/difference", SIGNED_IN, difference::apply),
    ]
}

/// The running campaign: its overview, activities, desks, report duties, venues, files and feeds.
fn running() -> Vec<Route> {
    vec![
        get("/desk", SIGNED_IN, desk::show),
        post("/desk/feed", SIGNED_IN, desk::renew_feed),
        post("/reminders/{reminder_id}/seen", SIGNED_IN, desk::seen),
        get("/campaigns/{id}", SIGNED_IN, overview::show),
        get("/campaigns/{id}/activities", SIGNED_IN, activities::list),
        get("/campaigns/{id}/activities.csv", SIGNED_IN, export::csv),
        get("/campaigns/{id}/duties", SIGNED_IN, duty::list),
        get("/campaigns/{id}/venues", SIGNED_IN, venue::list),
        post("/campaigns/{id}/venues", SIGNED_IN, venue::create),
        get("/campaigns/{id}/task-table.xlsx", SIGNED_IN, paper::as_xlsx),
        get("/campaigns/{id}/task-table.docx", SIGNED_IN, paper::as_docx),
        get("/campaigns/{id}/calendar.ics", SIGNED_IN, feed::campaign),
        post("/campaigns/{id}/feed", SIGNED_IN, feed::renew),
        get("/feed/{file}", PUBLIC, feed::show),
        get("/activities/{activity_id}", SIGNED_IN, activity::show),
        get("/activities/{activity_id}/edit", SIGNED_IN, edit::edit),
        post("/activities/{activity_id}/edit", SIGNED_IN, edit::update),
        post("/activities/{activity_id}/step", SIGNED_IN, step::take),
        post("/activities/{activity_id}/notes", SIGNED_IN, step::note),
        post("/activities/{activity_id}/remind", SIGNED_IN, step::remind),
        post("/activities/{activity_id}/sessions", SIGNED_IN, session::create),
        post("/activities/{activity_id}/attachments", SIGNED_IN, attachment::create).with_files(),
        get("/sessions/{session_id}/edit", SIGNED_IN, session::edit),
        post("/sessions/{session_id}/edit", SIGNED_IN, session::update),
        post("/sessions/{session_id}/remove", SIGNED_IN, session::remove),
        get("/attachments/{attachment_id}", SIGNED_IN, attachment::show),
        post("/attachments/{attachment_id}/remove", SIGNED_IN, attachment::remove),
        post("/tasks/{task_id}/finish", SIGNED_IN, step::finish_task),
        post("/tasks/{task_id}/reopen", SIGNED_IN, step::reopen_task),
        post("/duties/{report_duty_id}/hand-in", SIGNED_IN, duty::hand_in),
        post("/duties/{report_duty_id}/take-back", SIGNED_IN, duty::take_back),
        post("/duties/{report_duty_id}/remind", SIGNED_IN, duty::remind),
        get("/venues/{venue_id}/edit", SIGNED_IN, venue::edit),
        post("/venues/{venue_id}/edit", SIGNED_IN, venue::update),
        post("/venues/{venue_id}/remove", SIGNED_IN, venue::remove),
        get("/venues/{venue_id}/poster", SIGNED_IN, venue::poster),
    ]
}

/// Records, what a phone needs to take them without network, and the two ledgers.
fn records() -> Vec<Route> {
    vec![
        get("/records/new", RECORDERS, record::form::new),
        get("/records/token", SIGNED_IN, record::queue::token),
        get("/records/worker.js", PUBLIC, record::queue::worker),
        post("/records", RECORDERS, record::form::create).with_files(),
        get("/records/{record_id}", SIGNED_IN, record::show::show),
        get("/records/{record_id}/edit", RECORDERS, record::correct::edit),
        post("/records/{record_id}/edit", RECORDERS, record::correct::update).with_files(),
        post("/records/{record_id}/confirm", RECORDERS, record::show::confirm),
        post("/records/{record_id}/withdraw", RECORDERS, record::show::withdraw),
        post("/records/{record_id}/restore", RECORDERS, record::show::restore),
        get("/records/{record_id}/files/{attachment_id}", SIGNED_IN, record::file::show),
        post("/records/{record_id}/files/{attachment_id}/remove", RECORDERS, record::file::remove),
        get("/activities/{activity_id}/records", SIGNED_IN, record::list::of_activity),
        get("/campaigns/{id}/records", SIGNED_IN, record::list::of_campaign),
        get("/campaigns/{id}/records.csv", SIGNED_IN, record::export::csv),
        get("/campaigns/{id}/records.xlsx", SIGNED_IN, record::export::xlsx),
        get("/r/{code}", RECORDERS, record::code::open),
        get("/sessions/{session_id}/code", SIGNED_IN, record::code::of_session),
        get("/venues/{venue_id}/code", SIGNED_IN, record::code::of_venue),
        get("/campaigns/{id}/media", SIGNED_IN, ledger::media::list),
        post("/campaigns/{id}/media", RECORDERS, ledger::media::create),
        get("/campaigns/{id}/media.csv", SIGNED_IN, ledger::export::media_csv),
        get("/campaigns/{id}/media.xlsx", SIGNED_IN, ledger::export::media_xlsx),
        get("/media/{media_entry_id}", SIGNED_IN, ledger::media::show),
        post("/media/{media_entry_id}", RECORDERS, ledger::media::update),
        post("/media/{media_entry_id}/reads", RECORDERS, ledger::media::reads),
        post("/media/{media_entry_id}/files", RECORDERS, ledger::file::create).with_files(),
        get("/media/{media_entry_id}/files/{attachment_id}", SIGNED_IN, ledger::file::show),
        post("/media/{media_entry_id}/files/{attachment_id}/remove", RECORDERS, ledger::file::remove),
        post("/media/{media_entry_id}/{step}", RECORDERS, ledger::entry::turn::<Media>),
        get("/campaigns/{id}/materials", SIGNED_IN, ledger::material::list),
        post("/campaigns/{id}/materials", RECORDERS, ledger::material::create),
        get("/campaigns/{id}/materials.csv", SIGNED_IN, ledger::export::materials_csv),
        get("/campaigns/{id}/materials.xlsx", SIGNED_IN, ledger::export::materials_xlsx),
        get("/materials/{material_entry_id}", SIGNED_IN, ledger::material::show),
        post("/materials/{material_entry_id}", RECORDERS, ledger::material::update),
        post("/materials/{material_entry_id}/{step}", RECORDERS, ledger::entry::turn::<Material>),
    ]
}

/// A page is drawn within this time or not at all.
const REQUEST_TIME: Duration = Duration::from_secs(60);
/// The photos of a station come over a telephone line: 40 MB at half a megabit a second.
const UPLOAD_TIME: Duration = Duration::from_secs(900);
/// A stranger holds a place for so long.
const PUBLIC_UPLOAD_TIME: Duration = Duration::from_secs(240);
/// Complaints, tip-offs, inquiries.
fn complaints() -> Vec<Route> {
    vec![
        get("/complaints", CASES, complaint::list::list),
        get("/complaints.csv", CASES, complaint::export::csv),
        get("/complaints.xlsx", CASES, complaint::export::xlsx),
        get("/complaints/new", RECORDERS, complaint::intake::new),
        get("/complaints/quick", RECORDERS, complaint::intake::quick),
        post("/complaints", RECORDERS, complaint::intake::create),
        post("/complaints/bulk", CASES, complaint::bulk::take),
        get("/complaints/import", RECORDERS, complaint::import_page::new),
        post("/complaints/import", RECORDERS, complaint::import_page::create).with_files(),
        get("/complaints/escalations", CASES, complaint::escalation::list),
        get("/complaints/escalations.xlsx", CASES, complaint::escalation::xlsx),
        get("/complaints/import/{draft_id}", RECORDERS, complaint::mapping::show),
        post("/complaints/import/{draft_id}", RECORDERS, complaint::mapping::take),
        post("/complaints/mappings/{list_mapping_id}", RECORDERS, complaint::mapping::change),
        get("/complaints/mail", RECORDERS, complaint::mail::list),
        post("/complaints/mail", RECORDERS, complaint::mail::create).with_files(),
        get("/complaints/mail/{mail_id}", RECORDERS, complaint::mail::show),
        post("/complaints/mail/{mail_id}", RECORDERS, complaint::mail::confirm),
        post("/complaints/mail/{mail_id}/discard", RECORDERS, complaint::mail::discard),
        get("/complaints/mail/{mail_id}/files/{attachment_id}", RECORDERS, complaint::mail::show_file),
        post("/complaints/print", CASES, complaint::print::show),
        post("/complaints/print.docx", CASES, complaint::print::docx),
        get("/complaints/views", CASES, complaint::view::list),
        post("/complaints/views", CASES, complaint::view::create),
        post("/complaints/views/change", CASES, complaint::view::update),
        get("/complaints/{complaint_id}", CASES, complaint::show::show),
        get("/complaints/{complaint_id}/edit", CASES, complaint::correct::edit),
        post("/complaints/{complaint_id}/edit", CASES, complaint::correct::update),
        get("/complaints/{complaint_id}/split", CASES, complaint::split::new),
        post("/complaints/{complaint_id}/split", CASES, complaint::split::create),
        get("/complaints/letters/{kind}", RECORDERS, complaint::letter::edit),
        post("/complaints/letters/{kind}", RECORDERS, complaint::letter::update),
        get("/complaints/{complaint_id}/letters/new/{kind}", CASES, complaint::letter::new),
        post("/complaints/{complaint_id}/letters/new/{kind}", CASES, complaint::letter::create),
        get("/complaints/{complaint_id}/letters/{letter_id}", CASES, complaint::letter::show),
        get("/complaints/{complaint_id}/letters/{letter_id}/letter.docx", CASES, complaint::letter::docx),
        post("/complaints/{complaint_id}/join", CASES, complaint::join::create),
        post("/complaints/{complaint_id}/files", CASES, complaint::file::create).with_files(),
        get("/complaints/{complaint_id}/files/{file_id}", CASES, complaint::file::show),
        post("/complaints/{complaint_id}/files/{file_id}/remove", CASES, complaint::file::remove),
        get("/complaints/{complaint_id}/parties", CASES, complaint::look::ask),
        post("/complaints/{complaint_id}/parties", CASES, complaint::look::show),
        get("/complaints/{complaint_id}/dates/{term}", CASES, complaint::sheet::show),
        post("/complaints/{complaint_id}/steps/{step}", CASES, complaint::step::take),
    ]
}

/// What is seen of many complaints together, and what the bureau sets for them.
fn complaints_together() -> Vec<Route> {
    vec![
        get("/complaints/clusters", CASES, complaint::cluster::list),
        get("/complaints/clusters.xlsx", CASES, complaint::cluster::xlsx),
        get("/complaints/clusters/{basis}", CASES, complaint::cluster::show),
        post("/complaints/clusters/{basis}", CASES, complaint::arrange::take),
        get("/complaints/rates", CASES, complaint::rate::show),
        get("/complaints/rates.xlsx", CASES, complaint::rate::xlsx),
        get("/complaints/top", CASES, complaint::top::show),
        get("/complaints/top.xlsx", CASES, complaint::top::xlsx),
        get("/complaints/hours", CASES, complaint::hours::show),
        get("/complaints/hours.xlsx", CASES, complaint::hours::xlsx),
        get("/complaints/settings", SIGNED_IN, complaint::setting::show),
        post("/complaints/settings", SIGNED_IN, complaint::setting::update),
        post("/complaints/settings/holidays", SIGNED_IN, complaint::setting::holidays),
        post("/complaints/settings/categories", SIGNED_IN, complaint::setting::save_category),
    ]
}

/// The public face: who has no account complains, reports, asks, and follows what becomes of it.
fn public_face() -> Vec<Route> {
    vec![
        get("/complain", PUBLIC, complain::start),
        get("/complain/done", PUBLIC, complain::done::show),
        get("/complain/status", PUBLIC, complain::status::ask),
        post("/complain/status", PUBLIC, complain::status::find),
        get("/complain/mine", PUBLIC, complain::status::show),
        post("/complain/mine/leave", PUBLIC, complain::status::leave),
        get("/complain/mine/letters/{letter_id}", PUBLIC, complain::status::letter),
        post("/complain/mine/{number}/facts", PUBLIC, complain::step::supplement).with_files(),
        post("/complain/mine/{number}/withdraw", PUBLIC, complain::step::withdraw),
        post("/complain/mine/{number}/satisfaction", PUBLIC, complain::step::rate),
        get("/complain/{kind}", PUBLIC, complain::form::new),
        post("/complain/{kind}", PUBLIC, complain::form::create).with_files(),
        get("/complaints/settings/public", SIGNED_IN, complain::setting::show),
        post("/complaints/settings/public", SIGNED_IN, complain::setting::update),
    ]
}

/// Complaints for other programs.
fn programs() -> Vec<Route> {
    vec![
        get("/api/openapi.json", PUBLIC, api::contract),
        get("/api/v1/complaints", Access::Token, api::list),
        post("/api/v1/complaints", Access::Token, api::create),
        get("/api/v1/complaints/{id}", Access::Token, api::show),
        post("/api/v1/complaints/{id}/dispatch", Access::Token, api::dispatch),
        post("/api/v1/complaints/{id}/accept", Access::Token, api::accept),
        post("/api/v1/complaints/{id}/close", Access::Token, api::close),
    ]
}

/// Statistics forms, the returns of the units, and what stands behind each number.
fn statistics() -> Vec<Route> {
    vec![
        get("/campaigns/{id}/forms", SIGNED_IN, form_list::list),
        get("/campaigns/{id}/forms/new", SIGNED_IN, form_list::new),
        post("/campaigns/{id}/forms", SIGNED_IN, form_list::create),
        get("/forms/{stat_form_id}", SIGNED_IN, form_show::show),
        get("/forms/{stat_form_id}/edit", SIGNED_IN, form_edit::edit),
        post("/forms/{stat_form_id}/edit", SIGNED_IN, form_edit::update),
        post("/forms/{stat_form_id}/bindings", SIGNED_IN, form_change::confirm),
        post("/forms/{stat_form_id}/annex", SIGNED_IN, form_change::decide_annex),
        get("/forms/{stat_form_id}/last-year", SIGNED_IN, last_year::show),
        post("/forms/{stat_form_id}/last-year", SIGNED_IN, form_change::from_last_year),
        get("/forms/{stat_form_id}/returns", SIGNED_IN, returns::list),
        post("/forms/{stat_form_id}/remind", SIGNED_IN, returns::remind),
        post("/forms/{stat_form_id}/approve", SIGNED_IN, approve::approve),
        get("/forms/{stat_form_id}/units/{unit_id}", SIGNED_IN, stat_return::start),
        post("/forms/{stat_form_id}/units/{unit_id}", RECORDERS, stat_return::begin),
        get("/returns/{stat_return_id}", SIGNED_IN, stat_return::show),
        post("/returns/{stat_return_id}", RECORDERS, stat_return::update),
        post("/returns/{stat_return_id}/step", SIGNED_IN, return_step::take_step),
        get("/returns/{stat_return_id}/cells/{key}", SIGNED_IN, cell::show),
    ]
}

/// The report drafted from the records, and what each of its figures counts.
fn summaries() -> Vec<Route> {
    vec![
        get("/campaigns/{id}/summary", SIGNED_IN, summary::show::show),
        post("/campaigns/{id}/summary", RECORDERS, summary::step::redraft),
        get("/campaigns/{id}/summary/edit", RECORDERS, summary::edit::edit),
        post("/campaigns/{id}/summary/edit", RECORDERS, summary::edit::update),
        post("/campaigns/{id}/summary/restore", RECORDERS, summary::step::restore),
        post("/campaigns/{id}/summary/final", RECORDERS, summary::finish::finish),
        get("/campaigns/{id}/summary.docx", SIGNED_IN, summary::paper::as_docx),
        get("/campaigns/{id}/figures", SIGNED_IN, summary::origins::list),
        get("/campaigns/{id}/dashboard", SIGNED_IN, dashboard::show),
    ]
}

/// Forms as files: the superior's form in, the units' forms in, everything out in the superior's layout.
fn form_files() -> Vec<Route> {
    vec![
        get("/campaigns/{id}/forms/upload", SIGNED_IN, upload::new),
        post("/campaigns/{id}/forms/upload", SIGNED_IN, upload::create).with_files(),
        post("/campaigns/{id}/forms/uploaded", SIGNED_IN, upload::keep),
        get("/forms/{stat_form_id}/empty.xlsx", SIGNED_IN, file_export::empty_xlsx),
        get("/forms/{stat_form_id}/empty.docx", SIGNED_IN, file_export::empty_docx),
        get("/forms/{stat_form_id}/print", SIGNED_IN, file_export::print_empty),
        get("/forms/{stat_form_id}/total.xlsx", SIGNED_IN, file_export::total_xlsx),
        get("/forms/{stat_form_id}/total.docx", SIGNED_IN, file_export::total_docx),
        get("/forms/{stat_form_id}/total.csv", SIGNED_IN, file_export::total_csv),
        get("/forms/{stat_form_id}/units.xlsx", SIGNED_IN, file_export::units_xlsx),
        get("/forms/{stat_form_id}/units.csv", SIGNED_IN, file_export::units_csv),
        get("/forms/{stat_form_id}/merge", SIGNED_IN, merge::new),
        post("/forms/{stat_form_id}/merge", SIGNED_IN, merge::create).with_files(),
        get("/merges/{form_merge_id}", SIGNED_IN, merge::show),
        post("/merges/{form_merge_id}", SIGNED_IN, commit::create),
        post("/merges/{form_merge_id}/units", SIGNED_IN, merge::choose),
        get("/merges/{form_merge_id}/result.xlsx", SIGNED_IN, merge::result),
        get("/returns/{stat_return_id}/export.xlsx", SIGNED_IN, file_export::return_xlsx),
        get("/returns/{stat_return_id}/export.docx", SIGNED_IN, file_export::return_docx),
        get("/returns/{stat_return_id}/export.csv", SIGNED_IN, file_export::return_csv),
        get("/returns/{stat_return_id}/print", SIGNED_IN, file_export::print_return),
        get("/returns/{stat_return_id}/files/{attachment_id}", SIGNED_IN, file_export::original),
    ]
}

/// The list as a router, each handler behind its gate.
pub(crate) fn router(app: &App) -> Router<App> {
    let mut router = Router::new();
    for route in list() {
        let gate = gate::Gate { app: app.clone(), access: route.access, upload: route.upload };
        let time = if route.upload && route.access == PUBLIC {
            PUBLIC_UPLOAD_TIME
        } else if route.upload {
            UPLOAD_TIME
        } else {
            REQUEST_TIME
        };
        let handler: MethodRouter<App> = route.handler.layer(middleware::from_fn_with_state(gate, gate::pass));
        let handler = handler.layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, time));
        #[expect(clippy::disallowed_methods, reason = "this is the one place that hands the list to axum")]
        {
            router = router.route(route.path, handler);
        }
    }
    router
}

/// Who may use the route that answers this path; `None` when there is none.
pub(crate) fn access_of(method: &Method, path: &str) -> Option<Access> {
    static LIST: std::sync::LazyLock<Vec<(Method, &'static str, Access)>> =
        std::sync::LazyLock::new(|| list().into_iter().map(|r| (r.method, r.path, r.access)).collect());
    let path = path.split(['?', '#']).next().unwrap_or_default();
    // A literal segment wins over a parameter, as in the router.
    let mut found: Vec<_> = LIST.iter().filter(|(m, pattern, _)| m == method && is_match(pattern, path)).collect();
    found.sort_by_key(|(_, pattern, _)| pattern.matches('{').count());
    found.first().map(|(_, _, access)| *access)
}

fn is_match(pattern: &str, path: &str) -> bool {
    let mut wanted = pattern.split('/');
    let mut given = path.split('/');
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(w), Some(_)) if w.starts_with("{*") => return true,
            (Some(w), Some(g)) if w == g || (w.starts_with('{') && !g.is_empty()) => {}
            _ => return false,
        }
    }
}
