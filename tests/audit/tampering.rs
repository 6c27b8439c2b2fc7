//! F37: thousands of single changes of the past, made by the owner of the tables, one at a time and each undone: every one
//! is found, and named as what it is. Small by default; `scripts/soak audit` makes 10,000 (`BIRGEMIZ_SOAK_AUDIT`).

use std::collections::BTreeSet;

use birgemiz::audit::{Finding, What};
use birgemiz::storage::inspection::Head;

use crate::dice::Dice;
use crate::ledger::Ledger;
use crate::support::postgres::TestDatabase;
use crate::support::run;

const BATCHES: usize = 24;

fn changes() -> usize {
    #[expect(clippy::disallowed_methods, reason = "a test may be told its size")]
    let asked = std::env::var("BIRGEMIZ_SOAK_AUDIT").ok().and_then(|size| size.parse().ok());
    asked.unwrap_or(300)
}

/// A row as its seal knows it.
#[derive(Debug, Clone)]
struct Row {
    book: String,
    seal: i64,
    number: i64,
}

/// A seal, and how many there are in its chain.
#[derive(Debug, Clone)]
struct Link {
    book: String,
    organisation: String,
    number: i64,
    last: i64,
}

/// One change of the past.
struct Tampering {
    what: String,
    /// Does it.
    sql: String,
    /// What is found then, and nothing else; told as `found` words with their numbers.
    found: BTreeSet<String>,
    /// What may be found besides: rows that only the seals taken away knew.
    besides: &'static [&'static str],
}

struct Past {
    rows: Vec<Row>,
    links: Vec<Link>,
    dice: Dice,
}

const EVENTS: [(&str, &str); 16] = [
    ("id", "gen_random_uuid()"),
    ("at", "at + interval '1 microsecond'"),
    ("kind", "kind || 'x'"),
    ("organisation_id", "gen_random_uuid()"),
    ("area_id", "gen_random_uuid()"),
    ("subject_kind", "upper(subject_kind)"),
    ("subject_id", "gen_random_uuid()"),
    ("request_id", "gen_random_uuid()"),
    ("volunteer_id", "gen_random_uuid()"),
    ("actor_kind", "substr(actor_kind, 2)"),
    ("actor_id", "gen_random_uuid()"),
    ("reason", "coalesce(reason, '') || ' '"),
    ("policy_version", "coalesce(policy_version, 0) + 1"),
    ("call_id", "coalesce(call_id, '') || '0'"),
    ("changes", "changes || '[{}]'"),
    ("changes", "changes || '[null]'"),
];

const READINGS: [(&str, &str); 9] = [
    ("at", "at - interval '1 microsecond'"),
    ("organisation_id", "gen_random_uuid()"),
    ("household_id", "gen_random_uuid()"),
    ("request_id", "gen_random_uuid()"),
    ("claim_id", "gen_random_uuid()"),
    ("actor_kind", "'partner '"),
    ("actor_id", "gen_random_uuid()"),
    ("call_id", "coalesce(call_id, '') || '0'"),
    ("exported", "NOT exported"),
];

const ACCESS: [(&str, &str); 13] = [
    ("at", "at - interval '1 microsecond'"),
    ("organisation_id", "NULL"),
    ("what", "'token_issued'"),
    ("target", "'link'"),
    ("code", "'missing_scope'"),
    ("user_id", "NULL"),
    ("partner_id", "gen_random_uuid()"),
    ("route", "route || '/'"),
    ("object_id", "'hh_'"),
    ("account", "'a'"),
    ("address", "'a'"),
    ("times", "times + 1"),
    ("call_id", "'0'"),
];

const SEALS: [(&str, &str); 14] = [
    ("sealed_at", "sealed_at + interval '1 microsecond'"),
    ("format", "format + 1"),
    ("pass", "pass + 100000"),
    ("after_xid", "after_xid - 1"),
    ("after_number", "after_number - 1"),
    ("until_xid", "until_xid + 1"),
    ("until_number", "until_number + 1"),
    ("xids[1]", "xids[1] + 1"),
    ("numbers[1]", "-1"),
    ("numbers[1]", "NULL"),
    ("digests[1]", "sha256(digests[1])"),
    ("digests", "'{}'"),
    ("head", "sha256(head)"),
    ("head", "''"),
];

