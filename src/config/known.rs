//! Every setting there is, read off the command line's own description: so that the file's keys, the
//! variables and the page of settings can never tell of another set than the flags do.

use std::collections::BTreeMap;

use clap::{Arg, ArgAction, Command};

/// One setting: a flag, an environment variable and a key of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Its key in the file: the flag with underscores.
    pub key: String,
    /// Its flag, without the hyphens before it.
    pub flag: String,
    /// Its environment variable.
    pub variable: String,
    /// What it is when nobody says otherwise.
    pub default: Option<String>,
    /// What it does.
    pub help: String,
    /// Whether its value is never shown, and may come from a file of its own.
    pub is_secret: bool,
    /// Whether it is only there or not.
    pub is_switch: bool,
    /// The verbs that take it; none when all do.
    pub verbs: Vec<String>,
}

impl Setting {
    /// The variable that names a file with its value.
    #[must_use]
    pub fn file_variable(&self) -> Option<String> {
        self.is_secret.then(|| format!("{}_FILE", self.variable))
    }

    /// The key that names a file with its value.
    #[must_use]
    pub fn file_key(&self) -> Option<String> {
        self.is_secret.then(|| format!("{}_file", self.key))
    }
}

/// Every setting of the command and its verbs, by key.
#[must_use]
pub fn settings(command: &Command) -> Vec<Setting> {
    let mut found = BTreeMap::new();
    collect(command, &[], &mut found);
    found.into_values().collect()
}

/// The setting that an argument is, when it is one: what has a variable has a key.
pub(super) fn setting_of(arg: &Arg) -> Option<Setting> {
    let (flag, variable) = (arg.get_long()?, arg.get_env()?.to_str()?);
    let defaults: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    let help = arg.get_long_help().or_else(|| arg.get_help());
    Some(Setting {
        key: flag.replace('-', "_"),
        flag: flag.to_owned(),
        variable: variable.to_owned(),
        default: (!defaults.is_empty()).then(|| defaults.join(",")),
        help: help.map(ToString::to_string).unwrap_or_default(),
        is_secret: arg.is_hide_env_values_set(),
        is_switch: matches!(arg.get_action(), ArgAction::SetTrue | ArgAction::SetFalse),
        verbs: Vec::new(),
    })
}

fn collect(command: &Command, verb: &[&str], found: &mut BTreeMap<String, Setting>) {
    for setting in command.get_arguments().filter_map(setting_of) {
        let known = found.entry(setting.key.clone()).or_insert(setting);
        if !verb.is_empty() {
            known.verbs.push(verb.join(" "));
        }
    }
    for sub in command.get_subcommands() {
        let path: Vec<&str> = verb.iter().copied().chain([sub.get_name()]).collect();
        collect(sub, &path, found);
    }
}

/// The word of a list that is most like another one.
pub(super) fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> &'k str {
    known
        .min_by_key(|candidate| strsim::damerau_levenshtein(&word.to_lowercase(), &candidate.to_lowercase()))
        .unwrap_or_default()
}
