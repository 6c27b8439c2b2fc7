//! An instance as it was published: restaurants, orders and couriers on a plane, in metres and minutes.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// A place on the plane, in metres.
pub(crate) type Spot = (f64, f64);

pub(crate) struct Order {
    pub(crate) placed: u32,
    pub(crate) ready: u32,
    pub(crate) from: Spot,
    pub(crate) to: Spot,
}

pub(crate) struct Courier {
    pub(crate) on: u32,
    pub(crate) off: u32,
    pub(crate) at: Spot,
}

pub(crate) struct Instance {
    pub(crate) name: String,
    /// In the order in which they are placed.
    pub(crate) orders: Vec<Order>,
    pub(crate) couriers: Vec<Courier>,
    pub(crate) metres_per_minute: f64,
    pub(crate) fetching: u32,
    pub(crate) handing_over: u32,
    /// From the order to the door at most, in minutes.
    pub(crate) limit: u32,
}

type Fault = Box<dyn std::error::Error>;

impl Instance {
    pub(crate) fn all(folder: &Path) -> Result<Vec<PathBuf>, Fault> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.join("orders.txt").exists() {
                found.push(path);
            }
        }
        found.sort();
        Ok(found)
    }

    pub(crate) fn read(folder: &Path) -> Result<Self, Fault> {
        let restaurants: HashMap<String, Spot> = rows(&folder.join("restaurants.txt"))?
            .iter()
            .map(|row| Ok((text(row, 0)?, (number(row, 1)?, number(row, 2)?))))
            .collect::<Result<_, Fault>>()?;
        let mut orders = rows(&folder.join("orders.txt"))?
            .iter()
            .map(|row| {
                let restaurant = text(row, 4)?;
                let from = restaurants.get(&restaurant).ok_or("an order of an unknown restaurant")?;
                let to = (number(row, 1)?, number(row, 2)?);
                Ok(Order { placed: minute(row, 3)?, ready: minute(row, 5)?, from: *from, to })
            })
            .collect::<Result<Vec<Order>, Fault>>()?;
        orders.sort_by_key(|order| order.placed);
        let couriers = rows(&folder.join("couriers.txt"))?
            .iter()
            .map(|row| {
                Ok(Courier {
                    on: minute(row, 3)?,
                    off: minute(row, 4)?,
                    at: (number(row, 1)?, number(row, 2)?),
                })
            })
            .collect::<Result<_, Fault>>()?;
        let parameters = rows(&folder.join("instance_parameters.txt"))?;
        let row = parameters.first().ok_or("no parameters")?;
        Ok(Self {
            name: folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            orders,
            couriers,
            metres_per_minute: number(row, 0)?,
            fetching: minute(row, 1)?,
            handing_over: minute(row, 2)?,
            limit: minute(row, 4)?,
        })
    }
}

/// The lines below the heading, split at tabs.
fn rows(path: &Path) -> Result<Vec<Vec<String>>, Fault> {
    let text = std::fs::read_to_string(path)?;
    let lines = text.lines().skip(1).filter(|line| !line.trim().is_empty());
    Ok(lines.map(|line| line.split('\t').map(str::to_owned).collect()).collect())
}

fn text(row: &[String], column: usize) -> Result<String, Fault> {
    Ok(row.get(column).ok_or("a column is missing")?.trim().to_owned())
}

fn number(row: &[String], column: usize) -> Result<f64, Fault> {
    Ok(text(row, column)?.parse()?)
}

fn minute(row: &[String], column: usize) -> Result<u32, Fault> {
    let minute = number(row, column)?;
    if minute < 0.0 { Err("a minute before the first".into()) } else { Ok(minute.round() as u32) }
}
