//! Statements whose text does not vary: Postgres parses each once a connection, not at every call.
//!
//! Diesel takes every `UPDATE`, every `INSERT`, and whatever is written out in SQL, for a text that may
//! vary without end, and has it parsed and planned anew each time, in a round trip of its own. Saying
//! `.prepared()` promises that it does not.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};

/// A statement that stays parsed.
#[derive(Debug, Clone)]
pub(super) struct Prepared<Q>(Q);

/// Says of a statement that it is worth keeping.
pub(super) trait Prepare: Sized {
    /// The same statement, kept by every connection that runs it. Its text may be put together from
    /// constants and from a few choices of ours, never from anything that a caller sent.
    fn prepared(self) -> Prepared<Self> {
        Prepared(self)
    }
}

impl<Q: QueryFragment<Pg>> Prepare for Q {}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Prepared<Q> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _: &Pg) -> QueryResult<bool> {
        Ok(true)
    }
}

/// Told apart by their texts.
impl<Q> QueryId for Prepared<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Prepared<Q> {
    type SqlType = Q::SqlType;
}
