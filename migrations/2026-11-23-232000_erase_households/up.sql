-- Households are erased (docs/private-data.md): their data key goes, and with it whatever it has sealed; their row stays as
-- a number among others, so that counts and the log stay true.

ALTER TABLE households ADD COLUMN erased_at timestamptz;
COMMENT ON COLUMN households.erased_at IS 'When everything private of it was erased; null while it is kept.';
ALTER TABLE households ADD CONSTRAINT households_erased CHECK (erased_at IS NULL OR status = 'archived'
    AND external_id IS NULL AND status_reason IS NULL AND categories = '{}' AND languages = '{}') NOT VALID;
ALTER TABLE households VALIDATE CONSTRAINT households_erased;
-- Who was erased is listed outside the database each minute.
CREATE INDEX households_by_erasure ON households (erased_at) WHERE erased_at IS NOT NULL;

GRANT DELETE ON household_doors, household_consents, request_notes, request_phrases, photos
    TO birgemiz_app, birgemiz_system;

CREATE FUNCTION forget_answers(names text[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    forgotten bigint;
BEGIN
    UPDATE public.idempotency_keys SET body = '', location = NULL, fingerprint = ''
    WHERE body <> '' AND EXISTS (
        SELECT FROM unnest(names) n (name) WHERE position(convert_to(n.name, 'UTF8') IN body) > 0);
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END
$$;
COMMENT ON FUNCTION forget_answers(text[]) IS 'Empties the answers kept for anybody''s idempotency keys that name one of these ids. The keys stay used.';
GRANT SELECT (body), UPDATE (body, location, fingerprint) ON idempotency_keys TO birgemiz_definer;
CREATE POLICY idempotency_keys_emptied ON idempotency_keys TO birgemiz_definer USING (true) WITH CHECK (true);
GRANT CREATE ON SCHEMA public TO birgemiz_definer;
ALTER FUNCTION forget_answers(text[]) OWNER TO birgemiz_definer;
REVOKE CREATE ON SCHEMA public FROM birgemiz_definer;
REVOKE EXECUTE ON FUNCTION forget_answers(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_answers(text[]) TO birgemiz_app, birgemiz_system;
