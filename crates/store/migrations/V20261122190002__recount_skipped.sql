-- How many cases a recount could not read and left out: one bad case must not stop all the others.
-- One column with a constant on a table of one row. Undo: drop the column.
alter table complaint_recount add column n_skipped bigint not null default 0;
