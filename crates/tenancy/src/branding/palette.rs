//! From the colours that a tenant has chosen to those that its pages have.

use schemars::JsonSchema;
use serde::Serialize;

use super::color::{BLACK, Color, WHITE};
use super::model::Colors;

/// What is behind text in the light theme and in the dark one: cards, and what is set into them.
const LIGHT: [Color; 2] = [WHITE, Color([0xf0, 0xf1, 0xf5])];
const DARK: [Color; 2] = [Color([0x19, 0x1e, 0x28]), Color([0x22, 0x28, 0x34])];
/// Behind the cards, where nothing was chosen.
const LIGHT_GROUND: Color = Color([0xf3, 0xf4, 0xf7]);
const DARK_GROUND: Color = Color([0x0f, 0x12, 0x18]);
/// The product's own accent.
pub(crate) const PRIMARY: Color = Color([0x1d, 0x4f, 0xbf]);
const PRIMARY_DARK: Color = Color([0x9d, 0xb9, 0xff]);

/// The colours of one theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shades {
    /// Buttons.
    pub(crate) primary: Color,
    /// Text on buttons.
    pub(crate) on_primary: Color,
    /// Links and marks, on cards.
    pub(crate) text: Color,
    /// Behind the cards.
    pub(crate) background: Color,
    /// Text there.
    pub(crate) on_background: Color,
}

/// The colours of both themes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Palette {
    pub(crate) light: Shades,
    pub(crate) dark: Shades,
}

impl Palette {
    /// What follows from what was chosen. The dark theme has the light one's colour where it has none of its own.
    pub(crate) fn of(colors: &Colors) -> Self {
        let shades = |primary: Color, background: Color, pole, cards: &[Color]| Shades {
            primary,
            on_primary: primary.ink(),
            text: primary.readable(pole, cards),
            background,
            on_background: background.ink(),
        };
        let light = colors.primary.unwrap_or(PRIMARY);
        let dark = colors.primary_dark.or(colors.primary).unwrap_or(PRIMARY_DARK);
        Self {
            light: shades(light, colors.background.unwrap_or(LIGHT_GROUND), BLACK, &LIGHT),
            dark: shades(dark, colors.background_dark.unwrap_or(DARK_GROUND), WHITE, &DARK),
        }
    }
}

/// The colours of one theme, as the pages have them.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct ShadesView {
    /// Buttons: the colour that was chosen.
    primary: String,
    /// Text on buttons.
    on_primary: String,
    /// Links and marks: the chosen colour, moved until it can be read (4.5:1).
    text: String,
    /// Behind the cards.
    background: String,
    /// Text there.
    on_background: String,
    /// Whether the chosen colour had to be moved for text.
    is_adjusted: bool,
}

/// The colours of the pages, in both themes.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct PaletteView {
    light: ShadesView,
    dark: ShadesView,
}

impl From<Palette> for PaletteView {
    fn from(palette: Palette) -> Self {
        let view = |shades: Shades| ShadesView {
            primary: shades.primary.to_string(),
            on_primary: shades.on_primary.to_string(),
            text: shades.text.to_string(),
            background: shades.background.to_string(),
            on_background: shades.on_background.to_string(),
            is_adjusted: shades.text != shades.primary,
        };
        Self { light: view(palette.light), dark: view(palette.dark) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::color::AA;
    use super::*;

    proptest::proptest! {
        #[test]
        fn whatever_is_chosen_everything_can_be_read(light: Option<[u8; 3]>, dark: Option<[u8; 3]>, ground: Option<[u8; 3]>) {
            let colors = Colors {
                primary: light.map(Color),
                primary_dark: dark.map(Color),
                background: ground.map(Color),
                background_dark: ground.map(Color),
            };
            let palette = Palette::of(&colors);
            for (shades, cards) in [(palette.light, LIGHT), (palette.dark, DARK)] {
                proptest::prop_assert!(cards.iter().all(|card| shades.text.contrast(*card) >= AA));
                proptest::prop_assert!(shades.on_primary.contrast(shades.primary) >= AA);
                proptest::prop_assert!(shades.on_background.contrast(shades.background) >= AA);
            }
        }
    }

    #[test]
    fn a_colour_that_can_be_read_stays_as_it_is() {
        let palette = Palette::of(&Colors { primary: Some(PRIMARY), ..Colors::default() });
        assert_eq!(palette.light.text, PRIMARY);
        assert!(PaletteView::from(palette).dark.is_adjusted, "dark blue on dark ground");
    }
}
