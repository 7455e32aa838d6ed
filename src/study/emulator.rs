//! A quick stand-in for the model: a response surface fitted to what runs came to (Box and Draper 1987), with its error.
//!
//! Matrices are small and the arithmetic is our own, in one order: a library's would differ from processor to processor, and with it
//! the points that a fit runs next.

use super::stats::mean;

/// A symmetric positive definite matrix as `L Lᵀ`.
#[derive(Clone, Debug)]
pub(super) struct Cholesky {
    n: usize,
    /// Row by row; above the diagonal nothing counts.
    lower: Vec<f64>,
}

impl Cholesky {
    /// Takes a matrix apart, row by row; none when it is not positive definite.
    pub(super) fn of(matrix: &[f64], n: usize) -> Option<Cholesky> {
        let mut l = matrix.to_vec();
        for i in 0..n {
            for j in 0..=i {
                let sum: f64 = (0..j).map(|k| l[i * n + k] * l[j * n + k]).sum();
                let rest = l[i * n + j] - sum;
                l[i * n + j] = if i > j { rest / l[j * n + j] } else { libm::sqrt(rest) };
                if i == j && (rest <= 0.0 || rest.is_nan()) {
                    return None;
                }
            }
        }
        Some(Cholesky { n, lower: l })
    }

    /// `L⁻¹ b`: squared and added up it is `bᵀ A⁻¹ b`.
    pub(super) fn forward(&self, b: &[f64]) -> Vec<f64> {
        let mut x = b.to_vec();
        for i in 0..self.n {
            let sum: f64 = (0..i).map(|k| self.lower[i * self.n + k] * x[k]).sum();
            x[i] = (x[i] - sum) / self.lower[i * self.n + i];
        }
        x
    }

    /// `A⁻¹ b`.
    fn solve(&self, b: &[f64]) -> Vec<f64> {
        let mut x = self.forward(b);
        for i in (0..self.n).rev() {
            let sum: f64 = (i + 1..self.n).map(|k| self.lower[k * self.n + i] * x[k]).sum();
            x[i] = (x[i] - sum) / self.lower[i * self.n + i];
        }
        x
    }

    /// `L z`: normal numbers `z` become numbers of this covariance.
    pub(super) fn times(&self, z: &[f64]) -> Vec<f64> {
        (0..self.n).map(|i| (0..=i).map(|k| self.lower[i * self.n + k] * z[k]).sum()).collect()
    }

    /// Half of the logarithm of the determinant.
    pub(super) fn half_log_determinant(&self) -> f64 {
        (0..self.n).map(|i| libm::log(self.lower[i * self.n + i])).sum()
    }
}

/// How bent a surface may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Flat,
    Plane,
    /// Squares and products of two.
    Curved,
}

/// Terms of a surface at a place of the unit cube.
fn terms(form: Form, at: &[f64]) -> Vec<f64> {
    let z: Vec<f64> = at.iter().map(|u| 2.0 * u - 1.0).collect();
    let mut out = vec![1.0];
    if form != Form::Flat {
        out.extend(&z);
    }
    if form == Form::Curved {
        out.extend((0..z.len()).flat_map(|i| (i..z.len()).map(move |j| (i, j))).map(|(i, j)| z[i] * z[j]));
    }
    out
}

/// Keeps a surface of nearly as many terms as runs from following their luck: worth this many runs for each term but the mean.
const RIDGE: f64 = 0.1;

/// A response surface over the unit cube.
#[derive(Clone, Debug)]
pub struct Surface {
    form: Form,
    weights: Vec<f64>,
    /// Standard deviation of what a run comes to around the surface, luck and all, each run left out in turn.
    pub error: f64,
}

impl Surface {
    /// Fits a mean, a plane and a curved surface, and takes the one whose error is least when each run is left out in turn. Runs without a
    /// value are left out; none when no more than two have one.
    pub fn fit(places: &[&[f64]], values: &[f64]) -> Option<Surface> {
        let known: Vec<usize> = (0..values.len()).filter(|&i| values[i].is_finite()).collect();
        let (x, y): (Vec<&[f64]>, Vec<f64>) = known.iter().map(|&i| (places[i], values[i])).unzip();
        let forms = [Form::Flat, Form::Plane, Form::Curved];
        let all = forms.into_iter().filter_map(|form| least_squares(form, &x, &y));
        all.min_by(|a, b| a.error.total_cmp(&b.error))
    }

