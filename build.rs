//! Embedded files are read while compiling: a file that is added or removed must lead to a new build.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=migrations");
}
