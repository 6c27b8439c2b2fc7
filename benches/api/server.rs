//! The service as a process of its own, built as the benches are.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;

use crate::city::City;
use crate::load::{self, Ask};

pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    /// From the start of the process to its first word.
    pub(crate) ready_after: Duration,
}

impl Server {
    pub(crate) fn start(city: &City, workers: usize) -> Self {
        let started = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_birgemiz"))
            .args(["serve", "--listen", "127.0.0.1:0", "--workers", &workers.to_string()])
            .arg("--secrets-dir")
            .arg(city.secrets())
            .env("DATABASE_URL", &city.urls.service)
            .env("BIRGEMIZ_OWNER_DATABASE_URL", &city.urls.owner)
            // A load comes from few, and as fast as it can.
            .env("BIRGEMIZ_PERSON_QUOTA", "0")
            .env("BIRGEMIZ_PARTNER_QUOTA", "0")
            .env("BIRGEMIZ_ORGANISATION_QUOTA", "0")
            .env("BIRGEMIZ_ADDRESS_QUOTA", "0")
            .env("BIRGEMIZ_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let url = said
            .filter_map(|line| line.strip_prefix("Birgemiz serves at http://").map(str::to_owned))
            .next()
            .unwrap_or_else(|| panic!("the server ended without serving"));
        Self { child, address: url.parse().unwrap(), ready_after: started.elapsed() }
    }

    /// Rows that were written behind the service's back have no event: has it load the fleet anew.
    pub(crate) fn caught_up(&self, runtime: &Runtime, city: &City) {
        runtime.block_on(city.touch_the_campaign());
        let asks: &'static [Ask] =
            Box::leak(Box::new([Ask::get("/v1/me/nearby-requests?limit=1", &city.asking_token(0))]));
        let deadline = Instant::now() + Duration::from_secs(120);
        loop {
            let measured = runtime.block_on(load::repeat(self.address, asks, 1, Duration::from_millis(50)));
            // Longer than a feed of nothing.
            if measured.longest_body > 200 {
                return;
            }
            assert!(Instant::now() < deadline, "the fleet was not loaded anew");
        }
    }

    /// Memory in use, in MiB.
    pub(crate) fn resident_mib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.split_whitespace().next().unwrap().parse::<u64>().unwrap() / 1024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
