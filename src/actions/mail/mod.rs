//! Letters: queued in the transaction of their cause, sent by a loop of any process.
//!
//! An action that writes somebody holds a [`Post`] (`Post::of(app)`) and calls [`Post::enqueue`]: the letter is queued
//! if the action commits, and is not if it does not.

mod post;
mod send;

pub use post::{NewLetter, Post, Whom};
pub use send::{GiveUp, Settle, TakeDue, Taken, lease};
