-- Offers: volunteers are asked in waves, each wave by a decision that is kept with all that it was made from.

CREATE TABLE dispatch_decisions (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    area_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    request_id uuid NOT NULL,
    outcome text NOT NULL CONSTRAINT dispatch_decisions_outcome CHECK (outcome IN ('ask', 'escalate')),
    wave integer NOT NULL CONSTRAINT dispatch_decisions_wave CHECK (wave >= 0),
    policy_version integer NOT NULL,
    record jsonb NOT NULL,
    decided_at timestamptz NOT NULL,
    made_at timestamptz NOT NULL,
    CONSTRAINT dispatch_decisions_key UNIQUE (organisation_id, id),
    CONSTRAINT dispatch_decisions_request_fk FOREIGN KEY (organisation_id, area_id, request_id)
        REFERENCES requests (organisation_id, area_id, id),
    CONSTRAINT dispatch_decisions_policy_fk FOREIGN KEY (campaign_id, policy_version) REFERENCES policies (campaign_id, version)
);
COMMENT ON TABLE dispatch_decisions IS 'What was decided about a request, with all that it was decided from. Append-only. Hold no door, no name and no place.';
COMMENT ON COLUMN dispatch_decisions.id IS 'The id of the snapshot that it was decided from.';
COMMENT ON COLUMN dispatch_decisions.outcome IS 'Whether volunteers were asked, or a coordinator was called.';
COMMENT ON COLUMN dispatch_decisions.wave IS 'Which wave it sent; how many had been sent, where a coordinator was called.';
COMMENT ON COLUMN dispatch_decisions.record IS 'Candidates, chances, policy and decision as JSON, so that it can be computed again.';
COMMENT ON COLUMN dispatch_decisions.decided_at IS 'When, by the campaign''s clock.';
COMMENT ON COLUMN dispatch_decisions.made_at IS 'When.';
CREATE INDEX dispatch_decisions_of_a_request ON dispatch_decisions (request_id, id);
CREATE INDEX dispatch_decisions_in_order ON dispatch_decisions (made_at, id);

CREATE TABLE offers (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    area_id uuid NOT NULL,
    request_id uuid NOT NULL,
    volunteer_organisation_id uuid NOT NULL,
    volunteer_id uuid NOT NULL,
    decision_id uuid NOT NULL,
    wave integer NOT NULL CONSTRAINT offers_wave CHECK (wave > 0),
    status text NOT NULL CONSTRAINT offers_status CHECK (status IN ('sent', 'accepted', 'declined', 'expired', 'withdrawn')),
    reason text CONSTRAINT offers_reason CHECK (reason IN ('too_far', 'too_heavy', 'not_now', 'unwell', 'other')),
    known jsonb NOT NULL,
    policy_version integer NOT NULL,
    sent_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    is_learnt boolean NOT NULL DEFAULT false,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT offers_ended CHECK ((status = 'sent') = (ended_at IS NULL)),
    CONSTRAINT offers_declined CHECK ((status = 'declined') = (reason IS NOT NULL)),
    CONSTRAINT offers_last CHECK (expires_at > sent_at),
    -- Nobody is asked twice for the same request, whatever became of the first time.
    CONSTRAINT offers_one_per_volunteer UNIQUE (request_id, volunteer_id),
    CONSTRAINT offers_request_fk FOREIGN KEY (organisation_id, area_id, request_id)
        REFERENCES requests (organisation_id, area_id, id),
    CONSTRAINT offers_volunteer_fk FOREIGN KEY (volunteer_organisation_id, volunteer_id)
        REFERENCES volunteers (organisation_id, id),
    CONSTRAINT offers_decision_fk FOREIGN KEY (organisation_id, decision_id) REFERENCES dispatch_decisions (organisation_id, id)
);
COMMENT ON TABLE offers IS 'Volunteers who were asked whether they take a request, and what they said.';
COMMENT ON COLUMN offers.organisation_id IS 'The organisation that owns the request; the volunteer may be another''s.';
COMMENT ON COLUMN offers.decision_id IS 'The decision by which it was made.';
COMMENT ON COLUMN offers.reason IS 'Why it was declined. No reason counts against anybody.';
COMMENT ON COLUMN offers.known IS 'What was known of volunteer and request, and how likely the volunteer seemed to accept, by its parts.';
COMMENT ON COLUMN offers.sent_at IS 'When, by the campaign''s clock, as are the others.';
COMMENT ON COLUMN offers.is_learnt IS 'Whether the estimates have taken in what became of it.';
CREATE INDEX offers_of_a_volunteer ON offers (volunteer_id, sent_at);
CREATE INDEX offers_open ON offers (request_id) WHERE status = 'sent';
CREATE INDEX offers_to_learn_from ON offers (ended_at) WHERE NOT is_learnt AND status <> 'sent';

