//! What happens without being asked.
