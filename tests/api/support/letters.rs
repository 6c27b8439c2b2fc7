//! The letters that the service has sent: it writes them into a folder.

use std::time::Duration;

use birgemiz::clock;

use super::World;

/// A letter is sent within a second or so; this machine may be busy.
const LONG: Duration = Duration::from_secs(60);

/// Waits until so many letters were settled, and answers those that were sent, the oldest first.
pub(crate) async fn letters(world: &World, settled: i64) -> Vec<String> {
    let begun = clock::instant();
    let mut looks = tokio::time::interval(Duration::from_millis(50));
    while world.database.count("SELECT count(*) FROM mail_messages WHERE state <> 'waiting'").await < settled
    {
        looks.tick().await;
        assert!(clock::since(begun) < LONG, "no letter was sent");
    }
    let folder = world.app().mailer.for_development().unwrap();
    let Ok(files) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|file| std::fs::read_to_string(file).unwrap()).collect()
}

/// The token of a link in a letter.
pub(crate) fn token_in(letter: &str) -> String {
    letter.split_once("/login#").unwrap().1.split_whitespace().next().unwrap().to_owned()
}

/// The code in a letter.
pub(crate) fn code_in(letter: &str) -> String {
    let body = letter.split_once("\r\n\r\n").unwrap().1;
    let code: String = body.chars().take(6).collect();
    assert!(code.bytes().all(|byte| byte.is_ascii_digit()), "{letter}");
    code
}
