-- Offers are forgotten, with what the log tells of them: the version before knows no such kinds. What was claimed by them stays.
DROP TRIGGER requests_end_offers ON requests;
DROP TABLE pursuits;
DROP TABLE offers;
DROP TABLE dispatch_decisions;
DROP TABLE volunteer_tallies;
DROP TABLE acceptance_estimates;
DROP FUNCTION end_offers();
DROP FUNCTION offers_are_of_open_requests();
DROP FUNCTION offer_on_the_wire(uuid);
DROP POLICY claims_definer ON claims;
DROP POLICY campaigns_definer ON campaigns;
DROP POLICY events_of_offers ON events;
REVOKE SELECT (request_id, volunteer_id, status) ON claims FROM birgemiz_definer;
REVOKE SELECT (id, clock_offset_s) ON campaigns FROM birgemiz_definer;
REVOKE INSERT (id, at, kind, organisation_id, area_id, subject_kind, subject_id, request_id, volunteer_id, actor_kind,
               policy_version, changes) ON events FROM birgemiz_definer;
-- The version before knows no such part of a policy.
UPDATE policies SET body = body - 'dispatch' WHERE body ? 'dispatch';
DELETE FROM events WHERE kind LIKE 'offer.%';
DELETE FROM idempotency_keys WHERE route LIKE '%/v1/offers%' OR route LIKE '%/dispatch%';
