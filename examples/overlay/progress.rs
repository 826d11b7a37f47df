//! Progress bars on the terminal, through the library's observer.

use std::ops::ControlFlow;

use indicatif::{ProgressBar, ProgressStyle};
use ntk_spectrum::observer::{Observer, Progress};

/// A bar of `count` steps.
pub fn styled(message: &'static str, count: usize) -> ProgressBar {
    let bar = ProgressBar::new(count as u64).with_message(message);
    match ProgressStyle::with_template("{msg:<44} {wide_bar} {pos:>5}/{len:<5}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// A bar that starts anew with each stage; nothing where there is no terminal.
#[derive(Debug, Clone)]
pub struct Bar(ProgressBar);

impl Bar {
    pub fn new() -> Self {
        Self(styled("", 1))
    }

    /// Takes the bar off the terminal.
    pub fn clear(&self) {
        self.0.finish_and_clear();
    }
}

impl Observer for Bar {
    fn observe(&self, Progress { stage, done, total, .. }: Progress) -> ControlFlow<()> {
        if done == 0 {
            self.0.set_length(total as u64);
            self.0.set_position(0);
            self.0.set_message(stage.words());
        } else {
            // Steps may be reported out of order.
            self.0.inc(1);
        }
        ControlFlow::Continue(())
    }
}
