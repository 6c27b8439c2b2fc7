//! The server's log: a file in the data folder, set aside when it has grown, whose last lines explain a failed start.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::folder::open_own_file;
use super::start_error::{StartError, cannot};

/// A log that is longer at a start is set aside, so that two files of about this size are the most that old starts leave.
const SET_ASIDE_BYTES: u64 = 4 * 1024 * 1024;

/// As much as a person reads on a terminal, and a bound on what an error message carries.
const LAST_LINES: usize = 8;
const LAST_BYTES: u64 = 4 * 1024;

/// The log of one attempt to start: what earlier attempts wrote is not its business.
pub(super) struct Log {
    path: PathBuf,
    begin: u64,
    file: File,
}

impl Log {
    pub(super) fn open(root: &Path) -> Result<Self, StartError> {
        let path = root.join("server.log");
        if fs::metadata(&path).is_ok_and(|found| found.len() > SET_ASIDE_BYTES) {
            let aside = root.join("server.log.1");
            fs::rename(&path, &aside).map_err(cannot("set aside", &path))?;
        }
        let file = open_own_file(OpenOptions::new().append(true).create(true), &path)?;
        let begin = file.metadata().map_err(cannot("look at", &path))?.len();
        Ok(Self { path, begin, file })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// One more handle to write through, for a child's output.
    pub(super) fn writer(&self) -> Result<File, StartError> {
        self.file.try_clone().map_err(cannot("open", &self.path))
    }

    /// The end of what this attempt wrote, as one line; empty if it wrote nothing or cannot be read.
    pub(super) fn last_lines(&self) -> String {
        let mut text = Vec::new();
        let read = File::open(&self.path).and_then(|mut file| {
            let end = file.metadata()?.len();
            file.seek(SeekFrom::Start(self.begin.max(end.saturating_sub(LAST_BYTES))))?;
            file.take(LAST_BYTES).read_to_end(&mut text)
        });
        match read {
            Ok(_) => last_lines(&String::from_utf8_lossy(&text)),
            Err(error) => format!("its log cannot be read: {error}"),
        }
    }
}

/// The last lines of a program's output joined into one, so that an error stays one sentence.
pub(super) fn last_lines(output: &str) -> String {
    let lines: Vec<&str> = output.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let last = lines.iter().skip(lines.len().saturating_sub(LAST_LINES)).copied();
    last.collect::<Vec<_>>().join(" | ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_lines_are_told_and_as_one() {
        let output: String = (1..=20).map(|n| format!("line {n}\n\n")).collect();
        let told = last_lines(&output);
        assert!(told.starts_with("line 13 | ") && told.ends_with(" | line 20"), "{told}");
        assert_eq!(last_lines(""), "");
    }

    #[test]
    fn a_grown_log_is_set_aside_and_what_came_before_is_not_told() {
        let root = std::env::temp_dir().join(format!("birgemiz-log-{}", std::process::id()));
        fs::create_dir_all(&root).unwrap();
        fs::write(root.join("server.log"), "old\n").unwrap();
        let kept = Log::open(&root).unwrap();
        fs::write(root.join("server.log"), vec![b'x'; 5 * 1024 * 1024]).unwrap();
        let fresh = Log::open(&root).unwrap();
        let sizes = (fs::metadata(root.join("server.log.1")).unwrap().len(), fresh.begin);
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(kept.begin, 4);
        assert_eq!(sizes, (5 * 1024 * 1024, 0));
    }
}
