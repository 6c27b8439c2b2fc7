-- Letters that wait to be sent. Queued in the transaction of their cause, so that neither is without the other.

CREATE TABLE mail_messages (
    id uuid PRIMARY KEY,
    organisation_id uuid REFERENCES organisations (id),
    purpose text NOT NULL,
    whom text NOT NULL DEFAULT 'anybody',
    sealed bytea,
    state text NOT NULL DEFAULT 'waiting',
    attempts integer NOT NULL DEFAULT 0,
    outcome text,
    created_at timestamptz NOT NULL,
    next_attempt_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    settled_at timestamptz,
    CONSTRAINT mail_messages_purpose CHECK (purpose ~ '^[a-z_]{1,40}$'),
    CONSTRAINT mail_messages_whom CHECK (whom IN ('anybody', 'users')),
    CONSTRAINT mail_messages_state CHECK (state IN ('waiting', 'sent', 'dead', 'withheld')),
    CONSTRAINT mail_messages_body_goes CHECK ((state = 'waiting') = (sealed IS NOT NULL)),
    CONSTRAINT mail_messages_settled CHECK ((state = 'waiting') = (settled_at IS NULL)),
    CONSTRAINT mail_messages_outcome CHECK (length(outcome) <= 40)
);
COMMENT ON TABLE mail_messages IS 'One row a letter. What it says and to whom is sealed, and destroyed once it was sent or given up.';
COMMENT ON COLUMN mail_messages.organisation_id IS 'On whose behalf, where that is known.';
COMMENT ON COLUMN mail_messages.purpose IS 'A word for why it was written.';
COMMENT ON COLUMN mail_messages.whom IS 'users: it goes to an address of somebody who may log in, and nowhere else. Looked up when it is sent, so that queueing takes as long either way.';
COMMENT ON COLUMN mail_messages.sealed IS 'Address, subject and text, under a key that is in no database.';
COMMENT ON COLUMN mail_messages.state IS 'withheld: nobody who may log in has this address, or it is a sandbox''s.';
COMMENT ON COLUMN mail_messages.attempts IS 'How often it was taken to be sent.';
COMMENT ON COLUMN mail_messages.outcome IS 'A word, or the code of the mail server, for how the last attempt went.';
COMMENT ON COLUMN mail_messages.next_attempt_at IS 'While a process sends it: when another may.';
COMMENT ON COLUMN mail_messages.expires_at IS 'It is of no use later, and given up.';
CREATE INDEX mail_messages_waiting ON mail_messages (next_attempt_at) WHERE state = 'waiting';
CREATE INDEX mail_messages_settled_at ON mail_messages (settled_at) WHERE state <> 'waiting';

ALTER TABLE mail_messages ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY mail_messages_owner ON mail_messages TO birgemiz_owner USING (true) WITH CHECK (true);
CREATE POLICY mail_messages_system ON mail_messages TO birgemiz_system USING (true) WITH CHECK (true);
CREATE POLICY mail_messages_gate ON mail_messages FOR INSERT TO birgemiz_gate WITH CHECK (true);
CREATE POLICY mail_messages_admin ON mail_messages FOR INSERT TO birgemiz_admin WITH CHECK (true);
CREATE POLICY mail_messages_own ON mail_messages FOR INSERT TO birgemiz_app
    WITH CHECK (organisation_id = (SELECT acting_organisation()));
GRANT SELECT, INSERT, UPDATE, DELETE ON mail_messages TO birgemiz_system;
-- Whoever causes a letter does not read it, nor anybody else's.
GRANT INSERT ON mail_messages TO birgemiz_gate, birgemiz_admin, birgemiz_app;
