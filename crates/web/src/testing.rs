//! Tests in process: `TestApp` is the whole program on a fresh database, a `Visitor` is a browser, a `Page` has checked itself.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use domain::{
    Id,
    unit::{Actor, Role, UnitKind},
};
use jiff::{SignedDuration, Timestamp};
use store::{Db, person::NewPerson, unit::NewUnit};
use tower::ServiceExt;

use crate::{App, Clock, Config, Keys};

mod page;

pub(crate) use page::Page;

/// The password of everybody in the tests.
pub(crate) const PASSWORD: &str = "three green kettles";

/// The program on a fresh database, with one bureau, two units below it, and one person per role.
pub(crate) struct TestApp {
    pub(crate) app: App,
    service: Router,
    now: Arc<Mutex<Timestamp>>,
    /// 青石区市场监督管理局, 市场和网监科 (office), 青石监管所 and, below it, 青石监管所北站.
    pub(crate) bureau: Id,
    pub(crate) section: Id,
    pub(crate) field_office: Id,
    pub(crate) station: Id,
    _data: Option<tempfile::TempDir>,
}

/// It is 9 o'clock on 1 March 2024 in every test.
pub(crate) const BEGIN: &str = "2024-03-01T01:00:00Z";

impl TestApp {
    /// On SQLite.
    pub(crate) async fn new() -> TestApp {
        let data = tempfile::tempdir().unwrap();
        let db = Db::open(data.path(), None).await.unwrap();
        let mut app = TestApp::on(db).await;
        app._data = Some(data);
        app
    }

    /// On a database of the test: `store::testing::each_engine(async |db| { let app = TestApp::on(db).await; … }).await`.
    pub(crate) async fn on(db: Db) -> TestApp {
        let now = Arc::new(Mutex::new(BEGIN.parse().unwrap()));
        let told = now.clone();
        let clock = Clock::new(move || *told.lock().unwrap());
        let files = store::files::Files::open(db.data()).unwrap();
        let app = App::new(db, clock, Keys::of([7; 32]), files, Config::default());
        let [bureau, section, field_office, station] = fixture(&app).await;
        let service = crate::service(app.clone());
        TestApp { app, service, now, bureau, section, field_office, station, _data: None }
    }

    /// Lets time pass.
    pub(crate) fn wait(&self, minutes: i64) {
        let mut now = self.now.lock().unwrap();
        *now += SignedDuration::from_mins(minutes);
    }

    /// The database.
    pub(crate) fn db(&self) -> &Db {
        &self.app.db
    }

    /// A browser nobody has signed in with.
    pub(crate) fn stranger(&self) -> Visitor {
        Visitor { service: self.service.clone(), cookies: Mutex::default() }
    }

    /// A browser signed in as the person of that role (logins are `admin office leader unit_lead officer auditor`).
    pub(crate) async fn visitor(&self, role: Role) -> Visitor {
        let visitor = self.stranger();
        visitor.sign_in(&login_of(role), PASSWORD).await;
        visitor
    }

    /// The actor of that role.
    pub(crate) async fn actor(&self, role: Role) -> Actor {
        let login = login_of(role);
        let work = self.app.db.read(async move |tx| {
            let (person, _) = store::person::find_by_login(&tx, &login).await?.ok_or(store::Error::NotFound)?;
            store::person::actor(&tx, &person).await
        });
        work.await.unwrap()
    }
}

fn login_of(role: Role) -> String {
    serde_json::to_value(role).unwrap().as_str().unwrap().to_owned()
}

