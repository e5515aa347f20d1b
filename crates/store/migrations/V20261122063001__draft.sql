-- One notice can hold several plans, and a revised notice is reviewed as a draft of its own: two columns of campaign.
-- Adds columns only: locks the table for a moment. Undo: nothing reads them once the code is gone.
alter table campaign add column plan_index bigint not null default 0;
alter table campaign add column revises_id text references campaign (campaign_id);
create index campaign_revises on campaign (revises_id);
