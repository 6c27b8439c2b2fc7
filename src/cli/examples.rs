//! What each verb's `--help` ends with: commands to copy.

pub(super) const FIRST: &str = "Examples:
  birgemiz serve                          serve on http://127.0.0.1:8080, with a Postgres of its own
  birgemiz doctor                         is everything well here, and if not, what puts it right
  birgemiz backup /srv/backups/today.bgz  save everything; then: birgemiz backup verify FILE
  birgemiz settings                       what every setting is, and where it comes from

Every setting is a flag, an environment variable and a key of birgemiz.toml: docs/settings.md lists them.";

pub(super) const SERVE: &str = "Examples:
  birgemiz serve
      on http://127.0.0.1:8080, with a private Postgres in the data folder
  birgemiz serve --listen 0.0.0.0:8080 --public-url https://help.example.org
      behind a proxy that ends TLS
  DATABASE_URL_FILE=/run/secrets/url birgemiz serve --secrets-dir /etc/birgemiz/secrets
      on a Postgres of yours, which must not have fsync or synchronous_commit off

SIGTERM stops it: not ready at once, calls under way finished within --stop-limit-s, exit code 1 if any was cut off.";

pub(super) const ADMIN: &str = "Examples:
  birgemiz admin create-organisation --name Akimat
  birgemiz admin create-campaign --help";

pub(super) const DOCTOR: &str = "Examples:
  birgemiz doctor
  birgemiz doctor --json
  birgemiz doctor --data-dir /var/lib/birgemiz   # while the server runs, too

Exit code 0 when all is well or only worth a look, 1 when something fails.";

pub(super) const SETTINGS: &str = "Examples:
  birgemiz settings
  birgemiz settings --json
  birgemiz settings --config /etc/birgemiz.toml";

pub(super) const COMPLETIONS: &str = "Examples:
  birgemiz completions bash > /etc/bash_completion.d/birgemiz
  birgemiz completions zsh > ~/.zfunc/_birgemiz
  birgemiz completions fish > ~/.config/fish/completions/birgemiz.fish";