async fn fixture(app: &App) -> [Id; 4] {
    // One hash for everybody: hashing is slow on purpose.
    static HASH: tokio::sync::OnceCell<String> = tokio::sync::OnceCell::const_new();
    let hash = HASH.get_or_init(async || crate::password::hash(PASSWORD.to_owned()).await.unwrap()).await.clone();
    let at = app.clock.now();
    let work = app.db.write(async move |tx| {
        let mut ids: Vec<Id> = Vec::new();
        for (parent, name, kind) in [
            (None, "青石区市场监督管理局", UnitKind::Regulator),
            (Some(0), "市场和网监科", UnitKind::Section),
            (Some(0), "青石监管所", UnitKind::FieldOffice),
            (Some(2), "青石监管所北站", UnitKind::Other),
        ] {
            let parent_id = parent.map(|i: usize| ids[i].clone());
            let new =
                NewUnit { parent_id, name: name.into(), short_name: name.into(), kind, sort_key: ids.len() as i64 };
            ids.push(store::unit::insert(&tx, &new, at).await?.unit_id);
        }
        for (role, name, unit) in [
            (Role::Admin, "管某", 0),
            (Role::Office, "周某", 1),
            (Role::Leader, "李某", 0),
            (Role::UnitLead, "吴某", 2),
            (Role::Officer, "郑某", 2),
            (Role::Auditor, "冯某", 0),
        ] {
            let new = NewPerson {
                unit_id: ids[unit].clone(),
                login: login_of(role),
                name: name.into(),
                role,
                password_hash: hash.clone(),
                must_change_password: false,
            };
            store::person::insert(&tx, &new, at).await?;
        }
        store::setting::save(&tx, crate::complain::FACE, r#"{"is_on":true}"#, None).await?;
        Ok(<[Id; 4]>::try_from(ids).unwrap())
    });
    work.await.unwrap()
}

/// A browser: it keeps cookies and sends what a browser sends.
pub(crate) struct Visitor {
    service: Router,
    cookies: Mutex<BTreeMap<String, String>>,
}

impl Visitor {
    /// Fetches a page; it must be there and be in order.
    pub(crate) async fn get(&self, path: &str) -> Page {
        let answer = self.fetch(path).await;
        assert_eq!(answer.status, StatusCode::OK, "GET {path}: {}", answer.location());
        answer.checked()
    }

    /// Fetches whatever is there.
    pub(crate) async fn fetch(&self, path: &str) -> Page {
        self.send(Method::GET, path, Body::empty(), &[]).await
    }

    /// Fetches and follows redirects.
    pub(crate) async fn follow(&self, path: &str) -> Page {
        let mut answer = self.fetch(path).await;
        for _ in 0..5 {
            if answer.status != StatusCode::SEE_OTHER {
                break;
            }
            answer = self.fetch(&answer.location()).await;
        }
        answer
    }

    /// Sends a form with the token of a page of this visitor. The answer is checked when it is a page.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let token = self.token().await;
        self.post_raw(path, &[&[("token", token.as_str())], fields].concat()).await
    }

    /// Sends a form just as it is given.
    pub(crate) async fn post_raw(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let form = [(header::CONTENT_TYPE.as_str(), "application/x-www-form-urlencoded")];
        self.send(Method::POST, path, Body::from(body), &form).await
    }

    /// Sends a form with files: (field, file name, bytes).
    pub(crate) async fn upload(&self, path: &str, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Page {
        self.upload_as(path, fields, files, &[]).await
    }

    /// [`Visitor::upload`] with headers of its own.
    pub(crate) async fn upload_as(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &str, &[u8])],
        headers: &[(&str, &str)],
    ) -> Page {
        let token = self.token().await;
        let mut body = Vec::new();
        for (name, value) in [("token", token.as_str())].iter().chain(fields) {
            body.extend(format!("--xb\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
        }
        for (name, file, bytes) in files {
            let head = format!("--xb\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\r\n");
            body.extend(head.bytes().chain(bytes.iter().copied()).chain(*b"\r\n"));
        }
        body.extend(b"--xb--\r\n");
        let form = [(header::CONTENT_TYPE.as_str(), "multipart/form-data; boundary=xb")];
        self.send(Method::POST, path, Body::from(body), &[&form, headers].concat()).await
    }

    /// A token for a form.
    pub(crate) async fn token(&self) -> String {
        let page = self.fetch("/help").await;
        page.value_of("token")
    }

    /// Signs in through the page.
    pub(crate) async fn sign_in(&self, login: &str, password: &str) {
        let answer = self.post("/sign-in", &[("login", login), ("password", password)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{login}: {}", answer.text());
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    pub(crate) fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
    }

    /// Sends any request.
    pub(crate) async fn send(&self, method: Method, path: &str, body: Body, headers: &[(&str, &str)]) -> Page {
        let mut request = Request::builder().method(&method).uri(path).header(header::HOST, "xiaobao.test");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let cookies: Vec<String> = self.cookies.lock().unwrap().iter().map(|(n, v)| format!("{n}={v}")).collect();
        let request = request.header(header::COOKIE, cookies.join("; ")).body(body).unwrap();
        let response = self.service.clone().oneshot(request).await.unwrap();
        self.keep_cookies(response.headers());
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let page = Page { path: path.to_owned(), status, headers, bytes: bytes.to_vec() };
        // A refused complaint form is led to its page, as a browser follows it.
        if method == Method::POST && page.location().starts_with("/again/") {
            return Box::pin(self.fetch(&page.location())).await;
        }
        let is_page = page.header("content-type").starts_with("text/html") && method != Method::HEAD;
        if is_page { page.checked() } else { page }
    }

    fn keep_cookies(&self, headers: &header::HeaderMap) {
        for line in headers.get_all(header::SET_COOKIE) {
            let line = line.to_str().unwrap();
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            let mut cookies = self.cookies.lock().unwrap();
            if line.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}
