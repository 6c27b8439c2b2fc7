-- The foundation: organisations, campaigns, areas, people, doors, requests, claims, deliveries, events.
--
-- Three things hold from the first table on, because they are dear to retrofit:
--   * what identifies or finds a person (a door, a note) is in a table of its own;
--   * organisation_id (and area_id where matching happens) stands in every operational table and
--     in its foreign and unique keys, so that one organisation can never refer to another's rows;
--   * the service connects as birgemiz_app, which owns nothing and may not truncate, nor change events.

DO $$
BEGIN
    CREATE ROLE birgemiz_app LOGIN NOINHERIT;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL; -- roles belong to the whole server: another database's migration made it
END
$$;
-- Where the service logs in as the owner, it steps down to that role at once.
GRANT birgemiz_app TO CURRENT_USER;

-- ---------------------------------------------------------------- organisations, campaigns, areas

CREATE TABLE organisations (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    created_at timestamptz NOT NULL,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT organisations_name_unique UNIQUE (name)
);
COMMENT ON TABLE organisations IS 'Owns users, volunteers and households.';

CREATE TABLE campaigns (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL REFERENCES organisations (id),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    starts_on date,
    ends_on date,
    clock_offset_s bigint NOT NULL DEFAULT 0,
    policy_version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT campaigns_dates CHECK (ends_on IS NULL OR starts_on IS NULL OR starts_on <= ends_on),
    CONSTRAINT campaigns_organisation_id_key UNIQUE (organisation_id, id),
    CONSTRAINT campaigns_name_unique UNIQUE (organisation_id, name)
);
COMMENT ON TABLE campaigns IS 'A programme of one or more organisations that share demand and volunteers.';
COMMENT ON COLUMN campaigns.organisation_id IS 'The organisation that leads it.';
COMMENT ON COLUMN campaigns.clock_offset_s IS 'Added to the database''s time in every decision of this campaign; not zero only where time is advanced for testing.';

CREATE TABLE campaign_organisations (
    campaign_id uuid NOT NULL REFERENCES campaigns (id),
    organisation_id uuid NOT NULL REFERENCES organisations (id),
    joined_at timestamptz NOT NULL,
    PRIMARY KEY (campaign_id, organisation_id)
);
COMMENT ON TABLE campaign_organisations IS 'Which organisations take part in a campaign, the leading one included.';
CREATE INDEX campaign_organisations_by_organisation ON campaign_organisations (organisation_id, campaign_id);

CREATE TABLE policies (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    version integer NOT NULL,
    body jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT policies_campaign_fk FOREIGN KEY (organisation_id, campaign_id) REFERENCES campaigns (organisation_id, id),
    CONSTRAINT policies_version_unique UNIQUE (campaign_id, version)
);
COMMENT ON TABLE policies IS 'How a campaign matches and proves. Never changed: a new version is a new row.';

CREATE TABLE areas (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    time_zone text NOT NULL,
    shape jsonb NOT NULL,
    centre_lat double precision NOT NULL CHECK (centre_lat BETWEEN -90 AND 90),
    centre_lon double precision NOT NULL CHECK (centre_lon BETWEEN -180 AND 180),
    created_at timestamptz NOT NULL,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT areas_campaign_fk FOREIGN KEY (organisation_id, campaign_id) REFERENCES campaigns (organisation_id, id),
    CONSTRAINT areas_name_unique UNIQUE (campaign_id, name)
);
COMMENT ON TABLE areas IS 'A service area: a polygon with a time zone. It belongs to its campaign''s leading organisation.';
COMMENT ON COLUMN areas.shape IS 'GeoJSON geometry, Polygon or MultiPolygon, WGS84.';
COMMENT ON COLUMN areas.centre_lat IS 'A point inside the shape: the coarse point of last resort.';

CREATE TABLE area_organisations (
    organisation_id uuid NOT NULL REFERENCES organisations (id),
    area_id uuid NOT NULL REFERENCES areas (id),
    campaign_id uuid NOT NULL,
    PRIMARY KEY (organisation_id, area_id),
    CONSTRAINT area_organisations_member_fk FOREIGN KEY (campaign_id, organisation_id)
        REFERENCES campaign_organisations (campaign_id, organisation_id)
);
COMMENT ON TABLE area_organisations IS 'Which organisations work in an area: all of its campaign''s. Operational rows refer to this pair.';

