-- Returns on pages: the units chosen to report a form, words in a cell, reminders about a form.
-- A new table, and new columns that old rows leave empty: locks only the small tables stat_value and reminder. Undo: drop them.
alter table stat_value add column words text;
alter table reminder add column stat_form_id text references stat_form (stat_form_id);

create table stat_form_unit (
  stat_form_id text not null references stat_form (stat_form_id),
  unit_id text not null references unit (unit_id),
  primary key (stat_form_id, unit_id)
);
create index stat_return_unit on stat_return (unit_id);
