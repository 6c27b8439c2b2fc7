-- Calls that operators of the hotline make, each about one request of one household.

CREATE TABLE calls (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    area_id uuid NOT NULL,
    household_id uuid NOT NULL,
    request_id uuid NOT NULL,
    purpose text NOT NULL CONSTRAINT calls_purpose
        CHECK (purpose IN ('acknowledgement', 'welfare_check', 'still_needed', 'call_back')),
    urgency text NOT NULL CONSTRAINT calls_urgency CHECK (urgency IN ('critical', 'high', 'normal', 'low')),
    status text NOT NULL CONSTRAINT calls_status CHECK (status IN ('waiting', 'done', 'given_up', 'dropped')),
    due_at timestamptz NOT NULL,
    in_vain integer NOT NULL DEFAULT 0,
    last_outcome text CONSTRAINT calls_outcome
        CHECK (last_outcome IN ('reached', 'no_answer', 'wrong_number', 'call_back_at', 'help_not_needed')),
    locked_by uuid,
    locked_until timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    ended_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT calls_lock CHECK ((locked_by IS NULL) = (locked_until IS NULL)),
    CONSTRAINT calls_ended CHECK ((status = 'waiting') = (ended_at IS NULL)),
    CONSTRAINT calls_locked_while_waiting CHECK (locked_by IS NULL OR status = 'waiting'),
    CONSTRAINT calls_request_fk FOREIGN KEY (organisation_id, area_id, request_id)
        REFERENCES requests (organisation_id, area_id, id),
    CONSTRAINT calls_household_fk FOREIGN KEY (organisation_id, area_id, household_id)
        REFERENCES households (organisation_id, area_id, id),
    CONSTRAINT calls_operator_fk FOREIGN KEY (organisation_id, locked_by) REFERENCES users (organisation_id, id)
);
COMMENT ON TABLE calls IS 'Calls that the hotline makes: to whom, about which request, when, and how it went. Holds no telephone number.';
COMMENT ON COLUMN calls.id IS 'Its id.';
COMMENT ON COLUMN calls.organisation_id IS 'The organisation that owns the request, and whose operators call.';
COMMENT ON COLUMN calls.area_id IS 'The area, by whose day nobody is called at night.';
COMMENT ON COLUMN calls.household_id IS 'Whom to call.';
COMMENT ON COLUMN calls.request_id IS 'About which request.';
COMMENT ON COLUMN calls.purpose IS 'What for.';
COMMENT ON COLUMN calls.urgency IS 'The most urgent first, then the oldest.';
COMMENT ON COLUMN calls.status IS 'Whether it is still to be made.';
COMMENT ON COLUMN calls.due_at IS 'When it is made next, at the earliest. As all times of this table, by its campaign''s clock.';
COMMENT ON COLUMN calls.in_vain IS 'How often nobody answered.';
COMMENT ON COLUMN calls.last_outcome IS 'How it went last.';
COMMENT ON COLUMN calls.locked_by IS 'The operator who makes it now.';
COMMENT ON COLUMN calls.locked_until IS 'Until then nobody else makes it.';
COMMENT ON COLUMN calls.created_at IS 'When it was scheduled.';
COMMENT ON COLUMN calls.updated_at IS 'When it was last changed.';
COMMENT ON COLUMN calls.ended_at IS 'When it ended.';
COMMENT ON COLUMN calls.version IS 'Grows with each change.';
-- The loops ask about each request once; coordinators may have somebody called as often as they like.
CREATE UNIQUE INDEX calls_once_for_each_purpose ON calls (request_id, purpose) WHERE purpose <> 'call_back';
CREATE UNIQUE INDEX calls_one_for_each_operator ON calls (locked_by) WHERE locked_by IS NOT NULL;
CREATE INDEX calls_waiting ON calls (organisation_id, due_at) WHERE status = 'waiting';
CREATE INDEX calls_waiting_by_request ON calls (request_id) WHERE status = 'waiting';

GRANT SELECT, INSERT, UPDATE ON calls TO birgemiz_app;
