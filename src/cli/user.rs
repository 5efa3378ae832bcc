//! `guerdon user`

use std::{
    collections::HashSet,
    io::{self, IsTerminal as _, Read as _},
};

use serde_json::{Value, json};

use super::{Failure, actor, connect, output, require_tenant};
use crate::{
    app::App,
    config::Settings,
    domain::{
        access::AccessRefusal,
        actor::Caller,
        email::Email,
        ids::{TenantId, UserId},
        name,
        password::{CHARS_MAX, Password},
        role::Role,
    },
    service::{
        second_factor, team,
        users::{self, NewUser, User},
    },
};

const CREATE_EXAMPLE: &str = "Example:
  guerdon user create --tenant acme --email a@example.com --role admin --password-stdin < password.txt";

/// Make and manage people who can sign in to the back office.
#[derive(Debug, clap::Subcommand)]
pub(super) enum UserCommand {
    /// Make a user, as a member of a tenant or as an operator
    #[command(after_help = CREATE_EXAMPLE)]
    Create(Create),
    /// Set a user's password and end their sessions
    SetPassword(SetPassword),
    /// Take away the second factor of a user who lost it, and end their sessions
    ResetSecondFactor(ByEmail),
    /// List users: all, or those of a tenant
    List(List),
    /// Make a user a member of another tenant
    Add(Membership),
    /// Change what a member of a tenant may do
    SetRole(Membership),
    /// End a user's membership of a tenant
    Remove(Remove),
    /// Keep a user from signing in, everywhere and at once
    Disable(ByEmail),
    /// Let a disabled user sign in again
    Enable(ByEmail),
}

