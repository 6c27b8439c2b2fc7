DROP TABLE door_readings, events, idempotency_keys, photos, proofs, deliveries, claims, silences, request_lines,
    request_phrases, request_notes, requests, volunteer_blocks, volunteer_positions, volunteers,
    household_consents, household_doors, households, kit_items, kits, items, hubs, invitations, partners,
    login_attempts, refresh_tokens, one_time_links, users, building_cells, area_organisations, areas,
    policies, campaign_organisations, campaigns, organisations;
REVOKE USAGE ON SCHEMA public FROM birgemiz_app;
-- The role stays: it belongs to the server, and other databases may use it.
