#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| guerdon_fuzz::run("ids", data));