CREATE TABLE pursuits (
    request_id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    area_id uuid NOT NULL,
    status text NOT NULL CONSTRAINT pursuits_status CHECK (status IN ('pursued', 'escalated')),
    waves integer NOT NULL DEFAULT 0,
    last_wave_at timestamptz,
    next_due timestamptz NOT NULL,
    waits_for text,
    fence bigint NOT NULL DEFAULT 0,
    CONSTRAINT pursuits_waves CHECK ((waves > 0) = (last_wave_at IS NOT NULL)),
    CONSTRAINT pursuits_request_fk FOREIGN KEY (organisation_id, area_id, request_id)
        REFERENCES requests (organisation_id, area_id, id)
);
COMMENT ON TABLE pursuits IS 'Requests for which the service looks for somebody: where that stands, and when it looks again.';
COMMENT ON COLUMN pursuits.next_due IS 'When to look again at the latest, by the campaign''s clock.';
COMMENT ON COLUMN pursuits.waits_for IS 'What is waited for until then; why a coordinator was called, where one was.';
COMMENT ON COLUMN pursuits.fence IS 'The request''s latest claim when it was looked at: one that is open again is looked at at once.';
CREATE INDEX pursuits_due ON pursuits (next_due) WHERE status = 'pursued';

CREATE TABLE volunteer_tallies (
    volunteer_id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    tally jsonb NOT NULL,
    CONSTRAINT volunteer_tallies_volunteer_fk FOREIGN KEY (organisation_id, volunteer_id)
        REFERENCES volunteers (organisation_id, id)
);
COMMENT ON TABLE volunteer_tallies IS 'How often each volunteer accepted, and how often they might have. Locked by whoever asks them, so that two never overdraw a budget.';
COMMENT ON COLUMN volunteer_tallies.tally IS 'Acceptances and exposure in thousandths, and the day as of which they count.';

CREATE TABLE acceptance_estimates (
    campaign_id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    estimates jsonb NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT acceptance_estimates_campaign_fk FOREIGN KEY (organisation_id, campaign_id)
        REFERENCES campaigns (organisation_id, id)
);
COMMENT ON TABLE acceptance_estimates IS 'What each campaign has learnt of how likely its volunteers accept.';
COMMENT ON COLUMN acceptance_estimates.estimates IS 'Every table of the model, as JSON.';

-- ---------------------------------------------------------------- who may

ALTER TABLE dispatch_decisions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE offers ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE pursuits ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volunteer_tallies ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE acceptance_estimates ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
DO $$
DECLARE
    of_one text;
BEGIN
    FOREACH of_one IN ARRAY ARRAY['dispatch_decisions', 'offers', 'pursuits', 'volunteer_tallies', 'acceptance_estimates'] LOOP
        EXECUTE format('CREATE POLICY %I ON %I TO birgemiz_owner USING (true) WITH CHECK (true)', of_one || '_owner', of_one);
        EXECUTE format('CREATE POLICY %I ON %I TO birgemiz_system USING (true) WITH CHECK (true)', of_one || '_system', of_one);
    END LOOP;
    -- Coordinators see whom their requests were offered to.
    FOREACH of_one IN ARRAY ARRAY['dispatch_decisions', 'offers', 'pursuits'] LOOP
        EXECUTE format('CREATE POLICY %I ON %I FOR SELECT TO birgemiz_app
                        USING (organisation_id = (SELECT acting_organisation()) AND (SELECT acting_volunteer()) IS NULL)',
                       of_one || '_own', of_one);
    END LOOP;
END
$$;
-- A volunteer sees what they were offered, and declines it.
CREATE POLICY offers_made_to ON offers TO birgemiz_app USING (volunteer_id = (SELECT acting_volunteer()))
    WITH CHECK (volunteer_id = (SELECT acting_volunteer()));
-- Whoever declines has the request looked at; a coordinator has theirs pursued again.
CREATE POLICY pursuits_asked_again ON pursuits FOR UPDATE TO birgemiz_app
    USING (organisation_id = (SELECT acting_organisation()) AND (SELECT acting_volunteer()) IS NULL)
    WITH CHECK (organisation_id = (SELECT acting_organisation()) AND (SELECT acting_volunteer()) IS NULL);
CREATE POLICY pursuits_made_to ON pursuits TO birgemiz_app
    USING ((SELECT acting_volunteer()) IS NOT NULL AND EXISTS (SELECT FROM offers o WHERE o.request_id = pursuits.request_id))
    WITH CHECK ((SELECT acting_volunteer()) IS NOT NULL);
GRANT SELECT ON dispatch_decisions, offers, pursuits TO birgemiz_app;
GRANT UPDATE (status, reason, ended_at, version) ON offers TO birgemiz_app;
GRANT UPDATE (status, next_due, waits_for) ON pursuits TO birgemiz_app;
GRANT SELECT, INSERT ON dispatch_decisions TO birgemiz_system;
GRANT SELECT, INSERT, UPDATE ON offers, pursuits, volunteer_tallies, acceptance_estimates TO birgemiz_system;

