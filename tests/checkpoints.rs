//! Files of checkpoints that are not what they should be.

use std::fs::{self, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use ndarray::{Array1, Array2};
use ntk_spectrum::Error;
use ntk_spectrum::empirical::SpectralEstimate;
use ntk_spectrum::krylov::{Checkpoint, StochasticQuadrature};
use ntk_spectrum::observer::Progress;

const SIZE: usize = 5;
const STEPS: usize = 3;

fn operator() -> Array2<f64> {
    Array2::from_diag(&Array1::linspace(0.5, 3.0, SIZE))
}

fn estimate(path: &Path, steps: usize) -> Result<SpectralEstimate, Error> {
    let checkpoint = Checkpoint::new(path).with_interval(2)?;
    StochasticQuadrature::new(2, steps)?.with_checkpoint(checkpoint).estimate(&operator())
}

/// The file after one probe and two steps of the next.
fn state(folder: &Path) -> (PathBuf, Vec<u8>) {
    let path = folder.join("state");
    let stop = |progress: Progress| match progress.done {
        0..6 => ControlFlow::Continue(()),
        _ => ControlFlow::Break(()),
    };
    let checkpoint = Checkpoint::new(&path).with_interval(2).unwrap();
    let quadrature = StochasticQuadrature::new(2, STEPS).unwrap().with_checkpoint(checkpoint);
    assert!(quadrature.with_observer(stop).estimate(&operator()).is_err());
    let bytes = fs::read(&path).unwrap();
    (path, bytes)
}

/// The checksum as the format of the files has it: bit by bit, from the polynomial.
fn crc32(bytes: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 };
        }
    }
    !sum
}

fn with_checksum(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.len() - 4;
    let sum = crc32(&bytes[..end]).to_le_bytes();
    bytes[end..].copy_from_slice(&sum);
    bytes
}

#[track_caller]
fn refused(result: Result<SpectralEstimate, Error>, path: &Path, reason: &str) {
    let error = result.expect_err("a refusal");
    assert!(matches!(error, Error::NotRead { .. }), "{error:?}");
    let message = error.to_string();
    assert!(message.contains(&path.display().to_string()), "{message}");
    assert!(message.contains(reason), "{message}");
}

#[test]
fn no_flipped_bit_is_resumed_from() {
    let folder = tempfile::tempdir().unwrap();
    let (path, bytes) = state(folder.path());
    let expected = StochasticQuadrature::new(2, STEPS).unwrap().estimate(&operator()).unwrap();
    assert_eq!(with_checksum(bytes.clone()), bytes);
    // Any program can read it.
    let names = safetensors::SafeTensors::deserialize(&bytes).unwrap().names().len();
    assert_eq!(names, 2 + 2 + 3 + 1, "one probe, two steps with three vectors, the checksum");

    let mut file = OpenOptions::new().write(true).open(&path).unwrap();
    let mut put = |place: usize, byte: u8| {
        file.seek(SeekFrom::Start(place as u64)).unwrap();
        file.write_all(&[byte]).unwrap();
    };
    let mut resumed = 0;
    for (place, byte) in bytes.iter().enumerate() {
        for bit in 0..8 {
            put(place, byte ^ 1 << bit);
            match estimate(&path, STEPS) {
                Err(Error::NotRead { .. } | Error::OtherCheckpoint { .. }) => {}
                Err(other) => panic!("bit {bit} of byte {place}: {other:?}"),
                Ok(_) => resumed += 1,
            }
        }
        put(place, *byte);
    }
    assert_eq!(resumed, 0, "of {} flipped bits", 8 * bytes.len());
    // What was refused is left as it is.
    assert_eq!(fs::read(&path).unwrap(), bytes);
    assert_eq!(estimate(&path, STEPS).unwrap(), expected);
}

/// Other bytes in a row, bytes that are missing, and bytes that nobody knows of.
#[test]
fn other_damage_is_not_resumed_from_either() {
    let folder = tempfile::tempdir().unwrap();
    let (path, bytes) = state(folder.path());
    for start in (0..bytes.len()).step_by(7) {
        let end = (start + 24).min(bytes.len());
        let zeros = vec![0; end - start];
        let cases = [
            [&bytes[..start], &zeros, &bytes[end..]].concat(),
            [&bytes[..start], &bytes[end..]].concat(),
            [&bytes[..end], &bytes[start..]].concat(),
        ];
        for damaged in cases.into_iter().filter(|damaged| *damaged != bytes) {
            fs::write(&path, &damaged).unwrap();
            assert!(estimate(&path, STEPS).is_err(), "{start}");
        }
    }
}

