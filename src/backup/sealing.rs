//! A stream that only a passphrase opens, in pieces, so that it may be longer than memory.
//!
//! Header: `BGZSEAL1`, argon2id's memory in KiB, passes and lanes (4 bytes each, big-endian), 16 bytes of
//! salt. Then pieces of 64 KiB, the last one shorter, each AES-256-GCM under the key that argon2id makes of
//! passphrase and salt. The nonce is the piece's number (11 bytes, big-endian) and one byte that is 1 for
//! the last piece alone: so nothing can be cut off, put in or moved (the STREAM construction: Hoang,
//! Reyhanitabar, Rogaway, Vizár, "Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance",
//! CRYPTO 2015). The header and the part's name are authenticated with every piece. A salt is never used
//! twice, and so no nonce is.

use std::fmt;
use std::io::{self, Read, Write};

use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

use super::BackupError;
use crate::clock;

const MAGIC: &[u8; 8] = b"BGZSEAL1";
const HEADER: usize = 8 + 12 + SALT;
const SALT: usize = 16;
const PIECE: usize = 64 * 1024;
const TAG: usize = 16;

/// RFC 9106, section 4, second recommendation: 64 MiB, three passes, four lanes.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 4;

/// A header from elsewhere may not ask for more than this.
const MOST_MEMORY_KIB: u32 = 1024 * 1024;
const MOST_PASSES: u32 = 64;

/// A backup can be tried offline, for years: longer than a password.
const SHORTEST: usize = 16;

/// What opens a backup. Prints nothing.
#[derive(Clone)]
pub struct Passphrase(String);

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase")
    }
}

impl Passphrase {
    /// Takes one that is long enough.
    ///
    /// # Errors
    /// When it is too short.
    pub fn new(text: String) -> Result<Self, BackupError> {
        if text.chars().count() < SHORTEST {
            return Err(BackupError::ShortPassphrase(SHORTEST));
        }
        Ok(Self(text))
    }

    fn key(&self, header: &[u8; HEADER]) -> Result<LessSafeKey, BackupError> {
        let number = |at: usize| {
            let bytes = header.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
            bytes.map(u32::from_be_bytes).ok_or(BackupError::NoKey)
        };
        let (memory, passes, lanes) = (number(8)?, number(12)?, number(16)?);
        if memory > MOST_MEMORY_KIB || passes > MOST_PASSES {
            return Err(BackupError::NoKey);
        }
        let params = Params::new(memory, passes, lanes, Some(32)).map_err(|_| BackupError::NoKey)?;
        let salt = header.get(HEADER - SALT..).ok_or(BackupError::NoKey)?;
        let mut key = [0; 32];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(self.0.as_bytes(), salt, &mut key)
            .map_err(|_| BackupError::NoKey)?;
        UnboundKey::new(&AES_256_GCM, &key).map(LessSafeKey::new).map_err(|_| BackupError::NoKey)
    }
}

/// What both directions share.
struct Pieces {
    key: LessSafeKey,
    /// Authenticated with each piece.
    context: Vec<u8>,
    number: u64,
}

impl Pieces {
    fn new(passphrase: &Passphrase, header: &[u8; HEADER], name: &str) -> Result<Self, BackupError> {
        let context = [header.as_slice(), name.as_bytes()].concat();
        Ok(Self { key: passphrase.key(header)?, context, number: 0 })
    }

    fn next(&mut self, last: Last) -> Nonce {
        let mut nonce = [0; 12];
        for (to, from) in nonce.iter_mut().skip(3).zip(self.number.to_be_bytes()) {
            *to = from;
        }
        if let (Last::Yes, Some(byte)) = (last, nonce.last_mut()) {
            *byte = 1;
        }
        self.number += 1;
        Nonce::assume_unique_for_key(nonce)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    Yes,
    No,
}

/// Seals whatever is written to it. Without [`Self::finish`] nothing can ever be opened.
pub(super) struct Sealer<W> {
    into: W,
    pieces: Pieces,
    waiting: Vec<u8>,
}

impl<W: Write> Sealer<W> {
    pub(super) fn new(mut into: W, passphrase: &Passphrase, name: &str) -> Result<Self, BackupError> {
        let salt = clock::random::<SALT>().map_err(|_| BackupError::NoKey)?;
        let numbers = [MEMORY_KIB, PASSES, LANES].map(u32::to_be_bytes).concat();
        let whole = [MAGIC.as_slice(), &numbers, &salt].concat();
        let header: [u8; HEADER] = whole.try_into().map_err(|_| BackupError::NoKey)?;
        into.write_all(&header).map_err(|error| BackupError::Stream("sealing", error))?;
        Ok(Self { into, pieces: Pieces::new(passphrase, &header, name)?, waiting: Vec::new() })
    }

    pub(super) fn finish(mut self) -> Result<(), BackupError> {
        let rest = std::mem::take(&mut self.waiting);
        self.seal(rest, Last::Yes)
            .and_then(|()| self.into.flush())
            .map_err(|error| BackupError::Stream("sealing", error))
    }

