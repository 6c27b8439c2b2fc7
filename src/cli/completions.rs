//! `birgemiz completions`: what a shell needs to complete this command line.

use std::io::Write;

use clap::{Args, Command, ValueEnum};
use clap_complete::Shell;

/// `birgemiz completions`.
#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell.
    shell: Known,
}

/// The shells that volunteers for such work use.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Known {
    Bash,
    Zsh,
    Fish,
}

/// Prints them.
pub(super) fn print(args: &CompletionsArgs, command: &mut Command) {
    let shell = match args.shell {
        Known::Bash => Shell::Bash,
        Known::Zsh => Shell::Zsh,
        Known::Fish => Shell::Fish,
    };
    let mut script = Vec::new();
    clap_complete::generate(shell, command, "birgemiz", &mut script);
    // Whoever reads this may have gone by now.
    let _ = std::io::stdout().write_all(&script);
}
