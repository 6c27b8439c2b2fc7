//! What lists are narrowed by, besides the words of each: ids, areas, campaigns, parts of the map, and time.

use chrono::TimeDelta;
use domain::Moment;
use domain::id::{AreaId, CampaignId};
use domain::place::Region;
use uuid::Uuid;

/// The longest that a change may be under way. A row says when the transaction began that changed it, and is seen when
/// it is committed: whoever asks for what was changed since is told of what may have become visible since.
const LONGEST_CHANGE: TimeDelta = TimeDelta::seconds(60);

/// Which things are wanted; what is absent, or empty, wants all.
#[derive(Debug, Clone, Default)]
pub struct Narrowing {
    /// These.
    pub ids: Vec<Uuid>,
    /// In this area.
    pub area: Option<AreaId>,
    /// In an area of this campaign.
    pub campaign: Option<CampaignId>,
    /// Changed since then, or a little before.
    pub updated_since: Option<Moment>,
    /// In this part of the map.
    pub region: Option<Region>,
}

impl Narrowing {
    /// The earliest time that a row may tell that can have been committed since.
    pub(super) fn earliest_change(&self) -> Option<Moment> {
        self.updated_since.and_then(|since| since.checked_sub_signed(LONGEST_CHANGE))
    }
}

/// Narrows a boxed query of a table by ids, area and campaign. Areas are few: their own index finds what is theirs.
macro_rules! narrow {
    ($query:ident, $table:ident, $by:expr) => {
        if !$by.ids.is_empty() {
            $query = $query.filter($table::id.eq_any($by.ids.clone()));
        }
        if let Some(area) = $by.area {
            $query = $query.filter($table::area_id.eq(area.uuid()));
        }
        if let Some(campaign) = $by.campaign {
            let areas = crate::storage::schema::areas::table
                .filter(crate::storage::schema::areas::campaign_id.eq(campaign.uuid()))
                .select(crate::storage::schema::areas::id);
            $query = $query.filter($table::area_id.eq_any(areas));
        }
    };
}

/// Whether a row's place lies in a part of the map: in the box around it, by which an index finds it, and, where that is
/// a circle, no farther from its middle on the same sphere as [`domain::place::great_circle`], to the nearest metre.
macro_rules! within {
    ($table:ident, $lat:ident, $lon:ident, $region:expr) => {{
        type Found =
            Box<dyn BoxableExpression<$table::table, diesel::pg::Pg, SqlType = diesel::sql_types::Bool>>;
        let bounds = $region.bounds();
        let band = $table::$lat.between(bounds.south, bounds.north);
        let framed: Found = if bounds.crosses_the_antimeridian() {
            Box::new(band.and($table::$lon.ge(bounds.west).or($table::$lon.le(bounds.east))))
        } else {
            Box::new(band.and($table::$lon.between(bounds.west, bounds.east)))
        };
        match $region {
            domain::place::Region::Box(_) => framed,
            domain::place::Region::Circle(centre, radius) => {
                use diesel::sql_types::{Bool, Double};
                const LAT: &str = concat!(stringify!($table), ".", stringify!($lat));
                const LON: &str = concat!(stringify!($table), ".", stringify!($lon));
                let near = diesel::dsl::sql::<Bool>(concat!(
                    "2 * 6371008.8 * asin(least(1, sqrt(power(sin(radians(",
                    stringify!($table),
                    ".",
                    stringify!($lat),
                    " - "
                ))
                .bind::<Double, _>(centre.lat())
                .sql(") / 2), 2) + cos(radians(")
                .bind::<Double, _>(centre.lat())
                .sql(&format!(")) * cos(radians({LAT})) * power(sin(radians({LON} - "))
                .bind::<Double, _>(centre.lon())
                .sql(") / 2), 2)))) < ")
                .bind::<Double, _>(f64::from(radius.get()) + 0.5);
                let both: Found = Box::new(framed.and(near));
                both
            }
        }
    }};
}

pub(super) use {narrow, within};
