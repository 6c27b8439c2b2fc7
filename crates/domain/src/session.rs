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
    }
}
