//! Histogram and density.

use super::axis::{Axis, Scale, short};
use super::colour::GREY;
use super::density;
use super::finite_size::FiniteSize;
use super::frame::{self, Draw, Drawing, Frame, frame_methods, single_picture};
use super::line::Line;
use super::sample::{self, Sample};
use super::scene::{Dash, Layer, Scene, Sign, Stroke};
use super::{curve, output};
use crate::empirical::{Bins, EmpiricalSpectrum, Split};
use crate::law::{EdgeKind, SpectralLaw, TabulatedLaw};
use crate::spectrum::SmoothedLaw;
use crate::{Error, arguments};

/// The name of a law that has none of its own.
const UNNAMED: &str = "density of the law";

/// The histogram of a sample under the density of a law, or of several.
///
/// Zeros and the law's atom at 0 have no density. Bars are those of the positive
/// eigenvalues, and stand for the fraction of all that these are; the curve is
/// the density of the law, of mass $1 - \mu\lbrace 0 \rbrace$; a note compares zeros and atom.
/// Dashed lines are the edges of the law's support, arrows its atoms.
///
/// A density that grows without bound at an edge leaves the picture at the top:
/// its height is set by the bars, and by the curve up to twice their height.
///
/// Over a logarithmic axis ([`with_log_x`](Self::with_log_x)) both are densities
/// of $\log_{10} x$, so that areas remain masses.
///
/// **Several laws** ([`with_law`](Self::with_law)) have a [`Line`] each. The first one is
/// the law of the sample, if there is one: its atom is compared with the zeros. Edges are
/// shown of a law that is alone, atoms of all.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::empirical::{Bins, EmpiricalSpectrum};
/// use ntk_spectrum::law::{MarchenkoPastur, SpectralLaw};
/// use ntk_spectrum::plot::Overlay;
///
/// let law = MarchenkoPastur::new(1.0)?; // infinite density at 0
/// let mut values = Vec::new();
/// for k in 0..400 {
///     values.push(law.quantile((k as f64 + 0.5) / 400.0)?);
/// }
/// let svg = Overlay::new(&EmpiricalSpectrum::new(values)?, &law)
///     .with_title("A hard edge")
///     .with_bins(Bins::Fixed(50))
///     .with_log_x()
///     .to_svg()?;
/// assert!(svg.contains("A hard edge"));
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
///
/// Laws alone:
///
/// ```
/// use ntk_spectrum::law::MarchenkoPastur;
/// use ntk_spectrum::plot::{Line, Overlay};
///
/// let (limit, other) = (MarchenkoPastur::new(0.5)?, MarchenkoPastur::new(0.45)?);
/// let svg = Overlay::from_law(&limit, Line::new("ratio 0.5").with_width(1.2)?)
///     .with_law(&other, Line::new("ratio 0.45").with_width(3.5)?)
///     .to_svg()?;
/// assert!(svg.contains("ratio 0.45"));
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Overlay<'a> {
    sample: Option<Sample<'a>>,
    /// At least one.
    laws: Vec<(&'a dyn SpectralLaw, Line)>,
    finite: Option<FiniteSize<'a>>,
    frame: Frame,
    bins: Option<Bins>,
    x: Scale,
    density: Scale,
    range: Option<(f64, f64)>,
}

