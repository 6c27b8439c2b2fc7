//! Volunteers in a table, with an index for each [class](Class), and the nearest of each class merged.
//!
//! Points lie in Mercator's plane, which is conformal: near a request its distances are the sphere's but for
//! a factor that depends on the latitude and is known within bounds. So the index gives those who may be the
//! nearest, and the distance on the sphere decides.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::rc::Rc;

use h3o::{LatLng, Resolution};
use postgres::types::ToSql;
use postgres::{Client, Row, Statement};

use super::cluster::Cluster;
use super::{Absent, Class, Lot, RADII};
use crate::peers::{Ask, Flat, Found, Kept, RADIUS, metres};

/// So many of each class first, and so many more when they did not suffice.
const MOST: [usize; 3] = [12, 100, 100_000];
/// More than anybody goes, in degrees.
const FARTHEST_DEGREES: f64 = 0.13;

/// How the places are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Point,
    Geometry,
    Geography,
}

/// How a kind says it in SQL.
struct Words {
    column: &'static str,
    index: &'static str,
    /// The place asked about, of $1 and $2.
    here: &'static str,
    /// What is within the metres or units of $8, $9, $10.
    within: fn(usize) -> String,
}

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::Point, Self::Geometry, Self::Geography];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Point => "Postgres, SP-GiST by class",
            Self::Geometry => "PostGIS geometry, by class",
            Self::Geography => "PostGIS geography, by class",
        }
    }

    const fn words(self) -> Words {
        match self {
            Self::Point => Words {
                column: "point",
                index: "spgist (place)",
                here: "point($1, $2)",
                within: |of| {
                    format!("place <@ box(point($1 - ${of}, $2 - ${of}), point($1 + ${of}, $2 + ${of}))")
                },
            },
            Self::Geometry => Words {
                column: "geometry(Point)",
                index: "gist (place)",
                here: "ST_Point($1, $2)",
                within: |of| {
                    format!("place && ST_MakeEnvelope($1 - ${of}, $2 - ${of}, $1 + ${of}, $2 + ${of})")
                },
            },
            Self::Geography => Words {
                column: "geography(Point)",
                index: "gist (place)",
                here: "ST_Point($1, $2, 4326)::geography",
                within: |of| format!("place && _ST_Expand(ST_Point($1, $2, 4326)::geography, ${of})"),
            },
        }
    }

    fn table(self) -> String {
        format!("by_{self:?}").to_lowercase()
    }

    /// A place as the kind counts: metres of the plane, or degrees.
    fn place(self, lat: f64, lon: f64) -> (f64, f64) {
        match self {
            Self::Point | Self::Geometry => {
                let north = (std::f64::consts::FRAC_PI_4 + lat.to_radians() / 2.0).tan().ln();
                (RADIUS * lon.to_radians(), RADIUS * north)
            }
            Self::Geography => (lon, lat),
        }
    }

    /// Nobody near this latitude is nearer in metres than the kind's distance by this factor.
    fn least_scale(self, lat: f64) -> f64 {
        match self {
            Self::Point | Self::Geometry => (lat.abs() + FARTHEST_DEGREES).to_radians().cos(),
            // Its sphere is ours to the centimetre.
            Self::Geography => 0.999,
        }
    }
}

pub(super) struct Table {
    kind: Kind,
    connection: RefCell<Connection>,
    _cluster: Rc<Cluster>,
}

struct Connection {
    client: Client,
    statements: HashMap<(Lot, usize), Statement>,
}

impl Table {
    pub(super) fn fill(cluster: Rc<Cluster>, kind: Kind, flat: &[Flat]) -> Result<Self, Absent> {
        let mut client = cluster.connect()?;
        if kind != Kind::Point {
            let extension = "CREATE EXTENSION IF NOT EXISTS postgis";
            client.batch_execute(extension).map_err(|error| said(&error))?;
        }
        fill(&mut client, kind, flat).map_err(|error| said(&error))?;
        let connection = RefCell::new(Connection { client, statements: HashMap::new() });
        Ok(Self { kind, connection, _cluster: cluster })
    }

    pub(super) fn nearest(&self, ask: &Ask) -> Found {
        let mut kept = Kept::new();
        for most in MOST {
            kept = Kept::new();
            match self.connection.borrow_mut().look(self.kind, ask, most, &mut kept) {
                Ok(Horizon(sure)) if kept.limit() < sure || sure == f64::INFINITY => break,
                Ok(_) => {}
                Err(error) => eprintln!("  {}: {}", self.kind.name(), said(&error)),
            }
        }
        kept.found
    }
}

/// Nobody nearer than this was left out.
struct Horizon(f64);

