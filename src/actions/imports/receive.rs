//! A file arrives in pieces and is kept in parts, whatever its length: no more than one part is held.

use std::sync::Arc;

use aws_lc_rs::digest;
use domain::id::{ImportId, OrganisationId};
use domain::refusal::Code;
use domain::sheet::{ImportStatus, Part, SheetKind, Splitter, Unreadable};

use super::permit::{BeginImport, Begun};
use crate::actions::{Action, Answer, Call, Refusal, meaning, perform, perform_as_system, perform_for};
use crate::app::App;
use crate::storage::tables::import_parts;
use crate::storage::tables::imports::{self, ImportRow};
use crate::storage::{StorageError, Unit};

/// The most rows that a file may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// So many.
    Rows(u64),
    /// As many as there are: for who has the machine to themselves.
    None,
}

/// A file that is arriving.
pub struct Receiving {
    app: App,
    begun: Begun,
    splitter: Splitter,
    digest: digest::Context,
    limit: Limit,
    rows: u64,
}

impl Receiving {
    /// Begins to receive.
    ///
    /// # Errors
    /// When the caller may not import this.
    pub async fn begin(app: &App, call: &Call, begin: BeginImport, limit: Limit) -> Result<Self, Refusal> {
        let kind = begin.kind;
        let begun = perform_for(app, call, begin).await?;
        Ok(Self {
            app: app.clone(),
            begun,
            splitter: Splitter::new(kind),
            digest: digest::Context::new(&digest::SHA256),
            limit,
            rows: 0,
        })
    }

    /// Takes the next bytes. After a refusal, call [`Self::discard`].
    ///
    /// # Errors
    /// When the file cannot be read, or is too long.
    pub async fn feed(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.digest.update(bytes);
        for part in self.splitter.feed(bytes).map_err(unreadable)? {
            self.keep(part).await?;
        }
        Ok(())
    }

    /// The file is whole: from now on it is worked on. `call` makes the caller's call from the digest of the
    /// file. The same file brought before is answered with what became of it then.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn finish(
        mut self,
        call: impl FnOnce(Vec<u8>) -> Result<Call, Refusal>,
        render: impl Fn(&ImportRow) -> Answer + Send + Sync + 'static,
    ) -> Result<Answer, Refusal> {
        let (app, import) = (self.app.clone(), self.begun.id);
        let kind = self.splitter.kind();
        let splitter = std::mem::replace(&mut self.splitter, Splitter::new(kind));
        let (header, parts) = match splitter.finish() {
            Ok(rest) => rest,
            Err(error) => {
                self.discard().await;
                return Err(unreadable(error));
            }
        };
        for part in parts {
            if let Err(refusal) = self.keep(part).await {
                self.discard().await;
                return Err(refusal);
            }
        }
        let file = self.digest.finish().as_ref().to_vec();
        let finish = FinishImport { import, header: header.into(), file: file.clone().into() };
        let answer = perform(&app, call(file)?, finish, render).await;
        if answer.as_ref().map_or(true, |answer| answer.replayed) {
            discard(&app, import).await;
        }
        answer
    }

    /// Forgets what arrived.
    pub async fn discard(&self) {
        discard(&self.app, self.begun.id).await;
    }

    async fn keep(&mut self, part: Part) -> Result<(), Refusal> {
        self.rows += u64::try_from(part.rows).unwrap_or(u64::MAX);
        if let Limit::Rows(most) = self.limit
            && self.rows > most
        {
            let detail = format!("at most {most} rows; cut the file, or import it by the command line");
            return Err(Refusal::because(Code::BodyTooLarge, detail));
        }
        let keep =
            KeepPart { import: self.begun.id, organisation: self.begun.organisation, part: Arc::new(part) };
        perform_as_system(&self.app, keep).await
    }
}

async fn discard(app: &App, import: ImportId) {
    // What stays behind is found as stalled later.
    if let Err(refusal) = perform_as_system(app, DiscardImport { import }).await {
        tracing::warn!(code = %refusal.code, cause = ?refusal.cause, "a file that came to nothing stays for now");
    }
}

fn unreadable(error: Unreadable) -> Refusal {
    Refusal::because(Code::UnreadableFile, error.to_string())
}

/// Keep a part of a file.
#[derive(Clone)]
struct KeepPart {
    import: ImportId,
    organisation: OrganisationId,
    part: Arc<Part>,
}

impl Action for KeepPart {
    type Done = ();

    async fn run(self, unit: &mut Unit<'_>) -> Result<(), Refusal> {
        let kept = import_parts::insert(unit, (self.organisation, self.import), &self.part).await?;
        if kept {
            Ok(())
        } else {
            Err(Refusal::because(Code::WrongState, "the file came too slowly; send it again"))
        }
    }
}

/// Forget a file that comes to nothing.
#[derive(Clone)]
pub(super) struct DiscardImport {
    pub(super) import: ImportId,
}

impl Action for DiscardImport {
    type Done = ();

    async fn run(self, unit: &mut Unit<'_>) -> Result<(), Refusal> {
        if let Some(row) = imports::find(unit, self.import).await?
            && row.status()? == ImportStatus::Receiving
        {
            import_parts::discard(unit, self.import).await?;
        }
        Ok(())
    }
}

/// Begin to work on a file that is whole.
#[derive(Clone)]
struct FinishImport {
    import: ImportId,
    header: Arc<[u8]>,
    file: Arc<[u8]>,
}

impl Action for FinishImport {
    type Done = ImportRow;

    async fn run(self, unit: &mut Unit<'_>) -> Result<ImportRow, Refusal> {
        let row = imports::find(unit, self.import).await?.ok_or_else(Refusal::not_found)?;
        let fingerprint = fingerprint(&row, &self.file);
        if !row.dry_run
            && let Some(earlier) =
                imports::find_by_fingerprint(unit, row.organisation(), &fingerprint).await?
        {
            import_parts::discard(unit, self.import).await?;
            return Ok(earlier);
        }
        let to = first_status(row.kind()?, row.dry_run);
        let arrived = imports::arrived(unit, self.import, (&self.header, &fingerprint), to).await;
        arrived
            .map_err(meaning("imports_fingerprint_unique", || StorageError::Repeat.into()))?
            .ok_or_else(|| Refusal::because(Code::WrongState, "the file came too slowly; send it again"))
    }
}

/// Where households live is drawn by how many live there, so all are judged before one is taken in. The
/// others are judged as they are taken in, unless that is all that was asked for.
const fn first_status(kind: SheetKind, dry_run: bool) -> ImportStatus {
    match kind {
        SheetKind::Households => ImportStatus::Checking,
        SheetKind::Volunteers | SheetKind::Requests | SheetKind::Hubs | SheetKind::Items => {
            if dry_run {
                ImportStatus::Checking
            } else {
                ImportStatus::Writing
            }
        }
    }
}

/// SHA-256 of the file and of what was asked to do with it.
fn fingerprint(row: &ImportRow, file: &[u8]) -> Vec<u8> {
    let asked = format!("{}\n{:?}\n{:?}\n{}\n", row.kind, row.area_id, row.campaign_id, row.verified);
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(asked.as_bytes());
    context.update(file);
    context.finish().as_ref().to_vec()
}