    /// What a run at a place of the unit cube is expected to come to.
    pub fn at(&self, place: &[f64]) -> f64 {
        terms(self.form, place).iter().zip(&self.weights).map(|(t, w)| t * w).sum()
    }
}

fn least_squares(form: Form, x: &[&[f64]], y: &[f64]) -> Option<Surface> {
    let rows: Vec<Vec<f64>> = x.iter().map(|at| terms(form, at)).collect();
    let n = rows.first()?.len();
    if y.len() < 3 || y.len() <= n {
        return None;
    }
    let centre = mean(y);
    let mut gram = vec![0.0; n * n];
    let mut right = vec![0.0; n];
    for (row, v) in rows.iter().zip(y) {
        for i in 0..n {
            (0..n).for_each(|j| gram[i * n + j] += row[i] * row[j]);
            right[i] += row[i] * (v - centre);
        }
    }
    (1..n).for_each(|i| gram[i * n + i] += RIDGE);
    let parts = Cholesky::of(&gram, n)?;
    let mut weights = parts.solve(&right);
    let predicted = |row: &[f64]| row.iter().zip(&weights).map(|(t, w)| t * w).sum::<f64>();
    // What a run is off by when it had no part in the fit: its residual over one less its leverage.
    let off = rows.iter().zip(y).map(|(row, v)| {
        let leverage: f64 = parts.forward(row).iter().map(|f| f * f).sum();
        (v - centre - predicted(row)) / (1.0 - leverage).max(1e-6)
    });
    let error = libm::sqrt(off.map(|e| e * e).sum::<f64>() / y.len() as f64);
    weights[0] += centre;
    Some(Surface { form, weights, error })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::design::sobol;

    #[test]
    fn a_matrix_is_taken_apart_and_put_together() {
        let a = [4.0, 2.0, 0.6, 2.0, 5.0, 1.0, 0.6, 1.0, 3.0];
        let parts = Cholesky::of(&a, 3).unwrap();
        let x = parts.solve(&[1.0, 2.0, 3.0]);
        for i in 0..3 {
            let b: f64 = (0..3).map(|j| a[i * 3 + j] * x[j]).sum();
            assert!((b - (i + 1) as f64).abs() < 1e-12);
        }
        // Columns of L, and the determinant by hand: 4 (15 - 1) - 2 (6 - 0.6) + 0.6 (2 - 3).
        assert_eq!(parts.times(&[1.0, 0.0, 0.0]), [2.0, 1.0, 0.3]);
        assert!((2.0 * parts.half_log_determinant() - libm::log(56.0 - 10.8 - 0.6)).abs() < 1e-12);
        assert!(Cholesky::of(&[1.0, 2.0, 2.0, 1.0], 2).is_none(), "not positive definite");
    }

    #[test]
    fn a_curved_surface_is_found_again_and_a_flat_one_stays_flat() {
        let places = sobol(128, 3, 4).unwrap();
        let places: Vec<&[f64]> = places.iter().map(Vec::as_slice).collect();
        let truth = |p: &[f64]| 3.0 + 2.0 * p[0] - p[1] * p[1] + 4.0 * p[0] * p[2];
        let y: Vec<f64> = places.iter().map(|p| truth(p)).collect();
        let surface = Surface::fit(&places, &y).unwrap();
        assert_eq!(surface.form, Form::Curved);
        let worst = places.iter().map(|p| (surface.at(p) - truth(p)).abs()).fold(0.0, f64::max);
        assert!(worst < 0.02 && surface.error < 0.02, "{worst} {}", surface.error);

        // Luck alone, of standard deviation 1: no surface is better than the mean, and the error says 1.
        let luck = crate::study::design::luck(9, 0, "test.emulator");
        let y: Vec<f64> = (0..128).map(|i| crate::engine::dist::normal(luck, i)).collect();
        let surface = Surface::fit(&places, &y).unwrap();
        assert_eq!(surface.form, Form::Flat);
        assert!((0.8..1.2).contains(&surface.error), "{}", surface.error);
        assert!(Surface::fit(&places[..2], &y[..2]).is_none());
        let mut gaps = y.clone();
        gaps[5] = f64::NAN;
        assert!(Surface::fit(&places, &gaps).unwrap().at(places[0]).is_finite());
    }
}
