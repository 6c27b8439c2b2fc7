//! Whoever looks from outside learns of no fewer than five, neither at once nor by looking twice.

use super::doors::household;
use crate::support::{World, run};

async fn line(world: &World) -> String {
    let page = world.nobody().get("/").off_contract().await.text;
    let line = page.split("<tr>").find(|line| line.starts_with("<td>household<td>pending_verification<td>"));
    let told = line.unwrap_or_else(|| panic!("{page}")).rsplit_once("<td>").unwrap().1;
    told.lines().next().unwrap().trim_end_matches("</table>").to_owned()
}

#[test]
fn the_start_page_counts_nobody_by_themselves() {
    run(async {
        let world = World::new().await;
        for number in 1..=11 {
            world.coordinator_of_a().post("/v1/households", household(&world)).await.expect(201);
            let expected = match number {
                ..5 => "fewer than 5",
                5..10 => "5 or more",
                10.. => "10 or more",
            };
            assert_eq!(line(&world).await, expected, "{number}");
        }
    });
}
