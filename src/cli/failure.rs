//! How a command ends when it did not do what was asked: one line, and an exit code.

use std::{error::Error, fmt, io, process::ExitCode};

use clap::error::ErrorKind;

use crate::{
    domain::invalid::Invalid,
    service::access::AccessError,
    store::{DbError, MigrateError},
};

/// Exit code for bad input: giving something else helps.
const BAD_INPUT: u8 = 2;

/// Why a command did not do what was asked.
#[derive(Debug)]
pub enum Failure {
    /// What was given is wrong; exit code 2.
    Input(String),
    /// The machine failed, or what was checked is not right; exit code 1.
    Failed(String),
    /// As [`Failure::Failed`], and everything about it has been printed.
    Told,
}

impl Failure {
    /// A failure of the machine: what could not be done, and the whole chain of causes.
    pub fn because(what: impl fmt::Display, cause: &dyn Error) -> Self {
        let mut text = format!("{what}: {cause}");
        let mut cause = cause.source();
        while let Some(next) = cause {
            let next_text = next.to_string();
            if !text.ends_with(&next_text) {
                text.push_str(": ");
                text.push_str(&next_text);
            }
            cause = next.source();
        }
        Self::Failed(text)
    }

    /// Prints the reason and gives the exit code.
    pub(super) fn report(self) -> ExitCode {
        let (text, code) = match self {
            Self::Input(text) => (text, ExitCode::from(BAD_INPUT)),
            Self::Failed(text) => (text, ExitCode::FAILURE),
            Self::Told => return ExitCode::FAILURE,
        };
        let one_line: Vec<&str> = text.split_whitespace().collect();
        super::output::error(&one_line.join(" "));
        code
    }
}

impl From<Invalid> for Failure {
    fn from(invalid: Invalid) -> Self {
        Self::Input(invalid.message().to_owned())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        Self::because("The database failed", &error)
    }
}

impl From<AccessError> for Failure {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::Refused(refusal) => Self::Input(refusal.to_string()),
            AccessError::Store(error) => Self::from(error),
            AccessError::Hashing(error) => Self::Failed(error.to_string()),
        }
    }
}

/// What a schema that cannot be brought to this version means.
pub(super) fn migration(error: &MigrateError) -> Failure {
    match error {
        MigrateError::VersionMissing(version) => Failure::Failed(format!(
            "The database was made by a newer Guerdon (its schema has version {version}, which this one does not know): \
             use that version, or a newer one."
        )),
        MigrateError::VersionMismatch(version) => Failure::Failed(format!(
            "The database's schema was made by another build of Guerdon (version {version} differs): \
             use the build that made it."
        )),
        other => Failure::because("Cannot bring the database's schema to this version", other),
    }
}

/// Prints help where it was asked for; otherwise one line that says what is wrong with the arguments.
pub(super) fn usage(error: &clap::Error) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // A closed pipe is not worth a word.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let _ = error.print();
        return ExitCode::from(BAD_INPUT);
    }
    let text = error.render().to_string();
    let told = text
        .lines()
        .map(str::trim)
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more information"))
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    Failure::Input(told.trim_start_matches("error: ").to_owned()).report()
}