single_picture!(Overlay<'_>);

impl<'a> Overlay<'a> {
    /// Takes the picture of a whole spectrum, or of the bulk of one, with a law.
    #[must_use]
    pub fn new(spectrum: &'a EmpiricalSpectrum, law: &'a impl SpectralLaw) -> Self {
        Self::of(Some(Sample::Whole(spectrum)), law, UNNAMED.into())
    }

    /// Takes the picture of the bulk of a spectrum, with the law of the whole.
    ///
    /// Bars stand for the mass $1 - \mu\lbrace 0 \rbrace$, like the curve: as in
    /// [`Comparison`](crate::empirical::Comparison), the bulk is compared with the
    /// law on $(0, \infty)$. A note says what is not shown.
    #[must_use]
    pub fn from_split(split: &'a Split, law: &'a impl SpectralLaw) -> Self {
        Self::of(Some(Sample::Parts(split)), law, UNNAMED.into())
    }

    /// Takes the picture of a law alone, drawn as `line`, a name for instance.
    #[must_use]
    pub fn from_law(law: &'a impl SpectralLaw, line: impl Into<Line>) -> Self {
        Self::of(None, law, line.into())
    }

    fn of(sample: Option<Sample<'a>>, law: &'a dyn SpectralLaw, line: Line) -> Self {
        Self {
            sample,
            laws: vec![(law, line)],
            finite: None,
            frame: Frame::default(),
            bins: None,
            x: Scale::Linear,
            density: Scale::Linear,
            range: None,
        }
    }

    /// Adds another law, drawn as `line`, over those before.
    #[must_use]
    pub fn with_law(mut self, law: &'a impl SpectralLaw, line: impl Into<Line>) -> Self {
        self.laws.push((law, line.into()));
        self
    }

    /// Adds the law at finite size as a bold line, under that of the first law, the limit, which
    /// becomes a thin one unless [`with_line`](Self::with_line) has set it. Of a whole spectrum,
    /// the whole law ([`FiniteSpectrum`](crate::spectrum::FiniteSpectrum)), of a split the law of
    /// the bulk ([`FiniteBulk`](crate::spectrum::FiniteBulk)), which has the mass that the bars
    /// have. Densities are at its resolution; where they end is not marked.
    ///
    /// # Errors
    ///
    /// As [`SmoothedLaw::smoothed`].
    ///
    /// # Complexity
    ///
    /// That of solving for the law, the table of a
    /// [`FiniteSpectrum`](crate::spectrum::FiniteSpectrum), which is solved once.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::activation::Tanh;
    /// use ntk_spectrum::prelude::*;
    ///
    /// let ensemble = TwoLayerEnsemble::new(Dimensions::new(280, 20, 20)?, Tanh).with_seed(1);
    /// let kernel = NtkBuilder::from_sample(&ensemble.sample()?).build()?;
    /// let spectrum = EmpiricalSpectrum::from_kernel(&kernel)?;
    /// let law = FiniteSpectrum::from_ensemble(&ensemble);
    /// let limit = law.limit();
    /// // Outliers included.
    /// let picture = Overlay::new(&spectrum, &limit).with_finite_size(&law)?.with_log_x();
    /// assert!(picture.to_svg()?.contains("finite size"));
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn with_finite_size(mut self, law: &'a impl SmoothedLaw) -> Result<Self, Error> {
        self.finite = Some(FiniteSize::new(law)?);
        let line = &mut self.laws[0].1;
        if *line == UNNAMED.into() {
            *line = FiniteSize::limit();
        }
        Ok(self)
    }

    /// Sets how the first law is drawn, by default as "density of the law".
    #[must_use]
    pub fn with_line(mut self, line: impl Into<Line>) -> Self {
        self.laws[0].1 = line.into();
        self
    }

    /// Sets the rule for the bars. By default as many as Freedman and Diaconis
    /// would have, or $2\sqrt n$ of n values if that is more: their rule is for
    /// independent draws, and eigenvalues, which repel each other, fill the bars
    /// much more evenly.
    #[must_use]
    pub fn with_bins(mut self, bins: Bins) -> Self {
        self.bins = Some(bins);
        self
    }

    /// Sets a logarithmic axis for x.
    #[must_use]
    pub fn with_log_x(mut self) -> Self {
        self.x = Scale::Logarithmic;
        self
    }

    /// Sets a logarithmic axis for the density.
    #[must_use]
    pub fn with_log_density(mut self) -> Self {
        self.density = Scale::Logarithmic;
        self
    }

    /// Shows x from `lower` to `upper` only, with a small margin; by default all
    /// values and the whole support.
    ///
    /// If x is logarithmic, the pictures fail with [`Error::InvalidParameter`] unless
    /// `lower` is above 0.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] unless `lower` < `upper` and both are finite.
    pub fn with_range(mut self, lower: f64, upper: f64) -> Result<Self, Error> {
        arguments::finite("lower", lower)?;
        let valid = upper > lower && upper.is_finite();
        arguments::parameter("upper", upper, valid, "a finite number above `lower`")?;
        self.range = Some((lower, upper));
        Ok(self)
    }

    /// What is seen of x: all values, and the supports of all laws.
    fn shown(&self, values: &[f64], tables: &[&TabulatedLaw]) -> Result<(f64, f64), Error> {
        if let Some((lower, upper)) = self.range {
            let valid = self.x == Scale::Linear || lower > 0.0;
            let allowed = "a finite number, above 0 on a logarithmic axis";
            arguments::parameter("lower", lower, valid, allowed)?;
            return Ok((lower, upper));
        }
        let mut range = (f64::INFINITY, f64::NEG_INFINITY);
        for ((law, _), table) in self.laws.iter().zip(tables) {
            let (lower, upper) = match self.x {
                Scale::Logarithmic => curve::logarithmic_range(values, *law)?,
                Scale::Linear => {
                    let lower = values.first().copied().unwrap_or(f64::INFINITY);
                    let upper = values.last().copied().unwrap_or(0.0);
                    (lower.min(table.lower_end()), upper.max(table.upper_end()))
                }
            };
            range = (range.0.min(lower), range.1.max(upper));
        }
        if let Some(finite) = self.finite.filter(|_| values.is_empty()) {
            let (lower, upper) = finite.range();
            range = (range.0.min(lower), range.1.max(upper));
        }
        Ok(range)
    }

    /// Lines over the whole height where a support ends, if it is that of one law.
    fn edges(&self, tables: &[&TabulatedLaw]) -> Vec<Layer> {
        let (&[table], None) = (tables, &self.finite) else { return Vec::new() };
        let ends = table.support().iter().flat_map(|interval| [interval.lower, interval.upper]);
        ends.map(|end| {
            let label = Some(format!("{}{}", short(end.location), kind(end.kind)));
            Layer::Vertical { place: self.x.place(end.location), label, stroke: EDGE }
        })
        .collect()
    }

    /// The atoms of all laws, with the name of theirs where there are several; those at the
    /// same place as one.
    fn atoms(&self, tables: &[&TabulatedLaw]) -> Vec<(f64, String)> {
        let mut atoms: Vec<(f64, String)> = Vec::new();
        for ((_, line), &table) in self.laws.iter().zip(tables) {
            for atom in table.atoms() {
                let (place, mass) = (self.x.place(atom.location), short(atom.mass));
                let name = match tables.len() {
                    1 => String::new(),
                    _ => format!("{}: ", line.name),
                };
                match atoms.iter_mut().find(|(other, _)| *other == place) {
                    Some((_, label)) => label.push_str(&format!("; {name}{mass}")),
                    None => atoms.push((place, format!("{name}atom, mass {mass}"))),
                }
            }
        }
        atoms
    }
}

/// Of the edges of a support.
const EDGE: Stroke = Stroke { colour: GREY, width: 1.2, dash: Dash::Short };

fn kind(kind: EdgeKind) -> &'static str {
    match kind {
        EdgeKind::SquareRoot => " (square root)",
        EdgeKind::Population => " (population)",
        EdgeKind::Hard => " (hard)",
        EdgeKind::Unclassified => "",
    }
}

