//! What a caller may choose about the private server, and the server options that nobody may: those that decide
//! whether acknowledged data survives a crash, and those that keep the server private.

use std::path::PathBuf;

use super::start_error::StartError;

/// The user that Debian's packages create for running Postgres.
const USUAL_SERVICE_USER: &str = "postgres";

/// Given last on the command line, where they win over the configuration files and over `ALTER SYSTEM`.
const FIXED_OPTIONS: [(&str, &str); 13] = [
    ("fsync", "on"),
    ("synchronous_commit", "on"),
    ("full_page_writes", "on"),
    ("listen_addresses", ""),
    ("port", PORT),
    ("unix_socket_permissions", "0700"),
    ("logging_collector", "off"),
    ("log_destination", "stderr"),
    // Details and statements hold the personal data of the row that failed: they must not reach a log.
    ("log_error_verbosity", "terse"),
    ("log_min_error_statement", "panic"),
    ("log_statement", "none"),
    ("lc_messages", "C"),
    ("cluster_name", "birgemiz"),
];

/// Options that would lead the server to other files than the ones in the data folder.
const OPTIONS_OF_PLACE: [&str; 6] = [
    "config_file",
    "data_directory",
    "external_pid_file",
    "hba_file",
    "ident_file",
    "unix_socket_directories",
];

/// How often Postgres looks which tables have changed so much that they are to be counted anew. Until a table was
/// counted for the first time, plans take it for tiny, and those of foreign keys read all of an organisation's rows
/// for each new one: in the usual minute a rush makes thousands.
const LOOK_FOR_CHANGES: &str = "1s";

/// With no TCP port the number only names the socket, so it need not be free.
pub(super) const PORT: &str = "5432";

#[derive(Debug, Clone)]
pub struct Settings {
    /// Everything the server keeps lies in here. Made if missing; its parent folders too.
    pub data_dir: PathBuf,
    /// The folder that holds `initdb` and `postgres`; without it the distribution's newest is used.
    pub programs_dir: Option<PathBuf>,
    /// Who runs the server when the owner is root.
    pub service_user: String,
    /// More server options by name, such as `max_connections`. Options that keep data safe are refused.
    pub server_options: Vec<(String, String)>,
}

impl Settings {
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            programs_dir: None,
            service_user: USUAL_SERVICE_USER.to_owned(),
            server_options: vec![("autovacuum_naptime".to_owned(), LOOK_FOR_CHANGES.to_owned())],
        }
    }

    /// The chosen options followed by the fixed ones, as `name=value`.
    pub(super) fn options(&self) -> Result<Vec<String>, StartError> {
        for (name, _) in &self.server_options {
            allow(name)?;
        }
        let chosen = self.server_options.iter().map(|(name, value)| format!("{name}={value}"));
        let fixed = FIXED_OPTIONS.iter().map(|(name, value)| format!("{name}={value}"));
        Ok(chosen.chain(fixed).collect())
    }
}

fn allow(name: &str) -> Result<(), StartError> {
    let shaped = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    if name.is_empty() || !shaped {
        return Err(StartError::NotAnOption(name.to_owned()));
    }
    // Postgres reads `Full-Page-Writes` as `full_page_writes`, so it is compared as Postgres would.
    let as_postgres_reads_it = name.to_ascii_lowercase().replace('-', "_");
    let fixed = FIXED_OPTIONS.iter().any(|(fixed, _)| *fixed == as_postgres_reads_it);
    if fixed || OPTIONS_OF_PLACE.contains(&as_postgres_reads_it.as_str()) {
        return Err(StartError::ReservedOption(name.to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_option(name: &str) -> Result<Vec<String>, StartError> {
        let mut settings = Settings::new("/nowhere");
        settings.server_options.push((name.to_owned(), "off".to_owned()));
        settings.options()
    }

    #[test]
    fn options_that_keep_data_safe_are_refused_however_they_are_spelt() {
        for name in ["fsync", "FSYNC", "synchronous_commit", "Synchronous-Commit", "full_page_writes"] {
            assert!(matches!(with_option(name), Err(StartError::ReservedOption(_))), "{name}");
        }
    }

    #[test]
    fn options_that_open_the_server_to_others_are_refused() {
        for name in ["listen_addresses", "unix_socket_directories", "hba_file", "config_file"] {
            assert!(matches!(with_option(name), Err(StartError::ReservedOption(_))), "{name}");
        }
    }

    #[test]
    fn a_second_option_hidden_in_a_name_is_refused() {
        for name in ["", "fsync=off -c work_mem", "work_mem\nfsync", " fsync"] {
            assert!(matches!(with_option(name), Err(StartError::NotAnOption(_))), "{name:?}");
        }
    }

    #[test]
    fn the_fixed_options_come_last_where_they_win() {
        let options = with_option("jit").unwrap();
        let place = |wanted: &str| options.iter().position(|option| option == wanted).unwrap();
        assert!(place("jit=off") < place("fsync=on"), "{options:?}");
    }
}