CREATE TABLE building_cells (
    area_id uuid NOT NULL REFERENCES areas (id),
    cell bigint NOT NULL,
    buildings integer NOT NULL CHECK (buildings >= 0),
    PRIMARY KEY (area_id, cell)
);
COMMENT ON TABLE building_cells IS 'How many buildings an H3 cell holds, by which a coarse point is drawn small where many live.';

-- ---------------------------------------------------------------- who acts

CREATE TABLE users (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL REFERENCES organisations (id),
    role text NOT NULL CHECK (role IN ('administrator', 'coordinator', 'volunteer')),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    email text NOT NULL CHECK (length(email) BETWEEN 3 AND 320),
    password_hash text,
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
    created_at timestamptz NOT NULL,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT users_organisation_key UNIQUE (organisation_id, id)
);
COMMENT ON TABLE users IS 'People who can log in.';
CREATE UNIQUE INDEX users_email_unique ON users (lower(email));

CREATE TABLE one_time_links (
    token_hash bytea PRIMARY KEY,
    purpose text NOT NULL CHECK (purpose IN ('first_administrator', 'set_password')),
    organisation_id uuid,
    user_id uuid,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT one_time_links_user_fk FOREIGN KEY (organisation_id, user_id) REFERENCES users (organisation_id, id)
);
COMMENT ON TABLE one_time_links IS 'Links that work once: the first administrator''s, and those by which a new user sets a password.';

CREATE TABLE refresh_tokens (
    token_hash bytea PRIMARY KEY,
    family_id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    user_id uuid NOT NULL,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    child_hash bytea,
    revoked_at timestamptz,
    CONSTRAINT refresh_tokens_user_fk FOREIGN KEY (organisation_id, user_id) REFERENCES users (organisation_id, id)
);
COMMENT ON TABLE refresh_tokens IS 'One row a refresh token, hashed. A family is one session; reuse of a spent token revokes the family.';
CREATE INDEX refresh_tokens_by_family ON refresh_tokens (family_id);
CREATE INDEX refresh_tokens_by_user ON refresh_tokens (user_id);

CREATE TABLE login_attempts (
    subject_hash bytea NOT NULL,
    window_start timestamptz NOT NULL,
    failures integer NOT NULL,
    PRIMARY KEY (subject_hash, window_start)
);
COMMENT ON TABLE login_attempts IS 'Failed log-ins by hashed account name and quarter of an hour, so that guessing is slowed on every server alike.';

CREATE TABLE partners (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    scopes text[] NOT NULL,
    secret_hash bytea NOT NULL,
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'revoked')),
    created_at timestamptz NOT NULL,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT partners_member_fk FOREIGN KEY (campaign_id, organisation_id)
        REFERENCES campaign_organisations (campaign_id, organisation_id),
    CONSTRAINT partners_organisation_key UNIQUE (organisation_id, id)
);
COMMENT ON TABLE partners IS 'Partner apps: client credentials with scopes, for one organisation in one campaign.';
COMMENT ON COLUMN partners.secret_hash IS 'SHA-256 of a 256-bit random secret, which needs no slow hash.';

CREATE TABLE invitations (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    area_id uuid NOT NULL,
    code_hash bytea NOT NULL,
    max_uses integer NOT NULL CHECK (max_uses > 0),
    uses integer NOT NULL DEFAULT 0,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT invitations_area_fk FOREIGN KEY (organisation_id, area_id) REFERENCES area_organisations (organisation_id, area_id),
    CONSTRAINT invitations_uses CHECK (uses <= max_uses),
    CONSTRAINT invitations_code_unique UNIQUE (code_hash)
);
COMMENT ON TABLE invitations IS 'Codes by which volunteers register with an organisation in an area.';

-- ---------------------------------------------------------------- hubs and catalogue

CREATE TABLE hubs (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    area_id uuid NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    address text NOT NULL,
    lat double precision NOT NULL CHECK (lat BETWEEN -90 AND 90),
    lon double precision NOT NULL CHECK (lon BETWEEN -180 AND 180),
    opening_hours text,
    created_at timestamptz NOT NULL,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT hubs_area_fk FOREIGN KEY (organisation_id, area_id) REFERENCES area_organisations (organisation_id, area_id),
    CONSTRAINT hubs_key UNIQUE (organisation_id, id),
    CONSTRAINT hubs_name_unique UNIQUE (organisation_id, area_id, name)
);
COMMENT ON TABLE hubs IS 'Pick-up points. Their places are public.';

