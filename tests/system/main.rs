//! The real program: its server as a process, and its pages in a real browser.

#![cfg(test)]

#[path = "../common/mod.rs"]
mod common;

mod backup;
mod browser;
mod bulk;
mod crash;
mod demo;
mod feed;
mod journey;
mod orders_journey;
mod programme;
mod second_factor;
mod screenshots;
mod serve;
mod site;
mod webhooks;
