//! `State`: what a checkpoint holds, and the file of it.
//!
//! The file has the format safetensors: settings and the names of the vectors in its
//! header, then the vectors, and the checksum of all bytes before it as the last four.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

use crc32fast::Hasher;
use safetensors::Dtype;
use safetensors::tensor::{Metadata, TensorInfo};

use super::JacobiMatrix;
use super::deflation::Deflation;
use crate::Error;
use crate::files::{self, not_read};

/// What the files call themselves; the number counts changes of their layout.
const FORMAT: &str = "ntk-spectrum stochastic Lanczos quadrature 2";

/// The checksum among the vectors. It comes last, after what has larger numbers, as the
/// format wants it.
const CHECKSUM: &str = "checksum";

/// Bytes that a header may take, as the format has it.
const LARGEST_HEADER: u64 = 100_000_000;

/// Bytes of a vector that are read or written at once: more of them save no time.
const PIECE: usize = 1 << 16;

/// What can be done about a file that is not as it was written.
const DAMAGED: &str = "the file is damaged; remove it to begin anew";

/// What a computation and a file must agree on, beside the operator.
#[derive(Debug, Clone)]
pub(super) struct Signature {
    pub(super) size: usize,
    pub(super) rows: std::ops::Range<usize>,
    /// Of every probe, unless its space is exhausted before.
    pub(super) steps: usize,
    pub(super) seed: u64,
    pub(super) reorthogonalisation: &'static str,
    pub(super) deflation: Deflation,
}

/// The finished probes, and the entries and vectors of the one under way.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) finished: Vec<JacobiMatrix>,
    pub(super) alpha: Vec<f64>,
    pub(super) beta: Vec<f64>,
    pub(super) basis: Vec<Vec<f64>>,
}

/// The same, where it is now, to be written.
#[derive(Debug, Default)]
pub(super) struct StateView<'a> {
    pub(super) finished: &'a [JacobiMatrix],
    pub(super) alpha: &'a [f64],
    pub(super) beta: &'a [f64],
    pub(super) basis: &'a [Vec<f64>],
}

impl Signature {
    fn named(&self) -> [(&'static str, String); 6] {
        let Deflation { count, steps } = self.deflation;
        [
            ("size", self.size.to_string()),
            ("rows", format!("{}-{}", self.rows.start, self.rows.end)),
            ("seed", self.seed.to_string()),
            ("steps", self.steps.to_string()),
            ("reorthogonalisation", self.reorthogonalisation.to_owned()),
            ("deflation", format!("{count} in {steps} steps")),
        ]
    }
}

impl State {
    /// Drops the probe that is under way.
    pub(super) fn forget_running(&mut self) {
        self.alpha.clear();
        self.beta.clear();
        self.basis.clear();
    }

    /// Reads the file at `path`; nothing from one that is not there.
    pub(super) fn read(path: &Path, signature: &Signature) -> Result<Self, Error> {
        let Some((file, length)) = files::open(path)? else { return Ok(Self::default()) };
        let mut file = Reader { path, file: BufReader::new(file), sum: Hasher::new() };
        let header = file.header(length)?;
        file.check_signature(&header, signature)?;
        let vectors = file.vectors(&header, signature)?;
        let state = Self::of(vectors).ok_or_else(|| file.damaged("its vectors do not fit"))?;
        state.check(signature).map_err(|reason| file.damaged(reason))?;
        Ok(state)
    }

    /// The vectors by their names.
    fn of(mut vectors: HashMap<String, Vec<f64>>) -> Option<Self> {
        let mut state = Self::default();
        while let Some(alpha) = vectors.remove(&format!("alpha.{}", state.finished.len())) {
            let beta = vectors.remove(&format!("beta.{}", state.finished.len()))?;
            state.finished.push(JacobiMatrix::new(alpha, beta).ok()?);
        }
        if let Some(alpha) = vectors.remove("alpha") {
            (state.alpha, state.beta) = (alpha, vectors.remove("beta")?);
        }
        while let Some(vector) = vectors.remove(&format!("basis.{}", state.basis.len())) {
            state.basis.push(vector);
        }
        vectors.is_empty().then_some(state)
    }

