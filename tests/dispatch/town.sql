CREATE FUNCTION pg_temp.id(n int) RETURNS uuid LANGUAGE sql AS $$ SELECT lpad(to_hex(n), 32, '0')::uuid $$;
BEGIN;
INSERT INTO organisations (id, name, created_at) VALUES (pg_temp.id(1), 'City', now()), (pg_temp.id(2), 'Others', now());
INSERT INTO campaigns (id, organisation_id, name, created_at) VALUES (pg_temp.id(3), pg_temp.id(1), 'Together', now());
INSERT INTO campaign_organisations VALUES (pg_temp.id(3), pg_temp.id(1), now());
INSERT INTO policies (id, organisation_id, campaign_id, version, body, created_at)
    VALUES (pg_temp.id(5), pg_temp.id(1), pg_temp.id(3), 1, '{}', now());
INSERT INTO areas (id, organisation_id, campaign_id, name, time_zone, shape, centre_lat, centre_lon, created_at)
    VALUES (pg_temp.id(4), pg_temp.id(1), pg_temp.id(3), 'Town', 'Asia/Almaty',
            '{"type":"Polygon","coordinates":[[[76,43],[77,43],[77,44],[76,44],[76,43]]]}', 43.5, 76.5, now());
INSERT INTO area_organisations VALUES (pg_temp.id(1), pg_temp.id(4), pg_temp.id(3));
INSERT INTO items (id, organisation_id, campaign_id, name, unit, weight_g, volume_ml, created_at)
    VALUES (pg_temp.id(8), pg_temp.id(1), pg_temp.id(3), 'Flour', 'bag', 2000, 3000, now());
INSERT INTO users (id, organisation_id, role, name, email, created_at) VALUES
    (pg_temp.id(10), pg_temp.id(1), 'coordinator', 'Dana', 'dana@example.org', now()),
    (pg_temp.id(11), pg_temp.id(1), 'volunteer', 'Aigerim', 'aigerim@example.org', now()),
    (pg_temp.id(12), pg_temp.id(1), 'volunteer', 'Timur', 'timur@example.org', now()),
    (pg_temp.id(13), pg_temp.id(2), 'coordinator', 'Other', 'other@example.org', now());
INSERT INTO sessions (id, organisation_id, user_id, begun_at, renewed_at, expires_at)
    SELECT id, organisation_id, id, now(), now(), now() + interval '90 days' FROM users;
INSERT INTO volunteers (id, organisation_id, area_id, user_id, status, transport, capacity_g, capacity_ml, skills,
                        languages, radius_m, claim_limit, duty_until, created_at, updated_at) VALUES
    (pg_temp.id(21), pg_temp.id(1), pg_temp.id(4), pg_temp.id(11), 'approved', 'foot', 10000, 20000, '{}', '{kk,ru}',
     3000, 3, now() + interval '90 days', now(), now()),
    (pg_temp.id(22), pg_temp.id(1), pg_temp.id(4), pg_temp.id(12), 'registered', 'foot', 10000, 20000, '{}', '{ru}',
     3000, 3, NULL, now(), now());
INSERT INTO volunteer_positions (volunteer_id, organisation_id, base_lat, base_lon, written_at)
    VALUES (pg_temp.id(21), pg_temp.id(1), 43.25, 76.90, now());
INSERT INTO households (id, organisation_id, area_id, status, members, categories, languages, coarse_lat, coarse_lon,
                        created_at, updated_at)
    VALUES (pg_temp.id(7), pg_temp.id(1), pg_temp.id(4), 'verified', 1, '{elderly_alone}', '{kk}', 43.256, 76.903,
            now(), now());
INSERT INTO events (id, at, kind, organisation_id, subject_kind, subject_id, actor_kind, changes)
    VALUES (pg_temp.id(100), now(), 'campaign.created', pg_temp.id(1), 'campaign', pg_temp.id(3), 'system', '[]');
COMMIT;
