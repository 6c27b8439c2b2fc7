//! Which of flag, variable, file and default wins, and what is refused.

use std::sync::atomic::{AtomicU32, Ordering};

use clap::CommandFactory;
use clap::Parser;

use super::*;
use crate::config::{AdminSettings, Everywhere, ServeSettings};

#[derive(Parser)]
struct Planted {
    #[command(flatten)]
    everywhere: Everywhere,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    Serve(Box<ServeSettings>),
    Admin(Box<AdminSettings>),
}

struct Folder(PathBuf);

impl Folder {
    fn with(text: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("birgemiz-settings-{}-{number}", std::process::id()));
        std::fs::create_dir(&path).unwrap();
        std::fs::write(path.join("birgemiz.toml"), text).unwrap();
        std::fs::write(path.join("secret"), "postgres://u:hush@h/d\n").unwrap();
        Self(path)
    }

    /// Arranges and reads a command line that has this folder as its data folder.
    fn arrange(
        &self,
        args: &[&str],
        variables: &[(&str, &str)],
    ) -> Result<(ServeSettings, Arranged), String> {
        let data = self.0.to_str().unwrap();
        let mut all = vec!["birgemiz".into(), "serve".into(), "--data-dir".into(), data.into()];
        all.extend(args.iter().map(OsString::from));
        let variables =
            variables.iter().map(|(name, value)| ((*name).to_owned(), OsString::from(value))).collect();
        let arranged = arranged(&Planted::command(), all, &variables).map_err(|error| error.to_string())?;
        let read = Planted::try_parse_from(&arranged.args).map_err(|error| error.to_string())?;
        assert!(read.everywhere.config.is_none());
        match read.verb {
            Verb::Serve(settings) => Ok((*settings, arranged)),
            Verb::Admin(_) => panic!("that was not asked for"),
        }
    }

    fn origin(&self, key: &str, args: &[&str], variables: &[(&str, &str)]) -> String {
        let (_, arranged) = self.arrange(args, variables).unwrap();
        let found = arranged.settings.iter().find(|known| known.setting.key == key).unwrap();
        format!("{} from {}", found.shown(), found.origin).replace(self.0.to_str().unwrap(), "DATA")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

#[test]
fn the_flag_wins_over_the_variable_and_that_over_the_file_and_that_over_the_default() {
    let folder = Folder::with("workers = 5\nlisten = '127.0.0.1:7'");
    let value = |args: &[&str], variables: &[(&str, &str)]| {
        let (settings, arranged) = folder.arrange(args, variables).unwrap();
        let workers = arranged.settings.iter().find(|known| known.setting.key == "workers").unwrap();
        assert_eq!(workers.value.as_deref(), Some(settings.workers.to_string().as_str()));
        settings.workers
    };
    assert_eq!(value(&["--workers", "7"], &[]), 7);
    assert_eq!(value(&["--workers=7"], &[]), 7);
    assert_eq!(value(&[], &[]), 5);
    assert_eq!(folder.origin("workers", &["--workers", "7"], &[("BIRGEMIZ_WORKERS", "6")]), "7 from flag");
    assert_eq!(folder.origin("listen", &[], &[]), "127.0.0.1:7 from file DATA/birgemiz.toml");
    assert_eq!(folder.origin("pool_size", &[], &[]), "24 from default");
    let (_, arranged) = folder.arrange(&[], &[("BIRGEMIZ_WORKERS", "6")]).unwrap();
    assert!(!arranged.args.iter().any(|arg| arg.to_string_lossy().starts_with("--workers")));
    assert_eq!(
        folder.origin("workers", &[], &[("BIRGEMIZ_WORKERS", "6")]),
        "6 from variable BIRGEMIZ_WORKERS"
    );
}

#[test]
fn what_nobody_knows_is_refused_with_what_is_nearest_to_it() {
    let told = Folder::with("wokers = 5").arrange(&[], &[]).unwrap_err();
    assert!(told.contains("`wokers`") && told.contains("did you mean `workers`"), "{told}");
    let told = Folder::with("[serve]\nworkers = 5").arrange(&[], &[]).unwrap_err();
    assert!(told.contains("`serve`"), "{told}");
    let told = Folder::with("").arrange(&[], &[("BIRGEMIZ_POOLSIZE", "5")]).unwrap_err();
    assert!(told.contains("did you mean BIRGEMIZ_POOL_SIZE"), "{told}");
    Folder::with("").arrange(&[], &[("BIRGEMIZ_RACE", "full"), ("PATH", "/bin")]).unwrap();
}

#[test]
fn a_value_that_is_no_value_is_refused_wherever_it_stands() {
    assert!(Folder::with("workers = 0").arrange(&[], &[]).unwrap_err().contains("--workers"));
    assert!(Folder::with("workers = {a = 1}").arrange(&[], &[]).unwrap_err().contains("`workers` must be"));
    let told = Folder::with("workers = 1\ndatabase_url = 'hush").arrange(&[], &[]).unwrap_err();
    assert!(told.contains("line 2") && !told.contains("hush"), "{told}");
}

#[test]
fn a_secret_comes_from_a_file_of_its_own_and_is_never_shown() {
    let folder = Folder::with("");
    let secret = folder.0.join("secret");
    let variables = [("DATABASE_URL_FILE", secret.to_str().unwrap())];
    let (settings, _) = folder.arrange(&[], &variables).unwrap();
    assert_eq!(settings.database.database_url.as_deref(), Some("postgres://u:hush@h/d"));
    assert_eq!(folder.origin("database_url", &[], &variables), "(hidden) from file DATA/secret");
    let twice = [variables[0], ("DATABASE_URL", "postgres://u@h/d")];
    assert!(folder.arrange(&[], &twice).unwrap_err().contains("both DATABASE_URL and DATABASE_URL_FILE"));

    let by_key = Folder::with(&format!("database_url_file = '{}'", secret.display()));
    let (settings, _) = by_key.arrange(&[], &[]).unwrap();
    assert_eq!(settings.database.database_url.as_deref(), Some("postgres://u:hush@h/d"));
}

#[test]
fn a_secret_in_a_file_that_everybody_may_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::with("database_url = 'postgres://u:hush@h/d'");
    let file = folder.0.join("birgemiz.toml");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let told = folder.arrange(&[], &[]).unwrap_err();
    assert!(told.contains("chmod o-rwx") && !told.contains("hush"), "{told}");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
    folder.arrange(&[], &[]).unwrap();
}
