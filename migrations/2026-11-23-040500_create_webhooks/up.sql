-- Webhooks: events pushed to receivers of partner apps and organisations, each receiver at its own pace.

CREATE TABLE webhook_endpoints (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL REFERENCES organisations (id),
    partner_id uuid CONSTRAINT webhook_endpoints_partner_fk REFERENCES partners (id),
    url text NOT NULL,
    description text,
    patterns text[] NOT NULL,
    area_id uuid CONSTRAINT webhook_endpoints_area_fk REFERENCES areas (id),
    status text NOT NULL CONSTRAINT webhook_endpoints_status CHECK (status IN ('active', 'disabled', 'deleted')),
    disabled_reason text CONSTRAINT webhook_endpoints_reason
        CHECK (disabled_reason IN ('gone', 'failing', 'owner_revoked', 'switched_off')),
    signing text NOT NULL CONSTRAINT webhook_endpoints_signing CHECK (signing IN ('v1', 'v1a')),
    secret bytea NOT NULL,
    previous_secret bytea,
    previous_until timestamptz,
    cursor_xid bigint NOT NULL,
    cursor_seq bigint NOT NULL,
    failing_since timestamptz,
    paused_until timestamptz,
    runner uuid,
    leased_until timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT webhook_endpoints_key UNIQUE (organisation_id, id),
    CONSTRAINT webhook_endpoints_disabled CHECK (status <> 'disabled' OR disabled_reason IS NOT NULL)
);
COMMENT ON TABLE webhook_endpoints IS 'Receivers of events: whose, where, of what, and how far in the log they are.';
COMMENT ON COLUMN webhook_endpoints.id IS 'Its id.';
COMMENT ON COLUMN webhook_endpoints.organisation_id IS 'The organisation that owns it, itself or by its partner app.';
COMMENT ON COLUMN webhook_endpoints.partner_id IS 'The partner app that owns it, and whose sight it has; null where the organisation itself does.';
COMMENT ON COLUMN webhook_endpoints.url IS 'Where events are posted. Judged again, with every address behind it, each time that is connected to.';
COMMENT ON COLUMN webhook_endpoints.description IS 'What its owner calls it.';
COMMENT ON COLUMN webhook_endpoints.patterns IS 'Kinds and families of events that it wants; all when empty.';
COMMENT ON COLUMN webhook_endpoints.area_id IS 'The only area it wants events of; null for all.';
COMMENT ON COLUMN webhook_endpoints.status IS 'Whether anything is sent. A deleted one stays for its attempts.';
COMMENT ON COLUMN webhook_endpoints.disabled_reason IS 'Why nothing is sent.';
COMMENT ON COLUMN webhook_endpoints.signing IS 'v1: HMAC-SHA256 under a shared secret; v1a: Ed25519.';
COMMENT ON COLUMN webhook_endpoints.secret IS 'Signs. Sealed by AES-256-GCM under a key that is not in the database.';
COMMENT ON COLUMN webhook_endpoints.previous_secret IS 'Signs too for a day after it was replaced. Sealed as well.';
COMMENT ON COLUMN webhook_endpoints.previous_until IS 'Until then the previous secret signs too.';
COMMENT ON COLUMN webhook_endpoints.cursor_xid IS 'Events up to here were taken from the log: the writing transaction.';
COMMENT ON COLUMN webhook_endpoints.cursor_seq IS 'Events up to here were taken from the log: the number.';
COMMENT ON COLUMN webhook_endpoints.failing_since IS 'Since when nothing has been delivered; null while things are.';
COMMENT ON COLUMN webhook_endpoints.paused_until IS 'The receiver asked for rest until then.';
COMMENT ON COLUMN webhook_endpoints.runner IS 'The process that sends.';
COMMENT ON COLUMN webhook_endpoints.leased_until IS 'Until then no other process sends.';
COMMENT ON COLUMN webhook_endpoints.created_at IS 'When it was made.';
COMMENT ON COLUMN webhook_endpoints.updated_at IS 'When its owner or a failure last changed it.';
COMMENT ON COLUMN webhook_endpoints.version IS 'Grows with each such change.';