impl Draw for Overlay<'_> {
    fn scene(&self) -> Result<Drawing, Error> {
        let tables = self.laws.iter().map(|(law, _)| law.tabulated());
        let tables = tables.collect::<Result<Vec<_>, _>>()?;
        let atom = 1.0 - tables[0].mass_off_zero();
        let (values, mass) = self.sample.map_or((&[][..], 0.0), |sample| sample.values(atom));
        let range = self.shown(values, &tables)?;
        let (x, y) = (self.x, self.density);
        let axis = Axis::new(
            match x {
                Scale::Linear => "eigenvalue x",
                Scale::Logarithmic => "eigenvalue x, logarithmic",
            },
            x,
            (x.place(range.0), x.place(range.1)),
        );

        let bars = sample::bars((values, mass), x, self.bins, axis.range.1 - axis.range.0)?;
        let shown = (x.value(axis.range.0), x.value(axis.range.1));
        let mut curves: Vec<_> =
            tables.iter().map(|table| density::lines((table, 1.0), (x, y), shown)).collect();
        if let Some(FiniteSize { table }) = self.finite {
            let factor = match self.sample {
                Some(Sample::Parts(_)) => mass / table.mass_off_zero(),
                _ => 1.0,
            };
            curves.push(density::lines((table, factor), (x, y), shown));
        }
        let heights = density::heights(&bars, &curves, y, axis.range);
        let bars = bars.into_iter().map(|(low, high, h)| (low, high, y.place(h))).collect();

        let mut legend = Vec::new();
        if !values.is_empty() {
            legend.push((Sign::Bar, format!("{} eigenvalues", values.len())));
        }
        let mut layers = vec![Layer::Bars(bars)];
        layers.extend(self.edges(&tables));
        let edges = layers.len() > 1;
        if let Some(curve) = self.finite.and_then(|_| curves.pop()) {
            legend.push((Sign::Line(FiniteSize::STROKE), FiniteSize::NAME.into()));
            layers.push(Layer::Lines(curve, FiniteSize::STROKE));
        }
        for (place, (curve, (_, line))) in curves.into_iter().zip(&self.laws).enumerate() {
            let stroke = line.stroke(place);
            // A law of atoms alone has no line.
            if !tables[place].support().is_empty() {
                legend.push((Sign::Line(stroke), line.name.clone()));
            }
            layers.push(Layer::Lines(curve, stroke));
        }
        if edges {
            legend.push((Sign::Line(EDGE), "edges of its support".into()));
        }
        let atoms = self.atoms(&tables);
        if atoms.iter().any(|(place, _)| (axis.range.0..=axis.range.1).contains(place)) {
            legend.push((Sign::Stem, "atoms".into()));
        }
        layers.extend(atoms.into_iter().map(|(place, label)| Layer::Stem { place, label }));
        let name = match (x, y) {
            (Scale::Linear, Scale::Linear) => "density",
            (Scale::Linear, Scale::Logarithmic) => "density, logarithmic",
            (Scale::Logarithmic, Scale::Linear) => "density of log10 x",
            (Scale::Logarithmic, Scale::Logarithmic) => "density of log10 x, logarithmic",
        };
        let mut notes = self.frame.notes.clone();
        notes.extend(self.sample.into_iter().flat_map(|sample| sample.notes(atom)));
        Ok(Drawing(Scene {
            title: self.frame.title.clone(),
            notes,
            legend,
            x: axis,
            y: Axis::exact(name, y, heights),
            layers,
        }))
    }
}
