//! Redis: a sorted set of places for each [class](Class), searched within a radius that grows until it holds
//! enough. Where many are the first radius is small: how many each H3 cell has is known to whoever asks.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;

use h3o::{CellIndex, LatLng, Resolution};
use redis::{Client, Connection, RedisError};

use super::throwaway::{Account, Folder, Throwaway};
use super::{Absent, Class, Lot, RADII};
use crate::peers::{Ask, Flat, Found, Kept, WANTED, metres};

pub(super) const NAME: &str = "Redis, sets by class";
const PROGRAM: &str = "/usr/bin/redis-server";
/// Some five square kilometres.
const CELL: Resolution = Resolution::Seven;
const METRES2_OF_CELL: f64 = 5_161_293.0;
/// So many more than are wanted should be within the first radius: not everybody suits.
const SPARE: f64 = 2.5;
const GROWTH: f64 = 2.0;
/// Its sphere is larger than ours by 0.028 %, and its places are rounded by less than a metre.
const WIDER: f64 = 1.000_4;
const ROUNDED: f64 = 1.0;
const BATCH: usize = 10_000;

pub(super) struct SortedSets {
    connection: RefCell<Connection>,
    /// How many of a lot are in each cell.
    density: HashMap<(Lot, CellIndex), u32>,
    _server: Throwaway,
    // Removed after the server has ended.
    _folder: Folder,
}

impl SortedSets {
    pub(super) fn fill(flat: &[Flat]) -> Result<Self, Absent> {
        if !Path::new(PROGRAM).exists() {
            return Err(format!("there is no {PROGRAM}"));
        }
        let account = Account::choose("redis")?;
        let folder = Folder::make("redis", account)?;
        let socket = folder.path().join("socket");
        let mut command = account.command(Path::new(PROGRAM));
        command.args(["--port", "0", "--save", "", "--appendonly", "no", "--unixsocket"]).arg(&socket);
        let server = Throwaway::start(command, "ready to accept connections at")
            .map_err(|error| format!("{PROGRAM}: {error}"))?;
        let address = format!("redis+unix://{}", socket.display());
        let connected = Client::open(address).and_then(|client| client.get_connection());
        let mut connection = connected.map_err(|error| error.to_string())?;
        let density = fill(&mut connection, flat).map_err(|error| error.to_string())?;
        Ok(Self { connection: RefCell::new(connection), density, _server: server, _folder: folder })
    }

    pub(super) fn nearest(&self, flat: &[Flat], ask: &Ask) -> Found {
        let lot = Lot::of(ask);
        let [_, _, farthest] = RADII;
        let mut radius = self.first_radius(lot, ask);
        loop {
            let mut kept = Kept::new();
            match self.within(lot, ask, radius) {
                Ok(found) => {
                    found.into_iter().flatten().for_each(|number| consider(flat, ask, number, &mut kept))
                }
                Err(error) => eprintln!("  {NAME}: {error}"),
            }
            if kept.limit() <= radius || radius >= farthest {
                return kept.found;
            }
            // Whoever is found is within what was searched; enough of them tell how far to go at once.
            radius = if kept.limit() < f64::INFINITY { kept.limit() } else { radius * GROWTH };
        }
    }

    fn first_radius(&self, lot: Lot, ask: &Ask) -> f64 {
        let cell = cell(ask.lat, ask.lon);
        let there = cell.and_then(|cell| self.density.get(&(lot, cell))).copied().unwrap_or(0);
        let wanted = WANTED as f64 * SPARE;
        (wanted * METRES2_OF_CELL / (std::f64::consts::PI * f64::from(there + 1))).sqrt()
    }

    /// The numbers of all of a lot who are within a radius and their own, by transport, in one round trip.
    fn within(&self, lot: Lot, ask: &Ask, radius: f64) -> Result<Vec<Vec<u32>>, RedisError> {
        let mut pipe = redis::pipe();
        for transport in 0..3 {
            let class = Class { transport, lot };
            let metres = radius.min(class.radius() + 0.5) * WIDER + ROUNDED;
            pipe.cmd("GEOSEARCH").arg(key(class)).arg("FROMLONLAT").arg(ask.lon).arg(ask.lat);
            pipe.arg("BYRADIUS").arg(metres).arg("m");
        }
        pipe.query(&mut *self.connection.borrow_mut())
    }
}

fn consider(flat: &[Flat], ask: &Ask, number: u32, kept: &mut Kept) {
    let Some(who) = flat.get(number as usize) else { return };
    let chord2: f64 = who.point.iter().zip(&ask.point).map(|(a, b)| (a - b) * (a - b)).sum();
    let metres = metres(chord2);
    if who.may(ask, metres) {
        kept.offer((metres, number));
    }
}

fn fill(connection: &mut Connection, flat: &[Flat]) -> Result<HashMap<(Lot, CellIndex), u32>, RedisError> {
    let mut density = HashMap::new();
    for class in Class::all() {
        let members: Vec<(u32, &Flat)> = (0..).zip(flat).filter(|(_, who)| class.has(who)).collect();
        for batch in members.chunks(BATCH) {
            let mut command = redis::cmd("GEOADD");
            command.arg(key(class));
            for (number, who) in batch {
                command.arg(who.lon).arg(who.lat).arg(*number);
                if let Some(cell) = cell(who.lat, who.lon) {
                    *density.entry((class.lot, cell)).or_insert(0) += 1;
                }
            }
            command.query::<()>(connection)?;
        }
    }
    Ok(density)
}

fn key(class: Class) -> String {
    format!("{}:{:?}", class.transport, class.lot)
}

fn cell(lat: f64, lon: f64) -> Option<CellIndex> {
    LatLng::new(lat, lon).ok().map(|place| place.to_cell(CELL))
}
