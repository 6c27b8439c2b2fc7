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

pub(super) const DEMO: &str = "Examples:
  birgemiz demo               a city of 600 households whose volunteers deliver what you file
  birgemiz demo --still       the same city, and nobody moves
  birgemiz demo --reset --seed 7

It listens on loopback only, keeps a database of its own, and writes its logins to demo.json.";

pub(super) const IMPORT: &str = "Examples:
  birgemiz import households --template > households.csv     then --columns: what each column means
  birgemiz import households households.csv --organisation org_... --dry-run
  birgemiz import areas districts.geojson --campaign cmp_... --time-zone Asia/Almaty

Good rows go in; every other is told in FILE.report.csv. The same command again goes on where it stopped.";

pub(super) const DOCTOR: &str = "Examples:
  birgemiz doctor
  birgemiz doctor --json
  birgemiz doctor --data-dir /var/lib/birgemiz   # while the server runs, too

Exit code 0 when all is well or only worth a look, 1 when something fails.";

pub(super) const AUDIT: &str = "Examples:
  birgemiz audit verify        was anything changed since it was sealed?
  birgemiz audit who-read --household hh_... --since 2026-11-01
  birgemiz audit heads         what to keep elsewhere, so that nobody can write the past anew

It looks at the database as its owner and changes nothing. docs/audit.md tells what is sealed, and how.";

pub(super) const AUDIT_VERIFY: &str = "Examples:
  birgemiz audit verify
  birgemiz audit verify --organisation org_... --json
  birgemiz audit verify --heads heads-2026-11-22.jsonl --jwks jwks.json
      also finds a chain that was cut off or written anew since those heads were kept";

pub(super) const AUDIT_HEADS: &str = "Examples:
  birgemiz audit heads > /media/stick/heads.jsonl
  birgemiz audit heads --write heads-2026-11-22.jsonl

The server writes them once a day into its audit_folder; copy them from there to where nobody reaches the database.";

pub(super) const AUDIT_WHO_READ: &str = "Examples:
  birgemiz audit who-read --household hh_... --since 2026-11-01
  birgemiz audit who-read --household hh_... --since 2026-11-23T08:00:00+05:00 --until 2026-11-24 --json";

pub(super) const AUDIT_READINGS: &str = "Examples:
  birgemiz audit readings --since 2026-11-20 --until 2026-11-23 > readings.txt
  birgemiz audit readings --since 2026-11-20 --organisation org_... --json";

pub(super) const BACKUP: &str = "Examples:
  birgemiz backup --backup-passphrase-file /etc/birgemiz/passphrase /srv/backups/2026-11-22.bgz
      while the service runs; the file is as of one moment
  birgemiz backup verify --backup-passphrase-file /etc/birgemiz/passphrase /srv/backups/2026-11-22.bgz
      brings it back into a Postgres made for the purpose; only then does it count

Keep the passphrase where the backups are not. Photos are rows of the database. docs/backup.md tells the format.";

pub(super) const VERIFY: &str = "Examples:
  birgemiz backup verify --backup-passphrase-file /etc/birgemiz/passphrase /srv/backups/2026-11-22.bgz
  birgemiz backup verify --scratch-dir /srv/scratch FILE    where there is room for the whole database

FILE.verified.json is written beside a backup that counts.";

pub(super) const RESTORE: &str = "Examples:
  birgemiz restore --backup-passphrase-file passphrase /srv/backups/2026-11-22.bgz
      into an empty data folder, or into the empty database of DATABASE_URL
  birgemiz restore --replace FILE        lose the database that is there
  birgemiz restore --secrets-only FILE   bring back the secrets alone

Stop the service first, and run it as the user who runs the service. Then: birgemiz doctor";

pub(super) const KEYS: &str = "Examples:
  birgemiz keys rotate                in ten minutes a new key signs; nobody notices
  birgemiz keys rotate --at-once      somebody has the key: what it signed is refused, people renew
  birgemiz keys list

Servers that run take the change up by themselves, within seconds. Then save the secrets: birgemiz backup";

pub(super) const SETTINGS: &str = "Examples:
  birgemiz settings
  birgemiz settings --json
  birgemiz settings --config /etc/birgemiz.toml";

pub(super) const COMPLETIONS: &str = "Examples:
  birgemiz completions bash > /etc/bash_completion.d/birgemiz
  birgemiz completions zsh > ~/.zfunc/_birgemiz
  birgemiz completions fish > ~/.config/fish/completions/birgemiz.fish";

pub(super) const SANDBOX: &str = "Examples:
  birgemiz sandbox create --name 'Hotline 1414' > sandbox.json
      while the server runs, too; its partner app's secret is in the file and nowhere else

Nobody in it is real, and nothing in it reaches anybody who is. docs/sandbox.md tells how to use it.";

pub(super) const MASTER_KEYS: &str = "Examples:
  birgemiz master-keys rotate            while servers run: a new master key wraps all organisations' keys
  birgemiz master-keys rotate-data       another version of every organisation's key for data
  birgemiz master-keys verify            does every key open, and by which master keys
  birgemiz master-keys drop 0123456789abcdef
      refused while it is needed; backups from before the rotation hold it themselves

Losing the master key loses every name. docs/private-data.md tells what is sealed and how to keep the keys.";

pub(super) const WEBHOOK: &str = "Examples:
  birgemiz webhook listen --port 8090 --secret whsec_...
      receives, verifies and prints; serve with --webhook-allow-loopback to send here

The secret is in the answer of POST /v1/webhook-endpoints, once. docs/webhooks.md tells how to receive for real.";

pub(super) const REPLAY: &str = "Examples:
  birgemiz replay --from 2026-11-01 --to 2026-12-01 --policy policy.json
      while the server runs, too; changes nothing
  birgemiz replay --from 2026-11-23T08:00:00+05:00 --to 2026-11-24 --policy policy.json --json

Each decision is made again from what it saw, by the policy that made it and by the other: docs/dispatch.md.";

pub(super) const SIMULATE: &str = "Examples:
  birgemiz simulate examples/scenarios/many-volunteers.toml
  birgemiz simulate examples/scenarios/few-volunteers.toml --volunteers-percent 150 --only-waves
      are half as many volunteers again enough?
  birgemiz simulate CITY.toml --policy policy.json --svg compared.svg

It asks nobody and needs no database. What comes out is simulation: the city's file says what was assumed.";
