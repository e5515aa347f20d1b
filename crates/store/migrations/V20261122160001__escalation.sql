-- Reminders and escalation of cases: what stands now (a cache of the events), when the program has to look again,
-- who of several processes does the background work, and how far a recount of the dates has come.
-- Adds columns with constant defaults and new tables: no rewrite of rows, a short lock. Undo: drop the tables, leave the columns.
alter table complaint add column escalation_rank bigint not null default 0;
alter table complaint add column escalation_cause text not null default '';
alter table complaint add column escalation_to text not null default '';
alter table complaint add column escalated_at text not null default '';
-- Empty: never looked at, so the background looks at once.
alter table complaint add column look_at text not null default '';
create index complaint_look on complaint (look_at) where is_open = 1;
create index complaint_escalation on complaint (escalation_rank, sort_at, ordinal) where escalation_rank > 0;

create table background_lease (
  background_lease_id text primary key,
  holder text not null,
  until_at text not null
);

create table complaint_recount (
  complaint_recount_id text primary key,
  -- The cases up to this ordinal are done.
  done_ordinal bigint not null,
  n_seen bigint not null,
  n_moved bigint not null,
  n_all bigint not null,
  began_at text not null,
  ended_at text
);
