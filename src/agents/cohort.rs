//! Men in a course of training, until it ends (equation 19).

use crate::table;

table! {
    /// Cohorts in training.
    Cohorts("cohorts"),
    /// Those who began a course on the same day, for the same force and by the same lever.
    Cohort {
        key: u64,
        /// Country and bloc (index into [`BLOCS`](super::group::BLOCS)) of the force that they will join.
        country: u16,
        bloc: u8,
        men: u32,
        /// Day on which the course ends.
        due: u32,
        /// Hash of the name of the lever that trains them.
        sender: u64,
        /// How well they were looked into, 0 to 1.
        vetting: f64,
    }
}
