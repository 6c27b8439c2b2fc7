-- Sandboxes: organisations, with campaigns of their own, in which nobody is real and time can be advanced.
--
-- What is real and what is not never meet, whatever the code does: the foreign keys repeat the mark.

ALTER TABLE organisations
    ADD COLUMN is_sandbox boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT organisations_sandbox_key UNIQUE (id, is_sandbox);
COMMENT ON COLUMN organisations.is_sandbox IS 'Whether nobody in it is real: it is for trying things out, and is counted nowhere.';

ALTER TABLE campaigns
    ADD COLUMN is_sandbox boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT campaigns_sandbox_key UNIQUE (id, is_sandbox),
    ADD CONSTRAINT campaigns_lead_of_one_kind FOREIGN KEY (organisation_id, is_sandbox)
        REFERENCES organisations (id, is_sandbox),
    ADD CONSTRAINT campaigns_clock CHECK (clock_offset_s = 0 OR (is_sandbox AND clock_offset_s > 0));
COMMENT ON COLUMN campaigns.is_sandbox IS 'Whether its organisation is a sandbox. Time is advanced nowhere else.';

ALTER TABLE campaign_organisations
    ADD COLUMN is_sandbox boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT campaign_organisations_campaign_of_one_kind FOREIGN KEY (campaign_id, is_sandbox)
        REFERENCES campaigns (id, is_sandbox),
    ADD CONSTRAINT campaign_organisations_organisation_of_one_kind FOREIGN KEY (organisation_id, is_sandbox)
        REFERENCES organisations (id, is_sandbox);
COMMENT ON COLUMN campaign_organisations.is_sandbox IS 'Whether the campaign and the organisation are a sandbox''s: both, or neither.';
