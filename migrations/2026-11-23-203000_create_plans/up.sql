-- Plans: who could do which of an area's open requests, as a coordinator has it computed, changes it and carries it out.

CREATE TABLE plans (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    area_id uuid NOT NULL,
    status text NOT NULL CONSTRAINT plans_status CHECK (status IN ('proposed', 'committed')),
    planned_for timestamptz NOT NULL,
    due_until timestamptz,
    policy jsonb NOT NULL,
    record bytea NOT NULL,
    outcome jsonb,
    made_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    committed_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT plans_committed CHECK ((status = 'committed') = (committed_at IS NOT NULL AND outcome IS NOT NULL)),
    CONSTRAINT plans_area_fk FOREIGN KEY (organisation_id, area_id) REFERENCES area_organisations (organisation_id, area_id),
    CONSTRAINT plans_maker_fk FOREIGN KEY (organisation_id, made_by) REFERENCES users (organisation_id, id)
);
COMMENT ON TABLE plans IS 'Plans of who does what: proposals until they are committed. Hold no door, no name and no place.';
COMMENT ON COLUMN plans.id IS 'Its id.';
COMMENT ON COLUMN plans.organisation_id IS 'Whose requests are planned.';
COMMENT ON COLUMN plans.area_id IS 'In which area.';
COMMENT ON COLUMN plans.status IS 'Whether it was carried out.';
COMMENT ON COLUMN plans.planned_for IS 'The moment for which it was asked who may do what, by its campaign''s clock.';
COMMENT ON COLUMN plans.due_until IS 'Only requests whose time window ends by then are planned, where that was asked for.';
COMMENT ON COLUMN plans.policy IS 'By what it was made.';
COMMENT ON COLUMN plans.record IS 'The plan with all that it was made from, as JSON, so that it can be computed again.';
COMMENT ON COLUMN plans.outcome IS 'Which claims came of it, and what was skipped and why.';
COMMENT ON COLUMN plans.made_by IS 'The coordinator who asked for it.';
COMMENT ON COLUMN plans.created_at IS 'When it was made.';
COMMENT ON COLUMN plans.updated_at IS 'When it was last changed.';
COMMENT ON COLUMN plans.committed_at IS 'When it was carried out.';
COMMENT ON COLUMN plans.version IS 'Grows with each change.';
CREATE INDEX plans_of_an_organisation ON plans (organisation_id, id);

ALTER TABLE plans ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY plans_owner ON plans TO birgemiz_owner USING (true) WITH CHECK (true);
CREATE POLICY plans_system ON plans TO birgemiz_system USING (true) WITH CHECK (true);
CREATE POLICY plans_own ON plans TO birgemiz_app
    USING (organisation_id = (SELECT acting_organisation()) AND (SELECT acting_volunteer()) IS NULL)
    WITH CHECK (organisation_id = (SELECT acting_organisation()) AND (SELECT acting_volunteer()) IS NULL);
GRANT SELECT, INSERT, UPDATE ON plans TO birgemiz_app;
GRANT SELECT, DELETE ON plans TO birgemiz_system;
