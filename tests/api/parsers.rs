//! Everything that reads what comes from outside, with its corpus and with mutations of that.

use std::{collections::BTreeSet, fs, path::Path, time::Instant};

use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
    test_runner::{Config, TestRunner},
};

#[path = "../../fuzz/src/targets.rs"]
mod targets;

/// Mutated inputs for each target.
const CASES: u32 = 250;
/// No input of a few hundred bytes takes longer, not even on a busy machine without optimisation.
const SECS_MAX: u64 = 5;
/// What breaks what is careless.
const WORDS: [&str; 28] = [
    "\\u0000",
    "\0",
    "\r\n",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "\\",
    ",",
    ":",
    ";",
    "'",
    "=",
    "%",
    "%00",
    "%ff",
    ".",
    "..",
    "-",
    "+",
    "9223372036854775808",
    "1e400",
    "-0.0",
    "null",
    "\u{202e}",
    "\u{10ffff}",
    "(a{9}){9}",
];

/// A change of an input.
#[derive(Clone, Debug)]
enum Change {
    Put(Index, u8),
    Insert(Index, &'static str),
    Remove(Index, usize),
    Double(Index, usize),
    /// Goes on as another one of the corpus does.
    GoOn(Index, Index),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Change::Put(at, byte)),
        (any::<Index>(), select(&WORDS[..])).prop_map(|(at, word)| Change::Insert(at, word)),
        (any::<Index>(), 1_usize..40).prop_map(|(at, length)| Change::Remove(at, length)),
        (any::<Index>(), 1_usize..40).prop_map(|(at, length)| Change::Double(at, length)),
        (any::<Index>(), any::<Index>()).prop_map(|(at, other)| Change::GoOn(at, other)),
    ]
}

fn changed(mut input: Vec<u8>, changes: &[Change], corpus: &[Vec<u8>]) -> Vec<u8> {
    for change in changes {
        let place = |at: &Index| at.index(input.len() + 1);
        match change {
            Change::Put(at, byte) => {
                let at = place(at);
                input.splice(at..(at + 1).min(input.len()), [*byte]);
            }
            Change::Insert(at, word) => {
                let at = place(at);
                input.splice(at..at, word.bytes());
            }
            Change::Remove(at, length) => {
                let at = place(at);
                input.drain(at..(at + length).min(input.len()));
            }
            Change::Double(at, length) => {
                let at = place(at);
                let piece = input[at..(at + length).min(input.len())].to_vec();
                input.splice(at..at, piece);
            }
            Change::GoOn(at, other) => {
                input.truncate(place(at));
                let other = &corpus[other.index(corpus.len())];
                input.extend_from_slice(&other[input.len().min(other.len())..]);
            }
        }
    }
    input
}

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|file| fs::read(file).unwrap()).collect()
}

fn run(target: targets::Target, name: &str, input: &[u8]) {
    let begun = Instant::now();
    target(input);
    let took = begun.elapsed().as_secs();
    assert!(took < SECS_MAX, "{name} took {took} seconds for {:?}", String::from_utf8_lossy(input));
}

#[test]
fn no_input_breaks_a_parser() {
    for (name, target) in targets::ALL {
        let corpus = corpus(name);
        assert!(corpus.len() > 2, "{name}");
        for input in &corpus {
            run(target, name, input);
        }
        let mut runner = TestRunner::new(Config { cases: CASES, failure_persistence: None, ..Config::default() });
        let inputs = (any::<Index>(), vec(change(), 1..8))
            .prop_map(|(one, changes)| changed(corpus[one.index(corpus.len())].clone(), &changes, &corpus));
        let tried = runner.run(&inputs, |input| {
            run(target, name, &input);
            Ok(())
        });
        tried.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn every_target_has_its_program_and_its_corpus() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let manifest: toml::Table = fs::read_to_string(folder.join("Cargo.toml")).unwrap().parse().unwrap();
    let programs: BTreeSet<&str> =
        manifest["bin"].as_array().unwrap().iter().map(|program| program["name"].as_str().unwrap()).collect();
    let names: BTreeSet<&str> = targets::ALL.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, programs);
    for name in &names {
        let program = fs::read_to_string(folder.join(format!("fuzz_targets/{name}.rs"))).unwrap();
        assert!(program.contains(&format!("guerdon_fuzz::run(\"{name}\", data)")), "{name}: {program}");
    }
    let corpora: BTreeSet<String> = fs::read_dir(folder.join("corpus"))
        .unwrap()
        .map(|folder| folder.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(corpora.iter().map(String::as_str).eq(names));
}
