// @generated automatically by Diesel CLI.

pub mod sql_types {
    #[derive(diesel::sql_types::SqlType)]
    #[diesel(postgres_type(name = "xid8", schema = "pg_catalog"))]
    pub struct Xid8;
}

diesel::table! {
    use diesel::sql_types::*;
    use super::sql_types::Xid8;

    access_records (id) {
        id -> Int8,
        xid -> Xid8,
        at -> Timestamptz,
        organisation_id -> Nullable<Uuid>,
        what -> Text,
        target -> Nullable<Text>,
        code -> Nullable<Text>,
        user_id -> Nullable<Uuid>,
        partner_id -> Nullable<Uuid>,
        route -> Nullable<Text>,
        object_id -> Nullable<Text>,
        account -> Nullable<Bytea>,
        address -> Nullable<Bytea>,
        times -> Int4,
        call_id -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    acceptance_estimates (campaign_id) {
        campaign_id -> Uuid,
        organisation_id -> Uuid,
        estimates -> Jsonb,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    area_organisations (organisation_id, area_id) {
        organisation_id -> Uuid,
        area_id -> Uuid,
        campaign_id -> Uuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    areas (id) {
        id -> Uuid,
        organisation_id -> Uuid,
        campaign_id -> Uuid,
        name -> Text,
        time_zone -> Text,
        shape -> Jsonb,
        centre_lat -> Float8,
        centre_lon -> Float8,
        created_at -> Timestamptz,
        version -> Int4,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    authenticators (organisation_id, user_id) {
        organisation_id -> Uuid,
        user_id -> Uuid,
        sealed -> Bytea,
        key_version -> Int4,
        made_at -> Timestamptz,
        confirmed_at -> Nullable<Timestamptz>,
        last_step -> Int8,
        recovery_hashes -> Array<Nullable<Bytea>>,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    building_cells (area_id, cell) {
        area_id -> Uuid,
        cell -> Int8,
        buildings -> Int4,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    calls (id) {
        id -> Uuid,
        organisation_id -> Uuid,
        area_id -> Uuid,
        household_id -> Uuid,
        request_id -> Uuid,
        purpose -> Text,
        urgency -> Text,
        status -> Text,
        due_at -> Timestamptz,
        in_vain -> Int4,
        last_outcome -> Nullable<Text>,
        locked_by -> Nullable<Uuid>,
        locked_until -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        version -> Int4,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    campaign_organisations (campaign_id, organisation_id) {
        campaign_id -> Uuid,
        organisation_id -> Uuid,
        joined_at -> Timestamptz,
        is_sandbox -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    campaigns (id) {
        id -> Uuid,
        organisation_id -> Uuid,
        name -> Text,
        starts_on -> Nullable<Date>,
        ends_on -> Nullable<Date>,
        clock_offset_s -> Int8,
        policy_version -> Int4,
        created_at -> Timestamptz,
        version -> Int4,
        is_sandbox -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    claims (id) {
        id -> Uuid,
        organisation_id -> Uuid,
        area_id -> Uuid,
        request_id -> Uuid,
        household_id -> Uuid,
        volunteer_organisation_id -> Uuid,
        volunteer_id -> Uuid,
        source -> Text,
        status -> Text,
        status_reason -> Nullable<Text>,
        outcome -> Nullable<Text>,
        fence -> Int8,
        lease_until -> Timestamptz,
        policy_version -> Int4,
        claimed_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        version -> Int4,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    client_assertions (organisation_id, partner_id, jti_hash) {
        organisation_id -> Uuid,
        partner_id -> Uuid,
        jti_hash -> Bytea,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    deliveries (id) {
        id -> Uuid,
        organisation_id -> Uuid,
        area_id -> Uuid,
        request_id -> Uuid,
        claim_id -> Uuid,
        status -> Text,
        outcome -> Nullable<Text>,
        status_reason -> Nullable<Text>,
        picked_up_at -> Nullable<Timestamptz>,
        arrived_at -> Nullable<Timestamptz>,
        ended_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        version -> Int4,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::sql_types::Xid8;

    door_readings (id) {
        id -> Int8,
        at -> Timestamptz,
        organisation_id -> Uuid,
        household_id -> Uuid,
        request_id -> Nullable<Uuid>,
        claim_id -> Nullable<Uuid>,
        actor_kind -> Text,
        actor_id -> Nullable<Uuid>,
        call_id -> Nullable<Text>,
        exported -> Bool,
        xid -> Xid8,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::sql_types::Xid8;

    events (seq) {
        seq -> Int8,
        xid -> Xid8,
        id -> Uuid,
        at -> Timestamptz,
        kind -> Text,
        organisation_id -> Nullable<Uuid>,
        area_id -> Nullable<Uuid>,
        subject_kind -> Text,
        subject_id -> Uuid,
        request_id -> Nullable<Uuid>,
        volunteer_id -> Nullable<Uuid>,
        actor_kind -> Text,
        actor_id -> Nullable<Uuid>,
        reason -> Nullable<Text>,
        policy_version -> Nullable<Int4>,
        call_id -> Nullable<Text>,
        changes -> Jsonb,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    dispatch_decisions (id) {
        id -> Uuid,
        organisation_id -> Uuid,
        area_id -> Uuid,
        campaign_id -> Uuid,
        request_id -> Uuid,
        outcome -> Text,
        wave -> Int4,
        policy_version -> Int4,
        record -> Jsonb,
        decided_at -> Timestamptz,
        made_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    household_consents (household_id) {
        household_id -> Uuid,
        organisation_id -> Uuid,
        text_version -> Text,
        language -> Text,
        channel -> Text,
        given_at -> Timestamptz,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    household_doors (household_id) {
        household_id -> Uuid,
        organisation_id -> Uuid,
        area_id -> Uuid,
        sealed -> Bytea,
        data_key -> Bytea,
        key_version -> Int4,
        phone_index -> Nullable<Bytea>,
        name_index -> Bytea,
        has_phone -> Bool,
        lat -> Float8,
        lon -> Float8,
        accuracy_m -> Nullable<Float8>,
        cells -> Array<Nullable<Int8>>,
        is_approximate -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    households (id) {
        id -> Uuid,
        organisation_id -> Uuid,
        area_id -> Uuid,
        partner_id -> Nullable<Uuid>,
        external_id -> Nullable<Text>,
        status -> Text,
        status_reason -> Nullable<Text>,
        members -> Int4,
        categories -> Array<Nullable<Text>>,
        languages -> Array<Nullable<Text>>,
        coarse_lat -> Float8,
        coarse_lon -> Float8,
        coarse_cell -> Nullable<Int8>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> Int4,
        erased_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    hubs (id) {
        id -> Uuid,
        organisation_id -> Uuid,
        area_id -> Uuid,
        name -> Text,
        address -> Text,
        lat -> Float8,
        lon -> Float8,
        opening_hours -> Nullable<Text>,
        created_at -> Timestamptz,
        version -> Int4,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    idempotency_keys (caller, route, key) {
        caller -> Text,
        route -> Text,
        key -> Text,
        fingerprint -> Bytea,
        status -> Int2,
        location -> Nullable<Text>,
        body -> Bytea,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    import_coarse_points (import_id, area_id, cell) {
        import_id -> Uuid,
        area_id -> Uuid,
        cell -> Int8,
        organisation_id -> Uuid,
        lat -> Float8,
        lon -> Float8,
        coarse_cell -> Nullable<Int8>,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    import_faults (import_id, row, number) {
        import_id -> Uuid,
        row -> Int8,
        number -> Int4,
        organisation_id -> Uuid,
        line -> Int8,
        column_name -> Nullable<Text>,
        reason -> Text,
        advice -> Text,
        repeats -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    import_parts (import_id, part) {
        import_id -> Uuid,
        part -> Int4,
        organisation_id -> Uuid,
        first_row -> Int8,
        first_line -> Int8,
        rows -> Int4,
        bytes -> Bytea,
        key_version -> Nullable<Int4>,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    import_staging (import_id, part, household_id) {
        import_id -> Uuid,
        part -> Int4,
        organisation_id -> Uuid,
        household_id -> Uuid,
        event_id -> Uuid,
        area_id -> Uuid,
        external_id -> Nullable<Text>,
        members -> Int4,
        categories -> Array<Nullable<Text>>,
        languages -> Array<Nullable<Text>>,
        coarse_lat -> Nullable<Float8>,
        coarse_lon -> Nullable<Float8>,
        coarse_cell -> Nullable<Int8>,
        lat -> Float8,
        lon -> Float8,
        accuracy_m -> Nullable<Float8>,
        cells -> Array<Nullable<Int8>>,
        consent -> Array<Nullable<Text>>,
        consent_at -> Nullable<Timestamptz>,
        changes -> Jsonb,
        sealed -> Bytea,
        data_key -> Bytea,
        key_version -> Int4,
        phone_index -> Nullable<Bytea>,
        name_index -> Bytea,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    imports (id) {
        id -> Uuid,
        organisation_id -> Uuid,
        kind -> Text,
        status -> Text,
        area_id -> Nullable<Uuid>,
        campaign_id -> Nullable<Uuid>,
        verified -> Bool,
        dry_run -> Bool,
        user_id -> Nullable<Uuid>,
        role -> Nullable<Text>,
        fingerprint -> Nullable<Bytea>,
        header -> Nullable<Bytea>,
        parts -> Int4,
        parts_done -> Int4,
        rows_total -> Int8,
        rows_done -> Int8,
        rows_taken -> Int8,
        rows_refused -> Int8,
        failure -> Nullable<Text>,
        runner -> Nullable<Uuid>,
        leased_until -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    invitations (id) {
        id -> Uuid,
        organisation_id -> Uuid,
        area_id -> Uuid,
        code_hash -> Bytea,
        max_uses -> Int4,
        uses -> Int4,
        expires_at -> Timestamptz,
        revoked_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    items (id) {
        id -> Uuid,
        organisation_id -> Uuid,
        campaign_id -> Uuid,
        name -> Text,
        unit -> Text,
        weight_g -> Int4,
        volume_ml -> Int4,
        created_at -> Timestamptz,
        version -> Int4,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    kit_items (kit_id, item_id) {
        campaign_id -> Uuid,
        kit_id -> Uuid,
        item_id -> Uuid,
        quantity -> Int4,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    kits (id) {
        id -> Uuid,
        organisation_id -> Uuid,
        campaign_id -> Uuid,
        name -> Text,
        created_at -> Timestamptz,
        version -> Int4,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    login_attempts (subject_hash, window_start) {
        subject_hash -> Bytea,
        window_start -> Timestamptz,
        failures -> Int4,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    login_codes (id) {
        id -> Uuid,
        form -> Text,
        account -> Bytea,
        address -> Nullable<Bytea>,
        secret_hash -> Bytea,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        failures -> Int4,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    mail_messages (id) {
        id -> Uuid,
        organisation_id -> Nullable<Uuid>,
        purpose -> Text,
        whom -> Text,
        sealed -> Nullable<Bytea>,
        state -> Text,
        attempts -> Int4,
        outcome -> Nullable<Text>,
        created_at -> Timestamptz,
        next_attempt_at -> Timestamptz,
        expires_at -> Timestamptz,
        settled_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    offers (id) {
        id -> Uuid,
        organisation_id -> Uuid,
        area_id -> Uuid,
        request_id -> Uuid,
        volunteer_organisation_id -> Uuid,
        volunteer_id -> Uuid,
        decision_id -> Uuid,
        wave -> Int4,
        status -> Text,
        reason -> Nullable<Text>,
        known -> Jsonb,
        policy_version -> Int4,
        sent_at -> Timestamptz,
        expires_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        is_learnt -> Bool,
        version -> Int4,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    one_time_links (token_hash) {
        token_hash -> Bytea,
        purpose -> Text,
        organisation_id -> Nullable<Uuid>,
        user_id -> Nullable<Uuid>,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    organisation_keys (organisation_id, purpose, version) {
        organisation_id -> Uuid,
        purpose -> Text,
        version -> Int4,
        master_id -> Text,
        wrapped -> Bytea,
        made_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    organisations (id) {
        id -> Uuid,
        name -> Text,
        created_at -> Timestamptz,
        version -> Int4,
        is_sandbox -> Bool,
        staff_authenticator -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    partners (id) {
        id -> Uuid,
        organisation_id -> Uuid,
        campaign_id -> Uuid,
        name -> Text,
        scopes -> Array<Nullable<Text>>,
        secret_hash -> Bytea,
        status -> Text,
        created_at -> Timestamptz,
        version -> Int4,
        public_keys -> Nullable<Jsonb>,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    photos (delivery_id) {
        delivery_id -> Uuid,
        organisation_id -> Uuid,
        media_type -> Text,
        bytes -> Bytea,
        sha256 -> Bytea,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    plans (id) {
        id -> Uuid,
        organisation_id -> Uuid,
        area_id -> Uuid,
        status -> Text,
        planned_for -> Timestamptz,
        due_until -> Nullable<Timestamptz>,
        policy -> Jsonb,
        record -> Bytea,
        outcome -> Nullable<Jsonb>,
        made_by -> Uuid,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        committed_at -> Nullable<Timestamptz>,
        version -> Int4,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    plain_doors (household_id) {
        household_id -> Uuid,
        organisation_id -> Uuid,
        area_id -> Uuid,
        name -> Text,
        phone -> Nullable<Text>,
        street -> Nullable<Text>,
        house -> Nullable<Text>,
        entrance -> Nullable<Text>,
        floor -> Nullable<Text>,
        flat -> Nullable<Text>,
        intercom -> Nullable<Text>,
        landmark -> Nullable<Text>,
        plus_code -> Nullable<Text>,
        lat -> Float8,
        lon -> Float8,
        accuracy_m -> Nullable<Float8>,
        notes -> Nullable<Text>,
        cells -> Array<Nullable<Int8>>,
        is_approximate -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    plain_notes (request_id) {
        request_id -> Uuid,
        organisation_id -> Uuid,
        area_id -> Uuid,
        note -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    policies (id) {
        id -> Uuid,
        organisation_id -> Uuid,
        campaign_id -> Uuid,
        version -> Int4,
        body -> Jsonb,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    proofs (id) {
        id -> Uuid,
        organisation_id -> Uuid,
        delivery_id -> Uuid,
        kind -> Text,
        distance_m -> Nullable<Float8>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    pursuits (request_id) {
        request_id -> Uuid,
        organisation_id -> Uuid,
        area_id -> Uuid,
        status -> Text,
        waves -> Int4,
        last_wave_at -> Nullable<Timestamptz>,
        next_due -> Timestamptz,
        waits_for -> Nullable<Text>,
        fence -> Int8,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    quota_leases (holder_kind, holder_id, window_start) {
        holder_kind -> Text,
        holder_id -> Uuid,
        window_start -> Timestamptz,
        granted -> Int4,
        last_grant -> Int4,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    refresh_tokens (token_hash) {
        token_hash -> Bytea,
        family_id -> Uuid,
        organisation_id -> Uuid,
        user_id -> Uuid,
        issued_at -> Timestamptz,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
        child_hash -> Nullable<Bytea>,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    request_lines (request_id, line) {
        request_id -> Uuid,
        line -> Int2,
        organisation_id -> Uuid,
        area_id -> Uuid,
        campaign_id -> Uuid,
        item_id -> Nullable<Uuid>,
        kit_id -> Nullable<Uuid>,
        quantity -> Int4,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    request_notes (request_id) {
        request_id -> Uuid,
        organisation_id -> Uuid,
        area_id -> Uuid,
        sealed -> Bytea,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    request_phrases (request_id) {
        request_id -> Uuid,
        organisation_id -> Uuid,
        phrase_mac -> Bytea,
        wrong_phrases -> Int4,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    requests (id) {
        id -> Uuid,
        organisation_id -> Uuid,
        area_id -> Uuid,
        campaign_id -> Uuid,
        household_id -> Uuid,
        hub_id -> Nullable<Uuid>,
        partner_id -> Nullable<Uuid>,
        external_id -> Nullable<Text>,
        kind -> Text,
        status -> Text,
        status_reason -> Nullable<Text>,
        hold -> Nullable<Text>,
        goods_out -> Bool,
        urgency -> Text,
        transport -> Nullable<Text>,
        skills -> Array<Nullable<Text>>,
        languages -> Array<Nullable<Text>>,
        weight_g -> Int8,
        volume_ml -> Int8,
        coarse_lat -> Float8,
        coarse_lon -> Float8,
        window_start -> Timestamptz,
        window_end -> Timestamptz,
        failures -> Int4,
        fence -> Int8,
        escalated_at -> Nullable<Timestamptz>,
        opened_at -> Nullable<Timestamptz>,
        fulfilled_at -> Nullable<Timestamptz>,
        acknowledged_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> Int4,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    restorations (id) {
        id -> Int8,
        at -> Timestamptz,
        book -> Text,
        sealed_up_to -> Int8,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    seals (book, pass, organisation_id) {
        book -> Text,
        pass -> Int8,
        organisation_id -> Uuid,
        number -> Int8,
        sealed_at -> Timestamptz,
        format -> Int2,
        after_xid -> Int8,
        after_number -> Int8,
        until_xid -> Int8,
        until_number -> Int8,
        xids -> Array<Nullable<Int8>>,
        numbers -> Array<Nullable<Int8>>,
        digests -> Array<Nullable<Bytea>>,
        head -> Bytea,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    sessions (id) {
        id -> Uuid,
        organisation_id -> Uuid,
        user_id -> Uuid,
        begun_at -> Timestamptz,
        renewed_at -> Timestamptz,
        expires_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        end_reason -> Nullable<Text>,
        device -> Nullable<Text>,
        authenticated_at -> Nullable<Timestamptz>,
        awaits_authenticator -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    signing_keys (kid) {
        kid -> Text,
        seen_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    silences (request_id) {
        request_id -> Uuid,
        organisation_id -> Uuid,
        area_id -> Uuid,
        welfare_check_id -> Uuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    users (id) {
        id -> Uuid,
        organisation_id -> Uuid,
        role -> Text,
        name -> Text,
        email -> Text,
        password_hash -> Nullable<Text>,
        status -> Text,
        created_at -> Timestamptz,
        version -> Int4,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    volunteer_blocks (volunteer_id, household_id) {
        volunteer_organisation_id -> Uuid,
        volunteer_id -> Uuid,
        organisation_id -> Uuid,
        household_id -> Uuid,
        reason -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    volunteer_positions (volunteer_id) {
        volunteer_id -> Uuid,
        organisation_id -> Uuid,
        base_lat -> Nullable<Float8>,
        base_lon -> Nullable<Float8>,
        last_lat -> Nullable<Float8>,
        last_lon -> Nullable<Float8>,
        last_accuracy_m -> Nullable<Float8>,
        last_at -> Nullable<Timestamptz>,
        written_at -> Timestamptz,
        trackers_agreed_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    volunteer_tallies (volunteer_id) {
        volunteer_id -> Uuid,
        organisation_id -> Uuid,
        tally -> Jsonb,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    volunteers (id) {
        id -> Uuid,
        organisation_id -> Uuid,
        area_id -> Uuid,
        user_id -> Uuid,
        status -> Text,
        status_reason -> Nullable<Text>,
        transport -> Text,
        capacity_g -> Int4,
        capacity_ml -> Int4,
        skills -> Array<Nullable<Text>>,
        languages -> Array<Nullable<Text>>,
        radius_m -> Int4,
        claim_limit -> Int4,
        active_claims -> Int4,
        duty_until -> Nullable<Timestamptz>,
        rest_until -> Nullable<Timestamptz>,
        availability -> Jsonb,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> Int4,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    webhook_attempts (id) {
        id -> Uuid,
        endpoint_id -> Uuid,
        organisation_id -> Uuid,
        event_id -> Uuid,
        kind -> Text,
        number -> Int4,
        at -> Timestamptz,
        outcome -> Text,
        status -> Nullable<Int4>,
        duration_ms -> Int4,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    webhook_endpoints (id) {
        id -> Uuid,
        organisation_id -> Uuid,
        partner_id -> Nullable<Uuid>,
        url -> Text,
        description -> Nullable<Text>,
        patterns -> Array<Nullable<Text>>,
        area_id -> Nullable<Uuid>,
        status -> Text,
        disabled_reason -> Nullable<Text>,
        signing -> Text,
        secret -> Bytea,
        previous_secret -> Nullable<Bytea>,
        previous_until -> Nullable<Timestamptz>,
        cursor_xid -> Int8,
        cursor_seq -> Int8,
        failing_since -> Nullable<Timestamptz>,
        paused_until -> Nullable<Timestamptz>,
        runner -> Nullable<Uuid>,
        leased_until -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> Int4,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    webhook_messages (endpoint_id, event_id) {
        endpoint_id -> Uuid,
        event_id -> Uuid,
        organisation_id -> Uuid,
        kind -> Text,
        at -> Timestamptz,
        xid -> Int8,
        seq -> Int8,
        object_key -> Uuid,
        state -> Text,
        attempts -> Int4,
        next_attempt_at -> Timestamptz,
    }
}

diesel::joinable!(area_organisations -> areas (area_id));
diesel::joinable!(area_organisations -> organisations (organisation_id));
diesel::joinable!(building_cells -> areas (area_id));
diesel::joinable!(campaign_organisations -> campaigns (campaign_id));
diesel::joinable!(campaign_organisations -> organisations (organisation_id));
diesel::joinable!(campaigns -> organisations (organisation_id));
diesel::joinable!(imports -> organisations (organisation_id));
diesel::joinable!(organisation_keys -> organisations (organisation_id));
diesel::joinable!(users -> organisations (organisation_id));
diesel::joinable!(webhook_endpoints -> areas (area_id));
diesel::joinable!(webhook_endpoints -> organisations (organisation_id));
diesel::joinable!(webhook_endpoints -> partners (partner_id));

diesel::allow_tables_to_appear_in_same_query!(
    acceptance_estimates,
    access_records,
    area_organisations,
    areas,
    authenticators,
    building_cells,
    calls,
    campaign_organisations,
    campaigns,
    claims,
    client_assertions,
    deliveries,
    dispatch_decisions,
    door_readings,
    events,
    household_consents,
    household_doors,
    households,
    hubs,
    idempotency_keys,
    import_coarse_points,
    import_faults,
    import_parts,
    import_staging,
    imports,
    invitations,
    items,
    kit_items,
    kits,
    login_attempts,
    login_codes,
    mail_messages,
    offers,
    one_time_links,
    organisation_keys,
    organisations,
    partners,
    photos,
    plain_doors,
    plain_notes,
    plans,
    policies,
    proofs,
    pursuits,
    quota_leases,
    refresh_tokens,
    request_lines,
    request_notes,
    request_phrases,
    requests,
    restorations,
    seals,
    sessions,
    signing_keys,
    silences,
    users,
    volunteer_blocks,
    volunteer_positions,
    volunteer_tallies,
    volunteers,
    webhook_attempts,
    webhook_endpoints,
    webhook_messages,
);
