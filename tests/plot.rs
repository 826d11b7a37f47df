//! Pictures: well-formed, with the labels they should have, and errors for what
//! cannot be drawn.

use std::path::PathBuf;

use ntk_spectrum::activation::{DerivativeMoments, Relu, Sine};
use ntk_spectrum::empirical::{Bins, EmpiricalSpectrum, Estimate};
use ntk_spectrum::law::{
    Discrete, GeneralizedMarchenkoPastur, MarchenkoPastur, PositivePart, SpectralLaw,
};
use ntk_spectrum::learning::{RandomEffects, Regression, RidgeCurve};
use ntk_spectrum::plot::{CdfOverlay, Grid, LearningCurve, Line, LineStyle, Overlay, QuantilePlot};
use ntk_spectrum::spectrum::{FiniteSpectrum, PredictedOutliers};
use ntk_spectrum::{Dimensions, Error, LimitingSpectrum};
use roxmltree::{Document, Node};

fn midquantiles(law: &impl SpectralLaw, n: usize) -> EmpiricalSpectrum {
    let q = |k: usize| (k as f64 + 0.5) / n as f64;
    EmpiricalSpectrum::new((0..n).map(|k| law.quantile(q(k)).unwrap())).unwrap()
}

fn marchenko_pastur(ratio: f64) -> MarchenkoPastur {
    MarchenkoPastur::new(ratio).unwrap()
}

fn number(node: &Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).unwrap().parse().unwrap()
}

/// The texts of a document whose every coordinate is a number inside the page.
#[track_caller]
fn texts(svg: &str, size: (f64, f64)) -> Vec<String> {
    let document = Document::parse(svg).unwrap();
    let root = document.root_element();
    assert_eq!((number(&root, "width"), number(&root, "height")), size);
    let view: Vec<f64> =
        root.attribute("viewBox").unwrap().split(' ').map(|x| x.parse().unwrap()).collect();
    assert!((view[2] / view[3] - size.0 / size.1).abs() < 1e-12);
    let inside = |x: f64, y: f64| {
        assert!((0.0..=view[2]).contains(&x) && (0.0..=view[3]).contains(&y), "{x} {y}");
    };
    for node in root.descendants().filter(Node::is_element) {
        match node.tag_name().name() {
            "rect" => {
                inside(number(&node, "x"), number(&node, "y"));
                inside(
                    number(&node, "x") + number(&node, "width"),
                    number(&node, "y") + number(&node, "height"),
                );
            }
            "text" => inside(number(&node, "x"), number(&node, "y")),
            "circle" => inside(number(&node, "cx"), number(&node, "cy")),
            "polyline" | "polygon" => {
                for point in node.attribute("points").unwrap().split_whitespace() {
                    let (x, y) = point.split_once(',').unwrap();
                    inside(x.parse().unwrap(), y.parse().unwrap());
                }
            }
            _ => {}
        }
    }
    let texts = root.descendants().filter(|node| node.has_tag_name("text"));
    texts.map(|node| node.text().unwrap_or_default().trim().to_owned()).collect()
}

/// Width, height, and the colours that occur, of a PNG file.
#[track_caller]
fn decoded(file: &[u8]) -> (u32, u32, Vec<[u8; 3]>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!(info.color_type, png::ColorType::Rgb);
    let mut colours: Vec<[u8; 3]> = pixels.chunks(3).map(|c| [c[0], c[1], c[2]]).collect();
    colours.sort_unstable();
    colours.dedup();
    (info.width, info.height, colours)
}

const SIZE: (f64, f64) = (900.0, 600.0);
const VERMILLION: [u8; 3] = [0xD5, 0x5E, 0x00];

fn polylines(svg: &str, colour: &str) -> usize {
    let document = Document::parse(svg).unwrap();
    let of_colour = |node: &Node<'_, '_>| node.attribute("stroke") == Some(colour);
    document.descendants().filter(|node| node.has_tag_name("polyline") && of_colour(node)).count()
}

#[test]
fn overlay_has_its_labels() {
    let law = marchenko_pastur(0.5);
    let spectrum = midquantiles(&law, 500);
    let overlay = Overlay::new(&spectrum, &law)
        .with_title("a < b & \"c\" ≤ γ₁")
        .with_note("first note")
        .with_note("second note");
    let texts = texts(&overlay.to_svg().unwrap(), SIZE);
    for text in [
        "a < b & \"c\" ≤ γ₁",
        "first note",
        "second note",
        "500 eigenvalues",
        "density of the law",
        "edges of its support",
        "eigenvalue x",
        "density",
        "0.08579 (square root)",
        "2.914 (square root)",
        "0",
        "1.0",
    ] {
        assert!(texts.iter().any(|t| t == text), "{text} is not in {texts:?}");
    }
    let (width, height, colours) = decoded(&overlay.to_png().unwrap());
    assert_eq!((width, height), (900, 600));
    for colour in [[255; 3], VERMILLION] {
        assert!(colours.contains(&colour), "{colour:?}");
    }
    let small = overlay.with_size(300, 240).unwrap();
    self::texts(&small.to_svg().unwrap(), (300.0, 240.0));
    assert_eq!(decoded(&small.to_png().unwrap()).1, 240);
}

/// The places on the page of the highest point of the curves of a colour, those of the legend
/// left out.
fn highest(svg: &str, colour: &str) -> f64 {
    heights(svg, colour).into_iter().fold(f64::INFINITY, f64::min)
}

