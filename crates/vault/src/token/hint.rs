use serde::Deserialize;
use tenantry_kernel::{KeyId, TenantId};

use super::compact::{Compact, HeaderBuffer};

#[derive(Deserialize)]
struct Claims {
    tid: TenantId,
}

/// The key (`kid`) and the tenant (`tid`) that a token names, **unverified**.
///
/// Only to choose the tenant's key to verify it with: anybody can write these two. `None` for what is not a token
/// or is longer than [`MAX_TOKEN_BYTES`](crate::MAX_TOKEN_BYTES).
pub fn unverified_kid_and_tid(token: &str) -> Option<(KeyId, TenantId)> {
    let compact = Compact::parse(token)?;
    let key = compact.header(&mut HeaderBuffer::new())?.key_id()?;
    let claims: Claims = serde_json::from_slice(&compact.payload()?).ok()?;
    Some((key, claims.tid))
}
