//! One letter, and how it is written down for mail servers.

use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use uuid::Uuid;

/// A letter to one person. It prints nothing, for it may hold what lets somebody in.
#[derive(Clone)]
pub struct Letter {
    /// Its id. Sent twice, it is the same letter by its `Message-ID`.
    pub id: Uuid,
    /// The address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text, plain.
    pub text: String,
}

/// No mail server and no absence note answers it (RFC 3834, section 5).
#[derive(Debug, Clone, Copy)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// An address or a text that no letter can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unwritable;

impl Letter {
    /// As mail servers take it.
    pub(super) fn written(&self, from: &Mailbox) -> Result<Message, Unwritable> {
        let to = Mailbox::new(None, self.to.parse().map_err(|_| Unwritable)?);
        Message::builder()
            .from(from.clone())
            .to(to)
            .subject(&self.subject)
            .message_id(Some(format!("<{}@{}>", self.id, from.email.domain())))
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            .body(self.text.clone())
            .map_err(|_| Unwritable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(to: &str, subject: &str) -> Letter {
        Letter {
            id: Uuid::nil(), to: to.to_owned(), subject: subject.to_owned(), text: "Сәлем\n".to_owned()
        }
    }

    fn written(letter: &Letter) -> Result<String, Unwritable> {
        let from = "Birgemiz <birgemiz@example.org>".parse().unwrap();
        Ok(String::from_utf8(letter.written(&from)?.formatted()).unwrap())
    }

    #[test]
    fn a_letter_has_the_same_id_each_time_and_says_that_nobody_wrote_it() {
        let text = written(&letter("a@example.org", "Code")).unwrap();
        for line in [
            "From: Birgemiz <birgemiz@example.org>",
            "To: a@example.org",
            "Subject: Code",
            "Message-ID: <00000000-0000-0000-0000-000000000000@example.org>",
            "Auto-Submitted: auto-generated",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }

    #[test]
    fn neither_an_address_nor_a_subject_brings_headers_of_its_own() {
        for address in ["a@example.org\r\nBcc: b@example.org", "a@example.org, b@example.org", "nobody", ""] {
            assert_eq!(written(&letter(address, "Code")), Err(Unwritable), "{address:?}");
        }
        let text = written(&letter("a@example.org", "Code\r\nBcc: b@example.org")).unwrap();
        assert!(!text.lines().any(|line| line.starts_with("Bcc")), "{text}");
    }
}
