-- Units, their other names, the people and their sessions, settings.
-- New tables only: locks nothing. Undo: drop the tables in reverse order.
create table unit (
  unit_id text primary key,
  parent_id text references unit (unit_id),
  name text not null,
  short_name text not null,
  kind text not null,
  sort_key bigint not null,
  is_active bigint not null check (is_active in (0, 1)),
  created_at text not null,
  version bigint not null
);
create index unit_parent on unit (parent_id, sort_key);
create unique index unit_name on unit (name);

create table unit_alias (
  unit_id text not null references unit (unit_id),
  alias text not null,
  primary key (unit_id, alias)
);
create index unit_alias_alias on unit_alias (alias);

create table person (
  person_id text primary key,
  unit_id text not null references unit (unit_id),
  login text not null,
  name text not null,
  role text not null,
  password_hash text not null,
  is_active bigint not null check (is_active in (0, 1)),
  must_change_password bigint not null check (must_change_password in (0, 1)),
  phone_cipher text,
  created_at text not null,
  version bigint not null
);
create unique index person_login on person (login);
create index person_unit on person (unit_id);

create table sign_in (
  token_hash text primary key,
  person_id text not null references person (person_id),
  created_at text not null,
  seen_at text not null,
  expires_at text not null,
  client text not null
);
create index sign_in_person on sign_in (person_id);
create index sign_in_expires on sign_in (expires_at);

-- The subject is a login or a client address; the count survives a restart.
create table sign_in_failure (
  subject text primary key,
  failed_n bigint not null,
  last_at text not null,
  locked_until text
);

create table setting (
  name text primary key,
  value text not null,
  version bigint not null
);
