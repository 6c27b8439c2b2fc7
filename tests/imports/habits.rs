//! The same households, written as different programs write them.

use crate::desk::{HEADER, count, counts, doors, household, import};
use crate::support::{World, run};

#[test]
fn however_a_program_writes_it_a_good_file_is_read() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        let commas =
            |text: &str| text.split(';').map(|cell| format!("\"{cell}\"")).collect::<Vec<_>>().join(",");
        let files: Vec<String> = vec![
            // UTF-8 with its mark, Windows' line ends, decimal commas.
            format!(
                "\u{feff}{HEADER}\r\n{}\r\n",
                household(1).replace("43.2", "43,2").replace("76.8", "76,8")
            ),
            format!("{}\n{}", commas(HEADER), commas(&household(2))),
            format!("{}\n{}", HEADER.replace(';', "\t"), household(3).replace(';', "\t")),
            // A line break within quotes, and a quote.
            format!("{HEADER}\n{}", household(4).replace("note 4", "\"first\r\nsecond \"\"floor\"\"\"")),
            // Empty columns and rows at the end.
            format!("{HEADER};;\n{};;\n;;;;;;;;;;;;\n\n \n", household(5)),
            // Texts that guard themselves.
            format!("{HEADER}\n{}", household(6).replace("+77010000006", "\"=\"\"77010000006\"\"\"")),
            format!("{HEADER}\n{}", household(7).replace("+77010000007", "'+77010000007")),
            format!("{HEADER}\n{}", household(8).replace("+77010000008", "7,7010000008E+10")),
            format!("{HEADER}\n{}", household(9).replace("+77010000009", "8 (701) 000-00-09")),
            format!("{HEADER}\n{}", household(10).replace("+77010000010", "=\"77010000010\"")),
            // Spaces that do not break, and names in any case.
            format!("{}\n\u{a0}{}\u{a0}", HEADER.to_uppercase().replace('_', " "), household(11)),
        ];
        for (file, wanted) in files.into_iter().zip(1_i64..) {
            let done = import(&coordinator, "kind=households", file.clone()).await;
            assert_eq!(counts(&done).1, 1, "{file}\n{done}");
            assert_eq!(count(&world, "households").await, wanted);
        }
        let doors = doors(&world).await;
        let phones: Vec<_> = doors.iter().map(|door| door["phone"].as_str().unwrap()).collect();
        assert_eq!(phones, (1..=11).map(|n| format!("+7701{n:07}")).collect::<Vec<_>>());
        assert_eq!(doors[3]["notes"], "first\nsecond \"floor\"");
    });
}

#[test]
fn names_of_every_script_go_in_as_they_are() {
    run(async {
        let world = World::new().await;
        let names = ["Раушан Ахметова", "فاطمة الزهراء", "Әлия Құдайбергенова", "👵🏽 Апа", "O'Brien \"Bob\""];
        let rows: String = (0..)
            .zip(names)
            .map(|(n, name)| {
                household(n).replace(&format!("Name {n}"), &format!("\"{}\"", name.replace('"', "\"\"")))
                    + "\n"
            })
            .collect();
        let done = import(&world.coordinator_of_a(), "kind=households", format!("{HEADER}\n{rows}")).await;
        assert_eq!(counts(&done), (5, 5, 0));
        let doors = doors(&world).await;
        let found: Vec<_> = doors.iter().map(|door| door["name"].as_str().unwrap()).collect();
        assert_eq!(found, names);
    });
}
