-- What a token of the programming interface is for, in the words of who made it.
-- Adds a column with a constant; takes no time. Undo: drop the column.
alter table api_token add column name text not null default '';
