//! Organisations' keys, found and made. Each is made in a transaction of its own, which has committed before anybody
//! is handed the key: what a key has sealed that is then not there is lost for ever.

use std::sync::Arc;

use tokio::sync::Mutex;
use tokio_postgres::Client;
use uuid::Uuid;

use super::database::ActingRole;
use super::{Database, StorageError, Unit};
use crate::vault::{Bound, Key, MasterId, NoMasterId, OrganisationKeys, Purpose, Vault, Wrapped};

/// Held, shared, by whoever wraps a new key, and alone by whoever changes which master key wraps: "masters" in ASCII.
pub(in crate::storage) const MASTER_LOCK: i64 = 0x6d_6173_7465_7273;

const SESSION: &str = "SET statement_timeout = '5s'; SET application_name = 'birgemiz keys';";

const FIND: &str =
    "SELECT purpose, version, master_id, wrapped FROM organisation_keys WHERE organisation_id = $1";

/// Of two processes that make an organisation's first keys at once, both end with what the first has made.
const INSERT: &str = "INSERT INTO organisation_keys (organisation_id, purpose, version, master_id, wrapped) \
    VALUES ($1, $2, 1, $3, $4) ON CONFLICT DO NOTHING";

/// The vault of a database, and one at a time who reads keys into it.
pub(super) struct Keyring {
    vault: Arc<Vault>,
    reading: Mutex<()>,
}

/// An organisation's key as its row tells it.
#[derive(Debug, Clone)]
pub struct WrappedKey {
    /// Whose it is.
    pub organisation: Uuid,
    /// For what.
    pub purpose: Purpose,
    /// Which version.
    pub version: i32,
    /// By which master key it is wrapped.
    pub master: MasterId,
    /// The key, sealed.
    pub bytes: Vec<u8>,
}

impl WrappedKey {
    /// Opens it.
    ///
    /// # Errors
    /// When its master key is missing, or it was changed.
    pub fn open(&self, vault: &Vault) -> Result<Key, StorageError> {
        let Self { organisation, purpose, version, master, bytes } = self;
        let bound = Bound::organisation_key(*organisation, *purpose, *version, master);
        Ok(vault.masters().find(master)?.unwrapped(&bound, bytes)?)
    }

    pub(in crate::storage) fn read(
        organisation: Uuid,
        (purpose, version, master, bytes): (&str, i32, &str, Vec<u8>),
    ) -> Result<Self, StorageError> {
        let unknown = || StorageError::Impossible("a key of an unknown purpose".to_owned());
        let purpose = Purpose::ALL.into_iter().find(|known| known.as_str() == purpose).ok_or_else(unknown)?;
        let master =
            master.parse().map_err(|_| StorageError::Impossible("a master key's name".to_owned()))?;
        Ok(Self { organisation, purpose, version, master, bytes })
    }
}

impl Database {
    /// The same database, whose private data this vault seals and opens.
    #[must_use]
    pub fn sealed_by(mut self, vault: Arc<Vault>) -> Self {
        self.keyring = Some(Arc::new(Keyring { vault, reading: Mutex::default() }));
        self
    }

