//! PUT and DELETE /config/branding/logo, and the address below the issuer where the logo is shown.

use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use tenantry_db::{Committed, Purpose, TenantTx};
use tenantry_kernel::{Clock, FieldError, Rng, UserId};
use tenantry_web::{Guard, IfMatch, Path, Picture, Problem, Public, Success, Upload, Use};

use super::brands::Brands;
use super::change::Choice;
use super::image::{Sniffed, sniff};
use super::model::{Branding, Logo};
use super::show::BrandingView;
use super::{LogoId, store};
use crate::{Error, UpdateConfig};

/// The most logos that a tenant keeps: the one that it has now, and those that earlier versions may name.
const MOST: i64 = 100;

/// Upload the tenant's logo: a PNG, JPEG or WebP picture of at most 256 KiB and 2048 pixels a side.
pub(crate) async fn upload(
    guard: Guard<UpdateConfig>,
    clock: Clock,
    rng: Rng,
    expected: IfMatch,
    Use(brands): Use<Brands>,
    Upload(bytes): Upload,
) -> Result<Committed<Success<BrandingView>>, Problem> {
    let seen = sniff(&bytes).map_err(|detail| Error::Field(FieldError::new("#", detail)))?;
    let mut choice = Choice::begin(&guard, (&clock, &brands), expected).await?;
    let id = keep(&mut choice.tx, &bytes, seen, (&clock, &rng, guard.caller()?.user)).await?;
    let logo = Logo { id, media_type: seen.media_type.to_owned(), width: seen.width, height: seen.height };
    let new = Branding { logo: Some(logo), ..choice.chosen.value.clone() };
    choice.make(new).await
}

/// Keep a picture, unless it is there already; the oldest one goes when there are too many.
async fn keep(
    tx: &mut TenantTx,
    bytes: &Bytes,
    seen: Sniffed,
    (clock, rng, by): (&Clock, &Rng, UserId),
) -> Result<LogoId, Error> {
    let hash = digest(&SHA256, bytes).as_ref().to_vec();
    if let Some(same) = tx.read(store::find_same_logo(hash.clone())).await? {
        return Ok(same.0);
    }
    let (id, Sniffed { media_type, width, height }) = (LogoId::new(clock, rng), seen);
    tx.run(store::delete_oldest_logos(id, MOST - 1)).await?;
    tx.queue(store::insert_logo(id, media_type, width, height, bytes.to_vec(), hash, clock.now(), by));
    Ok(id)
}

/// Show no logo any more. Earlier versions keep theirs.
pub(crate) async fn remove(
    guard: Guard<UpdateConfig>,
    clock: Clock,
    expected: IfMatch,
    Use(brands): Use<Brands>,
) -> Result<Committed<Success<BrandingView>>, Problem> {
    let choice = Choice::begin(&guard, (&clock, &brands), expected).await?;
    let new = Branding { logo: None, ..choice.chosen.value.clone() };
    choice.make(new).await
}

/// Show the logo that the tenant has now. Its address stands for this very picture; another one has another.
pub(crate) async fn serve(
    guard: Guard<Public>,
    Use(brands): Use<Brands>,
    Path(id): Path<LogoId>,
) -> Result<Picture, Problem> {
    let tenant = guard.enter(Purpose::SignIn);
    let brand = brands.of(&tenant).await.map_err(Error::from)?;
    if brand.logo() != Some(id) {
        return Err(Error::NotFound.into());
    }
    let (media_type, body) = brand.picture.clone().ok_or(Error::NotFound)?;
    Ok(Picture { media_type, body, etag: format!("\"{id}\"") })
}
