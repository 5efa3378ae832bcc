//! Real servers, broken while they work. `README.md` beside this file tells what is broken, how it is judged and how to
//! let it run for longer.

#![cfg(test)]

#[path = "../common/mod.rs"]
mod common;

mod clock;
mod cut;
mod disk;
mod failover;
mod frozen;
mod history;
mod killed;
mod office;
mod replicas;
mod rolling;
mod saved;
mod shop;
mod upgrades;

use std::env;

/// How often each fault happens: `usual` times, or as `TEST_FAULTS_ROUNDS` says.
fn rounds(usual: usize) -> usize {
    env::var("TEST_FAULTS_ROUNDS").map_or(usual, |rounds| rounds.parse().unwrap())
}

/// How many writes have to be acknowledged before each fault: `usual`, or as `TEST_FAULTS_WRITES` says.
fn writes(usual: usize) -> usize {
    env::var("TEST_FAULTS_WRITES").map_or(usual, |writes| writes.parse().unwrap())
}

/// What all randomness of a run begins with: a new number each time, or that of `TEST_FAULTS_SEED`.
fn seed() -> u64 {
    let seed = env::var("TEST_FAULTS_SEED").map_or_else(|_unset| rand::random(), |seed| seed.parse().unwrap());
    eprintln!("TEST_FAULTS_SEED={seed} chooses the same again");
    seed
}
