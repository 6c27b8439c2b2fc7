//! Programs that end when their owner ends, however it ends: the kernel signals them, so that `kill -9` of the owner
//! leaves nothing running. Setting that up in the child would need unsafe code, so util-linux's `setpriv` does it
//! and then becomes the program, with the same process id.

use std::ffi::OsStr;
use std::process::Command;

use super::account::Account;

/// Ends at once if the owner was gone before the kernel was told to watch it; else becomes the program.
const UNLESS_ORPHANED: &str = r#"[ "$PPID" = "$1" ] || exit 1; shift; exec "$@""#;

#[derive(Debug, Clone, Copy)]
pub(super) enum OnOwnersEnd {
    /// Postgres ends its sessions, writes everything down and stops (its "fast shutdown").
    Interrupt,
    /// For programs whose work is thrown away if it is not finished.
    Kill,
}

/// The kernel watches the *thread* that spawns the command: it must live as long as the program is wanted.
pub(super) fn command(account: &Account, program: &OsStr, on_owners_end: OnOwnersEnd) -> Command {
    let signal = match on_owners_end {
        OnOwnersEnd::Interrupt => "INT",
        OnOwnersEnd::Kill => "KILL",
    };
    // The account's user is in force before `setpriv` runs; a later change of user would cancel the signal.
    let mut command = account.command("setpriv");
    command.args(["--pdeathsig", signal, "--", "sh", "-c", UNLESS_ORPHANED, "sh"]);
    command.arg(std::process::id().to_string()).arg(program);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound_true() -> Command {
        let ourselves = Account::Ourselves { uid: rustix::process::geteuid().as_raw() };
        command(&ourselves, OsStr::new("true"), OnOwnersEnd::Kill)
    }

    #[test]
    fn a_program_runs_under_its_owner_and_not_under_a_stranger() {
        assert!(bound_true().status().unwrap().success());

        let bound = bound_true();
        let mut stranger = Command::new("sh");
        // To the program, a shell in between is what the system's first process is to an orphan.
        stranger.args(["-c", r#""$@"; exit $?"#, "sh"]).arg(bound.get_program()).args(bound.get_args());
        assert_eq!(stranger.status().unwrap().code(), Some(1));
    }
}
