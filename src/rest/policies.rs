//! Who may call a route: said where the route is, and asked for by its handler. The compiler sees to it that both say
//! the same.

use actix_web::web::{Data, Path};
use actix_web::{Handler, HttpRequest};
use domain::actor::Role;

use super::extract::{By, Open, Who};
use crate::app::App;

/// Who may call, as a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// What the rule is called.
    pub name: &'static str,
    /// Roles of people that may.
    pub roles: &'static [Role],
    /// Whether partner apps may.
    pub partners: bool,
    /// Whether those may who are not logged in, and then everybody may.
    pub nobody: bool,
}

impl Policy {
    /// The rule as a value.
    #[must_use]
    pub const fn of<W: Who>() -> Self {
        Self { name: W::NAME, roles: W::ROLES, partners: W::PARTNERS, nobody: W::NOBODY }
    }
}

/// What a handler takes, if it asks for callers to whom `W` applies. Handlers take the app first and the caller second;
/// those that ask for no caller are open.
pub trait CalledBy<W> {}

macro_rules! asks_for_a_caller {
    ($($more:ident),*) => {
        impl<W, $($more),*> CalledBy<W> for (Data<App>, By<W>, $($more),*) {}
    };
}

asks_for_a_caller!();
asks_for_a_caller!(A);
asks_for_a_caller!(A, B);
asks_for_a_caller!(A, B, C);

impl CalledBy<Open> for () {}
impl CalledBy<Open> for (Data<App>,) {}
impl CalledBy<Open> for (Data<App>, HttpRequest) {}
impl CalledBy<Open> for (Path<String>,) {}

/// The handler as it is, if it asks for whom its route is.
pub(super) fn asked<W, F, Args>(handler: F) -> F
where
    F: Handler<Args>,
    Args: CalledBy<W>,
{
    handler
}
