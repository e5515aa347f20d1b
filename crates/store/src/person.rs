//! People (人员). The telephone number is encrypted at rest.

use std::collections::BTreeSet;

use domain::Id;
use domain::unit::{Actor, Role};
use jiff::Timestamp;

use crate::{Error, Read, Result, Row, Tx, args, new_id, unit, word};

/// A person as stored. The password hash and the telephone number are asked for on their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub person_id: Id,
    pub unit_id: Id,
    pub login: String,
    pub name: String,
    pub role: Role,
    pub is_active: bool,
    pub must_change_password: bool,
    pub created_at: Timestamp,
    pub version: i64,
}

/// A person to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPerson {
    pub unit_id: Id,
    pub login: String,
    pub name: String,
    pub role: Role,
    /// In the PHC format of argon2.
    pub password_hash: String,
    pub must_change_password: bool,
}

const COLUMNS: &str = "person_id, unit_id, login, name, role, is_active, must_change_password, created_at, version";

fn person(row: &Row) -> Result<Person> {
    Ok(Person {
        person_id: row.get("person_id")?,
        unit_id: row.get("unit_id")?,
        login: row.get("login")?,
        name: row.get("name")?,
        role: row.word("role")?,
        is_active: row.get("is_active")?,
        must_change_password: row.get("must_change_password")?,
        created_at: row.get("created_at")?,
        version: row.get("version")?,
    })
}

/// The person, if there is one.
pub async fn find(tx: &Read, person_id: &Id) -> Result<Option<Person>> {
    let sql = format!("select {COLUMNS} from person where person_id = $1");
    tx.find(&sql, args![person_id]).await?.as_ref().map(person).transpose()
}

/// The person.
pub async fn get(tx: &Read, person_id: &Id) -> Result<Person> {
    find(tx, person_id).await?.ok_or(Error::NotFound)
}

/// The person of that login and the password hash, for signing in. Logins are stored in lower case.
pub async fn find_by_login(tx: &Read, login: &str) -> Result<Option<(Person, String)>> {
    let sql = format!("select {COLUMNS}, password_hash from person where login = $1");
    let Some(row) = tx.find(&sql, args![login.to_lowercase()]).await? else { return Ok(None) };
    Ok(Some((person(&row)?, row.get("password_hash")?)))
}

/// The password hash, for changing the own password.
pub async fn password_hash(tx: &Read, person_id: &Id) -> Result<String> {
    tx.get("select password_hash from person where person_id = $1", args![person_id]).await?.get("password_hash")
}

/// Every person, also those out of use, by unit and login.
pub async fn list(tx: &Read) -> Result<Vec<Person>> {
    let sql = format!("select {COLUMNS} from person order by unit_id, login");
    tx.list(&sql, args![]).await?.iter().map(person).collect()
}

/// The people of one unit.
pub async fn list_of_unit(tx: &Read, unit_id: &Id) -> Result<Vec<Person>> {
    let sql = format!("select {COLUMNS} from person where unit_id = $1 order by login");
    tx.list(&sql, args![unit_id]).await?.iter().map(person).collect()
}

/// How many people there are, of all roles, also those out of use.
pub async fn count(tx: &Read) -> Result<i64> {
    tx.count("select count(*) as n from person", args![]).await
}

/// Loads a person who will change. With `version`, refuses as stale what was changed since the page was rendered.
pub async fn lock(tx: &Tx, person_id: &Id, version: Option<i64>) -> Result<Person> {
    let sql = format!("update person set version = version + 1 where person_id = $1 returning {COLUMNS}");
    let person = person(&tx.get(&sql, args![person_id]).await?)?;
    match version {
        Some(version) if version + 1 != person.version => Err(Error::Stale),
        _ => Ok(person),
    }
}

/// Creates a person. A login that is taken is `Error::Conflict { table: "person", column: "login" }`.
pub async fn insert(tx: &Tx, new: &NewPerson, at: Timestamp) -> Result<Person> {
    let sql = format!(
        "insert into person ({COLUMNS}, password_hash) values ($1, $2, $3, $4, $5, 1, $6, $7, 1, $8) returning {COLUMNS}"
    );
    let arguments = args![
        new_id(),
        new.unit_id,
        new.login.to_lowercase(),
        new.name,
        word(&new.role),
        new.must_change_password,
        at,
        new.password_hash
    ];
    person(&tx.get(&sql, arguments).await?)
}

/// Saves a person who was loaded by [`lock`].
pub async fn save(tx: &Tx, person: &Person) -> Result<()> {
    tx.run_one(
        "update person set unit_id = $3, login = $4, name = $5, role = $6, is_active = $7, must_change_password = $8
         where person_id = $1 and version = $2",
        args![
            person.person_id,
            person.version,
            person.unit_id,
            person.login.to_lowercase(),
            person.name,
            word(&person.role),
            person.is_active,
            person.must_change_password
        ],
    )
    .await
}

/// Sets a new password.
pub async fn save_password(tx: &Tx, person_id: &Id, password_hash: &str, must_change: bool) -> Result<()> {
    tx.run_one(
        "update person set password_hash = $2, must_change_password = $3, version = version + 1 where person_id = $1",
        args![person_id, password_hash, must_change],
    )
    .await
}

/// Who the person is when they ask for something: the name, the unit, the units they act for.
pub async fn actor(tx: &Read, person: &Person) -> Result<Actor> {
    let unit = unit::get(tx, &person.unit_id).await?;
    let acts_for = match person.role {
        Role::UnitLead => unit::subtree(tx, &unit.unit_id).await?,
        _ => BTreeSet::from([unit.unit_id.clone()]),
    };
    Ok(Actor {
        person_id: person.person_id.clone(),
        name: person.name.clone(),
        unit_id: unit.unit_id,
        unit_name: unit.name,
        role: person.role,
        acts_for,
    })
}

fn phone_place(person_id: &Id) -> String {
    format!("person.phone:{person_id}")
}

/// The telephone number. Whoever shows it unmasked writes an event with the reason.
pub async fn phone(tx: &Read, person_id: &Id) -> Result<Option<String>> {
    let row = tx.get("select phone_cipher from person where person_id = $1", args![person_id]).await?;
    let sealed: Option<String> = row.get("phone_cipher")?;
    sealed.map(|sealed| tx.keys().unseal(&phone_place(person_id), &sealed)).transpose()
}

/// Sets or removes the telephone number.
pub async fn save_phone(tx: &Tx, person_id: &Id, phone: Option<&str>) -> Result<()> {
    let sealed = phone.map(|phone| tx.keys().seal(&phone_place(person_id), phone)).transpose()?;
    tx.run_one(
        "update person set phone_cipher = $2, version = version + 1 where person_id = $1",
        args![person_id, sealed],
    )
    .await
}
