//! Taking a database out of Postgres and putting one in, by Postgres' own programs; and what must be done
//! beside them for the tables of this service.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::JoinHandle;

use tokio_postgres::config::Host;
use tokio_postgres::{Client, Config, NoTls};

use super::{StorageError, database};

/// Where Debian and its descendants put each major version, as `<major>/bin`.
const DISTRIBUTION: &str = "/usr/lib/postgresql";

/// As much as a person reads on a terminal.
const LAST_BYTES: usize = 2000;

/// Why a database was not taken out or put in.
#[derive(Debug, thiserror::Error)]
pub enum DumpError {
    /// The program is not there.
    #[error(
        "there is no {program} of Postgres {major} in {}: install the package postgresql-client-{major}, or name the folder of its programs with --postgres-bin",
        folder.display()
    )]
    NoProgram { program: &'static str, major: i64, folder: PathBuf },
    /// It could not be run, or broke off.
    #[error("{0}: {1}")]
    Broke(&'static str, io::Error),
    /// It refused.
    #[error("{0} failed: {1}")]
    Refused(&'static str, String),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// The major version in a version number such as 150020.
#[must_use]
pub const fn major_of(version_number: i64) -> i64 {
    version_number / 10_000
}

/// The program of that major version: in the folder that a person named, or the distribution's.
///
/// # Errors
/// When it is not there.
pub fn program(named: Option<&Path>, program: &'static str, major: i64) -> Result<PathBuf, DumpError> {
    let folder =
        named.map_or_else(|| Path::new(DISTRIBUTION).join(format!("{major}/bin")), Path::to_path_buf);
    let path = folder.join(program);
    if path.is_file() { Ok(path) } else { Err(DumpError::NoProgram { program, major, folder }) }
}

/// Writes out the whole database as of a moment that another session exported.
///
/// # Errors
/// When the program fails.
pub fn take(pg_dump: &Path, owner_url: &str, moment: &str, into: &mut dyn Write) -> Result<(), DumpError> {
    const NAME: &str = "pg_dump";
    let mut command = command(pg_dump, owner_url)?;
    command.args(["--format=custom", "--no-owner", "--enable-row-security", "--snapshot", moment]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| DumpError::Broke(NAME, error))?;
    let complaint = child.stderr.take().map(listen);
    let copied = child.stdout.take().map(|mut told| io::copy(&mut told, into)).transpose();
    let ended = child.wait().map_err(|error| DumpError::Broke(NAME, error))?;
    if !ended.success() {
        return Err(DumpError::Refused(NAME, last_words(complaint)));
    }
    copied.map(|_| ()).map_err(|error| DumpError::Broke(NAME, error))
}

/// Fills an empty database with what was taken out: all of it, or nothing.
///
/// # Errors
/// When the program fails.
pub fn put_back(pg_restore: &Path, owner_url: &str, from: &mut dyn Read) -> Result<(), DumpError> {
    const NAME: &str = "pg_restore";
    let mut command = command(pg_restore, owner_url)?;
    let database = patient(owner_url)?.get_dbname().unwrap_or("postgres").to_owned();
    command.args(["--no-owner", "--single-transaction", "--exit-on-error", "--dbname", &database]);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| DumpError::Broke(NAME, error))?;
    let complaint = child.stderr.take().map(listen);
    let fed = child.stdin.take().map(|mut stdin| feed(from, &mut stdin)).transpose();
    if fed.is_err() {
        // What was opened is not to be trusted: nothing of it may stay.
        child.kill().map_err(|error| DumpError::Broke(NAME, error))?;
    }
    let ended = child.wait().map_err(|error| DumpError::Broke(NAME, error))?;
    fed.map_err(|error| DumpError::Broke(NAME, error))?;
    if ended.success() { Ok(()) } else { Err(DumpError::Refused(NAME, last_words(complaint))) }
}

/// A program that has what it needs, or has given up, reads no more; what is left must be read all the
/// same, because only its true end proves that nothing was cut off.
fn feed(from: &mut dyn Read, into: &mut dyn Write) -> io::Result<()> {
    let mut piece = vec![0; 64 * 1024];
    let mut is_read = true;
    loop {
        let read = from.read(&mut piece)?;
        let Some(bytes) = piece.get(..read).filter(|bytes| !bytes.is_empty()) else { return Ok(()) };
        if is_read && let Err(error) = into.write_all(bytes) {
            if error.kind() != io::ErrorKind::BrokenPipe {
                return Err(error);
            }
            is_read = false;
        }
    }
}

/// The roles that grants and policies name: they belong to the server, not to the database.
const ROLES: &str = "
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['birgemiz_app', 'birgemiz_admin', 'birgemiz_gate', 'birgemiz_system'] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I LOGIN NOINHERIT', name);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END;
    END LOOP;
    FOREACH name IN ARRAY ARRAY['birgemiz_definer', 'birgemiz_owner'] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', name);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END;
    END LOOP;
END $$;
GRANT birgemiz_app, birgemiz_admin, birgemiz_gate, birgemiz_system, birgemiz_definer, birgemiz_owner TO CURRENT_USER";

/// Makes the roles that the tables' grants and policies name.
///
/// # Errors
/// When the database fails.
pub async fn prepare(owner_url: &str) -> Result<(), StorageError> {
    run(owner_url, ROLES).await
}

/// Functions that look further than their caller belong to the role that may do no more than they need; what was put
/// back without owners belongs to whoever did that.
const DEFINERS: &str = "
GRANT CREATE ON SCHEMA public TO birgemiz_definer;
DO $$
DECLARE
    of_one regprocedure;
BEGIN
    FOR of_one IN SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO birgemiz_definer', of_one);
    END LOOP;
END $$;
REVOKE CREATE ON SCHEMA public FROM birgemiz_definer";

/// Transaction numbers of the server that rows came from mean nothing on this one, and readers would wait for them. What
/// is sealed gets the number of what is older than any transaction (FrozenTransactionId, access/transam.h), what is not
/// the next one: so it is still behind what is sealed. Among each other they keep their order by their own numbers.
/// What an older release saved has less.
const SETTLED: &str = "
DO $$
DECLARE
    book text;
    number text;
BEGIN
    FOR book, number IN VALUES ('events', 'seq'), ('door_readings', 'id'), ('access_records', 'id') LOOP
        IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass(book) AND attname = 'xid') THEN
            CONTINUE;
        END IF;
        EXECUTE format('UPDATE %I SET xid = ''2''', book);
        IF to_regclass('seals') IS NOT NULL THEN
            EXECUTE format('UPDATE %1$I SET xid = ''3'' WHERE %2$I IN (
                SELECT %2$I FROM %1$I EXCEPT SELECT unnest(numbers) FROM seals WHERE book = %1$L)', book, number);
        END IF;
    END LOOP;
END $$";

/// Makes the tables of another server good for this one.
///
/// # Errors
/// When the database fails.
pub async fn settle(owner_url: &str) -> Result<(), StorageError> {
    run(owner_url, DEFINERS).await?;
    run(owner_url, SETTLED).await?;
    run(owner_url, "VACUUM ANALYZE").await
}

/// Writes down that this database was brought back, and what was sealed in it: those rows have other transaction
/// numbers since. The tables of an older release have no place for it, and no seals.
const BROUGHT_BACK: &str = "
DO $$ BEGIN
    IF to_regclass('restorations') IS NOT NULL THEN
        INSERT INTO restorations (at, book, sealed_up_to) SELECT clock_timestamp(), book, max(pass) FROM seals GROUP BY book;
    END IF;
END $$";

/// Records that a backup was brought back here.
///
/// # Errors
/// When the database fails.
pub async fn note_restoration(owner_url: &str) -> Result<(), StorageError> {
    run(owner_url, BROUGHT_BACK).await
}

/// Empties a database.
///
/// # Errors
/// When the database fails.
pub async fn clear(owner_url: &str) -> Result<(), StorageError> {
    run(owner_url, "DROP SCHEMA public CASCADE; CREATE SCHEMA public").await
}

/// How many sessions of a running service are on that database.
///
/// # Errors
/// When the database fails.
pub async fn sessions_of_the_service(owner_url: &str) -> Result<i64, StorageError> {
    let client = connect(owner_url).await?;
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
               AND pid <> pg_backend_pid() AND application_name IN ('birgemiz', 'birgemiz pulse')";
    let row = client.query_one(sql, &[]).await.map_err(|error| failed(&error))?;
    row.try_get(0).map_err(|error| failed(&error))
}

async fn run(owner_url: &str, sql: &str) -> Result<(), StorageError> {
    connect(owner_url).await?.batch_execute(sql).await.map_err(|error| failed(&error))
}

async fn connect(owner_url: &str) -> Result<Client, StorageError> {
    let connected = patient(owner_url)?.connect(NoTls).await;
    let (client, connection) = connected.map_err(|error| StorageError::NoConnection(error.to_string()))?;
    // It ends with the client.
    tokio::spawn(connection);
    Ok(client)
}

fn patient(owner_url: &str) -> Result<Config, StorageError> {
    database::patient(owner_url)
}

fn failed(error: &tokio_postgres::Error) -> StorageError {
    StorageError::Database(
        error.as_db_error().map_or_else(|| error.to_string(), |told| told.message().to_owned()),
    )
}

/// The program with the way to the database in its environment: on its command line a password would be
/// everybody's to read.
fn command(program: &Path, owner_url: &str) -> Result<Command, StorageError> {
    let config = patient(owner_url)?;
    let mut command = Command::new(program);
    command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("LC_ALL", "C.UTF-8");
    command.current_dir("/");
    match config.get_hosts().first() {
        Some(Host::Tcp(host)) => {
            command.env("PGHOST", host);
        }
        Some(Host::Unix(folder)) => {
            command.env("PGHOST", folder);
        }
        None => {}
    }
    if let Some(port) = config.get_ports().first() {
        command.env("PGPORT", port.to_string());
    }
    if let Some(user) = config.get_user() {
        command.env("PGUSER", user);
    }
    if let Some(database) = config.get_dbname() {
        command.env("PGDATABASE", database);
    }
    if let Some(password) = config.get_password() {
        command.env("PGPASSWORD", String::from_utf8_lossy(password).as_ref());
    }
    Ok(command)
}

/// Reads what a program complains about, so that it never waits for somebody to.
fn listen(mut complaint: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut text = Vec::new();
        // What could not be read is not told; the exit code is.
        let _ = complaint.read_to_end(&mut text);
        let last = text.get(text.len().saturating_sub(LAST_BYTES)..).unwrap_or_default();
        String::from_utf8_lossy(last).lines().map(str::trim).collect::<Vec<_>>().join(" | ")
    })
}

fn last_words(complaint: Option<JoinHandle<String>>) -> String {
    complaint.and_then(|listening| listening.join().ok()).unwrap_or_default()
}
