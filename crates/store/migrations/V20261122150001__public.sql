-- What people send on the public page: their tracking codes (keyed hashes only) and the files of a case (小票、照片、来信).
-- New tables only: locks nothing. Undo: drop both.
create table complaint_follow (
  code_hash text primary key,
  submission_id text not null,
  created_at text not null
);
create index complaint_follow_of on complaint_follow (submission_id);

-- Beside `attachment`, because a file that a consumer sends has no person of ours behind it.
create table complaint_file (
  complaint_file_id text primary key,
  complaint_id text not null references complaint (complaint_id),
  sha256 text not null,
  file_name text not null,
  media_type text not null,
  size bigint not null,
  origin text not null check (origin in ('public', 'staff', 'mail')),
  created_at text not null,
  person_id text references person (person_id),
  is_removed bigint not null check (is_removed in (0, 1))
);
create index complaint_file_of on complaint_file (complaint_id, created_at);