/// The heights on the page of the points of these curves, downwards.
fn heights(svg: &str, colour: &str) -> Vec<f64> {
    let document = Document::parse(svg).unwrap();
    let curves = document
        .descendants()
        .filter(|node| node.has_tag_name("polyline") && node.attribute("stroke") == Some(colour))
        .map(|node| node.attribute("points").unwrap().split_whitespace().collect::<Vec<_>>())
        .filter(|points| points.len() > 2);
    let heights: Vec<f64> =
        curves.flatten().map(|point| point.split_once(',').unwrap().1.parse().unwrap()).collect();
    assert!(heights.len() > 5, "{} points of {colour}", heights.len());
    heights
}

#[test]
fn both_laws_are_shown() {
    const GREEN: &str = "#009E73";
    const BLUE: &str = "#0072B2";
    // φ = cos: outliers from a0. More samples than weights.
    let dimensions = Dimensions::new(700, 20, 20).unwrap();
    let finite = FiniteSpectrum::new(dimensions, Sine::new(1.0).unwrap(), 1.0);
    let limit = finite.limit();
    let table = finite.solve().unwrap();
    let spectrum = EmpiricalSpectrum::new((0..700).map(|k| {
        let q = (f64::from(k) + 0.5) / 700.0;
        table.quantile(q)
    }))
    .unwrap();
    let outliers = PredictedOutliers::at_finite_size(&finite).unwrap();
    let split = spectrum.split(&limit, &outliers).unwrap();
    assert_eq!((split.zeros(), split.outliers().len()), (300, 20));
    let bulk = finite.bulk().unwrap();

    let whole = Overlay::new(&spectrum, &limit).with_finite_size(&finite).unwrap();
    let parts = Overlay::from_split(&split, &limit).with_finite_size(bulk).unwrap();
    let alone = Overlay::from_law(&limit, "the limit").with_finite_size(&finite).unwrap();
    for (overlay, name) in [(&whole, "limit"), (&parts, "limit"), (&alone, "the limit")] {
        for picture in [
            overlay.clone(),
            overlay.clone().with_log_x(),
            overlay.clone().with_log_x().with_log_density(),
            overlay.clone().with_range(0.01, 0.5).unwrap(),
        ] {
            let svg = picture.to_svg().unwrap();
            let texts = texts(&svg, SIZE);
            assert!(texts.iter().any(|text| text == "finite size"), "{texts:?}");
            assert!(texts.iter().any(|text| text == name), "{texts:?}");
            highest(&svg, GREEN);
        }
        // Over log x the limit is higher: the law at finite size is wider.
        let svg = overlay.clone().with_log_x().to_svg().unwrap();
        assert!(highest(&svg, "#D55E00") < highest(&svg, GREEN));
    }
    // The axis does not run as far as the kernel's tail.
    let linear = parts.to_svg().unwrap();
    assert!(ticks(&linear).into_iter().fold(0.0, f64::max) < 20.0, "{:?}", ticks(&linear));

    let cdf = CdfOverlay::new(&spectrum, &limit).with_finite_size(&finite).unwrap();
    let values = split.bulk().unwrap();
    let of_bulk = CdfOverlay::new(&values, &limit).with_finite_size(bulk).unwrap();
    for picture in [&cdf, &of_bulk] {
        for svg in [picture.to_svg().unwrap(), picture.clone().with_log_x().to_svg().unwrap()] {
            let texts = texts(&svg, SIZE);
            let note = texts.iter().find(|text| text.contains("at finite size")).unwrap();
            assert!(note.starts_with("Kolmogorov–Smirnov distance"), "{note}");
            highest(&svg, GREEN);
        }
    }
    // A bulk has no zeros: both begin at 0, though the law has an atom of 0.44.
    assert!(bulk.cdf(0.0).unwrap() > 0.4);
    let svg = of_bulk.clone().with_log_x().to_svg().unwrap();
    let (sample, law) = (heights(&svg, BLUE), heights(&svg, GREEN));
    let (bottom, top) = (sample[0], sample[sample.len() - 1]);
    let first = (law[0] - bottom) / (top - bottom);
    assert!(first.abs() < 0.02, "{first}");
    // The whole spectrum has zeros, and the law its atom of 3/7.
    let svg = cdf.clone().with_log_x().to_svg().unwrap();
    let (sample, law) = (heights(&svg, BLUE), heights(&svg, GREEN));
    assert!((law[0] - sample[0]).abs() < 0.02 * (bottom - top), "{} {}", law[0], sample[0]);
    // What cannot be solved says so where it is given.
    let wrong = finite.clone().with_resolution(0.6);
    assert!(Overlay::new(&spectrum, &limit).with_finite_size(&wrong).is_err());
    assert!(CdfOverlay::new(&spectrum, &limit).with_finite_size(&wrong).is_err());
}

/// The texts that are numbers.
fn ticks(svg: &str) -> Vec<f64> {
    texts(svg, SIZE).iter().filter_map(|text| text.parse().ok()).collect()
}