fn column_of(book: &str) -> &'static str {
    if book == "events" { "seq" } else { "id" }
}

impl Past {
    async fn of(ledger: &Ledger) -> Self {
        let sql = "SELECT book, organisation_id, number, n,
                          max(number) OVER (PARTITION BY book, organisation_id)
                   FROM kept.seals, unnest(numbers) n ORDER BY 1, 2, 3, 4";
        let (mut rows, mut links) = (Vec::new(), Vec::<Link>::new());
        for line in ledger.world.database.ask(sql).await {
            let text = |column: usize| line[column].clone().unwrap();
            let (book, organisation, seal) = (text(0), text(1), text(2).parse().unwrap());
            if links.last().is_none_or(|link| {
                (&link.book, &link.organisation, link.number) != (&book, &organisation, seal)
            }) {
                let (book, organisation) = (book.clone(), organisation.clone());
                links.push(Link { book, organisation, number: seal, last: text(4).parse().unwrap() });
            }
            rows.push(Row { book, seal, number: text(3).parse().unwrap() });
        }
        assert!(rows.len() > 100 && links.len() > 50, "{} {}", rows.len(), links.len());
        Self { rows, links, dice: Dice::new("tampering") }
    }

    fn one<'p, T>(&self, of: &'p [T]) -> &'p T {
        &of[usize::try_from(self.dice.below(of.len() as u64)).unwrap()]
    }

    /// Another row of the same book.
    fn other(&self, row: &Row) -> &Row {
        loop {
            let other = self.one(&self.rows);
            if other.book == row.book && other.number != row.number {
                return other;
            }
        }
    }

    /// A number that no row has, before all that do.
    fn unused(&self) -> i64 {
        -1 - i64::try_from(self.dice.below(1_000_000)).unwrap()
    }

    fn next(&self) -> Tampering {
        match self.dice.below(12) {
            0..=2 => self.edit(),
            3 | 4 => self.take_away(),
            5 => self.put_in(),
            6 => self.swap(),
            7 => self.move_away(),
            8 => self.move_in_time(),
            9 | 10 => self.edit_seal(),
            _ if self.dice.below(2) == 0 => self.take_seal_away(),
            _ => self.cut_off(),
        }
    }

    fn edit(&self) -> Tampering {
        let row = self.one(&self.rows);
        let columns: &[(&str, &str)] = match row.book.as_str() {
            "events" => &EVENTS,
            "door_readings" => &READINGS,
            _ => &ACCESS,
        };
        let (column, value) = self.one(columns);
        let sql = format!(
            "UPDATE {0} SET {column} = {value} WHERE {1} = {2}",
            row.book,
            column_of(&row.book),
            row.number
        );
        only(format!("{column} of {row:?}"), sql, format!("row_edited {} {}", row.number, row.seal))
    }

    fn take_away(&self) -> Tampering {
        let row = self.one(&self.rows);
        let sql = format!("DELETE FROM {} WHERE {} = {}", row.book, column_of(&row.book), row.number);
        only(format!("{row:?} taken away"), sql, format!("row_missing {} {}", row.number, row.seal))
    }

    fn put_in(&self) -> Tampering {
        let (row, unused) = (self.one(&self.rows), self.unused());
        let (book, column) = (&row.book, column_of(&row.book));
        let other_id = if book == "events" { ", 'id', gen_random_uuid()" } else { "" };
        let sql = format!(
            "INSERT INTO {book} SELECT (jsonb_populate_record(k, jsonb_build_object('{column}', {unused}, \
             'call_id', 'forged'{other_id}))).* FROM {book} k WHERE {column} = {}",
            row.number
        );
        only(format!("{unused} put in beside {row:?}"), sql, format!("row_put_in {unused}"))
    }

    fn swap(&self) -> Tampering {
        let row = self.one(&self.rows);
        let other = self.other(row);
        let (book, column, one, two) = (&row.book, column_of(&row.book), row.number, other.number);
        let renumber =
            |from: i64, to: i64| format!("UPDATE {book} SET {column} = {to} WHERE {column} = {from};");
        let sql = [renumber(one, i64::MAX), renumber(two, one), renumber(i64::MAX, two)].concat();
        let found =
            [format!("row_moved {one} {two} {}", row.seal), format!("row_moved {two} {one} {}", other.seal)];
        Tampering { what: format!("{row:?} and {other:?} swapped"), sql, found: found.into(), besides: &[] }
    }

    fn move_away(&self) -> Tampering {
        let (row, unused) = (self.one(&self.rows), self.unused());
        let (book, column, number) = (&row.book, column_of(&row.book), row.number);
        let sql = format!("UPDATE {book} SET {column} = {unused} WHERE {column} = {number}");
        only(format!("{row:?} moved to {unused}"), sql, format!("row_moved {number} {unused} {}", row.seal))
    }

    fn move_in_time(&self) -> Tampering {
        let row = self.one(&self.rows);
        let (book, column, number) = (&row.book, column_of(&row.book), row.number);
        let by = 1 + self.dice.below(1_000);
        let sign = if self.dice.below(2) == 0 { '-' } else { '+' };
        let sql = format!(
            "UPDATE {book} SET xid = greatest(1, xid::text::bigint {sign} {by})::text::xid8 WHERE {column} = {number}"
        );
        only(format!("{row:?} {sign}{by}"), sql, format!("row_moved {number} {number} {}", row.seal))
    }

    fn edit_seal(&self) -> Tampering {
        let link = self.one(&self.links);
        let (column, value) = self.one(&SEALS);
        let sql = format!("UPDATE seals SET {column} = {value} WHERE {}", is(link));
        Tampering {
            what: format!("{column} of {link:?}"),
            sql,
            found: [format!("seal_changed {}", link.number)].into(),
            besides: &["rows_without_seal"],
        }
    }

    fn take_seal_away(&self) -> Tampering {
        let link = self.one(&self.links);
        let number = link.number;
        let found = if number == link.last {
            format!("cut_off {number} {}", number - 1)
        } else {
            format!("seals_missing {number} {number}")
        };
        Tampering {
            what: format!("{link:?} taken away"),
            sql: format!("DELETE FROM seals WHERE {}", is(link)),
            found: [found].into(),
            besides: &["rows_without_seal"],
        }
    }

    /// The end of a chain, rows and seals.
    fn cut_off(&self) -> Tampering {
        let link = self.one(&self.links);
        let (book, column, from) = (&link.book, column_of(&link.book), link.number);
        let chain = format!(
            "organisation_id = '{}' AND book = '{}' AND number >= {from}",
            link.organisation, link.book
        );
        let sql = format!(
            "DELETE FROM {book} WHERE {column} IN (SELECT unnest(numbers) FROM seals WHERE {chain}); \
             DELETE FROM seals WHERE {chain};"
        );
        only(format!("{link:?} and all after it cut off"), sql, format!("cut_off {} {}", link.last, from - 1))
    }
}

