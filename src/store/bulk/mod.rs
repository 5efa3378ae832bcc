//! Batches of adjustments and their rows.

pub mod batches;
pub mod rows;
pub mod work;
