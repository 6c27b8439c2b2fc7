//! Logging in by a code or a link that comes in a letter.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::web::Data;

use super::bodies::{AskCodeBody, CodeAskedBody, CodeForm, RedeemCodeBody, SessionBody, Shown};
use super::session;
use crate::actions::auth::authenticators;
use crate::actions::auth::codes::{AskToLogIn, CodeShown, Form, RedeemCode, RedeemLink};
use crate::actions::guessing::{Guess, Guessing, Target};
use crate::actions::mail::Post;
use crate::actions::perform;
use crate::app::App;
use crate::rest::extract::{Body, By, ClientAddress, Device, Nobody};
use crate::rest::problem::Problem;
use crate::rest::{answer, text};

/// Ask for a code or a link to log in with, for people who have no password at hand. The answer is the same whether or
/// not anybody has that address; five are sent to one in a quarter of an hour, and only the latest code is good.
#[utoipa::path(post, path = "/v1/auth/codes", operation_id = "askCode", tag = "auth", request_body = AskCodeBody,
    responses((status = 200, body = CodeAskedBody)))]
pub async fn ask(
    app: Data<App>,
    caller: By<Nobody>,
    from: ClientAddress,
    body: Body<AskCodeBody>,
) -> Result<HttpResponse, Problem> {
    let email = text::email(&body.value.email, "/email")?;
    let form = match body.value.form {
        CodeForm::Code => Form::Code,
        CodeForm::Link => Form::Link,
    };
    let asked = CodeAskedBody { form: body.value.form, expires_in: form.lifetime().num_seconds() };
    let action = AskToLogIn::new(&app.keys, Post::of(&app), (email, form), from.0);
    Ok(perform(&app, caller.call(), action, move |()| answer::ok(&asked)).await?.into())
}

/// Log in by a code or a link. Both work once; after five wrong guesses at a code, ask for another.
#[utoipa::path(post, path = "/v1/auth/codes/redeem", operation_id = "redeemCode", tag = "auth",
    request_body = RedeemCodeBody, responses((status = 200, body = SessionBody)))]
pub async fn redeem(
    app: Data<App>,
    caller: By<Nobody>,
    from: ClientAddress,
    device: Device,
    body: Body<RedeemCodeBody>,
) -> Result<HttpResponse, Problem> {
    let (keys, device) = (Arc::clone(&app.keys), device.0);
    let second = authenticators::shown(&keys, body.value.authenticator_code.clone(), from.0);
    let answer = match body.value.shown()? {
        Shown::Code { email, code } => {
            let target = Target::LoginCode;
            let guess = Guess::from(&keys, target, from.0).at(&keys, target, &email);
            let action = RedeemCode { shown: CodeShown { guess, email, code, keys }, second, device };
            perform(&app, caller.call(), action, session(&app)).await
        }
        Shown::Link(token) => {
            let guess = Guess::from(&keys, Target::Link, from.0);
            let action = Guessing { guess, action: RedeemLink { token, second, device } };
            perform(&app, caller.call(), action, session(&app)).await
        }
    };
    Ok(answer?.into())
}
