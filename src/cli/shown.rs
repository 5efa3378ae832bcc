//! Which settings the help of a command shows: those that it reads.

use clap::{Arg, Command};

/// What all commands read that touch the database.
const COMMON: [&str; 4] = ["config", "database_url", "log", "log_format"];
const SECRET_FILE: &str = "secret_file";

/// The command line, where the help of each command leaves out the settings that it does not read. They are known
/// everywhere all the same: a script may give the same ones to every command, and variables are those of the server.
pub(super) fn only_what_is_read(command: Command) -> Command {
    let settings: Vec<Arg> = command.get_arguments().filter(|arg| arg.is_global_set()).cloned().collect();
    command.mut_subcommands(|one| {
        let name = one.get_name().to_owned();
        let others = settings.iter().filter(|arg| !is_read(&name, arg.get_id().as_str()));
        // What a command has itself is not taken over from above, but handed on to those below it.
        others.fold(one, |one, arg| one.arg(arg.clone().hide(true)))
    })
}

fn is_read(command: &str, setting: &str) -> bool {
    match command {
        "serve" | "demo" => true,
        "openapi" => false,
        "secrets" => setting == SECRET_FILE || COMMON.contains(&setting),
        _ => COMMON.contains(&setting),
    }
}