    fn seal(&mut self, mut piece: Vec<u8>, last: Last) -> io::Result<()> {
        let nonce = self.pieces.next(last);
        self.pieces
            .key
            .seal_in_place_append_tag(nonce, Aad::from(&self.pieces.context), &mut piece)
            .map_err(|_| io::Error::other("a piece could not be sealed"))?;
        self.into.write_all(&piece)
    }
}

impl<W: Write> Write for Sealer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.waiting.extend_from_slice(bytes);
        // A piece goes only when more follows it: the last one must know that it is.
        while self.waiting.len() > PIECE {
            let rest = self.waiting.split_off(PIECE);
            let piece = std::mem::replace(&mut self.waiting, rest);
            self.seal(piece, Last::No)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Opens what was sealed. An end of the stream means that it was the true end.
pub(super) struct Opener<R> {
    from: R,
    pieces: Pieces,
    /// Sealed bytes that were read ahead, to know whether a piece is the last.
    ahead: Vec<u8>,
    open: io::Cursor<Vec<u8>>,
    is_over: bool,
}

impl<R: Read> Opener<R> {
    pub(super) fn new(mut from: R, passphrase: &Passphrase, name: &str) -> Result<Self, BackupError> {
        let mut header = [0; HEADER];
        from.read_exact(&mut header).map_err(|error| BackupError::Stream("opening", error))?;
        if !header.starts_with(MAGIC) {
            return Err(BackupError::Stream("opening", io::Error::other("it was not sealed by Birgemiz")));
        }
        let pieces = Pieces::new(passphrase, &header, name)?;
        Ok(Self { from, pieces, ahead: Vec::new(), open: io::Cursor::default(), is_over: false })
    }

    fn next_piece(&mut self) -> io::Result<()> {
        let wanted = PIECE + TAG + 1;
        let missing = u64::try_from(wanted - self.ahead.len()).unwrap_or(u64::MAX);
        (&mut self.from).take(missing).read_to_end(&mut self.ahead)?;
        let last = if self.ahead.len() < wanted { Last::Yes } else { Last::No };
        let rest = match last {
            Last::Yes => Vec::new(),
            Last::No => self.ahead.split_off(PIECE + TAG),
        };
        let mut piece = std::mem::replace(&mut self.ahead, rest);
        let nonce = self.pieces.next(last);
        let length = self
            .pieces
            .key
            .open_in_place(nonce, Aad::from(&self.pieces.context), &mut piece)
            .map_err(|_| io::Error::other("the passphrase is another one, or the backup is damaged"))?
            .len();
        piece.truncate(length);
        self.open = io::Cursor::new(piece);
        self.is_over = last == Last::Yes;
        Ok(())
    }
}

impl<R: Read> Read for Opener<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.open.read(into)?;
            if read > 0 || into.is_empty() || self.is_over {
                return Ok(read);
            }
            self.next_piece()?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passphrase(text: &str) -> Passphrase {
        Passphrase::new(text.to_owned()).unwrap()
    }

    fn sealed(bytes: &[u8]) -> Vec<u8> {
        let mut into = Vec::new();
        let mut sealer = Sealer::new(&mut into, &passphrase("correct horse battery"), "database").unwrap();
        for some in bytes.chunks(10_007) {
            sealer.write_all(some).unwrap();
        }
        sealer.finish().unwrap();
        into
    }

    fn opened(sealed: &[u8], text: &str, name: &str) -> Result<Vec<u8>, String> {
        let mut opener = Opener::new(sealed, &passphrase(text), name).map_err(|error| error.to_string())?;
        let mut bytes = Vec::new();
        opener.read_to_end(&mut bytes).map_err(|error| error.to_string())?;
        Ok(bytes)
    }

    #[test]
    fn what_was_sealed_is_opened_whatever_its_length() {
        for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 200_000] {
            let bytes: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
            let sealed = sealed(&bytes);
            assert_eq!(opened(&sealed, "correct horse battery", "database"), Ok(bytes), "{length}");
        }
    }

    #[test]
    fn nothing_is_opened_that_was_changed_cut_moved_or_is_somebody_elses() {
        let whole = sealed(&vec![7; 3 * PIECE]);
        let good = |bytes: &[u8]| opened(bytes, "correct horse battery", "database");
        assert!(good(&whole).is_ok());
        assert!(opened(&whole, "correct horse battery!", "database").is_err());
        assert!(opened(&whole, "correct horse battery", "secrets").is_err());
        let cut = &whole[..HEADER + 2 * (PIECE + TAG)];
        assert!(good(cut).is_err(), "cut between two pieces");
        let mut changed = whole.clone();
        changed[HEADER + PIECE] ^= 1;
        assert!(good(&changed).is_err());
        let mut moved = whole.clone();
        moved[HEADER..HEADER + 2 * (PIECE + TAG)].rotate_left(PIECE + TAG);
        assert!(good(&moved).is_err());
        let mut salted = whole;
        salted[HEADER - 1] ^= 1;
        assert!(good(&salted).is_err());
    }

    #[test]
    fn a_passphrase_that_is_guessed_easily_is_refused() {
        assert!(matches!(Passphrase::new("hunter2".to_owned()), Err(BackupError::ShortPassphrase(_))));
    }
}
