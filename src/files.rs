//! Plain files, which are replaced as a whole or not at all.

use std::fs::{self, File, Metadata};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use tempfile::Builder;

use crate::Error;

/// Opens the plain file at `path` to be read; `None` if there is nothing.
///
/// # Errors
/// [`Error::NotRead`], also for a folder, a pipe, a socket or a device, which is not
/// opened: it could hold the reader for ever, or never end.
pub(crate) fn open(path: &Path) -> Result<Option<(File, u64)>, Error> {
    let failed = |error| not_read(path, error);
    match plain(path).map_err(failed)? {
        None => Ok(None),
        Some(found) => Ok(Some((File::open(path).map_err(failed)?, found.len()))),
    }
}

/// Writes a file beside `path`, and puts it in the place of what was there once it is
/// whole and on the disk; until then the old file stays. Its permissions are those of
/// the old one, or those of any new file.
///
/// # Errors
/// [`Error::NotWritten`], also where `path` is something else than a plain file, or one
/// that is not to be written.
pub(crate) fn replace(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
) -> Result<(), Error> {
    let failed = |error: io::Error| Error::NotWritten {
        path: path.display().to_string(),
        source: error.into(),
    };
    replaced(path, write).map_err(failed)
}

fn replaced(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
) -> io::Result<()> {
    let permissions = match plain(path)? {
        Some(old) if old.permissions().readonly() => {
            let reason = "the file that is there is not to be written: give another path";
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, reason));
        }
        old => old.map(|old| old.permissions()),
    };
    // Behind a link it is the file that is replaced, not the link.
    let target = match &permissions {
        Some(_) => path.canonicalize()?,
        None => path.to_path_buf(),
    };
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
    // As any new file is made, not with the narrow permissions of a temporary one.
    let file =
        Builder::new().make_in(folder.unwrap_or(Path::new(".")), |path| File::create_new(path))?;
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions)?;
    }
    let mut writer = BufWriter::new(file.as_file());
    write(&mut writer)?;
    writer.flush()?;
    drop(writer);
    file.as_file().sync_all()?;
    file.persist(&target).map_err(|error| error.error)?;
    Ok(())
}

/// What is known of the plain file at `path`; `None` if there is nothing.
fn plain(path: &Path) -> io::Result<Option<Metadata>> {
    match fs::metadata(path) {
        Ok(found) if found.is_file() => Ok(Some(found)),
        Ok(found) => {
            let what = if found.is_dir() { "a folder" } else { "a pipe, a socket or a device" };
            let reason = format!("it is {what}, not a plain file: give another path");
            Err(io::Error::new(io::ErrorKind::InvalidInput, reason))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The error of a file that cannot be read.
pub(crate) fn not_read(path: &Path, error: io::Error) -> Error {
    Error::NotRead { path: path.display().to_string(), source: error.into() }
}
