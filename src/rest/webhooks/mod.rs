//! Receivers of webhooks, kept by those who own them: partner apps, and an organisation's staff.

mod bodies;
mod describing;
mod handling;

pub use bodies::{
    AttemptBody, ChangeWebhookBody, CreateWebhookBody, ReplayBody, ReplayedBody, TestedBody, WebhookBody,
    WebhookWithSecretBody,
};
pub use describing::pushed;
pub use handling::{
    __path_attempts, __path_change, __path_create, __path_delete, __path_enable, __path_get, __path_list,
    __path_replay, __path_rotate_secret, __path_test, attempts, change, create, delete, enable, get, list,
    replay, rotate_secret, test,
};