#[test]
fn a_singular_density_does_not_flatten_the_rest() {
    // The density is infinite at 0; 5 bars are at most about 0.7 high.
    let law = marchenko_pastur(1.0);
    let spectrum = midquantiles(&law, 1000);
    let svg = Overlay::new(&spectrum, &law).with_bins(Bins::Fixed(5)).to_svg().unwrap();
    let bar = spectrum.histogram(Bins::Fixed(5)).unwrap().heights()[0];
    // Ticks of the vertical axis end at their place: up to twice the highest bar.
    let document = Document::parse(&svg).unwrap();
    let highest = document
        .descendants()
        .filter(|node| node.attribute("text-anchor") == Some("end"))
        .filter_map(|node| node.text()?.trim().parse().ok())
        .fold(0.0, f64::max);
    assert!(highest > bar && highest <= 2.2 * bar, "{highest} {bar}");
    // No values, the curve alone; and every scale.
    let zeros = EmpiricalSpectrum::new([0.0, 0.0]).unwrap();
    for spectrum in [&spectrum, &zeros] {
        for picture in [
            Overlay::new(spectrum, &law),
            Overlay::new(spectrum, &law).with_log_x(),
            Overlay::new(spectrum, &law).with_log_density(),
            Overlay::new(spectrum, &law).with_log_x().with_log_density(),
        ] {
            let svg = picture.to_svg().unwrap();
            texts(&svg, SIZE);
            assert!(polylines(&svg, "#D55E00") >= 2, "the legend's line and the curve");
            decoded(&picture.to_png().unwrap());
        }
    }
}

#[test]
fn atoms_and_what_is_set_aside_are_named() {
    let law = marchenko_pastur(2.0);
    let moments = DerivativeMoments::new(0.0, 5.0, 0.0).unwrap();
    let outliers =
        PredictedOutliers::new(moments, 1.0, Dimensions::new(20, 10, 10).unwrap()).unwrap();
    let mut values = midquantiles(&law, 100).values().to_vec();
    values.push(51.0);
    let split = EmpiricalSpectrum::new(values).unwrap().split(&law, &outliers).unwrap();
    let svg = Overlay::from_split(&split, &law).to_svg().unwrap();
    let found = texts(&svg, SIZE);
    for text in [
        "not among the bars: 50 zeros, a fraction 0.495 (law: 0.5)",
        "not among the bars: 1 outlier at 51",
        "atom, mass 0.5",
        "atoms",
        "50 eigenvalues",
    ] {
        assert!(found.iter().any(|t| t == text), "{text} is not in {found:?}");
    }
    // The bars stop at the bulk.
    assert!(ticks(&svg).iter().all(|tick| *tick < 10.0));
    let bulk = split.bulk().unwrap();
    let positive = PositivePart::new(&law).unwrap();
    let whole = texts(&Overlay::new(&bulk, &positive).to_svg().unwrap(), SIZE);
    assert!(!whole.iter().any(|t| t.contains("atom") || t.contains("zeros")), "{whole:?}");
    let shown =
        Overlay::new(split.spectrum(), &law).with_range(0.0, 6.0).unwrap().to_svg().unwrap();
    assert!(ticks(&shown).iter().all(|tick| *tick < 10.0));

    // Nothing but atoms.
    let atoms = Discrete::new(&[0.0, 1.0, 4.0], &[0.5, 0.25, 0.25]).unwrap();
    let spectrum = EmpiricalSpectrum::new([0.0, 0.0, 1.0, 4.0]).unwrap();
    for picture in [
        Overlay::new(&spectrum, &atoms),
        Overlay::new(&spectrum, &atoms).with_log_x(),
        Overlay::new(&spectrum, &atoms).with_log_density(),
    ] {
        let found = texts(&picture.to_svg().unwrap(), SIZE);
        assert!(found.iter().any(|t| t == "atom, mass 0.25"), "{found:?}");
        decoded(&picture.to_png().unwrap());
    }
}

#[test]
fn other_pictures_have_their_labels() {
    let law =
        GeneralizedMarchenkoPastur::new(4.0, Discrete::new(&[1.0, 30.0], &[0.7, 0.3]).unwrap())
            .unwrap();
    let spectrum = midquantiles(&law, 2000);
    let cdf = CdfOverlay::new(&spectrum, &law).with_title("cdf");
    let found = texts(&cdf.to_svg().unwrap(), SIZE);
    for text in ["cdf", "Kolmogorov–Smirnov distance 0.00025", "2000 eigenvalues", "law", "1.0"] {
        assert!(found.iter().any(|t| t == text), "{text} is not in {found:?}");
    }
    texts(&cdf.with_log_x().to_svg().unwrap(), SIZE);

    let quantiles = QuantilePlot::new(&spectrum, &law).with_title("qq");
    let svg = quantiles.to_svg().unwrap();
    let found = texts(&svg, SIZE);
    for text in ["quantile of the law", "quantile of the sample", "1000 of 2000 eigenvalues"] {
        assert!(found.iter().any(|t| t == text), "{text} is not in {found:?}");
    }
    // The points of this sample are on the diagonal: equal shares of both axes.
    let document = Document::parse(&svg).unwrap();
    let points: Vec<(f64, f64)> = document
        .descendants()
        .filter(|node| node.has_tag_name("circle"))
        .skip(1)
        .map(|node| (number(&node, "cx"), number(&node, "cy")))
        .collect();
    assert_eq!(points.len(), 1000);
    let (first, last) = (points[0], points[999]);
    for (x, y) in &points {
        let share = (x - first.0) / (last.0 - first.0);
        assert!((first.1 + share * (last.1 - first.1) - y).abs() <= 2.0);
    }
    let log = texts(&quantiles.with_log().to_svg().unwrap(), SIZE);
    assert!(log.iter().any(|t| t.ends_with("eigenvalues")));
}