CREATE TABLE items (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    unit text NOT NULL,
    weight_g integer NOT NULL CHECK (weight_g >= 0),
    volume_ml integer NOT NULL CHECK (volume_ml >= 0),
    created_at timestamptz NOT NULL,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT items_campaign_fk FOREIGN KEY (organisation_id, campaign_id) REFERENCES campaigns (organisation_id, id),
    CONSTRAINT items_campaign_key UNIQUE (campaign_id, id),
    CONSTRAINT items_name_unique UNIQUE (campaign_id, name)
);
COMMENT ON TABLE items IS 'The catalogue of a campaign: one unit of a thing, with what it weighs.';

CREATE TABLE kits (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    created_at timestamptz NOT NULL,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT kits_campaign_fk FOREIGN KEY (organisation_id, campaign_id) REFERENCES campaigns (organisation_id, id),
    CONSTRAINT kits_campaign_key UNIQUE (campaign_id, id),
    CONSTRAINT kits_name_unique UNIQUE (campaign_id, name)
);
COMMENT ON TABLE kits IS 'A fixed set of items, asked for and handed over as one.';

CREATE TABLE kit_items (
    campaign_id uuid NOT NULL,
    kit_id uuid NOT NULL,
    item_id uuid NOT NULL,
    quantity integer NOT NULL CHECK (quantity BETWEEN 1 AND 1000),
    PRIMARY KEY (kit_id, item_id),
    CONSTRAINT kit_items_kit_fk FOREIGN KEY (campaign_id, kit_id) REFERENCES kits (campaign_id, id),
    CONSTRAINT kit_items_item_fk FOREIGN KEY (campaign_id, item_id) REFERENCES items (campaign_id, id)
);
COMMENT ON TABLE kit_items IS 'What a kit holds.';

-- ---------------------------------------------------------------- households and their doors

CREATE TABLE households (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    area_id uuid NOT NULL,
    partner_id uuid,
    external_id text CHECK (length(external_id) BETWEEN 1 AND 200),
    status text NOT NULL CHECK (status IN ('pending_verification', 'verified', 'rejected', 'suspended', 'archived')),
    status_reason text,
    members integer NOT NULL CHECK (members BETWEEN 1 AND 100),
    categories text[] NOT NULL,
    languages text[] NOT NULL,
    coarse_lat double precision NOT NULL CHECK (coarse_lat BETWEEN -90 AND 90),
    coarse_lon double precision NOT NULL CHECK (coarse_lon BETWEEN -180 AND 180),
    coarse_cell bigint,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT households_area_fk FOREIGN KEY (organisation_id, area_id) REFERENCES area_organisations (organisation_id, area_id),
    CONSTRAINT households_partner_fk FOREIGN KEY (organisation_id, partner_id) REFERENCES partners (organisation_id, id),
    CONSTRAINT households_key UNIQUE (organisation_id, id),
    CONSTRAINT households_area_key UNIQUE (organisation_id, area_id, id),
    CONSTRAINT households_external_id_unique UNIQUE (organisation_id, partner_id, external_id)
);
COMMENT ON TABLE households IS 'One door each, without the door: what may be known of it to arrange help.';
COMMENT ON COLUMN households.coarse_lat IS 'Where everyone without the right to the door sees it. Drawn once, at registration; never changed.';
COMMENT ON COLUMN households.coarse_cell IS 'The H3 cell whose centre the coarse point is; null when it is the area''s centre.';
CREATE INDEX households_by_status ON households (organisation_id, status, id);

CREATE TABLE household_doors (
    household_id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    area_id uuid NOT NULL,
    name text NOT NULL,
    phone text,
    street text,
    house text,
    entrance text,
    floor text,
    flat text,
    intercom text,
    landmark text,
    plus_code text,
    lat double precision NOT NULL CHECK (lat BETWEEN -90 AND 90),
    lon double precision NOT NULL CHECK (lon BETWEEN -180 AND 180),
    accuracy_m double precision,
    notes text,
    cells bigint[] NOT NULL,
    CONSTRAINT household_doors_household_fk FOREIGN KEY (organisation_id, area_id, household_id)
        REFERENCES households (organisation_id, area_id, id)
);
COMMENT ON TABLE household_doors IS 'Where a household lives and how to reach it. Read only through the one function that records the reading.';
COMMENT ON COLUMN household_doors.cells IS 'The H3 cells around the exact point, finest first: counted to draw coarse points.';
CREATE INDEX household_doors_by_cell ON household_doors USING gin (cells);
CREATE INDEX household_doors_by_phone ON household_doors (organisation_id, phone);

