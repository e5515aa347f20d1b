-- The event log, hash-chained, and the files.
-- New tables only: locks nothing. Undo: drop the tables.
create table event (
  event_id text primary key,
  sequence bigint not null,
  area text not null,
  subject_id text not null,
  kind text not null,
  at text not null,
  person_id text,
  person_name text not null,
  unit_name text not null,
  reason text not null,
  detail text not null,
  previous_hash text not null,
  hash text not null
);
create unique index event_sequence on event (sequence);
create index event_subject on event (area, subject_id, sequence);
create index event_person on event (person_id, sequence);

-- One row: the last sequence and hash. Locking it gives the events of all processes one order without gaps.
create table event_head (
  event_head_id text primary key check (event_head_id = 'event'),
  sequence bigint not null,
  hash text not null
);
insert into event_head (event_head_id, sequence, hash) values ('event', 0, '');

create table attachment (
  attachment_id text primary key,
  sha256 text not null,
  file_name text not null,
  media_type text not null,
  size bigint not null,
  area text not null,
  subject_id text not null,
  created_at text not null,
  person_id text not null references person (person_id),
  is_removed bigint not null check (is_removed in (0, 1))
);
create index attachment_subject on attachment (area, subject_id);
create index attachment_sha256 on attachment (sha256);
