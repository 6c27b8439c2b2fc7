//! Who may call, as a type in a handler's signature.
//!
//! The token says who somebody is; the unit of work asks the database whether that still holds.

use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::actor::{Role, Scope};
use domain::precondition::Precondition;
use domain::refusal::Code;

use crate::actions::{Call, Caller, Key};
use crate::app::App;
use crate::rest::known_tokens::KnownTokens;
use crate::rest::problem::Problem;
use crate::rest::tokens::Bearer;
use crate::rest::{envelope, validators};

/// A rule of who may call.
pub trait Who {
    /// What it is called.
    const NAME: &'static str;
    /// Roles of people that may.
    const ROLES: &'static [Role];
    /// Whether partner apps may, given the scope that the route names.
    const PARTNERS: bool = false;
    /// Whether those may who are not logged in.
    const NOBODY: bool = false;
}

macro_rules! who {
    ($(#[$meta:meta])* $name:ident: [$($role:ident),*] $(, $extra:ident)*) => {
        $(#[$meta])*
        #[derive(Debug)]
        pub struct $name;
        impl Who for $name {
            const NAME: &'static str = stringify!($name);
            const ROLES: &'static [Role] = &[$(Role::$role),*];
            $(const $extra: bool = true;)*
        }
    };
}

who!(/// Administrators.
    Administrator: [Administrator]);
who!(/// Coordinators.
    Coordinator: [Coordinator]);
who!(/// Coordinators and administrators.
    Staff: [Coordinator, Administrator]);
who!(/// Coordinators and partner apps.
    CoordinatorOrPartner: [Coordinator], PARTNERS);
who!(/// Coordinators, administrators and partner apps.
    StaffOrPartner: [Coordinator, Administrator], PARTNERS);
who!(/// Everybody who has logged in as a person.
    Person: [Administrator, Coordinator, Volunteer]);
who!(/// Volunteers.
    Volunteer: [Volunteer]);
who!(/// Volunteers and coordinators.
    VolunteerOrCoordinator: [Volunteer, Coordinator]);
who!(/// Partner apps.
    Partner: [], PARTNERS);
who!(/// Coordinators, volunteers and partner apps.
    NotAdministrator: [Coordinator, Volunteer], PARTNERS);
who!(/// Everybody who is logged in.
    Anybody: [Administrator, Coordinator, Volunteer], PARTNERS);
who!(/// Everybody, logged in or not; the call is taken as nobody's.
    Nobody: [], NOBODY);

who!(/// Everybody, and nobody asks who it is: pages, health, keys.
    Open: [], NOBODY);

/// A caller to whom `W` applies.
pub struct By<W> {
    caller: Caller,
    call_id: String,
    route: String,
    key: Option<String>,
    scopes: Vec<Scope>,
    precondition: Precondition,
    rule: PhantomData<W>,
}

impl<W: Who> By<W> {
    /// The call, for reading, or for a change that is repeated without harm.
    #[must_use]
    pub fn call(&self) -> Call {
        let precondition = self.precondition.clone();
        Call { precondition, ..Call::of(self.caller, self.call_id.clone()) }
    }

    /// The call, for an act whose body has this digest.
    ///
    /// # Errors
    /// When a partner app sent no idempotency key.
    pub fn act(&self, fingerprint: Vec<u8>) -> Result<Call, Problem> {
        let owner = match self.caller {
            Caller::Person { user, .. } => user.to_string(),
            Caller::Partner { partner } => partner.to_string(),
            // Those who are not logged in share no keys, unless they prove whose theirs is.
            Caller::System | Caller::Nobody => return Ok(self.call()),
        };
        let key =
            self.key.clone().map(|key| Key { caller: owner, route: self.route.clone(), key, fingerprint });
        if key.is_none() && matches!(self.caller, Caller::Partner { .. }) {
            return Err(Code::MissingIdempotencyKey.into());
        }
        Ok(Call { key, ..self.call() })
    }

    /// Lets people pass, and partner apps that have this scope.
    ///
    /// # Errors
    /// When a partner app lacks it.
    pub fn with_scope(self, scope: Scope) -> Result<Self, Problem> {
        match self.caller {
            Caller::Partner { .. } if !self.scopes.contains(&scope) => Err(Code::MissingScope.into()),
            Caller::Partner { .. } | Caller::Person { .. } | Caller::System | Caller::Nobody => Ok(self),
        }
    }
}

impl By<Nobody> {
    /// The call of somebody who is not logged in, for an act whose body has this digest. Its key belongs to what
    /// they show: to anybody who cannot show the same, an equal key is another.
    #[must_use]
    pub fn act_showing(&self, shown: &[u8], fingerprint: Vec<u8>) -> Call {
        let owner = format!("shown:{}", URL_SAFE_NO_PAD.encode(shown));
        let key =
            self.key.clone().map(|key| Key { caller: owner, route: self.route.clone(), key, fingerprint });
        Call { key, ..self.call() }
    }
}

impl<W: Who> FromRequest for By<W> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(identify::<W>(request))
    }
}

