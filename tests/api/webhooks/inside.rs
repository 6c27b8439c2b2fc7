//! Nobody reaches what is inside through us: hostile URLs, hostile names, names that change their mind, redirects.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use birgemiz::outbound::webhooks::line::{Lines, Stream};
use birgemiz::outbound::webhooks::{Courier, Dial, Letter, Reach, Resolve, Target};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::run;

const HOSTILE: [&str; 62] = [
    "http://example.org/",
    "ftp://example.org/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_",
    "javascript:alert(1)",
    "data:text/plain,x",
    "//example.org/",
    "example.org",
    "https://",
    "https:///path",
    "https://user@example.org/",
    "https://user:secret@example.org/",
    "https://example.org@127.0.0.1/",
    "https://example.org/#fragment",
    "https://localhost/",
    "https://localhost./",
    "https://LOCALHOST/",
    "https://a.localhost/",
    "https://printer.local/",
    "https://metadata.google.internal/",
    "https://metadata/",
    "https://router.lan/",
    "https://x.home.arpa/",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://127.0.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://0/",
    "https://0.0.0.0/",
    "https://10.0.0.1/",
    "https://0xa.1/",
    "https://172.16.0.1/",
    "https://192.168.0.1/",
    "https://3232235521/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://2852039166/",
    "https://0xa9fea9fe/",
    "https://0251.0376.0251.0376/",
    "https://192.0.2.1/",
    "https://198.18.0.1/",
    "https://203.0.113.1/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://127。0。0。1/",
    "https://127.0.0.1./",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:a9fe:a9fe]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[2001:0:7f00:1::]/",
    "https://[fd00:ec2::254]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/",
    "https://exa\tmple.org/",
];

#[test]
fn sixty_hostile_urls_are_refused() {
    let accepted: Vec<_> = HOSTILE.iter().filter(|url| Target::parse(url, Reach::Public).is_ok()).collect();
    assert_eq!(accepted, Vec::<&&str>::new());
    for good in [
        "https://example.org/hook?a=1",
        "https://example.org:8443/",
        "https://8.8.8.8/",
        "https://[2606:4700::1111]/",
    ] {
        assert!(Target::parse(good, Reach::Public).is_ok(), "{good}");
    }
}

/// Answers the given lists in turn, the last one for ever.
struct Names(Mutex<Vec<Vec<&'static str>>>);

#[async_trait]
impl Resolve for Names {
    async fn addresses(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        let mut lists = self.0.lock().unwrap();
        let list = if lists.len() > 1 { lists.remove(0) } else { lists[0].clone() };
        Ok(list.iter().map(|text| text.parse().unwrap()).collect())
    }
}

/// Connects to nobody: notes who was asked for, and answers with a redirect.
#[derive(Default)]
struct Network(Mutex<Vec<SocketAddr>>);

#[async_trait]
impl Dial for Network {
    async fn dial(&self, address: SocketAddr) -> io::Result<Box<dyn Stream>> {
        self.0.lock().unwrap().push(address);
        let (ours, mut theirs) = tokio::io::duplex(65_536);
        tokio::spawn(async move {
            let mut bytes = [0; 4096];
            let _ = theirs.read(&mut bytes).await;
            let _ = theirs
                .write_all(b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/\r\ncontent-length: 0\r\n\r\n")
                .await;
        });
        Ok(Box::new(ours))
    }
}

pub(super) fn letter(url: &str) -> Letter {
    Letter {
        url: url.to_owned(),
        id: "evt_1".to_owned(),
        timestamp: 0,
        signature: "v1,x".to_owned(),
        body: b"{}".to_vec(),
    }
}

async fn post(
    url: &str,
    names: &[&[&'static str]],
    reach: Reach,
    times: usize,
) -> (Vec<&'static str>, Vec<SocketAddr>) {
    let network = Arc::new(Network::default());
    let names = Names(Mutex::new(names.iter().map(|list| list.to_vec()).collect()));
    let courier = Courier::by(Lines::new(Arc::new(names), network.clone(), reach));
    let mut words = Vec::new();
    for _ in 0..times {
        words.push(courier.post(letter(url)).await.word);
    }
    let dialled = network.0.lock().unwrap().clone();
    (words, dialled)
}

#[test]
fn a_name_is_connected_to_only_if_every_address_of_it_is_public() {
    run(async {
        for inside in [
            "127.0.0.1",
            "10.1.2.3",
            "169.254.169.254",
            "::1",
            "::ffff:127.0.0.1",
            "fd00::1",
            "64:ff9b::a9fe:a9fe",
        ] {
            for list in [vec![inside], vec!["93.184.216.34", inside], vec![inside, "93.184.216.34"]] {
                let (words, dialled) = post("https://hook.example.org/", &[&list], Reach::Public, 1).await;
                assert_eq!(words, ["address_refused"], "{list:?}");
                assert_eq!(dialled, [], "{list:?}");
            }
        }
    });
}

#[test]
fn a_name_that_changes_its_mind_is_judged_anew_and_connected_to_where_it_was_judged() {
    run(async {
        let names: [&[&str]; 2] = [&["93.184.216.34"], &["127.0.0.1"]];
        let (words, dialled) = post("https://hook.example.org/", &names, Reach::Public, 2).await;
        assert_eq!(words[1], "address_refused");
        assert_eq!(dialled, ["93.184.216.34:443".parse::<SocketAddr>().unwrap()]);
    });
}

#[test]
fn no_hostile_url_is_connected_to_even_if_it_came_to_be_kept() {
    run(async {
        for url in HOSTILE {
            let (words, dialled) = post(url, &[&["127.0.0.1"]], Reach::Public, 1).await;
            assert_eq!((words[0], dialled), ("url_refused", Vec::new()), "{url}");
        }
    });
}

#[test]
fn hostile_urls_are_refused_when_an_endpoint_is_made_and_when_it_is_changed() {
    run(async {
        let app = crate::support::World::new().await;
        let partner = app.partner_of_a();
        let good = serde_json::json!({"url": "https://hook.example.org/"});
        let made = partner.post("/v1/webhook-endpoints", good).await.expect(201);
        let path = super::path_of(&made);
        // The world of tests allows loopback; nothing else inside.
        for url in ["http://10.0.0.1/", "https://169.254.169.254/", "https://[fd00::1]/", "ftp://127.0.0.1/"]
        {
            let body = serde_json::json!({ "url": url });
            partner.post("/v1/webhook-endpoints", body.clone()).await.refused(422, "invalid_value");
            let patch = partner.call(reqwest::Method::PATCH, &path).json(body).await;
            patch.refused(422, "invalid_value");
        }
    });
}

#[test]
fn a_redirect_is_a_failure_and_is_not_followed() {
    run(async {
        let (words, dialled) = post("http://127.0.0.1:9/", &[&[]], Reach::LoopbackToo, 1).await;
        assert_eq!(words, ["answered"]);
        assert_eq!(dialled.len(), 1);
    });
}

#[test]
fn loopback_is_only_for_who_allows_it_and_nothing_else_inside_is() {
    assert!(Target::parse("http://127.0.0.1:8090/", Reach::LoopbackToo).is_ok());
    assert!(Target::parse("http://10.0.0.1/", Reach::LoopbackToo).is_err());
    assert!(Target::parse("https://169.254.169.254/", Reach::LoopbackToo).is_err());
}
