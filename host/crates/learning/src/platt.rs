//! Calibration after Platt: a logistic curve over the log-odds of rows that were held back, drawn as a line
//! through knots, so that the evaluator needs no exponential.

use leadsman_model::{Calibration, Probability, RAW_PER_LOG_ODDS};

use crate::LearningError;
use crate::boost::sigmoid;

/// Log-odds between the first knot and zero, and between zero and the last: beyond, nobody can tell.
const REACH: i64 = 8;

/// 2^17 units of the raw score: eight knots for each unit of the log-odds.
const SHIFT: u32 = 17;

/// Steps of Newton's method; it needs five or six.
const STEPS_MAX: usize = 50;

/// The curve must rise, and a slope far from one says that there is little to go by.
const SLOPE: (f64, f64) = (0.2, 3.0);

/// Fits the curve and draws it.
pub(crate) fn calibrate(log_odds: &[f64], labels: &[bool]) -> Result<Calibration, LearningError> {
    let (slope, shift) = curve(log_odds, labels);
    let from = -REACH * RAW_PER_LOG_ODDS;
    let knots = (2 * REACH * RAW_PER_LOG_ODDS) >> SHIFT;
    let knot = |nth: i64| {
        let raw = (from + (nth << SHIFT)) as f64 / RAW_PER_LOG_ODDS as f64;
        (sigmoid(slope * raw + shift) * f64::from(Probability::ONE)).round() as u32
    };
    Ok(Calibration::new(from, SHIFT, (0..=knots).map(knot).collect())?)
}

/// The slope and the shift of the log-odds that make the labels likeliest, with targets that are never quite
/// sure, as Platt gave them.
fn curve(log_odds: &[f64], labels: &[bool]) -> (f64, f64) {
    let with = labels.iter().filter(|&&label| label).count() as f64;
    let without = labels.len() as f64 - with;
    let (yes, no) = ((with + 1.0) / (with + 2.0), 1.0 / (without + 2.0));
    let (mut slope, mut shift) = (1.0_f64, 0.0_f64);
    for _ in 0..STEPS_MAX {
        let (mut g_slope, mut g_shift) = (0.0, 0.0);
        let (mut h_slope, mut h_both, mut h_shift) = (1e-9, 0.0, 1e-9);
        for (&raw, &label) in log_odds.iter().zip(labels) {
            let odds = sigmoid(slope * raw + shift);
            let (off, weight) = (odds - if label { yes } else { no }, odds * (1.0 - odds));
            g_slope += off * raw;
            g_shift += off;
            h_slope += weight * raw * raw;
            h_both += weight * raw;
            h_shift += weight;
        }
        let determinant = h_slope * h_shift - h_both * h_both;
        if determinant.abs() < 1e-12 {
            break;
        }
        let step_slope = (h_shift * g_slope - h_both * g_shift) / determinant;
        let step_shift = (h_slope * g_shift - h_both * g_slope) / determinant;
        slope = (slope - step_slope.clamp(-1.0, 1.0)).clamp(SLOPE.0, SLOPE.1);
        shift = (shift - step_shift.clamp(-1.0, 1.0)).clamp(-5.0, 5.0);
        if step_slope.abs() + step_shift.abs() < 1e-10 {
            break;
        }
    }
    (slope, shift)
}
