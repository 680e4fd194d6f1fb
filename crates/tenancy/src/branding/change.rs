//! GET and PUT /config/branding

use garde::Validate;
use schemars::JsonSchema;
use serde::Deserialize;
use tenantry_db::{Committed, TenantTx};
use tenantry_kernel::{Clock, FieldError};
use tenantry_web::{Body, Guard, IfMatch, Problem, Success, Use, not_blank, present};

use super::brands::Brands;
use super::color::Color;
use super::model::{Branding, Font, link};
use super::show::BrandingView;
use crate::config::{Chosen, Section as _, TenantConfig, store};
use crate::{Error, ReadConfig, UpdateConfig};

/// What to change; what is absent stays, and `null` goes back to what the product comes with.
#[derive(Debug, Default, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ChangedBranding {
    /// What the pages call the tenant.
    #[garde(inner(inner(length(chars, min = 1, max = 100), custom(not_blank))))]
    #[serde(deserialize_with = "present")]
    #[schemars(with = "Option<String>")]
    display_name: Option<Option<String>>,
    #[garde(dive)]
    colors: Option<ChangedColors>,
    #[garde(dive)]
    typography: Option<ChangedTypography>,
    /// Of corners, in pixels.
    #[garde(range(max = 24))]
    radius: Option<u8>,
    #[garde(dive)]
    links: Option<ChangedLinks>,
}

/// Colours, as `#rrggbb`.
#[derive(Debug, Default, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ChangedColors {
    /// Buttons and links.
    #[garde(skip)]
    #[serde(deserialize_with = "present")]
    #[schemars(with = "Option<String>")]
    primary: Option<Option<String>>,
    /// The same in the dark theme.
    #[garde(skip)]
    #[serde(deserialize_with = "present")]
    #[schemars(with = "Option<String>")]
    primary_dark: Option<Option<String>>,
    /// Behind the cards.
    #[garde(skip)]
    #[serde(deserialize_with = "present")]
    #[schemars(with = "Option<String>")]
    background: Option<Option<String>>,
    /// The same in the dark theme.
    #[garde(skip)]
    #[serde(deserialize_with = "present")]
    #[schemars(with = "Option<String>")]
    background_dark: Option<Option<String>>,
}

/// How letters look.
#[derive(Debug, Default, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ChangedTypography {
    #[garde(skip)]
    font: Option<Font>,
    /// The size of text, in percent of the usual one.
    #[garde(inner(range(min = 90, max = 125)))]
    scale: Option<u16>,
}

/// What stands below every page: addresses that begin with `https://` or `mailto:`.
#[derive(Debug, Default, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ChangedLinks {
    #[garde(skip)]
    #[serde(deserialize_with = "present")]
    #[schemars(with = "Option<String>")]
    privacy: Option<Option<String>>,
    #[garde(skip)]
    #[serde(deserialize_with = "present")]
    #[schemars(with = "Option<String>")]
    terms: Option<Option<String>>,
    #[garde(skip)]
    #[serde(deserialize_with = "present")]
    #[schemars(with = "Option<String>")]
    support: Option<Option<String>>,
}

/// Put a field's new value in its place, or say what is wrong with it.
fn put<T>(
    place: &mut Option<T>,
    (pointer, new): (&str, Option<Option<String>>),
    read: impl Fn(&str, &str) -> Result<T, FieldError>,
    wrong: &mut Vec<FieldError>,
) {
    match new {
        None => {}
        Some(None) => *place = None,
        Some(Some(text)) => match read(pointer, &text) {
            Ok(value) => *place = Some(value),
            Err(fault) => wrong.push(fault),
        },
    }
}

