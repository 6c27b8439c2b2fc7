//! Calls that fail: each gets a problem that says what to do and never repeats what was sent.

use crate::support::{World, run};

#[test]
fn a_path_where_nothing_is_gets_a_problem() {
    run(async {
        let world = World::new().await;
        world.nobody().get("/v1/no-such-thing").off_contract().await.refused(404, "unknown_route");
    });
}
