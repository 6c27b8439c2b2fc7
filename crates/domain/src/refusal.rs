//! The stable codes by which clients learn why something was refused. They never change their meaning.

use crate::word::words;

words! {
    /// Why something was refused.
    Code: "problem code" {
        // The call itself.
        MalformedJson = "malformed_json",
        UnknownField = "unknown_field",
        UnknownParameter = "unknown_parameter",
        InvalidParameter = "invalid_parameter",
        InvalidHeader = "invalid_header",
        MissingIdempotencyKey = "missing_idempotency_key",
        IdempotencyKeyReused = "idempotency_key_reused",
        IdempotencyKeyRunning = "idempotency_key_running",
        InvalidValue = "invalid_value",
        UnknownRoute = "unknown_route",
        MethodNotAllowed = "method_not_allowed",
        NotAcceptable = "not_acceptable",
        UnsupportedMediaType = "unsupported_media_type",
        BodyTooLarge = "body_too_large",
        BodyTooSlow = "body_too_slow",
        HeadTooLarge = "head_too_large",
        WrongHost = "wrong_host",
        // Who calls.
        Unauthenticated = "unauthenticated",
        WrongCredentials = "wrong_credentials",
        TooManyAttempts = "too_many_attempts",
        QuotaExceeded = "quota_exceeded",
        TooManyStreams = "too_many_streams",
        Forbidden = "forbidden",
        StepUpRequired = "step_up_required",
        AuthenticatorCodeRequired = "authenticator_code_required",
        WrongAuthenticatorCode = "wrong_authenticator_code",
        MissingScope = "missing_scope",
        LinkNotValid = "link_not_valid",
        InvitationNotValid = "invitation_not_valid",
        // What it is about.
        NotFound = "not_found",
        AlreadyExists = "already_exists",
        VersionMismatch = "version_mismatch",
        OutsideArea = "outside_area",
        NotInCampaign = "not_in_campaign",
        // Lifecycles.
        WrongState = "wrong_state",
        HouseholdNotVerified = "household_not_verified",
        HouseholdTakesNoRequests = "household_takes_no_requests",
        HouseholdNotLocated = "household_not_located",
        // Claims.
        NotOpen = "not_open",
        AlreadyClaimed = "already_claimed",
        AlreadyYours = "already_yours",
        ClaimLimitReached = "claim_limit_reached",
        WindowOver = "window_over",
        NotEligible = "not_eligible",
        StaleFence = "stale_fence",
        ClaimEnded = "claim_ended",
        OfferEnded = "offer_ended",
        DoorClosed = "door_closed",
        // Proof.
        PhraseMissing = "phrase_missing",
        PhraseWrong = "phrase_wrong",
        PhraseExhausted = "phrase_exhausted",
        PhraseNotExhausted = "phrase_not_exhausted",
        PhotoOrPositionMissing = "photo_or_position_missing",
        TooFarFromDoor = "too_far_from_door",
        NotAPhoto = "not_a_photo",
        // Calls of the hotline.
        CallLocked = "call_locked",
        CallNotYours = "call_not_yours",
        QuietHours = "quiet_hours",
        // Sandboxes.
        NotASandbox = "not_a_sandbox",
        // Imports.
        UnreadableFile = "unreadable_file",
        // The service.
        Overloaded = "overloaded",
        Internal = "internal",
    }
}

impl From<crate::proof::ProofRefusal> for Code {
    fn from(refusal: crate::proof::ProofRefusal) -> Self {
        use crate::proof::ProofRefusal;
        match refusal {
            ProofRefusal::PhraseMissing => Self::PhraseMissing,
            ProofRefusal::PhraseWrong => Self::PhraseWrong,
            ProofRefusal::PhraseExhausted => Self::PhraseExhausted,
            ProofRefusal::PhraseNotExhausted => Self::PhraseNotExhausted,
            ProofRefusal::PhotoOrPositionMissing => Self::PhotoOrPositionMissing,
            ProofRefusal::TooFarFromDoor => Self::TooFarFromDoor,
        }
    }
}
