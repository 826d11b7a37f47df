//! The palette of Okabe and Ito, distinct under all colour vision deficiencies.
//!
//! Source: M. Okabe and K. Ito, Color Universal Design (2008).

use plotters::style::RGBColor;

pub(super) const SKY: RGBColor = RGBColor(0x56, 0xB4, 0xE9);
pub(super) const BLUE: RGBColor = RGBColor(0x00, 0x72, 0xB2);
pub(super) const VERMILLION: RGBColor = RGBColor(0xD5, 0x5E, 0x00);
pub(super) const GREEN: RGBColor = RGBColor(0x00, 0x9E, 0x73);
pub(super) const ORANGE: RGBColor = RGBColor(0xE6, 0x9F, 0x00);
pub(super) const PURPLE: RGBColor = RGBColor(0xCC, 0x79, 0xA7);
pub(super) const INK: RGBColor = RGBColor(0x11, 0x11, 0x11);
pub(super) const WHITE: RGBColor = RGBColor(0xFF, 0xFF, 0xFF);
/// Of grid lines.
pub(super) const PALE: RGBColor = RGBColor(0xE4, 0xE4, 0xE4);
/// Of lines that text stands next to.
pub(super) const GREY: RGBColor = RGBColor(0x66, 0x66, 0x66);
