//! The font.

use std::sync::OnceLock;

use plotters::style::{FontStyle, register_font};

use crate::Error;

/// The name under which the font is registered. It goes into SVG as it stands,
/// where it is a list of families.
pub(super) const FAMILY: &str = "Noto Sans, DejaVu Sans, Verdana, Helvetica, Arial, sans-serif";

/// Makes the font known to the drawing library, once.
pub(super) fn register() -> Result<(), Error> {
    static REGISTERED: OnceLock<bool> = OnceLock::new();
    let done = REGISTERED
        .get_or_init(|| register_font(FAMILY, FontStyle::Normal, ttf_noto_sans::REGULAR).is_ok());
    if *done {
        return Ok(());
    }
    Err(Error::NotDrawn { reason: "the font cannot be read".into() })
}

/// The text with nothing in it that a document must not hold; line breaks
/// become spaces.
pub(super) fn clean(text: &str) -> String {
    let allowed = |c: char| !c.is_control() && !matches!(c, '\u{FFFE}' | '\u{FFFF}');
    text.chars().map(|c| if allowed(c) { c } else { ' ' }).collect()
}

/// The text with what the font has: subscript digits become digits.
pub(super) fn drawable(text: &str) -> String {
    let digit = |c: char| match c {
        '₀'..='₉' => char::from_digit(c as u32 - '₀' as u32, 10).unwrap_or(c),
        _ => c,
    };
    text.chars().map(digit).collect()
}
