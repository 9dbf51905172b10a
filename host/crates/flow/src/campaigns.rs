//! Campaigns: what a tenant says of them. What leads did in them stands in the leads.

use leadsman_domain::campaign::Campaigns;

use crate::desk::until_committed;
use crate::error::FlowError;
use crate::history::Archive;
use crate::ledger::{Batch, Ledger, Part, each_row};
use crate::{keys, record};

const CAMPAIGN: &str = "a campaign";

impl Archive {
    /// The campaigns of which the tenant has said something.
    ///
    /// # Errors
    ///
    /// When one cannot be read.
    pub fn campaigns(&self) -> Result<Campaigns, FlowError> {
        all(self.ledger())
    }
}

fn all(ledger: &dyn Ledger) -> Result<Campaigns, FlowError> {
    let mut campaigns = Campaigns::default();
    each_row(ledger, &keys::campaigns(), |key, bytes| {
        if let Some(Part::Text(id)) = key.parts().last() {
            campaigns.0.insert(id.to_string(), record::decode(CAMPAIGN, bytes)?);
        }
        Ok(())
    })?;
    Ok(campaigns)
}

/// Keeps what is known of campaigns, in place of what was known of them: of all or of none. Returns when that is
/// durable.
///
/// # Errors
///
/// When one cannot be so, or the ledger fails.
pub fn keep_campaigns(ledger: &dyn Ledger, told: &Campaigns) -> Result<(), FlowError> {
    let ticket = until_committed(|| {
        let mut known = all(ledger)?;
        known.0.extend(told.0.clone());
        let mut batch = Batch::default();
        for (id, campaign) in &told.0 {
            let checked = known.check(id, campaign);
            checked.map_err(|cause| FlowError::InvalidCampaign { campaign: id.clone(), cause })?;
            let key = keys::campaign(id);
            batch.expects.push((key.clone(), ledger.get(&key)?));
            batch.puts.push((key, record::encode(CAMPAIGN, campaign)?));
        }
        Ok(ledger.commit(batch))
    })?;
    ticket.wait()?;
    Ok(())
}
