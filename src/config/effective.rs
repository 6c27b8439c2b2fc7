//! What every setting is, and why: the flag before the variable, the variable before the file, the file
//! before the default.
//!
//! The file, and the files that hold secrets, are turned into flags before the command line is read. So
//! there is one reader of values, with one way to refuse them.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use clap::Command;

use super::file::{self, SettingsError, SettingsFile};
use super::known::{self, Setting, setting_of};

/// Where settings of the whole machine are.
const OF_THE_MACHINE: &str = "/etc/birgemiz.toml";

/// Its name in a data folder.
const IN_THE_DATA_FOLDER: &str = "birgemiz.toml";

/// What begins like this is ours, or a mistake.
const OURS: &str = "BIRGEMIZ_";

/// Variables of the tests and of builds made for them, which are no settings of the service.
const OF_TESTS: [&str; 12] = [
    "BIRGEMIZ_PLANTED",
    "BIRGEMIZ_CRASH",
    "BIRGEMIZ_DISCLOSURE",
    "BIRGEMIZ_DISPATCH",
    "BIRGEMIZ_SEED",
    "BIRGEMIZ_EVENTS",
    "BIRGEMIZ_RACE",
    "BIRGEMIZ_SHUTDOWN",
    "BIRGEMIZ_SOAK",
    "BIRGEMIZ_SOAK_AUDIT",
    "BIRGEMIZ_WALK",
    "BIRGEMIZ_BENCH",
];

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The command line.
    Flag,
    /// An environment variable, by its name.
    Variable(String),
    /// The file that a variable or a key names.
    SecretFile(PathBuf),
    /// The file of settings.
    File(PathBuf),
    /// Nobody has said otherwise.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("flag"),
            Self::Variable(name) => write!(f, "variable {name}"),
            Self::SecretFile(path) | Self::File(path) => write!(f, "file {}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// One setting with what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effective {
    /// Which setting.
    pub setting: Setting,
    /// Its value; none where it has none. Secret values are secret here too: show them by [`Self::shown`].
    pub value: Option<String>,
    /// Why it is that.
    pub origin: Origin,
}

impl Effective {
    /// The value as it may be shown to people.
    #[must_use]
    pub fn shown(&self) -> &str {
        match &self.value {
            None => "(not set)",
            Some(_) if self.setting.is_secret => "(hidden)",
            Some(value) => value,
        }
    }
}

/// The command line with the file's settings in it, and what every setting is.
#[derive(Debug, Clone)]
pub struct Arranged {
    /// What is to be read as the command line.
    pub args: Vec<OsString>,
    /// Every setting.
    pub settings: Vec<Effective>,
    /// The file of settings, where there is one.
    pub file: Option<PathBuf>,
}

/// Arranges this process's own command line and environment.
///
/// # Errors
/// When the file cannot be used, or the environment has a variable that nobody knows.
pub fn arrange(command: &Command) -> Result<Arranged, SettingsError> {
    let variables =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value))).collect();
    arranged(command, std::env::args_os().collect(), &variables)
}

fn arranged(
    command: &Command,
    args: Vec<OsString>,
    variables: &BTreeMap<String, OsString>,
) -> Result<Arranged, SettingsError> {
    let known = known::settings(command);
    refuse_unknown(variables, &known)?;
    let given = Given::of(command, &args);
    let file = find_file(&given, variables).map(|path| file::read(&path, &known)).transpose()?;
    let settings = known
        .into_iter()
        .map(|setting| effective(setting, &given, variables, file.as_ref()))
        .collect::<Result<Vec<_>, _>>()?;
    let args = if given.asks_for_help { args } else { with_flags(command, args, &settings, file.as_ref()) };
    Ok(Arranged { args, settings, file: file.map(|file| file.path) })
}

fn refuse_unknown(variables: &BTreeMap<String, OsString>, known: &[Setting]) -> Result<(), SettingsError> {
    let names: BTreeSet<String> = known
        .iter()
        .flat_map(|setting| [Some(setting.variable.clone()), setting.file_variable()])
        .flatten()
        .collect();
    let is_of_tests = |name: &str| OF_TESTS.iter().any(|prefix| name.starts_with(prefix));
    match variables.keys().find(|name| name.starts_with(OURS) && !names.contains(*name) && !is_of_tests(name))
    {
        Some(name) => {
            let nearest = known::nearest(name, names.iter().map(String::as_str)).to_owned();
            Err(SettingsError::UnknownVariable(name.clone(), nearest))
        }
        None => Ok(()),
    }
}

/// The flags that a person gave, by the keys of their settings.
struct Given {
    values: BTreeMap<String, String>,
    asks_for_help: bool,
}

impl Given {
    fn of(command: &Command, args: &[OsString]) -> Self {
        let mut given = Self { values: BTreeMap::new(), asks_for_help: false };
        walk(command, args.iter().cloned(), |step| match step {
            Step::Flag(setting, value) => {
                given.values.insert(setting.key, value.unwrap_or_else(|| "true".to_owned()));
            }
            Step::Help => given.asks_for_help = true,
            Step::Token(_) | Step::Verb(_) => {}
        });
        given
    }
}

fn find_file(given: &Given, variables: &BTreeMap<String, OsString>) -> Option<PathBuf> {
    let said = |key: &str, variable: &str| {
        given.values.get(key).map(PathBuf::from).or_else(|| variables.get(variable).map(PathBuf::from))
    };
    said("config", "BIRGEMIZ_CONFIG").or_else(|| {
        let folder = said("data_dir", "BIRGEMIZ_DATA_DIR").unwrap_or_else(super::serve::default_data_folder);
        [folder.join(IN_THE_DATA_FOLDER), PathBuf::from(OF_THE_MACHINE)]
            .into_iter()
            .find(|path| path.is_file())
    })
}

