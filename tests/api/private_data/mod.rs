//! What is sealed stays sealed, and opens whenever it must: keys of organisations and the master keys above them.

mod before;
mod counts;
mod doors;
mod erasing;
mod keys;
mod retention;
mod rotation;
