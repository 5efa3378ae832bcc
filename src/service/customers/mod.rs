//! What the support desk asks about customers: who there is, who somebody is.

pub mod file;
pub mod list;
pub mod overview;
pub mod person;
pub mod recent;
pub mod search;
