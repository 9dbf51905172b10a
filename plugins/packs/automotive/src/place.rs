//! Places on the earth, and how far they are from each other.

/// A place, in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// North is positive.
    pub latitude: f64,
    /// East is positive.
    pub longitude: f64,
}

/// Kilometres from pole to pole, over 180 degrees.
const KM_A_DEGREE: f64 = 111.195;

impl Place {
    /// The distance in kilometres, as the crow flies: exact to a percent below 500 km, which is further than
    /// anybody drives.
    pub fn km_to(&self, other: &Place) -> f64 {
        let middle = f64::midpoint(self.latitude, other.latitude).to_radians();
        let north = self.latitude - other.latitude;
        let east = (self.longitude - other.longitude) * middle.cos();
        KM_A_DEGREE * (north * north + east * east).sqrt()
    }
}