#[test]
fn a_grid_holds_all_its_pictures() {
    let law = marchenko_pastur(0.3);
    let spectrum = midquantiles(&law, 50);
    let mut grid = Grid::new(3).unwrap().with_title("four of them");
    for k in 0..4 {
        let picture = Overlay::new(&spectrum, &law).with_title(format!("panel {k}"));
        grid = grid.with_picture(&picture).unwrap();
    }
    let found = texts(&grid.to_svg().unwrap(), (1800.0, 920.0));
    assert!(found.iter().any(|t| t == "four of them"));
    for k in 0..4 {
        assert!(found.iter().any(|t| *t == format!("panel {k}")));
    }
    let (width, height, _) = decoded(&grid.with_size(900, 400).unwrap().to_png().unwrap());
    assert_eq!((width, height), (900, 400));
}

/// A file of this process in the system's folder for temporary files.
fn file(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("ntk-spectrum-{}-{name}", std::process::id()))
}

#[test]
fn files_are_what_their_names_say() {
    let law = marchenko_pastur(0.3);
    let spectrum = midquantiles(&law, 50);
    let overlay = Overlay::new(&spectrum, &law);
    for name in ["overlay.svg", "overlay.SVG"] {
        let path = file(name);
        overlay.save(&path).unwrap();
        texts(&std::fs::read_to_string(&path).unwrap(), SIZE);
        std::fs::remove_file(path).unwrap();
    }
    let path = file("overlay.png");
    overlay.save(&path).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), overlay.to_png().unwrap());
    std::fs::remove_file(path).unwrap();
    for name in ["overlay.pdf", "overlay", "overlay.svg.gz", ""] {
        match overlay.save(name) {
            Err(Error::UnknownFormat { path, .. }) => assert_eq!(path, name),
            other => panic!("{other:?}"),
        }
    }
    let nowhere = file("no-such-folder").join("overlay.svg");
    match overlay.save(&nowhere) {
        Err(Error::NotWritten { path, .. }) => assert_eq!(path, nowhere.display().to_string()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn bad_input_is_an_error() {
    let law = marchenko_pastur(0.3);
    let spectrum = midquantiles(&law, 50);
    let overlay = Overlay::new(&spectrum, &law);
    for (width, height, argument) in [(99, 600, "width"), (900, 6001, "height"), (0, 0, "width")] {
        match overlay.clone().with_size(width, height).map(drop) {
            Err(Error::InvalidParameter { name, .. }) => assert_eq!(name, argument),
            other => panic!("{other:?}"),
        }
    }
    let crowded =
        (0..20).fold(overlay.clone().with_size(200, 200).unwrap(), |o, _| o.with_note("a note"));
    assert!(matches!(crowded.to_svg(), Err(Error::NotDrawn { .. })));
    for (lower, upper) in [(1.0, 1.0), (f64::NAN, 1.0), (0.0, f64::INFINITY), (2.0, 1.0)] {
        let ranged = overlay.clone().with_range(lower, upper);
        assert!(matches!(ranged, Err(Error::InvalidParameter { .. })));
    }
    let ranged = overlay.clone().with_log_x().with_range(0.0, 1.0).unwrap();
    assert!(matches!(ranged.to_svg(), Err(Error::InvalidParameter { name: "lower", .. })));
    assert!(overlay.clone().with_bins(Bins::Fixed(0)).to_svg().is_err());

    let zeros = EmpiricalSpectrum::new([0.0; 3]).unwrap();
    let at_zero = Discrete::new(&[0.0], &[1.0]).unwrap();
    assert!(Overlay::new(&zeros, &at_zero).to_svg().is_ok());
    assert!(CdfOverlay::new(&zeros, &at_zero).to_svg().is_ok());
    assert!(QuantilePlot::new(&zeros, &at_zero).to_svg().is_ok());
    let nothing = [
        Overlay::new(&zeros, &at_zero).with_log_x().to_svg(),
        CdfOverlay::new(&zeros, &at_zero).with_log_x().to_svg(),
        QuantilePlot::new(&zeros, &at_zero).with_log().to_svg(),
    ];
    for result in nothing {
        assert!(matches!(result, Err(Error::NotDrawn { .. })), "{result:?}");
    }

    for columns in [0, 21] {
        assert!(matches!(Grid::new(columns), Err(Error::InvalidParameter { .. })));
    }
    assert!(matches!(Grid::new(2).unwrap().to_svg(), Err(Error::InvalidLength { .. })));
    let unsolvable = LimitingSpectrum::new(-1.0, 1.0, Relu, 1.0);
    assert!(Overlay::new(&spectrum, &unsolvable).to_svg().is_err());
    assert!(Grid::new(1).unwrap().with_picture(&Overlay::new(&spectrum, &unsolvable)).is_err());
}

#[test]
fn any_text_and_any_size_of_numbers_can_be_drawn() {
    let law = marchenko_pastur(0.3);
    let spectrum = midquantiles(&law, 50);
    let long = "a very long title ".repeat(50);
    for title in ["", "\u{0}\u{1}\n\t]]>", "日本語 🦀 \u{FFFF}", "&amp;<![CDATA[", long.as_str()]
    {
        let picture = Overlay::new(&spectrum, &law).with_title(title).with_note(title);
        texts(&picture.to_svg().unwrap(), SIZE);
        decoded(&picture.to_png().unwrap());
    }
    for scale in [1e-140, 1e-9, 1.0, 1e12, 1e149] {
        let values = [0.5 * scale, scale, 2.5 * scale];
        let spectrum = EmpiricalSpectrum::new(values).unwrap();
        let law = Discrete::new(&[scale, 2.0 * scale], &[0.5, 0.5]).unwrap();
        for picture in [
            Overlay::new(&spectrum, &law),
            Overlay::new(&spectrum, &law).with_log_x().with_log_density(),
        ] {
            texts(&picture.to_svg().unwrap(), SIZE);
        }
        texts(&CdfOverlay::new(&spectrum, &law).to_svg().unwrap(), SIZE);
        texts(&QuantilePlot::new(&spectrum, &law).with_log().to_svg().unwrap(), SIZE);
    }
}

/// Strokes of the lines of the legend, with their names.
fn legend(svg: &str) -> Vec<String> {
    texts(svg, SIZE).into_iter().filter(|text| text.starts_with("law ")).collect()
}

#[test]
fn laws_alone_and_several_of_them() {
    let laws: Vec<MarchenkoPastur> =
        [0.3, 0.5, 0.7, 0.9, 2.0, 0.2].map(marchenko_pastur).into_iter().collect();
    let alone = Overlay::from_law(&laws[0], "law 0").to_svg().unwrap();
    assert_eq!(legend(&alone), ["law 0"]);
    let shown = texts(&alone, SIZE);
    assert!(shown.iter().any(|text| text == "edges of its support"), "{shown:?}");
    assert!(!shown.iter().any(|text| text.contains("eigenvalues")), "{shown:?}");
    assert_eq!(polylines(&alone, "#D55E00"), 2);

    let mut several = Overlay::from_law(&laws[0], "law 0");
    for (k, law) in laws.iter().enumerate().skip(1) {
        several = several.with_law(law, format!("law {k}"));
    }
    let svg = several.to_svg().unwrap();
    assert_eq!(legend(&svg).len(), 7, "with the atom of law 4: {:?}", legend(&svg));
    for colour in ["#D55E00", "#0072B2", "#009E73", "#E69F00"] {
        assert!(polylines(&svg, colour) >= 2, "{colour}");
    }
    assert!(texts(&svg, SIZE).iter().any(|text| text == "law 4: atom, mass 0.5"));

    // With a sample; the first law by another line.
    let spectrum = midquantiles(&laws[1], 300);
    let thin = Line::new("law thin").with_width(1.0).unwrap().with_style(LineStyle::Dotted);
    let bold = Line::new("law bold").with_width(4.0).unwrap().with_style(LineStyle::Solid);
    let overlay = Overlay::new(&spectrum, &laws[1]).with_line(thin).with_law(&laws[0], bold);
    let svg = overlay.to_svg().unwrap();
    assert_eq!(legend(&svg), ["law thin", "law bold"]);
    assert!(texts(&svg, SIZE).iter().any(|text| text == "300 eigenvalues"));
    // Dots are many lines, a solid curve and its sign two.
    assert!(polylines(&svg, "#D55E00") > 50);
    assert_eq!(polylines(&svg, "#0072B2"), 2);
    let colours = decoded(&overlay.to_png().unwrap()).2;
    assert!(colours.contains(&VERMILLION) && colours.contains(&[0x00, 0x72, 0xB2]));

    // Laws on both sides of a logarithmic axis, and ones of atoms only.
    let atoms = Discrete::new(&[0.5, 3.0], &[0.5, 0.5]).unwrap();
    let overlay = Overlay::from_law(&laws[4], "law 4").with_law(&atoms, "law of atoms");
    for picture in [overlay.clone(), overlay.clone().with_log_x(), overlay.with_log_density()] {
        assert!(texts(&picture.to_svg().unwrap(), SIZE).iter().any(|text| text == "atoms"));
    }
    for width in [0.0, 0.4, 10.1, f64::NAN, f64::INFINITY] {
        let refused = Line::new("").with_width(width);
        assert!(matches!(refused, Err(Error::InvalidParameter { name: "width", .. })));
    }
    let failing = LimitingSpectrum::new(-1.0, 1.0, Relu, 1.0);
    assert!(Overlay::from_law(&laws[0], "").with_law(&failing, "").to_svg().is_err());
}

/// The bars of a picture, as rectangles of the page.
fn bars(svg: &str) -> Vec<(f64, f64)> {
    let document = Document::parse(svg).unwrap();
    let rectangles = document
        .descendants()
        .filter(|node| node.has_tag_name("rect") && node.attribute("fill") == Some("#56B4E9"));
    // The first is the sign of the legend.
    rectangles.skip(1).map(|node| (number(&node, "width"), number(&node, "height"))).collect()
}

#[test]
fn equal_values_give_a_visible_bar() {
    let law = marchenko_pastur(0.5);
    let atom = Discrete::new(&[1.0], &[1.0]).unwrap();
    let equal = EmpiricalSpectrum::new([1.0; 50]).unwrap();
    let nearly = EmpiricalSpectrum::new((0..50).map(|k| 1.0 + 1e-9 * f64::from(k))).unwrap();
    let tiny = EmpiricalSpectrum::new([1e-200; 3]).unwrap();
    let single = EmpiricalSpectrum::new([2.0]).unwrap();
    // Pixels of a page 900 by 600, of twenty units each.
    for spectrum in [&equal, &nearly, &tiny, &single] {
        for overlay in [Overlay::new(spectrum, &law), Overlay::new(spectrum, &atom)] {
            for picture in [overlay.clone().with_bins(Bins::Fixed(7)), overlay.with_log_x()] {
                let svg = picture.to_svg().unwrap();
                let bars = bars(&svg);
                let seen = bars.iter().any(|(w, h)| *w >= 20.0 * 10.0 && *h >= 20.0 * 100.0);
                assert!(seen, "{bars:?}");
                texts(&svg, SIZE);
            }
        }
    }
    // A cluster beside one that is far away.
    let mut values = vec![1e-3; 99];
    values.push(1e3);
    let far = EmpiricalSpectrum::new(values).unwrap();
    let svg = Overlay::new(&far, &atom).with_bins(Bins::Fixed(10_000)).to_svg().unwrap();
    assert!(bars(&svg).iter().any(|(w, h)| *w >= 10.0 && *h >= 20.0 * 100.0));
}

/// Megabytes are cut as fast as they are read; what is left fits the width.
#[test]
fn long_texts_are_cut() {
    let law = marchenko_pastur(0.5);
    for (letter, kept) in [("m", 40..80), ("i", 150..400), ("γ", 60..130), ("\u{301}", 0..5000)] {
        let long = letter.repeat(4 << 20);
        let overlay = Overlay::from_law(&law, long.clone()).with_title(long.clone());
        let overlay = overlay.with_note(long.clone());
        let svg = overlay.to_svg().unwrap();
        assert!(svg.len() < 1 << 20);
        let title = texts(&svg, SIZE).into_iter().find(|text| text.ends_with('…')).unwrap();
        assert!(kept.contains(&title.chars().count()), "{}", title.chars().count());
        assert!(overlay.to_png().is_ok());
    }
    // One letter more or less decides.
    let words = "eigenvalues of one sampled kernel, and the density of its limiting law, ";
    let whole = |count: usize| {
        let text: String = words.chars().cycle().take(count).collect();
        let svg = Overlay::from_law(&law, "law").with_title(text.clone()).to_svg().unwrap();
        texts(&svg, SIZE).iter().any(|shown| *shown == text.trim_end())
    };
    let longest = (1..400).take_while(|count| whole(*count)).last().unwrap();
    assert!((80..160).contains(&longest), "{longest}");
    assert!((longest + 1..longest + 50).all(|count| !whole(count)));
}

#[test]
fn an_old_picture_is_replaced_as_a_whole() {
    use std::io::Read;

    let folder = tempfile::tempdir().unwrap();
    let law = marchenko_pastur(0.5);
    for name in ["picture.svg", "picture.png"] {
        let path = folder.path().join(name);
        std::fs::write(&path, "the old picture").unwrap();
        let mut old = std::fs::File::open(&path).unwrap();
        Overlay::from_law(&law, "law").save(&path).unwrap();
        assert!(std::fs::metadata(&path).unwrap().len() > 1000);
        // Who reads the old one reads it to its end.
        let mut text = String::new();
        old.read_to_string(&mut text).unwrap();
        assert_eq!(text, "the old picture");
        // One that cannot be drawn leaves what was there.
        let before = std::fs::read(&path).unwrap();
        let failing = LimitingSpectrum::new(-1.0, 1.0, Relu, 1.0);
        assert!(Overlay::from_law(&failing, "law").save(&path).is_err());
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    let directory = folder.path().join("folder.svg");
    std::fs::create_dir(&directory).unwrap();
    let refused = Overlay::from_law(&law, "law").save(&directory);
    assert!(matches!(refused, Err(Error::NotWritten { .. })), "{refused:?}");
}

/// Errors of ridge regression, for its pictures.
fn ridge_curve(lambdas: &[f64]) -> RidgeCurve {
    let law = LimitingSpectrum::new(0.7, 1.0, Relu, 1.0);
    Regression::new(&law, RandomEffects::new(1.0, 0.5).unwrap()).ridge_curve(lambdas).unwrap()
}

/// Centres of the dots of a colour, that of the legend first.
fn dots(svg: &str, colour: &str) -> Vec<(f64, f64)> {
    let document = Document::parse(svg).unwrap();
    let of_colour = |node: &Node<'_, '_>| node.attribute("fill") == Some(colour);
    let dots = document.descendants().filter(|node| node.has_tag_name("circle") && of_colour(node));
    dots.map(|node| (number(&node, "cx"), number(&node, "cy"))).collect()
}

/// The lines of a colour.
fn lines(svg: &str, colour: &str) -> Vec<Vec<(f64, f64)>> {
    let document = Document::parse(svg).unwrap();
    let of_colour = |node: &Node<'_, '_>| node.attribute("stroke") == Some(colour);
    let lines =
        document.descendants().filter(|node| node.has_tag_name("polyline") && of_colour(node));
    let points = |node: Node<'_, '_>| {
        let points = node.attribute("points").unwrap().split_whitespace();
        points
            .map(|point| point.split_once(',').unwrap())
            .map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap()))
            .collect()
    };
    lines.map(points).collect()
}

const RED: &str = "#D55E00";
const BLUE: &str = "#0072B2";
const INK: &str = "#111111";

#[test]
fn learning_curves_have_their_elements() {
    let lambdas: Vec<f64> = (-20..=10).map(|k| 10f64.powf(0.1 * f64::from(k))).collect();
    let law = LimitingSpectrum::new(0.7, 1.0, Relu, 1.0);
    let regression = Regression::new(&law, RandomEffects::new(1.0, 0.5).unwrap());
    let curve = regression.ridge_curve(&lambdas).unwrap();
    let picture = LearningCurve::from_ridge_curve(&curve)
        .unwrap()
        .with_title("ridge regression")
        .with_points(&lambdas, &curve.test, "sampled test")
        .unwrap()
        .with_points(&lambdas, &curve.training, "sampled training")
        .unwrap()
        .with_optimum(&regression.optimal_ridge().unwrap())
        .unwrap();
    let svg = picture.to_svg().unwrap();
    let found = texts(&svg, SIZE);
    for text in [
        "ridge regression",
        "test error",
        "training error",
        "sampled test",
        "sampled training",
        "best ridge: λ = 0.5",
        "ridge λ, logarithmic",
        "mean squared error",
        "0.01",
        "10",
    ] {
        assert!(found.iter().any(|t| t == text), "{text} is not in {found:?}");
    }
    // The legend's dot, and one on each place of the line of the same colour.
    for colour in [RED, BLUE] {
        let dots = dots(&svg, colour);
        assert_eq!(dots.len(), 1 + lambdas.len());
        let steps: Vec<f64> = dots[1..].windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
        assert!(steps.iter().all(|step| (step - steps[0]).abs() <= 1.0), "{steps:?}");
    }
    let test = &lines(&svg, RED)[1];
    let (first, last) = (test[0], test[test.len() - 1]);
    assert_eq!((dots(&svg, RED)[1], dots(&svg, RED)[lambdas.len()]), (first, last));
    assert!(polylines(&svg, BLUE) > 5, "the second line is dashed");
    // The mark is the lowest point of the test error.
    let mark = dots(&svg, INK);
    let lowest = test.iter().map(|point| point.1).fold(0.0, f64::max);
    assert!(mark.len() == 1 && (mark[0].1 - lowest).abs() < 20.0, "{mark:?} {lowest}");
    let share = (mark[0].0 - first.0) / (last.0 - first.0);
    assert!((share - (0.5_f64.log10() + 2.0) / 3.0).abs() < 1e-3, "{share}");
    assert!(decoded(&picture.to_png().unwrap()).2.contains(&VERMILLION));

    let times: Vec<f64> = (0..=30).map(|k| 0.05 * 1.3f64.powi(k)).collect();
    let flow = regression.training_curve(&times).unwrap();
    let stop = regression.stopping_time().unwrap();
    let picture =
        LearningCurve::from_training_curve(&flow).unwrap().with_stopping_time(&stop).unwrap();
    let svg = picture.to_svg().unwrap();
    let found = texts(&svg, SIZE);
    for text in ["time t of gradient flow, logarithmic", "test error"] {
        assert!(found.iter().any(|t| t == text), "{text} is not in {found:?}");
    }
    assert!(found.iter().any(|t| t.starts_with("stop: t = ")), "{found:?}");
    assert_eq!(dots(&svg, INK).len(), 1);
    let small = picture.with_size(300, 240).unwrap();
    texts(&small.to_svg().unwrap(), (300.0, 240.0));
    Grid::new(2).unwrap().with_picture(&small).unwrap().to_svg().unwrap();
}

/// The uprights and the bars across of error bars, which are solid lines of two points.
fn error_bars(svg: &str, colour: &str) -> (Vec<(f64, f64)>, usize) {
    let lines = lines(svg, colour);
    let pairs = lines.iter().filter(|line| line.len() == 2);
    let (upright, across): (Vec<_>, Vec<_>) = pairs.partition(|line| line[0].0 == line[1].0);
    (upright.iter().map(|line| (line[0].1, line[1].1)).collect(), across.len())
}

#[test]
fn error_bars_are_as_long_as_standard_errors() {
    let x = [1.0, 2.0, 4.0];
    let estimates = [(1.0, Some(0.25)), (2.0, Some(0.5)), (3.0, None)]
        .map(|(mean, error)| Estimate::new(mean, error));
    let empty = LearningCurve::new("x");
    let svg = empty.clone().with_estimates(&x, &estimates, "points").unwrap().to_svg().unwrap();
    let dots = dots(&svg, RED);
    // y grows downwards.
    let unit = dots[1].1 - dots[2].1;
    assert!(((dots[2].1 - dots[3].1) - unit).abs() <= 1.0);
    assert!((2.0 * (dots[2].0 - dots[1].0) - (dots[3].0 - dots[2].0)).abs() <= 2.0);
    let (upright, across) = error_bars(&svg, RED);
    assert_eq!((upright.len(), across), (2, 4));
    for ((low, high), (dot, error)) in upright.iter().zip([(dots[1].1, 0.25), (dots[2].1, 0.5)]) {
        assert!((low - dot - error * unit).abs() <= 1.0, "{low} {dot}");
        assert!((dot - high - error * unit).abs() <= 1.0, "{high} {dot}");
    }
    // What reaches 0 has no lower end on a logarithmic axis, and does not lengthen it.
    let wide = [Estimate::new(1.0, Some(0.999_999)), Estimate::new(2.0, Some(3.0))];
    let picture = empty.with_estimates(&x[..2], &wide, "points").unwrap().with_log_error();
    let svg = picture.to_svg().unwrap();
    let (upright, across) = error_bars(&svg, RED);
    assert_eq!((upright.len(), across), (2, 2));
    assert_eq!(upright[0].0, upright[1].0, "both end at the frame");
    assert!(texts(&svg, SIZE).iter().all(|text| text != "0.1"));
}

#[test]
fn what_is_not_positive_is_not_on_a_logarithmic_axis() {
    let curve = ridge_curve(&[0.0, 0.1, 1.0]);
    let picture = LearningCurve::from_ridge_curve(&curve).unwrap();
    let picture = picture
        .with_points([0.0, 0.2, 0.4].as_slice(), [0.7; 3].as_slice(), "sampled")
        .unwrap()
        .with_mark(0.0, 0.7, "no ridge")
        .unwrap();
    let svg = picture.to_svg().unwrap();
    let found = texts(&svg, SIZE);
    for text in ["not shown: 1 of 3 points of sampled", "not shown: no ridge"] {
        assert!(found.iter().any(|t| t == text), "{text} is not in {found:?}");
    }
    assert_eq!((dots(&svg, RED).len(), dots(&svg, INK).len()), (3, 0));
    assert!(found.iter().any(|t| t == "1") && !found.iter().any(|t| t == "0.01"), "{found:?}");

    // Nothing at all is an error with the name.
    let (zeros, ones) = ([0.0; 2], [1.0; 2]);
    let empty = LearningCurve::new("x");
    let line = |x: &[f64; 2], y: &[f64; 2]| empty.clone().with_line(x, y, "nothing").unwrap();
    let points = |x: &[f64; 2], y: &[f64; 2]| empty.clone().with_points(x, y, "nothing").unwrap();
    for picture in [
        line(&zeros, &ones).with_log_x(),
        line(&[-1.0, 1.0], &ones).with_log_x(),
        line(&ones, &zeros).with_log_error(),
        points(&zeros, &ones).with_log_x(),
        points(&ones, &zeros).with_log_error(),
    ] {
        match picture.to_svg() {
            Err(Error::NotDrawn { reason }) => assert!(reason.contains("\"nothing\""), "{reason}"),
            other => panic!("{other:?}"),
        }
    }
    // A line goes round what has no place.
    let (x, y) = ([1.0, 2.0, 3.0, 4.0, 5.0], [1.0, 2.0, 0.0, 2.0, 1.0]);
    let svg = empty.with_line(&x, &y, "two").unwrap().with_log_error().to_svg().unwrap();
    assert_eq!(polylines(&svg, RED), 3, "two pieces and the legend");
}

#[test]
fn learning_curves_refuse_bad_input() {
    let empty = LearningCurve::new("x");
    assert!(matches!(empty.to_svg(), Err(Error::InvalidLength { .. })));
    let good = [1.0, 2.0];
    match empty.clone().with_line(&good, &[1.0], "line").map(drop) {
        Err(Error::SizeMismatch { name: "errors", size: 1, expected: 2, .. }) => {}
        other => panic!("{other:?}"),
    }
    match empty.clone().with_estimates(&good, &[Estimate::new(1.0, None)], "").map(drop) {
        Err(Error::SizeMismatch { name: "estimates", size: 1, expected: 2, .. }) => {}
        other => panic!("{other:?}"),
    }
    for short in [&[][..], &[1.0]] {
        let refused = empty.clone().with_line(short, short, "line").map(drop);
        assert!(matches!(refused, Err(Error::InvalidLength { name: "x", .. })), "{refused:?}");
    }
    let none: [f64; 0] = [];
    let refused = empty.clone().with_points(&none, &none, "").map(drop);
    assert!(matches!(refused, Err(Error::InvalidLength { name: "x", .. })), "{refused:?}");
    let refused = LearningCurve::from_ridge_curve(&ridge_curve(&[])).map(drop);
    assert!(matches!(refused, Err(Error::InvalidLength { name: "x", .. })), "{refused:?}");

    let named = |result: Result<LearningCurve, Error>, expected: &str| match result.map(drop) {
        Err(Error::InvalidEntry { name, index: 1, .. }) => assert_eq!(name, expected),
        Err(Error::InvalidParameter { name, .. }) => assert_eq!(name, expected),
        other => panic!("{expected} {other:?}"),
    };
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e301] {
        named(empty.clone().with_line(&[1.0, bad], &good, ""), "x");
        named(empty.clone().with_points(&[1.0, bad], &good, ""), "x");
        named(empty.clone().with_mark(bad, 1.0, ""), "x");
    }
    for bad in [f64::NAN, f64::INFINITY, -1e-9, 1e301] {
        named(empty.clone().with_line(&good, &[1.0, bad], ""), "errors");
        named(empty.clone().with_points(&good, &[1.0, bad], ""), "errors");
        named(empty.clone().with_mark(1.0, bad, ""), "error");
        let means = [Estimate::new(1.0, None), Estimate::new(bad, None)];
        named(empty.clone().with_estimates(&good, &means, ""), "means of estimates");
        let spreads = [Estimate::new(1.0, None), Estimate::new(1.0, Some(bad))];
        named(empty.clone().with_estimates(&good, &spreads, ""), "standard errors of estimates");
    }
}

