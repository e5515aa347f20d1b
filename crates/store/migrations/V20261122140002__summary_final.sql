-- A report that went out is final (定稿): its text is locked until somebody reopens it with a reason.
-- New columns that old rows leave empty: locks only the small table summary. Undo: drop the columns.
alter table summary add column final_at text;
alter table summary add column final_by text;
