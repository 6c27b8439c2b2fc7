//! `birgemiz admin`: what administrators do, at the machine itself and without logging in. Each verb
//! runs the very action that the API runs, as the service itself, and prints what was made as JSON.

mod catalogue;
mod people;
mod places;
pub(super) mod values;

use clap::{Args, Subcommand};

use crate::actions::{Action, Answer, Call, Refusal, perform};
use crate::app::App;
use crate::config::AdminSettings;
use crate::startup::{self, StartupError};

/// `birgemiz admin`.
#[derive(Debug, Args)]
pub(super) struct Admin {
    #[command(flatten)]
    settings: AdminSettings,
    #[command(subcommand)]
    verb: Verb,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Verb {
    /// Enter an organisation.
    CreateOrganisation(people::CreateOrganisationArgs),
    /// Enter a campaign, with its lead and its first policy.
    CreateCampaign(places::CreateCampaignArgs),
    /// Let an organisation take part in a campaign.
    JoinCampaign(places::JoinCampaignArgs),
    /// Enter a service area from a GeoJSON file.
    CreateArea(places::CreateAreaArgs),
    /// Enter a hub.
    CreateHub(places::CreateHubArgs),
    /// Enter an item into a campaign's catalogue.
    CreateItem(catalogue::CreateItemArgs),
    /// Enter a kit into a campaign's catalogue.
    CreateKit(catalogue::CreateKitArgs),
    /// Enter a coordinator or administrator; prints the link by which they set their password.
    CreateUser(people::CreateUserArgs),
    /// Enter a partner app; prints its secret.
    CreatePartner(people::CreatePartnerArgs),
    /// Make an invitation for volunteers; prints its code.
    CreateInvitation(people::CreateInvitationArgs),
}

/// Why a verb was not carried out.
#[derive(Debug, thiserror::Error)]
pub(super) enum AdminError {
    /// The database could not be had.
    #[error(transparent)]
    Startup(#[from] StartupError),
    /// The action was refused.
    #[error("{0}")]
    Refused(String),
}

impl From<Refusal> for AdminError {
    fn from(refusal: Refusal) -> Self {
        let flaws = refusal.flaws.iter().map(|flaw| format!("{}: {}", flaw.pointer, flaw.detail));
        let cause = refusal.cause.as_ref().map(ToString::to_string);
        let parts = refusal.detail.as_ref().map(ToString::to_string).into_iter().chain(flaws).chain(cause);
        let parts: Vec<String> = std::iter::once(refusal.code.to_string()).chain(parts).collect();
        Self::Refused(parts.join("; "))
    }
}

/// Does it, and prints what was made. Must run on the main thread: a private Postgres ends with the
/// thread that started it.
pub(super) fn run(admin: Admin) -> Result<(), AdminError> {
    let Admin { settings, verb } = admin;
    let made = startup::work_once(&settings, async |app: &App| match verb {
        Verb::CreateOrganisation(args) => people::create_organisation(app, args).await,
        Verb::CreateCampaign(args) => places::create_campaign(app, args).await,
        Verb::JoinCampaign(args) => places::join_campaign(app, args).await,
        Verb::CreateArea(args) => places::create_area(app, args).await,
        Verb::CreateHub(args) => places::create_hub(app, args).await,
        Verb::CreateItem(args) => catalogue::create_item(app, args).await,
        Verb::CreateKit(args) => catalogue::create_kit(app, args).await,
        Verb::CreateUser(args) => people::create_user(app, args).await,
        Verb::CreatePartner(args) => people::create_partner(app, args).await,
        Verb::CreateInvitation(args) => people::create_invitation(app, args).await,
    })?;
    println!("{made}");
    Ok(())
}

/// Carries an action out as the service itself, and answers what `show` makes of it.
async fn carry_out<A: Action>(
    app: &App,
    action: A,
    show: impl Fn(&A::Done) -> serde_json::Value + Send + Sync + 'static,
) -> Result<String, AdminError> {
    let render = move |done: &A::Done| Answer {
        status: 200,
        location: None,
        body: show(done).to_string().into_bytes(),
        kept_body: None,
        replayed: false,
    };
    let answer = perform(app, Call::by_system(), action, render).await?;
    Ok(String::from_utf8_lossy(&answer.body).into_owned())
}
