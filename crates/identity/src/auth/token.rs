//! POST /auth/token

use garde::Validate;
use schemars::JsonSchema;
use serde::Deserialize;
use tenantry_kernel::{Clock, FieldError};
use tenantry_web::{Body, Guard, Problem, Public, Success, Use};

use super::refresh::refresh;
use super::view::TokenView;
use crate::service::Identity;

/// What is exchanged (document B).
#[derive(Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenRequest {
    /// `refresh_token`.
    #[garde(length(max = 100))]
    grant_type: String,
    #[garde(length(max = 1000))]
    refresh_token: String,
    /// Sessions started by `/auth/login` belong to no client: read and ignored.
    #[garde(inner(length(max = 255)))]
    client_id: Option<String>,
    /// Read and ignored, as `client_id`.
    #[garde(inner(length(max = 255)))]
    client_secret: Option<String>,
}

/// Exchange a refresh token for new tokens.
pub(crate) async fn token(
    guard: Guard<Public>,
    clock: Clock,
    Use(identity): Use<Identity>,
    Body(request): Body<TokenRequest>,
) -> Result<Success<TokenView>, Problem> {
    if request.grant_type != "refresh_token" {
        return Err(Problem::invalid(vec![FieldError::new("#/grant_type", "this must be refresh_token")]));
    }
    let signed_in = refresh(&guard, &clock, &identity, &request.refresh_token).await?;
    Ok(Success::ok(TokenView::new(signed_in, &identity)))
}
