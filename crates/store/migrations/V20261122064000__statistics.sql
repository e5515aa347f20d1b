-- Statistics: a form as corrected by the office, the returns of the units, and the number in each cell.
-- New tables, and new columns that old rows leave empty: locks only the small table stat_form. Undo: drop the tables and columns.
alter table stat_form add column definition text;
alter table stat_form add column due_on text;
alter table stat_form add column due_time text;

create table stat_return (
  stat_return_id text primary key,
  stat_form_id text not null references stat_form (stat_form_id),
  unit_id text not null references unit (unit_id),
  -- 0 is the first return, 1 the first supplementary return (补报), and so on.
  supplement bigint not null check (supplement >= 0),
  status text not null check (status in ('draft', 'complete', 'approved')),
  contact_name text not null,
  contact_phone text not null,
  -- The remark it was sent back with, or the reason of a supplementary return.
  remark text not null,
  completed_at text,
  approved_at text,
  approved_by text,
  created_at text not null,
  version bigint not null,
  unique (stat_form_id, unit_id, supplement)
);

create table stat_value (
  stat_return_id text not null references stat_return (stat_return_id),
  cell text not null,
  -- What the records said when the return was completed; until then it is computed anew.
  computed bigint,
  reported bigint,
  is_estimate bigint not null check (is_estimate in (0, 1)),
  reason text not null,
  primary key (stat_return_id, cell)
);
