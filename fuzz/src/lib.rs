//! What the programs of `fuzz_targets` run; `scripts/fuzz` builds and starts them.

mod targets;

/// Hands `data` to the target of this name.
///
/// # Panics
/// When there is no such target, and when it finds a rule broken.
pub fn run(name: &str, data: &[u8]) {
    let target = targets::ALL.iter().find(|(known, _)| *known == name);
    let (_, target) = target.unwrap_or_else(|| panic!("there is no target `{name}` in fuzz/src/targets.rs"));
    target(data);
}