fn effective(
    setting: Setting,
    given: &Given,
    variables: &BTreeMap<String, OsString>,
    file: Option<&SettingsFile>,
) -> Result<Effective, SettingsError> {
    let variable = variables.get(&setting.variable).map(|value| value.to_string_lossy().into_owned());
    let from_variable = setting.file_variable().filter(|name| variables.contains_key(name));
    if let (Some(_), Some(other)) = (&variable, &from_variable) {
        return Err(SettingsError::Twice(setting.variable, other.clone()));
    }
    let in_file = |key: &str| Some((file?, file?.values.get(key)?));
    let (value, origin) = if let Some(value) = given.values.get(&setting.key) {
        (Some(value.clone()), Origin::Flag)
    } else if let Some(value) = variable {
        (Some(value), Origin::Variable(setting.variable.clone()))
    } else if let Some(name) = from_variable {
        let path = variables.get(&name).map(PathBuf::from).unwrap_or_default();
        (Some(secret(&name, &path)?), Origin::SecretFile(path))
    } else if let Some((file, values)) = in_file(&setting.key) {
        (Some(values.join(",")), Origin::File(file.path.clone()))
    } else if let Some((_, path)) = setting.file_key().and_then(|key| in_file(&key)) {
        let path = PathBuf::from(path.join(","));
        (Some(secret(&setting.key, &path)?), Origin::SecretFile(path))
    } else {
        (setting.default.clone(), Origin::Default)
    };
    Ok(Effective { setting, value, origin })
}

fn secret(named_by: &str, path: &Path) -> Result<String, SettingsError> {
    std::fs::read_to_string(path)
        .map(|text| text.trim_end_matches(['\n', '\r']).to_owned())
        .map_err(|error| SettingsError::SecretUnreadable(named_by.to_owned(), path.to_owned(), error))
}

/// The command line with a flag for each value that clap would not find by itself.
fn with_flags(
    command: &Command,
    args: Vec<OsString>,
    settings: &[Effective],
    file: Option<&SettingsFile>,
) -> Vec<OsString> {
    let flags_of = |level: &Command| -> Vec<OsString> {
        let of_level = level.get_arguments().filter_map(setting_of);
        of_level
            .filter_map(|asked| settings.iter().find(|known| known.setting.key == asked.key))
            .flat_map(|known| flags(known, file))
            .collect()
    };
    let mut out = Vec::new();
    walk(command, args.into_iter(), |step| match step {
        Step::Token(token) => out.push(token),
        Step::Verb(level) => out.extend(flags_of(level)),
        Step::Flag(..) | Step::Help => {}
    });
    out
}

fn flags(known: &Effective, file: Option<&SettingsFile>) -> Vec<OsString> {
    let flag = |value: &str| OsString::from(format!("--{}={value}", known.setting.flag));
    match (&known.origin, &known.value) {
        (Origin::SecretFile(_), Some(value)) => vec![flag(value)],
        (Origin::File(_), Some(value)) if known.setting.is_switch => {
            if value == "true" {
                vec![format!("--{}", known.setting.flag).into()]
            } else {
                Vec::new()
            }
        }
        (Origin::File(_), Some(_)) => {
            let values = file.and_then(|file| file.values.get(&known.setting.key));
            values.into_iter().flatten().map(|value| flag(value)).collect()
        }
        (Origin::Flag | Origin::Variable(_) | Origin::Default, _) | (_, None) => Vec::new(),
    }
}

/// What is met on the way through a command line.
enum Step<'c> {
    /// The next piece of it, as it stands.
    Token(OsString),
    /// The command or verb whose flags may follow now.
    Verb(&'c Command),
    /// A setting's flag.
    Flag(Setting, Option<String>),
    /// Somebody wants to read about it, not to do it.
    Help,
}

/// Goes through a command line, verb by verb.
fn walk<'c>(command: &'c Command, mut args: impl Iterator<Item = OsString>, mut meet: impl FnMut(Step<'c>)) {
    let mut level = command;
    if let Some(program) = args.next() {
        meet(Step::Token(program));
    }
    meet(Step::Verb(level));
    while let Some(token) = args.next() {
        let text = token.to_string_lossy().into_owned();
        meet(Step::Token(token));
        if matches!(text.as_str(), "--help" | "-h" | "help" | "--version" | "-V") {
            meet(Step::Help);
        } else if text == "--" {
            break;
        } else if let Some(flag) = text.strip_prefix("--") {
            let (name, inline) =
                flag.split_once('=').map_or((flag, None), |(name, value)| (name, Some(value)));
            let of_level = level.get_arguments().chain(command.get_arguments());
            let Some(arg) = of_level.into_iter().find(|arg| arg.get_long() == Some(name)) else { continue };
            let mut value = inline.map(str::to_owned);
            if value.is_none() && arg.get_action().takes_values() {
                let next = args.next();
                value = next.as_ref().map(|next| next.to_string_lossy().into_owned());
                next.into_iter().for_each(|next| meet(Step::Token(next)));
            }
            if let Some(setting) = setting_of(arg) {
                meet(Step::Flag(setting, value));
            }
        } else if let Some(verb) = level.find_subcommand(&text) {
            level = verb;
            meet(Step::Verb(level));
        }
    }
    args.for_each(|rest| meet(Step::Token(rest)));
}

#[cfg(test)]
mod tests;
