//! A city of fictional households, the same for the same seed: clustered as people live.

use std::io::{Error, Write};

const GIVEN: [&str; 24] = [
    "Aigerim", "Aliya", "Raushan", "Saule", "Dinara", "Gulnara", "Zhanna", "Madina", "Asel", "Bayan",
    "Kamila", "Lyazzat", "Nurlan", "Askar", "Daniyar", "Yerlan", "Marat", "Serik", "Timur", "Olga", "Irina",
    "Sergey", "Viktor", "Anna",
];
const FAMILY: [&str; 24] = [
    "Akhmetova",
    "Ospanova",
    "Nurpeisova",
    "Suleimenova",
    "Kim",
    "Ivanova",
    "Petrova",
    "Bekova",
    "Zhunusova",
    "Abdrakhmanova",
    "Kaliyeva",
    "Sadykova",
    "Iskakov",
    "Omarov",
    "Smagulov",
    "Tulegenov",
    "Pak",
    "Ivanov",
    "Petrov",
    "Bekov",
    "Zhumabayev",
    "Kenzhebekov",
    "Sultanov",
    "Baimukhanov",
];
const CATEGORIES: [&str; 6] = [
    "elderly_alone",
    "special_needs",
    "large_low_income_family",
    "unemployed",
    "disabled_child",
    "unemployed; large_low_income_family",
];
/// Where people live, and how far around: latitude, longitude, spread in degrees.
const QUARTERS: [(f64, f64, f64); 8] = [
    (43.238, 76.889, 0.010),
    (43.262, 76.929, 0.012),
    (43.223, 76.851, 0.014),
    (43.335, 76.951, 0.012),
    (43.205, 76.889, 0.012),
    (43.267, 76.832, 0.015),
    (43.238, 76.959, 0.010),
    (43.300, 76.869, 0.016),
];

/// What every request asks for.
pub(crate) const ITEM: &str = "Food basket";

/// The city's outline.
pub(crate) fn outline() -> serde_json::Value {
    serde_json::json!({ "type": "Polygon",
        "coordinates": [[[76.6, 43.0], [77.2, 43.0], [77.2, 43.5], [76.6, 43.5], [76.6, 43.0]]] })
}

/// SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", 2014).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, most: u32) -> u32 {
        u32::try_from(self.roll() % u64::from(most)).unwrap()
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        let place = usize::try_from(self.below(u32::try_from(of.len()).unwrap())).unwrap();
        *of.get(place).unwrap()
    }

    /// About normal: the sum of three even throws, from -1.5 to 1.5.
    fn around(&mut self) -> f64 {
        (0..3).map(|_| f64::from(self.below(10_000)) / 10_000.0).sum::<f64>() - 1.5
    }
}

/// Writes so many households.
pub(crate) fn write(file: &mut impl Write, rows: u32, seed: u64) -> Result<(), Error> {
    let mut dice = Dice(seed);
    writeln!(
        file,
        "external_id,name,phone,street,house,flat,lat,lon,members,categories,languages,consent_text,consent_channel,notes"
    )?;
    for row in 0..rows {
        let (lat, lon, spread) = dice.one(&QUARTERS);
        let (north, east) = (lat + dice.around() * spread, lon + dice.around() * spread * 1.3);
        // One after the other, so that none comes twice.
        let phone = 7_000_000_000_u64 + 10_000_000 + u64::from(row);
        writeln!(
            file,
            "list-{row},{given} {family} {row},+7{phone},Example Street {street},{house},{flat},{north:.6},{east:.6},{members},\"{category}\",\"kk, ru\",2026-11,paper,\"{note}\"",
            given = dice.one(&GIVEN),
            family = dice.one(&FAMILY),
            street = dice.below(400),
            house = dice.below(200) + 1,
            flat = dice.below(150) + 1,
            members = dice.below(7) + 1,
            category = dice.one(&CATEGORIES),
            note = dice.one(&["", "knock twice", "hard of hearing, call first", "the lift is out of order"]),
        )?;
    }
    file.flush()
}

/// Writes so many volunteers.
pub(crate) fn write_volunteers(file: &mut impl Write, rows: u32, seed: u64) -> Result<(), Error> {
    let mut dice = Dice(seed);
    writeln!(file, "name,email,transport,capacity_kg,capacity_l,languages,radius_m,lat,lon")?;
    for row in 0..rows {
        let (lat, lon, spread) = dice.one(&QUARTERS);
        let (north, east) = (lat + dice.around() * spread, lon + dice.around() * spread * 1.3);
        writeln!(
            file,
            "{given} {family},volunteer-{row}@example.org,{transport},{capacity},40,\"kk, ru\",{radius},{north:.6},{east:.6}",
            given = dice.one(&GIVEN),
            family = dice.one(&FAMILY),
            transport = dice.one(&["foot", "bicycle", "car"]),
            capacity = 10 + dice.below(40),
            radius = 1_000 + 500 * dice.below(10),
        )?;
    }
    file.flush()
}

/// Writes a request of each of so many households.
pub(crate) fn write_requests(file: &mut impl Write, rows: u32, seed: u64) -> Result<(), Error> {
    let mut dice = Dice(seed);
    writeln!(file, "external_id,household_external_id,urgency,lines,note")?;
    for row in 0..rows {
        writeln!(
            file,
            "need-{row},list-{row},{urgency},{ITEM} x {quantity},\"{note}\"",
            urgency = dice.one(&["high", "normal", "normal", "low"]),
            quantity = dice.below(2) + 1,
            note = dice.one(&["", "no hurry", "please ring first, the bell is broken"]),
        )?;
    }
    file.flush()
}
