//! Tables that leave us as CSV: with the mark by which spreadsheets know UTF-8, and no cell that they would
//! run as a formula.

use domain::sheet::{SheetKind, columns_of, neutralised};

/// By this spreadsheets know that a file is UTF-8.
pub const MARK: &str = "\u{feff}";

/// Rows of a table, as they go out.
#[derive(Debug, Default)]
pub struct Table {
    bytes: Vec<u8>,
}

impl Table {
    /// A table that begins with the names of its columns.
    #[must_use]
    pub fn with_header(names: &[&str]) -> Self {
        let mut table = Self { bytes: MARK.as_bytes().to_vec() };
        table.add(names);
        table
    }

    /// Adds a row.
    pub fn add<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) {
        let mut writer =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(&mut self.bytes);
        let safe: Vec<String> = cells.into_iter().map(|cell| safe(cell.as_ref())).collect();
        // Writing into memory cannot fail.
        let _ = writer.write_record(&safe).and_then(|()| Ok(writer.flush()?));
    }

    /// What goes out.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// A negative number is no formula; a telephone is none either, but would lose its plus.
fn safe(cell: &str) -> String {
    let number = cell.starts_with('-') && cell.parse::<f64>().is_ok();
    // A line break alone would be a row's end to some readers.
    if number { cell.to_owned() } else { neutralised(cell).replace('\0', "") }
}

/// A file of this kind to begin with: its columns, and one row of nobody's.
#[must_use]
pub fn template(kind: SheetKind) -> Vec<u8> {
    let columns = columns_of(kind);
    let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
    let mut table = Table::with_header(&names);
    table.add(columns.iter().map(|column| column.example));
    table.into_bytes()
}

/// What the columns of this kind of file mean.
#[must_use]
pub fn column_guide(kind: SheetKind) -> String {
    let widest = columns_of(kind).iter().map(|column| column.name.len()).max().unwrap_or_default();
    let line = |column: &domain::sheet::Column| {
        let must = if column.required { "required" } else { "        " };
        format!("{:widest$}  {must}  {}\n", column.name, column.meaning)
    };
    columns_of(kind).iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(table: Table) -> String {
        String::from_utf8(table.into_bytes()).unwrap()
    }

    #[test]
    fn no_cell_leaves_as_a_formula() {
        let mut table = Table::with_header(&["a"]);
        table.add(["=1+1", "+77010000001", "-cmd", "@x", "\tx", "plain", "-12.5", "a,\"b\""]);
        assert_eq!(
            text(table),
            "\u{feff}a\r\n'=1+1,'+77010000001,'-cmd,'@x,'\tx,plain,-12.5,\"a,\"\"b\"\"\"\r\n"
        );
    }

    #[test]
    fn every_kind_has_a_template_and_a_guide() {
        for kind in SheetKind::ALL {
            assert_eq!(String::from_utf8(template(*kind)).unwrap().lines().count(), 2, "{kind}");
            assert_eq!(column_guide(*kind).lines().count(), columns_of(*kind).len(), "{kind}");
        }
    }
}
