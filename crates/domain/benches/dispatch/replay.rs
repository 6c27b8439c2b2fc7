//! A day of an instance, minute by minute: whoever is asked decides with what is known then, and nobody takes back
//! what somebody has set out for.

use chrono::TimeDelta;
use domain::Moment;
use domain::dispatch::{Job, Leg, Rolling, Runner};
use domain::place::Seconds;

use crate::instance::{Instance, Order, Spot};
use crate::measure::{Wanted, instant, nanoseconds};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Peer {
    Ours,
    NearestFirst,
    Broadcast,
}

impl Peer {
    pub(crate) const ALL: [Self; 3] = [Self::Ours, Self::NearestFirst, Self::Broadcast];

    const fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::NearestFirst => "nearest first",
            Self::Broadcast => "broadcast",
        }
    }
}

/// What came of it: minutes from the order to the door.
pub(crate) struct Outcome {
    pub(crate) peer: Peer,
    orders: usize,
    waits: Vec<u32>,
    over: usize,
    decisions: Vec<u64>,
}

impl Outcome {
    pub(crate) const fn none(peer: Peer) -> Self {
        Self { peer, orders: 0, waits: Vec::new(), over: 0, decisions: Vec::new() }
    }

    pub(crate) fn add(&mut self, mut other: Self) {
        self.orders += other.orders;
        self.waits.append(&mut other.waits);
        self.over += other.over;
        self.decisions.append(&mut other.decisions);
    }

    pub(crate) fn print_heading() {
        println!(
            "{:<18} {:<14} {:>8} {:>11} {:>9} {:>9} {:>10} {:>13} {:>13}",
            "instance",
            "who decides",
            "orders",
            "delivered %",
            "p50 min",
            "p90 min",
            "over limit",
            "decision p50",
            "p99, ms"
        );
    }

    pub(crate) fn print(&self, wanted: Wanted, instance: &str) {
        let (mut waits, mut decisions) = (self.waits.clone(), self.decisions.clone());
        waits.sort_unstable();
        decisions.sort_unstable();
        let delivered = 100.0 * waits.len() as f64 / self.orders.max(1) as f64;
        let wait = |percent| at(&waits, percent).unwrap_or_default();
        let decision = |percent| at(&decisions, percent).unwrap_or_default() as f64 / 1e6;
        let (name, orders, over) = (self.peer.name(), self.orders, self.over);
        if wanted.json {
            println!(
                "{{\"question\":\"dispatch\",\"instance\":\"{instance}\",\"peer\":\"{name}\",\"orders\":{orders},\
                 \"delivered_percent\":{delivered:.2},\"p50_min\":{},\"p90_min\":{},\"over_limit\":{over},\
                 \"decision_p50_ms\":{:.3},\"decision_p99_ms\":{:.3}}}",
                wait(50),
                wait(90),
                decision(50),
                decision(99)
            );
        } else {
            println!(
                "{instance:<18} {name:<14} {orders:>8} {delivered:>11.2} {:>9} {:>9} {over:>10} {:>13.3} {:>13.3}",
                wait(50),
                wait(90),
                decision(50),
                decision(99)
            );
        }
    }
}

fn at<T: Copy>(sorted: &[T], percent: usize) -> Option<T> {
    sorted.get((sorted.len() * percent).div_ceil(100).saturating_sub(1)).copied()
}

fn minute(minute: u32) -> Moment {
    Moment::UNIX_EPOCH + TimeDelta::minutes(i64::from(minute))
}

struct Day<'a> {
    instance: &'a Instance,
    runners: Vec<Runner<Spot>>,
    waiting: Vec<&'a Order>,
    rolling: Rolling,
    state: u64,
}

