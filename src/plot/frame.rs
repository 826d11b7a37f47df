//! What all pictures have: a size, a title, notes, and the ways to get them out.

use super::scene::Scene;
use crate::Error;

/// Title, notes and size of a picture.
#[derive(Debug, Clone, Default)]
pub(super) struct Frame {
    pub(super) title: Option<String>,
    pub(super) notes: Vec<String>,
    pub(super) size: Option<(u32, u32)>,
}

/// The size of a picture of one pair of axes, unless another is asked for.
pub(super) const SIZE: (u32, u32) = (900, 600);

/// The scene of a picture: what [`Picture`](super::Picture) is sealed with.
pub trait Draw {
    #[doc(hidden)]
    fn scene(&self) -> Result<Drawing, Error>;
}

/// A scene, opaque outside this module.
#[derive(Debug, Clone)]
pub struct Drawing(pub(super) Scene);

/// The methods of all pictures.
macro_rules! frame_methods {
    () => {
        /// Sets a title, above everything else; what does not fit the width is cut off.
        #[must_use]
        pub fn with_title(mut self, title: impl Into<String>) -> Self {
            self.frame.title = Some(title.into());
            self
        }

        /// Sets width and height, in pixels of a PNG and in user units of an SVG, each
        /// from 100 to 6000. By default 900 by 600, for a [`Grid`](super::Grid)
        /// 600 by 440 for each picture.
        ///
        /// # Errors
        ///
        /// [`Error::InvalidParameter`] for a length out of this range.
        pub fn with_size(mut self, width: u32, height: u32) -> Result<Self, Error> {
            self.frame.size = Some(output::checked_size(width, height)?);
            Ok(self)
        }

        /// Returns the picture as an SVG document.
        ///
        /// # Errors
        ///
        /// As [`save`](Self::save), but for the file.
        pub fn to_svg(&self) -> Result<String, Error> {
            output::svg(self.size(), &self.page()?)
        }

        /// Returns the picture as a PNG file.
        ///
        /// # Errors
        ///
        /// As [`save`](Self::save), but for the file.
        pub fn to_png(&self) -> Result<Vec<u8>, Error> {
            output::png(self.size(), &self.page()?)
        }

        /// Writes the picture to a file, as SVG or PNG by the extension of its
        /// name.
        ///
        /// # Errors
        ///
        /// [`Error::UnknownFormat`] for another extension,
        /// [`Error::NotDrawn`] if the size leaves no room for the axes,
        /// [`Error::NotWritten`] if the file cannot be written, and what the
        /// law's queries return.
        pub fn save(&self, path: impl AsRef<std::path::Path>) -> Result<(), Error> {
            output::save(path.as_ref(), self.size(), || self.page())
        }
    };
}
pub(super) use frame_methods;

/// The methods of pictures of one pair of axes, and that they are such.
macro_rules! single_picture {
    ($picture:ty) => {
        impl $picture {
            frame_methods!();

            /// Sets a line of smaller text below the title; may be called again.
            #[must_use]
            pub fn with_note(mut self, note: impl Into<String>) -> Self {
                self.frame.notes.push(note.into());
                self
            }

            fn size(&self) -> (u32, u32) {
                self.frame.size.unwrap_or(frame::SIZE)
            }

            fn page(&self) -> Result<output::Page, Error> {
                Ok(output::Page::single(self.scene()?.0))
            }
        }

        impl super::Picture for $picture {}
    };
}
pub(super) use single_picture;
