//! Which Postgres is used: the one in the folder that a person named, or the distribution's newest. A cluster that
//! exists already can only be served by the major version that made it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::start_error::{StartError, cannot};

/// Where Debian and its descendants put each major version, as `<major>/bin`.
const DISTRIBUTION: &str = "/usr/lib/postgresql";

/// The first major whose `initdb` knows every flag that we give it.
const OLDEST_MAJOR: u32 = 14;

#[derive(Debug)]
pub(super) struct Programs {
    pub(super) dir: PathBuf,
    pub(super) major: u32,
}

impl Programs {
    /// `needed` is the major that made the existing cluster, if there is one.
    pub(super) fn choose(
        named: Option<&Path>,
        needed: Option<u32>,
        cluster: &Path,
    ) -> Result<Self, StartError> {
        let found = match named {
            Some(dir) => in_folder(dir)?,
            None => installed_under(Path::new(DISTRIBUTION), needed)?,
        };
        match needed {
            Some(made_by) if made_by != found.major => {
                Err(StartError::OtherMajor { cluster: cluster.to_path_buf(), made_by, found: found.major })
            }
            Some(_) | None => Ok(found),
        }
    }

    pub(super) fn initdb(&self) -> PathBuf {
        self.dir.join("initdb")
    }

    pub(super) fn postgres(&self) -> PathBuf {
        self.dir.join("postgres")
    }
}

fn in_folder(dir: &Path) -> Result<Programs, StartError> {
    let dir = std::path::absolute(dir).map_err(cannot("find", dir))?;
    if !is_usable(&dir) {
        return Err(StartError::NotPrograms(dir));
    }
    let postgres = dir.join("postgres");
    let output = Command::new(&postgres).arg("--version").output().map_err(cannot("run", &postgres))?;
    match major_in(&String::from_utf8_lossy(&output.stdout)) {
        Some(major) if major >= OLDEST_MAJOR => Ok(Programs { dir, major }),
        Some(_) | None => Err(StartError::NotPrograms(dir)),
    }
}

/// The needed major if it is there, else the newest.
fn installed_under(distribution: &Path, needed: Option<u32>) -> Result<Programs, StartError> {
    let entries: Vec<_> =
        fs::read_dir(distribution).map(|entries| entries.flatten().collect()).unwrap_or_default();
    let usable = || {
        entries.iter().filter_map(|entry| {
            let major = entry.file_name().to_str()?.parse().ok()?;
            let dir = entry.path().join("bin");
            (major >= OLDEST_MAJOR && is_usable(&dir)).then_some(Programs { dir, major })
        })
    };
    usable()
        .find(|programs| Some(programs.major) == needed)
        .or_else(|| usable().max_by_key(|programs| programs.major))
        .ok_or_else(|| StartError::NotInstalled(distribution.to_path_buf()))
}

/// Client packages fill the same folder without bringing a server, so the folder alone proves nothing.
fn is_usable(dir: &Path) -> bool {
    ["initdb", "postgres"].iter().all(|program| {
        fs::metadata(dir.join(program))
            .is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
    })
}

/// Reads `postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)`, also `18beta1` and `9.6.2`.
fn major_in(version_line: &str) -> Option<u32> {
    let version = version_line.split_whitespace().nth(2)?;
    version.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_is_read_from_every_form_of_version_line() {
        for (line, major) in [
            ("postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)\n", Some(15)),
            ("postgres (PostgreSQL) 18beta1", Some(18)),
            ("postgres (PostgreSQL) 9.6.2", Some(9)),
            ("postgres", None),
            ("postgres (PostgreSQL) next", None),
        ] {
            assert_eq!(major_in(line), major, "{line}");
        }
    }

    #[test]
    fn the_newest_major_with_a_server_is_taken_unless_another_is_needed() {
        let root = std::env::temp_dir().join(format!("birgemiz-programs-{}", std::process::id()));
        for (major, programs) in [
            ("9.6", ["initdb", "postgres"].as_slice()),
            ("13", &["initdb", "postgres"]),
            ("15", &["initdb", "postgres"]),
            ("17", &["initdb", "postgres"]),
            ("18", &["psql"]),
        ] {
            let bin = root.join(major).join("bin");
            fs::create_dir_all(&bin).unwrap();
            for program in programs {
                fs::write(bin.join(program), "").unwrap();
                fs::set_permissions(bin.join(program), fs::Permissions::from_mode(0o755)).unwrap();
            }
        }
        let chosen = |needed| installed_under(&root, needed).unwrap().major;
        let (newest, needed, missing) = (chosen(None), chosen(Some(15)), chosen(Some(16)));
        fs::remove_dir_all(&root).unwrap();
        assert_eq!((newest, needed, missing), (17, 15, 17));
        assert!(matches!(installed_under(&root, None), Err(StartError::NotInstalled(_))));
    }
}