CREATE TABLE household_consents (
    household_id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    text_version text NOT NULL,
    language text NOT NULL,
    channel text NOT NULL CHECK (channel IN ('partner_app', 'hotline', 'paper', 'in_person')),
    given_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT household_consents_household_fk FOREIGN KEY (organisation_id, household_id)
        REFERENCES households (organisation_id, id)
);
COMMENT ON TABLE household_consents IS 'Which text the household agreed to, in which language, by which channel.';

-- ---------------------------------------------------------------- volunteers

CREATE TABLE volunteers (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    area_id uuid NOT NULL,
    user_id uuid NOT NULL,
    status text NOT NULL CHECK (status IN ('registered', 'approved', 'rejected', 'suspended', 'left')),
    status_reason text,
    transport text NOT NULL CHECK (transport IN ('foot', 'bicycle', 'car')),
    capacity_g integer NOT NULL CHECK (capacity_g >= 0),
    capacity_ml integer NOT NULL CHECK (capacity_ml >= 0),
    skills text[] NOT NULL,
    languages text[] NOT NULL,
    radius_m integer NOT NULL CHECK (radius_m BETWEEN 100 AND 200000),
    claim_limit integer NOT NULL CHECK (claim_limit BETWEEN 1 AND 10000),
    active_claims integer NOT NULL DEFAULT 0,
    duty_until timestamptz,
    rest_until timestamptz,
    availability jsonb NOT NULL DEFAULT '[]',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT volunteers_area_fk FOREIGN KEY (organisation_id, area_id) REFERENCES area_organisations (organisation_id, area_id),
    CONSTRAINT volunteers_user_fk FOREIGN KEY (organisation_id, user_id) REFERENCES users (organisation_id, id),
    CONSTRAINT volunteers_active_claims CHECK (active_claims >= 0),
    CONSTRAINT volunteers_key UNIQUE (organisation_id, id),
    CONSTRAINT volunteers_user_unique UNIQUE (user_id)
);
COMMENT ON TABLE volunteers IS 'Vetted people who bring things.';
COMMENT ON COLUMN volunteers.active_claims IS 'How many claims are active: kept by the claiming statement, which also checks it against claim_limit.';
COMMENT ON COLUMN volunteers.duty_until IS 'On duty until then; off duty when null or past.';
CREATE INDEX volunteers_by_status ON volunteers (organisation_id, status, id);

CREATE TABLE volunteer_positions (
    volunteer_id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    base_lat double precision CHECK (base_lat BETWEEN -90 AND 90),
    base_lon double precision CHECK (base_lon BETWEEN -180 AND 180),
    last_lat double precision CHECK (last_lat BETWEEN -90 AND 90),
    last_lon double precision CHECK (last_lon BETWEEN -180 AND 180),
    last_accuracy_m double precision,
    last_at timestamptz,
    written_at timestamptz NOT NULL,
    CONSTRAINT volunteer_positions_volunteer_fk FOREIGN KEY (organisation_id, volunteer_id)
        REFERENCES volunteers (organisation_id, id)
);
COMMENT ON TABLE volunteer_positions IS 'Where a volunteer starts from, and the last position they told; never a history.';
CREATE INDEX volunteer_positions_by_writing ON volunteer_positions (written_at);

CREATE TABLE volunteer_blocks (
    volunteer_organisation_id uuid NOT NULL,
    volunteer_id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    household_id uuid NOT NULL,
    reason text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (volunteer_id, household_id),
    CONSTRAINT volunteer_blocks_volunteer_fk FOREIGN KEY (volunteer_organisation_id, volunteer_id)
        REFERENCES volunteers (organisation_id, id),
    CONSTRAINT volunteer_blocks_household_fk FOREIGN KEY (organisation_id, household_id)
        REFERENCES households (organisation_id, id)
);
COMMENT ON TABLE volunteer_blocks IS 'A volunteer and a household that never meet again.';

