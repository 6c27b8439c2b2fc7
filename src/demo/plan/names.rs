//! Names for people and streets. People's are common ones, put together by chance; streets are invented.

use crate::demo::Chance;

const WOMEN: [&str; 24] = [
    "Aigerim", "Aizhan", "Aliya", "Anna", "Asel", "Botagoz", "Dana", "Dinara", "Galina", "Gulnara", "Irina",
    "Kamila", "Lyudmila", "Madina", "Nadezhda", "Olga", "Raushan", "Saule", "Svetlana", "Tatyana", "Togzhan",
    "Zarina", "Zhanar", "Zhibek",
];

const MEN: [&str; 24] = [
    "Aidar",
    "Alikhan",
    "Arman",
    "Askar",
    "Azamat",
    "Bauyrzhan",
    "Daniyar",
    "Dmitry",
    "Yerlan",
    "Kanat",
    "Maksat",
    "Marat",
    "Nikolai",
    "Nurlan",
    "Oleg",
    "Ruslan",
    "Samat",
    "Sergei",
    "Serik",
    "Timur",
    "Viktor",
    "Yermek",
    "Zhandos",
    "Zhomart",
];

/// Stems that take an ending for a woman.
const FAMILIES: [&str; 28] = [
    "Abdrakhmanov",
    "Akhmetov",
    "Aliyev",
    "Baimukhanov",
    "Bekov",
    "Dzhaksybekov",
    "Ermekov",
    "Iskakov",
    "Ivanov",
    "Kasymov",
    "Kenzhebekov",
    "Kim",
    "Kovalenko",
    "Kuznetsov",
    "Mukhamedov",
    "Nurpeisov",
    "Omarov",
    "Orazov",
    "Petrov",
    "Rakhimov",
    "Sadykov",
    "Satpayev",
    "Seitkali",
    "Suleimenov",
    "Tulegenov",
    "Umarov",
    "Yesimov",
    "Zhumabekov",
];

/// Of no map. Each says so.
const STREETS: [&str; 24] = [
    "Forty Apples",
    "Old Aryk",
    "Sparrow",
    "White Poplar",
    "Three Wells",
    "Felt Maker",
    "Mulberry",
    "Evening Wind",
    "Long Shadow",
    "Two Bridges",
    "Saddler",
    "Wild Tulip",
    "Snow Melt",
    "Lantern",
    "Kite Flyer",
    "Warm Bread",
    "Blue Gate",
    "Quail",
    "Far Hill",
    "Walnut Yard",
    "Silver Willow",
    "Clay Oven",
    "Early Train",
    "Stone Lamb",
];

/// A person's name; whether they are a woman is drawn too.
pub(super) fn person(chance: &mut Chance) -> String {
    let is_woman = chance.percent(60);
    let given = chance.pick(if is_woman { &WOMEN } else { &MEN }).copied().unwrap_or("Asel");
    let family = chance.pick(&FAMILIES).copied().unwrap_or("Kim");
    let ending = if is_woman && (family.ends_with("ov") || family.ends_with("ev")) { "a" } else { "" };
    format!("{given} {family}{ending}")
}

/// A street that is nowhere.
pub(super) fn street(chance: &mut Chance) -> String {
    format!("{} Street (fictional)", chance.pick(&STREETS).copied().unwrap_or("Sparrow"))
}

/// A telephone number that is nobody's: of 020 7946 0000 to 0999, which Ofcom sets aside for drama
/// (<https://www.ofcom.org.uk/phones-and-broadband/phone-numbers/numbers-for-drama>). No range of Kazakhstan is known to
/// be set aside so, and any other number might be, or become, somebody's.
pub(super) fn telephone(number: usize) -> String {
    format!("+44207946{:04}", number % 1_000)
}

/// A house number with what goes with it.
pub(super) fn house(chance: &mut Chance) -> String {
    let number = chance.whole(1, 180);
    let addition = chance.weighted(&[("", 7), ("A", 1), ("B", 1), ("/2", 1)]).unwrap_or("");
    format!("{number}{addition}")
}