    /// Whether these are states that the Lanczos process comes to.
    fn check(&self, signature: &Signature) -> Result<(), &'static str> {
        let whole = |matrix: &JacobiMatrix| {
            let steps = matrix.steps();
            steps == signature.steps || steps < signature.steps && matrix.beta()[steps - 1] == 0.0
        };
        if !self.finished.iter().all(whole) {
            return Err("a finished probe has another number of steps");
        }
        let steps = self.alpha.len();
        if steps == 0 && self.beta.is_empty() && self.basis.is_empty() {
            return Ok(());
        }
        let Ok(matrix) = JacobiMatrix::new(self.alpha.clone(), self.beta.clone()) else {
            return Err("the probe under way has entries that no process has");
        };
        let exhausted = matrix.beta()[steps - 1] == 0.0;
        let fits = steps <= signature.steps && self.basis.len() == steps + usize::from(!exhausted);
        if fits { Ok(()) } else { Err("the probe under way has another number of vectors") }
    }
}

impl StateView<'_> {
    /// Writes the file at `path`, as a whole or not at all.
    pub(super) fn write(&self, path: &Path, signature: &Signature) -> Result<(), Error> {
        let mut vectors: Vec<(String, &[f64])> = Vec::new();
        for (k, matrix) in self.finished.iter().enumerate() {
            vectors.push((format!("alpha.{k}"), matrix.alpha()));
            vectors.push((format!("beta.{k}"), matrix.beta()));
        }
        if !self.alpha.is_empty() {
            vectors.push(("alpha".into(), self.alpha));
            vectors.push(("beta".into(), self.beta));
            let basis = self.basis.iter().enumerate();
            vectors.extend(basis.map(|(j, vector)| (format!("basis.{j}"), &vector[..])));
        }
        files::replace(path, |file| {
            let mut file = Writer { file, sum: Hasher::new() };
            file.put(&header(&vectors, signature)?)?;
            for (_, vector) in &vectors {
                for piece in vector.chunks(PIECE / 8) {
                    let bytes: Vec<u8> = piece.iter().flat_map(|x| x.to_le_bytes()).collect();
                    file.put(&bytes)?;
                }
            }
            file.file.write_all(&file.sum.finalize().to_le_bytes())
        })
    }
}

/// The header with its length before it.
fn header(vectors: &[(String, &[f64])], signature: &Signature) -> io::Result<Vec<u8>> {
    let mut end = 0;
    let mut place = |bytes: usize| {
        end += bytes;
        (end - bytes, end)
    };
    let mut tensors: Vec<(String, TensorInfo)> = Vec::new();
    for (name, vector) in vectors {
        let data_offsets = place(size_of_val(*vector));
        let shape = vec![vector.len()];
        tensors.push((name.clone(), TensorInfo { dtype: Dtype::F64, shape, data_offsets }));
    }
    let sum = TensorInfo { dtype: Dtype::U32, shape: vec![1], data_offsets: place(4) };
    tensors.push((CHECKSUM.into(), sum));
    let mut named: HashMap<String, String> =
        signature.named().into_iter().map(|(name, value)| (name.into(), value)).collect();
    named.insert("format".into(), FORMAT.into());
    let metadata = Metadata::new(Some(named), tensors).map_err(io::Error::other)?;
    let mut text = serde_json::to_vec(&metadata)?;
    text.resize(text.len().next_multiple_of(8), b' ');
    if text.len() as u64 > LARGEST_HEADER {
        return Err(io::Error::other("there are too many probes for one file"));
    }
    Ok([&(text.len() as u64).to_le_bytes()[..], &text].concat())
}

/// What is written, and the checksum of it.
struct Writer<W> {
    file: W,
    sum: Hasher,
}

impl<W: Write> Writer<W> {
    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sum.update(bytes);
        self.file.write_all(bytes)
    }
}

/// What is read, and the checksum of it.
struct Reader<'a> {
    path: &'a Path,
    file: BufReader<File>,
    sum: Hasher,
}

