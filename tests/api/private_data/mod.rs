//! What is sealed stays sealed, and opens whenever it must: keys of organisations and the master keys above them.

mod before;
mod doors;
mod erasing;
mod keys;
mod rotation;
