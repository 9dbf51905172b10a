//! Campaigns: what a tenant says of them.

use std::collections::BTreeMap;

use axum::Json;
use leadsman_domain::campaign::{Campaign, Campaigns};
use leadsman_domain::money::Minor;
use leadsman_flow::keep_campaigns;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::Caller;
use crate::blocking::reading;
use crate::json::JsonBody;
use crate::problem::Failure;

/// What is known of a campaign beside what leads did in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Campaign)]
pub(crate) struct CampaignView {
    /// How people call it, if otherwise than touches do.
    #[serde(default)]
    #[schema(example = "Hanover fair 2026")]
    name: Option<String>,
    /// The campaign that it is part of.
    #[serde(default)]
    parent: Option<String>,
    /// What it has cost so far, in minor units, without its parts.
    #[serde(default)]
    cost_minor: i64,
    /// How often its advertisements were shown so far.
    #[serde(default)]
    impressions: Option<u64>,
    /// How often they were followed so far.
    #[serde(default)]
    clicks: Option<u64>,
}

/// Lists the campaigns of which something is known.
#[utoipa::path(
    get, path = "/v1/campaigns", tag = "campaigns", operation_id = "listCampaigns",
    responses((status = 200, body = BTreeMap<String, CampaignView>))
)]
pub(crate) async fn list(caller: Caller) -> Result<Json<BTreeMap<String, CampaignView>>, Failure> {
    let campaigns = reading(move || caller.desk.archive().campaigns()).await?;
    Ok(Json(campaigns.0.into_iter().map(|(id, campaign)| (id, campaign.into())).collect()))
}

/// Keeps what is known of campaigns, in place of what was known of them: of all that are sent, or of none. Others stay
/// as they are.
#[utoipa::path(
    put, path = "/v1/campaigns", tag = "campaigns", operation_id = "keepCampaigns",
    request_body = BTreeMap<String, CampaignView>,
    responses((status = 200, body = BTreeMap<String, CampaignView>))
)]
pub(crate) async fn keep(
    caller: Caller,
    JsonBody(body): JsonBody<BTreeMap<String, CampaignView>>,
) -> Result<Json<BTreeMap<String, CampaignView>>, Failure> {
    let told = body.iter().map(|(id, view)| (id.clone(), view.clone().into()));
    let told = Campaigns(told.collect());
    reading(move || keep_campaigns(caller.desk.ledger(), &told)).await?;
    Ok(Json(body))
}

impl From<CampaignView> for Campaign {
    fn from(view: CampaignView) -> Self {
        let CampaignView { name, parent, cost_minor, impressions, clicks } = view;
        Self { name, parent, cost: Minor(cost_minor), impressions, clicks }
    }
}

impl From<Campaign> for CampaignView {
    fn from(campaign: Campaign) -> Self {
        let Campaign { name, parent, cost, impressions, clicks } = campaign;
        Self { name, parent, cost_minor: cost.0, impressions, clicks }
    }
}
