//! What is behind a reference, a box or an `Arc` answers for itself, in every method.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, ArrayViewMut1, ArrayViewMut2};
use ntk_spectrum::Error;
use ntk_spectrum::diagonal::{DiagonalLaw, SquareLaw};
use ntk_spectrum::krylov::{Communicator, ExtremeEigenvalues, Layout, SymmetricOperator};
use rand::Rng;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

/// The text of all files of src, comments taken out.
fn code(folder: &Path) -> String {
    let mut text = String::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            text += &code(&path);
        } else {
            let file = std::fs::read_to_string(&path).expect("a file");
            text.extend(
                file.lines().map(|line| line.split("//").next().unwrap_or("").to_owned() + "\n"),
            );
        }
    }
    text
}

/// What stands between the brace after `head` and the one that closes it.
fn block<'a>(text: &'a str, head: &str) -> &'a str {
    let after = text.split_once(head).unwrap_or_else(|| panic!("no {head}")).1;
    let inside = &after[after.find('{').expect("a brace") + 1..];
    let mut depth = 1;
    let end = inside.find(|letter| {
        depth += i32::from(letter == '{') - i32::from(letter == '}');
        depth == 0
    });
    &inside[..end.expect("a closing brace")]
}

/// The methods that a block declares.
fn methods(block: &str) -> BTreeSet<&str> {
    let names = block.split("fn ").skip(1);
    names.filter_map(|rest| rest.split(['(', '<']).next()).collect()
}

#[test]
fn no_method_of_a_trait_is_forgotten() {
    let text = code(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let mut forwarded = BTreeMap::new();
    for rest in text.split("\nforward! {\n").skip(1) {
        let name = rest.split(" for [").next().expect("a trait").trim();
        forwarded.insert(name, methods(block(rest, "]")));
    }
    let traits: Vec<&str> = forwarded.keys().copied().collect();
    let expected = [
        "Activation",
        "Communicator",
        "DiagonalLaw",
        "InputLaw",
        "SpectralLaw",
        "SymmetricOperator",
        "Teacher",
    ];
    assert_eq!(traits, expected);
    for (name, found) in forwarded {
        assert_eq!(found, methods(block(&text, &format!("\npub trait {name}"))), "{name}");
    }
}

#[test]
fn blocks_and_methods_are_found() {
    let text = "trait A: B {\n fn a(&self) { if x { y } }\n fn b<T>(&self);\n}\nfn c() {}";
    assert_eq!(methods(block(text, "trait A:")), BTreeSet::from(["a", "b"]));
}

/// An operator that says of every method which one was called.
#[derive(Debug)]
struct Marked;

impl SymmetricOperator for Marked {
    fn size(&self) -> usize {
        3
    }

    fn apply(&self, mut out: ArrayViewMut2<'_, f64>, _: ArrayView2<'_, f64>) -> Result<(), Error> {
        out.fill(1.0);
        Ok(())
    }

    fn apply_vector(
        &self,
        mut out: ArrayViewMut1<'_, f64>,
        _: ArrayView1<'_, f64>,
    ) -> Result<(), Error> {
        out.fill(2.0);
        Ok(())
    }

    fn layout(&self) -> Layout<'_> {
        Layout::spread(self, 1..2)
    }

    fn compressed(&self) -> Option<Box<dyn SymmetricOperator + '_>> {
        Some(Box::new(Array2::<f64>::eye(2)))
    }

    fn lower_bound(&self) -> Option<f64> {
        Some(-4.0)
    }

    fn exact_trace(&self) -> Result<Option<f64>, Error> {
        Ok(Some(9.0))
    }
}

impl Communicator for Marked {
    fn rank(&self) -> usize {
        1
    }

    fn ranks(&self) -> usize {
        3
    }

    fn sum(&self, values: &mut [f64]) -> Result<(), Error> {
        values.fill(7.0);
        Ok(())
    }

    fn share(&self, n: usize) -> std::ops::Range<usize> {
        n..n
    }
}

#[test]
fn pointers_to_operators_and_communicators_forward_everything() {
    fn check(operator: &dyn SymmetricOperator) {
        assert_eq!(operator.size(), 3);
        let (mut block, mut vector) = (Array2::zeros((3, 1)), Array1::zeros(3));
        operator.apply(block.view_mut(), Array2::zeros((3, 1)).view()).unwrap();
        operator.apply_vector(vector.view_mut(), Array1::zeros(3).view()).unwrap();
        assert_eq!((block[[0, 0]], vector[0]), (1.0, 2.0));
        assert_eq!(operator.layout().rows(), 1..2);
        assert_eq!(operator.layout().norm(&[1.0]).unwrap(), 7f64.sqrt());
        assert_eq!(operator.compressed().unwrap().size(), 2);
        assert_eq!(operator.lower_bound(), Some(-4.0));
        assert_eq!(operator.exact_trace().unwrap(), Some(9.0));
    }
    check(&&Marked);
    check(&Box::new(Marked));
    check(&Arc::new(Marked));
    let shared: Arc<dyn SymmetricOperator> = Arc::new(Marked);
    check(&shared);

    fn answers(communicator: impl Communicator) {
        assert_eq!((communicator.rank(), communicator.ranks()), (1, 3));
        assert_eq!(communicator.share(5), 5..5);
        let mut values = [0.0];
        communicator.sum(&mut values).unwrap();
        assert_eq!(values, [7.0]);
    }
    answers(&Marked);
    answers(Box::new(Marked));
    answers(Arc::new(Marked));
}

/// A law whose diagonals are drawn together, all alike.
#[derive(Debug)]
struct Alike;

impl DiagonalLaw for Alike {
    fn sample(&self, _: &mut dyn Rng) -> f64 {
        1.0
    }

    fn square_law(&self, tolerance: f64) -> Result<SquareLaw, Error> {
        1.0.square_law(tolerance)
    }

    fn sample_diagonal(&self, p: usize, _: &mut dyn Rng) -> Result<Array1<f64>, Error> {
        Ok(Array1::from_elem(p, 5.0))
    }
}

#[test]
fn pointers_to_laws_of_d_draw_diagonals_their_way() {
    fn draw(law: impl DiagonalLaw) -> f64 {
        law.sample_diagonal(2, &mut ChaCha8Rng::seed_from_u64(0)).unwrap()[1]
    }
    let shared: Arc<dyn DiagonalLaw> = Arc::new(Alike);
    assert_eq!(
        [draw(&Alike), draw(Box::new(Alike)), draw(Arc::new(Alike)), draw(shared)],
        [5.0; 4]
    );
}

#[test]
fn an_operator_in_an_arc_has_extremes() {
    let matrix = Arc::new(Array2::from_diag(&Array1::linspace(1.0, 2.0, 30)));
    let found = ExtremeEigenvalues::new(1, 1).unwrap().find(&matrix).unwrap();
    assert!((found.largest()[0].value - 2.0).abs() <= found.largest()[0].residual_bound);
    assert!((found.smallest()[0].value - 1.0).abs() <= found.smallest()[0].residual_bound);
}
