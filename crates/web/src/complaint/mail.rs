//! `/complaints/mail`: e-mails that people sent to the bureau become cases: read in the child, looked over beside their text, registered.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::complaint::case::CaseKind;
use domain::complaint::intake::{Particulars, is_whole};
use domain::complaint::mail::prefill;
use domain::unit::Actor;
use domain::{FormErrors, Id};
use gongwen::mail::Mail as ReadMail;
use jiff::Timestamp;
use store::attachment::{self, Attachment, NewAttachment};
use store::complaint::case::Case;
use store::complaint::file::{self, NewFile, Origin};
use store::complaint::follow as codes;
use store::complaint::mail::{self, Mail, MailContent, MailStatus};
use store::event::{self, NewEvent};
use store::{Read, Tx, new_id};

use super::Around;
use super::intake::{Earlier, Made, Undone, earlier, read, register};
use super::intake_form::IntakeForm;
use super::look::{self, Opening, Trace};
use crate::evidence::Kept;
use crate::{Answer, App, Error, Frame, Posted, PostedFile, Visitor, clock, evidence, keys, page, reader};

/// The most e-mails of one upload.
const MOST: usize = 20;
/// The area of the files of an e-mail that is no case yet.
const AREA: &str = "complaint_mail";

/// One e-mail that waits.
struct Line {
    id: Id,
    at: String,
    from: String,
    subject: String,
}

#[derive(Template)]
#[template(path = "complaint/mails.html")]
struct List {
    frame: Frame,
    may_read: bool,
    lines: Vec<Line>,
    /// What became of an upload: a sentence, and where it leads.
    outcomes: Vec<(String, String)>,
    errors: FormErrors,
}

#[derive(Template)]
#[template(path = "complaint/mail.html")]
struct Show {
    frame: Frame,
    mail: Mail,
    at: String,
    files: Vec<Attachment>,
    cases: Vec<Case>,
    form: IntakeForm,
    client_key: String,
    earlier: Vec<Earlier>,
}

impl Show {
    fn is_open(&self) -> bool {
        self.mail.status != MailStatus::Registered
    }
}

/// Who has no part in it need not know which e-mails there are.
fn must_be_intake(around: &Around, actor: &Actor) -> Result<(), Error> {
    if around.desk.is_intake(actor) { Ok(()) } else { Err(Error::NotFound) }
}

async fn intake(app: &App, actor: &Actor) -> Result<Around, Error> {
    let around = app.db.read(async |tx| Around::load(&tx).await).await?;
    must_be_intake(&around, actor)?;
    Ok(around)
}

