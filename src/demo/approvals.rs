//! What waits for a second person in the demo's shop, and what was decided.

use super::people::{MARA, Person};
use crate::{
    app::App,
    domain::{
        actor::{Actor, Caller},
        ids::CustomerId,
        ledger::entry::Source,
        points::Points,
        reason::{Direction, ReasonDraft},
    },
    service::{
        adjustments::{self, Adjustment, Outcome, Wish},
        approvals,
        ledger::command::Remarks,
        points::Asked,
        reasons,
    },
};

/// Lets the agent ask for what is above the limit, and the manager decide about a part of it.
pub(super) async fn make(
    app: &App,
    shop: &Caller,
    (agent, manager): (&Actor, &Actor),
    people: &[Person],
) -> anyhow::Result<()> {
    let draft = ReasonDraft {
        label: Some("Lost parcel".to_owned()),
        direction: Direction::Add,
        points: Some(Points::new(250)?),
        note: Some("We are sorry that your parcel got lost".to_owned()),
        ..ReasonDraft::starting("other")
    };
    let reason = reasons::create(app, shop, &draft).await?;
    let agent = Caller { tenant: shop.tenant.clone(), actor: agent.clone() };
    let manager = Caller { tenant: shop.tenant.clone(), actor: manager.clone() };
    let other = |at: usize| people.get(at).map_or_else(|| CustomerId::parse(MARA), |person| Ok(person.id.clone()));
    let wanted = [
        (other(3)?, 1_200, "Second parcel in a row", Some(true)),
        (other(5)?, 25_000, "Says that a colleague promised it", Some(false)),
        (other(8)?, 1_800, "Whole order lost; the insurance pays", None),
        (CustomerId::parse(MARA)?, 2_500, "Wedding order lost, three days before", None),
    ];
    for (customer, amount, why, decision) in wanted {
        let remarks = Remarks {
            reason: Some(reason.code.clone()),
            description: reason.draft.note.clone(),
            private_note: Some(why.to_owned()),
            ..Remarks::default()
        };
        let wish = Wish::Add { points: Points::new(amount)?, valid_until: None };
        let asked = Asked { caller: agent.clone(), source: Source::BackOffice, key: None };
        let adjustment = Adjustment { customer, wish, site: None, remarks };
        let Outcome::Waits(id) = adjustments::adjust(app, asked, adjustment).await? else { continue };
        match decision {
            Some(true) => approvals::approve(app, &manager, &id, None).await?,
            Some(false) => {
                let why = Some("Nobody here did. Offer 500 points and ask me again.".to_owned());
                approvals::decline(app, &manager, &id, why).await?;
            }
            None => {}
        }
    }
    Ok(())
}