CREATE TABLE webhook_messages (
    endpoint_id uuid NOT NULL,
    event_id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    kind text NOT NULL,
    at timestamptz NOT NULL,
    xid bigint NOT NULL,
    seq bigint NOT NULL,
    object_key uuid NOT NULL,
    state text NOT NULL CONSTRAINT webhook_messages_state CHECK (state IN ('waiting', 'delivered', 'withheld')),
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL,
    PRIMARY KEY (endpoint_id, event_id),
    CONSTRAINT webhook_messages_endpoint_fk FOREIGN KEY (organisation_id, endpoint_id)
        REFERENCES webhook_endpoints (organisation_id, id)
);
COMMENT ON TABLE webhook_messages IS 'One event for one receiver. Holds no body: that is made of the event, as its owner may see it then.';
COMMENT ON COLUMN webhook_messages.endpoint_id IS 'For whom.';
COMMENT ON COLUMN webhook_messages.event_id IS 'Which event; webhook-id on the wire.';
COMMENT ON COLUMN webhook_messages.organisation_id IS 'The organisation that owns the receiver.';
COMMENT ON COLUMN webhook_messages.kind IS 'The kind of event.';
COMMENT ON COLUMN webhook_messages.at IS 'When the event happened.';
COMMENT ON COLUMN webhook_messages.xid IS 'The place of the event in the log: the writing transaction.';
COMMENT ON COLUMN webhook_messages.seq IS 'The place of the event in the log: the number.';
COMMENT ON COLUMN webhook_messages.object_key IS 'The request that it concerns, or else what it is about: events of one are delivered in their order.';
COMMENT ON COLUMN webhook_messages.state IS 'Withheld: its owner may not know of it any more.';
COMMENT ON COLUMN webhook_messages.attempts IS 'Attempts since it was last put into the queue.';
COMMENT ON COLUMN webhook_messages.next_attempt_at IS 'When it is sent next, at the earliest.';
CREATE INDEX webhook_messages_waiting ON webhook_messages (endpoint_id, object_key, xid, seq) WHERE state = 'waiting';
CREATE INDEX webhook_messages_next ON webhook_messages (endpoint_id, xid, seq) WHERE state = 'waiting';
CREATE INDEX webhook_messages_by_time ON webhook_messages (endpoint_id, at);

CREATE TABLE webhook_attempts (
    id uuid PRIMARY KEY,
    endpoint_id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    event_id uuid NOT NULL,
    kind text NOT NULL,
    number integer NOT NULL,
    at timestamptz NOT NULL,
    outcome text NOT NULL,
    status integer,
    duration_ms integer NOT NULL,
    CONSTRAINT webhook_attempts_endpoint_fk FOREIGN KEY (organisation_id, endpoint_id)
        REFERENCES webhook_endpoints (organisation_id, id)
);
COMMENT ON TABLE webhook_attempts IS 'How each attempt went, for thirty days. Never what the receiver answered.';
COMMENT ON COLUMN webhook_attempts.id IS 'Its id, in the order of time.';
COMMENT ON COLUMN webhook_attempts.endpoint_id IS 'At whom.';
COMMENT ON COLUMN webhook_attempts.organisation_id IS 'The organisation that owns the receiver.';
COMMENT ON COLUMN webhook_attempts.event_id IS 'Which event.';
COMMENT ON COLUMN webhook_attempts.kind IS 'The kind of event.';
COMMENT ON COLUMN webhook_attempts.number IS 'Which attempt at it.';
COMMENT ON COLUMN webhook_attempts.at IS 'When.';
COMMENT ON COLUMN webhook_attempts.outcome IS 'A word: delivered, answered (with another status), or what failed before there was an answer.';
COMMENT ON COLUMN webhook_attempts.status IS 'The HTTP status, where there was an answer.';
COMMENT ON COLUMN webhook_attempts.duration_ms IS 'How long it took.';
CREATE INDEX webhook_attempts_by_endpoint ON webhook_attempts (endpoint_id, id);
CREATE INDEX webhook_attempts_by_time ON webhook_attempts (at);

GRANT SELECT, INSERT, UPDATE ON webhook_endpoints TO birgemiz_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_messages TO birgemiz_app;
GRANT SELECT, INSERT, DELETE ON webhook_attempts TO birgemiz_app;