-- ---------------------------------------------------------------- requests

CREATE TABLE requests (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    area_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    household_id uuid NOT NULL,
    hub_id uuid,
    partner_id uuid,
    external_id text CHECK (length(external_id) BETWEEN 1 AND 200),
    kind text NOT NULL CHECK (kind IN ('delivery', 'collection', 'welfare_check', 'call')),
    status text NOT NULL CHECK (status IN ('pending_verification', 'open', 'claimed', 'in_delivery', 'fulfilled', 'cancelled', 'expired', 'unfulfilled')),
    status_reason text,
    hold text CHECK (hold IN ('new_household', 'goods_out', 'bad_address', 'repeated_failure')),
    goods_out boolean NOT NULL DEFAULT false,
    urgency text NOT NULL CHECK (urgency IN ('critical', 'high', 'normal', 'low')),
    transport text CHECK (transport IN ('foot', 'bicycle', 'car')),
    skills text[] NOT NULL,
    languages text[] NOT NULL,
    weight_g bigint NOT NULL CHECK (weight_g >= 0),
    volume_ml bigint NOT NULL CHECK (volume_ml >= 0),
    coarse_lat double precision NOT NULL,
    coarse_lon double precision NOT NULL,
    window_start timestamptz NOT NULL,
    window_end timestamptz NOT NULL,
    failures integer NOT NULL DEFAULT 0,
    fence bigint NOT NULL DEFAULT 0,
    escalated_at timestamptz,
    opened_at timestamptz,
    fulfilled_at timestamptz,
    acknowledged_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT requests_window CHECK (window_start < window_end),
    CONSTRAINT requests_hold CHECK ((status = 'pending_verification') = (hold IS NOT NULL)),
    CONSTRAINT requests_household_fk FOREIGN KEY (organisation_id, area_id, household_id)
        REFERENCES households (organisation_id, area_id, id),
    CONSTRAINT requests_hub_fk FOREIGN KEY (organisation_id, hub_id) REFERENCES hubs (organisation_id, id),
    CONSTRAINT requests_partner_fk FOREIGN KEY (organisation_id, partner_id) REFERENCES partners (organisation_id, id),
    CONSTRAINT requests_member_fk FOREIGN KEY (campaign_id, organisation_id)
        REFERENCES campaign_organisations (campaign_id, organisation_id),
    CONSTRAINT requests_key UNIQUE (organisation_id, id),
    CONSTRAINT requests_area_key UNIQUE (organisation_id, area_id, id),
    CONSTRAINT requests_external_id_unique UNIQUE (organisation_id, partner_id, external_id)
);
COMMENT ON TABLE requests IS 'One need of one household each.';
COMMENT ON COLUMN requests.hold IS 'Why it waits for a coordinator, exactly while it is pending_verification.';
COMMENT ON COLUMN requests.goods_out IS 'A claim ended after pick-up, and nobody has settled where the goods are.';
COMMENT ON COLUMN requests.fence IS 'Grows by one with each claim; a claim acts only while its own number is this one.';
COMMENT ON COLUMN requests.coarse_lat IS 'The household''s coarse point, copied: lists and matching never touch a door.';
CREATE INDEX requests_by_status ON requests (organisation_id, status, id);
CREATE INDEX requests_by_household ON requests (household_id, id);
CREATE INDEX requests_open_window ON requests (window_end) WHERE status IN ('open', 'pending_verification');
CREATE INDEX requests_silent ON requests (fulfilled_at) WHERE status = 'fulfilled' AND acknowledged_at IS NULL;

CREATE TABLE request_notes (
    request_id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    area_id uuid NOT NULL,
    note text NOT NULL,
    CONSTRAINT request_notes_request_fk FOREIGN KEY (organisation_id, area_id, request_id)
        REFERENCES requests (organisation_id, area_id, id)
);
COMMENT ON TABLE request_notes IS 'What the volunteer should know about this request. Shown with the door, by its rule.';

CREATE TABLE request_phrases (
    request_id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    phrase_mac bytea NOT NULL,
    wrong_phrases integer NOT NULL DEFAULT 0,
    CONSTRAINT request_phrases_request_fk FOREIGN KEY (organisation_id, request_id)
        REFERENCES requests (organisation_id, id)
);
COMMENT ON TABLE request_phrases IS 'The one-time code that the household says at hand-over, as a keyed hash.';

