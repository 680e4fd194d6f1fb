//! What is shown of a branding: to administrators all of it, to everybody what every page shows anyway. GET /branding

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use tenantry_db::Purpose;
use tenantry_web::ports::TenantInfo;
use tenantry_web::{Guard, Problem, Public, Success, Use, View};

use super::brands::Brands;
use super::model::{Branding, Colors, Links, Typography};
use super::palette::{PRIMARY, Palette, PaletteView};
use crate::Error;
use crate::config::Chosen;

/// The colours that were chosen, as `#rrggbb`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct ColorsView {
    /// Buttons and links; the product's own where none was chosen.
    primary: String,
    /// The same in the dark theme; null: that of the light one, or the product's own.
    primary_dark: Option<String>,
    /// Behind the cards; null: the product's own.
    background: Option<String>,
    /// The same in the dark theme.
    background_dark: Option<String>,
}

impl From<&Colors> for ColorsView {
    fn from(colors: &Colors) -> Self {
        let text = |color: Option<super::color::Color>| color.map(String::from);
        Self {
            primary: colors.primary.unwrap_or(PRIMARY).to_string(),
            primary_dark: text(colors.primary_dark),
            background: text(colors.background),
            background_dark: text(colors.background_dark),
        }
    }
}

/// A tenant's branding.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct BrandingView {
    /// Null: the tenant's own name.
    display_name: Option<String>,
    colors: ColorsView,
    /// What the pages make of the colours.
    palette: PaletteView,
    typography: Typography,
    /// Of corners, in pixels.
    radius: u8,
    logo_url: Option<String>,
    links: Links,
    /// 0: nothing was chosen so far.
    version: i64,
    updated_at: Option<Timestamp>,
}

impl View for BrandingView {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

impl BrandingView {
    pub(crate) fn new(brands: &Brands, tenant: &TenantInfo, chosen: &Chosen<Branding>) -> Self {
        let Branding { display_name, colors, typography, radius, logo, links } = chosen.value.clone();
        Self {
            display_name,
            palette: Palette::of(&colors).into(),
            colors: (&colors).into(),
            typography,
            radius,
            logo_url: logo.map(|logo| brands.logo_url(tenant, logo.id)),
            links,
            version: chosen.version,
            updated_at: chosen.updated_at,
        }
    }
}

/// What every page of a tenant shows.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct PublicBranding {
    /// What the tenant is called on its pages.
    display_name: String,
    colors: ColorsView,
    /// What the pages make of the colours.
    palette: PaletteView,
    typography: Typography,
    /// Of corners, in pixels.
    radius: u8,
    logo_url: Option<String>,
    links: Links,
}

impl View for PublicBranding {}

/// Get what every page of the tenant shows, before anybody signs in.
pub(crate) async fn show(
    guard: Guard<Public>,
    Use(brands): Use<Brands>,
) -> Result<Success<PublicBranding>, Problem> {
    let brand = brands.of(&guard.enter(Purpose::SignIn)).await.map_err(Error::from)?;
    let tenant = guard.tenant_info();
    let Branding { display_name, colors, typography, radius, logo, links } = brand.chosen.value.clone();
    Ok(Success::ok(PublicBranding {
        display_name: display_name.unwrap_or_else(|| tenant.name.clone()),
        palette: Palette::of(&colors).into(),
        colors: (&colors).into(),
        typography,
        radius,
        logo_url: logo.map(|logo| brands.logo_url(tenant, logo.id)),
        links,
    }))
}
