//! Square matrices, as far as a Markov chain needs them.

/// A square matrix, row by row.
#[derive(Debug, Clone)]
pub(crate) struct Square {
    size: usize,
    cells: Vec<f64>,
}

impl Square {
    /// The identity.
    pub fn identity(size: usize) -> Self {
        let mut cells = vec![0.0; size * size];
        cells.iter_mut().step_by(size + 1).for_each(|cell| *cell = 1.0);
        Self { size, cells }
    }

    pub fn at(&self, row: usize, column: usize) -> f64 {
        self.cells[row * self.size + column]
    }

    pub fn subtract(&mut self, row: usize, column: usize, amount: f64) {
        self.cells[row * self.size + column] -= amount;
    }

    fn row(&self, row: usize) -> &[f64] {
        &self.cells[row * self.size..][..self.size]
    }

    /// The rows and columns at some places.
    pub fn part(&self, places: &[usize]) -> Self {
        let cells = places.iter().flat_map(|row| places.iter().map(|column| self.at(*row, *column)));
        Self { size: places.len(), cells: cells.collect() }
    }

    /// The product with a column.
    pub fn times(&self, column: &[f64]) -> Vec<f64> {
        (0..self.size).map(|row| dot(self.row(row), column)).collect()
    }

    /// The product of a row with it.
    pub fn times_row(&self, row: &[f64]) -> Vec<f64> {
        let mut product = vec![0.0; self.size];
        for (place, factor) in row.iter().enumerate().filter(|(_, factor)| **factor != 0.0) {
            add_times(&mut product, *factor, self.row(place));
        }
        product
    }

    /// The inverse, by Gauss and Jordan, in place. Pivots stay on the diagonal: it is that of a chain that ends, or
    /// of a part of such an inverse, where they are never zero.
    pub fn inverse(mut self) -> Self {
        let size = self.size;
        for pivot in 0..size {
            let scale = 1.0 / self.at(pivot, pivot);
            let row = &mut self.cells[pivot * size..][..size];
            row[pivot] = 1.0;
            row.iter_mut().for_each(|cell| *cell *= scale);
            let pivot_row = row.to_vec();
            for (place, row) in self.cells.chunks_exact_mut(size).enumerate() {
                let factor = row[pivot];
                if place != pivot && factor != 0.0 {
                    row[pivot] = 0.0;
                    add_times(row, -factor, &pivot_row);
                }
            }
        }
        self
    }
}

pub(crate) fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

fn add_times(row: &mut [f64], factor: f64, other: &[f64]) {
    for (cell, other) in row.iter_mut().zip(other) {
        *cell += factor * other;
    }
}