CREATE TABLE request_lines (
    request_id uuid NOT NULL,
    line smallint NOT NULL,
    organisation_id uuid NOT NULL,
    area_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    item_id uuid,
    kit_id uuid,
    quantity integer NOT NULL CHECK (quantity BETWEEN 1 AND 1000),
    PRIMARY KEY (request_id, line),
    CONSTRAINT request_lines_one_thing CHECK ((item_id IS NULL) <> (kit_id IS NULL)),
    CONSTRAINT request_lines_request_fk FOREIGN KEY (organisation_id, area_id, request_id)
        REFERENCES requests (organisation_id, area_id, id),
    CONSTRAINT request_lines_item_fk FOREIGN KEY (campaign_id, item_id) REFERENCES items (campaign_id, id),
    CONSTRAINT request_lines_kit_fk FOREIGN KEY (campaign_id, kit_id) REFERENCES kits (campaign_id, id)
);
COMMENT ON TABLE request_lines IS 'What is asked for: an item or a kit, and how many.';

CREATE TABLE silences (
    request_id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    area_id uuid NOT NULL,
    welfare_check_id uuid NOT NULL,
    CONSTRAINT silences_request_fk FOREIGN KEY (organisation_id, area_id, request_id)
        REFERENCES requests (organisation_id, area_id, id),
    CONSTRAINT silences_welfare_check_fk FOREIGN KEY (organisation_id, area_id, welfare_check_id)
        REFERENCES requests (organisation_id, area_id, id)
);
COMMENT ON TABLE silences IS 'Fulfilled requests whose household stayed silent, each with the welfare check filed for it.';

-- ---------------------------------------------------------------- claims, deliveries, proofs

CREATE TABLE claims (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    area_id uuid NOT NULL,
    request_id uuid NOT NULL,
    household_id uuid NOT NULL,
    volunteer_organisation_id uuid NOT NULL,
    volunteer_id uuid NOT NULL,
    source text NOT NULL CHECK (source IN ('self', 'offer', 'coordinator', 'plan')),
    status text NOT NULL CHECK (status IN ('active', 'completed', 'released', 'lapsed', 'revoked')),
    status_reason text,
    outcome text,
    fence bigint NOT NULL,
    lease_until timestamptz NOT NULL,
    policy_version integer NOT NULL,
    claimed_at timestamptz NOT NULL,
    ended_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT claims_ended CHECK ((status = 'active') = (ended_at IS NULL)),
    CONSTRAINT claims_request_fk FOREIGN KEY (organisation_id, area_id, request_id)
        REFERENCES requests (organisation_id, area_id, id),
    CONSTRAINT claims_household_fk FOREIGN KEY (organisation_id, household_id) REFERENCES households (organisation_id, id),
    CONSTRAINT claims_volunteer_fk FOREIGN KEY (volunteer_organisation_id, volunteer_id)
        REFERENCES volunteers (organisation_id, id),
    CONSTRAINT claims_key UNIQUE (organisation_id, id),
    CONSTRAINT claims_fence_unique UNIQUE (request_id, fence)
);
COMMENT ON TABLE claims IS 'The exclusive right of one volunteer to one request, with a lease and a fencing number.';
COMMENT ON COLUMN claims.organisation_id IS 'The organisation that owns the request; the volunteer may be another''s.';
-- The last guard of the first invariant: whatever the code does, a request has at most one active claim.
CREATE UNIQUE INDEX claims_one_active_per_request ON claims (request_id) WHERE status = 'active';
CREATE INDEX claims_by_volunteer ON claims (volunteer_id, id);
CREATE INDEX claims_leases ON claims (lease_until) WHERE status = 'active';