    /// The master keys that wrap something in this database.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn masters_in_use(&self) -> Result<Vec<MasterId>, StorageError> {
        let client = self.client_for_keys().await?;
        let rows = client.query("SELECT DISTINCT master_id FROM organisation_keys ORDER BY 1", &[]).await;
        let of =
            |row: &tokio_postgres::Row| row.try_get::<_, String>(0).map_err(lost)?.parse().map_err(unnamed);
        rows.map_err(lost)?.iter().map(of).collect()
    }

    /// An organisation's keys; made if it has none yet.
    ///
    /// # Errors
    /// When the database fails, or a master key is missing.
    pub async fn keys_of(&self, organisation: Uuid) -> Result<Arc<OrganisationKeys>, StorageError> {
        let keyring = self.keyring()?;
        if let Some(keys) = keyring.vault.opened(organisation) {
            return Ok(keys);
        }
        // Whoever waited finds what the one before has read.
        let _turn = keyring.reading.lock().await;
        if let Some(keys) = keyring.vault.opened(organisation) {
            return Ok(keys);
        }
        let mut client = self.client_for_keys().await?;
        if let Some(keys) = find(&client, &keyring.vault, organisation).await? {
            return Ok(keyring.vault.keep(keys));
        }
        make(&mut client, &keyring.vault, organisation).await?;
        // Read again, now that it is there for good: another process may have been faster.
        let keys = find(&client, &keyring.vault, organisation).await?;
        let keys = keys.ok_or_else(|| StorageError::Impossible("an organisation without keys".to_owned()))?;
        Ok(keyring.vault.keep(keys))
    }

    /// The keys of an organisation, this version of the one for data among them: another process may have made it.
    ///
    /// # Errors
    /// When the database fails, or nobody has made that version.
    pub async fn keys_with(
        &self,
        organisation: Uuid,
        version: i32,
    ) -> Result<Arc<OrganisationKeys>, StorageError> {
        let keys = self.keys_of(organisation).await?;
        if keys.knows(version) {
            return Ok(keys);
        }
        let keyring = self.keyring()?;
        let _turn = keyring.reading.lock().await;
        let found = find(&self.client_for_keys().await?, &keyring.vault, organisation).await?;
        let keys =
            found.ok_or_else(|| StorageError::Impossible("an organisation without keys".to_owned()))?;
        Ok(keyring.vault.keep(keys))
    }

    fn keyring(&self) -> Result<&Keyring, StorageError> {
        let closed = || StorageError::Impossible("a database whose vault is closed".to_owned());
        self.keyring.as_deref().ok_or_else(closed)
    }

    /// A connection of its own in the service's own role: whoever asks holds a connection already, and one of a pool's
    /// might be the last.
    async fn client_for_keys(&self) -> Result<Client, StorageError> {
        let (client, connection) = self.own_client(ActingRole::System).await?;
        tokio::spawn(async move {
            // Whoever asks hears of it too. It ends with the client.
            let _ = connection.await;
        });
        let session = format!("{SESSION} {}", ActingRole::System.step_down());
        client.batch_execute(&session).await.map_err(lost)?;
        Ok(client)
    }
}

impl Unit<'_> {
    /// An organisation's keys.
    pub(in crate::storage) async fn keys_of(
        &self,
        organisation: Uuid,
    ) -> Result<Arc<OrganisationKeys>, StorageError> {
        self.database.keys_of(organisation).await
    }

    /// A household's data key, open.
    pub(in crate::storage) async fn data_key(
        &self,
        (organisation, household): (Uuid, Uuid),
        wrapped: &Wrapped,
    ) -> Result<Key, StorageError> {
        let keys = self.database.keys_with(organisation, wrapped.version).await?;
        Ok(keys.data_key(household, wrapped)?)
    }
}

async fn find(
    client: &Client,
    vault: &Vault,
    organisation: Uuid,
) -> Result<Option<OrganisationKeys>, StorageError> {
    let mut keys = Vec::new();
    for row in client.query(FIND, &[&organisation]).await.map_err(lost)? {
        let told = (
            row.try_get(0).map_err(lost)?,
            row.try_get(1).map_err(lost)?,
            row.try_get(2).map_err(lost)?,
            row.try_get(3).map_err(lost)?,
        );
        let wrapped = WrappedKey::read(organisation, told)?;
        keys.push((wrapped.purpose, wrapped.version, wrapped.open(vault)?));
    }
    Ok(OrganisationKeys::of(organisation, keys))
}

/// Makes an organisation's first keys, and returns when they are there for good.
async fn make(client: &mut Client, vault: &Vault, organisation: Uuid) -> Result<(), StorageError> {
    let transaction = client.transaction().await.map_err(lost)?;
    // Which master key wraps is asked under the lock: nobody drops it meanwhile.
    transaction.execute("SELECT pg_advisory_xact_lock_shared($1)", &[&MASTER_LOCK]).await.map_err(lost)?;
    let (id, master) = vault.masters().current()?;
    for purpose in Purpose::ALL {
        let bound = Bound::organisation_key(organisation, purpose, 1, &id);
        let wrapped = master.wrap(&bound, &Key::make()?)?;
        let (purpose, master) = (purpose.as_str(), id.to_string());
        transaction.execute(INSERT, &[&organisation, &purpose, &master, &wrapped]).await.map_err(lost)?;
    }
    transaction.commit().await.map_err(lost)
}

/// Only the fact and its code are kept: the client's own words may quote values.
fn lost(error: tokio_postgres::Error) -> StorageError {
    error.code().map_or_else(
        || StorageError::NoConnection("the connection for keys was lost".to_owned()),
        |code| match code.code() {
            // A lock or a statement that took too long: somebody changes which master key wraps.
            "57014" | "55P03" => StorageError::NoConnection("the master keys are being changed".to_owned()),
            code => StorageError::Database(format!("keys could not be read or made: {code}")),
        },
    )
}

fn unnamed(_: NoMasterId) -> StorageError {
    StorageError::Impossible("a master key's name".to_owned())
}