-- ---------------------------------------------------------------- no offer outlives its request

CREATE FUNCTION offer_on_the_wire(offer uuid) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT 'off_' || string_agg(substr('0123456789abcdefghjkmnpqrstvwxyz',
                                       substr(b.bits, place * 5 + 1, 5)::bit(5)::integer + 1, 1), '' ORDER BY place)
    FROM generate_series(0, 25) AS place,
         (SELECT '00' || ('x' || replace(offer::text, '-', ''))::bit(128)::text AS bits) b
$$;
COMMENT ON FUNCTION offer_on_the_wire(uuid) IS 'The id of an offer as the log writes it: 26 letters of Crockford''s base 32.';

-- Whoever takes a request, or ends it, may see nothing of those who were asked; still these are told in the same transaction.
CREATE FUNCTION end_offers() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    holder uuid;
BEGIN
    SELECT c.volunteer_id INTO holder FROM public.claims c WHERE c.request_id = NEW.id AND c.status = 'active';
    WITH ended AS (
        UPDATE public.offers o SET
            status = CASE WHEN o.volunteer_id IS NOT DISTINCT FROM holder THEN 'accepted' ELSE 'withdrawn' END,
            ended_at = NEW.updated_at + m.clock_offset_s * interval '1s', version = o.version + 1
        FROM public.campaigns m
        WHERE m.id = NEW.campaign_id AND o.request_id = NEW.id AND o.status = 'sent'
        RETURNING o.id, o.organisation_id, o.area_id, o.request_id, o.volunteer_id, o.status, o.policy_version
    )
    INSERT INTO public.events (id, at, kind, organisation_id, area_id, subject_kind, subject_id, request_id, volunteer_id,
                               actor_kind, policy_version, changes)
    SELECT gen_random_uuid(), NEW.updated_at,
           CASE e.status WHEN 'accepted' THEN 'offer.accepted' ELSE 'offer.withdrawn' END,
           e.organisation_id, e.area_id, 'offer', e.id, e.request_id, e.volunteer_id, 'system', e.policy_version,
           jsonb_build_array(jsonb_build_object('object', 'offer', 'id', public.offer_on_the_wire(e.id), 'from', 'sent', 'to', e.status))
    FROM ended e ORDER BY e.id;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION end_offers() IS 'Ends the offers of a request that is open no more, and tells those who were asked.';

CREATE FUNCTION offers_are_of_open_requests() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.requests q WHERE q.id = NEW.request_id AND q.status = 'open') THEN
        RAISE check_violation USING CONSTRAINT = 'offers_of_open_requests', TABLE = 'offers',
            MESSAGE = 'a request that is not open is offered to nobody';
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION offers_are_of_open_requests() IS 'Refuses an offer of a request that is not open.';

GRANT CREATE ON SCHEMA public TO birgemiz_definer;
ALTER FUNCTION end_offers() OWNER TO birgemiz_definer;
REVOKE CREATE ON SCHEMA public FROM birgemiz_definer;
REVOKE EXECUTE ON FUNCTION end_offers(), offers_are_of_open_requests(), offer_on_the_wire(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION offer_on_the_wire(uuid) TO birgemiz_definer;
GRANT SELECT (id, organisation_id, area_id, request_id, volunteer_id, status, policy_version, version) ON offers TO birgemiz_definer;
GRANT UPDATE (status, ended_at, version) ON offers TO birgemiz_definer;
GRANT SELECT (request_id, volunteer_id, status) ON claims TO birgemiz_definer;
GRANT SELECT (id, clock_offset_s) ON campaigns TO birgemiz_definer;
GRANT INSERT (id, at, kind, organisation_id, area_id, subject_kind, subject_id, request_id, volunteer_id, actor_kind,
              policy_version, changes) ON events TO birgemiz_definer;
CREATE POLICY offers_definer ON offers TO birgemiz_definer USING (true) WITH CHECK (true);
CREATE POLICY claims_definer ON claims FOR SELECT TO birgemiz_definer USING (true);
CREATE POLICY campaigns_definer ON campaigns FOR SELECT TO birgemiz_definer USING (true);
CREATE POLICY events_of_offers ON events FOR INSERT TO birgemiz_definer WITH CHECK (subject_kind = 'offer');

CREATE TRIGGER requests_end_offers AFTER UPDATE OF status ON requests FOR EACH ROW
    WHEN (OLD.status = 'open' AND NEW.status <> 'open') EXECUTE FUNCTION end_offers();
CREATE TRIGGER offers_of_open_requests BEFORE INSERT ON offers FOR EACH ROW EXECUTE FUNCTION offers_are_of_open_requests();
