//! A session: from logging in to its end, on one device.

use crate::word::words;

words! {
    /// Why a session ended.
    SessionEnd: "reason why a session ended" {
        /// Its own device said so.
        LoggedOut = "logged_out",
        /// Its person said so, perhaps from another device.
        EndedByPerson = "ended_by_person",
        /// An administrator or a coordinator said so.
        EndedByStaff = "ended_by_staff",
        /// The password is another.
        PasswordChanged = "password_changed",
        /// The person may log in no more.
        AccountDisabled = "account_disabled",
        /// A refresh token was used a second time: one of two who have it is a thief.
        TokenReused = "token_reused",
        /// An authenticator was set up or removed, or is demanded now.
        AuthenticatorChanged = "authenticator_changed",
    }
}

words! {
    /// Whether an organisation's coordinators and administrators may work without an authenticator.
    AuthenticatorRule: "rule about authenticators" {
        /// Whoever has one shows its codes; others need none.
        Optional = "optional",
        /// Whoever has none can do nothing but set one up.
        Demanded = "demanded",
    }
}