impl ChangedBranding {
    /// The branding with these changes.
    ///
    /// # Errors
    /// Every field that is wrong.
    fn applied(self, branding: &Branding) -> Result<Branding, Error> {
        let mut new = branding.clone();
        let mut wrong = Vec::new();
        let color =
            |pointer: &str, text: &str| text.parse::<Color>().map_err(|why| FieldError::new(pointer, why));
        if let Some(name) = self.display_name {
            new.display_name = name.map(|name| name.trim().to_owned());
        }
        if let Some(colors) = self.colors {
            let ChangedColors { primary, primary_dark, background, background_dark } = colors;
            let places = &mut new.colors;
            put(&mut places.primary, ("#/colors/primary", primary), color, &mut wrong);
            put(&mut places.primary_dark, ("#/colors/primary_dark", primary_dark), color, &mut wrong);
            put(&mut places.background, ("#/colors/background", background), color, &mut wrong);
            put(
                &mut places.background_dark,
                ("#/colors/background_dark", background_dark),
                color,
                &mut wrong,
            );
        }
        if let Some(typography) = self.typography {
            new.typography.font = typography.font.unwrap_or(new.typography.font);
            new.typography.scale = typography.scale.unwrap_or(new.typography.scale);
        }
        new.radius = self.radius.unwrap_or(new.radius);
        if let Some(links) = self.links {
            let ChangedLinks { privacy, terms, support } = links;
            put(&mut new.links.privacy, ("#/links/privacy", privacy), link, &mut wrong);
            put(&mut new.links.terms, ("#/links/terms", terms), link, &mut wrong);
            put(&mut new.links.support, ("#/links/support", support), link, &mut wrong);
        }
        if wrong.is_empty() { Ok(new) } else { Err(Error::Fields(wrong)) }
    }
}

/// Get the tenant's branding.
pub(crate) async fn get(
    guard: Guard<ReadConfig>,
    Use(brands): Use<Brands>,
) -> Result<Success<BrandingView>, Problem> {
    guard.permit_all::<TenantConfig>()?;
    let stored = guard.tenant().read(store::find(Branding::NAME)).await.map_err(Error::from)?;
    Ok(Success::ok(BrandingView::new(&brands, guard.tenant_info(), &stored.into())))
}

/// Change the tenant's branding. Colours that could not be read are moved until they can: `palette` says what the pages have.
pub(crate) async fn update(
    guard: Guard<UpdateConfig>,
    clock: Clock,
    expected: IfMatch,
    Use(brands): Use<Brands>,
    Body(request): Body<ChangedBranding>,
) -> Result<Committed<Success<BrandingView>>, Problem> {
    let choice = Choice::begin(&guard, (&clock, &brands), expected).await?;
    let new = request.applied(&choice.chosen.value)?;
    choice.make(new).await
}

/// Choosing another branding: the one that holds is locked, and the one that the client has seen.
pub(crate) struct Choice<'a> {
    guard: &'a Guard<UpdateConfig>,
    clock: &'a Clock,
    brands: &'a Brands,
    pub(crate) tx: TenantTx,
    pub(crate) chosen: Chosen<Branding>,
}

impl<'a> Choice<'a> {
    pub(crate) async fn begin(
        guard: &'a Guard<UpdateConfig>,
        (clock, brands): (&'a Clock, &'a Brands),
        expected: IfMatch,
    ) -> Result<Self, Problem> {
        guard.permit_all::<TenantConfig>()?;
        let mut tx = guard.tenant().begin().map_err(Error::from)?;
        let stored = tx.run(store::find_for_update(Branding::NAME)).await.map_err(Error::from)?;
        let chosen: Chosen<Branding> = stored.into();
        expected.check(chosen.version)?;
        Ok(Self { guard, clock, brands, tx, chosen })
    }

    pub(crate) async fn make(mut self, new: Branding) -> Result<Committed<Success<BrandingView>>, Problem> {
        let by = (self.guard.caller()?.user, self.clock.now());
        let change = self.chosen.choose(&mut self.tx, new, by).await?;
        let answer = Success::ok(BrandingView::new(self.brands, self.guard.tenant_info(), &self.chosen));
        let ended = match change {
            None => self.tx.unchanged(answer).await,
            Some(change) => self.tx.commit(change, answer).await,
        };
        Ok(ended.map_err(Error::of_choice)?)
    }
}
