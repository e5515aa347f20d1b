-- The running campaign: reminders (催办) shown on the desk of a unit, and the secret calendar address of a unit.
-- New tables only: locks nothing. Undo: drop both tables.
create table reminder (
  reminder_id text primary key,
  campaign_id text not null references campaign (campaign_id),
  activity_id text references activity (activity_id),
  report_duty_id text references report_duty (report_duty_id),
  unit_id text not null references unit (unit_id),
  person_name text not null,
  text text not null,
  at text not null,
  seen_at text
);
create index reminder_unit on reminder (unit_id, at);
create index reminder_activity on reminder (activity_id);

create table unit_feed (
  unit_id text primary key references unit (unit_id),
  secret text not null,
  created_at text not null,
  version bigint not null
);
create unique index unit_feed_secret on unit_feed (secret);