#[test]
fn learning_curves_of_any_size_and_text() {
    let long = "m".repeat(1 << 20);
    for (x, y) in [
        ([0.0, 0.0], [0.0, 0.0]),
        ([1.0, 1.0], [3.0, 3.0]),
        ([-1e300, 1e300], [0.0, 1e300]),
        ([1e-300, 1e300], [5e-324, 1e300]),
        ([1e300, 1e300], [1e300, 1e300]),
        ([5e-324, 1e-323], [5e-324, 1e-323]),
    ] {
        for name in ["", "\u{0}]]>&amp;", "日本語 🦀", long.as_str()] {
            let estimates = y.map(|mean| Estimate::new(mean, Some(mean)));
            let picture = LearningCurve::new(name)
                .with_line(&x, &y, name)
                .unwrap()
                .with_estimates(&x, &estimates, name)
                .unwrap()
                .with_mark(x[1], y[1], name)
                .unwrap();
            texts(&picture.to_svg().unwrap(), SIZE);
            decoded(&picture.clone().with_size(300, 240).unwrap().to_png().unwrap());
            if x[1] > 0.0 && y[1] > 0.0 && x[0] > 0.0 {
                texts(&picture.with_log_x().with_log_error().to_svg().unwrap(), SIZE);
            }
        }
    }
}