#[derive(Debug, clap::Args)]
pub(super) struct Create {
    /// The tenant to make them a member of
    #[arg(long, value_parser = TenantId::parse, requires = "role", required_unless_present = "operator")]
    tenant: Option<TenantId>,
    /// What they sign in with
    #[arg(long, value_parser = Email::parse)]
    email: Email,
    /// What they may do in the tenant: viewer, agent, manager or admin
    #[arg(long, value_parser = Role::parse, requires = "tenant")]
    role: Option<Role>,
    /// What they are called [default: the part of the e-mail address before the @]
    #[arg(long, value_parser = name::parse)]
    name: Option<String>,
    /// Let them manage the tenants of this installation
    #[arg(long)]
    operator: bool,
    /// Read the password from standard input instead of asking for it
    #[arg(long)]
    password_stdin: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct SetPassword {
    /// Whose password
    #[arg(long, value_parser = Email::parse)]
    email: Email,
    /// Read the password from standard input instead of asking for it
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct List {
    /// Only the members of this tenant
    #[arg(long, value_parser = TenantId::parse)]
    tenant: Option<TenantId>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Membership {
    /// Which tenant
    #[arg(long, value_parser = TenantId::parse)]
    tenant: TenantId,
    /// Who
    #[arg(long, value_parser = Email::parse)]
    email: Email,
    /// What they may do there: viewer, agent, manager or admin
    #[arg(long, value_parser = Role::parse)]
    role: Role,
}

#[derive(Debug, clap::Args)]
pub(super) struct Remove {
    /// Which tenant
    #[arg(long, value_parser = TenantId::parse)]
    tenant: TenantId,
    /// Who
    #[arg(long, value_parser = Email::parse)]
    email: Email,
}

#[derive(Debug, clap::Args)]
pub(super) struct ByEmail {
    /// Who
    #[arg(long, value_parser = Email::parse)]
    email: Email,
}

impl UserCommand {
    pub(super) async fn run(self, settings: Settings) -> Result<(), Failure> {
        let app = connect(settings).await?;
        match self {
            Self::Create(command) => command.run(&app).await?,
            Self::SetPassword(command) => {
                let user_id = find(&app, &command.email).await?;
                let password = read_password(command.password_stdin, &command.email)?;
                users::set_password(&app, &actor(), &user_id, &password).await?;
                output::line(&format!("Set the password of {}; their sessions have ended.", command.email));
            }
            Self::ResetSecondFactor(ByEmail { email }) => {
                second_factor::reset(&app, &actor(), &find(&app, &email).await?).await?;
                output::line(&format!("{email} has no second factor any more; their sessions have ended."));
            }
            Self::List(command) => command.run(&app).await?,
            Self::Add(Membership { tenant, email, role }) => {
                let (caller, user_id) = (caller(tenant), find(&app, &email).await?);
                team::take_in(&app, &caller, &user_id, role).await?;
                output::line(&format!("Made {email} a member of `{}`, as {}.", caller.tenant, role.as_str()));
            }
            Self::SetRole(Membership { tenant, email, role }) => {
                let (caller, user_id) = (caller(tenant), find(&app, &email).await?);
                team::set_role(&app, &caller, &user_id, role).await?;
                output::line(&format!("{email} is {} of `{}` now.", role.as_str(), caller.tenant));
            }
            Self::Remove(Remove { tenant, email }) => {
                let (caller, user_id) = (caller(tenant), find(&app, &email).await?);
                team::remove(&app, &caller, &user_id).await?;
                output::line(&format!("{email} is no member of `{}` any more.", caller.tenant));
            }
            Self::Disable(ByEmail { email }) => {
                users::disable(&app, &actor(), &find(&app, &email).await?).await?;
                output::line(&format!("{email} cannot sign in any more."));
            }
            Self::Enable(ByEmail { email }) => {
                users::enable(&app, &actor(), &find(&app, &email).await?).await?;
                output::line(&format!("{email} can sign in again."));
            }
        }
        app.db.close().await;
        Ok(())
    }
}

impl Create {
    async fn run(self, app: &App) -> Result<(), Failure> {
        let Self { tenant, email, role, name, operator, password_stdin, json } = self;
        if let Some(tenant) = &tenant {
            require_tenant(app, tenant).await?;
        }
        // Before anybody types a password for nothing.
        if users::find_by_email(&app.db, &email).await?.is_some() {
            let taken = AccessRefusal::EmailTaken(email);
            return Err(Failure::Input(format!("{taken} `guerdon user add` makes them a member of another tenant.")));
        }
        let password = read_password(password_stdin, &email)?;
        let name = name.unwrap_or_else(|| email.as_str().split('@').next().unwrap_or_default().to_owned());
        let new = NewUser { email, name, operator, membership: tenant.zip(role) };
        let user_id = users::create(app, &actor(), &new, &password).await?;
        if json {
            output::json(&json!({"user_id": user_id.as_str(), "email": new.email.as_str()}));
        } else {
            output::line(&format!("Made the user {}.", new.email));
        }
        Ok(())
    }
}

impl List {
    async fn run(self, app: &App) -> Result<(), Failure> {
        let users: Vec<(User, Option<Role>)> = match &self.tenant {
            Some(tenant) => {
                require_tenant(app, tenant).await?;
                let team = team::list(&app.db, tenant).await?;
                team.into_iter().map(|member| (member.user, Some(member.role))).collect()
            }
            None => users::list(&app.db).await?.into_iter().map(|user| (user, None)).collect(),
        };
        let owners: HashSet<UserId> = second_factor::owners(&app.db).await?.into_iter().collect();
        if self.json {
            let of = |user: &User| owners.contains(&user.user_id);
            output::json(&users.iter().map(|(user, role)| describe(user, *role, of(user))).collect::<Vec<_>>());
            return Ok(());
        }
        output::table(
            &["E-MAIL", "NAME", "ROLE", "STATE", "SECOND FACTOR"],
            users.iter().map(|(user, role)| {
                let role = role.map_or(if user.operator { "operator" } else { "" }, Role::as_str);
                let state = if user.disabled_at.is_some() { "disabled" } else { "active" };
                let factor = if owners.contains(&user.user_id) { "yes" } else { "no" };
                vec![user.email.to_string(), user.name.clone(), role.to_owned(), state.to_owned(), factor.to_owned()]
            }),
        );
        Ok(())
    }
}

fn describe(user: &User, role: Option<Role>, second_factor: bool) -> Value {
    let mut value = json!({
        "user_id": user.user_id.as_str(), "email": user.email.as_str(), "name": user.name,
        "operator": user.operator, "disabled": user.disabled_at.is_some(),
        "second_factor": second_factor,
        "created_at": user.created_at.to_contract_z(),
    });
    if let (Some(role), Some(object)) = (role, value.as_object_mut()) {
        object.insert("role".to_owned(), json!(role.as_str()));
    }
    value
}

fn caller(tenant: TenantId) -> Caller {
    Caller { tenant, actor: actor() }
}

async fn find(app: &App, email: &Email) -> Result<UserId, Failure> {
    let user = users::find_by_email(&app.db, email).await?;
    user.map(|user| user.user_id)
        .ok_or_else(|| Failure::Input(AccessRefusal::UserUnknown(email.to_string()).to_string()))
}

/// The new password: the first line of standard input, or typed twice.
fn read_password(from_stdin: bool, email: &Email) -> Result<Password, Failure> {
    let text = if from_stdin {
        let mut text = String::new();
        // Characters have four bytes at most.
        let limit = u64::try_from(CHARS_MAX * 4 + 3).unwrap_or(u64::MAX);
        io::stdin().lock().take(limit).read_to_string(&mut text)?;
        let text = text.strip_suffix('\n').unwrap_or(&text);
        text.strip_suffix('\r').unwrap_or(text).to_owned()
    } else if io::stdin().is_terminal() {
        let text = rpassword::prompt_password(format!("New password for {email}: "))?;
        if rpassword::prompt_password("The same again: ")? != text {
            return Err(Failure::Input("The two passwords differ.".to_owned()));
        }
        text
    } else {
        return Err(Failure::Input("Give the password on standard input and say --password-stdin.".to_owned()));
    };
    Ok(Password::parse_for(&text, email.as_str())?)
}
