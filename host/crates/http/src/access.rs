//! Access: whose token a request carries, and whether its role allows the route. The tenant comes from
//! the token and from nowhere else, so another tenant's lead is simply not there.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use leadsman_domain::{RepId, TenantId, Timestamp};
use leadsman_flow::{Acting, Desk, Warrant};

use crate::blocking::blocking;
use crate::gate::{Gate, Pass, TenantPlace};
use crate::problem::{Failure, Kind};
use crate::service::Service;
use crate::tokens::{self, Role};

/// What a route needs its caller to be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Right {
    /// To send leads, activities and conversions.
    Send,
    /// To tell what visitors do whose names are not known.
    Observe,
    /// To order about leads: a rep about their own, a manager about any.
    Order,
    /// To correct what is known of leads, and to move on everything that a rep owns.
    Direct,
    /// To read leads and everything about them.
    ReadLeads,
    /// To read the policy and what it decided.
    ReadRules,
    /// To upload plugins.
    Publish,
    /// To change which rules decide.
    Govern,
    /// To say which systems are told what happens.
    Connect,
}

impl Role {
    /// Whether the role has a right.
    pub(crate) fn may(self, right: Right) -> bool {
        match self {
            Self::Admin => true,
            Self::Author => matches!(right, Right::ReadRules | Right::Publish),
            Self::Intake => matches!(right, Right::Send | Right::Observe),
            Self::Reader => matches!(right, Right::ReadLeads | Right::ReadRules),
            Self::Manager => !matches!(right, Right::Publish | Right::Govern | Right::Connect),
            Self::Rep => matches!(right, Right::Send | Right::Order | Right::ReadLeads),
        }
    }
}

/// Who sent a request: the token's label, its tenant and the tenant's desk.
#[derive(Clone)]
pub(crate) struct Caller {
    pub tenant: TenantId,
    pub label: String,
    /// As whom the caller orders about leads.
    pub acting: Acting,
    pub desk: Arc<Desk>,
    gate: Arc<Gate>,
    /// Kept for as long as anybody works on the request.
    _place: Arc<TenantPlace>,
}

impl Caller {
    /// The rep whose token this is, if it is one's.
    pub(crate) fn rep(&self) -> Option<&RepId> {
        match &self.acting {
            Acting::Rep(rep) => Some(rep),
            Acting::Manager => None,
        }
    }

    /// What the caller answers for.
    pub(crate) fn warrant(&self, at: Timestamp, why: &str) -> Warrant {
        Warrant { by: self.label.clone(), at, why: why.to_owned() }
    }

    /// Waits for the right to compute for the caller's tenant.
    pub(crate) async fn pass(&self) -> Result<Pass, Failure> {
        self.gate.pass(&self.tenant).await
    }

    /// The same for work that nobody may be refused: it waits.
    pub(crate) async fn wait_for_long_place(&self) -> Result<TenantPlace, Failure> {
        self.gate.wait_for_long_place(&self.tenant).await
    }

    /// A place for work that takes long, to be kept until the work is done.
    pub(crate) fn long_place(&self) -> Result<TenantPlace, Failure> {
        self.gate.long_place(&self.tenant)
    }
}

/// What guards a group of routes.
#[derive(Clone)]
pub(crate) struct Guard {
    pub service: Service,
    pub right: Right,
}

/// Lets a request pass that carries a token with the right that the route needs.
pub(crate) async fn guard(
    State(guard): State<Guard>,
    mut request: Request,
    next: Next,
) -> Result<Response, Failure> {
    let token = bearer(&request)?;
    let gate = guard.service.gate();
    let place = gate.place()?;
    let tokens = guard.service.tokens();
    let known = blocking(move || tokens::find(tokens.as_ref(), &token)).await??;
    let known = known.ok_or_else(|| Failure::new(Kind::UNAUTHENTICATED, "the access token is not known"))?;
    if !known.role.may(guard.right) {
        return Err(Failure::new(Kind::FORBIDDEN, format!("the token's role is {}", known.role)));
    }
    let place = Arc::new(gate.place_of(&known.tenant, place)?);
    let desk = guard.service.desk(&known.tenant);
    let desk = desk.ok_or_else(|| Failure::new(Kind::NOT_SERVED, ""))?;
    request.extensions_mut().insert(Caller {
        tenant: known.tenant,
        label: known.label,
        acting: known.rep.map_or(Acting::Manager, Acting::Rep),
        desk,
        gate,
        _place: place,
    });
    Ok(next.run(request).await)
}

fn bearer(request: &Request) -> Result<String, Failure> {
    let unauthenticated = |detail| Failure::new(Kind::UNAUTHENTICATED, detail);
    let header = request
        .headers()
        .get(AUTHORIZATION)
        .ok_or_else(|| unauthenticated("send the header `Authorization: Bearer <token>`"))?;
    let text = header.to_str().unwrap_or_default();
    match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(token.trim().to_owned()),
        _ => Err(unauthenticated("the header `Authorization` is not of the form `Bearer <token>`")),
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let caller = parts.extensions.get::<Self>().cloned();
        caller.ok_or_else(|| Failure::hidden(Kind::INTERNAL, "a route is not guarded"))
    }
}