fn is(link: &Link) -> String {
    format!(
        "organisation_id = '{}' AND book = '{}' AND number = {}",
        link.organisation, link.book, link.number
    )
}

fn only(what: String, sql: String, found: String) -> Tampering {
    Tampering { what, sql, found: [found].into(), besides: &[] }
}

fn told(finding: &Finding) -> String {
    match &finding.what {
        What::RowEdited { row, seal } => format!("row_edited {row} {seal}"),
        What::RowMissing { row, seal } => format!("row_missing {row} {seal}"),
        What::RowPutIn { row } => format!("row_put_in {row}"),
        What::RowMoved { row, stands_at, seal } => format!("row_moved {row} {stands_at} {seal}"),
        What::SealChanged { seal, .. } => format!("seal_changed {seal}"),
        What::SealsMissing { from, to } => format!("seals_missing {from} {to}"),
        What::RowsWithoutSeal { .. } => "rows_without_seal".to_owned(),
        What::WrittenAnew { seal } => format!("written_anew {seal}"),
        What::CutOff { exported, ends_at } => format!("cut_off {exported} {ends_at}"),
    }
}

/// Puts back whatever differs from what was kept.
const UNDO: &str = "
DELETE FROM events e WHERE NOT EXISTS (SELECT FROM kept.events k WHERE k.seq = e.seq AND to_jsonb(k) = to_jsonb(e));
INSERT INTO events SELECT * FROM kept.events k WHERE NOT EXISTS (SELECT FROM events e WHERE e.seq = k.seq);
DELETE FROM door_readings e WHERE NOT EXISTS (SELECT FROM kept.door_readings k WHERE k.id = e.id AND to_jsonb(k) = to_jsonb(e));
INSERT INTO door_readings SELECT * FROM kept.door_readings k WHERE NOT EXISTS (SELECT FROM door_readings e WHERE e.id = k.id);
DELETE FROM access_records e WHERE NOT EXISTS (SELECT FROM kept.access_records k WHERE k.id = e.id AND to_jsonb(k) = to_jsonb(e));
INSERT INTO access_records SELECT * FROM kept.access_records k WHERE NOT EXISTS (SELECT FROM access_records e WHERE e.id = k.id);
DELETE FROM seals s WHERE NOT EXISTS (SELECT FROM kept.seals k WHERE k.head = s.head AND to_jsonb(k) = to_jsonb(s));
INSERT INTO seals SELECT * FROM kept.seals k WHERE NOT EXISTS (SELECT FROM seals s WHERE s.head = k.head);";

