//! Colours, and whether text in them can be read.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The least contrast of text with what is behind it (WCAG 2.1, 1.4.3, level AA).
pub(crate) const AA: f64 = 4.5;

/// A colour, as `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Color(pub(crate) [u8; 3]);

pub(crate) const WHITE: Color = Color([255; 3]);
pub(crate) const BLACK: Color = Color([0; 3]);

impl FromStr for Color {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "a colour is written as #rrggbb";
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6).ok_or(wrong)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(wrong);
        }
        let number = u32::from_str_radix(digits, 16).map_err(|_| wrong)?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Self([red, green, blue]))
    }
}

impl TryFrom<String> for Color {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Color> for String {
    fn from(color: Color) -> Self {
        color.to_string()
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self([red, green, blue]) = self;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl Color {
    /// The relative luminance, from 0 to 1 (WCAG 2.1).
    fn luminance(self) -> f64 {
        let share = |part: u8| {
            let share = f64::from(part) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(share);
        0.2126f64.mul_add(red, 0.7152f64.mul_add(green, 0.0722 * blue))
    }

    /// The contrast with another colour, from 1 to 21.
    pub(crate) fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// So many twentieths of the way to another colour.
    fn towards(self, other: Self, twentieths: u32) -> Self {
        let mut mixed = [0; 3];
        for ((mixed, own), other) in mixed.iter_mut().zip(self.0).zip(other.0) {
            let sum = u32::from(own) * (20 - twentieths) + u32::from(other) * twentieths;
            *mixed = u8::try_from((sum + 10) / 20).unwrap_or(u8::MAX);
        }
        Self(mixed)
    }

    /// The nearest shade on the way to `pole` that can be read on all of these.
    pub(crate) fn readable(self, pole: Self, behind: &[Self]) -> Self {
        let shades = (0..=20).map(|step| self.towards(pole, step.min(20)));
        let can_be_read = |shade: &Self| behind.iter().all(|surface| shade.contrast(*surface) >= AA);
        shades.into_iter().find(can_be_read).unwrap_or(pole)
    }

    /// What can be read on it: white if it can, else black, which then can.
    pub(crate) fn ink(self) -> Self {
        if self.contrast(WHITE) >= AA { WHITE } else { BLACK }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn color(text: &str) -> Color {
        text.parse().expect("a colour")
    }

    #[test]
    fn contrasts_are_those_of_the_guideline() {
        assert!((WHITE.contrast(BLACK) - 21.0).abs() < 0.001);
        assert!((color("#777777").contrast(WHITE) - 4.478).abs() < 0.001);
        assert!((color("#1d4fbf").contrast(color("#1d4fbf")) - 1.0).abs() < 0.001);
    }

    #[test]
    fn only_six_digits_are_a_colour() {
        assert_eq!(color("#AbCdEf").to_string(), "#abcdef");
        for wrong in
            ["", "#", "#fff", "abcdef", "#abcdeg", "#+12345", "#abcdef;", "red", "#abcdéf", "#1234567"]
        {
            assert!(wrong.parse::<Color>().is_err(), "{wrong}");
        }
    }

    proptest::proptest! {
        #[test]
        fn something_can_be_read_on_every_colour(parts: [u8; 3]) {
            let color = Color(parts);
            proptest::prop_assert!(color.contrast(color.ink()) >= AA, "{}", color);
        }

        #[test]
        fn every_colour_becomes_readable_on_light_and_on_dark(parts: [u8; 3]) {
            let (light, dark) = ([WHITE, Color([0xf0, 0xf1, 0xf5])], [Color([0x19, 0x1e, 0x28]), BLACK]);
            for (pole, behind) in [(BLACK, light), (WHITE, dark)] {
                let shade = Color(parts).readable(pole, &behind);
                proptest::prop_assert!(behind.iter().all(|surface| shade.contrast(*surface) >= AA));
            }
        }

        #[test]
        fn reading_colours_never_panics(text: String) {
            let _ = text.parse::<Color>();
        }
    }
}
