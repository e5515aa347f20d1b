//! The first start: somebody must be able to sign in.

use domain::unit::{Role, UnitKind};
use store::{event, event::NewEvent, person, unit};

use crate::{App, Error, password, sign_in::attempt};

/// The administrator who was just made; the password is shown once and changed at the first sign-in.
pub struct FirstAdministrator {
    pub login: String,
    pub one_time_password: String,
}

/// Makes the administrator and the bureau when there is nobody yet.
///
/// # Errors
/// When the database cannot be read or written.
pub async fn administrator(app: &App) -> Result<Option<FirstAdministrator>, Error> {
    if app.db.read(async |tx| person::count(&tx).await).await? > 0 {
        return Ok(None);
    }
    let one_time_password = password::one_time();
    let password_hash = password::hash(one_time_password.clone()).await?;
    let at = app.clock.now();
    let work = app.db.write(async move |tx| {
        // Asked again inside the transaction: two processes may start at once.
        if person::count(&tx).await? > 0 {
            return Ok(false);
        }
        let name = "本局".to_owned();
        let bureau =
            unit::NewUnit { parent_id: None, short_name: name.clone(), name, kind: UnitKind::Regulator, sort_key: 0 };
        let bureau = unit::insert(&tx, &bureau, at).await?;
        let new = person::NewPerson {
            unit_id: bureau.unit_id.clone(),
            login: "admin".to_owned(),
            name: "系统管理员".to_owned(),
            role: Role::Admin,
            password_hash: password_hash.clone(),
            must_change_password: true,
        };
        let person = person::insert(&tx, &new, at).await?;
        event::insert(&tx, NewEvent::by_program("unit", &bureau.unit_id, "created", at));
        event::insert(&tx, NewEvent::by_program("person", &person.person_id, "created", at));
        Ok(true)
    });
    Ok(work.await?.then(|| FirstAdministrator { login: "admin".to_owned(), one_time_password }))
}

/// Lets an administrator in again who lost the password or was put out of use: a new one-time password, every sign-in ended.
/// The first administrator in use, else the first there is. `None` when nobody has that role.
///
/// # Errors
/// When the database cannot be read or written.
pub async fn restore_administrator(db: &store::Db, at: jiff::Timestamp) -> Result<Option<FirstAdministrator>, Error> {
    let one_time_password = password::one_time();
    let password_hash = password::hash(one_time_password.clone()).await?;
    let work = db.write(async move |tx| {
        let people = person::list(&tx).await?;
        let mut admins: Vec<_> = people.into_iter().filter(|it| it.role == Role::Admin).collect();
        admins.sort_by_key(|it| !it.is_active);
        let Some(admin) = admins.first() else { return Ok(None) };
        let mut admin = person::lock(&tx, &admin.person_id, None).await?;
        admin.is_active = true;
        person::save(&tx, &admin).await?;
        person::save_password(&tx, &admin.person_id, &password_hash, true).await?;
        store::sign_in::remove_all(&tx, &admin.person_id, None).await?;
        attempt::forget(&tx, &attempt::login_subject(&admin.login)).await?;
        event::insert(&tx, NewEvent::by_program("person", &admin.person_id, "password_reset", at));
        Ok(Some(admin.login))
    });
    Ok(work.await?.map(|login| FirstAdministrator { login, one_time_password }))
}
