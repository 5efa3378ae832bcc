//! Batches of adjustments and their rows.

pub mod batches;
pub mod requests;
pub mod rows;
pub mod work;
