DROP INDEX CONCURRENTLY door_readings_in_order;
