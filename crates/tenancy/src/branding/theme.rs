//! A branding as the variables of a style sheet.

use super::model::{Branding, Font};
use super::palette::{Palette, Shades};

impl Font {
    /// Families that come with systems, best first.
    const fn stack(self) -> &'static str {
        match self {
            Self::System => "system-ui,sans-serif",
            Self::Humanist => "Seravek,'Gill Sans Nova',Ubuntu,Calibri,'DejaVu Sans',sans-serif",
            Self::Geometric => "Avenir,Montserrat,Corbel,'URW Gothic',sans-serif",
            Self::Rounded => {
                "ui-rounded,'Hiragino Maru Gothic ProN',Quicksand,Comfortaa,'Arial Rounded MT',sans-serif"
            }
            Self::Serif => "Charter,'Bitstream Charter','Sitka Text',Cambria,serif",
            Self::Mono => {
                "ui-monospace,'Cascadia Code','Source Code Pro',Menlo,Consolas,'DejaVu Sans Mono',monospace"
            }
        }
    }
}

fn variables(shades: &Shades) -> String {
    let Shades { primary, on_primary, text, background, on_background } = shades;
    format!(
        "--act:{primary};--on-act:{on_primary};--link:{text};--ground:{background};--on-ground:{on_background}"
    )
}

/// The variables. They are made of colours, numbers and names of ours, never of text that somebody has typed.
pub(crate) fn css(branding: &Branding) -> String {
    let palette = Palette::of(&branding.colors);
    let Branding { typography, radius, .. } = branding;
    let (light, dark) = (variables(&palette.light), variables(&palette.dark));
    let (font, scale) = (typography.font.stack(), typography.scale);
    format!(
        ":root{{{light};--font:{font};--scale:{scale}%;--radius:{radius}px}}\
         @media (prefers-color-scheme:dark){{:root{{{dark}}}}}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_sheet_is_made_of_colours_numbers_and_our_own_words() {
        for font in Font::ALL {
            let mut branding = Branding::default();
            branding.typography.font = *font;
            branding.display_name = Some("</style><script>".to_owned());
            let css = css(&branding);
            assert!(!css.contains('<') && css.matches('{').count() == css.matches('}').count(), "{css}");
            assert!(css.contains("--act:#1d4fbf") && css.contains("--scale:100%"), "{css}");
        }
    }
}