impl Reader<'_> {
    fn take(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        self.file.read_exact(bytes).map_err(|error| not_read(self.path, error))?;
        self.sum.update(bytes);
        Ok(())
    }

    fn damaged(&self, reason: impl std::fmt::Display) -> Error {
        let reason = format!("{reason}: {DAMAGED}");
        not_read(self.path, io::Error::new(io::ErrorKind::InvalidData, reason))
    }

    /// The header of a file of so many bytes, all of which it accounts for.
    fn header(&mut self, length: u64) -> Result<Metadata, Error> {
        let mut size = [0; 8];
        if length < 8 {
            return Err(self.damaged("it has no header"));
        }
        self.take(&mut size)?;
        let size = u64::from_le_bytes(size);
        if size > LARGEST_HEADER.min(length - 8) {
            return Err(self.damaged("it has no header"));
        }
        let mut text = vec![0; size as usize];
        self.take(&mut text)?;
        let header: Metadata =
            serde_json::from_slice(&text).map_err(|error| self.damaged(error))?;
        if header.data_len() as u64 != length - 8 - size {
            return Err(self.damaged("it has another length than its header says"));
        }
        Ok(header)
    }

    fn check_signature(&self, header: &Metadata, signature: &Signature) -> Result<(), Error> {
        let empty = HashMap::new();
        let named = header.metadata().as_ref().unwrap_or(&empty);
        if named.get("format").is_none_or(|format| format != FORMAT) {
            let reason = format!("it is no file of the format \"{FORMAT}\": give another path");
            return Err(not_read(self.path, io::Error::new(io::ErrorKind::InvalidData, reason)));
        }
        for (what, expected) in signature.named() {
            let found = named.get(what).cloned().unwrap_or_default();
            if found != expected {
                let path = self.path.display().to_string();
                return Err(Error::OtherCheckpoint { path, what, found, expected });
            }
        }
        Ok(())
    }

    /// All vectors, which are as long as the signature allows; the checksum is right.
    fn vectors(
        &mut self,
        header: &Metadata,
        signature: &Signature,
    ) -> Result<HashMap<String, Vec<f64>>, Error> {
        let names = header.offset_keys();
        let Some((CHECKSUM, names)) = names.split_last().map(|(last, names)| (&last[..], names))
        else {
            return Err(self.damaged("it has no checksum"));
        };
        // Before anything is read: no more than a computation of this signature has.
        let is_basis = |name: &str| name.starts_with("basis.");
        if names.iter().filter(|name| is_basis(name)).count() > signature.steps.saturating_add(1) {
            return Err(self.damaged("it has too many vectors"));
        }
        for name in names {
            let fits = header.info(name).is_some_and(|info| {
                let length = info.shape.iter().product::<usize>();
                let right = match is_basis(name) {
                    true => length == signature.rows.len(),
                    false => length <= signature.steps,
                };
                info.dtype == Dtype::F64 && right
            });
            if !fits {
                return Err(self.damaged(format!("{name} has another length or type")));
            }
        }
        if header.info(CHECKSUM).is_none_or(|info| info.data_offsets.1 - info.data_offsets.0 != 4) {
            return Err(self.damaged("it has no checksum"));
        }
        let mut read = HashMap::new();
        for name in names {
            let length = header.info(name).map_or(0, |info| info.shape.iter().product());
            let numbers = self.numbers(length)?;
            if !numbers.iter().all(|number| number.is_finite()) {
                return Err(self.damaged(format!("{name} holds a number that is not finite")));
            }
            read.insert(name.clone(), numbers);
        }
        let expected = self.sum.clone().finalize();
        let mut sum = [0; 4];
        self.take(&mut sum)?;
        match u32::from_le_bytes(sum) == expected {
            true => Ok(read),
            false => Err(self.damaged("its checksum is another one")),
        }
    }

    fn numbers(&mut self, length: usize) -> Result<Vec<f64>, Error> {
        let mut numbers = Vec::with_capacity(length);
        let mut bytes = [0; PIECE];
        while numbers.len() < length {
            let piece = &mut bytes[..PIECE.min(8 * (length - numbers.len()))];
            self.take(piece)?;
            let (words, _) = piece.as_chunks::<8>();
            numbers.extend(words.iter().map(|word| f64::from_le_bytes(*word)));
        }
        Ok(numbers)
    }
}