/// A day of this instance, as this peer decides.
pub(crate) fn replay(instance: &Instance, peer: Peer) -> Outcome {
    let runners = instance.couriers.iter().map(|courier| Runner {
        free_at: minute(courier.on),
        until: minute(courier.off),
        at: courier.at,
    });
    let mut day = Day {
        instance,
        runners: runners.collect(),
        waiting: Vec::new(),
        rolling: Rolling {
            fetching_s: instance.fetching * 60,
            handing_over_s: instance.handing_over * 60,
            ..Rolling::default()
        },
        state: 20_260_101,
    };
    let mut outcome = Outcome { orders: instance.orders.len(), ..Outcome::none(peer) };
    let mut coming = instance.orders.iter().peekable();
    let last = instance.couriers.iter().map(|courier| courier.off).max().unwrap_or(0);
    for now in 0..=last {
        while let Some(order) = coming.next_if(|order| order.placed <= now) {
            day.waiting.push(order);
        }
        if day.waiting.is_empty() {
            continue;
        }
        let begun = instant();
        let legs = day.legs(peer, minute(now));
        outcome.decisions.push(nanoseconds(begun));
        day.set_out(&legs, &mut outcome);
    }
    outcome
}

impl Day<'_> {
    fn way(&self, from: Spot, to: Spot) -> Seconds {
        let metres = (from.0 - to.0).hypot(from.1 - to.1);
        Seconds::new((metres / self.instance.metres_per_minute).ceil() as u32 * 60)
    }

    fn job(order: &Order) -> Job<Spot> {
        Job { asked_at: minute(order.placed), ready_at: minute(order.ready), from: order.from, to: order.to }
    }

    fn legs(&mut self, peer: Peer, now: Moment) -> Vec<Leg> {
        match peer {
            Peer::Ours => {
                let jobs: Vec<Job<Spot>> = self.waiting.iter().map(|order| Self::job(order)).collect();
                self.rolling
                    .legs(&jobs, &self.runners, now, |from, to| self.way(from, to))
                    .expect("few enough to be numbered")
            }
            Peer::NearestFirst | Peer::Broadcast => self.at_once(peer, now),
        }
    }

    /// Each order in turn to somebody idle, who sets out at once: the nearest, or whoever answers first.
    fn at_once(&mut self, peer: Peer, now: Moment) -> Vec<Leg> {
        let (mut legs, mut busy): (Vec<Leg>, Vec<usize>) = (Vec::new(), Vec::new());
        for number in 0..self.waiting.len() {
            let order = self.waiting[number];
            let there = |runner: &Runner<Spot>| now + seconds(self.way(runner.at, order.from));
            let can = |runner: &Runner<Spot>| {
                runner.free_at <= now && there(runner).max(minute(order.ready)) <= runner.until
            };
            let idle: Vec<usize> = (0..self.runners.len())
                .filter(|runner| !busy.contains(runner) && can(&self.runners[*runner]))
                .collect();
            let chosen = match peer {
                Peer::Broadcast => {
                    self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    idle.get((self.state >> 33) as usize % idle.len().max(1)).copied()
                }
                Peer::NearestFirst | Peer::Ours => {
                    idle.into_iter().min_by_key(|runner| self.way(self.runners[*runner].at, order.from))
                }
            };
            if let Some(runner) = chosen {
                let fetched = there_at(now, self.way(self.runners[runner].at, order.from), order);
                let door_at = fetched
                    + seconds(self.way(order.from, order.to))
                    + TimeDelta::minutes(i64::from(self.instance.fetching + self.instance.handing_over));
                legs.push(Leg { job: number, runner, door_at });
                busy.push(runner);
            }
        }
        legs
    }

    /// Those who set out are away until they have handed over.
    fn set_out(&mut self, legs: &[Leg], outcome: &mut Outcome) {
        for leg in legs {
            let (order, runner) = (self.waiting[leg.job], &mut self.runners[leg.runner]);
            (runner.free_at, runner.at) = (leg.door_at, order.to);
            let wait = leg.door_at.signed_duration_since(minute(order.placed)).num_minutes();
            let wait = u32::try_from(wait).unwrap_or(u32::MAX);
            outcome.waits.push(wait);
            outcome.over += usize::from(wait > self.instance.limit);
        }
        let mut number = 0;
        self.waiting.retain(|_| {
            number += 1;
            legs.iter().all(|leg| leg.job != number - 1)
        });
    }
}

fn seconds(seconds: Seconds) -> TimeDelta {
    TimeDelta::seconds(i64::from(seconds.get()))
}

fn there_at(now: Moment, way: Seconds, order: &Order) -> Moment {
    (now + seconds(way)).max(minute(order.ready))
}