CREATE TABLE deliveries (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    area_id uuid NOT NULL,
    request_id uuid NOT NULL,
    claim_id uuid NOT NULL,
    status text NOT NULL CHECK (status IN ('awaiting_pickup', 'picked_up', 'at_door', 'completed', 'failed', 'abandoned')),
    outcome text CHECK (outcome IN ('left_at_door', 'handed_over', 'no_answer', 'no_stock', 'unsafe', 'other', 'bad_address', 'refused', 'already_served')),
    status_reason text,
    picked_up_at timestamptz,
    arrived_at timestamptz,
    ended_at timestamptz,
    created_at timestamptz NOT NULL,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT deliveries_claim_fk FOREIGN KEY (organisation_id, claim_id) REFERENCES claims (organisation_id, id),
    CONSTRAINT deliveries_request_fk FOREIGN KEY (organisation_id, area_id, request_id)
        REFERENCES requests (organisation_id, area_id, id),
    CONSTRAINT deliveries_key UNIQUE (organisation_id, id),
    CONSTRAINT deliveries_claim_unique UNIQUE (claim_id)
);
COMMENT ON TABLE deliveries IS 'The physical act under a claim.';
CREATE INDEX deliveries_by_request ON deliveries (request_id);

CREATE TABLE proofs (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    delivery_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('photo', 'phrase', 'position', 'coordinator')),
    distance_m double precision,
    created_at timestamptz NOT NULL,
    CONSTRAINT proofs_delivery_fk FOREIGN KEY (organisation_id, delivery_id) REFERENCES deliveries (organisation_id, id),
    CONSTRAINT proofs_kind_unique UNIQUE (delivery_id, kind)
);
COMMENT ON TABLE proofs IS 'What showed that goods reached the household.';

CREATE TABLE photos (
    delivery_id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    media_type text NOT NULL,
    bytes bytea NOT NULL CHECK (length(bytes) <= 2097152),
    sha256 bytea NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT photos_delivery_fk FOREIGN KEY (organisation_id, delivery_id) REFERENCES deliveries (organisation_id, id)
);
COMMENT ON TABLE photos IS 'The photo of a delivery, re-encoded so that nothing but its pixels is kept.';

-- ---------------------------------------------------------------- idempotency, events, door readings

CREATE TABLE idempotency_keys (
    caller text NOT NULL,
    route text NOT NULL,
    key text NOT NULL CHECK (length(key) BETWEEN 1 AND 300),
    fingerprint bytea NOT NULL,
    status smallint NOT NULL,
    location text,
    body bytea NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (caller, route, key)
);
COMMENT ON TABLE idempotency_keys IS 'The answer that each key got, committed with its effect. Never holds a door or a secret.';
COMMENT ON COLUMN idempotency_keys.caller IS 'Whose key it is: two callers'' equal keys have nothing to do with each other.';
COMMENT ON COLUMN idempotency_keys.route IS 'Method and path template.';
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

CREATE TABLE events (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    organisation_id uuid,
    area_id uuid,
    subject_kind text NOT NULL,
    subject_id uuid NOT NULL,
    request_id uuid,
    volunteer_id uuid,
    actor_kind text NOT NULL,
    actor_id uuid,
    reason text,
    policy_version integer,
    call_id text,
    changes jsonb NOT NULL,
    CONSTRAINT events_id_unique UNIQUE (id)
);
COMMENT ON TABLE events IS 'What happened: append-only, one row per state change, in the same transaction. Audit record, outbox, feed and the fleet''s input in one. Ids and pseudonyms only.';
COMMENT ON COLUMN events.xid IS 'The transaction that wrote it: readers stop below the oldest one still running, so that none is skipped.';
COMMENT ON COLUMN events.changes IS 'Every lifecycle change it made: [{"object","id","from","to"}].';
CREATE INDEX events_in_order ON events (xid, seq);
CREATE INDEX events_by_subject ON events (subject_id, seq);
CREATE INDEX events_by_request ON events (request_id, seq) WHERE request_id IS NOT NULL;

CREATE TABLE door_readings (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    organisation_id uuid NOT NULL,
    household_id uuid NOT NULL,
    request_id uuid,
    claim_id uuid,
    actor_kind text NOT NULL,
    actor_id uuid,
    call_id text
);
COMMENT ON TABLE door_readings IS 'Who read which door, when, and for which request. Append-only.';
CREATE INDEX door_readings_by_household ON door_readings (household_id, at);
CREATE INDEX door_readings_by_actor ON door_readings (actor_id, at);

-- ---------------------------------------------------------------- what the service may do

GRANT USAGE ON SCHEMA public TO birgemiz_app;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO birgemiz_app;
REVOKE UPDATE ON events, door_readings, policies, proofs, household_consents FROM birgemiz_app;
GRANT DELETE ON idempotency_keys, login_attempts, refresh_tokens, one_time_links, volunteer_blocks TO birgemiz_app;
GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO birgemiz_app;
