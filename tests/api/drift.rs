//! The fleet compares itself with the tables: what drifted is found and mended, what only lags is not taken for it.

use domain::id::{RequestId, VolunteerId};
use reqwest::Method;
use serde_json::json;

use crate::support::{World, run};

#[test]
fn what_has_drifted_is_found_counted_and_mended() {
    run(async {
        let world = World::new().await;
        let (kept, _) = world.open_request().await;
        let (gone, _) = world.open_request().await;
        let app = world.app();
        app.fleet.catch_up(&app.database).await.unwrap();
        let (kept, gone): (RequestId, RequestId) = (kept.parse().unwrap(), gone.parse().unwrap());
        let (changed, left) = (world.seeded.a.volunteers[0].id, world.seeded.b.volunteers[0].id);
        assert_eq!(app.fleet.check_itself(&app.database).await.unwrap(), 0);
        assert_eq!(app.fleet.drift(), 0);
        // Rows that are changed by hand have no event; one volunteer comes, one goes.
        let sql = format!(
            "UPDATE volunteers SET radius_m = 777 WHERE id = '{}'; \
             UPDATE volunteers SET status = 'left' WHERE id = '{}'; \
             UPDATE requests SET urgency = 'critical' WHERE id = '{}'; \
             UPDATE requests SET status = 'cancelled' WHERE id = '{}'",
            changed.uuid(),
            left.uuid(),
            kept.uuid(),
            gone.uuid()
        );
        world.database.ask(&sql).await;
        let (come, _) = world.third_volunteer_of_a().await;
        let come: VolunteerId = come.parse().unwrap();
        app.fleet.check_itself(&app.database).await.unwrap();
        // The service's own check may have found them first.
        assert_eq!(app.fleet.drift(), 5);
        app.fleet.look(|world| {
            assert_eq!(world.fleet.get(changed).map(|known| known.radius.get()), Some(777));
            assert!(world.fleet.get(left).is_none() && world.fleet.get(come).is_some());
            let urgency = world.open.get(kept).map(|known| known.urgency.as_str());
            assert_eq!((urgency, world.open.get(gone).is_none()), (Some("critical"), true));
        });
        assert_eq!(app.fleet.check_itself(&app.database).await.unwrap(), 0);
    });
}

#[test]
fn what_the_log_has_yet_to_bring_is_no_drift() {
    run(async {
        let world = World::new().await;
        let (app, volunteer) = (world.app().clone(), world.volunteer_of_a());
        let changing = async {
            for turn in 0..30 {
                let edit = json!({"capacity_kg": 100 + turn, "radius_m": 5000 + turn});
                volunteer.call(Method::PATCH, "/v1/me").json(edit).await.expect(200);
                let place = json!({"lat": 43.24 + f64::from(turn) / 1000.0, "lon": 76.89});
                volunteer.call(Method::PUT, "/v1/me/position").json(place).await.expect(204);
                world.open_request().await;
            }
        };
        let mut checks = 0;
        let checking = async {
            while app.fleet.check_itself(&app.database).await.unwrap() == 0 {
                checks += 1;
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            () = changing => {}
            // Drift that it found is told of below.
            () = checking => {}
        }
        assert!(checks > 10, "{checks}");
        assert_eq!(app.fleet.drift(), 0);
    });
}