/// Files that are whole, of something that no computation writes.
#[test]
fn finished_probes_have_the_steps_that_are_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let (path, bytes) = state(folder.path());
    // Both texts have as many bytes.
    let replaced = |from: &str, to: &str| {
        let place = bytes.windows(from.len()).position(|window| window == from.as_bytes());
        let (place, mut bytes) = (place.expect("in the header"), bytes.clone());
        bytes[place..place + to.len()].copy_from_slice(to.as_bytes());
        fs::write(&path, with_checksum(bytes)).unwrap();
    };
    for steps in [STEPS - 1, STEPS + 1] {
        replaced(&format!("\"steps\":\"{STEPS}\""), &format!("\"steps\":\"{steps}\""));
        refused(estimate(&path, steps), &path, "");
    }
    replaced("\"alpha.0\"", "\"alpha.7\"");
    refused(estimate(&path, STEPS), &path, "vectors do not fit");
    replaced("\"basis.1\"", "\"basis.5\"");
    refused(estimate(&path, STEPS), &path, "vectors do not fit");
    replaced("\"U32\"", "\"F32\"");
    estimate(&path, STEPS).unwrap();
}

/// Sparse files: reading one whole would take all memory.
#[test]
fn files_that_are_too_large_are_not_read() {
    const LARGE: u64 = 1 << 40;
    let folder = tempfile::tempdir().unwrap();
    let (path, bytes) = state(folder.path());
    OpenOptions::new().write(true).open(&path).unwrap().set_len(LARGE).unwrap();
    refused(estimate(&path, STEPS), &path, "another length");

    let tensor = |name: &str, kind: &str, length: u64, start: u64, end: u64| {
        format!(
            "\"{name}\":{{\"dtype\":\"{kind}\",\"shape\":[{length}],\"data_offsets\":[{start},{end}]}}"
        )
    };
    for name in ["alpha.0", "alpha", "basis.0", "weights"] {
        let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
        let header = String::from_utf8(bytes[8..8 + length].to_vec()).unwrap();
        let settings = header.split("},").next().unwrap();
        let header = format!(
            "{settings}}},{},{}}}",
            tensor(name, "F64", LARGE / 8, 0, LARGE),
            tensor("checksum", "U32", 1, LARGE, LARGE + 4),
        );
        fs::write(&path, [&(header.len() as u64).to_le_bytes()[..], header.as_bytes()].concat())
            .unwrap();
        let file = OpenOptions::new().write(true).open(&path).unwrap();
        file.set_len(8 + header.len() as u64 + LARGE + 4).unwrap();
        refused(estimate(&path, STEPS), &path, "another length or type");
    }
    // A header of all that there is.
    fs::write(&path, (LARGE - 8).to_le_bytes()).unwrap();
    OpenOptions::new().write(true).open(&path).unwrap().set_len(LARGE).unwrap();
    refused(estimate(&path, STEPS), &path, "no header");
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;
    use std::process::Command;

    use super::*;

    /// None of them is opened: each would block, or never end, or be replaced.
    #[test]
    fn what_is_no_plain_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let socket = folder.path().join("socket");
        let _listener = UnixListener::bind(&socket).unwrap();
        let link = folder.path().join("link");
        symlink("/dev/zero", &link).unwrap();
        for path in [&pipe, &socket, &link, Path::new("/dev/zero"), Path::new("/dev/full")] {
            refused(estimate(path, STEPS), path, "not a plain file: give another path");
        }
        refused(estimate(folder.path(), STEPS), folder.path(), "a folder, not a plain file");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
    }

    #[test]
    fn permissions_and_links_stay() {
        let folder = tempfile::tempdir().unwrap();
        let (path, _) = state(folder.path());
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let usual = folder.path().join("usual");
        fs::write(&usual, "text").unwrap();
        assert_eq!(mode(&path), mode(&usual));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let link = folder.path().join("link");
        symlink(&path, &link).unwrap();
        let before = fs::metadata(&path).unwrap().len();
        estimate(&link, STEPS).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_ne!(fs::metadata(&path).unwrap().len(), before);
        assert_eq!(mode(&path), 0o640);
        // One that is not to be written is kept.
        fs::remove_file(&path).unwrap();
        let (path, bytes) = state(folder.path());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o440)).unwrap();
        let error = estimate(&path, STEPS).unwrap_err();
        assert!(matches!(error, Error::NotWritten { .. }), "{error:?}");
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
}
