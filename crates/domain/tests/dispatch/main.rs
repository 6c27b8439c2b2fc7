//! Decisions of dispatch: whom a wave asks, when nobody is, when a coordinator is called; and long random histories
//! in which nothing that must hold may break.

mod decisions;
mod histories;
mod judge;
mod town;
