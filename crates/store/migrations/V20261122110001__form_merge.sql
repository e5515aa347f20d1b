-- Forms handed in as files: what was uploaded together, who each form is of, and which returns came from which file.
-- New tables only: locks nothing. Undo: drop them.
create table form_merge (
  form_merge_id text primary key,
  stat_form_id text not null references stat_form (stat_form_id),
  person_id text not null references person (person_id),
  -- The files with their hashes, and the forms as they were read.
  files text not null,
  handed_in text not null,
  -- Number of the form → unit, or nothing to leave it out; chosen by a person.
  choices text not null,
  committed_at text,
  created_at text not null,
  version bigint not null
);
create index form_merge_form on form_merge (stat_form_id, created_at);

create table return_file (
  stat_return_id text not null references stat_return (stat_return_id),
  attachment_id text not null references attachment (attachment_id),
  sheet text not null,
  created_at text not null,
  primary key (stat_return_id, attachment_id)
);
