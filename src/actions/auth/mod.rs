//! Logging in and staying so.

pub mod assertion;
pub mod authenticators;
pub mod codes;
pub mod end_sessions;
pub mod first_administrator;
pub mod issue_partner_token;
pub mod log_in;
pub mod log_out;
pub mod refresh;
pub mod second_factor;
pub mod secret;
pub mod session;
pub mod set_password;
pub mod step_up;
