-- Pages of refused complaint forms, sealed and kept for some minutes under an address, so that the browser can go back to them (decision 21).
-- New table only. Undo: drop it.
create table kept_page (
  kept_page_id text primary key,
  owner_hash text not null,
  form text not null,
  status bigint not null,
  page_cipher text not null,
  kept_at text not null
);
create index kept_page_of on kept_page (owner_hash, kept_at);
create index kept_page_at on kept_page (kept_at);
