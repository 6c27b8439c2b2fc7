//! Looks at everybody in memory, which take long where there are many: off the threads that answer calls, a few
//! at a time, so that whoever asks for little is answered meanwhile.

use domain::refusal::Code;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::Refusal;
use crate::app::App;
use crate::fleet::World;

/// Everybody among so few is looked at in less time than it takes to hand the work over and back.
const FEW: usize = 10_000;

/// Two at a time; of a million volunteers some two hundred a second. Whoever finds thirty waiting is told to
/// come back.
static TURNS: Turns = Turns::of(2, 32);

/// How many may do something at a time, and how many may be doing it or wait.
#[derive(Debug)]
pub(super) struct Turns {
    turns: Semaphore,
    places: Semaphore,
}

/// The right to do it now, until it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    _place: SemaphorePermit<'static>,
    _turn: SemaphorePermit<'static>,
}

impl Turns {
    pub(super) const fn of(turns: usize, places: usize) -> Self {
        Self { turns: Semaphore::const_new(turns), places: Semaphore::const_new(places) }
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// When too many wait already.
    pub(super) async fn take(&'static self) -> Result<Turn, Refusal> {
        let busy = |_| Refusal { retry_after_s: Some(1), ..Code::Overloaded.into() };
        let place = self.places.try_acquire().map_err(busy)?;
        let turn = self.turns.acquire().await.map_err(|_| Refusal::new(Code::Overloaded))?;
        Ok(Turn { _place: place, _turn: turn })
    }
}

/// Lends the world for a look at everybody: here while they are few, else in turn on a thread of its own.
///
/// # Errors
/// When too many wait for their turn.
pub(super) async fn look_at_all<T: Send + 'static>(
    app: &App,
    decide: impl FnOnce(&World) -> T + Send + 'static,
) -> Result<T, Refusal> {
    if app.fleet.look(|world| world.fleet.len()) <= FEW {
        return Ok(app.fleet.look(decide));
    }
    look_aside(app, decide).await
}

/// Lends the world for a look in turn, on a thread of its own.
async fn look_aside<T: Send + 'static>(
    app: &App,
    decide: impl FnOnce(&World) -> T + Send + 'static,
) -> Result<T, Refusal> {
    look_in(TURNS.take().await?, app, decide).await
}

/// Lends the world to whoever has a turn, for a look that takes long however few there are.
pub(super) async fn look_in<T: Send + 'static>(
    turn: Turn,
    app: &App,
    decide: impl FnOnce(&World) -> T + Send + 'static,
) -> Result<T, Refusal> {
    let world = app.fleet.hold();
    let look = app.runtime.spawn_blocking(move || {
        let decided = decide(&world);
        // Whoever asked may have left: the turn ends with the work, not with them.
        drop(turn);
        decided
    });
    look.await.map_err(|_| Refusal::because(Code::Internal, "the work broke off"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_finds_too_many_waiting_is_told_when_to_come_back() {
        static FEW_TURNS: Turns = Turns::of(1, 2);
        let first = FEW_TURNS.take().await.unwrap();
        let second = tokio::spawn(FEW_TURNS.take());
        while FEW_TURNS.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let refused = FEW_TURNS.take().await.unwrap_err();
        assert_eq!((refused.code, refused.retry_after_s), (Code::Overloaded, Some(1)));
        assert!(!second.is_finished(), "one at a time");
        drop(first);
        drop(second.await.unwrap().unwrap());
        FEW_TURNS.take().await.unwrap();
    }
}
