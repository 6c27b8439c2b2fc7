//! Spreadsheets that coordinators bring: told from bytes to judged rows, with a reason for each row
//! that cannot be taken. Knows the habits of the programs that write such files; reads no file.
//!
//! - *file*: bytes of CSV. - *record*: one row of cells, which may span lines. - *part*: some whole
//!   records of a file, dealt with together. - *fault*: why a row is not taken, by column.

mod columns;
mod date;
mod encoding;
mod fault;
mod formula;
mod grounds;
mod header;
mod household;
mod hub;
mod item;
mod kind;
mod number;
mod phone;
mod record;
mod request;
mod row;
mod seen;
mod split;
mod text;
mod volunteer;
mod word_list;

pub use columns::{Column, columns_of};
pub use date::{Day, Time};
pub use encoding::check as check_encoding;
pub use fault::{Fault, Reason, Unreadable};
pub use formula::neutralised;
pub use grounds::{Grounds, ServedArea};
pub use header::Header;
pub use household::SheetHousehold;
pub use hub::SheetHub;
pub use item::SheetItem;
pub use kind::{ImportStatus, SheetKind};
pub use phone::{Dialled, dialled};
pub use record::{Delimiter, MAX_RECORD, Scan, Whole, cells, scan};
pub use request::{SheetLine, SheetRequest};
pub use row::{Placed, Row, rows};
pub use seen::{NAME_DISTANCE_M, Seen, Twin};
pub use split::{Part, Splitter};
pub use text::name_key;
pub use volunteer::SheetVolunteer;