fn identify<W: Who>(request: &HttpRequest) -> Result<By<W>, Problem> {
    let (caller, scopes) = if W::NOBODY { (Caller::Nobody, Vec::new()) } else { bearer::<W>(request)? };
    let key = idempotency_key(request)?;
    let of_key = |_: &String| format!("{} {}", request.method(), request.match_info().as_str());
    Ok(By {
        caller,
        call_id: envelope::call_id(request),
        route: key.as_ref().map(of_key).unwrap_or_default(),
        key,
        scopes,
        // Who is nobody changes no thing that they have seen.
        precondition: if W::NOBODY { Precondition::None } else { validators::precondition(request)? },
        rule: PhantomData,
    })
}

fn bearer<W: Who>(request: &HttpRequest) -> Result<(Caller, Vec<Scope>), Problem> {
    let found = request.extensions().get::<Arc<Bearer>>().cloned();
    match *found.or_else(|| bearer_of(request)).ok_or(Code::Unauthenticated)? {
        Bearer::Person { user, role, session } if W::ROLES.contains(&role) => {
            Ok((Caller::Person { user, role, session: Some(session) }, Vec::new()))
        }
        Bearer::Partner { partner, ref scopes } if W::PARTNERS => {
            Ok((Caller::Partner { partner }, scopes.clone()))
        }
        Bearer::Person { .. } | Bearer::Partner { .. } => Err(Code::Forbidden.into()),
    }
}

/// Whom the call's token names, if it has a good one.
#[must_use]
pub fn bearer_of(request: &HttpRequest) -> Option<Arc<Bearer>> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let token = value.strip_prefix("Bearer ")?;
    let app = request.app_data::<Data<App>>()?;
    request.app_data::<Data<KnownTokens>>()?.verify(&app.keys, token)
}

fn idempotency_key(request: &HttpRequest) -> Result<Option<String>, Problem> {
    const NAME: &str = "Idempotency-Key";
    let Some(value) = request.headers().get("idempotency-key") else {
        return Ok(None);
    };
    // The draft writes a structured-field string, in quotes; most clients send it bare. Both are taken.
    let text = value.to_str().unwrap_or_default().trim();
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    if text.is_empty() || text.len() > 255 || !plain {
        let detail = "1 to 255 visible ASCII characters; a random UUID serves well";
        return Err(Problem::header(Code::InvalidHeader, NAME, detail));
    }
    Ok(Some(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_bytes_are_a_plain_key_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let Ok(value) = HeaderValue::from_bytes(&bytes) else { return Ok(()) };
            let name = HeaderName::from_static("idempotency-key");
            let request = actix_web::test::TestRequest::post().insert_header((name, value)).to_http_request();
            match idempotency_key(&request) {
                Ok(key) => {
                    let key = key.unwrap_or_default();
                    prop_assert!((1..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()));
                    prop_assert!(bytes.windows(key.len()).any(|part| part == key.as_bytes()), "it is as it was sent");
                }
                Err(problem) => prop_assert_eq!(problem.body().code, Code::InvalidHeader),
            }
        }

        #[test]
        fn a_key_is_the_same_in_quotes_and_without(key in "[!#-~]{1,255}") {
            for text in [key.clone(), format!("\"{key}\"")] {
                let header = ("idempotency-key", text);
                let request = actix_web::test::TestRequest::post().insert_header(header).to_http_request();
                prop_assert_eq!(idempotency_key(&request).ok().flatten(), Some(key.clone()));
            }
        }
    }
}