async fn draw_list(app: &App, frame: Frame, outcomes: Vec<(String, String)>, errors: FormErrors) -> Answer {
    let open = app.db.read(async |tx| mail::list_open(&tx).await).await?;
    let line = |it: Mail| Line {
        at: clock::in_words(it.received_at),
        from: if it.content.from_name.is_empty() { it.content.from_address } else { it.content.from_name },
        subject: if it.content.subject.is_empty() { "（没有主题）".to_owned() } else { it.content.subject },
        id: it.complaint_mail_id,
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page::page_with(
        status,
        &List { frame, may_read: true, lines: open.into_iter().map(line).collect(), outcomes, errors },
    )
}

/// `GET /complaints/mail`
pub(crate) async fn list(State(app): State<App>, frame: Frame, Visitor(actor): Visitor) -> Answer {
    if !super::import_page::is_intake(&app, &actor).await? {
        let (lines, outcomes, errors) = (Vec::new(), Vec::new(), FormErrors::default());
        return page::page(&List { frame, may_read: false, lines, outcomes, errors });
    }
    draw_list(&app, frame, Vec::new(), FormErrors::default()).await
}

/// `POST /complaints/mail`
pub(crate) async fn create(State(app): State<App>, frame: Frame, Visitor(actor): Visitor, posted: Posted) -> Answer {
    if !super::import_page::is_intake(&app, &actor).await? {
        return Err(Error::Forbidden("邮件由投诉举报机构登记。".into()));
    }
    let mut errors = FormErrors::default();
    let mut outcomes = Vec::new();
    let mut last = None;
    let sent: Vec<PostedFile> = posted.files("files").take(MOST).cloned().collect();
    if sent.is_empty() {
        errors.add("files", "请选择从邮箱里导出的 .eml 文件。");
    }
    let n_sent = sent.len();
    for file in sent {
        match reader::read_mail(file.bytes.clone()).await {
            Err(error) => errors.add("files", format!("“{}”：{error}", file.name)),
            Ok(read) => {
                let (id, sentence) = keep(&app, &actor, read, file).await?;
                let path = format!("/complaints/mail/{id}");
                last = Some(path.clone());
                outcomes.push((sentence, path));
            }
        }
    }
    match (last, errors.is_empty(), n_sent) {
        (Some(path), true, 1) => {
            let sentence = outcomes.first().map(|it| it.0.clone()).unwrap_or_default();
            page::done(&path, &sentence)
        }
        _ => draw_list(&app, frame, outcomes, errors).await,
    }
}

/// Keeps an e-mail with its files, or finds the one it is.
async fn keep(app: &App, actor: &Actor, read: ReadMail, original: PostedFile) -> Result<(Id, String), Error> {
    // A mail without a number is known again by its bytes.
    let message_id = match read.message_id.is_empty() {
        true => keys::hash_of(&keys::hex(&original.bytes)),
        false => read.message_id.clone(),
    };
    let wanted = message_id.clone();
    let earlier = app.db.read(async move |tx| known(&tx, &wanted).await).await?;
    if let Some(earlier) = earlier {
        return Ok(earlier);
    }
    let mut content = MailContent {
        from_name: read.from_name,
        from_address: read.from_address,
        subject: read.subject,
        text: read.text,
        notes: read.notes,
    };
    let mut files = Vec::new();
    for attached in read.files {
        let posted = PostedFile { field: "files".to_owned(), name: attached.name.clone(), bytes: attached.bytes };
        match evidence::accept(posted).await? {
            Ok(accepted) => {
                let saved = app.files.save_sealed(accepted.bytes).await?;
                files.push((accepted.name, accepted.kind.media_type().to_owned(), saved));
            }
            Err(sentence) => content.notes.push(format!("附件没有单独留存：{sentence}它仍在邮件原文里。")),
        }
    }
    let saved = app.files.save_sealed(original.bytes).await?;
    files.push(("邮件原文.eml".to_owned(), "message/rfc822".to_owned(), saved));
    let (actor, now) = (actor.clone(), app.clock.now());
    let received_at = read.at.filter(|it| *it <= now).unwrap_or(now);
    let id = app
        .db
        .try_write(async move |tx| -> Result<(Id, String), Error> {
            must_be_intake(&Around::load(&tx).await?, &actor)?;
            if let Some((id, sentence)) = known(&tx, &message_id).await? {
                return Ok((id, sentence));
            }
            let id = mail::insert(&tx, &message_id, received_at, &content, &actor.person_id, now).await?;
            for (name, media_type, saved) in &files {
                let new = NewAttachment {
                    sha256: saved.sha256.clone(),
                    file_name: name.clone(),
                    media_type: media_type.clone(),
                    size: saved.size,
                    area: AREA,
                    subject_id: id.clone(),
                    person_id: actor.person_id.clone(),
                };
                attachment::insert(&tx, &new, now).await?;
            }
            event::insert(&tx, NewEvent::by(&actor, AREA, &id, "mail_read", now));
            Ok((id, "已读取，请对照邮件核对后登记。".to_owned()))
        })
        .await?;
    Ok(id)
}

async fn known(tx: &Read, message_id: &str) -> store::Result<Option<(Id, String)>> {
    let Some(known) = mail::find(tx, message_id).await? else { return Ok(None) };
    let sentence = match (&known.status, &known.submission_id) {
        (MailStatus::Registered, Some(submission_id)) => {
            let cases = codes::cases(tx, submission_id).await?;
            let numbers: Vec<String> = cases.into_iter().map(|it| it.number).collect();
            format!("这封邮件已经登记过：{}，没有重复登记。", numbers.join("、"))
        }
        (MailStatus::Discarded, _) => "这封邮件已经看过，当时没有登记。".to_owned(),
        _ => "这封邮件已经上传过，还没有登记。".to_owned(),
    };
    Ok(Some((known.complaint_mail_id, sentence)))
}

/// `GET /complaints/mail/{mail_id}`
pub(crate) async fn show(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(id): Path<String>,
) -> Answer {
    draw(&app, frame, &actor, Id::from_text(id), None, StatusCode::OK).await
}

/// What the page of an e-mail shows.
struct Opened {
    around: Around,
    mail: Mail,
    files: Vec<Attachment>,
    cases: Vec<Case>,
}

/// What is written of a look at the cases of an e-mail.
type Traces = Vec<(Id, Trace)>;

/// The e-mail for somebody at the intake; or, where a tip-off was registered from it, what [`look::opening`] says. `path` is the page
/// or the file that is asked for.
async fn opened(app: &App, actor: &Actor, id: Id, path: String) -> Result<Result<Opened, String>, Error> {
    let (who, now) = (actor.clone(), app.clock.now());
    let found = app
        .db
        .try_read(async move |tx| -> Result<Result<(Opened, Traces), String>, Error> {
            let around = Around::load(&tx).await?;
            must_be_intake(&around, &who)?;
            let mail = mail::get(&tx, &id).await?;
            let cases = match &mail.submission_id {
                Some(submission_id) => codes::cases(&tx, submission_id).await?,
                None => Vec::new(),
            };
            let mut traces = Traces::new();
            for case in &cases {
                match look::opening(&tx, &around, &who, case, &path, now).await? {
                    Opening::Ask(ask) => return Ok(Err(ask)),
                    Opening::Traced(trace) => traces.push((case.complaint_id.clone(), trace)),
                    Opening::Free => {}
                }
            }
            let files = attachment::list(&tx, AREA, &id).await?;
            Ok(Ok((Opened { around, mail, files, cases }, traces)))
        })
        .await?;
    let (opened, traces) = match found {
        Ok(found) => found,
        Err(ask) => return Ok(Err(ask)),
    };
    for (complaint_id, trace) in traces {
        look::note(app, actor, &complaint_id, trace).await?;
    }
    Ok(Ok(opened))
}

async fn draw(
    app: &App,
    frame: Frame,
    actor: &Actor,
    id: Id,
    typed: Option<(IntakeForm, String, Vec<Earlier>)>,
    status: StatusCode,
) -> Answer {
    let path = format!("/complaints/mail/{id}");
    let Opened { around, mail, files, cases } = match opened(app, actor, id, path).await? {
        Ok(opened) => opened,
        Err(ask) => return page::go(&ask),
    };
    let (form, client_key, earlier) = typed.unwrap_or_else(|| {
        let content = &mail.content;
        let mut fields: Vec<(String, String)> = prefill(&content.from_name, &content.subject, &content.text)
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        fields.push(("received_on".to_owned(), crate::day_of(mail.received_at).to_string()));
        let law = around.rules.version_of(crate::day_of(mail.received_at));
        (IntakeForm::of(fields, &around, law, FormErrors::default()), new_id().to_string(), Vec::new())
    });
    let at = clock::in_words(mail.received_at);
    page::page_with(status, &Show { frame, mail, at, files, cases, form, client_key, earlier })
}

/// With a tip-off beside another matter, the text that others read is not the whole e-mail.
async fn undivided(
    app: &App,
    id: &Id,
    kinds: &[CaseKind],
    read: Result<Particulars, FormErrors>,
) -> Result<Result<Particulars, FormErrors>, Error> {
    let has_tipoff = kinds.len() > 1 && kinds.contains(&CaseKind::Tipoff);
    Ok(match read {
        Ok(it) if has_tipoff && is_whole(&it.text, &letter_of(app, id).await?) => {
            let sentence = "这里还是整封邮件，举报的话也在里面，会被处理单位和双方当事人看到。请删去举报的内容，写到“举报部分的内容”里。";
            Err(FormErrors::one("text", sentence))
        }
        other => other,
    })
}

/// The text of the e-mail as the form offers it.
async fn letter_of(app: &App, id: &Id) -> Result<String, Error> {
    let id = id.clone();
    let content = app.db.read(async move |tx| Ok(mail::get(&tx, &id).await?.content)).await?;
    let fields = prefill(&content.from_name, &content.subject, &content.text);
    Ok(fields.into_iter().find(|it| it.0 == "text").map(|it| it.1).unwrap_or_default())
}

/// `POST /complaints/mail/{mail_id}`: registers what stands in the form, with the files of the e-mail.
pub(crate) async fn confirm(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let around = intake(&app, &actor).await?;
    let (id, now, today) = (Id::from_text(id), app.clock.now(), app.clock.today());
    let (head, read) = read(&posted, false, &around, today);
    let particulars = match undivided(&app, &id, &head.kinds, read).await? {
        Ok(particulars) => particulars,
        Err(errors) => {
            let form = IntakeForm::typed(&posted, &around, around.rules.version_of(head.received_on), errors);
            let typed = Some((form, head.client_key, Vec::new()));
            return draw(&app, frame, &actor, id, typed, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    };
    let (tipoff_text, law) = (posted.text("text_report").to_owned(), around.rules.version_of(head.received_on));
    let (who, key) = (actor.clone(), id.clone());
    let written = app
        .db
        .try_write(async move |tx| -> Result<Vec<Case>, Undone> {
            let around = Around::load(&tx).await?;
            must_be_intake(&around, &who)?;
            let mail = mail::lock(&tx, &key).await?;
            if mail.status == MailStatus::Registered {
                return Err(Error::Conflict("这封邮件已经登记过，请从“邮件”里打开看编号。".into()).into());
            }
            let made = register(&tx, &around, &head, &particulars, &tipoff_text, &who, now).await?;
            let other: Vec<Earlier> =
                made.iter().filter(|it| it.is_other).map(|it| earlier(&who, &around, &it.case)).collect();
            if !other.is_empty() {
                return Err(Undone::Other(other));
            }
            take_files(&tx, &key, &made, &who, now).await?;
            let submission_id = made.first().map(|it| it.case.submission_id.clone());
            mail::save(&tx, &key, MailStatus::Registered, submission_id.as_ref()).await?;
            event::insert(&tx, NewEvent::by(&who, AREA, &key, "mail_registered", now));
            Ok(made.into_iter().map(|it| it.case).collect())
        })
        .await;
    let cases = match written {
        Ok(cases) => cases,
        Err(Undone::Error(error)) => return Err(error),
        Err(Undone::Other(earlier)) => {
            let form = IntakeForm::typed(&posted, &around, law, FormErrors::default());
            let typed = Some((form, new_id().to_string(), earlier));
            return draw(&app, frame, &actor, id, typed, StatusCode::CONFLICT).await;
        }
    };
    let numbers: Vec<&str> = cases.iter().map(|it| it.number.as_str()).collect();
    let path = cases.first().map_or_else(|| "/complaints".to_owned(), |it| format!("/complaints/{}", it.complaint_id));
    page::done(&path, &format!("已登记 {}，邮件和附件放在“材料”里。", numbers.join("、")))
}

/// Puts the files of the e-mail to its cases. A letter with both matters tells of the tip-off, and so does what is attached: only who
/// handles that may read it (第三十七条); what the mediation needs is taken over by hand.
async fn take_files(tx: &Tx, mail_id: &Id, made: &[Made], who: &Actor, now: Timestamp) -> store::Result<()> {
    let is_tipoff = |it: &&Made| it.case.state.matter == CaseKind::Tipoff;
    let has_tipoff = made.iter().any(|it| is_tipoff(&it));
    let files = attachment::list(tx, AREA, mail_id).await?;
    for Made { case, .. } in made.iter().filter(|it| !has_tipoff || is_tipoff(it)) {
        for it in &files {
            let new = NewFile {
                sha256: it.sha256.clone(),
                file_name: it.file_name.clone(),
                media_type: it.media_type.clone(),
                size: u64::try_from(it.size).unwrap_or(0),
            };
            file::insert(tx, &case.complaint_id, &new, Origin::Mail, Some(&who.person_id), now).await?;
        }
    }
    Ok(())
}

/// `POST /complaints/mail/{mail_id}/discard`
pub(crate) async fn discard(State(app): State<App>, Visitor(actor): Visitor, Path(id): Path<String>) -> Answer {
    let (id, now) = (Id::from_text(id), app.clock.now());
    app.db
        .try_write(async move |tx| -> Result<(), Error> {
            must_be_intake(&Around::load(&tx).await?, &actor)?;
            let mail = mail::lock(&tx, &id).await?;
            if mail.status != MailStatus::Open {
                return Err(Error::Conflict("这封邮件已经处理过。".into()));
            }
            mail::save(&tx, &id, MailStatus::Discarded, None).await?;
            event::insert(&tx, NewEvent::by(&actor, AREA, &id, "mail_discarded", now));
            Ok(())
        })
        .await?;
    page::done("/complaints/mail", "已移出，没有登记。同一封邮件再上传时会提示。")
}

/// `GET /complaints/mail/{mail_id}/files/{attachment_id}`
pub(crate) async fn show_file(
    State(app): State<App>,
    Visitor(actor): Visitor,
    Path((id, attachment_id)): Path<(String, String)>,
    axum::extract::RawQuery(query): axum::extract::RawQuery,
) -> Answer {
    let (id, attachment_id) = (Id::from_text(id), Id::from_text(attachment_id));
    let path = format!("/complaints/mail/{id}/files/{attachment_id}");
    let files = match opened(&app, &actor, id, path).await? {
        Ok(opened) => opened.files,
        Err(ask) => return page::go(&ask),
    };
    let found = files.iter().find(|it| it.attachment_id == attachment_id).ok_or(Error::NotFound)?;
    let Attachment { sha256, file_name, media_type, .. } = found;
    evidence::give_file(&app, &Kept { sha256, file_name, media_type, is_sealed: true }, query.as_deref()).await
}
