-- A verdict given before verdicts had a last case holds for the cases there are: it was said of them.
-- Touches the few rows of verdicts. Undo: nothing to undo.
update complaint_cluster_verdict
set last_ordinal = coalesce((select n from complaint_ordinal where complaint_ordinal_id = 'case'), 0)
where last_ordinal = 0;