async fn is_found(ledger: &Ledger, heads: &[Head], tampering: &Tampering) {
    ledger.run(&tampering.sql).await;
    let report = ledger.verified(heads).await;
    let found: BTreeSet<String> = report.findings.iter().map(told).collect();
    let named: BTreeSet<String> =
        found.iter().filter(|one| !tampering.besides.contains(&one.as_str())).cloned().collect();
    assert_eq!(named, tampering.found, "{}: {}\n{:#?}", tampering.what, tampering.sql, report.findings);
    assert!(!report.is_well);
    ledger.run(UNDO).await;
}

#[test]
fn every_single_change_of_the_past_is_found_and_named() {
    run(async {
        let ledger = Ledger::of(BATCHES).await;
        let heads = ledger.heads().await;
        let untouched = ledger.verified(&heads).await;
        assert!(untouched.is_well, "{:#?}", untouched.findings);
        let past = Past::of(&ledger).await;
        let began = birgemiz::clock::instant();
        for _ in 0..changes() {
            is_found(&ledger, &heads, &past.next()).await;
        }
        let after = ledger.verified(&heads).await;
        assert_eq!(after, untouched, "whatever was changed was put back");
        let (rows, seals) = (untouched.rows, untouched.seals);
        println!(
            "{} of {} changes found and named in {:.0?}, {rows} rows under {seals} seals",
            changes(),
            changes(),
            birgemiz::clock::since(began)
        );
    });
}

#[test]
fn each_column_of_a_row_and_of_a_seal_is_sealed() {
    run(async {
        let database = TestDatabase::migrated().await;
        let columns = "SELECT table_name || '.' || column_name FROM information_schema.columns
            WHERE table_schema = 'public' AND table_name IN ('events', 'door_readings', 'access_records', 'seals')
              AND column_name NOT IN ('seq', 'xid', 'organisation_id', 'book', 'number')";
        let there: BTreeSet<String> =
            database.ask(columns).await.into_iter().map(|mut row| row.remove(0).unwrap()).collect();
        let base = |column: &str| column.split('[').next().unwrap().to_owned();
        let tried: BTreeSet<String> = [
            ("events", &EVENTS[..]),
            ("door_readings", &READINGS),
            ("access_records", &ACCESS),
            ("seals", &SEALS),
        ]
        .iter()
        .flat_map(|(table, tried)| tried.iter().map(move |(column, _)| format!("{table}.{}", base(column))))
        .filter(|column| !column.ends_with(".organisation_id"))
        .chain(["door_readings.id".to_owned(), "access_records.id".to_owned()])
        .collect();
        assert_eq!(there, tried, "a column that nobody tries to change: add it to the changes above");
        database.drop_now().await;
    });
}
