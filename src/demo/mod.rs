//! A shop that never was, with a year of its customers' lives: for trying Guerdon out.
//!
//! Everything is written by the real use cases, day by day, under a clock that is moved through the year; nothing
//! is put into the tables by hand, so the demo's ledger proves itself like any other.

mod history;
mod people;
pub mod seed;
