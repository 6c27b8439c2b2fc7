//! Making a new cluster in one step: `initdb` works in a folder of its own, which gets the cluster's name only when
//! it is whole and on disk. A start that was killed half-way therefore leaves nothing that looks like a cluster.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use super::account::Account;
use super::bound_child::{self, OnOwnersEnd};
use super::folder::Folder;
use super::log::last_lines;
use super::programs::Programs;
use super::start_error::{StartError, cannot};

/// Local connections are trusted because the socket's folder is closed to everybody else.
const INITDB_FLAGS: [&str; 8] = [
    "--username=postgres",
    "--encoding=UTF8",
    "--locale=C.UTF-8",
    "--auth-local=trust",
    "--auth-host=scram-sha-256",
    "--data-checksums",
    "--no-instructions",
    "--pgdata",
];

pub(super) fn make(folder: &Folder, programs: &Programs, account: &Account) -> Result<(), StartError> {
    let unfinished = folder.unfinished_cluster();
    clear_away(&unfinished)?;
    DirBuilder::new().mode(0o700).create(&unfinished).map_err(cannot("make", &unfinished))?;
    account.give(&unfinished)?;
    initdb(&unfinished, programs, account)?;
    let cluster = folder.cluster();
    fs::rename(&unfinished, &cluster).map_err(cannot("finish", &cluster))?;
    // `initdb` has synced what is inside; the new name is only on disk once the folder around it is.
    let root = folder.root();
    File::open(root).and_then(|root| root.sync_all()).map_err(cannot("sync", root))
}

fn clear_away(unfinished: &Path) -> Result<(), StartError> {
    match fs::remove_dir_all(unfinished) {
        Ok(()) => {
            tracing::info!("an unfinished cluster of an earlier start was cleared away");
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(cannot("clear away", unfinished)(error)),
    }
}

fn initdb(unfinished: &Path, programs: &Programs, account: &Account) -> Result<(), StartError> {
    let program = programs.initdb();
    let output = bound_child::command(account, program.as_os_str(), OnOwnersEnd::Kill)
        .args(INITDB_FLAGS)
        .arg(unfinished)
        .output()
        .map_err(cannot("run setpriv of util-linux for", &program))?;
    if output.status.success() {
        return Ok(());
    }
    Err(StartError::InitdbFailed(last_lines(&String::from_utf8_lossy(&output.stderr))))
}
