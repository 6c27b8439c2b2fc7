//! What nobody may do without end: guess, read doors, call, hold a socket, send.

mod bounds;
mod doors;
mod guesses;
mod overload;
mod quotas;
mod slow;
mod smuggling;
