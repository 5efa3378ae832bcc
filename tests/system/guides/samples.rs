//! The pieces of code of a guide.

use std::{fs, path::Path};

/// A piece of code, as it stands in a guide.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    /// `sh`, `json`, `js` and so on.
    pub(crate) language: String,
    pub(crate) code: String,
    /// The line of the guide that it begins at.
    pub(crate) line: usize,
}

/// All of them, in their order.
pub(crate) fn of(guide: &str) -> Vec<Sample> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(guide)).unwrap();
    let mut samples: Vec<Sample> = Vec::new();
    let mut open = false;
    for (number, line) in text.lines().enumerate() {
        if let Some(language) = line.strip_prefix("```") {
            open = !open;
            if open {
                samples.push(Sample { language: language.to_owned(), code: String::new(), line: number + 1 });
            }
        } else if open {
            let sample = samples.last_mut().unwrap();
            sample.code.push_str(line);
            sample.code.push('\n');
        }
    }
    assert!(!open, "{guide}: a piece of code does not end");
    samples
}

/// The only one of a guide that contains this.
pub(crate) fn with(guide: &str, part: &str) -> String {
    let found: Vec<Sample> = of(guide).into_iter().filter(|sample| sample.code.contains(part)).collect();
    assert_eq!(found.len(), 1, "{guide}: pieces of code with `{part}`");
    found[0].code.clone()
}
