//! Letters: queued with their cause, sent once, kept no longer than it takes.

mod server;

use std::time::Duration;

use birgemiz::actions::mail::{NewLetter, Post, Whom};
use birgemiz::actions::{Action, Call, Refusal, Unit, perform, perform_as_system};
use birgemiz::app::App;
use birgemiz::clock;
use birgemiz::config::{MailSettings, SmtpTls};
use birgemiz::startup::StartupError;
use domain::refusal::Code;

use crate::support::{World, run};
use server::MailServer;

/// Far longer than any pause between the attempts that a test waits for.
const LONG: Duration = Duration::from_secs(60);

/// Writes somebody, and then goes on or does not.
#[derive(Clone)]
struct Write {
    post: Post,
    to: &'static str,
    whom: Whom,
    times: usize,
    fails: bool,
}

impl Write {
    fn to(app: &App, to: &'static str) -> Self {
        Self { post: Post::of(app), to, whom: Whom::Anybody, times: 1, fails: false }
    }
}

impl Action for Write {
    type Done = ();

    async fn run(self, unit: &mut Unit<'_>) -> Result<(), Refusal> {
        let letter = NewLetter {
            organisation: None,
            purpose: "test",
            whom: self.whom,
            to: self.to,
            subject: "Marker 7f3a",
            text: "Secret 91c2",
            expires_at: None,
        };
        for _ in 0..self.times {
            self.post.enqueue(unit, letter.clone()).await?;
        }
        if self.fails { Err(Code::WrongState.into()) } else { Ok(()) }
    }
}

/// How letters stand, as `state outcome attempts sealed?`, the oldest first.
async fn standing(world: &World) -> Vec<String> {
    let rows = world
        .database
        .ask(
            "SELECT concat_ws(' ', state, outcome, attempts, CASE WHEN sealed IS NULL THEN 'destroyed' END) \
             FROM mail_messages ORDER BY id",
        )
        .await;
    rows.into_iter().map(|row| row[0].clone().unwrap()).collect()
}

/// Waits until letters stand like that.
async fn stand(world: &World, wanted: &[&str]) {
    let begun = clock::instant();
    let mut looks = tokio::time::interval(Duration::from_millis(50));
    loop {
        looks.tick().await;
        let found = standing(world).await;
        if found == wanted {
            return;
        }
        assert!(clock::since(begun) < LONG, "letters stand {found:?}, not {wanted:?}");
    }
}

#[test]
fn letters_go_to_a_real_mail_server_by_tls_and_are_destroyed_once_it_has_taken_them() {
    run(async {
        let server = MailServer::start(1);
        let world = World::with(|settings| settings.mail = server.settings()).await;
        let app = world.app();
        perform_as_system(app, Write::to(app, "aigerim@example.org")).await.unwrap();
        // It is put off once, and tried again.
        stand(&world, &["sent sent 2 destroyed"]).await;
        let seen = server.seen();
        assert_eq!((seen.letters.len(), seen.refused, seen.in_the_open), (1, 1, false), "{seen:?}");
        let (to, text) = &seen.letters[0];
        assert_eq!(to, "aigerim@example.org");
        for line in ["From: Birgemiz <birgemiz@example.org>", "Subject: Marker 7f3a", "Secret 91c2"] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    });
}

#[test]
fn a_letter_that_nobody_will_ever_take_is_given_up_and_one_to_a_stranger_is_withheld() {
    run(async {
        let server = MailServer::start(0);
        let world = World::with(|settings| settings.mail = server.settings()).await;
        let app = world.app();
        let users_only = |to| Write { whom: Whom::UsersOnly, ..Write::to(app, to) };
        perform_as_system(app, Write::to(app, "nobody@example.org")).await.unwrap();
        perform_as_system(app, Write::to(app, "no address at all")).await.unwrap();
        perform_as_system(app, users_only("stranger@example.org")).await.unwrap();
        perform_as_system(app, users_only("Coordinator@A.example")).await.unwrap();
        let wanted = [
            "dead 550 1 destroyed",
            "dead unwritable 1 destroyed",
            "withheld withheld 1 destroyed",
            "sent sent 1 destroyed",
        ];
        stand(&world, &wanted).await;
        assert_eq!(server.seen().letters.len(), 1);
    });
}

