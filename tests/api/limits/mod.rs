//! What nobody may do without end: guess, read doors, call, hold a socket, send, call by another name.

mod bounds;
mod doors;
mod guesses;
mod hosts;
mod overload;
mod quotas;
mod slow;
mod smuggling;
