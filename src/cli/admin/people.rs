//! Organisations, users, partner apps and invitations, by the command line.

use clap::Args;
use domain::Moment;
use domain::actor::{Role, Scope};
use domain::id::{AreaId, CampaignId, OrganisationId};
use domain::sandbox::Reality;
use serde_json::json;

use super::{AdminError, carry_out, values};
use crate::actions::create_invitation::CreateInvitation;
use crate::actions::create_organisation::CreateOrganisation;
use crate::actions::create_partner::CreatePartner;
use crate::actions::create_user::CreateUser;
use crate::app::App;

/// An organisation to be entered.
#[derive(Debug, Args)]
pub(super) struct CreateOrganisationArgs {
    /// Its name.
    #[arg(long, value_parser = values::name)]
    name: String,
}

/// Enters an organisation.
pub(super) async fn create_organisation(
    app: &App,
    args: CreateOrganisationArgs,
) -> Result<String, AdminError> {
    carry_out(
        app,
        CreateOrganisation { name: args.name, reality: Reality::Real },
        |row| json!({ "id": row.organisation(), "name": row.name }),
    )
    .await
}

/// A coordinator or administrator to be entered.
#[derive(Debug, Args)]
pub(super) struct CreateUserArgs {
    /// For whom they work.
    #[arg(long)]
    organisation: OrganisationId,
    /// coordinator or administrator.
    #[arg(long)]
    role: Role,
    /// Their name.
    #[arg(long, value_parser = values::name)]
    name: String,
    /// Their e-mail address.
    #[arg(long, value_parser = values::email)]
    email: String,
}

/// Enters a coordinator or administrator.
pub(super) async fn create_user(app: &App, args: CreateUserArgs) -> Result<String, AdminError> {
    let CreateUserArgs { organisation, role, name, email } = args;
    let public_url = app.public_url.clone();
    carry_out(app, CreateUser { organisation, role, name, email }, move |invited| {
        let link = format!("{public_url}/password#{}", invited.token);
        json!({ "id": invited.user.user(), "email": invited.user.email, "password_link": link })
    })
    .await
}

/// A partner app to be entered.
#[derive(Debug, Args)]
pub(super) struct CreatePartnerArgs {
    /// For which organisation it files.
    #[arg(long)]
    organisation: OrganisationId,
    /// In which campaign.
    #[arg(long)]
    campaign: CampaignId,
    /// Its name.
    #[arg(long, value_parser = values::name)]
    name: String,
    /// What it may do, separated by commas.
    #[arg(long, value_delimiter = ',', required = true)]
    scopes: Vec<Scope>,
}

/// Enters a partner app.
pub(super) async fn create_partner(app: &App, args: CreatePartnerArgs) -> Result<String, AdminError> {
    let CreatePartnerArgs { organisation, campaign, name, scopes } = args;
    carry_out(
        app,
        CreatePartner { organisation, campaign, name, scopes },
        |made| json!({ "client_id": made.partner.partner(), "client_secret": made.secret }),
    )
    .await
}

/// An invitation to be made.
#[derive(Debug, Args)]
pub(super) struct CreateInvitationArgs {
    /// With whom volunteers register.
    #[arg(long)]
    organisation: OrganisationId,
    /// Where they serve.
    #[arg(long)]
    area: AreaId,
    /// How many may register by it, 1 to 10000.
    #[arg(long)]
    max_uses: u32,
    /// Until when, such as 2027-01-31T00:00:00Z; at most a year from now.
    #[arg(long)]
    expires_at: Moment,
}

/// Makes an invitation.
pub(super) async fn create_invitation(app: &App, args: CreateInvitationArgs) -> Result<String, AdminError> {
    let action = CreateInvitation {
        organisation: Some(args.organisation),
        area: args.area,
        max_uses: args.max_uses,
        expires_at: args.expires_at,
        keys: app.keys.clone(),
    };
    carry_out(app, action, |made| json!({ "id": made.row.invitation(), "code": made.code })).await
}
