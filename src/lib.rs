//! The Birgemiz service: the parts its program and its tests are made of. ARCHITECTURE.md shows the rooms.

pub mod actions;
pub mod app;
pub mod audit;
pub mod backup;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod dispatch;
pub mod doctor;
pub mod draining;
pub mod feed;
pub mod fleet;
pub mod keys;
pub mod outbound;
pub mod planted;
pub mod rest;
pub mod startup;
pub mod storage;
pub mod telemetry;
pub mod vault;
pub mod wakeup;
