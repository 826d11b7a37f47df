//! Bars of equal width and total area 1.

pub struct Histogram {
    start: f64,
    width: f64,
    heights: Vec<f64>,
}

impl Histogram {
    /// Of ascending values, with the bins of Freedman and Diaconis: twice the
    /// interquartile range over the cube root of the number of values.
    pub fn new(values: &[f64]) -> Self {
        let count = values.len();
        let (start, end) = (values[0], values[count - 1]);
        let spread = values[3 * count / 4] - values[count / 4];
        let rule = 2.0 * spread / (count as f64).cbrt();
        let bins = ((end - start) / rule).ceil().clamp(1.0, 300.0);
        let width = (end - start).max(f64::MIN_POSITIVE) / bins;
        let mut heights = vec![0.0; bins as usize];
        let last = heights.len() - 1;
        for x in values {
            heights[(((x - start) / width) as usize).min(last)] += 1.0 / (count as f64 * width);
        }
        Self { start, width, heights }
    }

    /// Left end, right end and height of each bar.
    pub fn bars(&self) -> impl Iterator<Item = (f64, f64, f64)> {
        self.heights.iter().enumerate().map(|(i, height)| {
            let left = self.start + i as f64 * self.width;
            (left, left + self.width, *height)
        })
    }
}