impl Connection {
    fn look(
        &mut self,
        kind: Kind,
        ask: &Ask,
        most: usize,
        kept: &mut Kept,
    ) -> Result<Horizon, postgres::Error> {
        let lot = Lot::of(ask);
        if !self.statements.contains_key(&(lot, most)) {
            let statement = self.client.prepare(&question(kind, lot, most))?;
            self.statements.insert((lot, most), statement);
        }
        let Some(statement) = self.statements.get(&(lot, most)) else { return Ok(Horizon(0.0)) };
        let (x, y) = kind.place(ask.lat, ask.lon);
        let scale = kind.least_scale(ask.lat);
        let [area, grams, millilitres, skills, languages] =
            [ask.area, ask.grams, ask.millilitres, ask.skills, ask.languages].map(u32::cast_signed);
        let [foot, bicycle, car] = RADII.map(|radius| (radius + 1.0) / scale);
        let parameters: [&(dyn ToSql + Sync); 10] =
            [&x, &y, &area, &grams, &millilitres, &skills, &languages, &foot, &bicycle, &car];
        let rows = self.client.query(statement, &parameters)?;
        let mut of_class = [(0_usize, 0.0_f64); 3];
        for row in &rows {
            let (transport, far) = offer(row, ask, kept)?;
            if let Some((count, farthest)) = of_class.get_mut(usize::from(transport)) {
                *count += 1;
                *farthest = farthest.max(far * scale);
            }
        }
        let cut_off = of_class.iter().filter(|(count, _)| *count >= most).map(|(_, farthest)| *farthest);
        Ok(Horizon(cut_off.fold(f64::INFINITY, f64::min)))
    }
}

/// Decides by the sphere; answers the row's transport and its distance as the index has it.
fn offer(row: &Row, ask: &Ask, kept: &mut Kept) -> Result<(u8, f64), postgres::Error> {
    let number: i32 = row.try_get(0)?;
    let chord2: f64 = ask.point.iter().enumerate().try_fold(0.0, |sum, (axis, here)| {
        let there: f64 = row.try_get(1 + axis)?;
        Ok::<f64, postgres::Error>(sum + (there - here) * (there - here))
    })?;
    let transport: i32 = row.try_get(4)?;
    let transport = u8::try_from(transport).unwrap_or(u8::MAX);
    let metres = metres(chord2);
    if RADII.get(usize::from(transport)).is_some_and(|radius| f64::from(metres) <= *radius) {
        kept.offer((metres, number.cast_unsigned()));
    }
    Ok((transport, row.try_get(5)?))
}

/// The nearest of each class that suit, not in order.
fn question(kind: Kind, lot: Lot, most: usize) -> String {
    let Words { here, within, .. } = kind.words();
    let of_class = |transport: u8| {
        let class = Class { transport, lot };
        let within = within(8 + usize::from(transport));
        format!(
            "(SELECT number, x, y, z, {transport}, place <-> {here} FROM {} WHERE {} AND {within} \
             AND area = $3 AND grams >= $4 AND millilitres >= $5 AND skills & $6 = $6 \
             AND ($7 = 0 OR languages & $7 <> 0) ORDER BY place <-> {here} LIMIT {most})",
            kind.table(),
            condition(class)
        )
    };
    (0..3).map(of_class).collect::<Vec<_>>().join(" UNION ALL ")
}

fn condition(class: Class) -> String {
    let lot = match class.lot {
        Lot::Everyone => String::new(),
        Lot::Language(bit) => format!(" AND languages & {bit} <> 0"),
        Lot::Skill(bit) => format!(" AND skills & {bit} <> 0"),
    };
    format!("ready AND transport = {}{lot}", class.transport)
}

fn fill(client: &mut Client, kind: Kind, flat: &[Flat]) -> Result<(), postgres::Error> {
    let (table, words) = (kind.table(), kind.words());
    client.batch_execute(&format!(
        "SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off; \
         CREATE UNLOGGED TABLE {table} (number int NOT NULL, x float8 NOT NULL, y float8 NOT NULL, z float8 NOT NULL, \
         ready bool NOT NULL, transport int NOT NULL, area int NOT NULL, grams int NOT NULL, \
         millilitres int NOT NULL, skills int NOT NULL, languages int NOT NULL, place {} NOT NULL)",
        words.column
    ))?;
    let mut copy = client.copy_in(&format!("COPY {table} FROM STDIN"))?;
    let mut line = String::new();
    // Neighbours lie on one page.
    for number in along_cells(flat) {
        let Some(who) = flat.get(number as usize) else { continue };
        let (x, y) = kind.place(who.lat, who.lon);
        let place = if kind == Kind::Point { format!("({x},{y})") } else { format!("POINT({x} {y})") };
        let [a, b, c] = who.point;
        let (ready, transport, area) = (who.ready, who.transport, who.area);
        let (grams, millilitres, skills) = (who.grams, who.millilitres, who.skills);
        line.clear();
        let _ = writeln!(
            line,
            "{number}\t{a}\t{b}\t{c}\t{ready}\t{transport}\t{area}\t{grams}\t{millilitres}\t{skills}\t{}\t{place}",
            who.languages
        );
        let _ = copy.write_all(line.as_bytes());
    }
    copy.finish()?;
    for class in Class::all() {
        client.batch_execute(&format!(
            "CREATE INDEX ON {table} USING {} WHERE {}",
            words.index,
            condition(class)
        ))?;
    }
    client.batch_execute(&format!("VACUUM ANALYZE {table}"))
}

/// Everyone's number, those of one H3 cell side by side, and neighbouring cells near each other.
fn along_cells(flat: &[Flat]) -> Vec<u32> {
    let mut numbers: Vec<u32> = (0..).take(flat.len()).collect();
    numbers.sort_by_cached_key(|number| {
        let who = flat.get(*number as usize)?;
        Some(u64::from(LatLng::new(who.lat, who.lon).ok()?.to_cell(Resolution::Ten)))
    });
    numbers
}

fn said(error: &postgres::Error) -> String {
    error.as_db_error().map_or_else(|| error.to_string(), ToString::to_string)
}