#[test]
fn what_waits_is_sealed_and_a_letter_goes_with_its_cause_or_not_at_all() {
    run(async {
        // Nobody listens there.
        let nowhere = MailSettings { smtp_port: Some(9), smtp_tls: SmtpTls::None, ..localhost() };
        let mut world = World::with(|settings| settings.mail = nowhere).await;
        let app = world.app().clone();
        let fails = Write { fails: true, ..Write::to(&app, "aigerim@example.org") };
        assert!(perform(&app, Call::by_system(), fails, |()| unreachable!()).await.is_err());
        assert_eq!(world.database.count("SELECT count(*) FROM mail_messages").await, 0);
        perform_as_system(&app, Write::to(&app, "aigerim@example.org")).await.unwrap();
        stand(&world, &["waiting unreachable 1"]).await;
        let told = "SELECT count(*) FROM mail_messages m WHERE m::text ~* '7f3a|91c2|aigerim' \
                    OR encode(sealed, 'escape') ~* '7f3a|91c2|aigerim'";
        assert_eq!(world.database.count(told).await, 0);

        // After a day it is of no use any more.
        world.stop().await;
        world
            .database
            .ask("UPDATE mail_messages SET expires_at = now(), next_attempt_at = now(), attempts = 1")
            .await;
        let _beside = world.beside(|settings| settings.mail = localhost()).await;
        stand(&world, &["dead unreachable 1 destroyed"]).await;
    });
}

#[test]
fn many_letters_and_two_processes_are_one_letter_each() {
    run(async {
        let server = MailServer::start(0);
        let world = World::with(|settings| settings.mail = server.settings()).await;
        let _beside = world.beside(|settings| settings.mail = server.settings()).await;
        let app = world.app();
        // All at once, so that both processes find them at the same time.
        let many = Write { times: 60, ..Write::to(app, "aigerim@example.org") };
        perform_as_system(app, many).await.unwrap();
        app.wakeup.ring();
        stand(&world, &["sent sent 1 destroyed"; 60]).await;
        assert_eq!(server.seen().letters.len(), 60);
    });
}

fn localhost() -> MailSettings {
    MailSettings {
        mail_channel: birgemiz::config::MailChannel::Smtp,
        smtp_host: Some("127.0.0.1".to_owned()),
        ..MailSettings::default()
    }
}

#[test]
fn a_wrong_password_or_a_foreign_certificate_sends_nothing_and_gives_nothing_up() {
    run(async {
        let server = MailServer::start(0);
        let wrong = MailSettings { smtp_password: Some("guessed".into()), ..server.settings() };
        let world = World::with(|settings| settings.mail = wrong).await;
        let app = world.app();
        perform_as_system(app, Write::to(app, "aigerim@example.org")).await.unwrap();
        stand(&world, &["waiting 535 1"]).await;

        let untrusted = MailSettings { smtp_ca_file: None, ..server.settings() };
        let world = World::with(|settings| settings.mail = untrusted).await;
        let app = world.app();
        perform_as_system(app, Write::to(app, "aigerim@example.org")).await.unwrap();
        stand(&world, &["waiting unreachable 1"]).await;
        assert!(server.seen().letters.is_empty());
    });
}

#[test]
fn a_service_that_could_send_nothing_does_not_start() {
    run(async {
        let world = World::new().await;
        let far = MailSettings { smtp_host: Some("mail.example.org".to_owned()), ..localhost() };
        let half = MailSettings { smtp_user: Some("a".to_owned()), ..localhost() };
        for (mail, says) in [
            (MailSettings { smtp_host: None, ..localhost() }, "smtp_host is not set"),
            (MailSettings { smtp_tls: SmtpTls::None, ..far }, "not this machine"),
            (half, "set together"),
            (MailSettings { mail_from: "nobody".to_owned(), ..localhost() }, "mail_from"),
        ] {
            let Err(error @ StartupError::Mail(_)) =
                world.try_beside_with(|settings| settings.mail = mail).await
            else {
                panic!("it started: {says}");
            };
            assert!(error.to_string().contains(says), "{error}");
        }
    });
}
