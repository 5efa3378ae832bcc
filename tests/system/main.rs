//! The real program: its server as a process, and its pages in a real browser.

#![cfg(test)]

#[path = "../common/mod.rs"]
mod common;

mod approval_journey;
mod backup;
mod browser;
mod bulk;
mod demo;
mod demo_shop;
mod deploy;
mod feed;
mod fits;
mod guides;
mod journey;
mod logs;
mod options;
mod orders_journey;
mod partition;
mod people;
mod programme;
mod screenshots;
mod second_factor;
mod serve;
mod settings_journey;
mod site;
mod traces;
mod webhooks;
mod widget;
