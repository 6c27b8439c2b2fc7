//! Waiting for what other processes do, with a deadline instead of a guess.

use std::path::Path;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

const DEADLINE: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(10);

#[expect(clippy::disallowed_methods, reason = "other processes do not tell us when they are done")]
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..DEADLINE.as_millis() / PAUSE.as_millis() {
        if holds() {
            return;
        }
        // waits for: `holds`, which nothing announces
        std::thread::sleep(PAUSE);
    }
    panic!("in {DEADLINE:?} it did not happen that {what}");
}

/// A process that has ended but was not yet collected by its parent no longer runs.
pub(crate) fn runs(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat.rsplit(") ").next().and_then(|after_name| after_name.chars().next());
    !matches!(state, None | Some('Z' | 'X'))
}

pub(crate) fn kill_9(pid: u32) {
    let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    kill_process(pid, Signal::KILL).unwrap();
}

/// Every process that has this folder, or one below it, in its command line.
pub(crate) fn processes_about(folder: &Path) -> Vec<u32> {
    let folder = folder.to_str().unwrap();
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| {
        let command_line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&command_line).contains(folder) && runs(*pid)
    })
    .collect()
}
