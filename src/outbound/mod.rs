//! Requests to servers of others, whose addresses somebody typed in: made only where the operator lets them lead, within
//! bounds of size and time.

pub mod address;
pub mod connection;
pub mod document;
